/**
 * The one function by which anything enters an authority's log, in the transaction that does the thing. The outbox gets its
 * event here and nowhere else, so that nothing is recorded that others could not be told.
 * The row of the head is locked, so entries have no gaps and no two share a predecessor. That is right under READ COMMITTED:
 * after the lock is granted the row is read anew; under REPEATABLE READ it would be the older snapshot's.
 */

import type { PgTable } from 'drizzle-orm/pg-core'
import { eq, getTableName } from '../db/drizzle.ts'
import { auditEntries, auditHeads } from '../db/tables/audit.ts'
import { outboxEvents } from '../db/tables/webhooks.ts'
import type { TenantTx } from '../db/tenant.ts'
import { GENESIS, makeEntry, type RecordRef } from '../engine/audit/chain.ts'
import { contentHash } from '../engine/hash.ts'
import type { EventName } from './event.ts'
import { subjectOf } from './outbox.ts'

export interface Happening {
  readonly event: EventName
  /**
   * Ids and codes alone; personal content stays in the rows that `records` vouch for. `referral` and `child` say what it is
   * about, and put events that go outside in order.
   */
  readonly facts: Readonly<Record<string, string | number | boolean | null>>
  readonly records: readonly RecordRef[]
}

export interface Receipt {
  /** Position in the authority's log, from 0. */
  readonly position: number
  readonly entryHash: string
}

export interface Who {
  readonly authorityId: string
  readonly accountId: string | null
}

export async function appendAudit(tx: TenantTx, who: Who, now: string, happening: Happening): Promise<Receipt> {
  const head = await lockHead(tx, who)
  const previous = Buffer.from(head.headHash).toString('hex')
  const { event, facts, records } = happening
  const entry = makeEntry(
    { authority: who.authorityId, position: head.size, at: now, actor: who.accountId, event, facts, records },
    previous,
  )
  await tx.insert(auditEntries).values({
    authorityId: who.authorityId,
    position: head.size,
    recordedAt: now,
    actorId: who.accountId,
    event,
    body: Buffer.from(entry.body, 'utf8'),
    entryHash: Buffer.from(entry.hash, 'hex'),
    previousHash: Buffer.from(previous, 'hex'),
  })
  const { child } = facts
  await tx.insert(outboxEvents).values({
    authorityId: who.authorityId,
    position: head.size,
    event,
    subject: subjectOf(event, facts),
    childKey: typeof child === 'string' ? child : null,
    recordedAt: now,
  })
  await tx
    .update(auditHeads)
    .set({ size: head.size + 1, headHash: Buffer.from(entry.hash, 'hex') })
    .where(eq(auditHeads.authorityId, who.authorityId))
  return { position: head.size, entryHash: entry.hash }
}

async function lockHead(tx: TenantTx, { authorityId }: Who): Promise<typeof auditHeads.$inferSelect> {
  await tx
    .insert(auditHeads)
    .values({ authorityId, size: 0, headHash: Buffer.from(GENESIS, 'hex') })
    .onConflictDoNothing()
  const [head] = await tx.select().from(auditHeads).where(eq(auditHeads.authorityId, authorityId)).for('update')
  if (!head) throw new Error('The log of this authority has no head')
  return head
}

/** The position that the next entry of this transaction will have, for a row that names the entry which vouches for it. */
export async function nextPosition(tx: TenantTx, who: Who): Promise<number> {
  return (await lockHead(tx, who)).size
}

/**
 * Hash of a row as stored: every column that holds something, by its name, in canonical form. Columns that hold nothing are
 * left out, so that a column added later leaves the hashes of earlier rows as they are.
 */
export function rowHash(row: Readonly<Record<string, unknown>>): string {
  return contentHash(Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)))
}

/** PostgreSQL takes 65,535 values in a statement. */
const ROWS_AT_ONCE = 500

/** Inserts rows of one table and says, for each, what the log has to vouch for. */
export async function insertAllRecorded<T extends PgTable>(
  tx: TenantTx,
  table: T,
  values: readonly T['$inferInsert'][],
): Promise<RecordRef[]> {
  const records: RecordRef[] = []
  for (let i = 0; i < values.length; i += ROWS_AT_ONCE) {
    const rows = await tx
      .insert(table)
      .values(values.slice(i, i + ROWS_AT_ONCE) as T['$inferInsert'][])
      .returning()
    for (const row of rows as Record<string, unknown>[])
      records.push({ table: getTableName(table), id: String(row['id']), hash: rowHash(row) })
  }
  return records
}

/** Inserts a row and says what the log has to vouch for. The hash is of what the database gives back, not of what was sent. */
export async function insertRecorded<T extends PgTable>(
  tx: TenantTx,
  table: T,
  values: T['$inferInsert'],
): Promise<{ row: T['$inferSelect']; record: RecordRef }> {
  const rows = (await tx.insert(table).values(values).returning()) as T['$inferSelect'][]
  const [row] = rows
  if (!row) throw new Error(`Nothing was inserted into ${getTableName(table)}`)
  const { id } = row as { id: string }
  return { row, record: { table: getTableName(table), id, hash: rowHash(row as Record<string, unknown>) } }
}
