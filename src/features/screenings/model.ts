import { z } from 'zod'
import { TASK_OUTCOMES } from '../../db/tables/front-door.ts'
import { ChildKey } from '../../engine/referral/shape.ts'
import { CivilDate, Instant, line, words } from '../../engine/text.ts'
import { Person } from '../../kernel/actor.ts'
import { Decision } from '../decisions/index.ts'
import { Judgement, View } from '../judgements/index.ts'
import { AuditReceipt } from '../referrals/index.ts'

export const SecondJudgementInput = z
  .strictObject({ ...View, response: line(60).describe('Code of the response that you would choose.') })
  .meta({ id: 'NewSecondJudgement' })

export const ReasonsInput = z.strictObject({ reasons: words(4000) }).meta({ id: 'Reasons' })
export const ReconciliationInput = z
  .strictObject({
    stands: z.boolean().describe('Whether the decision stands. Otherwise it goes back to be replaced.'),
    reasons: words(4000).describe('What the two said to each other, and why it comes out so.'),
  })
  .meta({ id: 'NewReconciliation' })
export const SignOffInput = z
  .strictObject({ notes: words(4000).describe('What you looked at, and why you answer for it.') })
  .meta({ id: 'NewSignOff' })

export const Pickup = z
  .object({
    decisionId: z.string(),
    referralId: z.string(),
    child: z.string(),
    revision: z.int(),
    heldBy: z.string().nullable().describe('Account of the person who has it in hand; null where nobody has.'),
    until: Instant.nullable().describe('It frees itself then, unless it is picked up again.'),
    audit: AuditReceipt,
  })
  .meta({ id: 'Pickup' })

export const Agreement = z
  .object({
    decisionId: z.string(),
    level: z.boolean().describe('Whether both came to the same level.'),
    levelsApart: z.int().nullable().describe('How many levels lie between them.'),
    response: z.boolean(),
    indicators: z
      .object({
        both: z.array(z.string()),
        onlyFirst: z.array(z.string()),
        onlySecond: z.array(z.string()),
        percent: z.int().describe('Share of all named indicators that both named (Jaccard), in percent; 100 for none.'),
      })
      .meta({ id: 'IndicatorAgreement' }),
  })
  .meta({ id: 'ScreeningAgreement' })
export type Agreement = z.output<typeof Agreement>

export const SecondJudgementReceipt = z
  .object({ judgement: Judgement, agreement: Agreement, decision: Decision, audit: AuditReceipt })
  .meta({ id: 'SecondJudgementReceipt' })
export const ScreenedReceipt = z.object({ decision: Decision, audit: AuditReceipt }).meta({ id: 'ScreenedReceipt' })

export const TaskInput = z
  .strictObject({
    task: words(1000).describe('What was found to be needed: a call, a check, a visit.'),
    child: ChildKey.optional().describe('The child it is about; all where left out.'),
    dueOn: CivilDate.optional(),
  })
  .meta({ id: 'NewTask' })
export const TaskResultInput = z
  .strictObject({ outcome: z.enum(TASK_OUTCOMES), result: words(4000).describe('What came of it, or why not.') })
  .meta({ id: 'NewTaskResult' })

export const Task = z
  .object({
    id: z.string(),
    referralId: z.string(),
    child: z.string().nullable(),
    task: z.string(),
    dueOn: CivilDate.nullable(),
    setBy: Person,
    setAt: Instant,
    result: z
      .object({ outcome: z.enum(TASK_OUTCOMES), result: z.string(), by: Person, at: Instant })
      .meta({ id: 'TaskResult' })
      .nullable()
      .describe('Null while it is open.'),
  })
  .meta({ id: 'ScreeningTask' })
export type Task = z.output<typeof Task>
export const TaskReceipt = z.object({ task: Task, audit: AuditReceipt }).meta({ id: 'TaskReceipt' })
export const Tasks = z.object({ tasks: z.array(Task) }).meta({ id: 'ScreeningTasks' })
