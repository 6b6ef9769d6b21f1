import { z } from 'zod'
import { DELIVERY_MEANS, DELIVERY_OUTCOMES } from '../../db/tables/letters.ts'
import { LETTER_KINDS } from '../../engine/letters/facts.ts'
import { ChildKey } from '../../engine/referral/shape.ts'
import { Instant, words } from '../../engine/text.ts'
import { Person } from '../../kernel/actor.ts'
import { Bound, pageOf } from '../../kernel/page.ts'
import { AuditReceipt } from '../referrals/index.ts'

/** Of a letter that was sent; what is owed has no letter yet. */
export const LETTER_STATES = ['sent', 'failed', 'delivered', 'received'] as const
export type LetterState = (typeof LETTER_STATES)[number]

const Kind = z
  .enum(LETTER_KINDS)
  .describe('`family_feedback` is safe for the family: nothing of what was said of them, or of who said it.')

export const which = {
  kind: Kind,
  child: ChildKey.optional().describe('For a family: the child whom the letter is about.'),
}

export const LetterInput = z
  .strictObject({
    ...which,
    tellingIsSafe: words(2000)
      .optional()
      .describe('Why a family may hear of immediate protection or a strategy discussion; needed for these.'),
  })
  .meta({ id: 'NewLetter' })
export type LetterInput = z.output<typeof LetterInput>

export const DeliveryInput = z
  .strictObject({
    means: z.enum(DELIVERY_MEANS),
    outcome: z.enum(DELIVERY_OUTCOMES),
    reason: words(1000).optional().describe('Why it failed.'),
    at: Bound.optional().describe('When it happened; now where left out.'),
  })
  .meta({ id: 'NewDelivery' })
export type DeliveryInput = z.output<typeof DeliveryInput>

const said = {
  referralId: z.string(),
  reference: z.string(),
  kind: Kind,
  to: z.string(),
  decisions: z.array(z.string()).describe('The decisions that it tells of.'),
  children: z.array(z.string()).describe('The children that they are about.'),
  dueAt: Instant.describe('By when its reader has to hear from us.'),
}

/** A letter as it would be sent now. */
export const LetterPreview = z
  .object({
    ...said,
    title: z.string(),
    text: z.string(),
    html: z.string(),
    reveals: z
      .array(z.string())
      .describe('Marks of what must not be shared with this reader and is said here. It cannot be sent so.'),
  })
  .meta({ id: 'LetterPreview' })

export const Letter = z
  .object({
    id: z.string(),
    ...said,
    state: z.enum(LETTER_STATES),
    isOverdue: z.boolean().describe('Its time has run out, and nobody knows that it came.'),
    hidden: z
      .enum(['second_screening'])
      .nullable()
      .describe(
        'Why its words are not shown: a decision that it tells of is being screened by somebody who must not know it.',
      ),
    title: z.string().nullable(),
    text: z.string().nullable(),
    html: z.string().nullable(),
    contentHash: z.string().describe('SHA-256 of title, text and page, as they were sent.'),
    policy: z.string().nullable().describe('Whose words it is in.'),
    policyVersion: z.string().nullable(),
    writtenBy: Person.nullable().describe('Null where the service wrote it by itself.'),
    writtenAt: Instant,
    deliveries: z.array(
      z
        .object({
          means: z.enum(DELIVERY_MEANS),
          outcome: z.enum(DELIVERY_OUTCOMES),
          reason: z.string().nullable(),
          at: Instant,
          recordedBy: Person,
          recordedAt: Instant,
        })
        .meta({ id: 'LetterDelivery' }),
    ),
    receipt: z.object({ by: Person, at: Instant }).meta({ id: 'LetterReceipt' }).nullable(),
  })
  .meta({ id: 'Letter' })
export type Letter = z.output<typeof Letter>

export const LetterDone = z.object({ letter: Letter, audit: AuditReceipt }).meta({ id: 'LetterDone' })
export const LetterPage = pageOf(Letter, 'Letter')

/** What the referrer has not been told. */
export const LetterDue = z
  .object({
    referralId: z.string(),
    reference: z.string(),
    agency: z.string(),
    kind: Kind,
    decisions: z.array(z.string()),
    children: z.array(z.string()),
    since: Instant.describe('Receipt of the referral, or completion of the first of the decisions.'),
    dueAt: Instant,
    isOverdue: z.boolean(),
  })
  .meta({ id: 'LetterDue' })
export type LetterDue = z.output<typeof LetterDue>
export const LetterDuePage = pageOf(LetterDue, 'LetterDue')
