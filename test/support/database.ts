import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import pg from 'pg'
import { type Database, openDatabase } from '../../src/db/connect.ts'
import { memoryKeys, type Vault, vaultOver } from '../../src/db/vault.ts'

/**
 * Whether claims of what survives a kill are made here: of PostgreSQL only, since the embedded database is for trying out.
 * `TEST_FAULTS=all` tries them there as well. As the option `skip` of a test.
 */
export function skipKills(): string | false {
  const isTried = process.env['TEST_DATABASE_URL'] !== undefined || process.env['TEST_FAULTS'] === 'all'
  return isTried ? false : 'claims of durability are made of PostgreSQL'
}

export interface Teardown {
  teardown(fn: () => Promise<void>): void
}

/** The migrated database from which each test file's own is copied. */
export const TEMPLATE = 'threshold_template'

/** The PostgreSQL of this lane of `npm test`; undefined in the PGlite lane. */
export function postgresUrl(): string | undefined {
  return process.env.TEST_DATABASE_URL
}

/** A machine that has much else to do is no fault of the database; what holds when it is slow is tested by itself. */
const PATIENT = { connectTimeoutMs: 30_000, beginTimeoutMs: 30_000 }

/** A migrated database of one test file's own, on whichever engine `npm test` is running; closed with the test. */
export async function testDatabase(t: Teardown): Promise<Database> {
  const url = postgresUrl()
  const vault = vaultOver(memoryKeys())
  const database = url
    ? await openDatabase({ url: await postgresCopy(t, url), max: 5, vault, ...PATIENT })
    : await pgliteCopy(vault)
  t.teardown(() => database.close())
  return database
}

/** The URL of a copy of the migrated template on the server at `url`; dropped with the test. */
export async function postgresCopy(t: Teardown, url: string): Promise<string> {
  // Its files are copied: by way of the log, as is usual, it takes up to ten times as long.
  return postgresDatabase(t, url, `template ${TEMPLATE} strategy file_copy`)
}

/** The URL of a new database on the server at `url`, made with `options` of create database; dropped with the test. */
export async function postgresDatabase(t: Teardown, url: string, options = ''): Promise<string> {
  const name = `t_${randomUUID().replaceAll('-', '')}`
  await runOnServer(url, `create database ${name} ${options}`)
  t.teardown(() => runOnServer(url, `drop database ${name} with (force)`))
  return onDatabase(url, name)
}

/** The same server and user, another database. */
export function onDatabase(url: string, name: string): string {
  return Object.assign(new URL(url), { pathname: `/${name}` }).href
}

/** Runs one statement on a connection of its own; what CREATE DATABASE and its like need. */
export async function runOnServer(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query(statement).finally(() => client.end())
}

async function pgliteCopy(vault: Vault): Promise<Database> {
  const { PGlite } = await import('@electric-sql/pglite')
  const dump = process.env.TEST_PGLITE_DUMP
  const options = dump ? { loadDataDir: new Blob([await readFile(dump)]) } : {}
  const database = await openDatabase({ pglite: await PGlite.create(options), vault })
  // Run by hand, a single file has no dump to start from.
  if (!dump) await database.migrate()
  return database
}
