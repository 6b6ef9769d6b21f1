import { z } from 'zod'
import { Recommendation as RecommendationContent } from '../../engine/index.ts'
import { Instant } from '../../engine/text.ts'
import { AuditReceipt } from '../referrals/index.ts'

export { RecommendationContent }

/** What is shown whatever else is hidden: nobody waits with a child in danger for their own judgement. */
export const Alarm = z
  .object({ code: z.enum(['immediate_danger', 'danger_withdrawn', 'immediate_protection']), text: z.string() })
  .meta({ id: 'Alarm' })

export const Recommendation = z
  .object({
    id: z.string(),
    referralId: z.string(),
    revision: z.int().describe('The revision of the referral that was scored.'),
    child: z.string(),
    createdAt: Instant,
    isCurrent: z.boolean().describe('Whether it is the latest for the child and nothing newer was received.'),
    content: RecommendationContent.nullable().describe('Null while it is not shown; “hidden” says why.'),
    hidden: z
      .enum(['own_judgement_first'])
      .nullable()
      .describe('Why the content is not shown: the policy asks for your own judgement first.'),
    alarms: z
      .array(Alarm)
      .describe('Immediate danger, and danger that an earlier version spoke of. Always shown, to everybody.'),
  })
  .meta({ id: 'Recommendation' })
export type Recommendation = z.output<typeof Recommendation>

export const RecommendationList = z.object({ recommendations: z.array(Recommendation) }).meta({ id: 'Recommendations' })
export const Recommended = z
  .object({ recommendations: z.array(Recommendation), audit: AuditReceipt })
  .meta({ id: 'RecommendedReceipt' })
export const Scored = z.object({ recommendations: z.array(RecommendationContent) }).meta({ id: 'Scored' })

export const Replay = z
  .object({
    identical: z.boolean(),
    storedHash: z.string(),
    recomputedHash: z.string().nullable().describe('Null where it cannot be computed again.'),
    reason: z.string().nullable().describe('Why it is not identical.'),
    differences: z.array(z.string()).describe('JSON pointers to what differs, the first ten.'),
  })
  .meta({ id: 'Replay' })
export type Replay = z.output<typeof Replay>
