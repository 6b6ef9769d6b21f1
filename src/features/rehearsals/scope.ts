/** Which of the stored referrals a rehearsal looks at, and in which order. */
import type { SQL } from 'drizzle-orm'
import { and, asc, eq, gt, gte, lt, or, sql } from '../../db/drizzle.ts'
import { referrals } from '../../db/tables/referrals.ts'
import type { TenantTx } from '../../db/tenant.ts'
import type { Cursor } from '../../kernel/page.ts'
import type { RehearsalFacts } from './queries.ts'

/** Which referrals a rehearsal looks at. */
export type Scope = Pick<RehearsalFacts, 'receivedFrom' | 'receivedTo' | 'sampleCutoff' | 'sampleSeed'>

/** The place of a referral in the order that a seed gives. */
const placeFor = (seed: number): SQL<string> =>
  sql<string>`encode(sha256(convert_to(${`${seed}:`}::text || ${referrals.id}::text, 'UTF8')), 'hex')`

export function inScope(
  authorityId: string,
  { receivedFrom, receivedTo, sampleCutoff, sampleSeed }: Scope,
): SQL | undefined {
  return and(
    eq(referrals.authorityId, authorityId),
    receivedFrom === null ? undefined : gte(referrals.receivedAt, receivedFrom),
    lt(referrals.receivedAt, receivedTo),
    sampleCutoff === null ? undefined : sql`${placeFor(sampleSeed ?? 0)} <= ${sampleCutoff}`,
  )
}

export async function countReferrals(tx: TenantTx, authorityId: string, scope: Scope): Promise<number> {
  const [row] = await tx
    .select({ count: sql<number>`count(*)::int` })
    .from(referrals)
    .where(inScope(authorityId, scope))
  return row?.count ?? 0
}

/**
 * Up to which place in the order of the seed a sample of this size reaches, so that it can be read in any order and in parts.
 * Where there are fewer referrals it is all of them.
 */
export async function sampleCutoff(
  tx: TenantTx,
  authorityId: string,
  { scope, size, seed }: { scope: Omit<Scope, 'sampleCutoff' | 'sampleSeed'>; size: number; seed: number },
): Promise<string> {
  const place = placeFor(seed)
  const [row] = await tx
    .select({ place })
    .from(referrals)
    .where(inScope(authorityId, { ...scope, sampleCutoff: null, sampleSeed: null }))
    .orderBy(asc(place))
    .offset(size - 1)
    .limit(1)
  return row?.place ?? 'g'
}

/** Ids of the next referrals, the earliest received first. */
export async function nextReferrals(
  tx: TenantTx,
  authorityId: string,
  { scope, after, most }: { scope: Scope; after: Cursor | undefined; most: number },
): Promise<(typeof referrals.$inferSelect)[]> {
  const { receivedAt, id } = referrals
  const later = after && or(gt(receivedAt, after.at), and(eq(receivedAt, after.at), gt(id, after.id)))
  return await tx
    .select()
    .from(referrals)
    .where(and(inScope(authorityId, scope), after && gte(receivedAt, after.at), later))
    .orderBy(asc(receivedAt), asc(id))
    .limit(most)
}
