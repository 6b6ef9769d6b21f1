import { mkdir, realpath } from 'node:fs/promises'
import { join } from 'node:path'
import type { PGlite } from '@electric-sql/pglite'
import pg from 'pg'
import { type Lending, withClient } from './checkout.ts'
import { type DirectoryLock, lockDirectory } from './directory-lock.ts'
import { isDatabaseFailure, toDatabaseError } from './errors.ts'
import { MIGRATIONS_FOLDER, migrateOn, type SchemaState, schemaStateOn } from './migrate.ts'
import { Places, type Priority } from './places.ts'
import { type Weakness, weaknessesOn } from './protection.ts'
import { type Acting, type TenantTx, withoutTenant, withTenant } from './tenant.ts'
import { inTransaction, type Orm, orm, type Transaction } from './transaction.ts'
import { useVault, type Vault } from './vault.ts'

export type DatabaseOptions = (
  | { readonly url: string; readonly max?: number }
  | { readonly dataDir: string }
  | { readonly pglite: PGlite }
) & {
  /** The longest a statement of a tenant may take. PGlite does not enforce it. */
  readonly statementTimeoutMs?: number
  /** The longest to wait for a free connection. */
  readonly connectTimeoutMs?: number
  /** The keys that the database does not hold. Without them nothing about a referral can be recorded. */
  readonly vault?: Vault
  /** The longest that a server may take to begin a transaction. */
  readonly beginTimeoutMs?: number
}

/** How a transaction is carried out. */
export interface How {
  /** Ordinary where left out. */
  readonly priority?: Priority | undefined
  /** Whether everything is read as it was at one instant, whatever others write meanwhile (REPEATABLE READ). */
  readonly isSnapshot?: boolean | undefined
}

export interface Database {
  readonly engine: 'postgres' | 'pglite'
  /** Without tenant and without translated errors: for tests and diagnosis. Features use `withTenant`. */
  readonly db: Orm
  readonly pool: pg.Pool
  /**
   * Runs `fn` in one transaction as the unprivileged role, scoped to one authority: on behalf of an account, or of the
   * service itself where none is given. What is ordinary leaves some connections free for what is urgent.
   */
  withTenant<T>(authorityId: string, fn: (tx: TenantTx) => Promise<T>, acting?: Acting, how?: How): Promise<T>
  /** The same for no authority: it sees the register of authorities alone. */
  withoutTenant<T>(fn: (tx: Transaction) => Promise<T>, priority?: Priority): Promise<T>
  /**
   * Runs `fn` in one transaction with the rights of the connection: for set-up only (authorities, accounts, roles).
   * An owner who is no superuser calls `setAuthority` before it writes to a tenant table.
   */
  asOwner<T>(fn: (tx: Transaction) => Promise<T>): Promise<T>
  /** Applies the pending migrations. Throws SchemaMismatch when the database is ahead of this code. */
  migrate(folder?: string): Promise<void>
  schemaState(): Promise<SchemaState>
  /** Whether every migration of this code has been applied, and no other. */
  schemaIsCurrent(): Promise<boolean>
  /** What of that which keeps authorities apart does not hold, read from the catalogue with the rights of the connection. */
  weaknesses(): Promise<Weakness[]>
  /** Whether records can be written: a standby that took over, or is about to, can only be read. */
  isWritable(): Promise<boolean>
  /** Throws DatabaseUnavailable when the database does not answer. */
  ping(): Promise<void>
  /** Ends every connection and gives the folder free; may be called twice. */
  close(): Promise<void>
}

const CONNECTIONS_MAX = 10
const CONNECT_TIMEOUT_MS = 5_000
/** An embedded database does one thing at a time, and some take long. */
const EMBEDDED_WAIT_MS = 10_000
/** To begin a transaction takes a server no time. */
const BEGIN_TIMEOUT_MS = 4_000
const STATEMENT_TIMEOUT_MS = 10_000
/** Added to the statement timeout for a server, or a network, that does not even say that time is up. */
const SILENCE_MS = 2_000

/**
 * Opens PostgreSQL by URL, or an embedded PGlite in a folder or as given; one type for all.
 * Neither connects nor migrates a PostgreSQL yet: `ping` does the one, `migrate` the other.
 *
 * @throws DirectoryLocked when another process has the folder open.
 */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  if ('url' in options) return databaseOn('postgres', openPool(options), options, async () => {})
  const { lite, lock } = 'pglite' in options ? { lite: options.pglite } : await openFolder(options.dataDir)
  // Loaded only where it is used: PGlite takes long to load, and much memory.
  const { LitePool } = await import('./lite-pool.ts')
  const pool = new LitePool(lite, options.connectTimeoutMs ?? EMBEDDED_WAIT_MS)
  return databaseOn('pglite', pool, options, async () => {
    await lite.close()
    lock?.release()
  })
}

function databaseOn(
  engine: Database['engine'],
  pool: pg.Pool,
  options: DatabaseOptions,
  afterClose: () => Promise<void>,
): Database {
  // Without a listener an error on an idle connection would end the process. The pool replaces the connection.
  pool.on('error', () => {})
  const statementTimeoutMs = engine === 'postgres' ? statementTimeout(options) : undefined
  const lending = lendingOf(engine, pool, options)
  const urgent = lending('urgent')
  const schemaState = () => ask(urgent, (client) => schemaStateOn(client, MIGRATIONS_FOLDER))
  let closing: Promise<void> | undefined
  return {
    engine,
    db: orm(pool),
    pool,
    withTenant: (authorityId, fn, acting, { priority = 'ordinary', isSnapshot = false } = {}) =>
      withTenant({ ...lending(priority), statementTimeoutMs, isSnapshot }, { authorityId, acting }, (tx) => {
        useVault(tx, options.vault)
        return fn(tx)
      }),
    withoutTenant: (fn, priority = 'ordinary') => withoutTenant(lending(priority), fn),
    asOwner: (fn) => inTransaction(urgent, async () => {}, fn),
    migrate: (folder = MIGRATIONS_FOLDER) =>
      'url' in options
        ? migrateByUrl(options.url, folder)
        : ask(urgent, (client) => migrateOn(client, { folder, isShared: false })),
    schemaState,
    async schemaIsCurrent() {
      const { pending, unknown, edited } = await schemaState()
      return pending + unknown + edited === 0
    },
    weaknesses: () => ask(urgent, (client) => weaknessesOn(client, engine)),
    async isWritable() {
      const { rows } = await ask(urgent, (client) => client.query(`show transaction_read_only`))
      return rows[0]?.transaction_read_only === 'off'
    },
    async ping() {
      await ask(urgent, (client) => client.query('select 1'))
    },
    close() {
      closing ??= pool.end().then(afterClose)
      return closing
    },
  }
}

/** The connections of one pool, lent by priority. */
function lendingOf(engine: Database['engine'], pool: pg.Pool, options: DatabaseOptions) {
  const isServer = engine === 'postgres'
  const waitMs = options.connectTimeoutMs ?? (isServer ? CONNECT_TIMEOUT_MS : EMBEDDED_WAIT_MS)
  const places = new Places({ max: pool.options.max, waitMs })
  const beginTimeoutMs = isServer ? (options.beginTimeoutMs ?? BEGIN_TIMEOUT_MS) : undefined
  return (priority: Priority): Lending => ({ pool, places, priority, beginTimeoutMs })
}

function openPool(options: Extract<DatabaseOptions, { url: string }>): pg.Pool {
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.max ?? CONNECTIONS_MAX,
    connectionTimeoutMillis: options.connectTimeoutMs ?? CONNECT_TIMEOUT_MS,
    query_timeout: statementTimeout(options) + SILENCE_MS,
    keepAlive: true,
    application_name: 'threshold',
  })
  // A connection that breaks while it is lent emits an error, which without a listener would end the process; the next
  // statement on it fails with the same news. From its first moment: the news may come in one packet with the greeting.
  pool.on('connect', (client) => void client.on('error', () => {}))
  return pool
}

/**
 * Lock and data lie side by side in the folder, so that it may be a mounted volume and is moved or deleted whole.
 * Nothing is ever wiped: a folder that does not open is left for its owner to look at.
 */
async function openFolder(dataDir: string): Promise<{ lite: PGlite; lock: DirectoryLock }> {
  await mkdir(dataDir, { recursive: true })
  const folder = await realpath(dataDir)
  const lock = await lockDirectory(join(folder, 'threshold.lock'))
  try {
    const { PGlite } = await import('@electric-sql/pglite')
    return { lite: await PGlite.create(join(folder, 'postgres')), lock }
  } catch (cause) {
    lock.release()
    throw new Error(`The database folder ${folder} could not be opened; it was left as it is.`, { cause })
  }
}

/** On a connection of its own: a migration may take longer than any statement of a request. */
async function migrateByUrl(url: string, folder: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, application_name: 'threshold migrate' })
  client.on('error', () => {})
  try {
    await client.connect()
    await migrateOn(client, { folder, isShared: true })
  } catch (error) {
    throw safe(error)
  } finally {
    await client.end()
  }
}

/** One connection for a question of our own; its errors are made safe like those of a transaction. */
async function ask<T>(lending: Lending, use: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  try {
    return await withClient(lending, use)
  } catch (error) {
    throw safe(error)
  }
}

function safe(error: unknown): unknown {
  return isDatabaseFailure(error) ? toDatabaseError(error) : error
}

function statementTimeout(options: DatabaseOptions): number {
  return options.statementTimeoutMs ?? STATEMENT_TIMEOUT_MS
}
