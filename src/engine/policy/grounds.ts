/** What has to be said of a child before a condition can hold, worked out once when a policy is compiled. */
import { leaves } from '../conditions/describe.ts'
import type { Names } from '../conditions/evaluate.ts'
import { and, atLeast, type Kleene, NO, not, or, YES } from '../conditions/kleene.ts'
import type { Condition } from '../conditions/shape.ts'
import type { CompiledIndicator } from './policy.ts'
import type { Grounds } from './reach.ts'

interface Around {
  readonly names: Names
  readonly indicators: readonly CompiledIndicator[]
}

/** Everything that a condition looks at: if none of it was said, it is no. Null where it may hold all the same. */
export function allGrounds(condition: Condition, around: Around): Grounds | null {
  if (mostWithNothingSaid(condition) !== NO) return null
  return union(leaves(condition).map(({ leaf }) => leafGrounds(leaf, around)))
}

/** Grounds of which each must have been said in part before a condition can hold, the least likely first; none where nothing must. */
export function needs(condition: Condition, around: Around): readonly Grounds[] {
  if ('all' in condition) return condition.all.flatMap((part) => needs(part, around)).sort(byLikelihood)
  const least = leastGrounds(condition, around)
  return least === null ? [] : [least]
}

/** As little as possible of which something must have been said before a condition can hold; null where nothing must. */
function leastGrounds(condition: Condition, around: Around): Grounds | null {
  const each = (parts: readonly Condition[]): (Grounds | null)[] => parts.map((part) => leastGrounds(part, around))
  const needed = (parts: readonly Condition[]): Grounds[] => each(parts).filter((grounds) => grounds !== null)
  if ('all' in condition) return needed(condition.all).sort(byLikelihood)[0] ?? null
  if ('any' in condition) return whole(each(condition.any))
  if ('not' in condition) return allGrounds(condition, around)
  if ('atLeast' in condition) {
    const { n, of } = condition.atLeast
    // Of k parts at most k − n may fail, so that of any k − n + 1 of them one has to hold.
    const some = needed(of)
      .sort(byLikelihood)
      .slice(0, of.length - n + 1)
    return some.length === of.length - n + 1 ? union(some) : null
  }
  return allGrounds(condition, around)
}

/** Every ground of a list; null where one of them is. */
function whole(list: readonly (Grounds | null)[]): Grounds | null {
  const grounds = list.filter((one) => one !== null)
  return grounds.length === list.length ? union(grounds) : null
}

function union(list: readonly Grounds[]): Grounds {
  return {
    indicators: new Set(list.flatMap(({ indicators }) => [...indicators])),
    facts: new Set(list.flatMap(({ facts }) => [...facts])),
    measures: new Set(list.flatMap(({ measures }) => [...measures])),
    history: list.some(({ history }) => history),
  }
}

function byLikelihood(a: Grounds, b: Grounds): number {
  const size = ({ indicators, facts, measures, history }: Grounds): number =>
    indicators.size + facts.size + measures.size + (history ? 1 : 0)
  return size(a) - size(b)
}

const NOTHING: Grounds = { indicators: new Set(), facts: new Set(), measures: new Set(), history: false }

/** Of a measure also the indicators that speak of it: a rule that looks at the number is near when they are found. */
function leafGrounds(leaf: Condition, { names, indicators }: Around): Grounds {
  if ('present' in leaf) return { ...NOTHING, indicators: new Set([names.indicator(leaf.present)]) }
  if ('history' in leaf) return { ...NOTHING, history: true }
  if ('fact' in leaf) return { ...NOTHING, facts: new Set([names.fact(leaf.fact)]) }
  if ('measure' in leaf) {
    const about = indicators.flatMap(({ spec, index }) => (spec.measure?.name === leaf.measure ? [index] : []))
    return { ...NOTHING, measures: new Set([leaf.measure]), indicators: new Set(about) }
  }
  if ('count' in leaf) {
    const { level } = leaf.count
    return reaching(names.select(leaf.count), level === undefined ? 0 : names.rank(level), names)
  }
  return NOTHING
}

/** Indicators that match and whose rank may come to this one, by their own level or a grade. */
export function reaching(matches: Uint8Array, rank: number, { ranksOf }: Names): Grounds {
  const indicators = new Set<number>()
  matches.forEach((match, index) => {
    if (match === 1 && ranksOf(index).some((own) => own >= rank)) indicators.add(index)
  })
  return { ...NOTHING, indicators }
}

/** The greatest value that a condition can have for a child of whom nothing was said but age, consent and assessments. */
function mostWithNothingSaid(condition: Condition): Kleene {
  return bounds(condition)[1]
}

function bounds(condition: Condition): readonly [least: Kleene, most: Kleene] {
  if ('age' in condition || 'consent' in condition || 'assessment' in condition || 'reached' in condition)
    return [NO, YES]
  if ('not' in condition) {
    const [least, most] = bounds(condition.not)
    return [not(most), not(least)]
  }
  if ('all' in condition) return ends(condition.all, and)
  if ('any' in condition) return ends(condition.any, or)
  if ('atLeast' in condition) return ends(condition.atLeast.of, (values) => atLeast(condition.atLeast.n, values))
  return [NO, NO]
}

function ends(
  parts: readonly Condition[],
  join: (values: readonly Kleene[]) => Kleene,
): readonly [least: Kleene, most: Kleene] {
  const each = parts.map(bounds)
  return [join(each.map(([least]) => least)), join(each.map(([, most]) => most))]
}
