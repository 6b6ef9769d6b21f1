import type { SQL } from 'drizzle-orm'
import { alias, and, asc, desc, eq, lt, max, or, sql } from '../../db/drizzle.ts'
import { accountChanges, accountRecords, accountRoles, accounts, type Role } from '../../db/tables/accounts.ts'
import type { TenantTx } from '../../db/tenant.ts'
import { notFound } from '../../kernel/errors.ts'
import type { Cursor } from '../../kernel/page.ts'

/** Accounts of an authority are made and changed one after the other; the triggers take the same lock. */
export async function lockAccounts(tx: TenantTx, authorityId: string): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`${authorityId}:accounts`}, 0))`)
}

/** What was granted and not revoked, also while the account is disabled. Columns of the outer row are written out. */
const granted = sql<Role[]>`array(
  select c.role from account_changes c
  where c.authority_id = accounts.authority_id and c.account_id = accounts.id and c.kind = 'role_granted'
    and not exists (
      select from account_changes l where l.authority_id = c.authority_id and l.account_id = c.account_id
        and l.role = c.role and l.sequence > c.sequence
    )
  order by c.role
)`
const registration = sql<string | null>`(
  select c.registration from account_changes c
  where c.authority_id = accounts.authority_id and c.account_id = accounts.id and c.kind in ('qualified', 'unqualified')
  order by c.sequence desc limit 1
)`
const creator = alias(accounts, 'creator')

async function selectAccounts(tx: TenantTx, authorityId: string, condition: SQL | undefined, most: number) {
  return await tx
    .select({
      account: accounts,
      roles: granted,
      registration,
      creatorId: creator.id,
      creatorName: creator.displayName,
    })
    .from(accounts)
    .innerJoin(accountRecords, and(eq(accountRecords.authorityId, authorityId), eq(accountRecords.id, accounts.id)))
    .leftJoin(creator, and(eq(creator.authorityId, authorityId), eq(creator.id, accountRecords.createdBy)))
    .where(and(eq(accounts.authorityId, authorityId), condition))
    .orderBy(desc(accounts.createdAt), desc(accounts.id))
    .limit(most)
}

export type AccountRow = Awaited<ReturnType<typeof selectAccounts>>[number]

/** @throws Refusal not_found */
export async function getAccount(tx: TenantTx, authorityId: string, id: string): Promise<AccountRow> {
  const [row] = await selectAccounts(tx, authorityId, eq(accounts.id, id), 1)
  if (!row) throw notFound('account')
  return row
}

export interface AccountFilter {
  readonly kind?: 'human' | 'system' | undefined
  readonly role?: Role | undefined
  readonly qualification?: 'social_work' | undefined
  readonly enabled?: boolean | undefined
  readonly subject?: string | undefined
}

/** Newest first, one more than the page shows. */
export async function listAccountRows(
  tx: TenantTx,
  authorityId: string,
  { kind, role, qualification, enabled, subject }: AccountFilter,
  { first, after }: { first: number; after: Cursor | undefined },
): Promise<AccountRow[]> {
  const { createdAt, id } = accounts
  const condition = and(
    kind && eq(accounts.kind, kind),
    role && sql`${role} = any(${granted})`,
    qualification && eq(accounts.qualification, qualification),
    enabled === undefined ? undefined : eq(accounts.isEnabled, enabled),
    subject === undefined ? undefined : eq(accounts.subject, subject),
    after && or(lt(createdAt, after.at), and(eq(createdAt, after.at), lt(id, after.id))),
  )
  return await selectAccounts(tx, authorityId, condition, first + 1)
}

export async function isAdministrator(tx: TenantTx, authorityId: string, accountId: string): Promise<boolean> {
  const rows = await tx
    .select({ role: accountRoles.role })
    .from(accountRoles)
    .where(
      and(
        eq(accountRoles.authorityId, authorityId),
        eq(accountRoles.accountId, accountId),
        eq(accountRoles.role, 'administrator'),
      ),
    )
  return rows.length > 0
}

export async function isSubjectTaken(tx: TenantTx, authorityId: string, subject: string): Promise<boolean> {
  const rows = await tx
    .select({ id: accountRecords.id })
    .from(accountRecords)
    .where(and(eq(accountRecords.authorityId, authorityId), eq(accountRecords.subject, subject)))
  return rows.length > 0
}

export async function nextSequence(tx: TenantTx, authorityId: string, accountId: string): Promise<number> {
  const [row] = await tx
    .select({ last: max(accountChanges.sequence) })
    .from(accountChanges)
    .where(and(eq(accountChanges.authorityId, authorityId), eq(accountChanges.accountId, accountId)))
  return (row?.last ?? 0) + 1
}

/** The first first. */
export async function changesOf(tx: TenantTx, authorityId: string, accountId: string) {
  return await tx
    .select({ row: accountChanges, changerName: accounts.displayName })
    .from(accountChanges)
    .leftJoin(accounts, and(eq(accounts.authorityId, authorityId), eq(accounts.id, accountChanges.changedBy)))
    .where(and(eq(accountChanges.authorityId, authorityId), eq(accountChanges.accountId, accountId)))
    .orderBy(asc(accountChanges.sequence))
}
