import { z } from 'zod'
import {
  ESCALATION_GROUNDS,
  ESCALATION_OUTCOMES,
  ESCALATION_STEPS,
  ESCALATION_SUBJECTS,
} from '../../db/tables/escalations.ts'
import { ChildKey } from '../../engine/referral/shape.ts'
import { Instant, line, words } from '../../engine/text.ts'
import { Person } from '../../kernel/actor.ts'
import { Id } from '../../kernel/ids.ts'
import { pageOf } from '../../kernel/page.ts'
import { DECISION_STATES } from '../decisions/index.ts'
import { AuditReceipt } from '../referrals/index.ts'
import { ESCALATION_STATES } from './state.ts'

/** Said with every challenge: disagreement about papers never holds up the protection of a child. */
export const IMMEDIATE_RISK =
  'If a child is in immediate danger, telephone 999 now. A strategy discussion can be asked for at any time. Neither waits for this ladder.'

const stage = z.int().min(1).max(10)
const seen = stage.describe('The stage at which you saw it; refused when it has moved meanwhile.')

export const EscalationInput = z
  .strictObject({
    child: ChildKey.optional().describe('The child it is about; all children of the referral where left out.'),
    decision: Id.optional().describe(
      'The decision challenged. Where it is left out and “about” is a decision, it is the last complete one about the child.',
    ),
    about: z.enum(ESCALATION_SUBJECTS),
    ground: z.enum(ESCALATION_GROUNDS),
    concern: words(8000).describe('What you are worried about.'),
    wanted: words(4000).describe('What you want to happen.'),
    urgent: z.boolean().describe('Whether it cannot wait: the shorter times of the ladder then hold.'),
    challenger: z
      .strictObject({ name: line(200), role: line(200), agency: line(200).optional() })
      .meta({ id: 'NewChallenger' })
      .describe('The person who challenges; your agency is taken from your account where you leave it out.'),
  })
  .meta({ id: 'NewEscalation' })
export type EscalationInput = z.output<typeof EscalationInput>

export const AnswerInput = z
  .strictObject({
    stage: seen,
    as: line(200).describe('The office in which you answer, as “Assistant Director”.'),
    outcome: z
      .enum(['upheld', 'changed', 'compromise'])
      .describe('“upheld”: the decision stands as it was. “changed”: another one was made, and is named.'),
    reasons: words(8000).describe('Your answer to the challenger.'),
    newDecision: Id.optional().describe('The decision that replaces the contested one.'),
  })
  .meta({ id: 'NewEscalationAnswer' })
export type AnswerInput = z.output<typeof AnswerInput>

export const MoveUpInput = z
  .strictObject({ stage: seen, reasons: words(4000).describe('Why the answer does not do.') })
  .meta({ id: 'NewEscalationMove' })

export const SkipInput = z
  .strictObject({
    stage: seen,
    to: stage.describe('A later stage of the ladder.'),
    reasons: words(4000).describe('Why it cannot wait.'),
  })
  .meta({ id: 'NewEscalationSkip' })

export const CloseInput = z
  .strictObject({
    stage: seen,
    accepted: z.boolean().describe('Whether the challenger takes the answer.'),
    notes: words(4000).describe('What was said; for somebody else also how you know of it.'),
  })
  .meta({ id: 'EscalationClosing' })
export type CloseInput = z.output<typeof CloseInput>

export const WithdrawInput = z.strictObject({ reasons: words(4000) }).meta({ id: 'EscalationWithdrawal' })

const DecisionRef = z.object({ id: z.string(), state: z.enum(DECISION_STATES) }).meta({ id: 'EscalationDecision' })

const Step = z
  .object({
    kind: z.enum(ESCALATION_STEPS),
    stage: z.int(),
    office: z.string().nullable().describe('Who has to answer at a stage that was entered.'),
    dueAt: Instant.nullable(),
    outcome: z.enum(ESCALATION_OUTCOMES).nullable(),
    newDecision: DecisionRef.nullable(),
    reasons: z.string().nullable(),
    as: z.string().nullable().describe('In which office somebody answered.'),
    accepted: z.boolean().nullable(),
    by: Person.nullable().describe('Null where the service did it by itself, for nobody had answered in time.'),
    at: Instant,
  })
  .meta({ id: 'EscalationStep' })
export type Step = z.output<typeof Step>

export const Escalation = z
  .object({
    id: z.string(),
    referralId: z.string(),
    child: z.string().nullable(),
    decision: DecisionRef.nullable().describe('The decision contested.'),
    about: z.enum(ESCALATION_SUBJECTS),
    ground: z.enum(ESCALATION_GROUNDS),
    concern: z.string(),
    wanted: z.string(),
    urgent: z.boolean(),
    challenger: z
      .object({ name: z.string(), role: z.string(), agency: z.string().nullable() })
      .meta({ id: 'Challenger' }),
    raisedBy: Person,
    raisedAt: Instant,
    state: z.enum(ESCALATION_STATES),
    stage: z.int(),
    office: z.string().describe('Whose answer it is at this stage.'),
    dueAt: Instant.describe('When the answer is due at this stage.'),
    outcome: z.enum(ESCALATION_OUTCOMES).nullable().describe('Null until it is at its end.'),
    newDecision: DecisionRef.nullable().describe('The decision that came of it.'),
    steps: z.array(Step),
    policy: z.string(),
    policyVersion: z.string(),
    ladder: z.array(z.object({ stage: z.int(), role: z.string(), within: z.string() }).meta({ id: 'EscalationStage' })),
    immediateRisk: z.string().describe('What does not wait for the ladder.'),
  })
  .meta({ id: 'Escalation' })
export type Escalation = z.output<typeof Escalation>

export const EscalationPage = pageOf(Escalation, 'Escalation')
export const EscalationReceipt = z
  .object({ escalation: Escalation, audit: AuditReceipt })
  .meta({ id: 'EscalationReceipt' })
