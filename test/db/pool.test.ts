import t from 'tap'
import { type Database, openDatabase } from '../../src/db/connect.ts'
import { sql } from '../../src/db/drizzle.ts'
import * as tables from '../../src/db/tables/index.ts'
import type { TenantTx } from '../../src/db/tenant.ts'
import { openProxy } from '../faults/proxy.ts'
import { postgresCopy, postgresUrl, testDatabase } from '../support/database.ts'
import { tally } from '../support/tally.ts'
import * as fixtures from './fixtures.ts'

const url = postgresUrl()

interface Failure {
  /** Of a server alone: the embedded database keeps no time. */
  readonly isOfServers?: boolean
  happen(tx: TenantTx): Promise<unknown>
}

/** Which turns of fifty end how; the last ones leave an aborted transaction, a time that is up, or a setting of their own. */
const FAILURES: Readonly<Record<number, Failure>> = {
  7: { happen: () => Promise.reject(new Error('on purpose')) },
  13: { happen: (tx) => tx.execute(sql`select 1 / 0`) },
  // Caught, so that the transaction goes on and cannot be committed.
  21: { happen: (tx) => tx.execute(sql`select 1 / 0`).catch(() => undefined) },
  34: { happen: (tx) => tx.execute(sql`insert into referrals select * from referrals limit 1`) },
  41: { isOfServers: true, happen: (tx) => tx.execute(sql`select pg_sleep(5)`) },
}

t.test('authorities that take turns on the connections never meet, whatever goes wrong', async (t) => {
  const database = await testDatabase(t)
  const worlds = [await fixtures.plant(database), await fixtures.plant(database), await fixtures.plant(database)]
  const recorded = new Map(worlds.map(({ authorityId }) => [authorityId, fixtures.REFERRALS]))
  let mixed = 0
  const turn = async (index: number) => {
    const world = worlds[index % worlds.length]!
    const expected = index % 5 === 0 || index % 7 === 0 ? 'fails' : 'succeeds'
    const outcome = await takeTurn(database, world, index).then(
      (foreign) => {
        mixed += foreign
        recorded.set(world.authorityId, recorded.get(world.authorityId)! + 1)
        return 'succeeds'
      },
      () => 'fails',
    )
    if (outcome !== expected) t.fail(`turn ${index} ${outcome}`)
  }
  // Twenty at a time, for five connections.
  await Promise.all(
    Array.from({ length: 20 }, async (_, lane) => {
      for (let index = lane; index < 600; index += 20) await turn(index)
    }),
  )
  t.equal(mixed, 0)
  for (const { authorityId } of worlds) {
    const rows = await database.withTenant(authorityId, (tx) => tx.select().from(tables.referrals))
    t.equal(rows.length, recorded.get(authorityId))
    t.ok(rows.every((row) => row.authorityId === authorityId))
  }
})

/** Records a referral and counts what it sees of others; every fifth turn throws, every seventh is refused. */
async function takeTurn(database: Database, world: fixtures.Planted, index: number): Promise<number> {
  return database.withTenant(world.authorityId, async (tx) => {
    await tx.insert(tables.referrals).values(fixtures.referralRow(world))
    const rows = await tx.select().from(tables.referrals)
    if (index % 5 === 0) throw new Error('on purpose')
    if (index % 7 === 0) await tx.execute(sql`select 1 / 0`)
    return rows.filter(({ authorityId }) => authorityId !== world.authorityId).length
  })
}

// PGlite has one connection in any case, and takes its time.
const TURNS = url ? 2000 : 250

t.test('two authorities on one connection, again and again, with failures between, never meet', async (t) => {
  const database = url
    ? await openDatabase({ url: await postgresCopy(t, url), max: 1, statementTimeoutMs: 60 })
    : await testDatabase(t)
  if (url) t.teardown(() => database.close())
  const worlds = [await fixtures.plant(database), await fixtures.plant(database)]
  const wrong: unknown[] = []
  // Not for a tenant, not in a transaction, on the same connection: what is left there would be seen.
  const left = sql`select current_user = session_user as "isItself", coalesce(current_setting('app.authority', true), '') as authority`
  for (let index = 0; index < TURNS; index += 1) {
    const { authorityId } = worlds[index % 2]!
    const failing = FAILURES[index % 50]
    const seen = await database
      .withTenant(authorityId, async (tx) => {
        const { rows } = await tx.execute<{ of: string }>(sql`select distinct authority_id as of from referrals`)
        if (failing && (url || !failing.isOfServers)) await failing.happen(tx)
        return rows.map((row) => row.of)
      })
      .catch(() => undefined)
    if (seen ? seen.join() !== authorityId : !failing) wrong.push({ index, seen })
    if (index % 10 > 0) continue
    const { rows } = await database.db.execute<{ isItself: boolean; authority: string }>(left)
    if (!rows[0]?.isItself || rows[0].authority !== '') wrong.push({ index, left: rows })
  }
  t.same(wrong, [])
  tally(t, 'cross_authority', { held: TURNS - wrong.length, of: TURNS })
})

// The fault this guards against is the PGlite adapter's: on a server each failure only costs a new connection.
if (!url) {
  t.test('300 failing statements outside a transaction leave 300 right answers', async (t) => {
    const database = await testDatabase(t)
    const wrong: unknown[] = []
    for (let index = 0; index < 300; index += 1) {
      await database.pool.query('select 1 / $1::integer', [0]).then(
        () => wrong.push(index),
        () => {},
      )
      const { rows } = await database.pool.query('select $1::integer as answer', [index])
      if (rows[0]?.answer !== index) wrong.push(rows)
    }
    t.same(wrong, [])
  })
}

// PGlite has no time limits, no second session and no network: the rest can only happen on a server.
if (url) serverTests(url)

function serverTests(url: string): void {
  t.test('a statement beyond its time ends as unavailable, and the connection is clean', async (t) => {
    const database = await openDatabase({ url: await postgresCopy(t, url), max: 1, statementTimeoutMs: 200 })
    t.teardown(() => database.close())
    const [world, other] = [await fixtures.plant(database), await fixtures.plant(database)]
    const slow = database.withTenant(world.authorityId, async (tx) => {
      await tx.insert(tables.referrals).values(fixtures.referralRow(world))
      await tx.execute(sql`select pg_sleep(5)`)
    })
    await t.rejects(slow, { name: 'DatabaseUnavailable', sqlstate: '57014', recorded: 'no' })
    const rows = await database.withTenant(other.authorityId, (tx) => tx.select().from(tables.referrals))
    t.same(
      rows.map(({ authorityId }) => authorityId),
      Array.from({ length: fixtures.REFERRALS }, () => other.authorityId),
    )
  })

  t.test(
    'a connection cut between statements or during one ends as unavailable; the next request is served',
    async (t) => {
      const database = await openDatabase({ url: await postgresCopy(t, url), max: 2 })
      t.teardown(() => database.close())
      const world = await fixtures.plant(database)
      for (const pauseMs of [0, 100]) {
        const cut = database.withTenant(world.authorityId, async (tx) => {
          const { rows } = await tx.execute<{ pid: number }>(sql`select pg_backend_pid() as pid`)
          await database.pool.query('select pg_terminate_backend($1)', [rows[0]!.pid])
          await new Promise((resolve) => setTimeout(resolve, pauseMs))
          await tx.execute(sql`select 1`)
        })
        await t.rejects(cut, { name: 'DatabaseUnavailable', recorded: 'no' })
        await database.ping()
      }
    },
  )

  t.test('a network that falls silent is given up, and its connection is not used again', async (t) => {
    const proxy = await openProxy(t, await postgresCopy(t, url))
    const database = await openDatabase({ url: proxy.url, max: 1, statementTimeoutMs: 100 })
    t.teardown(() => database.close())
    const world = await fixtures.plant(database)
    const asked = database.withTenant(world.authorityId, async (tx) => {
      proxy.set({ hang: true })
      await tx.execute(sql`select 1`)
    })
    await t.rejects(asked, { name: 'DatabaseUnavailable', recorded: 'no' })
    proxy.set({})
    const rows = await database.withTenant(world.authorityId, (tx) => tx.select().from(tables.referrals))
    t.equal(rows.length, fixtures.REFERRALS)
    t.equal(proxy.connections(), 2)
  })

  t.test('a snapshot sees nothing of what others commit while it reads; an ordinary transaction does', async (t) => {
    const database = await openDatabase({ url: await postgresCopy(t, url), max: 4 })
    t.teardown(() => database.close())
    for (const isSnapshot of [true, false]) {
      const world = await fixtures.plant(database)
      const count = async (tx: TenantTx) => (await tx.select().from(tables.referrals)).length
      const write = (tx: TenantTx) => tx.insert(tables.referrals).values(fixtures.referralRow(world))
      const read = async (tx: TenantTx) => {
        const before = await count(tx)
        await database.withTenant(world.authorityId, write)
        return (await count(tx)) - before
      }
      t.equal(await database.withTenant(world.authorityId, read, undefined, { isSnapshot }), isSnapshot ? 0 : 1)
    }
  })

  t.test('silence at commit: it is not known whether the work was recorded', async (t) => {
    const proxy = await openProxy(t, await postgresCopy(t, url))
    const database = await openDatabase({ url: proxy.url, max: 1, statementTimeoutMs: 100 })
    t.teardown(() => database.close())
    const world = await fixtures.plant(database)
    const row = fixtures.referralRow(world)
    const asked = database.withTenant(world.authorityId, async (tx) => {
      await tx.insert(tables.referrals).values(row)
      proxy.set({ deaf: true })
    })
    await t.rejects(asked, { name: 'DatabaseUnavailable', recorded: 'unknown' })
    proxy.set({})
    const rows = await database.withTenant(world.authorityId, (tx) => tx.select().from(tables.referrals))
    t.ok(
      rows.some(({ id }) => id === row.id),
      'here it was, only the answer was lost',
    )
  })

  t.test(
    'a server that does not even begin is given up sooner than a statement, and not waited for again',
    async (t) => {
      const proxy = await openProxy(t, await postgresCopy(t, url))
      const database = await openDatabase({ url: proxy.url, max: 1, beginTimeoutMs: 100 })
      t.teardown(() => database.close())
      const world = await fixtures.plant(database)
      proxy.set({ hang: true })
      const asked = database.withTenant(world.authorityId, async () => t.fail('nothing has begun'))
      await t.rejects(asked, { name: 'DatabaseUnavailable', recorded: 'no' })
      proxy.set({})
      const before = proxy.connections()
      const rows = await database.withTenant(world.authorityId, (tx) => tx.select().from(tables.referrals))
      t.equal(rows.length, fixtures.REFERRALS)
      t.equal(proxy.connections(), before + 1, 'on another connection')
    },
  )
}
