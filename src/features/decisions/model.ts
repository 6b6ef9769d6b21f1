import { z } from 'zod'
import { ROLES } from '../../db/tables/accounts.ts'
import { DEPARTURES, MOVEMENTS } from '../../db/tables/decisions.ts'
import { RETURN_STAGES } from '../../db/tables/front-door.ts'
import { Instant, line, words } from '../../engine/text.ts'
import { COMMON_SCALE, QUALIFICATIONS } from '../../engine/vocabulary.ts'
import { Person } from '../../kernel/actor.ts'
import { Id } from '../../kernel/ids.ts'
import { pageOf } from '../../kernel/page.ts'
import { AuditReceipt } from '../referrals/index.ts'
import { Closing } from './closing.ts'
import { SECOND_SCREENING_REASONS, SIGN_OFF_REASONS } from './needs.ts'
import { DECISION_STATES } from './state.ts'

/** The longest decision in UTF-8 takes less: every text as long as it may be, and all help that can be named. */
export const DECISION_BYTES_MAX = 256 * 1024

const decided = {
  level: line(60).describe('Code of the level decided, of the policy that the recommendation was made with.'),
  response: line(60).describe('Code of the response decided.'),
  rationale: words(8000).describe('Why, in the decider’s own words, whether agreeing with the recommendation or not.'),
  overrideReason: line(60)
    .optional()
    .describe(
      'Code from the policy’s oversight section; needed for anything less than, or other than, what was recommended.',
    ),
  statutoryReason: words(4000).optional().describe('Needed below a floor.'),
  supersedes: Id.optional().describe('The decision that this one replaces, where there is one.'),
  proposal: Id.optional().describe('What somebody prepared, where this takes it up.'),
  closing: Closing.optional().describe('Needed before the work ends; help may be named with any decision.'),
}

export const DecisionInput = z.strictObject(decided).meta({ id: 'NewDecision' })
export type DecisionInput = z.output<typeof DecisionInput>

export const DecisionsInput = z
  .strictObject({
    decisions: z
      .array(z.strictObject({ recommendation: Id, ...decided }).meta({ id: 'NewChildDecision' }))
      .min(1)
      .max(20)
      .describe('Brothers and sisters, decided in one act: all of them or none.'),
  })
  .meta({ id: 'NewDecisions' })

export const ProposalInput = z
  .strictObject({ level: decided.level, response: decided.response, rationale: decided.rationale })
  .meta({ id: 'NewProposal' })

export const Proposal = z
  .object({
    id: z.string(),
    recommendationId: z.string(),
    referralId: z.string(),
    child: z.string(),
    revision: z.int(),
    level: z.string(),
    response: z.string(),
    rationale: z.string(),
    preparedBy: Person,
    preparedAt: Instant,
  })
  .meta({ id: 'DecisionProposal' })
export type Proposal = z.output<typeof Proposal>
export const ProposalReceipt = z.object({ proposal: Proposal, audit: AuditReceipt }).meta({ id: 'ProposalReceipt' })
export const Proposals = z.object({ proposals: z.array(Proposal) }).meta({ id: 'DecisionProposals' })

export const Decision = z
  .object({
    id: z.string(),
    recommendationId: z.string(),
    referralId: z.string(),
    child: z.string(),
    revision: z.int(),
    sequence: z.int().describe('1 for the first decision about the child in this referral.'),
    state: z.enum(DECISION_STATES).describe('It counts for the outside world once it is complete.'),
    isStale: z.boolean().describe('Newer information came in after it was made.'),
    hidden: z
      .enum(['second_screening'])
      .nullable()
      .describe('Why what was decided is not shown: it waits for somebody who screens it without knowing it.'),
    level: z.string().nullable(),
    commonBand: z.enum(COMMON_SCALE).nullable(),
    response: z.string().nullable(),
    recommendedLevel: z.string().nullable(),
    recommendedResponse: z.string().nullable(),
    ownLevel: z.string().nullable().describe('What the decider had written down before seeing the recommendation.'),
    movement: z.enum(MOVEMENTS).nullable().describe('How the judgement moved once the recommendation was seen.'),
    departure: z.enum(DEPARTURES).nullable(),
    belowFloor: z.boolean().nullable(),
    overrideReason: z.string().nullable(),
    rationale: z.string().nullable(),
    statutoryReason: z.string().nullable(),
    closing: Closing.nullable().describe('What was checked and offered before the work ended.'),
    proposalId: z.string().nullable(),
    secondScreeningBecause: z.array(z.enum(SECOND_SCREENING_REASONS)),
    signOffBecause: z.array(z.enum(SIGN_OFF_REASONS)).nullable(),
    secondJudgementId: z.string().nullable(),
    reconciliation: z
      .object({ stands: z.boolean(), reasons: z.string(), by: Person, at: Instant })
      .meta({ id: 'Reconciliation' })
      .nullable(),
    returned: z
      .object({ stage: z.enum(RETURN_STAGES), reasons: z.string(), by: Person, at: Instant })
      .meta({ id: 'ReturnedDecision' })
      .nullable(),
    signOff: z.object({ notes: z.string(), by: Person, at: Instant }).meta({ id: 'SignOff' }).nullable(),
    states: z
      .array(
        z
          .object({ state: z.enum(DECISION_STATES), from: Instant, until: Instant.nullable() })
          .meta({ id: 'StayInState' }),
      )
      .describe('The states it went through, with the time spent in each.'),
    decidedBy: z
      .object({
        accountId: z.string(),
        displayName: z.string(),
        role: z.enum(ROLES),
        qualification: z.enum(QUALIFICATIONS),
      })
      .meta({ id: 'Decider' }),
    decidedAt: Instant,
    completedAt: Instant.nullable(),
    supersedes: z.string().nullable(),
    supersededBy: z.string().nullable(),
    policy: z.string(),
    policyVersion: z.string(),
    agency: z.string().describe('The agency that referred.'),
  })
  .meta({ id: 'Decision' })
export type Decision = z.output<typeof Decision>

export const DecisionReceipt = z.object({ decision: Decision, audit: AuditReceipt }).meta({ id: 'DecisionReceipt' })
export const DecisionReceipts = z
  .object({
    decisions: z.array(Decision),
    audits: z
      .array(AuditReceipt)
      .describe('The receipt of each decision, in the same order; `audit` is the last of them. Keep all.'),
    audit: AuditReceipt,
  })
  .meta({ id: 'DecisionReceipts' })
export const DecisionPage = pageOf(Decision, 'Decision')
