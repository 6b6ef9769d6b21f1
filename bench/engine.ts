/**
 * Scoring: Threshold and what a team would use instead, on the same policy and the same 10,000 generated referrals.
 *
 *   npm run bench -- engine [--referrals=10000] [--rounds=5]
 *
 * First every engine answers all referrals, and all have to agree on the level and on the rules that fired. Then each is timed in a
 * process of its own, in turn, five rounds; ratios are taken within a round. Options are for a quick look.
 */
import { execFile } from 'node:child_process'
import { cpus, loadavg } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs, promisify } from 'node:util'
import { type Contestant, present } from './engine/contestants.ts'
import type { Cost, Task } from './engine/worker.ts'

const WORKER = fileURLToPath(new URL('engine/worker.ts', import.meta.url))
const { contestants: CONTESTANTS, missing } = present()
const OURS: readonly Contestant[] = CONTESTANTS.slice(0, 3)
const SIZES = [200, 2000] as const
const FOUND = [5, 10, 20, 40] as const

/** @throws Error where two engines differ about a referral */
export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: { referrals: { type: 'string', default: '10000' }, rounds: { type: 'string', default: '5' } },
  })
  const [referrals, rounds] = [Number(values.referrals), Number(values.rounds)]
  const plain = { indicators: 200, referrals }
  console.log(
    `${cpus().length} × ${cpus()[0]?.model.trim()}, Node ${process.versions.node}, load ${loadavg()[0]?.toFixed(1)}`,
  )
  if (missing.length > 0)
    console.log(`Without ${missing.join(' and ')}: npm install --no-save @gorules/zen-engine@0.54.0 brings them.`)
  await compareAnswers(plain)
  const costs = await inTurn(rounds, CONTESTANTS, (contestant) => ({ ...plain, contestant }))
  printContest(costs)
  await printCurve('indicators in the policy, the same findings', rounds, SIZES, (indicators) => ({
    ...plain,
    indicators,
    findings: 10,
  }))
  await printCurve('findings of each child', rounds, FOUND, (findings) => ({ ...plain, findings }))
  console.log(`load at the end ${loadavg()[0]?.toFixed(1)}`)
}

type Sizes = Omit<Task, 'kind' | 'contestant'>

async function compareAnswers(sizes: Sizes): Promise<void> {
  const expected = await inProcess<string[]>({ ...sizes, contestant: 'threshold', kind: 'answers' })
  for (const contestant of CONTESTANTS.slice(1)) {
    const answers = await inProcess<string[]>({ ...sizes, contestant, kind: 'answers' })
    const at = expected.findIndex((answer, i) => answer !== answers[i])
    if (at >= 0)
      throw new Error(`Referral ${at}: threshold says “${expected[at]}”, ${contestant} says “${answers[at]}”.`)
  }
  const levels = new Set(expected.map((answer) => answer.split(' ')[0]))
  const fired = expected.reduce((sum, answer) => sum + (answer.match(/[RC]\d+/g)?.length ?? 0), 0)
  console.log(
    `${expected.length} referrals: all ${CONTESTANTS.length} agree on level (${levels.size} different) and on what fired (${(fired / expected.length).toFixed(1)} a referral)\n`,
  )
}

/** For each round the cost of each, one after the other. */
async function inTurn<T>(
  rounds: number,
  list: readonly T[],
  taskOf: (item: T) => Omit<Task, 'kind'>,
): Promise<Map<T, Cost>[]> {
  const all: Map<T, Cost>[] = []
  for (let round = 0; round < rounds; round++) {
    const costs = new Map<T, Cost>()
    for (const item of list) costs.set(item, await inProcess<Cost>({ ...taskOf(item), kind: 'cost' }))
    all.push(costs)
  }
  return all
}

function printContest(rounds: readonly Map<Contestant, Cost>[]): void {
  const of = (name: Contestant, value: (cost: Cost, round: Map<Contestant, Cost>) => number): string =>
    spread(rounds.map((round) => value(round.get(name)!, round)))
  const [verdict, explained] = OURS as [Contestant, Contestant, Contestant]
  const rows = CONTESTANTS.map((name) => [
    name,
    of(name, ({ work }) => work),
    of(name, ({ work, parse }) => work / parse),
    of(name, ({ work }, round) => work / round.get(verdict)!.work),
    of(name, ({ work }, round) => work / round.get(explained)!.work),
  ])
  table(['engine', 'µs a referral', '× JSON.parse', '× verdict', '× explanation'], rows)
}

async function printCurve(
  title: string,
  rounds: number,
  points: readonly number[],
  sizesOf: (point: number) => Sizes,
): Promise<void> {
  const rows: string[][] = []
  for (const contestant of OURS.slice(0, 2)) {
    const costs = await inTurn(rounds, points, (point) => ({ ...sizesOf(point), contestant }))
    for (const point of points)
      rows.push([
        contestant,
        String(point),
        spread(costs.map((round) => round.get(point)!.work)),
        spread(costs.map((round) => round.get(point)!.work / round.get(points[0]!)!.work)),
      ])
  }
  table([`by ${title}`, 'number', 'µs a referral', '× the first'], rows)
}

/** Median, minimum and maximum over the rounds. */
function spread(values: readonly number[]): string {
  const sorted = [...values].sort((a, b) => a - b)
  const words = (value: number | undefined): string => (value ?? 0).toPrecision(3).replace(/e\+?(\d+)$/, 'e$1')
  const short = (value: number | undefined): string => ((value ?? 0) >= 100 ? (value ?? 0).toFixed(0) : words(value))
  return `${short(sorted[sorted.length >> 1])} (${short(sorted[0])} – ${short(sorted.at(-1))})`
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): void {
  console.log(`| ${head.join(' | ')} |`)
  console.log(`|${head.map((_, i) => (i === 0 ? ' --- ' : ' ---: ')).join('|')}|`)
  for (const row of rows) console.log(`| ${row.join(' | ')} |`)
  console.log('')
}

async function inProcess<T>(task: Task): Promise<T> {
  const { stdout } = await promisify(execFile)(process.execPath, [WORKER, JSON.stringify(task)], { maxBuffer: 1 << 28 })
  return JSON.parse(stdout) as T
}
