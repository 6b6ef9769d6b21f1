/** A child of a snapshot, as the policy's conditions see it. */
import { ageWithin } from '../conditions/age.ts'
import { compare } from '../conditions/evaluate.ts'
import { findingValue } from '../conditions/evidence.ts'
import { TRAITS } from '../conditions/frame.ts'
import { type Kleene, MAYBE, NO, or, YES } from '../conditions/kleene.ts'
import { pieceValue } from '../conditions/pieces.ts'
import { ABSENT, type AgeInMonths, ChildState, MEASURED, POSSIBLE, PRESENT } from '../conditions/state.ts'
import type { CompiledIndicator, Policy } from '../policy/policy.ts'
import type { Snapshot, SnapshotChild, SnapshotFinding } from '../referral/snapshot.ts'
import { OCCURRENCES } from '../vocabulary.ts'

/** Everything that scoring knows of a child beyond the state: what could not be taken in. Codes in order, each once. */
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
/** Most children have nothing of the kind. */
const NOTHING: readonly never[] = []

/** What is gathered while findings are read: codes of what was not taken in. */
type Left = { -readonly [K in 'unknownCodes' | 'outOfAge' | 'passedOver' | 'possibleOutOfAge']: readonly string[] }

export function read(policy: Policy, snapshot: Snapshot, child: SnapshotChild): Reading {
  return readInto(new ChildState(policy.frame), policy, snapshot, child)
}

/** As `read`, into a state that may have served another child before. The reading holds until the state is read into again. */
export function readInto(state: ChildState, policy: Policy, snapshot: Snapshot, child: SnapshotChild): Reading {
  const left: Left = { unknownCodes: NOTHING, outOfAge: NOTHING, passedOver: NOTHING, possibleOutOfAge: NOTHING }
  state.clear()
  state.age = child.age ?? ANY_AGE
  state.consent = snapshot.consent
  state.history = child.history
  if (child.assessments) state.assessments = child.assessments
  takeFacts(state, policy, snapshot, child.id)
  takeFindings(state, policy, left, { snapshot, findings: child.findings })
  if (child.measurements.length > 0) takeMeasures(state, policy, child.measurements)
  const contradictory = state.isContradictory ? weaken(state, policy) : NOTHING
  state.arrange()
  if ((state.traits & TRAITS.graded) !== 0) gradeAll(state, policy)
  return {
    state,
    unknownCodes: inOrder(left.unknownCodes),
    outOfAge: inOrder(left.outOfAge),
    passedOver: inOrder(left.passedOver),
    possibleOutOfAge: inOrder(left.possibleOutOfAge),
    contradictory: inOrder(contradictory),
    uncertain: state.sure === state.size ? NOTHING : uncertainIn(state),
  }
}

function takeFacts(state: ChildState, policy: Policy, snapshot: Snapshot, child: string): void {
  if (snapshot.immediateDanger) state.answer(policy.dangerFact, YES)
  for (const { code, answer, children } of snapshot.facts) {
    if (answer === 'no' || (children && !children.includes(child))) continue
    const fact = policy.frame.factAt.get(code)
    if (fact !== undefined) state.answer(fact, answer === 'yes' ? YES : MAYBE)
  }
}

/** From the last to the first, so that what is said of one indicator is linked in the order in which it was said. */
function takeFindings(
  state: ChildState,
  policy: Policy,
  left: Left,
  { snapshot, findings }: { snapshot: Snapshot; findings: readonly SnapshotFinding[] },
): void {
  state.findings = findings
  if (findings.length > state.next.length) state.next = new Int32Array(2 * findings.length)
  for (let at = findings.length - 1; at >= 0; at--) {
    const finding = findings[at]
    if (finding === undefined) continue
    const index = policy.dictionary.indexOf(finding.indicator)
    const indicator = index < 0 ? undefined : policy.indicators[index]
    if (indicator === undefined) left.unknownCodes = [...left.unknownCodes, finding.indicator]
    else if (finding.state === 'absent') state.mention(indicator.index, ABSENT)
    else {
      const fits = fit(indicator, state.age)
      if (fits === NO) leaveOut(left, indicator, finding, snapshot)
      else takeIn(state, indicator, at, Math.min(fits, findingValue(finding, indicator.counting)) as Kleene)
    }
  }
}

function takeIn(state: ChildState, { index }: CompiledIndicator, at: number, value: Kleene): void {
  const { found, first, next, findings } = state
  state.mention(index, findings[at]?.state === 'present' ? PRESENT : POSSIBLE)
  next[at] = first[index] ?? -1
  first[index] = at
  if (value > (found[index] ?? NO)) found[index] = value
}

function leaveOut(
  left: Left,
  indicator: CompiledIndicator,
  { state, subject }: SnapshotFinding,
  { ages }: Snapshot,
): void {
  if (!indicator.scores) return
  // A household finding about one child's age says nothing sure of a sibling, as long as it fits one of them.
  const isSiblings = subject === 'household' && ages.some((other) => fit(indicator, other ?? ANY_AGE) !== NO)
  const list = state !== 'present' ? 'possibleOutOfAge' : isSiblings ? 'passedOver' : 'outOfAge'
  left[list] = [...left[list], indicator.spec.code]
}

/** A number speaks for every indicator of its measure that it meets. */
function takeMeasures(state: ChildState, policy: Policy, measurements: SnapshotChild['measurements']): void {
  const measures = new Map<string, number[]>()
  for (const { measure, value } of measurements) measures.set(measure, [...(measures.get(measure) ?? []), value])
  state.measures = measures
  for (const [name, values] of measures) {
    for (const indicator of policy.measured.get(name) ?? []) {
      const { measure } = indicator.spec
      if (!measure || !values.some((value) => compare(value, measure.is, measure.value))) continue
      const { index } = indicator
      const fits = fit(indicator, state.age)
      if (fits === NO) continue
      state.mention(index, MEASURED)
      if (fits > (state.found[index] ?? NO)) state.found[index] = fits
    }
  }
}

/** Whether an indicator is about a child of this age. What is absolute holds unless the age is known not to fit. */
function fit({ age: bounds, isAbsolute }: CompiledIndicator, age: AgeInMonths): Kleene {
  if (bounds === null) return YES
  const value = ageWithin(bounds, age)
  return isAbsolute && value === MAYBE ? YES : value
}

/** Codes said to be both present and absent. A strength that somebody denies is not certain, and withholds nothing at the high end. */
function weaken({ said, found, mentioned, mentionedSize }: ChildState, { indicators }: Policy): readonly string[] {
  let contradictory: readonly string[] = NOTHING
  for (let i = 0; i < mentionedSize; i++) {
    const index = mentioned[i] ?? 0
    const indicator = indicators[index]
    if (((said[index] ?? 0) & (PRESENT | ABSENT)) !== (PRESENT | ABSENT) || indicator === undefined) continue
    if (indicator.isProtective) found[index] = MAYBE
    contradictory = [...contradictory, indicator.spec.code]
  }
  return contradictory
}

function uncertainIn({ found, order, size }: ChildState): readonly number[] {
  const uncertain: number[] = []
  for (let i = 0; i < size; i++) {
    const index = order[i] ?? 0
    if (found[index] !== YES) uncertain.push(index)
  }
  return uncertain
}

function gradeAll(state: ChildState, { indicators }: Policy): void {
  for (let i = 0; i < state.size; i++) {
    const index = state.order[i] ?? 0
    const { gradeRanks, steps } = indicators[index] as CompiledIndicator
    if (gradeRanks !== null) grade(state, index, gradeRanks)
    if (steps !== null) raise(state, index, steps)
  }
}

/** The level of a graded indicator: by what is known of how often, and at most by what is not. */
function grade(state: ChildState, index: number, grades: readonly number[]): void {
  let least = 0
  let most = 0
  let isOpen = false
  for (const { occurrence, counts } of state.pieces(index)) {
    if (occurrence === null) isOpen = true
    const often = occurrence === null ? -1 : OCCURRENCES.indexOf(occurrence)
    most = Math.max(most, often)
    if (counts !== false) least = Math.max(least, often)
  }
  if (isOpen) most = grades.length - 1
  const rank = state.rankLow[index] ?? 0
  state.rankLow[index] = grades[least] ?? rank
  state.rankHigh[index] = grades[most] ?? grades[least] ?? rank
}

/** Steps up by one piece of evidence: to what is surely met, and at most to what may be. */
function raise(state: ChildState, index: number, steps: NonNullable<CompiledIndicator['steps']>): void {
  const pieces = state.pieces(index)
  for (const { rank, asked } of steps) {
    const value = or(pieces.map((piece) => pieceValue(asked, piece)))
    if (value === YES) state.rankLow[index] = Math.max(state.rankLow[index] ?? 0, rank)
    if (value !== NO) state.rankHigh[index] = Math.max(state.rankHigh[index] ?? 0, rank)
  }
}

function inOrder(codes: readonly string[]): readonly string[] {
  return codes.length < 2 ? codes : [...new Set(codes)].sort()
}
