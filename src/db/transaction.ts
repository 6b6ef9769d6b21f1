import type { NodePgDatabase } from 'drizzle-orm/node-postgres'
import type pg from 'pg'
import { type Lending, withClient } from './checkout.ts'
import { drizzle } from './drizzle.ts'
import { DatabaseError, isRawDatabaseError, isSilence, toDatabaseError } from './errors.ts'
import * as tables from './tables/index.ts'

export type Orm = NodePgDatabase<typeof tables>
export type Transaction = Parameters<Parameters<Orm['transaction']>[0]>[0]
export type Work<T> = (tx: Transaction) => Promise<T>

/** Drizzle over a pool or one of its clients. */
export function orm(client: pg.Pool | pg.PoolClient): Orm {
  return drizzle({ client, schema: tables, casing: 'snake_case' })
}

/**
 * Runs `prepare`, then `work`, in one transaction on one connection: READ COMMITTED, or REPEATABLE READ for a snapshot.
 *
 * Drizzle's own transaction over a pool is not used: it keeps the connection for ever when `begin` fails, and gives it
 * back with the transaction still open when `rollback` fails, so that the next tenant would continue it.
 *
 * @throws DatabaseError for whatever the database refuses; DatabaseUnavailable when it cannot be reached. Other errors
 *   of `work` pass unchanged. In each case nothing is recorded, save where DatabaseUnavailable says it is unknown.
 */
export async function inTransaction<T>(
  lending: Lending & { readonly isSnapshot?: boolean },
  prepare: Work<void>,
  work: Work<T>,
): Promise<T> {
  const isolationLevel = lending.isSnapshot ? 'repeatable read' : 'read committed'
  return withClient(lending, async (client) => {
    const { run, failed } = followed(client, prepare, work)
    try {
      return await ormOf(client, lending.beginTimeoutMs).transaction(run, { isolationLevel })
    } catch (error) {
      throw failed(error)
    }
  })
}

/** `work` with its progress remembered: what an error means depends on how far the transaction had come. */
function followed<T>(client: pg.PoolClient, prepare: Work<void>, work: Work<T>) {
  let first: { readonly error: unknown } | undefined
  let isWorking = false
  let isCommitting = false
  const run: Work<T> = async (tx) => {
    try {
      await prepare(tx)
      isWorking = true
      const result = await work(tx)
      isCommitting = true
      return result
    } catch (error) {
      // When the rollback fails too, drizzle throws that failure and the first one would be lost.
      first = { error }
      if (isSilence(error)) await hangUp(client)
      throw error
    }
  }
  const failed = (last: unknown): unknown => {
    if (isCommitting) return toDatabaseError(last, 'unknown')
    const error = first ? first.error : last
    return isWorking && !isRawDatabaseError(error) ? error : toDatabaseError(error)
  }
  return { run, failed }
}

/** A server that says nothing more would keep the rollback waiting as long again. */
async function hangUp(client: pg.PoolClient): Promise<void> {
  await (client as unknown as pg.Client).end().catch(() => {})
}

const orms = new WeakMap<pg.PoolClient, Orm>()

/** Building drizzle's tables anew for each transaction would cost more than the transaction. */
function ormOf(client: pg.PoolClient, beginTimeoutMs: number | undefined): Orm {
  const known = orms.get(client) ?? orm(honest(client, beginTimeoutMs))
  orms.set(client, known)
  return known
}

/**
 * The client as drizzle sees it. An error that `work` swallowed aborts the transaction all the same; the server then
 * answers commit with a rollback and no error, which drizzle takes for success. Here it is an error.
 *
 * To begin takes no lock and no work: a server that does not answer to that is away, and is not waited for as for a statement.
 */
function honest(client: pg.PoolClient, beginTimeoutMs: number | undefined): pg.PoolClient {
  const query = async (config: pg.QueryConfig, values?: unknown[]) => {
    const isBegin = beginTimeoutMs !== undefined && config.text.startsWith('begin')
    const limits = isBegin ? { query_timeout: beginTimeoutMs } : {}
    const result = await client.query(Object.assign({}, config, limits), values)
    if (config.text === 'commit' && result.command !== 'COMMIT') throw new DatabaseError({ sqlstate: '25P02' })
    return result
  }
  return { query } as unknown as pg.PoolClient
}
