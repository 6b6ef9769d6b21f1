/** Every record as the log has it, compared with the table that holds it. */
import type { PgTable } from 'drizzle-orm/pg-core'
import { and, eq, getTableName, inArray } from '../../db/drizzle.ts'
import { disposals } from '../../db/tables/retention.ts'
import type { TenantTx } from '../../db/tenant.ts'
import { commitmentOf, DISPOSED, type RecordRef } from '../../engine/audit/leaf.ts'
import { sha256 } from '../../engine/hash.ts'
import { rowContent } from '../../kernel/record.ts'
import { type Opened, openedBeside } from '../../kernel/sealing.ts'
import { RECORDED, type Recorded } from './recorded.ts'
import type { Fault, Walked } from './verify.ts'

const BATCH = 500

/** A record that an entry vouches for, with what is sealed beside the entry. */
interface Vouched {
  readonly position: number
  readonly referral: string | undefined
  readonly ref: RecordRef
  readonly payload: Opened | 'missing' | 'unopened' | undefined
}

export interface Records {
  readonly counts: { records: number; erased: number }
  /** What is wrong with the records of these entries. */
  compare(walked: readonly Walked[]): Promise<Fault[]>
  /** Once all entries have been walked: what was erased and ought not to be, and rows that nothing vouches for. */
  finish(): Promise<Fault[]>
}

export function recordsAgainst(tx: TenantTx, authorityId: string): Records {
  const known = new Map<string, Set<string>>(RECORDED.map((table) => [getTableName(table), new Set()]))
  const counts = { records: 0, erased: 0 }
  const gone: Vouched[] = []
  const disposed = new Set<unknown>()
  return {
    counts,
    async compare(walked) {
      for (const { leaf } of walked) if (leaf.event === DISPOSED) disposed.add(leaf.facts['referral'])
      const vouched = await withPayloads(tx, authorityId, walked)
      counts.records += vouched.length
      const faults: Fault[] = []
      for (const table of RECORDED) {
        const name = getTableName(table)
        const wanted = vouched.filter(({ ref }) => ref.table === name)
        for (let i = 0; i < wanted.length; i += BATCH) {
          const part = wanted.slice(i, i + BATCH)
          const rows = await rowsById(
            tx,
            table,
            authorityId,
            part.map(({ ref }) => ref.id),
          )
          for (const one of part) {
            known.get(name)?.add(one.ref.id)
            const row = rows.get(one.ref.id)
            if (!row && (one.payload === 'missing' || one.payload === undefined)) gone.push(one)
            else faults.push(...faultsOf(one, row))
          }
        }
      }
      return faults
    },
    async finish() {
      const elsewhere = await erasedElsewhere(tx, authorityId)
      const lost = gone.filter(
        ({ referral, ref }) =>
          !(referral !== undefined && disposed.has(referral)) && !elsewhere.has(`${ref.table}/${ref.id}`),
      )
      counts.erased = gone.length - lost.length
      return [...lost.map((one) => fault(one, 'the record is gone')), ...(await unrecordedRows(tx, authorityId, known))]
    },
  }
}

/**
 * Records that went with a referral although entries about something else vouch for them. The rows that say so are vouched for
 * as well, so that nobody can add to them unnoticed.
 */
async function erasedElsewhere(tx: TenantTx, authorityId: string): Promise<Set<string>> {
  const rows = await tx
    .select({ erased: disposals.erasedElsewhere })
    .from(disposals)
    .where(eq(disposals.authorityId, authorityId))
  return new Set(rows.flatMap(({ erased }) => erased))
}

async function withPayloads(tx: TenantTx, authorityId: string, walked: readonly Walked[]): Promise<Vouched[]> {
  const positions = walked.filter(({ leaf }) => leaf.records.some(isCommitted)).map(({ leaf }) => leaf.position)
  const at = await openedBeside(tx, authorityId, positions)
  return walked.flatMap(({ leaf }) =>
    leaf.records.map((ref, ordinal): Vouched => {
      const { referral } = leaf.facts
      const key = `${leaf.position}/${ordinal}`
      const kept = at.has(key) ? (at.get(key) ?? 'unopened') : 'missing'
      const payload = isCommitted(ref) ? kept : undefined
      return { position: leaf.position, ref, payload, referral: typeof referral === 'string' ? referral : undefined }
    }),
  )
}

function isCommitted(ref: RecordRef): ref is Extract<RecordRef, { commitment: string }> {
  return 'commitment' in ref
}

function faultsOf(one: Vouched, row: Readonly<Record<string, unknown>> | undefined): Fault[] {
  const { ref, payload } = one
  if (!row) return [fault(one, 'the record is gone')]
  const content = rowContent(row)
  if (!isCommitted(ref)) return sha256(content) === ref.hash ? [] : [fault(one, 'the record is not what was recorded')]
  if (payload === 'missing') return [fault(one, 'what the log keeps of the record is gone')]
  if (payload === 'unopened' || payload === undefined)
    return [fault(one, 'what the log keeps of the record was changed, or its key is not here')]
  if (commitmentOf(payload.salt, payload.content) !== ref.commitment)
    return [fault(one, 'what the log keeps of the record is not what was committed to')]
  if (payload.content === content) return []
  return [fault(one, `the record is not what was recorded: ${differing(payload.content, content).join(', ')}`)]
}

/** The columns that are not as they were, by name. */
function differing(before: string, now: string): string[] {
  const [was, is] = [before, now].map((text) => JSON.parse(text) as Record<string, unknown>)
  const names = new Set([...Object.keys(was ?? {}), ...Object.keys(is ?? {})])
  return [...names].filter((name) => JSON.stringify(was?.[name]) !== JSON.stringify(is?.[name])).sort()
}

function fault({ position, ref: { table, id } }: Vouched, text: string): Fault {
  return { position, table, id, fault: text }
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

/** Rows that stand in a table although nothing in the log put them there. */
async function unrecordedRows(
  tx: TenantTx,
  authorityId: string,
  known: ReadonlyMap<string, Set<string>>,
): Promise<Fault[]> {
  const faults: Fault[] = []
  for (const table of RECORDED) {
    const name = getTableName(table)
    const ids = known.get(name) ?? new Set()
    const rows = await tx
      .select({ id: table.id })
      .from(table as PgTable)
      .where(eq(table.authorityId, authorityId))
    for (const { id } of rows)
      if (!ids.has(id))
        faults.push({ position: null, table: name, id, fault: 'no entry of the log vouches for this record' })
  }
  return faults
}

/** The rows of recorded tables as they are stored, by `table/id`, in the form in which the log vouches for them. */
export async function storedContents(
  tx: TenantTx,
  authorityId: string,
  refs: readonly { readonly table: string; readonly id: string }[],
): Promise<Map<string, string>> {
  const contents = new Map<string, string>()
  for (const table of RECORDED) {
    const name = getTableName(table)
    const ids = refs.filter((ref) => ref.table === name).map(({ id }) => id)
    for (let i = 0; i < ids.length; i += BATCH)
      for (const [id, row] of await rowsById(tx, table, authorityId, ids.slice(i, i + BATCH)))
        contents.set(`${name}/${id}`, rowContent(row))
  }
  return contents
}
