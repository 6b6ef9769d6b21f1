import { QUALIFICATIONS } from '../../engine/vocabulary.ts'
import { authorityId, instant } from '../columns.ts'
import { bigint, boolean, date, integer, pgTable, text, uuid } from '../drizzle.ts'

/** `own`: before the recommendation is shown. `second`: of a colleague's decision, without having seen it. */
export const JUDGEMENT_PURPOSES = ['own', 'second'] as const
export const PICKUP_ACTIONS = ['picked_up', 'renewed', 'released'] as const
export const RETURN_STAGES = ['second_screening', 'reconciliation', 'sign_off'] as const
export const TASK_OUTCOMES = ['done', 'not_needed'] as const
export const HELP_STATUSES = ['offered', 'declined', 'secured'] as const
export const HELP_CONSENTS = ['given', 'refused', 'not_asked'] as const

/** What a person thought of a child before they were shown what the policy or a colleague says. */
export const judgements = pgTable('judgements', {
  authorityId: authorityId(),
  id: uuid().notNull(),
  referralId: uuid().notNull(),
  childKey: text().notNull(),
  revision: integer().notNull(),
  purpose: text({ enum: JUDGEMENT_PURPOSES }).notNull(),
  decisionId: uuid(),
  policyVersionId: uuid().notNull(),
  level: text().notNull(),
  response: text(),
  indicators: text().array().notNull(),
  reasons: text().notNull(),
  judgedBy: uuid().notNull(),
  judgedByName: text().notNull(),
  judgedByQualification: text({ enum: QUALIFICATIONS }),
  judgedAt: instant().notNull(),
})

/** What somebody prepared for a qualified person to decide; it decides nothing. */
export const decisionProposals = pgTable('decision_proposals', {
  authorityId: authorityId(),
  id: uuid().notNull(),
  recommendationId: uuid().notNull(),
  referralId: uuid().notNull(),
  childKey: text().notNull(),
  revision: integer().notNull(),
  level: text().notNull(),
  response: text().notNull(),
  rationale: text().notNull(),
  preparedBy: uuid().notNull(),
  preparedByName: text().notNull(),
  preparedAt: instant().notNull(),
})

/** Who took a second screening in hand, went on with it or gave it back. */
export const screeningPickups = pgTable('screening_pickups', {
  authorityId: authorityId(),
  id: uuid().notNull(),
  decisionId: uuid().notNull(),
  sequence: integer().notNull(),
  action: text({ enum: PICKUP_ACTIONS }).notNull(),
  actedBy: uuid().notNull(),
  actedByName: text().notNull(),
  actedAt: instant().notNull(),
})

/** Whether a decision stands after two people saw it differently, and why. */
export const reconciliations = pgTable('reconciliations', {
  authorityId: authorityId(),
  id: uuid().notNull(),
  decisionId: uuid().notNull(),
  stands: boolean().notNull(),
  reasons: text().notNull(),
  reconciledBy: uuid().notNull(),
  reconciledByName: text().notNull(),
  reconciledAt: instant().notNull(),
})

/** A decision given back for more work; only one that supersedes it goes on. */
export const decisionReturns = pgTable('decision_returns', {
  authorityId: authorityId(),
  id: uuid().notNull(),
  decisionId: uuid().notNull(),
  stage: text({ enum: RETURN_STAGES }).notNull(),
  reasons: text().notNull(),
  returnedBy: uuid().notNull(),
  returnedByName: text().notNull(),
  returnedAt: instant().notNull(),
})

/** A qualified supervisor answers for a decision that somebody else made. */
export const signOffs = pgTable('sign_offs', {
  authorityId: authorityId(),
  id: uuid().notNull(),
  decisionId: uuid().notNull(),
  notes: text().notNull(),
  signedBy: uuid().notNull(),
  signedByName: text().notNull(),
  signedByQualification: text({ enum: QUALIFICATIONS }).notNull(),
  signedAt: instant().notNull(),
})

/** A decision has everything that it needs. From here on it counts for the outside world. */
export const decisionCompletions = pgTable('decision_completions', {
  authorityId: authorityId(),
  id: uuid().notNull(),
  decisionId: uuid().notNull(),
  completedBy: uuid().notNull(),
  completedAt: instant().notNull(),
  auditPosition: bigint({ mode: 'number' }).notNull(),
})

/** What was found to be needed while screening: a call, a check, a visit. */
export const screeningTasks = pgTable('screening_tasks', {
  authorityId: authorityId(),
  id: uuid().notNull(),
  referralId: uuid().notNull(),
  childKey: text(),
  task: text().notNull(),
  dueOn: date(),
  setBy: uuid().notNull(),
  setByName: text().notNull(),
  setAt: instant().notNull(),
})

/** How a task ended. */
export const screeningTaskResults = pgTable('screening_task_results', {
  authorityId: authorityId(),
  id: uuid().notNull(),
  taskId: uuid().notNull(),
  outcome: text({ enum: TASK_OUTCOMES }).notNull(),
  result: text().notNull(),
  finishedBy: uuid().notNull(),
  finishedByName: text().notNull(),
  finishedAt: instant().notNull(),
})

/** Help below the threshold of statutory services: what, who holds it, whether the family agreed, when it is looked at. */
export const helpArrangements = pgTable('help_arrangements', {
  authorityId: authorityId(),
  id: uuid().notNull(),
  decisionId: uuid().notNull(),
  referralId: uuid().notNull(),
  childKey: text().notNull(),
  number: integer().notNull(),
  help: text().notNull(),
  service: text(),
  heldBy: text().notNull(),
  status: text({ enum: HELP_STATUSES }).notNull(),
  consent: text({ enum: HELP_CONSENTS }).notNull(),
  followUpOn: date(),
  arrangedBy: uuid().notNull(),
  arrangedByName: text().notNull(),
  arrangedAt: instant().notNull(),
})
