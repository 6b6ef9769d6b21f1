/** Records that come with a leaf: whether each is the one that the leaf vouches for. */
import type { OpenedRecord } from './export.ts'
import { commitmentOf, keyOf, type Leaf, plainHash, type RecordRef } from './facts.ts'

export interface OpenedSum {
  /** How many are what was recorded. */
  readonly opened: number
  readonly erased: readonly { readonly table: string; readonly id: string }[]
  /** How many the leaf vouches for that did not come with it. */
  readonly absent: number
  /** In words, without anything of the content. */
  readonly faults: readonly string[]
}

/** Compares the records that came with a leaf with what it says of them. Whether an erasure is recorded is not looked at. */
export function compareRecords({ records }: Leaf, given: readonly OpenedRecord[] = []): OpenedSum {
  if (given.length === 0) return { opened: 0, erased: [], absent: records.length, faults: [] }
  const expected = new Map(records.map((ref) => [keyOf(ref), ref]))
  const faults: string[] = []
  const erased: { table: string; id: string }[] = []
  let opened = 0
  for (const record of given) {
    const ref = expected.get(keyOf(record))
    expected.delete(keyOf(record))
    const what = `${record.table} ${record.id}`
    if (!ref) faults.push(`${what} is not vouched for by the entry, or comes twice`)
    else if ('erased' in record) erased.push({ table: ref.table, id: ref.id })
    else if (isAsRecorded(ref, record)) opened++
    else faults.push(`${what} is not what was recorded`)
  }
  return { opened, erased, absent: expected.size, faults }
}

function isAsRecorded(
  ref: RecordRef,
  { content, salt }: { readonly content: string; readonly salt?: string },
): boolean {
  if ('hash' in ref) return salt === undefined && plainHash(content) === ref.hash
  return salt !== undefined && commitmentOf(Buffer.from(salt, 'hex'), content) === ref.commitment
}
