/**
 * One contestant in a process of its own: `node bench/engine/worker.ts <task as JSON>` prints its result as JSON. Cost is
 * (parse and work) less (parse), in microseconds of processor time a referral: each is parsed from its text when it is needed and
 * dropped, since parsed referrals that are held alive would charge their collection to whoever allocates.
 */

import { answerOf, type Contestant, type Work, workOf } from './contestants.ts'
import { benchPolicy } from './policy.ts'
import { referralTexts } from './referrals.ts'

export interface Task {
  readonly contestant: Contestant
  /** Answers to all referrals, or what they cost. */
  readonly kind: 'answers' | 'cost'
  readonly indicators: number
  readonly referrals: number
  /** Of each referral; mixed where left out. */
  readonly findings?: number | undefined
}

export interface Cost {
  readonly work: number
  readonly parse: number
  readonly kept: number
}

/** Referrals in a segment: long enough to be timed, short enough that what else the machine does falls on both kinds alike. */
const SEGMENT = 250
/** Of processor time, so that a busy machine warms no engine less than another. */
const WARM_US = 1_500_000
const MEASURED_US = 3_000_000

/** Something of each result is kept, so that no work can be left out as useless. */
let kept = 0

const task = JSON.parse(process.argv[2] ?? '') as Task
const policy = benchPolicy(task.indicators)
const texts = referralTexts(policy, task.referrals, task.findings)
const work = await workOf(task.contestant, policy)
console.log(JSON.stringify(task.kind === 'answers' ? await answers() : await cost()))
process.exit(0)

async function answers(): Promise<string[]> {
  const all: string[] = []
  for (const text of texts) all.push(await answerOf(task.contestant, work, JSON.parse(text)))
  return all
}

async function cost(): Promise<Cost> {
  await segments(WARM_US)
  const { parses, works } = await segments(MEASURED_US)
  const differences = works.map((work, i) => work - parses[i]!)
  return { work: median(differences), parse: median(parses), kept }
}

/** Segments of parsing alone and of parsing and working, in turn, over other referrals each time. */
async function segments(atLeast: number): Promise<{ parses: number[]; works: number[] }> {
  const parses: number[] = []
  const works: number[] = []
  const start = process.cpuUsage()
  const isAsync = work(JSON.parse(texts[0]!)) instanceof Promise
  for (let from = 0; microseconds(start) < atLeast || works.length < 3; from = (from + SEGMENT) % texts.length) {
    const segment = texts.slice(from, from + SEGMENT)
    parses.push(spent(() => parseAll(segment)) / segment.length)
    const before = process.cpuUsage()
    if (isAsync) await workAsync(segment, work)
    else workAll(segment, work)
    works.push(microseconds(before) / segment.length)
  }
  return { parses, works }
}

function parseAll(segment: readonly string[]): void {
  for (const text of segment) if (JSON.parse(text) !== null) kept++
}

function workAll(segment: readonly string[], work: Work): void {
  for (const text of segment) if (work(JSON.parse(text)) !== null) kept++
}

async function workAsync(segment: readonly string[], work: Work): Promise<void> {
  for (const text of segment) if ((await work(JSON.parse(text))) !== null) kept++
}

function spent(run: () => void): number {
  const before = process.cpuUsage()
  run()
  return microseconds(before)
}

function microseconds(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before)
  return user + system
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0
}
