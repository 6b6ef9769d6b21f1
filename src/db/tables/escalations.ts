import { authorityId, instant } from '../columns.ts'
import { boolean, integer, pgTable, text, uuid } from '../drizzle.ts'

/** What is challenged. */
export const ESCALATION_SUBJECTS = ['recommendation', 'decision', 'delay', 'no_outcome_told'] as const
/** Why. */
export const ESCALATION_GROUNDS = [
  'risk_not_recognised',
  'threshold_misapplied',
  'information_not_considered',
  'history_not_considered',
  'child_not_seen_or_heard',
  'age_used_as_reason',
  'help_not_in_place',
  'disproportionate',
  'too_slow',
  'not_told',
  'other',
] as const
export const ESCALATION_STEPS = [
  'entered',
  'moved_up',
  'skipped',
  'answered',
  'overdue',
  'closed',
  'withdrawn',
] as const
/** What came of it. `upheld`: the decision stands as it was. */
export const ESCALATION_OUTCOMES = ['upheld', 'changed', 'compromise', 'withdrawn'] as const

/** Somebody disagrees with what is thought of a child, with what was decided, or with hearing nothing. */
export const escalations = pgTable('escalations', {
  authorityId: authorityId(),
  id: uuid().notNull(),
  referralId: uuid().notNull(),
  childKey: text(),
  decisionId: uuid(),
  policyVersionId: uuid().notNull(),
  about: text({ enum: ESCALATION_SUBJECTS }).notNull(),
  ground: text({ enum: ESCALATION_GROUNDS }).notNull(),
  concern: text().notNull(),
  wanted: text().notNull(),
  urgent: boolean().notNull(),
  challengerName: text().notNull(),
  challengerRole: text().notNull(),
  agency: text(),
  raisedBy: uuid().notNull(),
  raisedByName: text().notNull(),
  raisedAt: instant().notNull(),
})

/** What happened to it, in order: a stage entered, an answer, the end. */
export const escalationSteps = pgTable('escalation_steps', {
  authorityId: authorityId(),
  id: uuid().notNull(),
  escalationId: uuid().notNull(),
  sequence: integer().notNull(),
  kind: text({ enum: ESCALATION_STEPS }).notNull(),
  stage: integer().notNull(),
  office: text(),
  dueAt: instant(),
  outcome: text({ enum: ESCALATION_OUTCOMES }),
  newDecisionId: uuid(),
  reasons: text(),
  actedAs: text(),
  accepted: boolean(),
  /** Null where the service did it by itself. */
  actedBy: uuid(),
  actedByName: text(),
  actedAt: instant().notNull(),
})
