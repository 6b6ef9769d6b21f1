import { randomUUID } from 'node:crypto'
import { inspect } from 'node:util'
import t from 'tap'
import { openDatabase } from '../../src/db/connect.ts'
import { sql } from '../../src/db/drizzle.ts'
import { DatabaseError, DatabaseUnavailable, toDatabaseError } from '../../src/db/errors.ts'
import * as tables from '../../src/db/tables/index.ts'
import type { TenantTx } from '../../src/db/tenant.ts'
import { postgresUrl, testDatabase } from '../support/database.ts'
import * as fixtures from './fixtures.ts'

const database = await testDatabase(t)
const world = await fixtures.plant(database)

// Its second line looks like a frame of a stack, which is all that is kept of one.
const CANARY = 'Canary Child\n    at canary (file:///canary:1:1)'

/** Everything that a log or an answer could show of an error. */
function shown(error: Error): string {
  const all = inspect(error, { showHidden: true, depth: 10, getters: true })
  return [all, JSON.stringify(error), error.message, error.stack, String(error.cause)].join('\n')
}

const REFUSED: Record<string, { sqlstate: string; statement: (tx: TenantTx) => Promise<unknown> }> = {
  'a key that exists, whose values the detail quotes': {
    sqlstate: '23505',
    statement: async (tx) => {
      const row = fixtures.referralRow(world, { reference: CANARY })
      await tx.insert(tables.referrals).values(row)
      await tx.insert(tables.referrals).values({ ...row, id: randomUUID() })
    },
  },
  'a check, whose detail quotes the row': {
    sqlstate: '23514',
    statement: (tx) =>
      tx.insert(tables.referralRevisions).values(fixtures.revisionRow(world, { revision: 0, content: CANARY })),
  },
  'a null, whose detail quotes the row': {
    sqlstate: '23502',
    statement: (tx) =>
      tx
        .insert(tables.referralRevisions)
        .values(fixtures.revisionRow(world, { content: CANARY, contentHash: sql`null` as never })),
  },
  'a text that is no number, which the message quotes': {
    sqlstate: '22P02',
    statement: (tx) => tx.execute(sql`select ${CANARY}::integer`),
  },
  'a statement with a value written into it': {
    sqlstate: '42703',
    statement: (tx) => tx.execute(sql.raw(`select ${JSON.stringify(CANARY)}`)),
  },
}

t.test('an error that leaves a transaction carries its code and no value', async (t) => {
  for (const [name, { sqlstate, statement }] of Object.entries(REFUSED)) {
    for (const run of [database.asOwner.bind(null), database.withTenant.bind(null, world.authorityId)]) {
      const error: unknown = await run(async (tx) => {
        await tx.execute(sql`select set_config('app.authority', ${world.authorityId}, true)`)
        await statement(tx)
      }).catch((refusal: unknown) => refusal)
      if (!(error instanceof DatabaseError) || error instanceof DatabaseUnavailable) throw error
      t.equal(error.sqlstate, sqlstate, name)
      t.notMatch(shown(error), /canary/i)
      t.match(error.stack, /errors\.test\.ts/, 'the stack still leads to the statement')
    }
  }
})

t.test('the names of table and constraint are kept', async (t) => {
  const refused = database.withTenant(world.authorityId, (tx) =>
    tx.insert(tables.referrals).values(fixtures.referralRow(world, { reference: 'R-1' })),
  )
  const message = 'The database refused a statement (23505: referrals_reference_key, table referrals)'
  const names = { constraint: 'referrals_reference_key', table: 'referrals', routine: '_bt_check_unique' }
  await t.rejects(refused, { name: 'DatabaseError', message, ...names })
})

t.test('another error passes unchanged, and nothing is recorded', async (t) => {
  const row = fixtures.referralRow(world)
  for (const own of [
    new RangeError('ours'),
    Object.assign(new Error('a file'), { code: 'ENOENT' }),
    'not even an error',
  ]) {
    const thrown = await database
      .withTenant(world.authorityId, async (tx) => {
        await tx.insert(tables.referrals).values(row)
        throw own
      })
      .catch((error) => error)
    t.equal(thrown, own)
  }
  const left = await database.withTenant(world.authorityId, (tx) =>
    tx.query.referrals.findFirst({ where: (referral, { eq }) => eq(referral.id, row.id) }),
  )
  t.equal(left, undefined)
})

t.test('an error that was caught and swallowed does not pass for success', async (t) => {
  const row = fixtures.referralRow(world)
  const swallowed = database.withTenant(world.authorityId, async (tx) => {
    await tx.insert(tables.referrals).values(row)
    await tx.execute(sql`select 1 / 0`).catch(() => {})
    return 'recorded'
  })
  await t.rejects(swallowed, { name: 'DatabaseError', sqlstate: '25P02' })
})

t.test('within a savepoint an error may be caught, and the rest is recorded', async (t) => {
  const row = fixtures.referralRow(world)
  await database.withTenant(world.authorityId, async (tx) => {
    await tx.insert(tables.referrals).values(row)
    await tx.transaction((inner) => inner.execute(sql`select 1 / 0`)).catch(() => {})
  })
  const left = await database.withTenant(world.authorityId, (tx) =>
    tx.query.referrals.findFirst({ where: (referral, { eq }) => eq(referral.id, row.id) }),
  )
  t.equal(left?.id, row.id)
})

t.test('no server, no free connection and a closed pool mean: unavailable', async (t) => {
  const absent = await openDatabase({ url: 'postgres://nobody:Canary@127.0.0.1:1/none' })
  const { ping, migrate, schemaIsCurrent, asOwner } = absent
  for (const ask of [ping, migrate, schemaIsCurrent, () => asOwner(async () => {})]) {
    const error = await ask().catch((refusal: unknown) => refusal)
    if (!(error instanceof DatabaseUnavailable)) throw error
    t.match(error, { message: 'The database is unavailable (ECONNREFUSED)', recorded: 'no' })
    t.notMatch(shown(error), /canary/i)
  }
  await absent.close()
  await absent.close()
  await t.rejects(absent.ping(), { name: 'DatabaseUnavailable' })
})

t.test('a transaction that waits for itself is told so in time', async (t) => {
  const url = postgresUrl()
  const { PGlite } = await import('@electric-sql/pglite')
  const given = url ? { url, max: 1 } : { pglite: await PGlite.create() }
  const single = await openDatabase({ ...given, connectTimeoutMs: 300 })
  t.teardown(() => single.close())
  const waiting = single.asOwner(() => single.asOwner(async () => 'never'))
  await t.rejects(waiting, { name: 'DatabaseUnavailable' })
  await single.ping()
})

t.test('each code is put in its class: refused, or not available now', async (t) => {
  const cases: Record<string, string[]> = {
    DatabaseUnavailable: ['08006', '28P01', '3D000', '53300', '53100', '57P01', '57P03', '57014', '58030', '25006'],
    DatabaseError: ['23505', '23514', '40001', '40P01', '42501', '22P02', '25P02', '55P03', 'XX000'],
  }
  for (const [name, codes] of Object.entries(cases)) {
    for (const code of codes) {
      const raw = Object.assign(new Error('raw'), { severity: 'ERROR', code, detail: CANARY })
      t.match(toDatabaseError(raw), { name, sqlstate: code })
    }
  }
  for (const code of ['ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EHOSTUNREACH']) {
    t.match(toDatabaseError(Object.assign(new Error(CANARY), { code })), { name: 'DatabaseUnavailable' }, code)
  }
  const safe = new DatabaseError({ sqlstate: '40001' })
  t.equal(toDatabaseError(safe), safe)
})
