/** A child of a snapshot, as the policy's conditions see it. */
import { ageValue, compare } from '../conditions/evaluate.ts'
import { type Kleene, MAYBE, NO, YES } from '../conditions/kleene.ts'
import type { AgeInMonths, ChildState, EvidencePiece } from '../conditions/state.ts'
import type { CompiledIndicator, Policy } from '../policy/policy.ts'
import type { Snapshot, SnapshotChild, SnapshotFinding } from '../referral/snapshot.ts'
import { OCCURRENCES } from '../vocabulary.ts'

/** Everything that scoring knows of a child beyond the state: what could not be taken in. */
export interface Reading {
  readonly state: ChildState
  /** Codes that the policy does not have. */
  readonly unknownCodes: readonly string[]
  /** Present findings whose indicator is not about a child of this age. */
  readonly outOfAge: readonly string[]
  /** Indicators said to be both present and absent. */
  readonly contradictory: readonly string[]
  /** Indicators whose state somebody stated as unknown, or whose evidence or age leaves them so. */
  readonly uncertain: readonly number[]
}

/** A child about whom nothing was said of age may be any age, but is born: an unborn child is always said to be. */
const ANY_AGE = { low: 0, high: 215 } as const
const NOTHING_KNOWN: EvidencePiece = { kind: null, occurrence: null, monthsAgo: null }

export function read(policy: Policy, snapshot: Snapshot, child: SnapshotChild): Reading {
  const size = policy.indicators.length
  const found = new Uint8Array(size)
  const evidence = new Map<number, EvidencePiece[]>()
  const absent = new Set<number>()
  const present = new Set<number>()
  const unknownCodes: string[] = []
  const outOfAge: string[] = []
  const age = child.age ?? ANY_AGE
  const raise = (index: number, value: Kleene): void => {
    found[index] = Math.max(found[index] ?? 0, value)
  }
  const add = (index: number, pieces: readonly EvidencePiece[]): void => {
    evidence.set(index, [...(evidence.get(index) ?? []), ...pieces])
  }
  for (const finding of child.findings) {
    const index = policy.indexOf.get(finding.indicator)
    if (index === undefined) {
      unknownCodes.push(finding.indicator)
      continue
    }
    if (finding.state === 'absent') {
      absent.add(index)
      continue
    }
    const indicator = policy.indicators[index] as CompiledIndicator
    const fits = fit(indicator, age)
    if (fits === NO) {
      const isSiblings =
        finding.subject !== 'child' && snapshot.ages.some((other) => fit(indicator, other ?? ANY_AGE) !== NO)
      if (indicator.scores && finding.state === 'present' && !isSiblings) outOfAge.push(indicator.spec.code)
      continue
    }
    if (finding.state === 'present') present.add(index)
    // What is merely possible has one piece of evidence of which nothing is known: it may turn out to be of any grade.
    add(index, finding.state === 'present' && finding.evidence.length > 0 ? finding.evidence : [NOTHING_KNOWN])
    raise(index, Math.min(fits, findingValue(indicator, finding)) as Kleene)
  }
  const measures = measurements(child)
  for (const { spec, index } of policy.indicators) {
    const { measure } = spec
    if (!measure || !(measures.get(measure.name) ?? []).some((value) => compare(value, measure.is, measure.value)))
      continue
    const fits = fit(policy.indicators[index] as CompiledIndicator, age)
    raise(index, fits)
    if (fits !== NO) add(index, [NOTHING_KNOWN])
  }
  const support = policy.indicators.filter(({ index }) => (found[index] ?? 0) > 0).map(({ index }) => index)
  const { rankLow, rankHigh } = ranks(policy, support, evidence)
  return {
    state: {
      found,
      support,
      rankLow,
      rankHigh,
      evidence,
      age,
      measures,
      history: child.history,
      facts: facts(snapshot),
      consent: snapshot.consent,
      categories: categoriesOf(
        policy,
        support.filter((index) => found[index] === YES),
      ),
      possibleCategories: categoriesOf(policy, support),
    },
    unknownCodes: [...new Set(unknownCodes)],
    outOfAge: [...new Set(outOfAge)].sort(),
    contradictory: [...present]
      .filter((index) => absent.has(index))
      .map((index) => policy.indicators[index]?.spec.code ?? '')
      .sort(),
    uncertain: support.filter((index) => found[index] === MAYBE),
  }
}

/** Whether an indicator is about a child of this age. What is absolute holds unless the age is known not to fit. */
function fit({ spec }: CompiledIndicator, age: AgeInMonths): Kleene {
  if (!spec.age) return YES
  const value = ageValue(spec.age, age)
  return spec.absolute && value === MAYBE ? YES : value
}

function categoriesOf(policy: Policy, indices: readonly number[]): Set<string> {
  return new Set(
    indices.flatMap((index) =>
      policy.indicators[index]?.scores ? (policy.indicators[index]?.spec.categories ?? []) : [],
    ),
  )
}

/** Evidence of a kind that does not count leaves an indicator possible; it never makes it absent. */
function findingValue(indicator: CompiledIndicator, finding: SnapshotFinding): Kleene {
  if (finding.state === 'unknown') return MAYBE
  const { evidence: counts } = indicator.spec
  if (!counts) return YES
  return finding.evidence.some(({ kind }) => kind !== null && counts.includes(kind)) ? YES : MAYBE
}

function measurements(child: SnapshotChild): Map<string, number[]> {
  const byName = new Map<string, number[]>()
  for (const { measure, value } of child.measurements) byName.set(measure, [...(byName.get(measure) ?? []), value])
  return byName
}

function facts(snapshot: Snapshot): Map<string, Kleene> {
  const answers = new Map<string, Kleene>([['immediate_danger', snapshot.immediateDanger ? YES : NO]])
  for (const { code, answer } of snapshot.facts) {
    const value = answer === 'yes' ? YES : answer === 'unknown' ? MAYBE : NO
    // Of two answers to one question the more worrying counts.
    answers.set(code, Math.max(answers.get(code) ?? NO, value) as Kleene)
  }
  return answers
}

/** The level of a graded indicator: by what is known of how often, and at most by what is not. */
function ranks(policy: Policy, support: readonly number[], evidence: ReadonlyMap<number, readonly EvidencePiece[]>) {
  const rankLow = Int8Array.from(policy.indicators, ({ rank }) => rank)
  const rankHigh = Int8Array.from(rankLow)
  for (const index of support) {
    const grades = policy.indicators[index]?.gradeRanks
    if (!grades) continue
    const pieces = evidence.get(index) ?? [NOTHING_KNOWN]
    const known = pieces.map(({ occurrence }) => (occurrence === null ? -1 : OCCURRENCES.indexOf(occurrence)))
    const most = Math.max(0, ...known)
    rankLow[index] = grades[most] ?? rankLow[index] ?? 0
    rankHigh[index] = (known.includes(-1) ? grades.at(-1) : grades[most]) ?? rankLow[index] ?? 0
  }
  return { rankLow, rankHigh }
}
