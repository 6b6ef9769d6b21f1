import { z } from 'zod'
import { ROLES } from '../../db/tables/accounts.ts'
import { DEPARTURES } from '../../db/tables/decisions.ts'
import { Instant, line, words } from '../../engine/text.ts'
import { COMMON_SCALE, QUALIFICATIONS } from '../../engine/vocabulary.ts'
import { Id } from '../../kernel/ids.ts'
import { pageOf } from '../../kernel/page.ts'
import { AuditReceipt } from '../referrals/index.ts'

export const DecisionInput = z
  .strictObject({
    level: line(60).describe('Code of the level decided, of the policy that the recommendation was made with.'),
    response: line(60).describe('Code of the response decided.'),
    rationale: words(8000).describe(
      'Why, in the decider’s own words, whether agreeing with the recommendation or not.',
    ),
    overrideReason: line(60)
      .optional()
      .describe(
        'Code from the policy’s oversight section; needed for anything less than, or other than, what was recommended.',
      ),
    statutoryReason: words(4000).optional().describe('Needed below a floor.'),
    supersedes: Id.optional().describe('The decision that this one replaces, where there is one.'),
  })
  .meta({ id: 'NewDecision' })
export type DecisionInput = z.output<typeof DecisionInput>

export const Decision = z
  .object({
    id: z.string(),
    recommendationId: z.string(),
    referralId: z.string(),
    child: z.string(),
    revision: z.int(),
    sequence: z.int().describe('1 for the first decision about the child in this referral.'),
    level: z.string(),
    commonBand: z.enum(COMMON_SCALE),
    response: z.string(),
    recommendedLevel: z.string().nullable(),
    recommendedResponse: z.string(),
    departure: z.enum(DEPARTURES),
    overrideReason: z.string().nullable(),
    rationale: z.string(),
    statutoryReason: z.string().nullable(),
    decidedBy: z
      .object({
        accountId: z.string(),
        displayName: z.string(),
        role: z.enum(ROLES),
        qualification: z.enum(QUALIFICATIONS),
      })
      .meta({ id: 'Decider' }),
    decidedAt: Instant,
    supersedes: z.string().nullable(),
    supersededBy: z.string().nullable(),
    policy: z.string(),
    policyVersion: z.string(),
    agency: z.string().describe('The agency that referred.'),
  })
  .meta({ id: 'Decision' })
export type Decision = z.output<typeof Decision>

export const DecisionReceipt = z.object({ decision: Decision, audit: AuditReceipt }).meta({ id: 'DecisionReceipt' })
export const DecisionPage = pageOf(Decision, 'Decision')
