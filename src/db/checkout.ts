import type pg from 'pg'
import { toDatabaseError } from './errors.ts'

/**
 * Lends one connection of the pool to `use`.
 *
 * @throws DatabaseUnavailable when there is none to be had; errors of `use` pass unchanged.
 */
export async function withClient<T>(pool: pg.Pool, use: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect().catch((error: unknown) => {
    throw toDatabaseError(error)
  })
  // A connection that breaks between two statements emits an error, which without a listener would end the process.
  client.on('error', ignore)
  try {
    return await use(client)
  } finally {
    client.off('error', ignore)
    // Only an idle connection goes back: one with an open transaction might carry a tenant over to the next user.
    client.release(client.getTransactionStatus() !== 'I')
  }
}

// The next statement on the connection fails with the same news.
function ignore(): void {}
