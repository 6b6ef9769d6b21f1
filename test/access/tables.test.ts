import t from 'tap'
import { sql } from '../../src/db/drizzle.ts'
import type { Transaction } from '../../src/db/transaction.ts'
import { plant } from '../db/fixtures.ts'
import { testDatabase } from '../support/database.ts'
import { tally } from '../support/tally.ts'
import { type Ground, KEPT, onGround, PARTIES, type PrincipalName, reachedIn } from './attempts.ts'
import { compare } from './expected.ts'

// Every table × select, insert, update, delete, truncate × whoever may ask, against the reviewed tables.json; and every
// policy dropped or opened, which has to make a difference there.

const database = await testDatabase(t)
const ours = await plant(database)
const theirs = await plant(database)

/** Who can do what, `select/part` where it reached some of the rows. Who can do nothing is left out. */
interface Line {
  readonly own?: string
  readonly other?: string
  readonly none?: string
  readonly public?: string
  /** Accounts of the own authority that reach none of it, or not all; the others do as their authority. */
  readonly hiddenFrom?: readonly PrincipalName[]
  readonly partlyHiddenFrom?: readonly PrincipalName[]
}

function lineOf(reached: Readonly<Record<PrincipalName, string>>): Line {
  const parties = PARTIES.filter((name) => reached[name] !== '').map((name) => [name, reached[name]])
  const hiddenFrom = KEPT.filter((name) => reached[name] === '')
  const partlyHiddenFrom = KEPT.filter((name) => reached[name] !== '' && reached[name] !== reached.own)
  const kept = Object.entries({ hiddenFrom, partlyHiddenFrom }).filter(([, names]) => names.length > 0)
  return Object.fromEntries([...parties, ...kept])
}

t.test('every table lets everybody do what was reviewed, and nothing else', async (t) => {
  const found: Record<string, Line> = {}
  await onGround(database, { ours, theirs }, async (tx, ground) => {
    for (const table of ground.tables)
      found[table] = lineOf(await reachedIn(tx, ground, { table, names: [...PARTIES, ...KEPT] }))
  })
  compare(t, 'tables', found)
  const crossing = Object.entries(found).filter(([, { other, none, public: anybody }]) => other ?? none ?? anybody)
  t.strictSame(crossing, [['authorities', found['authorities']]], 'across authorities there is the register alone')
  const tried = Object.keys(found).length * 3 * 5
  tally(t, 'cross_authority', { held: tried - 5 * 3 * (crossing.length - 1), of: tried })
})

interface Policy extends Record<string, unknown> {
  readonly name: string
  readonly table: string
  readonly isTenant: boolean
  readonly isWritten: boolean
}

/** Ways in which somebody could break a policy. */
function mutantsOf({ name, table, isTenant, isWritten }: Policy): string[] {
  const alter = `alter policy ${name} on ${table}`
  const common = [`drop policy ${name} on ${table}`, `${alter} using (true)`]
  if (!isTenant) return common
  return [...common, `${alter} using (true) with check (true)`, ...(isWritten ? [`${alter} with check (true)`] : [])]
}

async function policiesOf(tx: Transaction): Promise<Policy[]> {
  const { rows } = await tx.execute<Policy>(sql`
    select quote_ident(policyname) as name, quote_ident(tablename) as table, permissive = 'PERMISSIVE' as "isTenant",
      has_table_privilege('threshold_app', format('%I.%I', schemaname, tablename), 'insert, update') as "isWritten"
    from pg_policies where schemaname = 'public' order by 2, 1`)
  return rows
}

interface Mutant {
  readonly table: string
  readonly change: string
  /** Those for whom it has to make a difference. */
  readonly names: readonly PrincipalName[]
}

/** Who reads and who writes in the table looks otherwise once the schema has been changed; the change is undone. */
async function isNoticed(tx: Transaction, ground: Ground, { table, change, names }: Mutant): Promise<boolean> {
  const asked = { table, names, verbs: ['select', 'insert'] }
  const key = `${table} ${names.join()}`
  const before = known.get(key) ?? JSON.stringify(await reachedIn(tx, ground, asked))
  known.set(key, before)
  await tx.execute(sql.raw(`savepoint mutant; ${change}`))
  const after = JSON.stringify(await reachedIn(tx, ground, asked))
  await tx.execute(sql`rollback to savepoint mutant`)
  return after !== before
}
const known = new Map<string, string>()

/** A disposal is of a referral that is gone, and with it who was kin. test/db/restrictions.test.ts misses the policy all the same. */
const WITHOUT_DIFFERENCE = /own_or_kin on disposals\b/

t.test('no policy can be dropped or opened without a difference', async (t) => {
  const survivors: string[] = []
  let tried = 0
  await onGround(database, { ours, theirs }, async (tx, ground) => {
    const policies = await policiesOf(tx)
    t.ok(policies.length >= 130, `${policies.length} policies`)
    for (const policy of policies) {
      const { table, isTenant } = policy
      for (const change of mutantsOf(policy)) {
        if (WITHOUT_DIFFERENCE.test(change)) continue
        tried += 1
        const names = isTenant ? (['own', 'other'] as const) : KEPT
        if (!(await isNoticed(tx, ground, { table, change, names }))) survivors.push(change)
      }
    }
  })
  t.strictSame(survivors, [])
  tally(t, 'policy_mutants', { held: tried - survivors.length, of: tried })
})
