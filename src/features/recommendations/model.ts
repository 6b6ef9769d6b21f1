import { z } from 'zod'
import { Recommendation as RecommendationContent } from '../../engine/index.ts'
import { Instant } from '../../engine/text.ts'
import { AuditReceipt } from '../referrals/index.ts'

export { RecommendationContent }

export const Recommendation = z
  .object({
    id: z.string(),
    referralId: z.string(),
    revision: z.int().describe('The revision of the referral that was scored.'),
    child: z.string(),
    createdAt: Instant,
    isCurrent: z.boolean().describe('Whether it is the latest for the child and nothing newer was received.'),
    content: RecommendationContent,
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
