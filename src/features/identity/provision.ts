/** Creates authorities and accounts with the rights of the database's owner: for set-up, never for a request. */

import type { Database } from '../../db/connect.ts'
import { and, eq } from '../../db/drizzle.ts'
import { type AccountKind, accountChanges, accountRecords, type Role } from '../../db/tables/accounts.ts'
import { authorities } from '../../db/tables/authorities.ts'
import { outboxEvents } from '../../db/tables/webhooks.ts'
import { setAuthority } from '../../db/tenant.ts'
import type { Transaction } from '../../db/transaction.ts'
import { appendAudit, insertAllRecorded, type StoredRecord, storedRecord } from '../../kernel/record.ts'
import type { Authority } from './queries.ts'

export interface AccountSpec {
  readonly subject: string
  readonly displayName: string
  readonly kind: AccountKind
  readonly agency?: string
  readonly qualification?: 'social_work'
  readonly roles: readonly Role[]
}

export interface Making {
  readonly now: string
  readonly newId: () => string
}

/** The authority of a code, made where there is none. */
export async function provideAuthority(
  database: Database,
  { code, name }: { code: string; name: string },
  making: Making,
): Promise<Authority> {
  return await database.asOwner(async (tx) => {
    await tx
      .insert(authorities)
      .values({ id: making.newId(), code, name, createdAt: making.now })
      .onConflictDoNothing({ target: authorities.code })
    const [authority] = await tx.select().from(authorities).where(eq(authorities.code, code))
    if (!authority) throw new Error(`The authority ${code} could not be made`)
    return authority
  })
}

/** The id of an account, made with its roles where there is none. An account that exists is left as it is. */
export async function provideAccount(
  database: Database,
  authority: Authority,
  spec: AccountSpec,
  making: Making,
): Promise<string> {
  const [id] = await provideAccounts(database, authority, [spec], making)
  if (id === undefined) throw new Error('The account could not be made')
  return id
}

/**
 * The ids of accounts in the order of their specs, made with their roles where there are none, with one entry of the log that
 * vouches for all that were made. Accounts that exist are left as they are.
 */
export async function provideAccounts(
  database: Database,
  authority: Authority,
  specs: readonly AccountSpec[],
  making: Making,
): Promise<string[]> {
  return await database.asOwner(async (tx) => {
    await setAuthority(tx, authority.id)
    await vouchForEarlier(tx, authority.id, making.now)
    const known = await tx
      .select({ id: accountRecords.id, subject: accountRecords.subject })
      .from(accountRecords)
      .where(eq(accountRecords.authorityId, authority.id))
    const ids = new Map(known.map(({ id, subject }) => [subject, id]))
    const missing = specs.filter(({ subject }) => !ids.has(subject))
    for (const { subject } of missing) ids.set(subject, making.newId())
    if (missing.length > 0) {
      const made = missing.map((spec) => ({ spec, id: ids.get(spec.subject) ?? '' }))
      const records = await insertAllRecorded(
        tx,
        accountRecords,
        made.map(({ spec, id }) => recordOf(authority.id, id, spec, making.now)),
      )
      const roles = await insertAllRecorded(
        tx,
        accountChanges,
        made.flatMap(({ spec, id }) => grantsOf(authority.id, id, spec, making)),
      )
      await appendAudit(tx, { authorityId: authority.id, accountId: null }, making.now, {
        event: 'account.provided',
        facts: { accounts: missing.length },
        records: [...records, ...roles],
      })
    }
    return specs.map(({ subject }) => ids.get(subject) ?? '')
  })
}

function recordOf(authorityId: string, id: string, spec: AccountSpec, now: string): typeof accountRecords.$inferInsert {
  const { subject, displayName, kind, agency, qualification } = spec
  return {
    ...{ authorityId, id, subject, displayName, kind, createdAt: now },
    agency: agency ?? null,
    qualification: qualification ?? null,
  }
}

function grantsOf(
  authorityId: string,
  accountId: string,
  { roles }: AccountSpec,
  { now, newId }: Making,
): (typeof accountChanges.$inferInsert)[] {
  return [...new Set(roles)].map((role, i) => ({
    ...{ authorityId, id: newId(), accountId, sequence: i + 1 },
    ...({ kind: 'role_granted', role, changedAt: now } as const),
  }))
}

/** Accounts of before they were recorded are taken into the log once, as they stand. */
async function vouchForEarlier(tx: Transaction, authorityId: string, now: string): Promise<void> {
  const told = await tx
    .select({ position: outboxEvents.position })
    .from(outboxEvents)
    .where(and(eq(outboxEvents.authorityId, authorityId), eq(outboxEvents.event, 'account.provided')))
    .limit(1)
  if (told.length > 0) return
  const rows = [
    ...(await recordedRows(tx, accountRecords, authorityId)),
    ...(await recordedRows(tx, accountChanges, authorityId)),
  ]
  if (rows.length === 0) return
  await appendAudit(tx, { authorityId, accountId: null }, now, {
    event: 'account.provided',
    facts: { accounts: rows.filter(({ table }) => table === 'account_records').length },
    records: rows,
  })
}

async function recordedRows(
  tx: Transaction,
  table: typeof accountRecords | typeof accountChanges,
  authorityId: string,
): Promise<StoredRecord[]> {
  const rows = await tx.select().from(table).where(eq(table.authorityId, authorityId))
  return rows.map((row) => storedRecord(table, row))
}
