/**
 * Walks an authority's log from the first entry and compares every record it vouches for with the table that holds it.
 * Finds: entries changed, missing, inserted or out of order; a log that was cut short; rows changed, removed, or never recorded.
 */

import type { PgTable } from 'drizzle-orm/pg-core'
import { and, asc, eq, getTableName, gte, inArray } from '../../db/drizzle.ts'
import { auditEntries, auditHeads } from '../../db/tables/audit.ts'
import type { TenantTx } from '../../db/tenant.ts'
import { faultOf, GENESIS, recordsOf } from '../../engine/audit/chain.ts'
import { rowHash } from '../../kernel/record.ts'
import { RECORDED, type Recorded } from './recorded.ts'

export interface Fault {
  /** Position of the entry concerned; null for a row that no entry vouches for. */
  readonly position: number | null
  readonly table: string | null
  readonly id: string | null
  readonly fault: string
}

export interface Verification {
  readonly entries: number
  readonly records: number
  readonly headHash: string
  readonly faults: readonly Fault[]
}

const BATCH = 500
/** A log with more faults than this is wrong altogether; the first are what matters. */
const FAULTS_MAX = 100

export async function verifyLog(tx: TenantTx, authorityId: string): Promise<Verification> {
  const faults: Fault[] = []
  const vouched = new Map<string, Set<string>>(RECORDED.map((table) => [getTableName(table), new Set()]))
  let position = 0
  let previous = GENESIS
  let records = 0
  for (;;) {
    const rows = await tx
      .select()
      .from(auditEntries)
      .where(and(eq(auditEntries.authorityId, authorityId), gte(auditEntries.position, position)))
      .orderBy(asc(auditEntries.position))
      .limit(BATCH)
    if (rows.length === 0) break
    for (const row of rows) {
      const entry = {
        position: row.position,
        at: row.recordedAt,
        actor: row.actorId,
        event: row.event,
        body: Buffer.from(row.body).toString('utf8'),
        hash: hex(row.entryHash),
        previous: hex(row.previousHash),
      }
      const fault = faultOf(entry, { position, previous, authority: authorityId })
      if (fault) {
        faults.push({ ...fault, table: null, id: null })
        return { entries: position, records, headHash: previous, faults }
      }
      previous = entry.hash
      position++
    }
    records += await verifyRecords(tx, authorityId, { rows, vouched, faults })
    if (faults.length >= FAULTS_MAX) break
  }
  faults.push(...(await verifyHead(tx, authorityId, { size: position, hash: previous })))
  if (faults.length < FAULTS_MAX) faults.push(...(await unrecordedRows(tx, authorityId, vouched)))
  return { entries: position, records, headHash: previous, faults: faults.slice(0, FAULTS_MAX) }
}

interface Batch {
  readonly rows: readonly (typeof auditEntries.$inferSelect)[]
  readonly vouched: ReadonlyMap<string, Set<string>>
  readonly faults: Fault[]
}

async function verifyRecords(tx: TenantTx, authorityId: string, { rows, vouched, faults }: Batch): Promise<number> {
  const refs = rows.flatMap(({ position, body }) =>
    recordsOf(Buffer.from(body).toString('utf8')).map((ref) => ({ ...ref, position })),
  )
  for (const table of RECORDED) {
    const name = getTableName(table)
    const wanted = refs.filter((ref) => ref.table === name)
    for (let i = 0; i < wanted.length; i += BATCH) {
      const part = wanted.slice(i, i + BATCH)
      const found = await rowsById(
        tx,
        table,
        authorityId,
        part.map(({ id }) => id),
      )
      for (const { id, hash, position } of part) {
        vouched.get(name)?.add(id)
        const row = found.get(id)
        if (!row) faults.push({ position, table: name, id, fault: 'the record is gone' })
        else if (rowHash(row) !== hash)
          faults.push({ position, table: name, id, fault: 'the record is not what was recorded' })
      }
    }
  }
  return refs.length
}

async function rowsById(
  tx: TenantTx,
  table: Recorded,
  authorityId: string,
  ids: readonly string[],
): Promise<Map<string, Record<string, unknown>>> {
  const rows = await tx
    .select()
    .from(table as PgTable)
    .where(and(eq(table.authorityId, authorityId), inArray(table.id, [...ids])))
  return new Map(rows.map((row) => [(row as { id: string }).id, row as Record<string, unknown>]))
}

async function verifyHead(
  tx: TenantTx,
  authorityId: string,
  expected: { size: number; hash: string },
): Promise<Fault[]> {
  const [head] = await tx.select().from(auditHeads).where(eq(auditHeads.authorityId, authorityId))
  const size = head?.size ?? 0
  const hash = head ? hex(head.headHash) : GENESIS
  if (size === expected.size && hash === expected.hash) return []
  return [
    {
      position: expected.size,
      table: null,
      id: null,
      fault: `the log ends after ${expected.size} entries, its head says ${size}`,
    },
  ]
}

/** Rows that stand in a table although nothing in the log put them there. */
async function unrecordedRows(
  tx: TenantTx,
  authorityId: string,
  vouched: ReadonlyMap<string, Set<string>>,
): Promise<Fault[]> {
  const faults: Fault[] = []
  for (const table of RECORDED) {
    const name = getTableName(table)
    const known = vouched.get(name) ?? new Set()
    const rows = await tx
      .select({ id: table.id })
      .from(table as PgTable)
      .where(eq(table.authorityId, authorityId))
    for (const { id } of rows)
      if (!known.has(id))
        faults.push({ position: null, table: name, id, fault: 'no entry of the log vouches for this record' })
  }
  return faults
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}
