import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import t from 'tap'
import { type Database, openDatabase } from '../../src/db/connect.ts'
import { keyFolder } from '../../src/db/key-folder.ts'
import { vaultOver } from '../../src/db/vault.ts'
import type { Result } from '../../src/features/rehearsals/advance.ts'
import { getRehearsal, resultOf } from '../../src/features/rehearsals/queries.ts'
import { temporaryFolder } from '../support/command.ts'
import { postgresCopy, postgresUrl, skipKills } from '../support/database.ts'
import { prepareGround } from '../support/rehearsal-ground.ts'
import { recounted } from '../support/stored.ts'
import { openService } from './service.ts'

const RUNNER = new URL('rehearsal-runner.ts', import.meta.url).pathname
const REFERRALS = 300
const BATCH = 10
const KILLS = 2
/** Steps that are heard of before each kill; many more are left. */
const STEPS = 4

const durable = { skip: skipKills() }
t.test('a rehearsal that is killed goes on where it was, and counts what plain scoring counts', durable, async (t) => {
  const server = postgresUrl()
  const address = server ? await postgresCopy(t, server) : temporaryFolder(t)
  const keys = temporaryFolder(t)
  const vault = vaultOver(keyFolder(keys))
  const open = (): Promise<Database> => openDatabase({ ...(server ? { url: address } : { dataDir: address }), vault })
  const using = async <T>(use: (database: Database) => Promise<T>): Promise<T> => {
    const database = await open()
    return await use(database).finally(() => database.close())
  }
  const { authorityId, rehearsalId, before, after } = await using(async (database) => {
    if (!server) await database.migrate()
    return await prepareGround(database, REFERRALS)
  })
  const read = () =>
    using((database) => database.withTenant(authorityId, (tx) => getRehearsal(tx, authorityId, rehearsalId)))
  let done = 0
  for (let kill = 0; kill < KILLS; kill++) {
    const runner = spawn(process.execPath, [RUNNER, address, authorityId, String(BATCH), keys], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await heard(runner, STEPS)
    const ended = once(runner, 'exit')
    runner.kill('SIGKILL')
    await ended
    const found = await read()
    t.equal(found.state, 'running')
    t.ok(found.done >= done + STEPS * BATCH && found.done < REFERRALS, `killed at ${found.done} of ${REFERRALS}`)
    t.equal(found.done % BATCH, 0, 'what was half counted is not there')
    done = found.done
  }
  const last = spawn(process.execPath, [RUNNER, address, authorityId, String(BATCH), keys], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const steps = await heard(last, Number.POSITIVE_INFINITY)
  t.equal(steps.filter((step) => step === 'advanced').length, (REFERRALS - done) / BATCH, 'no batch is counted again')
  t.strictSame(steps.slice(-2), ['completed', 'idle'])

  const text = await using((database) =>
    database.withTenant(authorityId, (tx) => resultOf(tx, authorityId, rehearsalId)),
  )
  const result = JSON.parse(text!) as Result
  const expected = recounted(before, after, REFERRALS)
  t.strictSame(result.counts, expected, 'the matrix equals a plain recount')
  t.match(result, { referrals: REFERRALS, children: expected['children'] })
  const found = await read()
  t.ok(found.down > 0, `${found.down} children would go down`)
})

t.test('the service carries out what waits, also what it was killed over, and stops in good order', async (t) => {
  const service = await openService(t)
  await service.start()
  const token = await service.token('author')
  const ask = async (
    method: string,
    path: string,
    body?: object,
  ): Promise<{ rehearsal?: { id: string }; state?: string }> => {
    const type = body ? { 'content-type': 'application/json' } : {}
    const headers = { authorization: `Bearer ${token}`, 'idempotency-key': randomUUID(), ...type }
    const response = await fetch(`${service.url}${path}`, {
      method,
      headers,
      ...(body && { body: JSON.stringify(body) }),
    })
    return (await response.json()) as { rehearsal?: { id: string }; state?: string }
  }
  const version = { policy: 'northmoor', version: '2026-04' }
  const { rehearsal } = await ask('POST', '/v1/rehearsals', { version, against: version })
  await service.kill()
  await service.start()
  let state: string | undefined
  for (let i = 0; i < 600 && state !== 'completed'; i++) {
    await new Promise((resolve) => setTimeout(resolve, 100))
    state = (await ask('GET', `/v1/rehearsals/${rehearsal?.id}`)).state
  }
  t.equal(state, 'completed')
  t.equal(await service.stop(), 0)
  const { status, output } = service.run('audit', 'verify', '--authority', 'northmoor')
  t.equal(status, 0, output)
})

/** The steps that a runner says, up to so many or to its end. */
async function heard(runner: ChildProcess, most: number): Promise<string[]> {
  const lines: string[] = []
  for await (const line of createInterface({ input: runner.stdout! })) {
    lines.push(line.split(' ')[0]!)
    if (lines.length >= most) break
  }
  return lines
}
