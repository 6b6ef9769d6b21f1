import type pg from 'pg'
import { isUnavailable, toDatabaseError } from './errors.ts'
import type { Places, Priority } from './places.ts'

/** Where a connection is borrowed from, and how urgently. */
export interface Lending {
  readonly pool: pg.Pool
  readonly places: Places
  readonly priority: Priority
  /** The longest that a server may take to begin a transaction: longer, and nobody is there. Undefined on PGlite. */
  readonly beginTimeoutMs?: number | undefined
}

/**
 * Lends one connection of the pool to `use`.
 *
 * @throws DatabaseUnavailable when there is none to be had; errors of `use` pass unchanged.
 */
export async function withClient<T>(lending: Lending, use: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const giveBack = await lending.places.take(lending.priority)
  try {
    return await lent(lending.pool, use)
  } finally {
    giveBack()
  }
}

async function lent<T>(pool: pg.Pool, use: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect().catch((error: unknown) => {
    throw toDatabaseError(error)
  })
  let isSound = true
  try {
    return await use(client)
  } catch (error) {
    // It may still owe an answer, or lead to a server that takes no writes any more.
    isSound = !isUnavailable(error)
    throw error
  } finally {
    // Only an idle connection goes back: one with an open transaction might carry a tenant over to the next user.
    client.release(!isSound || client.getTransactionStatus() !== 'I')
  }
}
