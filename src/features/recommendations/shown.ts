/** Recommendations as a caller may see them: the one place where what is hidden is hidden. */
import type { TenantTx } from '../../db/tenant.ts'
import type { Recommendation as RecommendationContent } from '../../engine/index.ts'
import type { Actor } from '../../kernel/actor.ts'
import { Refusal } from '../../kernel/errors.ts'
import { sightOf } from '../judgements/index.ts'
import { compiledPolicy, getVersion } from '../policies/index.ts'
import type { Recommendation } from './model.ts'
import { contentOf, type RecommendationRow } from './queries.ts'

/**
 * Recommendations as this caller may see them: while the policy asks for their own judgement first, without the content.
 * @throws Refusal integrity_violation
 */
export async function shownRecommendations(
  tx: TenantTx,
  actor: Actor,
  rows: readonly RecommendationRow[],
): Promise<Recommendation[]> {
  const sees = await sightOf(tx, actor, [...new Set(rows.map(({ referralId }) => referralId))])
  const blind = await blindVersions(
    tx,
    actor,
    rows.filter((row) => !sees(row)),
  )
  return rows.map((row) => shown(row, !sees(row) && blind.has(row.policyVersionId)))
}

/** @throws Refusal own_judgement_first */
export async function requireSeen(tx: TenantTx, actor: Actor, row: RecommendationRow): Promise<void> {
  const [recommendation] = await shownRecommendations(tx, actor, [row])
  if (!recommendation?.hidden) return
  const alarms = recommendation.alarms.map(({ text }) => ` ${text}`).join('')
  throw new Refusal(
    'own_judgement_first',
    `The policy asks for your own judgement before you see this. Write it down, and ask again.${alarms}`,
  )
}

/** The versions whose policy asks for the own judgement first. */
async function blindVersions(tx: TenantTx, actor: Actor, rows: readonly RecommendationRow[]): Promise<Set<string>> {
  const blind = new Set<string>()
  for (const id of new Set(rows.map(({ policyVersionId }) => policyVersionId))) {
    const { document } = compiledPolicy(await getVersion(tx, actor.authorityId, { id }))
    if (document.oversight.blindFirst) blind.add(id)
  }
  return blind
}

function shown(row: RecommendationRow, isHidden: boolean): Recommendation {
  const content = contentOf(row)
  return {
    id: row.id,
    referralId: row.referralId,
    revision: row.revision,
    child: row.childKey,
    createdAt: row.createdAt,
    isCurrent: row.isCurrent,
    content: isHidden ? null : content,
    hidden: isHidden ? 'own_judgement_first' : null,
    alarms: alarmsOf(content),
  }
}

function alarmsOf({ alerts, responses }: RecommendationContent): Recommendation['alarms'] {
  const said = alerts.flatMap(({ code, text }) =>
    code === 'immediate_danger' || code === 'danger_withdrawn' ? [{ code, text }] : [],
  )
  const response = responses.find(({ type, isConditional }) => type === 'immediate_protection' && !isConditional)
  if (!response) return said
  const text = `The policy asks for ${response.label} now: ${response.nextSteps[0] ?? response.legalBasis}`
  return [...said, { code: 'immediate_protection', text }]
}
