// What keeps the service from starting. Row 110: migrations that were broken off, or that this version does not know.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import t from 'tap'
import { openDatabase } from '../../src/db/connect.ts'
import { ROOT, threshold } from '../support/command.ts'
import { postgresDatabase, postgresUrl } from '../support/database.ts'
import { openHistory, RECEIVE } from './history.ts'
import { openService } from './service.ts'

const AUTH = { AUTH_JWKS_URL: 'https://id.example/jwks', AUTH_ISSUER: 'i', AUTH_AUDIENCE: 'a' }

const skip = !postgresUrl() && 'needs a server'

t.test('migrations broken off or unknown', { skip }, async (t) => {
  const url = await postgresDatabase(t, postgresUrl()!)
  const settings = { DATABASE_URL: url, PORT: '0', ...AUTH }
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  t.teardown(() => client.end())
  const tables = async () =>
    (await client.query<{ count: number }>(`select count(*)::int from pg_tables where schemaname = 'public'`)).rows[0]!
      .count

  await t.test('migrating that is killed leaves nothing, and can be begun again', async (t) => {
    const child = spawn(process.execPath, ['src/cli/main.ts', 'migrate'], {
      cwd: ROOT,
      env: { ...process.env, ...settings },
      stdio: 'ignore',
    })
    const ended = once(child, 'exit')
    await underWay(client)
    child.kill('SIGKILL')
    await ended
    await gone(client)
    t.equal(await tables(), 0)
    t.match(await threshold(['serve'], settings), { status: 1, stderr: /Run `threshold migrate` first/ })
    t.match(await threshold(['migrate'], settings), { status: 0 })
    t.ok((await tables()) > 50)
  })

  await t.test('a database that newer code has migrated is refused, and left as it is', async (t) => {
    await client.query(`insert into drizzle.__drizzle_migrations (hash, created_at) values ('newer', 9999999999999)`)
    const database = await openDatabase({ url, max: 1 })
    t.equal(await database.schemaIsCurrent(), false)
    await database.close()
    const before = await tables()
    t.match(await threshold(['serve'], settings), { status: 1, stderr: /does not have the schema of this version/ })
    t.equal(await tables(), before)
  })
})

t.test('without the keys by which content is sealed nothing is served', { skip }, async (t) => {
  const service = await openService(t)
  await service.start()
  const history = openHistory(service, await service.token('supervisor'))
  t.strictSame((await history.once(RECEIVE)).attempts, ['ok'])
  await service.stop()
  const keys = join(dirname(service.anchored), 'keys')
  renameSync(keys, `${keys}-away`)
  t.match(await service.startRefused(), {
    status: 1,
    output: /Nothing is served: keys are not in .*\n {2}key 1 of northmoor/,
  })
  rmSync(keys, { recursive: true, force: true })
  renameSync(`${keys}-away`, keys)
  await service.start()
  t.strictSame((await history.once(RECEIVE)).attempts, ['ok'], 'with them it is')
})

const LOOKS_MAX = 3000

/** Until the process is in the middle of its transaction: something was made that others do not see. */
async function underWay(client: pg.Client): Promise<void> {
  for (let looks = 0; looks < LOOKS_MAX; looks++, await pause(10)) {
    const { rows } = await client.query(
      `select from pg_locks join pg_stat_activity using (pid)
       where application_name = 'threshold migrate' and locktype = 'transactionid' and granted`,
    )
    if (rows.length > 0) return
  }
  throw new Error('Nothing is migrated')
}

async function gone(client: pg.Client): Promise<void> {
  for (let looks = 0; looks < LOOKS_MAX; looks++, await pause(10)) {
    const { rows } = await client.query(`select from pg_stat_activity where application_name = 'threshold migrate'`)
    if (rows.length === 0) return
  }
  throw new Error('The server still migrates')
}
