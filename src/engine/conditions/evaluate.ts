/**
 * Conditions → three-valued tests over a child's state. Compiled once per policy into closures; no code is generated.
 * The joining forms go through their parts without making a list of the answers: they are asked for every child.
 */

import type { Category, Operator } from '../vocabulary.ts'
import { ageBounds, ageWithin } from './age.ts'
import { type CategorySet, categorySet } from './categories.ts'
import { type Counted, enoughOf } from './count.ts'
import { leaves } from './describe.ts'
import { and, fromBounds, type Kleene, MAYBE, NO, not, or, YES } from './kleene.ts'
import { pieceValue } from './pieces.ts'
import type { Condition } from './shape.ts'
import type { AssessmentResult, ChildState, EarlierReferral } from './state.ts'

export type Test = (state: ChildState) => Kleene

/** What conditions need to know of the policy around them. Codes are known to exist: the check ran first. */
export interface Names extends Counted {
  indicator(code: string): number
  rank(level: string): number
  /** Position of a fact or gate. */
  fact(code: string): number
  /** Scoring indicators (or those of one kind) that match, as a flag for each indicator of the policy. */
  select(filter: {
    kind?: string | undefined
    domain?: string | undefined
    category?: Category | undefined
    matrix?: string | undefined
  }): Uint8Array
}

type CountOf = Extract<Condition, { count: unknown }>['count']
type HistoryOf = Extract<Condition, { history: unknown }>['history']
type PresentOf = Extract<Condition, { present: string }>

export function compileCondition(condition: Condition, names: Names): Test {
  if ('all' in condition) return allOf(partsOf(condition.all.flatMap(membersOfAll), names))
  if ('any' in condition) return anyOf(partsOf(condition.any.flatMap(membersOfAny), names))
  if ('not' in condition) {
    const test = compileCondition(condition.not, names)
    return (state) => not(test(state))
  }
  if ('atLeast' in condition) return atLeastOf(condition.atLeast.n, partsOf(condition.atLeast.of, names))
  return compileLeaf(condition, names)
}

/** Most parts ask no more than whether an indicator was found: these are looked up rather than called. */
interface Parts {
  readonly present: readonly number[]
  readonly tests: readonly Test[]
}

function partsOf(conditions: readonly Condition[], names: Names): Parts {
  const plain = conditions.flatMap((condition) => ('present' in condition && !isNarrowed(condition) ? [condition] : []))
  const rest = conditions.filter((condition) => !('present' in condition) || isNarrowed(condition))
  return {
    present: plain.map(({ present }) => names.indicator(present)),
    // What is answered soonest comes first, since it often settles the rest.
    tests: rest.toSorted((a, b) => effort(a) - effort(b)).map((condition) => compileCondition(condition, names)),
  }
}

/** An `all` within an `all` says no more than its members do. */
function membersOfAll(condition: Condition): readonly Condition[] {
  return 'all' in condition ? condition.all.flatMap(membersOfAll) : [condition]
}

function membersOfAny(condition: Condition): readonly Condition[] {
  return 'any' in condition ? condition.any.flatMap(membersOfAny) : [condition]
}

/** How long an answer takes, roughly: nothing where it is one look. */
function effort(condition: Condition): number {
  if ('not' in condition) return effort(condition.not)
  return 'age' in condition || 'fact' in condition || 'consent' in condition ? 0 : leaves(condition).length
}

function allOf({ present, tests }: Parts): Test {
  return (state) => {
    let wanting = 0
    for (let i = 0; i < present.length; i++) wanting |= YES - (state.found[present[i] ?? 0] ?? NO)
    let least: number = (wanting & YES) !== 0 ? NO : YES - wanting
    for (const test of tests) {
      if (least === NO) return NO
      const value = test(state)
      if (value < least) least = value
    }
    return least as Kleene
  }
}

function anyOf({ present, tests }: Parts): Test {
  return (state) => {
    let most = 0
    for (let i = 0; i < present.length; i++) most |= state.found[present[i] ?? 0] ?? NO
    if ((most & YES) !== 0) return YES
    for (const test of tests) {
      if (most === YES) return YES
      const value = test(state)
      if (value > most) most = value
    }
    return most as Kleene
  }
}

/** The n-th greatest value: yes where n are, maybe where n are at least possible. */
function atLeastOf(n: number, { present, tests }: Parts): Test {
  return (state) => {
    let sure = 0
    let possible = 0
    for (let i = 0; i < present.length; i++) {
      const value = state.found[present[i] ?? 0] ?? NO
      sure += value >> 1
      possible += (value + 1) >> 1
    }
    for (const test of tests) {
      if (sure >= n) return YES
      const value = test(state)
      if (value === YES) sure++
      if (value !== NO) possible++
    }
    return fromBounds(sure >= n, possible >= n)
  }
}

function compileLeaf(
  condition: Exclude<Condition, { all: unknown } | { any: unknown } | { not: unknown } | { atLeast: unknown }>,
  names: Names,
): Test {
  if ('present' in condition) return presentTest(condition, names)
  if ('count' in condition) return countTest(condition.count, names)
  if ('measure' in condition) {
    const { measure, is, value } = condition
    return ({ measures }) => (measures.get(measure)?.some((number) => compare(number, is, value)) ? YES : NO)
  }
  if ('history' in condition) {
    const { history } = condition
    const category = history.category === undefined ? null : categorySet([history.category])
    return (state) => (state.history.length === 0 ? NO : historyValue(state, history, category))
  }
  if ('age' in condition) {
    const bounds = ageBounds(condition.age)
    return (state) => ageWithin(bounds, state.age)
  }
  if ('fact' in condition) {
    const fact = names.fact(condition.fact)
    return (state) => (state.facts[fact] ?? NO) as Kleene
  }
  if ('assessment' in condition) return ({ assessments }) => or(assessments.map((done) => resultValue(condition, done)))
  if ('reached' in condition) {
    const rank = names.rank(condition.reached)
    return ({ reachedLow, reachedHigh }) => fromBounds(reachedLow >= rank, reachedHigh >= rank)
  }
  const { consent } = condition
  return (state) => (state.consent === consent ? YES : state.consent === 'unknown' ? MAYBE : NO)
}

function isNarrowed({ present, ...particulars }: PresentOf): boolean {
  return Object.values(particulars).some((asked) => asked !== undefined)
}

function presentTest(condition: PresentOf, names: Names): Test {
  const index = names.indicator(condition.present)
  if (!isNarrowed(condition)) return (state) => (state.found[index] ?? NO) as Kleene
  return (state) => {
    const found = (state.found[index] ?? NO) as Kleene
    if (found === NO) return NO
    const pieces = state.pieces(index)
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
  return enoughOf(
    {
      matches: names.select(count),
      rank: count.level === undefined ? 0 : names.rank(count.level),
      atLeast: count.atLeast,
      acrossDomains: count.acrossDomains ?? 1,
    },
    names,
  )
}

/** An earlier referral whose concern nobody recorded may have been about anything, and so is possible. */
function historyValue(
  { history, concerns, possibleConcerns }: ChildState,
  { referralsAtLeast, withinMonths, sameConcern }: HistoryOf,
  category: CategorySet | null,
): Kleene {
  let certain = 0
  let possible = 0
  for (const earlier of history) {
    if (earlier.monthsAgo >= withinMonths) continue
    const about = aboutOf(earlier, category)
    if (about !== null && (!sameConcern || (about & concerns) !== 0)) certain++
    if (earlier.categories.length === 0 || (about !== null && (!sameConcern || (about & possibleConcerns) !== 0)))
      possible++
  }
  return fromBounds(certain >= referralsAtLeast, possible >= referralsAtLeast)
}

/** What an earlier referral was about; null where it was not about the category that is asked for. */
function aboutOf({ categories }: EarlierReferral, category: CategorySet | null): CategorySet | null {
  const about = categorySet(categories)
  return category === null || (about & category) !== 0 ? about : null
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
