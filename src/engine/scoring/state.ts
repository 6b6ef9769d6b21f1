/** A child of a snapshot, as the policy's conditions see it. */
import { ageValue, compare } from '../conditions/evaluate.ts'
import { type Kleene, MAYBE, NO, YES } from '../conditions/kleene.ts'
import { pieceValue, repeated } from '../conditions/pieces.ts'
import type { AgeInMonths, ChildState, EvidencePiece } from '../conditions/state.ts'
import type { CompiledIndicator, Policy } from '../policy/policy.ts'
import { factsOf, type Snapshot, type SnapshotChild, type SnapshotFinding } from '../referral/snapshot.ts'
import { OCCURRENCES } from '../vocabulary.ts'

/** Everything that scoring knows of a child beyond the state: what could not be taken in. */
export interface Reading {
  readonly state: ChildState
  /** Codes that the policy does not have. */
  readonly unknownCodes: readonly string[]
  /** Present findings whose indicator is not about a child of this age. */
  readonly outOfAge: readonly string[]
  /** Household findings about a sibling's age, not this child's; and what is possible of an indicator for another age. */
  readonly passedOver: readonly string[]
  readonly possibleOutOfAge: readonly string[]
  /** Indicators said to be both present and absent. */
  readonly contradictory: readonly string[]
  /** Indicators whose state somebody stated as unknown, or whose evidence or age leaves them so. */
  readonly uncertain: readonly number[]
}

/** A child about whom nothing was said of age may be any age, but is born: an unborn child is always said to be. */
const ANY_AGE = { low: 0, high: 215 } as const
const NOTHING_KNOWN: EvidencePiece = { kind: null, occurrence: null, monthsAgo: null }

/** What is being gathered while findings and measurements are read. */
interface Gathering {
  readonly found: Uint8Array
  readonly evidence: Map<number, EvidencePiece[]>
  readonly absent: Set<number>
  readonly present: Set<number>
  readonly unknownCodes: Set<string>
  readonly outOfAge: Set<string>
  readonly passedOver: Set<string>
  readonly possibleOutOfAge: Set<string>
}

export function read(policy: Policy, snapshot: Snapshot, child: SnapshotChild): Reading {
  const gathering: Gathering = {
    found: new Uint8Array(policy.indicators.length),
    evidence: new Map(),
    absent: new Set(),
    present: new Set(),
    unknownCodes: new Set(),
    outOfAge: new Set(),
    passedOver: new Set(),
    possibleOutOfAge: new Set(),
  }
  const age = child.age ?? ANY_AGE
  for (const finding of child.findings) takeFinding(gathering, { policy, snapshot, finding, age })
  const measures = measurements(child)
  takeMeasures(gathering, policy, measures, age)
  const { found, evidence, absent, present, unknownCodes, outOfAge } = gathering
  const { repetition } = policy.document
  if (repetition) for (const pieces of evidence.values()) pieces.push(...repeated(pieces, repetition))
  // A strength that somebody else denies is not certain, and so withholds nothing at the high end.
  for (const index of present)
    if (absent.has(index) && policy.indicators[index]?.spec.kind === 'protective') found[index] = MAYBE
  const support = policy.indicators.flatMap(({ index }) => ((found[index] ?? NO) > NO ? [index] : []))
  const sure = support.filter((index) => found[index] === YES)
  const codeOf = (index: number): string => policy.indicators[index]?.spec.code ?? ''
  return {
    state: {
      ...ranks(policy, support, evidence),
      found,
      support,
      evidence,
      age,
      measures,
      history: child.history,
      assessments: child.assessments ?? [],
      facts: facts(snapshot, child.id),
      consent: snapshot.consent,
      categories: categoriesOf(policy, sure),
      possibleCategories: categoriesOf(policy, support),
    },
    unknownCodes: [...unknownCodes].sort(),
    outOfAge: [...outOfAge].sort(),
    passedOver: [...gathering.passedOver].sort(),
    possibleOutOfAge: [...gathering.possibleOutOfAge].sort(),
    contradictory: [...present]
      .filter((index) => absent.has(index))
      .map(codeOf)
      .sort(),
    uncertain: support.filter((index) => found[index] === MAYBE),
  }
}

interface Taken {
  readonly policy: Policy
  readonly snapshot: Snapshot
  readonly finding: SnapshotFinding
  readonly age: AgeInMonths
}

function takeFinding(gathering: Gathering, { policy, snapshot, finding, age }: Taken): void {
  const indicator = policy.indicators[policy.indexOf.get(finding.indicator) ?? -1]
  if (!indicator) {
    gathering.unknownCodes.add(finding.indicator)
    return
  }
  const { index, spec } = indicator
  const isPresent = finding.state === 'present'
  if (finding.state === 'absent') {
    gathering.absent.add(index)
    return
  }
  const fits = fit(indicator, age)
  if (fits === NO) {
    if (!indicator.scores) return
    // A household finding about one child's age says nothing sure of a sibling, as long as it fits one of them.
    const isSiblings =
      finding.subject === 'household' && snapshot.ages.some((other) => fit(indicator, other ?? ANY_AGE) !== NO)
    const list = !isPresent ? gathering.possibleOutOfAge : isSiblings ? gathering.passedOver : gathering.outOfAge
    list.add(spec.code)
    return
  }
  if (isPresent) gathering.present.add(index)
  // What is merely possible has one piece of evidence of which nothing is known: it may turn out to be of any grade.
  const pieces = isPresent ? countingPieces(indicator, finding) : [NOTHING_KNOWN]
  take(gathering, index, Math.min(fits, findingValue(indicator, finding)) as Kleene, pieces)
}

/** A number speaks for every indicator of its measure that it meets. */
function takeMeasures(
  gathering: Gathering,
  policy: Policy,
  measures: ReadonlyMap<string, number[]>,
  age: AgeInMonths,
): void {
  if (measures.size === 0) return
  for (const indicator of policy.indicators) {
    const { measure } = indicator.spec
    if (!measure || !(measures.get(measure.name) ?? []).some((value) => compare(value, measure.is, measure.value)))
      continue
    const fits = fit(indicator, age)
    if (fits !== NO) take(gathering, indicator.index, fits, [NOTHING_KNOWN])
  }
}

function take({ found, evidence }: Gathering, index: number, value: Kleene, pieces: readonly EvidencePiece[]): void {
  found[index] = Math.max(found[index] ?? NO, value)
  evidence.set(index, [...(evidence.get(index) ?? []), ...pieces])
}

/** Whether an indicator is about a child of this age. What is absolute holds unless the age is known not to fit. */
function fit({ spec }: CompiledIndicator, age: AgeInMonths): Kleene {
  if (!spec.age) return YES
  const value = ageValue(spec.age, age)
  return spec.absolute && value === MAYBE ? YES : value
}

/** The same child with other indicators found: what follows from them is worked out anew. */
export function withFound(policy: Policy, state: ChildState, found: Uint8Array): ChildState {
  const support = policy.indicators.flatMap(({ index }) => ((found[index] ?? NO) > NO ? [index] : []))
  const sure = support.filter((index) => found[index] === YES)
  const categories = categoriesOf(policy, sure)
  return { ...state, found, support, categories, possibleCategories: categoriesOf(policy, support) }
}

function categoriesOf(policy: Policy, indices: readonly number[]): Set<string> {
  return new Set(
    indices.flatMap((index) =>
      policy.indicators[index]?.scores ? (policy.indicators[index]?.spec.categories ?? []) : [],
    ),
  )
}

/** What is known by evidence: of a kind that does not count it is only possible, and without any that counts nothing is known. */
function countingPieces({ spec }: CompiledIndicator, { evidence }: SnapshotFinding): readonly EvidencePiece[] {
  const counts = ({ kind }: EvidencePiece): boolean => !spec.evidence || (kind !== null && spec.evidence.includes(kind))
  if (!evidence.some(counts)) return [NOTHING_KNOWN]
  return evidence.map((piece) => (counts(piece) ? piece : { ...piece, counts: false }))
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

function facts(snapshot: Snapshot, child: string): Map<string, Kleene> {
  const answers = new Map<string, Kleene>([['immediate_danger', snapshot.immediateDanger ? YES : NO]])
  for (const { code, answer } of factsOf(snapshot, child)) {
    const value = answer === 'yes' ? YES : answer === 'unknown' ? MAYBE : NO
    // Of two answers to one question the more worrying counts.
    answers.set(code, Math.max(answers.get(code) ?? NO, value) as Kleene)
  }
  return answers
}

/** The level of a graded indicator: by what is known of how often, how long and which way, and at most by what is not. */
function ranks(policy: Policy, support: readonly number[], evidence: ReadonlyMap<number, readonly EvidencePiece[]>) {
  const rankLow = Int8Array.from(policy.indicators, ({ rank }) => rank)
  const rankHigh = Int8Array.from(rankLow)
  for (const index of support) {
    const { gradeRanks: grades, steps } = policy.indicators[index] as CompiledIndicator
    const pieces = evidence.get(index) ?? [NOTHING_KNOWN]
    const stepped = (least: Kleene): number =>
      Math.max(-1, ...steps.filter(({ asked }) => pieces.some((p) => pieceValue(asked, p) >= least)).map((s) => s.rank))
    if (steps.length > 0) {
      rankLow[index] = Math.max(rankLow[index] ?? 0, stepped(YES))
      rankHigh[index] = Math.max(rankHigh[index] ?? 0, stepped(MAYBE))
    }
    if (!grades) continue
    const often = (list: readonly EvidencePiece[]): number[] =>
      list.map(({ occurrence }) => (occurrence === null ? -1 : OCCURRENCES.indexOf(occurrence)))
    const all = often(pieces)
    const least = Math.max(0, ...often(pieces.filter(({ counts }) => counts !== false)))
    const most = all.includes(-1) ? grades.length - 1 : Math.max(least, ...all)
    rankLow[index] = Math.max(grades[least] ?? 0, rankLow[index] ?? 0)
    rankHigh[index] = Math.max(grades[most] ?? 0, rankHigh[index] ?? 0)
  }
  return { rankLow, rankHigh }
}
