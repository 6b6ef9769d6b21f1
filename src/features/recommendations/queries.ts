import type { SQL } from 'drizzle-orm'
import { and, asc, desc, eq, gt, gte, inArray, lt, max, or, sql } from '../../db/drizzle.ts'
import { recommendations } from '../../db/tables/recommendations.ts'
import type { TenantTx } from '../../db/tenant.ts'
import { type Recommendation as RecommendationContent, sha256 } from '../../engine/index.ts'
import type { Actor } from '../../kernel/actor.ts'
import { notFound, Refusal } from '../../kernel/errors.ts'
import type { Cursor } from '../../kernel/page.ts'

export type RecommendationRow = typeof recommendations.$inferSelect & { readonly isCurrent: boolean }

/**
 * Latest for the child, and of the latest revision of the referral. Columns are written out: inside the sub-queries drizzle
 * would not qualify them.
 */
const isCurrent = sql<boolean>`not exists (
  select from recommendations newer
  where newer.authority_id = recommendations.authority_id and newer.referral_id = recommendations.referral_id
    and newer.child_key = recommendations.child_key
    and newer.sequence > recommendations.sequence
) and recommendations.revision = (
  select max(revision) from referral_revisions
  where referral_revisions.authority_id = recommendations.authority_id and referral_revisions.referral_id = recommendations.referral_id
)`

async function select(tx: TenantTx, actor: Actor, condition: SQL | undefined): Promise<RecommendationRow[]> {
  const rows = await tx
    .select({ row: recommendations, isCurrent })
    .from(recommendations)
    .where(and(eq(recommendations.authorityId, actor.authorityId), condition))
    .orderBy(desc(recommendations.sequence), recommendations.childKey)
  return rows.map(({ row, isCurrent }) => ({ ...row, isCurrent }))
}

/** @throws Refusal not_found */
export async function getRecommendationRow(tx: TenantTx, actor: Actor, id: string): Promise<RecommendationRow> {
  const [row] = await select(tx, actor, eq(recommendations.id, id))
  if (!row) throw notFound('recommendation')
  return row
}

/** How many recommendations the children of a referral have had, by child: order comes from counting, not from clocks. */
export async function sequencesOf(tx: TenantTx, actor: Actor, referralId: string): Promise<Map<string, number>> {
  const rows = await tx
    .select({ child: recommendations.childKey, last: max(recommendations.sequence) })
    .from(recommendations)
    .where(and(eq(recommendations.authorityId, actor.authorityId), eq(recommendations.referralId, referralId)))
    .groupBy(recommendations.childKey)
  return new Map(rows.map(({ child, last }) => [child, last ?? 0]))
}

/** Newest first. */
export async function listRecommendationRows(
  tx: TenantTx,
  actor: Actor,
  referralIds: readonly string[],
): Promise<RecommendationRow[]> {
  if (referralIds.length === 0) return []
  return await select(tx, actor, inArray(recommendations.referralId, [...referralIds]))
}

/** What a recommendation is replayed from. */
export type StoredRecommendation = Pick<
  RecommendationRow,
  'id' | 'createdAt' | 'policyVersionId' | 'content' | 'contentHash' | 'snapshot' | 'snapshotHash' | 'engineSemantics'
>

export interface ReplayRange {
  /** Only this one. */
  readonly id?: string | undefined
  /** Instants: at or after, and before. */
  readonly from?: string | undefined
  readonly before?: string | undefined
  readonly after?: Cursor | undefined
  readonly limit: number
}

/** Oldest first, so that what is added meanwhile comes at the end. */
export async function listToReplay(
  tx: TenantTx,
  authorityId: string,
  { id, from, before, after, limit }: ReplayRange,
): Promise<StoredRecommendation[]> {
  const { createdAt } = recommendations
  const conditions: (SQL | undefined)[] = [
    eq(recommendations.authorityId, authorityId),
    id === undefined ? undefined : eq(recommendations.id, id),
    from === undefined ? undefined : gte(createdAt, from),
    before === undefined ? undefined : lt(createdAt, before),
    after && or(gt(createdAt, after.at), and(eq(createdAt, after.at), gt(recommendations.id, after.id))),
  ]
  const { policyVersionId, content, contentHash, snapshot, snapshotHash, engineSemantics } = recommendations
  return await tx
    .select({
      id: recommendations.id,
      createdAt,
      policyVersionId,
      content,
      contentHash,
      snapshot,
      snapshotHash,
      engineSemantics,
    })
    .from(recommendations)
    .where(and(...conditions))
    .orderBy(asc(createdAt), asc(recommendations.id))
    .limit(limit)
}

/** @throws Refusal integrity_violation when what is stored is not what was recorded: it is then not shown at all. */
export function contentOf(row: Pick<RecommendationRow, 'id' | 'content' | 'contentHash'>): RecommendationContent {
  if (sha256(row.content) !== row.contentHash)
    throw new Refusal('integrity_violation', `The recommendation ${row.id} is not the one that was recorded.`)
  return JSON.parse(row.content) as RecommendationContent
}
