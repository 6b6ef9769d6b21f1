import { randomUUID } from 'node:crypto'
import { sql } from 'drizzle-orm'
import t from 'tap'
import * as tables from '../../src/db/tables/index.ts'
import { lookingPast, type TenantTx } from '../../src/db/tenant.ts'
import { testDatabase } from '../support/database.ts'
import * as fixtures from './fixtures.ts'
import { grantRow, restrictionRow } from './restriction-fixtures.ts'

// Restricted records as the database keeps them, asked by SQL as the role of the service.

const database = await testDatabase(t)
const world = await fixtures.plant(database)
const { authorityId, referralId, clerkId, socialWorkerId } = world
const AT = fixtures.AT

/** What the policies themselves read, so that it cannot hide behind them. */
const READ_BY_POLICIES = ['account_conflicts', 'break_glass_grants', 'restrictions']
/** What the log commits to, sealed: opened only to check a row that is seen. */
const SEALED = ['audit_payloads', 'referral_keys']
/** Ids and dates for those who look after retention: what is restricted is kept no longer than the rest. Kin see none of it. */
const RETENTION = ['disposal_proposals', 'disposals', 'legal_holds']

async function rows<T extends Record<string, unknown>>(query: ReturnType<typeof sql>): Promise<T[]> {
  return (await database.db.execute<T>(query)).rows as unknown as T[]
}

/** Every table that has the id of a referral, by its name or by a key into the tables of a referral. */
const carrying = (
  await rows<{ name: string; column: string }>(sql`
    select c.relname as name, a.attname as column
    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and (
      a.attname = 'referral_id' or c.relname = 'referrals' and a.attname = 'id' or exists (
        select from pg_constraint k
          join lateral unnest(k.conkey, k.confkey) as pair(mine, theirs) on true
          join pg_attribute o on o.attrelid = k.confrelid and o.attnum = pair.theirs
        where k.conrelid = c.oid and k.contype = 'f' and pair.mine = a.attnum
          and (k.confrelid = 'referrals'::regclass and o.attname = 'id' or o.attname = 'referral_id')
      )
    ) order by 1, 2`)
).filter(({ name }) => ![...READ_BY_POLICIES, ...SEALED, ...RETENTION].includes(name))

const everywhere = [...new Set(carrying.map(({ name }) => name))]

interface PolicyRow extends Record<string, unknown> {
  readonly name: string
  readonly policy: string
  readonly permissive: string
  readonly cmd: string
  readonly roles: string
  readonly qual: string
  readonly check: string | null
}

const policies = await rows<PolicyRow>(sql`
  select tablename as name, policyname as policy, permissive, cmd, roles::text as roles, qual, with_check as check
  from pg_policies where schemaname = 'public' and policyname <> 'tenant'`)

/** The condition of a policy with table and column taken out: alike for every table. */
const plain = ({ name, qual }: PolicyRow, column: string): string =>
  qual
    .replaceAll(/\s+/g, ' ')
    .replaceAll(`${name}.${column}`, 'T.REFERRAL')
    .replaceAll(`${name}.`, 'T.')
    .replaceAll(`(${column})`, '(T.REFERRAL)')

t.test('every table with the id of a referral hides restricted ones and own and family records', async (t) => {
  t.ok(carrying.length >= 10, `${carrying.length} columns`)
  const shapes = new Set<string>()
  for (const { name, column } of carrying) {
    const ending = column === 'referral_id' ? '' : `_${column}`
    const found = policies.filter(
      ({ name: on, policy }) => on === name && [`own_or_kin${ending}`, `restricted${ending}`].includes(policy),
    )
    t.equal(found.length, 2, `${name}.${column}`)
    for (const policy of found) {
      const { permissive, cmd, roles, check } = policy
      const wanted = { permissive: 'RESTRICTIVE', cmd: 'ALL', roles: '{public}', check: null }
      t.same({ permissive, cmd, roles, check }, wanted, `${name}: ${policy.policy}`)
      shapes.add(plain(policy, column))
    }
  }
  t.equal(shapes.size, 2, 'the same two conditions everywhere')
})

t.test('a table that belongs to such a row without naming the referral hides with it', async (t) => {
  const guarded = new Set(carrying.map(({ name }) => name))
  const belonging = await rows<{ name: string; parent: string }>(sql`
    select c.relname as name, p.relname as parent
    from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_class p on p.oid = k.confrelid
    where k.contype = 'f' and c.relnamespace = 'public'::regnamespace order by 1`)
  const without = belonging.filter(
    ({ name, parent }) =>
      guarded.has(parent) && !guarded.has(name) && ![...READ_BY_POLICIES, ...SEALED, ...RETENTION].includes(name),
  )
  t.ok(without.length >= 2, `${without.length} tables`)
  for (const name of new Set(without.map((one) => one.name))) {
    const [policy] = policies.filter((one) => one.name === name && one.policy === 'restricted')
    t.match(policy, { permissive: 'RESTRICTIVE', cmd: 'ALL', roles: '{public}', check: null }, name)
    const parents = without.filter((one) => one.name === name).map(({ parent }) => `FROM ${parent} p`)
    t.ok(
      parents.some((parent) => policy?.qual.includes(parent)),
      `${name} asks ${parents.join(' or ')}`,
    )
  }
})

t.test('what retention names is hidden from kin', async (t) => {
  for (const table of RETENTION) {
    const found = policies.filter(({ name }) => name === table)
    t.strictSame(
      found.map(({ policy }) => policy),
      ['own_or_kin'],
      table,
    )
  }
})

const later = (minutes: number): string => new Date(Date.parse(AT) + minutes * 60_000).toISOString()
const as = <T>(accountId: string, fn: (tx: TenantTx) => Promise<T>, now = later(1)) =>
  database.withTenant(authorityId, fn, { accountId, now })

/** The tables with rows of the referral in which an account sees none. */
async function hidden(tx: TenantTx): Promise<string[]> {
  const seen = new Set<string>()
  for (const { name, column } of carrying) {
    const found = await tx.execute(
      sql`select from ${sql.identifier(name)} where ${sql.identifier(column)} = ${referralId} limit 1`,
    )
    if (found.rowCount !== 0) seen.add(name)
  }
  return everywhere.filter((name) => !seen.has(name))
}

const standing = restrictionRow(world, { sequence: 3, recordedAt: later(0) })
const accountId = randomUUID()

t.test('a referral without a restriction, or with one that was lifted, is seen by every account', async (t) => {
  for (const id of [clerkId, socialWorkerId]) t.same(await as(id, hidden), [])
})

t.test('a restriction hides every row from everybody who is not let in', async (t) => {
  await database.asOwner(async (tx) => {
    await tx.execute(sql`select set_config('app.authority', ${authorityId}, true)`)
    const person = { kind: 'human' as const, qualification: null, createdAt: AT }
    const account = { authorityId, id: accountId, subject: 's-9', displayName: 'D', ...person }
    await tx.insert(tables.accountRecords).values(account)
    await tx.insert(tables.accountChanges).values(fixtures.roleRow({ authorityId, accountId, role: 'screener' }))
  })
  await database.withTenant(authorityId, async (tx) => {
    await tx.insert(tables.restrictions).values(standing)
    const letIn = { authorityId, id: randomUUID(), restrictionId: standing.id, accountId: socialWorkerId }
    await tx.insert(tables.restrictionAccounts).values(letIn)
  })
  t.same(await as(accountId, hidden), everywhere)
  t.same(await as(randomUUID(), hidden), everywhere, 'an account that does not exist')
  t.same(await as(clerkId, hidden), everywhere, 'a screener who took it down')
  t.same(await as(socialWorkerId, hidden), [], 'who is let in')
  t.same(await database.withTenant(authorityId, hidden), [], 'the service itself')
  t.same(await as(accountId, (tx) => lookingPast(tx, () => hidden(tx))), [], 'what is counted')
  const afterwards = await as(accountId, async (tx) => {
    await lookingPast(tx, () => hidden(tx))
    return await hidden(tx)
  })
  t.same(afterwards, everywhere, 'and hidden again after counting')
})

t.test(
  'with neither an account nor a purpose nothing restricted is seen, and nothing is left on a connection',
  async (t) => {
    await database.asOwner(async (tx) => {
      await tx.execute(
        sql`select set_config('role', 'threshold_app', true), set_config('app.authority', ${authorityId}, true)`,
      )
      t.same(await hidden(tx), everywhere)
    })
  },
)

t.test('a hidden row cannot be written to either', async (t) => {
  const children = { authorityId, id: randomUUID(), referralId, childKey: 'c9' }
  const written = as(accountId, (tx) => tx.insert(tables.referralChildren).values(children))
  await t.rejects(written, { name: 'DatabaseError', sqlstate: '42501' })
})

t.test(
  'a glass is broken for a while, by a person of the front door, and ends when it was not justified',
  async (t) => {
    const grant = (more: object = {}) => ({
      ...grantRow(world, { restrictionId: standing.id, accountId, grantedAt: later(1), expiresAt: later(61) }),
      ...more,
    })
    const refused: [object, string][] = [
      [{ expiresAt: later(242) }, 'break_glass_grants_time_check'],
      [{ expiresAt: later(1) }, 'break_glass_grants_time_check'],
      [{ reason: ' ' }, 'break_glass_grants_reason_check'],
      [{ accountId: world.systemId }, 'break_glass_grants_by_person'],
      [{ accountId: socialWorkerId }, 'break_glass_grants_by_person'],
    ]
    for (const [more, constraint] of refused) {
      const broken = as(accountId, (tx) => tx.insert(tables.breakGlassGrants).values(grant(more)))
      await t.rejects(broken, { name: 'DatabaseError', constraint }, constraint)
    }
    const given = grant()
    await as(accountId, (tx) => tx.insert(tables.breakGlassGrants).values(given))
    t.same(await as(accountId, hidden, later(0)), everywhere, 'not before')
    t.same(await as(accountId, hidden, later(1)), [])
    t.same(await as(accountId, hidden, later(60)), [])
    t.same(await as(accountId, hidden, later(61)), everywhere, 'and not for longer')
    t.same(await as(clerkId, hidden), everywhere, 'nor for anybody else')
    const review = { authorityId, id: randomUUID(), grantId: given.id, outcome: 'not_justified' as const, note: 'No.' }
    const by = (reviewedBy: string) => ({ ...review, reviewedAt: later(2), reviewedBy })
    const own = as(accountId, (tx) => tx.insert(tables.breakGlassReviews).values(by(accountId)))
    await t.rejects(own, { name: 'DatabaseError', constraint: 'break_glass_reviews_by_another' })
    await as(clerkId, (tx) => tx.insert(tables.breakGlassReviews).values(by(clerkId)))
    t.same(await as(accountId, hidden, later(3)), everywhere, 'what was not justified ends')
  },
)

t.test('nothing opens an own or family record: not being let in, not a broken glass, not having sent it', async (t) => {
  const conflict = (more: object) => ({
    authorityId,
    id: randomUUID(),
    accountId: socialWorkerId,
    relationship: 'family' as const,
    declaredAt: AT,
    declaredBy: clerkId,
    ...more,
  })
  const withdrawn = (conflictId: string, withdrawnBy: string) => ({
    authorityId,
    id: randomUUID(),
    conflictId,
    reason: 'A namesake.',
    withdrawnAt: AT,
    withdrawnBy,
  })
  for (const about of [{ referralId }, { scheme: 'nhs', value: '9434765919' }]) {
    const declared = conflict(about)
    await database.withTenant(authorityId, (tx) => tx.insert(tables.accountConflicts).values(declared))
    t.same(await as(socialWorkerId, hidden), everywhere, Object.keys(about).join())
    const restricted = await as(socialWorkerId, (tx) => tx.select().from(tables.restrictions))
    t.same(restricted, [], 'nor do kin see that it is restricted')
    const taken = as(socialWorkerId, (tx) =>
      tx.insert(tables.accountConflictWithdrawals).values(withdrawn(declared.id, socialWorkerId)),
    )
    await t.rejects(taken, { name: 'DatabaseError', constraint: 'account_conflict_withdrawals_by_another' })
    const mistaken = withdrawn(declared.id, clerkId)
    await database.withTenant(authorityId, (tx) => tx.insert(tables.accountConflictWithdrawals).values(mistaken))
    t.same(await as(socialWorkerId, hidden), [], 'until it turns out to be a mistake')
  }
  for (const about of [{}, { referralId, scheme: 'nhs', value: '1' }, { scheme: 'nhs' }]) {
    const half = database.withTenant(authorityId, (tx) => tx.insert(tables.accountConflicts).values(conflict(about)))
    await t.rejects(half, { name: 'DatabaseError', constraint: 'account_conflicts_subject_check' })
  }
})

t.test('restrictions follow one another, by people, and each is whole', async (t) => {
  const row = (more: object) => ({ ...restrictionRow(world, { sequence: 4, recordedAt: later(5) }), ...more })
  const lifted = { kind: 'lifted', category: null, reviewOn: null }
  const refused: [object, string][] = [
    [{ kind: 'set' }, 'restrictions_in_order'],
    [{ kind: 'changed', sequence: 5 }, 'restrictions_in_order'],
    [{ kind: 'changed', recordedBy: world.systemId }, 'restrictions_by_person'],
    [{ kind: 'changed', category: null }, 'restrictions_standing_is_whole'],
    [{ kind: 'lifted' }, 'restrictions_standing_is_whole'],
    [{ ...lifted, reason: ' ' }, 'restrictions_reason_check'],
  ]
  for (const [more, constraint] of refused) {
    const stored = database.withTenant(authorityId, (tx) => tx.insert(tables.restrictions).values(row(more)))
    await t.rejects(stored, { name: 'DatabaseError', constraint }, constraint)
  }
  await database.withTenant(authorityId, (tx) => tx.insert(tables.restrictions).values(row(lifted)))
  t.same(await as(accountId, hidden), [], 'lifted, it is seen again')
})

t.test('a single referral is found by its key, and what restricts it by an index', async (t) => {
  const plan = await as(accountId, async (tx) => {
    await tx.execute(sql`set local enable_seqscan = off`)
    const { rows } = await tx.execute<Record<string, string>>(
      sql`explain (costs off) select * from referrals where id = ${referralId}`,
    )
    return rows.map((row) => Object.values(row)[0]).join('\n')
  })
  t.match(plan, /Index (Only )?Scan using referrals_/)
  t.match(plan, /on restrictions r/)
  t.notMatch(plan, /Seq Scan/)
  t.notMatch(plan, /hashed SubPlan/, 'planned once')
})
