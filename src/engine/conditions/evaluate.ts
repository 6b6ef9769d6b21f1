/** Conditions → three-valued tests over a child's state. Compiled once per policy into closures; no code is generated. */
import type { Category, Operator } from '../vocabulary.ts'
import { and, atLeast, fromBounds, type Kleene, MAYBE, NO, not, or, YES } from './kleene.ts'
import { pieceValue } from './pieces.ts'
import type { AgeRange, Condition } from './shape.ts'
import type { AgeInMonths, AssessmentResult, ChildState, EarlierReferral } from './state.ts'

export type Test = (state: ChildState) => Kleene

/** What conditions need to know of the policy around them. Codes are known to exist: the check ran first. */
export interface Names {
  indicator(code: string): number
  rank(level: string): number
  /** Scoring indicators (or those of one kind) that match, as a flag for each indicator of the policy. */
  select(filter: {
    kind?: string | undefined
    domain?: string | undefined
    category?: Category | undefined
    matrix?: string | undefined
  }): Uint8Array
  /** Top-level domains of each indicator. */
  readonly topDomains: readonly (readonly number[])[]
  /** Indicators with the same number here, other than −1, count as one where indicators are counted. */
  readonly countsAs: readonly number[]
}

type CountOf = Extract<Condition, { count: unknown }>['count']
type HistoryOf = Extract<Condition, { history: unknown }>['history']
type PresentOf = Extract<Condition, { present: string }>

export function compileCondition(condition: Condition, names: Names): Test {
  if ('all' in condition) {
    const tests = condition.all.map((part) => compileCondition(part, names))
    return (state) => and(tests.map((test) => test(state)))
  }
  if ('any' in condition) {
    const tests = condition.any.map((part) => compileCondition(part, names))
    return (state) => or(tests.map((test) => test(state)))
  }
  if ('not' in condition) {
    const test = compileCondition(condition.not, names)
    return (state) => not(test(state))
  }
  if ('atLeast' in condition) {
    const { n, of } = condition.atLeast
    const tests = of.map((part) => compileCondition(part, names))
    return (state) =>
      atLeast(
        n,
        tests.map((test) => test(state)),
      )
  }
  return compileLeaf(condition, names)
}

function compileLeaf(
  condition: Exclude<Condition, { all: unknown } | { any: unknown } | { not: unknown } | { atLeast: unknown }>,
  names: Names,
): Test {
  if ('present' in condition) return presentTest(condition, names)
  if ('count' in condition) return countTest(condition.count, names)
  if ('measure' in condition) {
    const { measure, is, value } = condition
    return (state) => ((state.measures.get(measure) ?? []).some((number) => compare(number, is, value)) ? YES : NO)
  }
  if ('history' in condition) {
    const { history } = condition
    return (state) => historyValue(state, history)
  }
  if ('age' in condition) {
    const { age } = condition
    return (state) => ageValue(age, state.age)
  }
  if ('fact' in condition) {
    const { fact } = condition
    return (state) => state.facts.get(fact) ?? NO
  }
  if ('assessment' in condition) return (state) => or(state.assessments.map((done) => resultValue(condition, done)))
  if ('reached' in condition) {
    const rank = names.rank(condition.reached)
    return ({ reached }) => (reached ? fromBounds(reached.low >= rank, reached.high >= rank) : NO)
  }
  const { consent } = condition
  return (state) => (state.consent === consent ? YES : state.consent === 'unknown' ? MAYBE : NO)
}

function presentTest(condition: PresentOf, names: Names): Test {
  const index = names.indicator(condition.present)
  const narrowed = Object.keys(condition).length > 1
  if (!narrowed) return (state) => (state.found[index] ?? NO) as Kleene
  return (state) => {
    const found = (state.found[index] ?? NO) as Kleene
    if (found === NO) return NO
    const pieces = state.evidence.get(index) ?? []
    const best = or(pieces.map((piece) => pieceValue(condition, piece)))
    return and([found, pieces.length === 0 ? MAYBE : best])
  }
}

/** A result of another version, or one that nobody states, leaves it possible. */
function resultValue(
  { assessment, resultAtLeast, versions, withinMonths }: Extract<Condition, { assessment: string }>,
  done: AssessmentResult,
): Kleene {
  if (done.assessment !== assessment) return NO
  if (withinMonths !== undefined && done.monthsAgo >= withinMonths) return NO
  if (resultAtLeast !== undefined && done.result !== null && done.result < resultAtLeast) return NO
  const isUnsaid = resultAtLeast !== undefined && done.result === null
  const isOther = versions !== undefined && !versions.includes(done.version ?? '')
  return isUnsaid || isOther ? MAYBE : YES
}

function countTest(count: CountOf, names: Names): Test {
  const matches = names.select(count)
  const rank = count.level === undefined ? 0 : names.rank(count.level)
  const domains = count.acrossDomains ?? 1
  return (state) =>
    fromBounds(
      enough(tally(state, { matches, rank, least: YES }, names), count.atLeast, domains),
      enough(tally(state, { matches, rank, least: MAYBE }, names), count.atLeast, domains),
    )
}

/** How many found indicators match, those that count as one as one, and over how many top-level domains. */
export function tally(
  state: ChildState,
  wanted: { matches: Uint8Array; rank: number; least: Kleene },
  { topDomains, countsAs }: Pick<Names, 'topDomains' | 'countsAs'>,
): { count: number; domains: number; indicators: number[] } {
  const ranks = wanted.least === YES ? state.rankLow : state.rankHigh
  const indicators = state.support.filter(
    (index) =>
      wanted.matches[index] === 1 && (state.found[index] ?? 0) >= wanted.least && (ranks[index] ?? 0) >= wanted.rank,
  )
  const domains = new Set(indicators.flatMap((index) => topDomains[index] ?? []))
  const ones = indicators.filter((index) => (countsAs[index] ?? -1) < 0).length
  const groups = new Set(indicators.flatMap((index) => ((countsAs[index] ?? -1) < 0 ? [] : [countsAs[index]])))
  return { count: ones + groups.size, domains: domains.size, indicators }
}

export function enough(found: { count: number; domains: number }, count: number, domains: number): boolean {
  return found.count >= count && found.domains >= domains
}

/** An earlier referral whose concern nobody recorded may have been about anything, and so is possible. */
function historyValue(state: ChildState, { referralsAtLeast, withinMonths, sameConcern, category }: HistoryOf): Kleene {
  const recent = state.history.filter((earlier) => earlier.monthsAgo < withinMonths)
  const isAbout = (earlier: EarlierReferral, now: ReadonlySet<string>): boolean =>
    (category === undefined || earlier.categories.includes(category)) &&
    (!sameConcern || earlier.categories.some((shared) => now.has(shared)))
  const isUnsaid = (earlier: EarlierReferral): boolean => earlier.categories.length === 0
  const certain = recent.filter((earlier) => isAbout(earlier, state.categories)).length
  const possible = recent.filter((earlier) => isUnsaid(earlier) || isAbout(earlier, state.possibleCategories)).length
  return fromBounds(certain >= referralsAtLeast, possible >= referralsAtLeast)
}

export function compare(number: number, is: Operator, value: number): boolean {
  switch (is) {
    case 'below':
      return number < value
    case 'atMost':
      return number <= value
    case 'atLeast':
      return number >= value
    case 'above':
      return number > value
  }
}

/** Whether an age lies in a range: surely, possibly (an estimate that straddles it), or not. */
export function ageValue(range: AgeRange, age: AgeInMonths): Kleene {
  const born = range.fromMonths !== undefined || range.toMonths !== undefined || range.unborn !== true
  const from = range.fromMonths ?? 0
  const to = range.toMonths ?? Number.MAX_SAFE_INTEGER
  const youngest = Math.max(age.low, 0)
  const all = (age.low >= 0 || range.unborn === true) && (age.high < 0 || (born && youngest >= from && age.high <= to))
  const any = (age.low < 0 && range.unborn === true) || (age.high >= 0 && born && youngest <= to && age.high >= from)
  return fromBounds(all, any)
}
