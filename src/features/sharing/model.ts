import { z } from 'zod'
import {
  AUDIENCES_WITHHELD,
  CONSENT_ANSWERS,
  CONSENT_GIVERS,
  CONSENT_MANNERS,
  OVERRIDE_GROUNDS,
  RECIPIENT_KINDS,
  SHARING_BASES,
  SHARING_OUTCOMES,
  WITHHOLDING_GROUNDS,
} from '../../db/tables/sharing.ts'
import { ChildKey } from '../../engine/referral/shape.ts'
import { CivilDate, Instant, line, words } from '../../engine/text.ts'
import { QUALIFICATIONS } from '../../engine/vocabulary.ts'
import { Person } from '../../kernel/actor.ts'
import { Id } from '../../kernel/ids.ts'
import { pageOf } from '../../kernel/page.ts'
import { AuditReceipt } from '../audit/index.ts'

const override = z
  .strictObject({ ground: z.enum(OVERRIDE_GROUNDS), reason: words(4000) })
  .meta({ id: 'NewConsentOverride' })
  .optional()
  .describe('On what ground the response goes ahead although nobody agreed.')

export const NewConsent = z
  .strictObject({
    child: ChildKey,
    response: line(60).describe('The response of the policy that it is about, by its code.'),
    state: z.enum(CONSENT_ANSWERS),
    by: z.enum(CONSENT_GIVERS).optional().describe('Who was asked; left out where nobody was.'),
    manner: z.enum(CONSENT_MANNERS).optional(),
    statedOn: CivilDate.describe('The day on which it was said, or on which it was decided not to ask.'),
    reason: words(4000).optional().describe('Why nobody was asked, or what was said.'),
    override,
  })
  .meta({ id: 'NewConsent' })

const ConsentOverride = z
  .object({ ground: z.enum(OVERRIDE_GROUNDS), reason: z.string() })
  .meta({ id: 'ConsentOverride' })
  .nullable()

export const ConsentRecord = z
  .object({
    id: z.string(),
    referralId: z.string(),
    child: z.string(),
    response: z.string(),
    state: z.enum(CONSENT_ANSWERS),
    by: z.enum(CONSENT_GIVERS).nullable(),
    manner: z.enum(CONSENT_MANNERS).nullable(),
    statedOn: z.string(),
    reason: z.string().nullable(),
    override: ConsentOverride,
    isLatest: z.boolean().describe('The latest for this child and this response counts.'),
    recordedAt: Instant,
    recordedBy: Person,
  })
  .meta({ id: 'ConsentRecord' })
export type ConsentRecord = z.output<typeof ConsentRecord>
export const ConsentPage = pageOf(ConsentRecord, 'ConsentRecord')
export const ConsentReceipt = z
  .object({
    consent: ConsentRecord,
    stands: z.boolean().describe('Whether what is known of consent is what the policy asks for this response.'),
    missing: z.string().nullable(),
    audit: AuditReceipt,
  })
  .meta({ id: 'ConsentReceipt' })

export const NewSharing = z
  .strictObject({
    child: ChildKey.optional().describe('All children of the referral where left out.'),
    outcome: z.enum(SHARING_OUTCOMES),
    information: words(4000).describe('What was, or was not, shared: in kind, without repeating it.'),
    recipient: line(200),
    recipientKind: z.enum(RECIPIENT_KINDS),
    basis: z.enum(SHARING_BASES).optional().describe('Of what was shared.'),
    withheldBecause: z.enum(WITHHOLDING_GROUNDS).optional().describe('Of what was not shared.'),
    reason: words(4000),
    reviewOn: CivilDate.optional().describe('When it is looked at again; needed for what was not shared.'),
    supersedes: Id.optional().describe('The decision of this register that this one replaces.'),
  })
  .meta({ id: 'NewSharing' })
export type NewSharing = z.output<typeof NewSharing>

export const SharingDecision = z
  .object({
    id: z.string(),
    referralId: z.string(),
    child: z.string().nullable(),
    outcome: z.enum(SHARING_OUTCOMES),
    information: z.string(),
    recipient: z.string(),
    recipientKind: z.enum(RECIPIENT_KINDS),
    basis: z.enum(SHARING_BASES).nullable(),
    withheldBecause: z.enum(WITHHOLDING_GROUNDS).nullable(),
    reason: z.string(),
    reviewOn: z.string().nullable(),
    isReviewOverdue: z.boolean(),
    supersedes: z.string().nullable(),
    supersededBy: z.string().nullable(),
    decidedAt: Instant,
    decidedBy: z
      .object({
        accountId: z.string(),
        displayName: z.string(),
        qualification: z.enum(QUALIFICATIONS).nullable(),
      })
      .meta({ id: 'SharingDecider' }),
  })
  .meta({ id: 'SharingDecision' })
export type SharingDecision = z.output<typeof SharingDecision>
export const SharingPage = pageOf(SharingDecision, 'SharingDecision')
export const SharingReceipt = z.object({ sharing: SharingDecision, audit: AuditReceipt }).meta({ id: 'SharingReceipt' })

export const NewMark = z
  .strictObject({
    audience: z.enum(AUDIENCES_WITHHELD).describe('Who must not be told.'),
    revision: z.int().min(1).optional(),
    pointer: z
      .string()
      .regex(/^(\/([^~/]|~[01])*)+$/, 'must be a JSON pointer, as /children/0/findings/1')
      .max(200)
      .optional()
      .describe('A place in the content of that revision, as an RFC 6901 pointer.'),
    words: line(500).optional().describe('Words that must not be said: a name, an address.'),
    reason: words(2000),
  })
  .meta({ id: 'NewSharingMark' })
export type NewMark = z.output<typeof NewMark>

export const SharingMark = z
  .object({
    id: z.string(),
    referralId: z.string(),
    audience: z.enum(AUDIENCES_WITHHELD),
    revision: z.int().nullable(),
    pointer: z.string().nullable(),
    words: z.string().nullable(),
    reason: z.string(),
    markedAt: Instant,
    markedBy: Person,
    lifted: z.object({ reason: z.string(), at: Instant, by: Person }).meta({ id: 'SharingMarkLifting' }).nullable(),
  })
  .meta({ id: 'SharingMark' })
export type SharingMark = z.output<typeof SharingMark>
export const MarkPage = pageOf(SharingMark, 'SharingMark')
export const MarkReceipt = z.object({ mark: SharingMark, audit: AuditReceipt }).meta({ id: 'SharingMarkReceipt' })
