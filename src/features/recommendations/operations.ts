import { ROLES } from '../../db/tables/accounts.ts'
import { recommendations } from '../../db/tables/recommendations.ts'
import { londonDate } from '../../engine/calendar/civil.ts'
import { canonical, ENGINE_SEMANTICS, type Snapshot, score, sha256, toSnapshot } from '../../engine/index.ts'
import { Referral as ReferralContent } from '../../engine/referral/shape.ts'
import { line } from '../../engine/text.ts'
import { Refusal } from '../../kernel/errors.ts'
import { Id } from '../../kernel/ids.ts'
import { type Context, defineOperation } from '../../kernel/operation.ts'
import { insertRecorded, type StoredRecord } from '../../kernel/record.ts'
import { compiledPolicy, getVersion, type PolicyRow, readCalendar, versionInForce } from '../policies/index.ts'
import { getReferralRow, lockReferral, requireMeaningfulUnder } from '../referrals/index.ts'
import { Recommendation, type RecommendationContent, RecommendationList, Recommended, Replay, Scored } from './model.ts'
import { getRecommendationRow, listRecommendationRows, type RecommendationRow, sequencesOf } from './queries.ts'
import { replayed, replayPolicy } from './replay.ts'
import { requireSeen, shownRecommendations } from './shown.ts'
import { snapshotsOf } from './snapshots.ts'

const READERS = ['system', 'screener', 'supervisor', 'panel_member'] as const

export const scoreReferral = defineOperation({
  name: 'scoreReferral',
  kind: 'query',
  summary: 'Score a referral without storing anything',
  description:
    'For trying out, for referrers’ self-checks and for training. The policy in force applies unless another version is named.',
  allow: ROLES.filter((role) => role !== 'administrator'),
  route: 'POST /v1/score',
  params: { policy: line(60).optional(), version: line(30).optional() },
  body: ReferralContent,
  output: Scored,
  async run(context, { policy: name, version, body }) {
    const policy = compiledPolicy(await namedOrInForce(context, name, version))
    const { now } = context
    requireMeaningfulUnder(policy, body, { now, at: '' })
    return { recommendations: score(policy, toSnapshot(body, { receivedAt: now }), readCalendar()) }
  },
})

export const recommend = defineOperation({
  name: 'recommendReferral',
  kind: 'command',
  priority: 'urgent',
  summary: 'Score a received referral under the policy in force, child by child, and keep the result',
  description:
    'Stored with the policy, statutory pack, engine and calendar that it was made with, and with the inputs, so that it can be replayed.',
  allow: ['system', 'screener', 'supervisor'],
  route: 'POST /v1/referrals/{referralId}/recommendations',
  status: 201,
  params: { referralId: Id },
  output: Recommended,
  async run(context, { referralId }) {
    const { tx, actor } = context
    await lockReferral(tx, actor, referralId)
    const found = await getReferralRow(tx, actor, referralId)
    const { referral, revision } = found
    const row = await policyNow(context, londonDate(referral.receivedAt))
    const snapshot = (await snapshotsOf(context, compiledPolicy(row), [found])).get(referralId)
    if (!snapshot) throw new Error('The referral has no snapshot')
    const sequences = await sequencesOf(tx, actor, referralId)
    const stored: RecommendationRow[] = []
    const records: StoredRecord[] = []
    for (const child of snapshot.children) {
      const own: Snapshot = { ...snapshot, children: [child] }
      const kept = await store(context, {
        row,
        referralId,
        revision: revision.revision,
        sequence: (sequences.get(child.id) ?? 0) + 1,
        result: ownResult(row, own),
        own,
      })
      stored.push({ ...kept.row, isCurrent: true })
      records.push(kept.record)
    }
    const audit = await context.record({
      event: 'recommendation.made',
      facts: {
        referral: referralId,
        revision: revision.revision,
        policy: row.policyId,
        policyVersion: row.version,
        policyHash: row.contentHash,
        engine: ENGINE_SEMANTICS,
      },
      records,
    })
    return { recommendations: await shownRecommendations(tx, actor, stored), audit }
  },
})

/** A child's recommendation rests on its own part of the snapshot, so that it can be replayed and disclosed without its siblings'. */
function ownResult(row: PolicyRow, own: Snapshot): RecommendationContent {
  const [result] = score(compiledPolicy(row), own, readCalendar())
  if (!result) throw new Error('A child was not scored')
  return result
}

interface ToStore {
  readonly row: PolicyRow
  readonly referralId: string
  readonly revision: number
  readonly sequence: number
  readonly result: RecommendationContent
  readonly own: Snapshot
}

async function store(
  { tx, actor, now, newId }: Context,
  { row, referralId, revision, sequence, result, own }: ToStore,
) {
  const content = canonical(result)
  const snapshot = canonical(own)
  return await insertRecorded(tx, recommendations, {
    authorityId: actor.authorityId,
    id: newId(),
    referralId,
    revision,
    childKey: result.child,
    sequence,
    policyVersionId: row.id,
    outcome: result.outcome,
    level: result.level?.code ?? null,
    low: result.low?.code ?? null,
    high: result.high?.code ?? null,
    levelRank: result.level?.rank ?? null,
    provisional: result.provisional,
    floorLevel: result.floor?.code ?? null,
    primaryResponse: result.responses[0]?.code ?? '',
    urgency: result.urgency.code,
    categories: result.categories,
    content,
    contentHash: sha256(content),
    snapshot,
    snapshotHash: sha256(snapshot),
    engineSemantics: result.pins.engine,
    createdAt: now,
    createdBy: actor.accountId,
  })
}

/** @throws Refusal invalid_input when only one half of a version's name is given. */
export async function namedOrInForce(
  context: Context,
  policy: string | undefined,
  version: string | undefined,
): Promise<PolicyRow> {
  const { tx, actor } = context
  if (policy !== undefined && version !== undefined) return await getVersion(tx, actor.authorityId, { policy, version })
  if (policy === undefined && version === undefined) return await policyNow(context)
  const missing = policy === undefined ? 'policy' : 'version'
  throw new Refusal('invalid_input', 'Name both the policy and its version, or neither.', {
    errors: [{ in: 'query', pointer: `/${missing}`, code: 'missing_property', detail: 'It goes with the other one.' }],
  })
}

/** The version that applies today to a referral received on a day; today where none is given. */
async function policyNow({ tx, actor, now }: Context, receivedOn?: string): Promise<PolicyRow> {
  const row = await versionInForce(tx, actor.authorityId, londonDate(now), receivedOn)
  if (!row)
    throw new Refusal(
      'no_policy_in_force',
      'No policy of this authority is in force today. The referral is kept; publish a policy and ask again.',
    )
  return row
}

export const getRecommendation = defineOperation({
  name: 'recommendation',
  kind: 'query',
  summary: 'A recommendation with its reasons',
  allow: READERS,
  route: 'GET /v1/recommendations/{recommendationId}',
  params: { recommendationId: Id },
  output: Recommendation,
  async run({ tx, actor }, { recommendationId }) {
    const row = await getRecommendationRow(tx, actor, recommendationId)
    await requireSeen(tx, actor, row)
    const [shown] = await shownRecommendations(tx, actor, [row])
    if (!shown) throw new Error('A recommendation was not shown')
    return shown
  },
})

export const listRecommendations = defineOperation({
  name: 'referralRecommendations',
  kind: 'query',
  summary: 'All recommendations of a referral, newest first',
  allow: READERS,
  route: 'GET /v1/referrals/{referralId}/recommendations',
  params: { referralId: Id },
  output: RecommendationList,
  async run({ tx, actor }, { referralId }) {
    await getReferralRow(tx, actor, referralId)
    return {
      recommendations: await shownRecommendations(tx, actor, await listRecommendationRows(tx, actor, [referralId])),
    }
  },
})

export const replayRecommendation = defineOperation({
  name: 'replayRecommendation',
  kind: 'query',
  summary: 'Compute a stored recommendation again from its pins and inputs, and compare byte for byte',
  allow: [...READERS, 'auditor'],
  route: 'GET /v1/recommendations/{recommendationId}/replay',
  params: { recommendationId: Id },
  output: Replay,
  async run({ tx, actor }, { recommendationId }) {
    const row = await getRecommendationRow(tx, actor, recommendationId)
    return replayed(row, replayPolicy(await getVersion(tx, actor.authorityId, { id: row.policyVersionId })))
  },
})
