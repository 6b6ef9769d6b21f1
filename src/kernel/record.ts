/**
 * The one function by which anything enters an authority's log, in the transaction that does the thing. The outbox gets its
 * event here and nowhere else, so that nothing is recorded that others could not be told.
 */
import { randomBytes } from 'node:crypto'
import type { PgTable } from 'drizzle-orm/pg-core'
import { getTableName } from '../db/drizzle.ts'
import { auditPayloads } from '../db/tables/audit.ts'
import { outboxEvents } from '../db/tables/webhooks.ts'
import type { TenantTx } from '../db/tenant.ts'
import { seal } from '../db/vault.ts'
import { commitmentOf, type LeafFacts, type RecordRef, SALT_BYTES } from '../engine/audit/leaf.ts'
import { canonical, sha256 } from '../engine/hash.ts'
import type { EventName } from './event.ts'
import { appendLeaf, lockHead } from './log.ts'
import { subjectOf } from './outbox.ts'
import { PLAIN, sealedAbout, sealingKeys } from './sealing.ts'

/** PostgreSQL takes 65,535 values in a statement. */
const ROWS_AT_ONCE = 500

/** A stored row, as the log vouches for it. */
export interface StoredRecord {
  readonly table: string
  readonly id: string
  /** Every column that holds something, by its name, in canonical form. */
  readonly content: string
  /** The referral with which it is destroyed, where the entry names none, or is about several. */
  readonly referralId?: string
}

export interface Happening {
  readonly event: EventName
  /**
   * Ids and codes alone; personal content stays in the rows that `records` vouch for. `referral` and `child` say what it is
   * about, and put events that go outside in order.
   */
  readonly facts: LeafFacts['facts']
  /**
   * Committed to with a salt, and sealed: by the key of the referral that the record names, or else the facts, and where neither
   * does by the authority's own. Only what is of `PLAIN` tables stands in the log by its plain hash.
   */
  readonly records: readonly StoredRecord[]
}

export interface Receipt {
  /** Position in the authority's log, from 0. */
  readonly position: number
  /** Hash of the entry as a leaf of the tree (RFC 6962), hexadecimal. */
  readonly leafHash: string
  /** The newest signed checkpoint at the time; null while there is none. */
  readonly checkpoint: string | null
}

export interface Who {
  readonly authorityId: string
  readonly accountId: string | null
}

/** @throws VaultError when something could not be sealed: then nothing is recorded. */
export async function appendAudit(tx: TenantTx, who: Who, now: string, happening: Happening): Promise<Receipt> {
  const { event, facts, records } = happening
  const { authorityId } = who
  const head = await lockHead(tx, 'decisions', authorityId)
  const position = head.frontier.size
  const { referral, child } = facts
  const vouched = await vouchedFor(tx, authorityId, records, typeof referral === 'string' ? referral : authorityId)
  const refs = vouched.map(({ ref }) => ref)
  const receipt = await appendLeaf(tx, who, head, { at: now, event, facts, records: refs })
  const payloads = vouched.flatMap(({ payload }, ordinal) =>
    payload ? [{ authorityId, position, ordinal, ...payload }] : [],
  )
  for (let i = 0; i < payloads.length; i += ROWS_AT_ONCE)
    await tx.insert(auditPayloads).values(payloads.slice(i, i + ROWS_AT_ONCE))
  await tx.insert(outboxEvents).values({
    authorityId,
    position,
    event,
    subject: subjectOf(event, facts),
    childKey: typeof child === 'string' ? child : null,
    recordedAt: now,
  })
  return receipt
}

interface Payload {
  readonly tableName: string
  readonly recordId: string
  readonly referralId: string
  readonly sealed: Buffer
}

/** What the leaf says of each record, and what is sealed beside it. `otherwise` says whose key seals what names no referral. */
async function vouchedFor(
  tx: TenantTx,
  authorityId: string,
  records: readonly StoredRecord[],
  otherwise: string,
): Promise<{ ref: RecordRef; payload?: Payload }[]> {
  const keyOf = ({ table, referralId }: StoredRecord): string | undefined =>
    table in PLAIN ? undefined : (referralId ?? otherwise)
  const ids = [...new Set(records.map(keyOf))].filter((id) => id !== undefined)
  const keys = await sealingKeys(tx, authorityId, ids)
  return records.map((record) => {
    const { table, id, content } = record
    const by = keyOf(record) ?? ''
    const key = keys.get(by)
    if (!key) return { ref: { table, id, hash: sha256(content) } }
    const salt = randomBytes(SALT_BYTES)
    const sealed = seal(key, Buffer.concat([salt, Buffer.from(content, 'utf8')]), sealedAbout(authorityId, table, id))
    const payload = { tableName: table, recordId: id, referralId: by, sealed }
    return { ref: { table, id, commitment: commitmentOf(salt, content) }, payload }
  })
}

/** The position that the next entry of this transaction will have, for a row that names the entry which vouches for it. */
export async function nextPosition(tx: TenantTx, who: Who): Promise<number> {
  return (await lockHead(tx, 'decisions', who.authorityId)).frontier.size
}

/**
 * A row as the log vouches for it: every column that holds something, by its name, in canonical form. Columns that hold
 * nothing are left out, so that a column added later leaves what was recorded earlier as it is.
 */
export function rowContent(row: Readonly<Record<string, unknown>>): string {
  return canonical(Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)))
}

/** Inserts rows of one table and says, for each, what the log has to vouch for. */
export async function insertAllRecorded<T extends PgTable>(
  tx: TenantTx,
  table: T,
  values: readonly T['$inferInsert'][],
): Promise<StoredRecord[]> {
  const records: StoredRecord[] = []
  for (let i = 0; i < values.length; i += ROWS_AT_ONCE) {
    const rows = await tx
      .insert(table)
      .values(values.slice(i, i + ROWS_AT_ONCE) as T['$inferInsert'][])
      .returning()
    for (const row of rows as Record<string, unknown>[]) records.push(storedRecord(table, row))
  }
  return records
}

/** A record that is destroyed with a referral although the facts of its entry do not name that one. */
export function destroyedWith(referralId: string | null, record: StoredRecord): StoredRecord {
  return referralId === null ? record : { ...record, referralId }
}

/** Inserts a row and says what the log has to vouch for: what the database gives back, not what was sent. */
export async function insertRecorded<T extends PgTable>(
  tx: TenantTx,
  table: T,
  values: T['$inferInsert'],
): Promise<{ row: T['$inferSelect']; record: StoredRecord }> {
  const rows = (await tx.insert(table).values(values).returning()) as T['$inferSelect'][]
  const [row] = rows
  if (!row) throw new Error(`Nothing was inserted into ${getTableName(table)}`)
  return { row, record: storedRecord(table, row as Record<string, unknown>) }
}

/** A row as it is stored. */
export function storedRecord(table: PgTable, row: Readonly<Record<string, unknown>>): StoredRecord {
  return { table: getTableName(table), id: String(row['id']), content: rowContent(row) }
}
