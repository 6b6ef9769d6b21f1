// Rows 98, 99, 104, 105 and 107: PostgreSQL is killed, can only be read, or has no disk left, while sixteen write; and, at
// length, the service is stopped in the middle of them.
import { execFileSync } from 'node:child_process'
import { appendFileSync, rmSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import t, { type Test } from 'tap'
import { postgresUrl, runOnServer, type Teardown } from '../support/database.ts'
import { type History, openHistory, RECEIVE } from './history.ts'
import { rounds, WRITERS } from './plan.ts'
import { type OwnPostgres, openOwnPostgres } from './postgres.ts'
import { reckon } from './reckoning.ts'
import { openService, type Service } from './service.ts'

const KILLS = rounds({ short: 2, long: 12 })
const STOPS = rounds({ short: 0, long: 2 })
/** Longer than the fifteen seconds that a request may take. */
const STOPPED_MS = 18_000
const BETWEEN = 16
const DISK_MIB = 160
const TRIES_MAX = 400
const SEEN_MS_MAX = 60_000

t.test(
  'PostgreSQL killed, read-only or without disk costs requests, never a record; the service goes on',
  { skip: !postgresUrl() && 'needs a server' },
  async (t) => {
    const disk = await smallDisk(t)
    const server = await openOwnPostgres(t, {
      settings: ['track_commit_timestamp=on'],
      ...(disk ? { folder: disk } : {}),
    })
    await runOnServer(server.url(), 'create database threshold')
    const service = await openService(t, { database: server.url('threshold') })
    const history = openHistory(service, await service.token('supervisor'))
    await service.start()
    const stop = history.write(t, WRITERS)
    for (let kill = 0; kill < KILLS; kill++) await killed(t, { server, service, history }, kill % 2 === 0)
    await readOnly(t, { server, service, history })
    if (disk) await diskFull(t, { server, service, history }, disk)
    else t.comment('SKIPPED: a full disk, since no small one can be mounted here')
    for (let stopped = 0; stopped < STOPS; stopped++) await stoppedLong({ server, service, history })
    await history.more(BETWEEN)
    await stop()
    t.equal(await committedLate(server), 0, 'nothing was carried out after its time')
    await reckon(t, { history, service, faults: KILLS + 1 + STOPS + (disk ? 1 : 0) })
    t.equal(await service.stop(), 0, 'the service is the one that was started at first')
  },
)

interface Ground {
  readonly server: OwnPostgres
  readonly service: Service
  readonly history: History
}

/** The whole server, or one of its processes, upon which it ends all others and recovers. */
async function killed(t: Test, { server, service, history }: Ground, isWhole: boolean): Promise<void> {
  await history.more(BETWEEN)
  if (isWhole) {
    await server.kill()
    await readiness(service, 503)
    t.equal((await fetch(`${service.url}/health/live`)).status, 200)
    const { attempts } = await history.once(RECEIVE)
    t.not(attempts[0], 'ok')
    await server.start()
  } else process.kill(await someBackend(server), 'SIGKILL')
  await readiness(service, 200)
  await history.more(BETWEEN)
}

/** As after a failover to a standby that was not promoted. */
async function readOnly(t: Test, { server, service, history }: Ground): Promise<void> {
  await settled(server, 'on')
  const answer = await readiness(service, 503)
  t.match(answer, { code: 'unavailable', detail: /takes no writes/ })
  const { attempts } = await history.once(RECEIVE)
  t.strictSame(attempts, ['failed'], 'it is said that nothing was recorded')
  await settled(server, 'off')
  await readiness(service, 200)
  await history.more(BETWEEN)
}

async function diskFull(t: Test, { server, service, history }: Ground, disk: string): Promise<void> {
  const filler = join(disk, 'filler')
  fill(filler)
  // Until the log of the server needs a new file there may be room in the one that it has.
  const attempts: string[] = []
  do attempts.push(...(await history.once(RECEIVE)).attempts)
  while (attempts.at(-1) === 'ok' && attempts.length < TRIES_MAX)
  t.not(attempts.at(-1), 'ok', 'there is no room for more')
  t.equal((await fetch(`${service.url}/health/live`)).status, 200)
  rmSync(filler)
  await server.stop()
  await server.start()
  await readiness(service, 200)
  await history.more(BETWEEN)
}

/** Row 107: stopped for longer than a request may take, in the middle of many, and let go on. */
async function stoppedLong({ service, history }: Ground): Promise<void> {
  await history.more(BETWEEN)
  service.signal('SIGSTOP')
  await pause(STOPPED_MS)
  service.signal('SIGCONT')
  await history.more(BETWEEN)
}

/** Referrals that were committed later than a request may take after it came; the moment of the check itself is allowed for. */
async function committedLate(server: OwnPostgres): Promise<number> {
  const client = new pg.Client({ connectionString: server.url('threshold') })
  await client.connect()
  const { rows } = await client.query<{ late: number }>(
    `select count(*)::int as late from referrals
     where pg_xact_commit_timestamp(xmin) - received_at > interval '16 seconds'`,
  )
  await client.end()
  return rows[0]!.late
}

/** Writes until nothing more can be written. */
function fill(file: string): void {
  const piece = Buffer.alloc(64 * 1024)
  try {
    for (;;) appendFileSync(file, piece)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
  }
}

/** Waits until readiness answers so, and gives what it says. */
async function readiness(service: Service, status: number): Promise<unknown> {
  for (const start = Date.now(); Date.now() - start < SEEN_MS_MAX; await pause(100)) {
    const response = await fetch(`${service.url}/health/ready`)
    const body: unknown = await response.json()
    if (response.status === status) return body
  }
  throw new Error(`Readiness was not ${status}`)
}

async function someBackend(server: OwnPostgres): Promise<number> {
  const client = new pg.Client({ connectionString: server.url() })
  client.on('error', () => {})
  await client.connect()
  const { rows } = await client.query<{ pid: number }>(
    `select pid from pg_stat_activity where application_name = 'threshold' order by query_start desc limit 1`,
  )
  await client.end()
  return rows[0]!.pid
}

async function settled(server: OwnPostgres, value: 'on' | 'off'): Promise<void> {
  const client = new pg.Client({ connectionString: server.url(), options: '-c default_transaction_read_only=off' })
  await client.connect()
  await client.query(`alter system set default_transaction_read_only = ${value}`)
  await client.query('select pg_reload_conf()')
  await client.end()
}

/** A disk of its own in memory, for root on Linux; undefined where it cannot be had. */
async function smallDisk(t: Teardown): Promise<string | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'threshold-disk-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_MIB}m`, 'tmpfs', folder], { stdio: 'pipe' })
  } catch {
    await rm(folder, { recursive: true, force: true })
    return undefined
  }
  t.teardown(async () => {
    execFileSync('umount', ['-l', folder])
    await rm(folder, { recursive: true, force: true })
  })
  return folder
}
