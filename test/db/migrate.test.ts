import { randomUUID } from 'node:crypto'
import { globSync } from 'node:fs'
import { basename } from 'node:path'
import pg from 'pg'
import t, { type Test } from 'tap'
import { type Database, openDatabase } from '../../src/db/connect.ts'
import { MIGRATIONS_FOLDER } from '../../src/db/migrate.ts'
import * as tables from '../../src/db/tables/index.ts'
import {
  onDatabase,
  postgresCopy,
  postgresDatabase,
  postgresUrl,
  runOnServer,
  testDatabase,
} from '../support/database.ts'
import * as fixtures from './fixtures.ts'

const url = postgresUrl()
const files = globSync('*.sql', { cwd: MIGRATIONS_FOLDER }).sort()

async function emptyDatabase(t: Parameters<typeof testDatabase>[0]): Promise<Database> {
  const { PGlite } = await import('@electric-sql/pglite')
  const database = await openDatabase(url ? { url: await postgresDatabase(t, url) } : { pglite: await PGlite.create() })
  t.teardown(() => database.close())
  return database
}

async function applied(database: Database): Promise<unknown[]> {
  return (await database.pool.query('select * from drizzle.__drizzle_migrations order by id')).rows
}

t.test('the journal lists every file once, numbered in order, each later than the one before', async (t) => {
  const { default: journal } = await import('../../migrations/meta/_journal.json', { with: { type: 'json' } })
  const entries: { tag: string; when: number; idx: number }[] = journal.entries
  t.same(
    entries.map(({ tag }) => `${tag}.sql`),
    files.map((file) => basename(file)),
  )
  for (const [index, { tag, when, idx }] of entries.entries()) {
    t.ok(tag.startsWith(String(index + 1).padStart(4, '0')) && idx === index, tag)
    t.ok(when > (entries[index - 1]?.when ?? 0), tag)
  }
})

t.test('migrating an empty database makes the schema current; once more changes nothing', async (t) => {
  const database = await emptyDatabase(t)
  t.same(await database.schemaState(), { pending: files.length, unknown: 0, edited: 0 })
  t.equal(await database.schemaIsCurrent(), false)
  await database.migrate()
  const before = await applied(database)
  t.equal(before.length, files.length)
  t.equal(await database.schemaIsCurrent(), true)
  await database.migrate()
  t.same(await applied(database), before)
})

t.test('older code refuses a database that newer code has migrated, and leaves it as it is', async (t) => {
  const database = await testDatabase(t)
  await database.pool.query(
    `insert into drizzle.__drizzle_migrations (hash, created_at) values ('newer', 4102444800000)`,
  )
  const before = await applied(database)
  const message = /has 1 migration\(s\) that this version does not know/
  await t.rejects(database.migrate(), { name: 'SchemaMismatch', message, state: { unknown: 1, edited: 0 } })
  t.same(await applied(database), before)
  t.equal(await database.schemaIsCurrent(), false)
})

t.test('a migration edited after it was applied is noticed', async (t) => {
  const database = await testDatabase(t)
  await database.pool.query(`update drizzle.__drizzle_migrations set hash = 'other' where id = 3`)
  await t.rejects(database.migrate(), { name: 'SchemaMismatch', message: /with another text/ })
  t.equal(await database.schemaIsCurrent(), false)
})

/** A folder with these migrations, in this order. */
function folderOf(t: Test, files: Readonly<Record<string, string>>): string {
  const entries = Object.keys(files).map((tag, idx) => ({ version: '7', breakpoints: true, idx, when: idx + 1, tag }))
  return t.testdir({
    meta: { '_journal.json': JSON.stringify({ version: '7', dialect: 'postgresql', entries }) },
    ...Object.fromEntries(Object.entries(files).map(([tag, sql]) => [`${tag}.sql`, sql])),
  })
}

t.test('a migration that fails is named with its line, and nothing of the run remains', async (t) => {
  const database = await emptyDatabase(t)
  const folder = folderOf(t, {
    '0001_right': 'create table first (id uuid);',
    '0002_wrong': '-- A table.\ncreate table second (id uuid);\nalter table absent add column a text;\n',
  })
  await t.rejects(database.migrate(folder), { message: /^Migration 2 of 2.*42P01.*"absent" does not exist/ })
  const { rows } = await database.pool.query(`select relname from pg_class where relname in ('first', 'second')`)
  t.same(rows, [])
  await database.migrate()
})

// PGlite has one process and one user: the rest can only happen on a server.
if (url) serverTests(url)

function serverTests(url: string): void {
  t.test('a migration does not wait for long for a table that somebody reads, and changes nothing', async (t) => {
    const fresh = await postgresDatabase(t, url)
    const database = await openDatabase({ url: fresh })
    t.teardown(() => database.close())
    const first = { '0001_first': 'create table first (id uuid);' }
    const second = { '0002_second': 'create table second (id uuid);\nalter table first add column a text;' }
    await database.migrate(folderOf(t, first))
    const reader = new pg.Client({ connectionString: fresh })
    await reader.connect()
    await reader.query('begin; lock table first in access share mode')
    const folder = folderOf(t, { ...first, ...second })
    await t.rejects(database.migrate(folder), {
      message: /^Migration 2 of 2.*55P03.*somebody else uses a table.*again/,
    })
    await reader.end()
    const { rows } = await database.pool.query(`select relname from pg_class where relname = 'second'`)
    t.same(rows, [])
    await database.migrate(folder)
  })

  t.test('several instances that start at once migrate once', async (t) => {
    const fresh = await postgresDatabase(t, url)
    const instances = await Promise.all([1, 2, 3].map(() => openDatabase({ url: fresh })))
    t.teardown(async () => {
      await Promise.all(instances.map((instance) => instance.close()))
    })
    await Promise.all(instances.map((instance) => instance.migrate()))
    t.equal((await applied(instances[0]!)).length, files.length)
  })

  t.test('an owner who is no superuser can migrate and set up, and sees one authority at a time', async (t) => {
    const role = await loginRole(t, url)
    const owned = asRole(await postgresDatabase(t, url, `owner ${role}`), role)
    const database = await openDatabase({ url: owned })
    t.teardown(() => database.close())
    await database.migrate()
    const world = await fixtures.plant(database)
    await fixtures.plant(database)
    t.equal(await database.schemaIsCurrent(), true)
    t.same(await database.asOwner((tx) => tx.select().from(tables.referrals)), [])
    const rows = await database.withTenant(world.authorityId, (tx) => tx.select().from(tables.referrals))
    t.equal(rows.length, fixtures.REFERRALS)
  })

  t.test('a login that is only a member of the role serves requests, and can do nothing else', async (t) => {
    const copy = await postgresCopy(t, url)
    const planting = await openDatabase({ url: copy })
    const world = await fixtures.plant(planting)
    await planting.close()
    const database = await openDatabase({ url: asRole(copy, await loginRole(t, url)) })
    t.teardown(() => database.close())
    t.equal(await database.schemaIsCurrent(), true)
    const rows = await database.withTenant(world.authorityId, (tx) => tx.select().from(tables.referrals))
    t.equal(rows.length, fixtures.REFERRALS)
    const direct = database.asOwner((tx) => tx.select().from(tables.referrals))
    await t.rejects(direct, { name: 'DatabaseError', sqlstate: '42501' })
  })
}

async function loginRole(t: Parameters<typeof testDatabase>[0], url: string): Promise<string> {
  const role = `r_${randomUUID().replaceAll('-', '')}`
  await runOnServer(onDatabase(url, 'postgres'), `create role ${role} login noinherit password 'secret'`)
  t.teardown(() => runOnServer(url, `drop role ${role}`))
  await runOnServer(url, `grant threshold_app to ${role} with inherit false, set true`)
  return role
}

function asRole(url: string, role: string): string {
  return Object.assign(new URL(url), { username: role, password: 'secret' }).href
}
