/** What the log of an authority lays bare: records about people outside the service that stand in it by their plain hash. */
import { getTableName } from '../../src/db/drizzle.ts'
import { type LeafFacts, readLeaf } from '../../src/engine/audit/leaf.ts'
import { sha256 } from '../../src/engine/hash.ts'
import { RECORDED } from '../../src/features/audit/recorded.ts'
import { storedRecord } from '../../src/kernel/record.ts'
import { readDataMap } from '../../src/papers/data-map.ts'
import type { World } from './world.ts'

const { tables } = readDataMap()

/** Whether the data map says that a table is about a child, a family, or somebody who told of them. */
export const isOfPeople = (table: string): boolean =>
  /child|family|referrer|professionals/.test(tables[table]?.subject ?? 'a child, for all that is known')

export async function leavesOf(world: World, authorityId: string): Promise<LeafFacts[]> {
  const rows = await world.sql(
    `select convert_from(body, 'UTF8') as text from audit_entries where authority_id = $1 order by position`,
    [authorityId],
  )
  return rows.map(({ text }) => {
    const leaf = readLeaf(String(text))
    if (!leaf) throw new Error(`No leaf: ${text}`)
    return leaf
  })
}

/** `event table` of every record about people that a leaf names without a salt. */
export async function laidBare(world: World, authorityId: string): Promise<string[]> {
  const found = (await leavesOf(world, authorityId)).flatMap(({ event, records }) =>
    records.filter((ref) => 'hash' in ref && isOfPeople(ref.table)).map(({ table }) => `${event} ${table}`),
  )
  return [...new Set(found)].sort()
}

/** Of each table about people that has rows: the hash of every row, as somebody would make it who guessed the row right. */
export async function guessedHashes(world: World, authorityId: string): Promise<Map<string, string[]>> {
  const guessed = new Map<string, string[]>()
  await world.database.withTenant(authorityId, async (tx) => {
    for (const table of RECORDED) {
      const name = getTableName(table)
      if (!isOfPeople(name)) continue
      const rows = (await tx.select().from(table)) as Record<string, unknown>[]
      if (rows.length > 0)
        guessed.set(
          name,
          rows.map((row) => sha256(storedRecord(table, row).content)),
        )
    }
  })
  return guessed
}
