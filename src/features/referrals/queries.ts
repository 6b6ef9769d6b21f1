import type { SQL } from 'drizzle-orm'
import { and, desc, eq, gte, inArray, lt, or, sql } from '../../db/drizzle.ts'
import { recommendations } from '../../db/tables/recommendations.ts'
import { childIdentifiers, referralChildren, referralRevisions, referrals } from '../../db/tables/referrals.ts'
import { restrictions } from '../../db/tables/restrictions.ts'
import { lookingPast, type TenantTx } from '../../db/tenant.ts'
import { type Actor, hasRole } from '../../kernel/actor.ts'
import { notFound, Refusal } from '../../kernel/errors.ts'
import type { Cursor } from '../../kernel/page.ts'

export interface ReferralRow {
  readonly referral: typeof referrals.$inferSelect
  readonly revision: typeof referralRevisions.$inferSelect
}

/** Roles that see every referral of their authority; others see those that they sent. */
const READERS = ['system', 'screener', 'supervisor', 'panel_member'] as const

function visible(actor: Actor): SQL | undefined {
  const own = eq(referrals.authorityId, actor.authorityId)
  return hasRole(actor, ...READERS) ? own : and(own, eq(referrals.receivedBy, actor.accountId))
}

const latest = and(
  eq(referralRevisions.authorityId, referrals.authorityId),
  eq(referralRevisions.referralId, referrals.id),
  eq(
    referralRevisions.revision,
    sql`(select max(newest.revision) from referral_revisions newest
    where newest.authority_id = ${referrals.authorityId} and newest.referral_id = ${referrals.id})`,
  ),
)

/**
 * @throws Refusal not_found, alike for what does not exist, is another authority's, or is not for this caller; restricted,
 * to screeners and supervisors, who may break the glass, and to whoever sent it: nobody else learns that it is there.
 */
export async function getReferralRow(tx: TenantTx, actor: Actor, id: string): Promise<ReferralRow> {
  const [row] = await tx
    .select({ referral: referrals, revision: referralRevisions })
    .from(referrals)
    .innerJoin(referralRevisions, latest)
    .where(and(visible(actor), eq(referrals.id, id)))
  if (row) return row
  if (await isRestrictedFor(tx, actor, id))
    throw new Refusal(
      'restricted',
      'This referral is restricted. Ask a supervisor; where a child cannot wait, break the glass: it is told at once and reviewed.',
    )
  if (await isSentBy(tx, actor, id))
    throw new Refusal(
      'restricted',
      'You sent this referral, and it is closed to you. Send what is new as a new referral: it is linked to this one.',
    )
  throw notFound('referral')
}

/** Who works at the front door may know that a record exists; kin do not see the restriction either. */
async function isRestrictedFor(tx: TenantTx, actor: Actor, id: string): Promise<boolean> {
  if (actor.kind !== 'human' || !hasRole(actor, 'screener', 'supervisor')) return false
  const [last] = await tx
    .select({ kind: restrictions.kind })
    .from(restrictions)
    .where(and(eq(restrictions.authorityId, actor.authorityId), eq(restrictions.referralId, id)))
    .orderBy(desc(restrictions.sequence))
    .limit(1)
  return last !== undefined && last.kind !== 'lifted'
}

/** A sender who is kept out knows that it exists, and has to learn that a revision would not arrive. */
async function isSentBy(tx: TenantTx, actor: Actor, id: string): Promise<boolean> {
  const { authorityId, receivedBy } = referrals
  const sent = and(eq(authorityId, actor.authorityId), eq(referrals.id, id), eq(receivedBy, actor.accountId))
  return (await lookingPast(tx, async () => await tx.$count(referrals, sent))) > 0
}

export interface ReferralFilter {
  readonly from: string | undefined
  readonly to: string | undefined
  readonly agency: string | undefined
  readonly sourceCode: string | undefined
}

/** Newest first. */
export async function listReferralRows(
  tx: TenantTx,
  actor: Actor,
  filter: ReferralFilter,
  page: { first: number; after: Cursor | undefined },
): Promise<ReferralRow[]> {
  const conditions: (SQL | undefined)[] = [visible(actor)]
  if (filter.from !== undefined) conditions.push(gte(referrals.receivedAt, filter.from))
  if (filter.to !== undefined) conditions.push(lt(referrals.receivedAt, filter.to))
  if (filter.agency !== undefined) conditions.push(eq(referrals.agency, filter.agency))
  if (filter.sourceCode !== undefined) conditions.push(eq(referrals.sourceCode, filter.sourceCode))
  if (page.after) {
    const { at, id } = page.after
    conditions.push(or(lt(referrals.receivedAt, at), and(eq(referrals.receivedAt, at), lt(referrals.id, id))))
  }
  return await tx
    .select({ referral: referrals, revision: referralRevisions })
    .from(referrals)
    .innerJoin(referralRevisions, latest)
    .where(and(...conditions))
    .orderBy(desc(referrals.receivedAt), desc(referrals.id))
    .limit(page.first + 1)
}

/** Every revision of a referral, first to last. The caller has already been shown that it may see the referral. */
export async function listRevisionRows(
  tx: TenantTx,
  actor: Actor,
  referralId: string,
): Promise<(typeof referralRevisions.$inferSelect)[]> {
  return await tx
    .select()
    .from(referralRevisions)
    .where(and(eq(referralRevisions.authorityId, actor.authorityId), eq(referralRevisions.referralId, referralId)))
    .orderBy(referralRevisions.revision)
}

/** Holds a referral until the transaction ends, so that two revisions or two decisions cannot both be next. */
export async function lockReferral(tx: TenantTx, { authorityId }: OfAuthority, referralId: string): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(${lockKey(authorityId, referralId)})`)
}

/** The same without waiting; false where somebody else holds it. */
export async function tryLockReferral(
  tx: TenantTx,
  { authorityId }: OfAuthority,
  referralId: string,
): Promise<boolean> {
  const { rows } = await tx.execute<{ held: boolean }>(
    sql`select pg_try_advisory_xact_lock(${lockKey(authorityId, referralId)}) as held`,
  )
  return rows[0]?.held === true
}

type OfAuthority = Pick<Actor, 'authorityId'>

function lockKey(authorityId: string, referralId: string): SQL {
  return sql`hashtextextended(${`${authorityId}:${referralId}`}, 0)`
}

export async function childKeysOf(tx: TenantTx, actor: Actor, referralId: string): Promise<Set<string>> {
  const rows = await tx
    .select({ key: referralChildren.childKey })
    .from(referralChildren)
    .where(and(eq(referralChildren.authorityId, actor.authorityId), eq(referralChildren.referralId, referralId)))
  return new Set(rows.map(({ key }) => key))
}

/** Identifiers that a referral has given for a child, as `scheme/value`. */
export async function identifiersOf(
  tx: TenantTx,
  actor: Actor,
  referralId: string,
  child: string,
): Promise<Set<string>> {
  const rows = await tx
    .select({ scheme: childIdentifiers.scheme, value: childIdentifiers.value })
    .from(childIdentifiers)
    .where(
      and(
        eq(childIdentifiers.authorityId, actor.authorityId),
        eq(childIdentifiers.referralId, referralId),
        eq(childIdentifiers.childKey, child),
      ),
    )
  return new Set(rows.map(({ scheme, value }) => `${scheme}/${value}`))
}

/** Categories of concern by `referral/child`, of the latest recommendation; nothing for a child who has none. */
export async function categoriesOf(
  tx: TenantTx,
  authorityId: string,
  referralIds: readonly string[],
): Promise<Map<string, string[]>> {
  if (referralIds.length === 0) return new Map()
  const rows = await tx
    .select({
      referralId: recommendations.referralId,
      childKey: recommendations.childKey,
      categories: recommendations.categories,
    })
    .from(recommendations)
    .where(and(eq(recommendations.authorityId, authorityId), inArray(recommendations.referralId, [...referralIds])))
    .orderBy(recommendations.sequence)
  return new Map(rows.map(({ referralId, childKey, categories }) => [`${referralId}/${childKey}`, categories]))
}
