import { fileURLToPath } from 'node:url'
import type { MigrationMeta } from 'drizzle-orm/migrator'
import type pg from 'pg'
import { DrizzleQueryError, drizzle, migrate, readMigrationFiles } from './drizzle.ts'
import { toDatabaseError } from './errors.ts'

export const MIGRATIONS_FOLDER = fileURLToPath(new URL('../../migrations', import.meta.url))

/** How the schema of a database stands to the migrations of this code, as counts. */
export interface SchemaState {
  /** Known here, not applied there. */
  readonly pending: number
  /** Applied there, not known here: the database was migrated by newer code. */
  readonly unknown: number
  /** Known here and applied there, but with another text. */
  readonly edited: number
}

/** The database was migrated by code that this code does not agree with; nothing was changed. */
export class SchemaMismatch extends Error {
  readonly state: SchemaState

  constructor(state: SchemaState) {
    const { unknown, edited } = state
    super(
      unknown > 0
        ? `The database has ${unknown} migration(s) that this version does not know: run a version at least ` +
            'as new as the one that migrated it. Nothing was changed.'
        : `${edited} migration(s) were applied to the database with another text: a merged migration is never ` +
            'edited. Nothing was changed.',
    )
    this.name = 'SchemaMismatch'
    this.state = state
  }
}

/** A migration that waits for a table makes all who come after it wait: behind a dump it gives up, and nothing has changed. */
const LOCK_MS = 5000

/** Any number will do, as long as every instance takes the same. */
const MIGRATION_LOCK = 72_107

export interface MigrateOptions {
  readonly folder: string
  /** Whether other processes may migrate at the same time; PGlite has one process, and its locks exclude nobody. */
  readonly isShared: boolean
}

/**
 * Applies the pending migrations, all in one transaction. Where others share the database the caller gives a connection
 * of its own and ends it afterwards: the lock is held until then.
 *
 * @throws SchemaMismatch when the database is ahead of this code or was migrated with other texts.
 */
export async function migrateOn(client: pg.ClientBase, { folder, isShared }: MigrateOptions): Promise<void> {
  const known = readMigrationFiles({ migrationsFolder: folder })
  if (isShared) {
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK])
    await client.query(`set lock_timeout = ${LOCK_MS}`)
  }
  const state = compare(known, await appliedOn(client))
  if (state.unknown > 0 || state.edited > 0) throw new SchemaMismatch(state)
  await migrate(drizzle({ client: client as pg.Client }), { migrationsFolder: folder }).catch((error: unknown) => {
    throw failedMigration(error, known)
  })
}

/** Compares the schema with `folder`, needing no more rights than the unprivileged role has. */
export async function schemaStateOn(client: pg.ClientBase, folder: string): Promise<SchemaState> {
  const known = readMigrationFiles({ migrationsFolder: folder })
  await client.query('begin')
  try {
    await client.query(
      `select set_config('role', rolname, true) from pg_roles
       where rolname = 'threshold_app' and pg_has_role(current_user, oid, 'set')`,
    )
    return compare(known, await appliedOn(client))
  } finally {
    await client.query('rollback')
  }
}

interface Applied {
  readonly hash: string
  readonly when: number
}

/** The list is made before the first migration, which lets it be read: one broken off there has applied nothing. */
async function appliedOn(client: pg.ClientBase): Promise<readonly Applied[]> {
  const { rows: found } = await client.query(
    `select from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = 'drizzle' and c.relname = '__drizzle_migrations'
       and has_schema_privilege(n.oid, 'usage') and has_table_privilege(c.oid, 'select')`,
  )
  if (found.length === 0) return []
  const { rows } = await client.query<Applied>(
    'select hash, created_at::float8 as when from drizzle.__drizzle_migrations',
  )
  return rows
}

function compare(known: readonly MigrationMeta[], applied: readonly Applied[]): SchemaState {
  const hashes = new Map(known.map(({ folderMillis, hash }) => [folderMillis, hash]))
  const recorded = new Set(applied.map(({ when }) => when))
  return {
    pending: known.filter(({ folderMillis }) => !recorded.has(folderMillis)).length,
    unknown: applied.filter(({ when }) => !hashes.has(when)).length,
    edited: applied.filter(({ when, hash }) => hashes.has(when) && hashes.get(when) !== hash).length,
  }
}

const LOCK_NOT_AVAILABLE = '55P03'
const IN_USE = ': somebody else uses a table, perhaps a dump or a verification. Nothing was changed: run it again.'

/**
 * Drizzle's message is the whole file; its reader needs the number, the line, and what was wrong. The server's words
 * are shown only where they speak of the schema (class 42): elsewhere they may quote a row.
 */
function failedMigration(error: unknown, known: readonly MigrationMeta[]): Error {
  const cause = toDatabaseError(error)
  if (!(error instanceof DrizzleQueryError)) return cause
  const index = known.findIndex(({ sql }) => sql.includes(error.query))
  if (index < 0) return cause
  const { message = '', position } = (error.cause ?? {}) as { message?: string; position?: string }
  const line = position ? ` line ${error.query.slice(0, Number(position)).split('\n').length}` : ''
  const words = cause.sqlstate === LOCK_NOT_AVAILABLE ? IN_USE : cause.sqlstate?.startsWith('42') ? `: ${message}` : ''
  return new Error(`Migration ${index + 1} of ${known.length}${line}: ${cause.message}${words}`, { cause })
}
