import { z } from 'zod'
import { LISTS, WAYS_DOWN } from '../../engine/rehearsal/compare.ts'
import { DIMENSIONS } from '../../engine/rehearsal/groups.ts'
import { OUTCOMES, REASON_KINDS } from '../../engine/scoring/recommendation.ts'
import { Instant, line, words } from '../../engine/text.ts'
import { Person } from '../../kernel/actor.ts'
import { Id } from '../../kernel/ids.ts'
import { Bound, pageOf } from '../../kernel/page.ts'
import { AuditReceipt } from '../audit/index.ts'

const NamedVersion = z
  .strictObject({ policy: line(60).describe('Id of the policy document.'), version: line(30) })
  .meta({ id: 'NamedPolicyVersion' })

export const SAMPLE_MAX = 100_000
const SEED_MAX = 2_147_483_647

export const NewRehearsal = z
  .strictObject({
    draft: Id.optional().describe('Either a draft …'),
    revision: z.int().min(1).optional().describe('Its latest revision where left out.'),
    version: NamedVersion.optional().describe('… or a published version.'),
    against: NamedVersion.optional().describe('What it is compared with; the policy in force today where left out.'),
    from: Bound.optional().describe('Only referrals received at or after this instant.'),
    to: Bound.optional().describe('Only referrals received before this instant.'),
    sample: z
      .strictObject({
        size: z.int().min(1).max(SAMPLE_MAX),
        seed: z.int().min(0).max(SEED_MAX).describe('The same seed gives the same referrals.'),
      })
      .meta({ id: 'RehearsalSample' })
      .optional()
      .describe('Only so many of them.'),
  })
  .meta({ id: 'NewRehearsal' })
export type NewRehearsal = z.output<typeof NewRehearsal>

/** `queued`: nothing is counted yet. `cancelled` and `failed` go on when they are resumed. */
export const REHEARSAL_STATES = ['queued', 'running', 'cancelled', 'completed', 'failed'] as const
export type RehearsalState = (typeof REHEARSAL_STATES)[number]

const RehearsedPolicy = z
  .object({
    policy: z.string(),
    version: z.string(),
    contentHash: z.string(),
    versionId: z.string().nullable().describe('Null for a draft.'),
  })
  .meta({ id: 'RehearsedPolicy' })

export const Rehearsal = z
  .object({
    id: z.string(),
    state: z.enum(REHEARSAL_STATES),
    draftId: z.string().nullable(),
    revision: z.int().nullable(),
    candidate: RehearsedPolicy.describe('What is rehearsed.'),
    against: RehearsedPolicy.describe('What it is compared with.'),
    receivedFrom: Instant.nullable(),
    receivedTo: Instant.describe('What was received later is not looked at.'),
    sampleSize: z.int().nullable(),
    sampleSeed: z.int().nullable(),
    coversYear: z
      .boolean()
      .describe(
        'Whether every referral of the twelve months before it was asked for is looked at, as publishing needs.',
      ),
    done: z.int().describe('Referrals counted so far.'),
    total: z.int().describe('Referrals to count.'),
    down: z.int().describe('Children listed so far who would go down.'),
    unaccepted: z.int().describe('Of these, those whom no approver has accepted.'),
    withheld: z.int().describe('Children listed so far for whom a level would be withheld.'),
    stated: z.int().describe('Children listed so far for whom a level would be stated where none is.'),
    requestedAt: Instant,
    requestedBy: Person,
    startedAt: Instant.nullable(),
    finishedAt: Instant.nullable().describe('When it was completed, cancelled or failed.'),
    failure: z.string().nullable().describe('The code of what went wrong.'),
  })
  .meta({ id: 'Rehearsal' })
export type Rehearsal = z.output<typeof Rehearsal>
export const RehearsalPage = pageOf(Rehearsal, 'Rehearsal')
export const RehearsalReceipt = z.object({ rehearsal: Rehearsal, audit: AuditReceipt }).meta({ id: 'RehearsalReceipt' })

const Cell = z
  .object({
    from: z.string().describe('Under the policy in force: a code, `(withheld)`, `(redirected)` or `(none)`.'),
    to: z.string().describe('Under the draft.'),
    children: z.int().nullable().describe('Null: small, or hidden so that a small number cannot be worked out.'),
  })
  .meta({ id: 'RehearsalCell' })

const Table = z
  .object({
    whole: z.array(Cell).describe('All children. A movement that is not listed is nought.'),
    groups: z.array(
      z
        .object({
          by: z.enum(DIMENSIONS),
          group: z.string(),
          children: z.int().nullable().describe('Null: the group is not shown, and none of its movements is listed.'),
          cells: z.array(Cell),
        })
        .meta({ id: 'RehearsalGroup' }),
    ),
  })
  .meta({ id: 'RehearsalTable' })

const MovedCase = z
  .object({
    id: z.string(),
    title: z.string(),
    child: z.string(),
    levelBefore: z.string(),
    levelAfter: z.string(),
    responseBefore: z.string(),
    responseAfter: z.string(),
    ways: z.array(z.enum(WAYS_DOWN)),
  })
  .meta({ id: 'RehearsalCase' })
export type MovedCase = z.output<typeof MovedCase>

export const RehearsalResult = z
  .object({
    rehearsalId: z.string(),
    referrals: z.int(),
    children: z.int().nullable().describe('Null: fewer than five, and nothing is listed.'),
    levels: Table,
    commonScale: Table.nullable().describe('Where the two policies have different levels.'),
    responses: Table.describe('The first response of each.'),
    cases: z
      .object({
        total: z.int().describe('Children in the worked examples of what is rehearsed.'),
        moved: z.array(MovedCase).describe('Those who are placed otherwise. They are invented, and nothing is hidden.'),
      })
      .meta({ id: 'RehearsalCases' }),
  })
  .meta({ id: 'RehearsalResult' })

const Side = z
  .object({
    outcome: z.enum(OUTCOMES),
    level: z.string().nullable(),
    low: z.string().nullable(),
    high: z.string().nullable(),
    floor: z.string().nullable(),
    responses: z.array(z.string()),
  })
  .meta({ id: 'ComparedVerdict' })

const Lost = z
  .object({
    id: z.string(),
    kind: z.enum(REASON_KINDS),
    level: z.string().nullable(),
    now: z.string().nullable().describe('The lower level at which it still holds; null where it does not.'),
    because: z.string().describe('In the words of the policy in force.'),
  })
  .meta({ id: 'LostReason' })

/** What is stored, and shown, of one child under both policies. */
export const ComparedChild = z.object({
  ways: z.array(z.enum(WAYS_DOWN)).describe('In which ways something is less than before.'),
  before: Side,
  after: Side,
  lost: z.array(Lost).describe('The reasons that no longer hold, or hold at a lower level.'),
})
export type ComparedChild = z.output<typeof ComparedChild>

export const RehearsalChild = z
  .object({
    id: z.string(),
    rehearsalId: z.string(),
    list: z.enum(LISTS),
    referralId: z.string(),
    revision: z.int(),
    child: z.string(),
    ...ComparedChild.shape,
    acceptance: z
      .object({ acceptedAt: Instant, acceptedBy: Person, reason: z.string() })
      .meta({ id: 'DowngradeAcceptance' })
      .nullable(),
  })
  .meta({ id: 'RehearsalChild' })
export const RehearsalChildPage = pageOf(RehearsalChild, 'RehearsalChild')

export const NewAcceptance = z
  .strictObject({ reason: words(2000).describe('Why it is right that this child is placed lower.') })
  .meta({ id: 'NewDowngradeAcceptance' })
export const AcceptanceReceipt = z
  .object({ child: RehearsalChild, audit: AuditReceipt })
  .meta({ id: 'DowngradeAcceptanceReceipt' })

export const ReferralComparison = z
  .object({
    referralId: z.string(),
    revision: z.int(),
    before: RehearsedPolicy,
    after: RehearsedPolicy,
    children: z.array(
      z
        .object({ child: z.string(), list: z.enum(LISTS).nullable(), ...ComparedChild.shape })
        .meta({ id: 'ChildComparison' }),
    ),
  })
  .meta({ id: 'ReferralComparison' })
