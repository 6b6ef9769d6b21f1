import { z } from 'zod'
import { REVIEW_OUTCOMES } from '../../db/tables/policy-drafts.ts'
import { CHANGE_KINDS } from '../../engine/policy/diff.ts'
import { CivilDate, Instant, words } from '../../engine/text.ts'
import { Person } from '../../kernel/actor.ts'
import { Id } from '../../kernel/ids.ts'
import { AuditReceipt } from '../audit/index.ts'
import { Submission } from '../drafts/index.ts'
import { PolicyVersion } from '../policies/index.ts'

const Hash = z.string().regex(/^[0-9a-f]{64}$/, 'is a SHA-256 in lower-case hexadecimal')

/** The bytes that somebody read, and means. */
const bytes = {
  contentHash: Hash.describe('Of the document that you read, as the submission states it.'),
  casesHash: Hash.describe('Of its cases.'),
}

export const Approval = z.strictObject({ ...bytes, note: words(4000).optional() }).meta({ id: 'NewPolicyApproval' })
export const Rejection = z.strictObject({ reason: words(4000) }).meta({ id: 'NewPolicyRejection' })

export const NewPublication = z
  .strictObject({
    ...bytes,
    supersedes: Id.optional().describe(
      'Id of the version that applied last until now; left out only for the first. Refused when it is another by now.',
    ),
    effectiveFrom: CivilDate.optional().describe(
      'Today or later, and not before the date that the document states; that date where left out.',
    ),
    legacyUntil: CivilDate.optional().describe(
      'Until this day, that included, referrals received before the change go on being scored under the version before.',
    ),
  })
  .meta({ id: 'NewPolicyPublication' })
export type NewPublication = z.output<typeof NewPublication>

export const NewHotfix = z
  .strictObject({
    ...bytes,
    supersedes: Id.describe('Id of the version in force.'),
    reason: words(4000).describe('Why it cannot wait for a second person.'),
  })
  .meta({ id: 'NewPolicyHotfix' })

export const NewRetirement = z
  .strictObject({
    from: CivilDate.describe('The first day on which it is used no more: today or later.'),
    reason: words(4000),
    leaveNoneInForce: z
      .boolean()
      .optional()
      .describe('To be said outright where no policy would be in force: nothing could be scored then.'),
  })
  .meta({ id: 'NewPolicyRetirement' })

export const Review = z
  .object({
    id: z.string(),
    submissionId: z.string(),
    outcome: z.enum(REVIEW_OUTCOMES),
    contentHash: z.string(),
    casesHash: z.string(),
    reason: z.string().nullable(),
    reviewedAt: Instant,
    reviewedBy: Person,
  })
  .meta({ id: 'PolicyReview' })

export const ReviewList = z.object({ reviews: z.array(Review) }).meta({ id: 'PolicyReviews' })

export const ReviewReceipt = z
  .object({ submission: Submission, review: Review, audit: AuditReceipt })
  .meta({ id: 'PolicyReviewReceipt' })

export const VersionReceipt = z
  .object({ version: PolicyVersion, audit: AuditReceipt })
  .meta({ id: 'PolicyVersionReceipt' })

export const DiffShown = z
  .object({
    from: z.string().describe('`policy@version`'),
    fromHash: z.string(),
    to: z.string(),
    toHash: z.string(),
    changes: z.array(
      z
        .object({ section: z.string(), code: z.string(), kind: z.enum(CHANGE_KINDS), text: z.string() })
        .meta({ id: 'PolicyChange' }),
    ),
    markdown: z.string().describe('The same as a briefing for practitioners.'),
    onlyRaises: z.boolean().describe('Whether it is proved that nothing can come out lower.'),
    notRaising: z.array(z.string()).describe('What stands against that proof.'),
  })
  .meta({ id: 'PolicyDiff' })
