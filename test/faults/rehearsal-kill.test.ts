import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import t from 'tap'
import { type Database, openDatabase } from '../../src/db/connect.ts'
import type { Result } from '../../src/features/rehearsals/advance.ts'
import { getRehearsal, resultOf } from '../../src/features/rehearsals/queries.ts'
import { temporaryFolder } from '../support/command.ts'
import { postgresCopy, postgresUrl } from '../support/database.ts'
import { prepareGround } from '../support/rehearsal-ground.ts'
import { recounted } from '../support/stored.ts'

const RUNNER = new URL('rehearsal-runner.ts', import.meta.url).pathname
const REFERRALS = 300
const BATCH = 10
const KILLS = 2
/** Steps that are heard of before each kill; many more are left. */
const STEPS = 4

t.test('a rehearsal that is killed goes on where it was, and counts what plain scoring counts', async (t) => {
  const server = postgresUrl()
  const address = server ? await postgresCopy(t, server) : temporaryFolder(t)
  const open = (): Promise<Database> => openDatabase(server ? { url: address } : { dataDir: address })
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
    const runner = spawn(process.execPath, [RUNNER, address, authorityId, String(BATCH)], {
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
  const last = spawn(process.execPath, [RUNNER, address, authorityId, String(BATCH)], {
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

/** The steps that a runner says, up to so many or to its end. */
async function heard(runner: ChildProcess, most: number): Promise<string[]> {
  const lines: string[] = []
  for await (const line of createInterface({ input: runner.stdout! })) {
    lines.push(line.split(' ')[0]!)
    if (lines.length >= most) break
  }
  return lines
}
