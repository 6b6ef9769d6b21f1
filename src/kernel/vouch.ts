/** Rows are shown only as the log has them: a row that says anything else fails closed, whoever changed it. */
import type { PgTable } from 'drizzle-orm/pg-core'
import { and, eq, inArray, or, sql } from '../db/drizzle.ts'
import { auditEntries, auditPayloads, referralKeys } from '../db/tables/audit.ts'
import type { TenantTx } from '../db/tenant.ts'
import { commitmentOf, type RecordRef, readLeaf } from '../engine/audit/leaf.ts'
import { leafHash } from '../engine/audit/merkle.ts'
import { sha256 } from '../engine/hash.ts'
import { Refusal } from './errors.ts'
import { type StoredRecord, storedRecord } from './record.ts'
import { openPayload } from './sealing.ts'

/** A whole row of a recorded table. */
export interface Shown {
  readonly table: PgTable
  readonly row: Readonly<Record<string, unknown>> & { readonly id: string }
}

/**
 * Asks the log once, however many rows there are.
 * @throws Refusal integrity_violation unless an entry of the log vouches for each of the rows as it is
 */
export async function requireVouched(tx: TenantTx, authorityId: string, rows: readonly Shown[]): Promise<void> {
  const records = distinct(rows)
  if (records.length === 0) return
  const sealed = await sealedOf(tx, authorityId, records)
  const hashed = await hashesOf(
    tx,
    authorityId,
    records.filter((record) => !sealed.has(nameOf(record))),
  )
  for (const record of records) {
    const found = sealed.get(nameOf(record))
    const isVouched = found
      ? isCommittedTo(found, record, openPayload(tx, authorityId, found.payload, found.key))
      : hashed.has(`${nameOf(record)}/${sha256(record.content)}`)
    if (!isVouched)
      throw new Refusal(
        'integrity_violation',
        `The log does not vouch for ${record.table} ${record.id} as it is stored.`,
      )
  }
}

const nameOf = ({ table, id }: { readonly table: string; readonly id: string }): string => `${table}/${id}`

/** One page shows the same row for several others, such as a recommendation for each decision on it: it is opened once. */
function distinct(rows: readonly Shown[]): StoredRecord[] {
  const records = rows.map(({ table, row }) => storedRecord(table, row))
  return [...new Map(records.map((record) => [`${nameOf(record)} ${record.content}`, record])).values()]
}

/** What is sealed about the records, with its key and the entry that commits to it, by `table/id`. */
async function sealedOf(tx: TenantTx, authorityId: string, records: readonly StoredRecord[]) {
  const kept = await tx
    .select({ payload: auditPayloads, body: auditEntries.body, hash: auditEntries.leafHash, key: referralKeys })
    .from(auditPayloads)
    .innerJoin(
      auditEntries,
      and(eq(auditEntries.authorityId, authorityId), eq(auditEntries.position, auditPayloads.position)),
    )
    .leftJoin(
      referralKeys,
      and(eq(referralKeys.authorityId, authorityId), eq(referralKeys.id, auditPayloads.referralId)),
    )
    .where(
      and(
        eq(auditPayloads.authorityId, authorityId),
        inArray(
          auditPayloads.recordId,
          records.map(({ id }) => id),
        ),
      ),
    )
  return new Map(kept.map((one) => [nameOf({ table: one.payload.tableName, id: one.payload.recordId }), one]))
}

interface Entry {
  readonly body: Uint8Array
  readonly hash: Uint8Array
}

/** The records that an entry vouches for; none where it is not what was hashed. */
function refsOf({ body, hash }: Entry): readonly RecordRef[] {
  if (!leafHash(body).equals(hash)) return []
  return readLeaf(Buffer.from(body).toString('utf8'))?.records ?? []
}

function isCommittedTo(entry: Entry, record: StoredRecord, opened: ReturnType<typeof openPayload>): boolean {
  const ref = refsOf(entry).find((one) => nameOf(one) === nameOf(record))
  if (!ref || !('commitment' in ref) || !opened) return false
  return opened.content === record.content && commitmentOf(opened.salt, opened.content) === ref.commitment
}

/**
 * What was recorded before the log was a tree has no sealed content; an entry of that time has its plain hash. As
 * `table/id/hash`; no index leads there, so that all of them are looked for in one pass.
 */
async function hashesOf(
  tx: TenantTx,
  authorityId: string,
  records: readonly StoredRecord[],
): Promise<ReadonlySet<string>> {
  if (records.length === 0) return new Set()
  const names = records.map(({ id }) => sql`position(${id} in convert_from(${auditEntries.body}, 'UTF8')) > 0`)
  const entries = await tx
    .select({ body: auditEntries.body, hash: auditEntries.leafHash })
    .from(auditEntries)
    .where(and(eq(auditEntries.authorityId, authorityId), or(...names)))
  return new Set(entries.flatMap(refsOf).flatMap((ref) => ('hash' in ref ? [`${nameOf(ref)}/${ref.hash}`] : [])))
}
