/** Policies for tests: the shipped ones, the small one of test/engine/fixtures, and short ways to write a snapshot. */
import { readFileSync } from 'node:fs'
import {
  type Calendar,
  type Compiled,
  compile,
  type Policy,
  type Problem,
  type Snapshot,
  score,
} from '../../src/engine/index.ts'
import type { SnapshotChild, SnapshotFinding } from '../../src/engine/referral/snapshot.ts'
import type { Recommendation } from '../../src/engine/scoring/recommendation.ts'
import {
  compilePolicy,
  type LoadedPolicy,
  loadPolicy,
  POLICIES_ROOT,
  policyFiles,
  readCalendar,
} from '../../src/features/policies/files.ts'

export const calendar: Calendar = readCalendar()

const fixture = (name: string): string => readFileSync(new URL(`../engine/fixtures/${name}`, import.meta.url), 'utf8')
export const SMALL = fixture('policy.yaml')
export const PACK = fixture('pack.yaml')

/** Every policy under policies/ that stands by itself or with its base, with its cases run. */
export function shippedPolicies(): { file: string; loaded: LoadedPolicy }[] {
  return policyFiles().map((file) => ({ file: file.slice(POLICIES_ROOT.length), loaded: loadPolicy(file, calendar) }))
}

/** The policies under policies/ that compile, for whoever scores with them and does not look at their cases. */
export function compiledPolicies(): { file: string; policy: Policy }[] {
  return policyFiles().flatMap((file) => {
    const { policy } = compilePolicy(file)
    return policy ? { file: file.slice(POLICIES_ROOT.length), policy } : []
  })
}

/** The policy of a file that is meant to be right. */
export function policyOfFile(file: string): Policy {
  const { policy, problems } = compilePolicy(file)
  if (!policy) throw new Error(`${file} does not compile: ${words(problems)}`)
  return policy
}

export interface Texts {
  readonly policy?: string
  readonly base?: string | undefined
  readonly pack?: string
}

export function compileTexts({ policy = SMALL, base, pack = PACK }: Texts): Compiled {
  return compile({
    policy: { file: 'policy.yaml', text: policy },
    base: base === undefined ? undefined : { file: 'base.yaml', text: base },
    statutory: { file: 'pack.yaml', text: pack },
  })
}

/** The policy of a text that is meant to be right. */
export function policyOf(texts: Texts): Policy {
  const { policy, problems } = compileTexts(texts)
  if (!policy) throw new Error(`does not compile: ${words(problems)}`)
  return policy
}

export const words = (problems: readonly Problem[]): string =>
  problems.map(({ line, column, code, message }) => `${line}:${column} ${code} ${message}`).join('\n')

/** The text with one passage replaced; a passage that is not there is a mistake of the test. */
export function edited(text: string, ...edits: readonly (readonly [from: string, to: string])[]): string {
  return edits.reduce((so, [from, to]) => {
    if (!so.includes(from)) throw new Error(`the fixture does not say: ${from}`)
    return so.replace(from, () => to)
  }, text)
}

export function finding(indicator: string, more: Partial<SnapshotFinding> = {}): SnapshotFinding {
  return { indicator, state: 'present', subject: 'child', evidence: [], ...more }
}

/** Evidence of which nothing is known but what is given. */
export function piece(known: Partial<SnapshotFinding['evidence'][number]>): SnapshotFinding['evidence'][number] {
  return { kind: null, occurrence: null, monthsAgo: null, source: 'Teacher', text: 'Seen.', ...known }
}

/** A child of seven about whom only what is given is known; a bare code is a present finding. */
export function child(
  findings: readonly (string | SnapshotFinding)[] = [],
  more: Partial<Omit<SnapshotChild, 'findings'>> = {},
): SnapshotChild {
  return {
    id: 'a',
    age: { low: 84, high: 84 },
    measurements: [],
    unmapped: [],
    history: [],
    ...more,
    findings: findings.map((item) => (typeof item === 'string' ? finding(item) : item)),
  }
}

export function snapshot(children: readonly SnapshotChild[], more: Partial<Omit<Snapshot, 'children'>> = {}): Snapshot {
  return {
    receivedAt: '2026-03-10T09:30:00.000Z',
    immediateDanger: false,
    consent: 'obtained',
    facts: [],
    quality: [],
    suggestedLevel: null,
    monitoringOnly: false,
    ages: children.map(({ age }) => age),
    ...more,
    children,
  }
}

/** The recommendation for one child. */
export function scoreOne(
  policy: Policy,
  one: SnapshotChild,
  more: Partial<Omit<Snapshot, 'children'>> = {},
): Recommendation {
  const [recommendation] = score(policy, snapshot([one], more), calendar)
  if (!recommendation) throw new Error('no recommendation')
  return recommendation
}

/** `low–high` by level codes, `-` where there is none. */
export function range({ low, high }: Recommendation): string {
  return `${low?.code ?? '-'}–${high?.code ?? '-'}`
}
