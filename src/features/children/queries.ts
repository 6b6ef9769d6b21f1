import type { SQL } from 'drizzle-orm'
import { and, desc, eq, inArray, lt, or, sql } from '../../db/drizzle.ts'
import { type LinkKind, referralLinks, referralLinkVerdicts } from '../../db/tables/children.ts'
import { referralChildren, referralRevisions, referrals } from '../../db/tables/referrals.ts'
import type { TenantTx } from '../../db/tenant.ts'
import { notFound } from '../../kernel/errors.ts'
import type { Cursor } from '../../kernel/page.ts'
import type { ChildRef, ReferralRow } from '../referrals/index.ts'

export type ReferralInfo = Pick<
  typeof referrals.$inferSelect,
  'id' | 'reference' | 'receivedAt' | 'agency' | 'sourceCode'
>

/** By id. */
export async function referralInfos(
  tx: TenantTx,
  authorityId: string,
  ids: readonly string[],
): Promise<Map<string, ReferralInfo>> {
  if (ids.length === 0) return new Map()
  const { id, reference, receivedAt, agency, sourceCode } = referrals
  const rows = await tx
    .select({ id, reference, receivedAt, agency, sourceCode })
    .from(referrals)
    .where(and(eq(referrals.authorityId, authorityId), inArray(id, [...new Set(ids)])))
  return new Map(rows.map((row) => [row.id, row]))
}

/** Referrals with their latest revision. */
export async function latestRevisions(
  tx: TenantTx,
  authorityId: string,
  ids: readonly string[],
): Promise<ReferralRow[]> {
  if (ids.length === 0) return []
  return await tx
    .selectDistinctOn([referralRevisions.referralId], { referral: referrals, revision: referralRevisions })
    .from(referralRevisions)
    .innerJoin(
      referrals,
      and(eq(referrals.authorityId, referralRevisions.authorityId), eq(referrals.id, referralRevisions.referralId)),
    )
    .where(and(eq(referralRevisions.authorityId, authorityId), inArray(referralRevisions.referralId, [...ids])))
    .orderBy(referralRevisions.referralId, desc(referralRevisions.revision))
}

export async function childrenOf(
  tx: TenantTx,
  authorityId: string,
  referralIds: readonly string[],
): Promise<ChildRef[]> {
  if (referralIds.length === 0) return []
  const { referralId, childKey } = referralChildren
  return await tx
    .select({ referralId, childKey })
    .from(referralChildren)
    .where(and(eq(referralChildren.authorityId, authorityId), inArray(referralId, [...referralIds])))
}

export const LINK_STATES = ['open', 'confirmed', 'rejected'] as const
export type LinkState = (typeof LINK_STATES)[number]

export interface LinkRow {
  readonly link: typeof referralLinks.$inferSelect
  readonly verdict: typeof referralLinkVerdicts.$inferSelect | null
}

const latestVerdict = and(
  eq(referralLinkVerdicts.authorityId, referralLinks.authorityId),
  eq(referralLinkVerdicts.linkId, referralLinks.id),
  // Columns are written out: inside the sub-query drizzle would not qualify them.
  sql`referral_link_verdicts.sequence = (select max(newest.sequence) from referral_link_verdicts newest
    where newest.authority_id = referral_links.authority_id and newest.link_id = referral_links.id)`,
)

export interface LinkFilter {
  readonly referral: string | undefined
  readonly kind: LinkKind | undefined
  readonly state: LinkState | undefined
}

/** Newest first. */
export async function listLinkRows(
  tx: TenantTx,
  authorityId: string,
  { referral, kind, state }: LinkFilter,
  page: { first: number; after: Cursor | undefined },
): Promise<LinkRow[]> {
  const { madeAt, id } = referralLinks
  const conditions: (SQL | undefined)[] = [eq(referralLinks.authorityId, authorityId)]
  if (referral !== undefined) conditions.push(withReferral([referral]))
  if (kind !== undefined) conditions.push(eq(referralLinks.kind, kind))
  if (state !== undefined) conditions.push(sql`coalesce(${referralLinkVerdicts.verdict}, 'open') = ${state}`)
  if (page.after) conditions.push(or(lt(madeAt, page.after.at), and(eq(madeAt, page.after.at), lt(id, page.after.id))))
  return await tx
    .select({ link: referralLinks, verdict: referralLinkVerdicts })
    .from(referralLinks)
    .leftJoin(referralLinkVerdicts, latestVerdict)
    .where(and(...conditions))
    .orderBy(desc(madeAt), desc(id))
    .limit(page.first + 1)
}

/** Of one referral the newest links do; a home with more is no household. */
const LINKS_MAX = 1000

/** Every link of these referrals, newest first. */
export async function linksOfReferrals(
  tx: TenantTx,
  authorityId: string,
  referralIds: readonly string[],
): Promise<LinkRow[]> {
  if (referralIds.length === 0) return []
  return await tx
    .select({ link: referralLinks, verdict: referralLinkVerdicts })
    .from(referralLinks)
    .leftJoin(referralLinkVerdicts, latestVerdict)
    .where(and(eq(referralLinks.authorityId, authorityId), withReferral(referralIds)))
    .orderBy(desc(referralLinks.madeAt), desc(referralLinks.id))
    .limit(LINKS_MAX * referralIds.length)
}

function withReferral(ids: readonly string[]): SQL | undefined {
  return or(inArray(referralLinks.firstReferralId, [...ids]), inArray(referralLinks.secondReferralId, [...ids]))
}

/** @throws Refusal not_found */
export async function getLinkRow(tx: TenantTx, authorityId: string, linkId: string): Promise<LinkRow> {
  const [row] = await tx
    .select({ link: referralLinks, verdict: referralLinkVerdicts })
    .from(referralLinks)
    .leftJoin(referralLinkVerdicts, latestVerdict)
    .where(and(eq(referralLinks.authorityId, authorityId), eq(referralLinks.id, linkId)))
  if (!row) throw notFound('link')
  return row
}
