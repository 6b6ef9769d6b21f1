import type { SQL } from 'drizzle-orm'
import { alias, and, desc, eq, inArray, isNotNull, isNull, lt, ne, or, sql } from '../../db/drizzle.ts'
import { accountRoles, accounts } from '../../db/tables/accounts.ts'
import { referrals } from '../../db/tables/referrals.ts'
import { restrictionAccounts, restrictions } from '../../db/tables/restrictions.ts'
import type { TenantTx } from '../../db/tenant.ts'
import type { Actor } from '../../kernel/actor.ts'
import { notFound } from '../../kernel/errors.ts'
import type { Cursor } from '../../kernel/page.ts'
import type { LetIn } from './rules.ts'

export type RestrictionRow = typeof restrictions.$inferSelect

/** The last thing said of a referral's restriction, whether it stands or was lifted; undefined where nothing was. */
export async function lastRestriction(
  tx: TenantTx,
  actor: Actor,
  referralId: string,
): Promise<RestrictionRow | undefined> {
  const [row] = await tx
    .select()
    .from(restrictions)
    .where(and(eq(restrictions.authorityId, actor.authorityId), eq(restrictions.referralId, referralId)))
    .orderBy(desc(restrictions.sequence))
    .limit(1)
  return row
}

/**
 * Whether the caller is let in by name, or broke the glass and somebody else found that justified: having broken it alone is
 * a look, and no say in who sees the record from then on.
 */
export async function hasSay(tx: TenantTx, actor: Actor, now: string, restrictionId: string): Promise<boolean> {
  const { rows } = await tx.execute(sql`
    select from restriction_accounts a
    where a.authority_id = ${actor.authorityId} and a.restriction_id = ${restrictionId}
      and a.account_id = ${actor.accountId}
    union all
    select from break_glass_grants g
      join break_glass_reviews v on v.authority_id = g.authority_id and v.grant_id = g.id and v.outcome = 'justified'
    where g.authority_id = ${actor.authorityId} and g.restriction_id = ${restrictionId}
      and g.account_id = ${actor.accountId} and g.expires_at > ${now}`)
  return rows.length > 0
}

/** The restriction that stands for a referral of this reference; undefined also for kin. */
export async function standingByReference(
  tx: TenantTx,
  actor: Actor,
  reference: string,
): Promise<RestrictionRow | undefined> {
  const [row] = await tx
    .select()
    .from(restrictions)
    .where(and(eq(restrictions.authorityId, actor.authorityId), eq(restrictions.reference, reference)))
    .orderBy(desc(restrictions.sequence))
    .limit(1)
  return row?.kind === 'lifted' ? undefined : row
}

/**
 * Whether the caller sees a referral: the database says so.
 * @param sentBy only one that this account sent
 */
export async function isOpen(tx: TenantTx, actor: Actor, referralId: string, sentBy?: string): Promise<boolean> {
  const isSent = sentBy === undefined ? undefined : eq(referrals.receivedBy, sentBy)
  const rows = await tx
    .select({ id: referrals.id })
    .from(referrals)
    .where(and(eq(referrals.authorityId, actor.authorityId), eq(referrals.id, referralId), isSent))
  return rows.length > 0
}

/** The accounts of these ids that there are, with their roles, and whether they are kin in this referral. */
export async function accountsToLetIn(
  tx: TenantTx,
  actor: Actor,
  { referralId, ids }: { referralId: string; ids: readonly string[] },
): Promise<LetIn[]> {
  const kin = sql<boolean>`exists (
    select from account_conflicts c
    where c.authority_id = ${accounts.authorityId} and c.account_id = ${accounts.id}
      and not exists (
        select from account_conflict_withdrawals w where w.authority_id = c.authority_id and w.conflict_id = c.id
      )
      and (c.referral_id = ${referralId} or exists (
        select from child_identifiers i
        where i.authority_id = c.authority_id and i.referral_id = ${referralId}
          and i.scheme = c.scheme and i.value = c.value
      ))
  )`
  const rows = await tx
    .select({ id: accounts.id, kind: accounts.kind, role: accountRoles.role, isKin: kin })
    .from(accounts)
    .leftJoin(
      accountRoles,
      and(eq(accountRoles.authorityId, accounts.authorityId), eq(accountRoles.accountId, accounts.id)),
    )
    .where(and(eq(accounts.authorityId, actor.authorityId), inArray(accounts.id, [...ids])))
  const found = new Map<string, LetIn>()
  for (const { id, kind, role, isKin } of rows)
    found.set(id, { id, kind, isKin, roles: [...(found.get(id)?.roles ?? []), ...(role === null ? [] : [role])] })
  return [...found.values()]
}

const next = alias(restrictions, 'next')
const setter = alias(accounts, 'setter')
const ender = alias(accounts, 'ender')

async function select(tx: TenantTx, actor: Actor, condition: SQL | undefined, most: number) {
  const own = actor.authorityId
  return await tx
    .select({
      row: restrictions,
      next,
      setByName: setter.displayName,
      endedByName: ender.displayName,
      seen: referrals.id,
    })
    .from(restrictions)
    .innerJoin(setter, and(eq(setter.authorityId, own), eq(setter.id, restrictions.recordedBy)))
    .leftJoin(
      next,
      and(
        eq(next.authorityId, own),
        eq(next.referralId, restrictions.referralId),
        eq(next.sequence, sql`${restrictions.sequence} + 1`),
      ),
    )
    .leftJoin(ender, and(eq(ender.authorityId, own), eq(ender.id, next.recordedBy)))
    // Only what the caller may see joins: the reason is for those who are let in.
    .leftJoin(referrals, and(eq(referrals.authorityId, own), eq(referrals.id, restrictions.referralId)))
    .where(and(eq(restrictions.authorityId, own), ne(restrictions.kind, 'lifted'), condition))
    .orderBy(desc(restrictions.recordedAt), desc(restrictions.id))
    .limit(most)
}

export type FoundRestriction = Awaited<ReturnType<typeof select>>[number]

/** @throws Refusal not_found */
export async function getRestriction(tx: TenantTx, actor: Actor, id: string): Promise<FoundRestriction> {
  const [row] = await select(tx, actor, eq(restrictions.id, id), 1)
  if (!row) throw notFound('restriction')
  return row
}

export interface RestrictionFilter {
  readonly referral?: string | undefined
  readonly reference?: string | undefined
  readonly category?: NonNullable<RestrictionRow['category']> | undefined
  readonly standing?: boolean | undefined
  /** Standing, and to be looked at before this civil date. */
  readonly overdueOn?: string | undefined
}

/** Newest first, one more than the page shows. */
export async function listRestrictionRows(
  tx: TenantTx,
  actor: Actor,
  filter: RestrictionFilter,
  { first, after }: { first: number; after: Cursor | undefined },
): Promise<FoundRestriction[]> {
  const { recordedAt, id } = restrictions
  const conditions: (SQL | undefined)[] = []
  if (filter.referral !== undefined) conditions.push(eq(restrictions.referralId, filter.referral))
  if (filter.reference !== undefined) conditions.push(eq(restrictions.reference, filter.reference))
  if (filter.category !== undefined) conditions.push(eq(restrictions.category, filter.category))
  if (filter.standing !== undefined) conditions.push(filter.standing ? isNull(next.id) : isNotNull(next.id))
  if (filter.overdueOn !== undefined) conditions.push(isNull(next.id), lt(restrictions.reviewOn, filter.overdueOn))
  if (after) conditions.push(or(lt(recordedAt, after.at), and(eq(recordedAt, after.at), lt(id, after.id))))
  return await select(tx, actor, and(...conditions), first + 1)
}

/** Who is let in by some restrictions, by restriction. */
export async function letInBy(
  tx: TenantTx,
  actor: Actor,
  restrictionIds: readonly string[],
): Promise<Map<string, { accountId: string; displayName: string }[]>> {
  const found = new Map<string, { accountId: string; displayName: string }[]>()
  if (restrictionIds.length === 0) return found
  const { restrictionId, accountId, authorityId } = restrictionAccounts
  const rows = await tx
    .select({ restrictionId, accountId, displayName: accounts.displayName })
    .from(restrictionAccounts)
    .innerJoin(accounts, and(eq(accounts.authorityId, authorityId), eq(accounts.id, accountId)))
    .where(and(eq(authorityId, actor.authorityId), inArray(restrictionId, [...restrictionIds])))
    .orderBy(accounts.displayName, accountId)
  for (const { restrictionId: id, ...account } of rows) found.set(id, [...(found.get(id) ?? []), account])
  return found
}
