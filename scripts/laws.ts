/**
 * npm run laws [-- --pairs=1000000] [--jobs=<processes>]
 *
 * Tries the laws of the engine on generated pairs of policy and referral, every law file in processes side by side, each
 * with seeds of its own, until so many pairs have held. The number is counted by the laws as they hold; pairs of shipped
 * policies come on top. Stops at the first failure, with what runs it again. Status 0 when all held, 1 when not.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { globSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const FILES = globSync('test/engine/laws*.test.ts', { cwd: ROOT }).sort()
/** Generated policies for each law in one process: enough that starting it costs little, few enough to see progress. */
const RUNS_MAX = 200
const RUNS_A_PAIR = 1 / 1000

const { values } = parseArgs({ options: { pairs: { type: 'string', default: '1000000' }, jobs: { type: 'string' } } })
const wanted = positive('--pairs', values.pairs)
const jobs = positive('--jobs', values.jobs ?? String(availableParallelism()))
const runs = Math.min(RUNS_MAX, Math.ceil(wanted * RUNS_A_PAIR))

const heldBy = new Map<string, number>()
const running = new Set<ChildProcess>()
const startedAt = performance.now()
let started = 0
let hasFailed = false

console.log(`${FILES.length} files of laws in ${jobs} processes, ${runs} policies for each law at a time`)
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop(130))
await Promise.all(Array.from({ length: jobs }, work))
if (!hasFailed) {
  console.log(`${number(held())} generated pairs held, each of ${heldBy.size} laws on at least ${number(least())}`)
}

/** One process after the other, until enough have held. */
async function work(): Promise<void> {
  while (!hasFailed && held() < wanted) {
    const file = FILES[started++ % FILES.length] ?? ''
    const { status, output } = await run(file)
    if (hasFailed) return
    const found = [...output.matchAll(/^# Subtest: (.*)\n +ok 1 - held for (\d+) generated pairs/gm)]
    if (status !== 0 || found.length === 0) {
      hasFailed = true
      console.error(`\n${file} failed.\n${output}\n${again(file, output)}`)
      return stop(1)
    }
    for (const [, law = '', count] of found) {
      const name = `${file} ${law}`
      heldBy.set(name, (heldBy.get(name) ?? 0) + Number(count))
    }
    const rate = held() / ((performance.now() - startedAt) / 1000)
    console.log(`${number(held())} of ${number(wanted)} pairs, ${number(Math.round(rate))} a second`)
  }
}

/** The file by itself; resolves with its status and what it printed. */
function run(file: string): Promise<{ status: number | null; output: string }> {
  const { LAWS_SEED: _seed, LAWS_PATH: _path, ...inherited } = process.env
  const env = { ...inherited, LAWS_RUNS: String(runs) }
  const child = spawn(process.execPath, [file], { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] })
  running.add(child)
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk))
  return new Promise((resolve) =>
    child.on('close', (status) => {
      running.delete(child)
      resolve({ status, output })
    }),
  )
}

/** The command that runs the failure again. */
function again(file: string, output: string): string {
  const [, seed, path] = /seed (-?\d+), path (\d+)/.exec(output) ?? []
  return seed === undefined
    ? 'It did not fail by a law: run the file alone.'
    : `Again: LAWS_SEED=${seed} LAWS_PATH=${path} npm test -- ${file}`
}

function stop(status: number): void {
  hasFailed = true
  for (const child of running) child.kill()
  process.exitCode = status
}

function held(): number {
  return [...heldBy.values()].reduce((sum, count) => sum + count, 0)
}

function least(): number {
  return Math.min(...heldBy.values())
}

function number(value: number): string {
  return value.toLocaleString('en-GB')
}

function positive(name: string, text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value) || value < 1) throw new Error(`${name} must be a whole number from 1`)
  return value
}
