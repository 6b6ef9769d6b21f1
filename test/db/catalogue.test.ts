import t from 'tap'
import { sql } from '../../src/db/drizzle.ts'
import type { Transaction } from '../../src/db/transaction.ts'
import { testDatabase } from '../support/database.ts'
import { BREACHES } from './breaches.ts'
import { CLAIMS, type Claim } from './claims.ts'

// What must hold of every table, read from the catalogue of the migrated schema: a new table is covered unasked.

const database = await testDatabase(t)

async function broken(tx: Pick<Transaction, 'execute'>, { query }: Claim): Promise<string[]> {
  const { rows } = await tx.execute<{ what: string }>(sql.raw(query))
  return rows.map(({ what }) => what)
}

/** What a claim names once the schema has been changed; the change is undone. */
async function brokenBy(claim: Claim, change: string): Promise<string[]> {
  const undone = new Error('undone')
  let found: string[] = []
  const changed = database.asOwner(async (tx) => {
    await tx.execute(sql.raw(change))
    found = await broken(tx, claim)
    throw undone
  })
  await changed.catch((error: unknown) => {
    if (error !== undone) throw error
  })
  return found
}

t.test('the catalogue has the tables that are claimed about', async (t) => {
  const { rows } = await database.db.execute<{ tables: number; keys: number; policies: number }>(sql`
    select (select count(*)::int from pg_tables where schemaname = 'public') as tables,
      (select count(*)::int from pg_constraint where contype in ('p', 'u', 'f') and connamespace = 'public'::regnamespace) as keys,
      (select count(*)::int from pg_policies where schemaname = 'public') as policies`)
  const [{ tables, keys, policies }] = rows as unknown as [{ tables: number; keys: number; policies: number }]
  t.ok(tables >= 67 && keys >= 280 && policies >= 130, `${tables} tables, ${keys} keys, ${policies} policies`)
})

for (const claim of CLAIMS) {
  t.test(claim.name.replaceAll('_', ' '), async (t) => {
    t.strictSame(await broken(database.db, claim), [])
    const breaches = BREACHES[claim.name] ?? []
    t.ok(breaches.length > 0, 'there is a way to break it')
    for (const [change, named] of breaches) {
      const found = await brokenBy(claim, change)
      t.ok(
        found.some((what) => named.test(what)),
        `noticed: ${change.replaceAll(/\s+/g, ' ')}; named ${found.join(', ')}`,
      )
    }
  })
}

t.test('every breach belongs to a claim', async (t) => {
  const names = CLAIMS.map(({ name }) => name)
  t.strictSame(
    Object.keys(BREACHES).filter((name) => !names.includes(name)),
    [],
  )
})
