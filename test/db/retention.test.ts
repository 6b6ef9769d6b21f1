// The one way in which anything is deleted, asked by SQL as the role of the service.
import { randomUUID } from 'node:crypto'
import t from 'tap'
import { sql } from '../../src/db/drizzle.ts'
import * as tables from '../../src/db/tables/index.ts'
import { setAuthority, type TenantTx } from '../../src/db/tenant.ts'
import { leafHash } from '../../src/engine/audit/merkle.ts'
import { testDatabase } from '../support/database.ts'
import * as fixtures from './fixtures.ts'
import { disposalRow, holdRow, proposalRow, ruleRow } from './retention-fixtures.ts'

const database = await testDatabase(t)
const world = await fixtures.plant(database)
const { authorityId, referralId } = world
const AT = fixtures.AT
const rule = ruleRow(world, { code: 'other' })
await database.withTenant(authorityId, (tx) => tx.insert(tables.retentionRules).values(rule))
// The clerk may propose and carry out, and not both of one referral.
await database.asOwner(async (tx) => {
  await setAuthority(tx, authorityId)
  const role = fixtures.roleRow({ authorityId, accountId: world.clerkId, role: 'supervisor' })
  await tx.insert(tables.accountChanges).values({ ...role, sequence: 3 })
})

interface Row extends Record<string, unknown> {
  readonly table: string
  readonly row: string
}

/**
 * Every row that hangs on the referral, whether it names it or not: whatever refers to it, whatever refers to that, and so on,
 * as the foreign keys of the catalogue have it.
 */
async function hangingOn(id: string): Promise<Row[]> {
  const { rows: keys } = await database.db.execute<{ child: string; parent: string; pairs: [string, string][] }>(sql`
    select k.conrelid::regclass::text as child, k.confrelid::regclass::text as parent,
      json_agg(json_build_array(mine.attname, theirs.attname)) as pairs
    from pg_constraint k
      join lateral unnest(k.conkey, k.confkey) as pair(mine, theirs) on true
      join pg_attribute mine on mine.attrelid = k.conrelid and mine.attnum = pair.mine
      join pg_attribute theirs on theirs.attrelid = k.confrelid and theirs.attnum = pair.theirs
    where k.contype = 'f' and k.connamespace = 'public'::regnamespace group by k.oid order by 1, 2`)
  const found = new Map<string, Set<string>>()
  const take = async (table: string, condition: ReturnType<typeof sql>): Promise<void> => {
    const known = found.get(table) ?? new Set<string>()
    const { rows } = await database.db.execute<{ row: string }>(
      sql`select to_jsonb(c)::text as row from ${sql.identifier(table)} c where ${condition}`,
    )
    const fresh = rows.map(({ row }) => row).filter((row) => !known.has(row))
    found.set(table, new Set([...known, ...fresh]))
    if (fresh.length === 0) return
    for (const { child, pairs } of keys.filter(({ parent }) => parent === table)) {
      const columns = pairs.map(([mine, theirs]) => sql`to_jsonb(c) ->> ${mine} = p.row::jsonb ->> ${theirs}`)
      await take(
        child,
        sql`exists (select from unnest(${sql.param(fresh)}::text[]) as p(row) where ${sql.join(columns, sql` and `)})`,
      )
    }
  }
  await take('referrals', sql`c.id = ${id}`)
  return [...found].flatMap(([table, rows]) => [...rows].map((row) => ({ table, row })))
}

/** Writes the entry of the log that says so, at a position. */
async function logged(tx: TenantTx, position: number, facts: object, event = 'referral.disposed'): Promise<void> {
  const body = Buffer.from(JSON.stringify({ facts }))
  const entry = { ...fixtures.auditRow(world, position), event, body, leafHash: leafHash(body) }
  await tx.insert(tables.auditEntries).values(entry)
}

const disposing = (id: string) => sql`select dispose_of_referral(${id})`
const proposed = (given: object = {}) => proposalRow(world, { ruleId: String(rule.id), ...given })

t.test('nothing is destroyed that two people and the log have not said in the same transaction', async (t) => {
  const refused = async (claim: string, constraint: string, attempt: (tx: TenantTx) => Promise<unknown>) => {
    await t.rejects(database.withTenant(authorityId, attempt), { name: 'DatabaseError', constraint }, claim)
  }
  await refused('nothing was recorded', 'disposals_recorded', (tx) => tx.execute(disposing(randomUUID())))
  const { rows: earlier } = await database.db.execute<{ id: string }>(
    sql`select id from disposals where authority_id = ${authorityId}`,
  )
  const old = String(earlier[0]?.id)
  await refused('an earlier transaction said so', 'disposals_recorded', (tx) => tx.execute(disposing(old)))
  const recorded = async (tx: TenantTx, given: object = {}, event?: string) => {
    const proposal = proposed()
    const row = disposalRow(world, proposal, { auditPosition: 90, ...given })
    await tx.insert(tables.disposalProposals).values(proposal)
    await tx.insert(tables.disposals).values(row)
    await logged(tx, 90, { disposal: row.id }, event)
    return row.id
  }
  await refused('the log says something else', 'disposals_recorded', async (tx) => {
    await tx.execute(disposing(await recorded(tx, {}, 'referral.received')))
  })
  await refused('a hold stands', 'disposals_not_on_hold', async (tx) => {
    await tx.insert(tables.legalHolds).values(holdRow(world))
    await tx.execute(disposing(await recorded(tx)))
  })
  await refused('everything is held', 'disposals_not_on_hold', async (tx) => {
    await tx.insert(tables.legalHolds).values(holdRow(world, { referralId: null }))
    await tx.execute(disposing(await recorded(tx)))
  })
  await refused('one person alone', 'disposals_by_another', (tx) => recorded(tx, { carriedOutBy: world.clerkId }))
  await refused('no supervisor', 'disposals_by_right_person', (tx) =>
    recorded(tx, { carriedOutBy: world.socialWorkerId }),
  )
  await refused('another proposer than proposed it', 'disposals_proposal_fkey', (tx) =>
    recorded(tx, { proposedBy: world.socialWorkerId }),
  )
  await refused('before its day', 'disposals_due_check', (tx) => recorded(tx, { dueOn: '2026-11-22' }))
  await refused('no administrator proposed it', 'disposal_proposals_by_right_person', (tx) =>
    tx.insert(tables.disposalProposals).values(proposed({ proposedBy: world.supervisorId })),
  )
  t.equal((await hangingOn(referralId)).length > 0, true, 'all of it is still there')
})

t.test('a setting alone lets nothing be deleted, and the service deletes nothing whatever it sets', async (t) => {
  const deleted = sql`delete from decisions where referral_id = ${referralId}`
  const setting = sql`select set_config('app.disposing', ${referralId}, true), set_config('app.rewrapping', 'on', true),
    set_config('app.authority', ${authorityId}, true)`
  const byService = database.withTenant(authorityId, async (tx) => {
    await tx.execute(setting)
    await tx.execute(deleted)
  })
  await t.rejects(byService, { name: 'DatabaseError', sqlstate: '42501' })
  for (const statement of [deleted, sql`update decisions set level = level`, sql`delete from referral_keys`]) {
    const byOwner = database.asOwner(async (tx) => {
      await tx.execute(setting)
      await tx.execute(statement)
    })
    await t.rejects(
      byOwner,
      { name: 'DatabaseError', sqlstate: '23001' },
      'nor does the owner, where none was recorded',
    )
  }
})

t.test('a disposal takes every row that hangs on a referral, and nothing of another', async (t) => {
  const before = await hangingOn(referralId)
  const carrying = new Set(before.map(({ table }) => table))
  t.ok(carrying.size >= 45, `${carrying.size} tables hold something of it`)
  const { rows } = await database.db.execute<{ id: string }>(sql`
    select id from referrals where authority_id = ${authorityId} and id <> ${referralId}`)
  const others = (await Promise.all(rows.map(({ id }) => hangingOn(id)))).flat()
  const own = (row: Row): boolean => !before.some((mine) => mine.row === row.row && mine.table === row.table)
  const kept = others.filter(own)
  t.ok(kept.length > 0, 'there is another')

  const proposal = proposed()
  await database.withTenant(authorityId, async (tx) => {
    await tx.insert(tables.disposalProposals).values(proposal)
    const row = disposalRow(world, proposal, { auditPosition: 50 })
    await tx.insert(tables.disposals).values(row)
    await logged(tx, 50, { disposal: row.id })
    await tx.execute(disposing(row.id))
    const { rows } = await tx.execute(sql`select current_setting('app.purpose') as purpose, current_user as role,
      coalesce(current_setting('app.disposing', true), '') as disposing`)
    t.same(rows, [{ purpose: 'service', role: 'threshold_app', disposing: '' }], 'and leaves nothing set')
  })
  for (const { table, row } of before) {
    const { rows: left } = await database.db.execute(
      sql`select from ${sql.identifier(table)} c where to_jsonb(c)::text = ${row}`,
    )
    t.equal(left.length, 0, table)
  }
  for (const { table, row } of kept) {
    const { rows: left } = await database.db.execute(
      sql`select from ${sql.identifier(table)} c where to_jsonb(c)::text = ${row}`,
    )
    t.equal(left.length, 1, `${table} of another`)
  }
  const { rows: gone } = await database.db.execute(sql`select from referrals where id = ${referralId}`)
  t.equal(gone.length, 0)
  const again = database.withTenant(authorityId, async (tx) => {
    const second = proposed()
    await tx.insert(tables.disposalProposals).values(second)
    await tx.insert(tables.disposals).values(disposalRow(world, second, { carriedOutAt: AT }))
  })
  await t.rejects(again, { name: 'DatabaseError', constraint: 'disposals_referral_key' }, 'once')
})
