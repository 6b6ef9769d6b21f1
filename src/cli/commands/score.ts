/** `threshold score FILE… --policy FILE`: referrals from files (JSON or one a line) against a policy file; nothing is stored. */
import { createReadStream, readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import {
  type Policy,
  type Recommendation,
  Referral,
  type Snapshot,
  score,
  scoreJson,
  toSnapshot,
  verdicts,
} from '../../engine/index.ts'
import { checkReferral } from '../../engine/referral/check.ts'
import { compilePolicy, readCalendar } from '../../features/policies/files.ts'
import { Refusal } from '../../kernel/errors.ts'
import { wrongsOf } from '../../kernel/input.ts'
import { parseStrictJson } from '../../kernel/strict-json.ts'

export interface ScoreOptions {
  readonly policy: string
  readonly json?: boolean
}

/** A referral as scoring takes it, or what is wrong with it. */
type Taken = { readonly from: string } & ({ readonly snapshot: Snapshot } | { readonly wrong: readonly string[] })

/** Exit status: 0 every child has a level, 1 a referral is not usable, 2 the policy is not, 3 a recommendation is withheld. */
export async function scoreFiles(
  files: readonly string[],
  options: ScoreOptions,
  print: (line: string) => void,
): Promise<0 | 1 | 2 | 3> {
  const { policy, problems } = compilePolicy(options.policy)
  if (!policy) {
    for (const { file, line, column, message } of problems) print(`${file}:${line}:${column} ${message}`)
    return 2
  }
  let status: 0 | 1 | 3 = 0
  for (const file of files) {
    for await (const { from, bytes } of referralsOf(file)) {
      const taken = takeOne(policy, from, bytes)
      if ('wrong' in taken) status = 1
      else if (status === 0 && verdicts(policy, taken.snapshot).some(({ level }) => level === null)) status = 3
      if (options.json) print(json(policy, taken))
      else show(policy, taken, print)
    }
  }
  return status
}

/** A JSON file is one referral; an NDJSON file one a line, read as a stream. */
async function* referralsOf(file: string): AsyncGenerator<{ from: string; bytes: Uint8Array }> {
  if (!/\.(ndjson|jsonl)$/.test(file)) {
    yield { from: file, bytes: readFileSync(file) }
    return
  }
  let number = 0
  for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY })) {
    number++
    if (line.trim() !== '') yield { from: `${file}:${number}`, bytes: Buffer.from(line) }
  }
}

export function takeOne(policy: Policy, from: string, bytes: Uint8Array): Taken {
  try {
    const parsed = Referral.safeParse(parseStrictJson(bytes))
    if (!parsed.success)
      return { from, wrong: wrongsOf(parsed.error, 'body').map(({ pointer, detail }) => `${pointer} ${detail}`) }
    const receivedAt = new Date().toISOString()
    const problems = checkReferral(parsed.data, receivedAt, policy)
    if (problems.length > 0) return { from, wrong: problems.map(({ pointer, detail }) => `${pointer} ${detail}`) }
    return { from, snapshot: toSnapshot(parsed.data, { receivedAt }) }
  } catch (error) {
    if (error instanceof Refusal) return { from, wrong: [error.message] }
    throw error
  }
}

function json(policy: Policy, taken: Taken): string {
  if ('wrong' in taken) return JSON.stringify(taken)
  return `{"from":${JSON.stringify(taken.from)},"recommendations":${scoreJson(policy, taken.snapshot, readCalendar())}}`
}

function show(policy: Policy, taken: Taken, print: (line: string) => void): void {
  print(taken.from)
  if ('wrong' in taken) for (const line of taken.wrong) print(`  ${line}`)
  else
    for (const recommendation of score(policy, taken.snapshot, readCalendar()))
      for (const line of table(recommendation)) print(`  ${line}`)
}

/** A recommendation in a few lines for a person at a terminal. */
export function table(recommendation: Recommendation): string[] {
  const { child, level, low, high, provisional, responses, urgency, reasons, withheldBecause, questions } =
    recommendation
  const range = provisional ? ` (from ${low?.label ?? 'nothing established'} to ${high?.label})` : ''
  const main = reasons.filter(({ decisive, level: at }) => decisive || at === null).slice(0, 4)
  return [
    `${child}: ${level ? level.label : `withheld, for a person to look at${low ? `; at least ${low.label}` : ''}`}${range} — ${responses.map(({ label }) => label).join('; ')} — ${urgency.label}`,
    ...withheldBecause.map((because) => `    ${because}`),
    ...main.map(
      ({ id, because, citation }) =>
        `    because ${id}: ${because} [${citation.document}, ${citation.section}${citation.paragraph ? ` ¶${citation.paragraph}` : ''}]`,
    ),
    ...questions
      .slice(0, 2)
      .map(
        ({ ask, couldRaiseTo }) => `    ask: ${ask}${couldRaiseTo ? ` (could raise it to ${couldRaiseTo.label})` : ''}`,
      ),
  ]
}
