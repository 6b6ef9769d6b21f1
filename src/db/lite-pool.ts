import type { PGlite } from '@electric-sql/pglite'
import { createPgConfig } from '@electric-sql/pglite/node-postgres'
import pg from 'pg'

type ConnectCallback = (
  error: Error | undefined,
  client: pg.PoolClient | undefined,
  done: (release?: Error | boolean) => void,
) => void

/** A node-postgres pool over one in-process PGlite, covering two faults of the adapter of 0.5.16. */
export class LitePool extends pg.Pool {
  /** PGlite is one session: a wait longer than `waitMs` is most likely a transaction waiting for itself. */
  constructor(lite: PGlite, waitMs: number) {
    const config = createPgConfig(lite)
    const parse = config.connection.parse.bind(config.connection)
    // Fault 1: drizzle passes `types` as an object; the adapter calls forEach on it, throws, and the client hangs.
    config.connection.parse = (query: { types?: unknown }) =>
      parse(Array.isArray(query.types) ? query : { ...query, types: undefined })
    const options = { ...config, max: 1, idleTimeoutMillis: 0, connectionTimeoutMillis: waitMs }
    super(options as unknown as pg.PoolConfig)
  }

  // Fault 2: clients share one connection, and a dropped client's late messages reach its successor. None is dropped.
  override connect(): Promise<pg.PoolClient>
  override connect(callback: ConnectCallback): void
  override connect(callback?: ConnectCallback): Promise<pg.PoolClient> | undefined {
    if (!callback) return awake(super.connect().then(kept))
    super.connect((error, client) => {
      if (client) kept(client)
      callback(error, client, () => client?.release())
    })
    return undefined
  }
}

/** There is no socket, and the pool's own timer is unref'd: a process that only waits would end without a word. */
async function awake<T>(waiting: Promise<T>): Promise<T> {
  const timer = setInterval(() => {}, 60_000)
  return waiting.finally(() => clearInterval(timer))
}

function kept(client: pg.PoolClient): pg.PoolClient {
  const release = client.release
  client.release = () => release.call(client)
  return client
}
