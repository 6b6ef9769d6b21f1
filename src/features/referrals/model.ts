import { z } from 'zod'
import { Referral as Content } from '../../engine/referral/shape.ts'
import { Instant, words } from '../../engine/text.ts'
import { pageOf } from '../../kernel/page.ts'
import { AuditReceipt } from '../audit/index.ts'

export const ReferralContent = Content
export type ReferralContent = z.output<typeof Content>

/** A child of a referral; recommendations and decisions hang on it. */
export const ReferralChild = z
  .object({ referralId: z.string(), key: z.string().describe('The id by which the referral names the child.') })
  .meta({ id: 'ReferralChild' })

export const Referral = z
  .object({
    id: z.string(),
    reference: z.string().describe('Short reference for letters and telephone calls.'),
    receivedAt: Instant,
    revision: z.int(),
    revisedAt: Instant,
    changeReason: z.string().nullable(),
    content: ReferralContent,
    children: z.array(ReferralChild),
  })
  .meta({ id: 'Referral' })
export type Referral = z.output<typeof Referral>

export const ReferralPage = pageOf(Referral, 'Referral')

export const ReferralReceipt = z
  .object({
    referral: Referral,
    acknowledgement: z.string(),
    decisionDueAt: Instant,
    audit: AuditReceipt,
  })
  .meta({ id: 'ReferralReceipt' })

export const Revision = z
  .strictObject({
    basedOn: z.int().min(1).describe('The revision that this one follows; refused when another came in between.'),
    reason: words(2000).describe('What is new or was wrong.'),
    content: ReferralContent,
  })
  .meta({ id: 'ReferralRevision' })
