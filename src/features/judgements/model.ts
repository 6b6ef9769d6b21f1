import { z } from 'zod'
import { JUDGEMENT_PURPOSES } from '../../db/tables/front-door.ts'
import { ChildKey } from '../../engine/referral/shape.ts'
import { Instant, line, words } from '../../engine/text.ts'
import { COMMON_SCALE, QUALIFICATIONS } from '../../engine/vocabulary.ts'
import { AuditReceipt } from '../referrals/index.ts'

/** What a person thinks of a child, whatever for. */
export const View = {
  level: line(60).describe('Code of the level, of the policy that applies to the referral.'),
  indicators: z
    .array(line(60))
    .max(300)
    .describe('Codes of the indicators that you see present. None, where you see none: say so with an empty list.'),
  reasons: words(8000).describe('Why, in your own words.'),
}

export const JudgementInput = z
  .strictObject({
    revision: z.int().min(1).describe('The revision of the referral that was read; it must be the latest.'),
    children: z
      .array(
        z
          .strictObject({ child: ChildKey, ...View, response: line(60).optional().describe('Code of a response.') })
          .meta({ id: 'NewChildJudgement' }),
      )
      .min(1)
      .max(20),
  })
  .meta({ id: 'NewJudgements' })
export type JudgementInput = z.output<typeof JudgementInput>

export const Judgement = z
  .object({
    id: z.string(),
    referralId: z.string(),
    child: z.string(),
    revision: z.int(),
    purpose: z.enum(JUDGEMENT_PURPOSES),
    decisionId: z.string().nullable().describe('The decision that was screened a second time.'),
    level: z.string(),
    commonBand: z.enum(COMMON_SCALE),
    response: z.string().nullable(),
    indicators: z.array(z.string()),
    reasons: z.string(),
    judgedBy: z
      .object({
        accountId: z.string(),
        displayName: z.string(),
        qualification: z.enum(QUALIFICATIONS).nullable(),
      })
      .meta({ id: 'Judge' }),
    judgedAt: Instant,
  })
  .meta({ id: 'Judgement' })
export type Judgement = z.output<typeof Judgement>

export const JudgementReceipt = z
  .object({ judgements: z.array(Judgement), audit: AuditReceipt })
  .meta({ id: 'JudgementReceipt' })
export const Judgements = z.object({ judgements: z.array(Judgement) }).meta({ id: 'Judgements' })
