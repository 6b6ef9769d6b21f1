/** Explanations: of a stored recommendation by its pins, and of a referral that is scored without being stored. */
import { z } from 'zod'
import { ROLES, type Role } from '../../db/tables/accounts.ts'
import {
  AUDIENCES,
  type Audience,
  asHtml,
  asText,
  ExplanationReport,
  explain,
  reportFor,
} from '../../engine/explanation/index.ts'
import {
  canonical,
  ENGINE_SEMANTICS,
  type Policy,
  type Snapshot,
  score,
  sha256,
  toSnapshot,
} from '../../engine/index.ts'
import { ChildKey, Referral as ReferralContent } from '../../engine/referral/shape.ts'
import { line } from '../../engine/text.ts'
import type { Actor } from '../../kernel/actor.ts'
import { notFound, Refusal } from '../../kernel/errors.ts'
import { Id } from '../../kernel/ids.ts'
import { type Context, defineOperation } from '../../kernel/operation.ts'
import { defineRelation } from '../../kernel/relation.ts'
import { compiledPolicy, getVersion, readCalendar } from '../policies/index.ts'
import { requireMeaningfulUnder } from '../referrals/index.ts'
import { namedOrInForce } from './operations.ts'
import { ownSnapshot } from './own.ts'
import { contentOf, getRecommendationRow, type RecommendationRow } from './queries.ts'
import { requireSeen } from './shown.ts'

const ExplanationReports = z.object({ explanations: z.array(ExplanationReport) }).meta({ id: 'ExplanationReports' })

/** The readers whose explanation a role may see; what it may see first is what it gets where none is named. */
const AUDIENCES_OF: Readonly<Record<Role, readonly Audience[]>> = {
  system: AUDIENCES,
  screener: AUDIENCES,
  supervisor: AUDIENCES,
  policy_author: AUDIENCES,
  policy_approver: AUDIENCES,
  auditor: AUDIENCES,
  panel_member: ['panel', 'referrer'],
  referrer: ['referrer'],
  administrator: [],
}

const AudienceParam = z
  .enum(AUDIENCES)
  .optional()
  .describe('For whom; the fullest that the caller may see where left out.')

/** @throws Refusal forbidden when none of the caller's roles may see that reader's explanation. */
function audienceFor({ roles }: Actor, wanted: Audience | undefined): Audience {
  const [first, ...rest] = ['screener' as const, 'panel' as const, 'referrer' as const].filter((audience) =>
    roles.some((role) => AUDIENCES_OF[role].includes(audience)),
  )
  if (first === undefined || (wanted !== undefined && ![first, ...rest].includes(wanted)))
    throw new Refusal('forbidden', `The explanation for the ${wanted ?? 'reader'} is not for this caller.`)
  return wanted ?? first
}

export const explainRecommendation = defineOperation({
  name: 'recommendationExplanation',
  kind: 'query',
  summary: 'Why a stored recommendation is what it is, and what would change it',
  description:
    'Made from the stored inputs and the policy that the recommendation was made with. Refused where these no longer give the same recommendation. The referrer’s explanation is made from what the referrer told us alone.',
  allow: ['system', 'screener', 'supervisor', 'panel_member'],
  route: 'GET /v1/recommendations/{recommendationId}/explanation',
  params: { recommendationId: Id, audience: AudienceParam },
  output: ExplanationReport,
  forms: {
    text: (report) => asText([report]),
    html: (report) => asHtml([report]),
  },
  async run(context, { recommendationId, audience }) {
    const { tx, actor } = context
    const reader = audienceFor(actor, audience)
    const row = await getRecommendationRow(tx, actor, recommendationId)
    await requireSeen(tx, actor, row)
    const policy = compiledPolicy(await getVersion(tx, actor.authorityId, { id: row.policyVersionId }))
    const snapshot = JSON.parse(row.snapshot) as Snapshot
    requireSame(row, policy, snapshot)
    const [explanation] = explain(
      policy,
      reader === 'referrer' ? await requireOwn(context, row) : snapshot,
      readCalendar(),
    )
    if (!explanation) throw new Error('A child was not explained')
    return reportFor(reader, explanation)
  },
})

/** @throws Refusal not_found when the sender said nothing of the child. */
async function requireOwn(context: Context, row: RecommendationRow): Promise<Snapshot> {
  const own = await ownSnapshot(context, row)
  if (!own) throw notFound('explanation')
  return own
}

/** @throws Refusal not_replayable when the recommendation would come out otherwise today: something else would be explained. */
function requireSame(row: RecommendationRow, policy: Policy, snapshot: Snapshot): void {
  contentOf(row)
  // What is looked at for an explanation is looked at as this version of the engine does.
  if (row.engineSemantics !== ENGINE_SEMANTICS)
    throw new Refusal(
      'not_replayable',
      `It was made under engine semantics ${row.engineSemantics}, and this service runs ${ENGINE_SEMANTICS}.`,
    )
  const [again] = score(policy, snapshot, readCalendar())
  if (!again || sha256(canonical(again)) !== row.contentHash)
    throw new Refusal(
      'not_replayable',
      'What comes out now differs from what is stored, and would be explained in its place.',
    )
}

export const explainScore = defineOperation({
  name: 'scoreExplanation',
  kind: 'query',
  summary: 'Score a referral without storing anything, and explain the result child by child',
  description: 'As scoring: the policy in force applies unless another version is named.',
  allow: ROLES.filter((role) => AUDIENCES_OF[role].length > 0),
  route: 'POST /v1/score/explanation',
  params: {
    audience: AudienceParam,
    child: ChildKey.optional().describe('Only this child of the referral.'),
    policy: line(60).optional(),
    version: line(30).optional(),
  },
  body: ReferralContent,
  output: ExplanationReports,
  forms: {
    text: ({ explanations }) => asText(explanations),
    html: ({ explanations }) => asHtml(explanations),
  },
  async run(context, { audience, child, policy: name, version, body }) {
    const reader = audienceFor(context.actor, audience)
    const policy = compiledPolicy(await namedOrInForce(context, name, version))
    const { now } = context
    requireMeaningfulUnder(policy, body, { now, at: '' })
    const snapshot = toSnapshot(body, { receivedAt: now })
    const children = snapshot.children.filter(({ id }) => child === undefined || id === child)
    if (children.length === 0)
      throw new Refusal('invalid_input', 'The referral has no such child.', {
        errors: [{ in: 'query', pointer: '/child', code: 'unknown_child', detail: 'Name a child of the referral.' }],
      })
    const explanations = explain(policy, { ...snapshot, children }, readCalendar())
    return { explanations: explanations.map((explanation) => reportFor(reader, explanation)) }
  },
})

/** The same forms that REST sends, for GraphQL. */
export const explanationText = defineRelation({
  on: 'ExplanationReport',
  name: 'text',
  summary: 'The report as plain text',
  allow: explainScore.allow,
  output: z.string(),
  load: async (_context, parents) => parents.map((parent) => asText([parent as ExplanationReport])),
})

export const explanationHtml = defineRelation({
  on: 'ExplanationReport',
  name: 'html',
  summary: 'The report as one HTML page that can be printed',
  allow: explainScore.allow,
  output: z.string(),
  load: async (_context, parents) => parents.map((parent) => asHtml([parent as ExplanationReport])),
})
