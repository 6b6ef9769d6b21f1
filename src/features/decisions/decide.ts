/** One decision about one child: every rule, then the row, then what follows from it. */
import { type Departure, decisions } from '../../db/tables/decisions.ts'
import { helpArrangements } from '../../db/tables/front-door.ts'
import { canonical, type Policy, type Recommendation } from '../../engine/index.ts'
import { type Actor, hasRole } from '../../kernel/actor.ts'
import { notFound, Refusal } from '../../kernel/errors.ts'
import type { Context } from '../../kernel/operation.ts'
import { insertAllRecorded, insertRecorded, type StoredRecord } from '../../kernel/record.ts'
import { historyFor } from '../children/index.ts'
import { ownJudgement } from '../judgements/index.ts'
import { compiledPolicy, getVersion } from '../policies/index.ts'
import { contentOf, getRecommendationRow, type RecommendationRow } from '../recommendations/index.ts'
import { isKeptFromPanel } from '../restrictions/index.ts'
import { isBelowThreshold, isClosing, requireClosing, requireNothingOpen } from './closing.ts'
import type { DecisionInput } from './model.ts'
import { needsOf } from './needs.ts'
import { proposalOf } from './proposals.ts'
import { isBelowFloor, movementOf, requireAllowed, requireGrounds, requireQualified } from './rules.ts'
import { type StandingDecision, standingDecision } from './standing.ts'

export interface ToDecide {
  readonly recommendationId: string
  readonly input: DecisionInput
  /** Pointer of the decision within the body. */
  readonly at: string
  /** Children decided in the same act. */
  readonly together: ReadonlySet<string>
}

export type Decided = typeof decisions.$inferSelect

/**
 * Stores a decision; the caller holds the lock of the referral, and records it.
 * @throws Refusal for whatever the rules of deciding and of closing say
 */
export async function decide(
  context: Context,
  { recommendationId, input, at, together }: ToDecide,
): Promise<{ stored: Decided; records: StoredRecord[] }> {
  const { tx, actor, now } = context
  requireQualified(actor)
  const row = await getRecommendationRow(tx, actor, recommendationId)
  requireCurrent(row)
  const policy = compiledPolicy(await getVersion(tx, actor.authorityId, { id: row.policyVersionId }))
  requireAllowed(policy, input)
  const own = await ownJudgement(tx, actor, row)
  if (!own)
    throw new Refusal(
      'own_judgement_first',
      `Write down your own judgement of child ${row.childKey} before you decide.`,
    )
  const recommended = contentOf(row)
  const departure = requireGrounds(policy, actor, recommended, input)
  requireClosing(policy, recommended, input, at)
  if (isClosing(policy, input.response)) await requireNothingOpen(context, row, together)
  if (input.proposal !== undefined) await requireProposal(context, input.proposal, row.id)
  if (isBelowFloor(policy, recommended, input) && (await isKeptFromPanel(tx, actor, row.referralId)))
    throw panelLeftOut(at)
  const standing = await standingDecision(tx, actor, row.referralId, row.childKey)
  requireSuccession(standing, input.supersedes)
  const { row: stored, record } = await insertRecorded(tx, decisions, {
    ...subjectOf(actor, row),
    ...whatOf(policy, actor, recommended, {
      ...{ id: context.newId(), input, ownLevel: own.level, departure },
      asksHistory: isBelowThreshold(policy, input.response) && (await asksReview(context, row)),
    }),
    ...decider(actor),
    decidedAt: now,
    sequence: (standing?.sequence ?? 0) + 1,
    supersedes: standing?.id ?? null,
    judgementId: own.id,
    agreesWith: takenOver(actor, standing, { row, input }),
  })
  return { stored, records: [record, ...(await arrangeHelp(context, stored, input))] }
}

/** What protects a child is decided without the panel; less than the floor is not. */
function panelLeftOut(at: string): Refusal {
  const detail =
    'This is below the floor, and the panel hears of it. The referral is restricted: somebody of the panel has to be let in first.'
  return new Refusal('unprocessable', detail, {
    errors: [{ in: 'body', pointer: `${at}/level`, code: 'panel_left_out', detail }],
  })
}

/** Whether what came before has to be gone through by a second person before the work ends below the threshold. */
async function asksReview({ tx, actor }: Context, { referralId, childKey }: RecommendationRow): Promise<boolean> {
  const { children } = await historyFor(tx, actor, referralId)
  return children.some(({ child, reviewRequired }) => child === childKey && reviewRequired)
}

function subjectOf(
  { authorityId }: Actor,
  { id: recommendationId, referralId, childKey, revision }: RecommendationRow,
) {
  return { authorityId, recommendationId, referralId, childKey, revision }
}

interface What {
  readonly id: string
  readonly input: DecisionInput
  readonly ownLevel: string
  readonly departure: Departure
  readonly asksHistory: boolean
}

/** What was decided, and what that needs. */
function whatOf(
  policy: Policy,
  actor: Actor,
  recommended: Recommendation,
  { id, input, ownLevel, departure, asksHistory }: What,
) {
  const { level, response, rationale, overrideReason = null, statutoryReason = null, closing } = input
  const belowFloor = isBelowFloor(policy, recommended, input)
  const needs = needsOf(policy, recommended, {
    id,
    response,
    departure,
    isBelowFloor: belowFloor,
    isBySupervisor: hasRole(actor, 'supervisor'),
    isReferrerNotReached: isClosing(policy, response) && closing?.referrerNotReached !== undefined,
    asksHistory,
  })
  return {
    ...{ id, level, response, departure, overrideReason, rationale, statutoryReason, belowFloor },
    proposalId: input.proposal ?? null,
    secondScreeningBecause: needs.secondScreening,
    signOffBecause: needs.signOff,
    closing: closing === undefined ? null : canonical(closing),
    movement: movementOf(policy, recommended, ownLevel, level),
  }
}

function decider(actor: Actor & { readonly qualification: 'social_work' }) {
  return {
    decidedBy: actor.accountId,
    decidedByName: actor.displayName,
    decidedByRole: hasRole(actor, 'supervisor') ? ('supervisor' as const) : ('screener' as const),
    decidedByQualification: actor.qualification,
  }
}

/** @throws Refusal stale_recommendation */
function requireCurrent({ isCurrent }: RecommendationRow): void {
  if (isCurrent) return
  throw new Refusal(
    'stale_recommendation',
    'Newer information or a newer recommendation has come in. Read it, and decide on that.',
  )
}

/** Whoever replaces a decision has to know which: nobody overwrites what they have not seen. */
function requireSuccession(standing: StandingDecision | undefined, supersedes: string | undefined): void {
  if (standing?.id === supersedes) return
  if (standing && supersedes === undefined)
    throw new Refusal(
      'already_decided',
      `Decision ${standing.id} stands for this child. To replace it, name it in “supersedes”.`,
    )
  throw new Refusal(
    'already_decided',
    'The decision named in “supersedes” is not the one that stands. Read the history, and decide on that.',
  )
}

/** @throws Refusal not_found for what nobody prepared for this recommendation. */
async function requireProposal(context: Context, proposalId: string, recommendationId: string): Promise<void> {
  const proposal = await proposalOf(context, proposalId)
  if (proposal?.recommendationId !== recommendationId) throw notFound('proposal')
}

/**
 * The second judgement that this decision takes over, so that it need not be screened a third time: of the decision that it
 * replaces, in the same revision, by somebody else, with the same level and response.
 */
function takenOver(
  actor: Actor,
  standing: StandingDecision | undefined,
  { row, input }: { row: RecommendationRow; input: DecisionInput },
): string | null {
  const second = standing?.second
  if (!second || standing.revision !== row.revision || second.by === actor.accountId) return null
  return second.level === input.level && second.response === input.response ? second.id : null
}

async function arrangeHelp(context: Context, decision: Decided, { closing }: DecisionInput): Promise<StoredRecord[]> {
  const { tx, actor, now } = context
  const rows = (closing?.help ?? []).map((given, i) => ({
    ...{ authorityId: actor.authorityId, id: context.newId(), decisionId: decision.id },
    ...{ referralId: decision.referralId, childKey: decision.childKey, number: i + 1, help: given.help },
    ...{ service: given.service ?? null, heldBy: given.heldBy, status: given.status, consent: given.consent },
    ...{ followUpOn: given.followUpOn ?? null },
    ...{ arrangedBy: actor.accountId, arrangedByName: actor.displayName, arrangedAt: now },
  }))
  return rows.length === 0 ? [] : await insertAllRecorded(tx, helpArrangements, rows)
}
