/**
 * What can be said of a condition without a child: whether it can ever hold, and whether it follows from another.
 * A condition is unfolded into the ways in which it can hold. Where there are too many ways,
 * nothing is claimed; nor of a form that is not known here.
 */
import type { AgeRange, Condition, Leaf } from '../conditions/shape.ts'
import { OCCURRENCES } from '../vocabulary.ts'
import { ageSet, EVERY_AGE } from './age-set.ts'
import { type Ground, isScoring } from './ground.ts'

/** A leaf that has to hold, or must not. */
export interface Literal {
  readonly leaf: Leaf
  readonly isNegated: boolean
}
/** One way in which a condition holds: all of these together. */
export type Way = readonly Literal[]

const WAYS_MAX = 300
class TooManyWays extends Error {}

/** Every way in which the condition can hold, none where it never can; null where there are too many to look at. */
export function waysOf(condition: Condition, ground: Ground): readonly Way[] | null {
  try {
    return unfold(condition, false, (way) => contradiction(way, ground) === null)
  } catch (error) {
    // Thrown by this file alone, to leave a deep recursion at once.
    if (error instanceof TooManyWays) return null
    throw error
  }
}

type Keep = (way: Way) => boolean

function unfold(condition: Condition, isNegated: boolean, keep: Keep): readonly Way[] {
  if ('not' in condition) return unfold(condition.not, !isNegated, keep)
  const group =
    'all' in condition
      ? { n: condition.all.length, of: condition.all }
      : 'any' in condition
        ? { n: 1, of: condition.any }
        : 'atLeast' in condition
          ? condition.atLeast
          : null
  if (group) {
    // Not n of k is k − n + 1 of the opposites.
    const needed = isNegated ? group.of.length - group.n + 1 : group.n
    const parts = group.of.map((part) => unfold(part, isNegated, keep))
    return choose(parts, Math.max(0, needed), keep)
  }
  return [[{ leaf: condition as Leaf, isNegated }]].filter(keep)
}

/** The ways in which at least `needed` of the parts hold. */
function choose(parts: readonly (readonly Way[])[], needed: number, keep: Keep): readonly Way[] {
  // So far by how many parts were taken; a part is taken or left.
  let taken: (readonly Way[])[] = [[[]], ...Array.from({ length: needed }, () => [])]
  for (const part of parts) {
    taken = taken.map((ways, count) => {
      if (count === 0) return ways
      const joined = (taken[count - 1] ?? []).flatMap((way) => part.map((more) => [...way, ...more]).filter(keep))
      if (ways.length + joined.length > WAYS_MAX) throw new TooManyWays()
      return [...ways, ...joined]
    })
  }
  return taken[needed] ?? []
}

/** Why these cannot all hold for one child, in words; null where they can. */
export function contradiction(way: Way, ground: Ground): string | null {
  const ages = agesOf(way, ground)
  if (ages === 0n) return 'no child is of all the ages that it asks for'
  for (const { leaf, isNegated } of way) {
    if (isNegated) {
      if (
        'fact' in leaf &&
        way.some((other) => !other.isNegated && 'fact' in other.leaf && other.leaf.fact === leaf.fact)
      )
        return `“${leaf.fact}” cannot be answered both yes and no`
      continue
    }
    const against = againstLeaf(leaf, ages, ground)
    if (against) return against
  }
  return consentAgainst(way)
}

/** The ages of a child for whom this can hold: those of the conditions on age, and of the indicators that have to be found. */
export function agesOf(way: Way, ground: Ground): bigint {
  return way.reduce((ages, { leaf, isNegated }) => {
    if ('age' in leaf)
      return ages & (isNegated ? EVERY_AGE & ~ageSet(leaf.age as AgeRange) : ageSet(leaf.age as AgeRange))
    if (isNegated || !('present' in leaf)) return ages
    const spec = ground.indicators.get(leaf.present)
    // What is absolute holds unless the age is known not to fit, so it narrows nothing by itself.
    return spec && !spec.absolute ? ages & ground.ages(spec) : ages
  }, EVERY_AGE)
}

function againstLeaf(leaf: Leaf, ages: bigint, ground: Ground): string | null {
  if ('measure' in leaf && leaf.is === 'below' && leaf.value === 0) return `no number is below 0 (${leaf.measure})`
  if ('present' in leaf) {
    const spec = ground.indicators.get(leaf.present)
    if (spec && (ground.ages(spec) & ages) === 0n) return `${leaf.present} is about children of another age`
    const counts = spec?.evidence
    if (counts && leaf.evidence && !leaf.evidence.some((kind) => counts.includes(kind)))
      return `${leaf.present} does not count by ${leaf.evidence.join(' or ').replaceAll('_', ' ')}`
  }
  if ('count' in leaf) {
    const { atLeast, acrossDomains = 1 } = leaf.count
    const matching = ground.matching(leaf.count)
    const found = ages === EVERY_AGE ? matching : matching.filter((spec) => (ground.ages(spec) & ages) !== 0n)
    if (found.length < atLeast)
      return `it counts ${atLeast} indicators, and ${found.length === 0 ? 'none' : `only ${found.length}`} can be counted`
    const domains = acrossDomains === 1 ? 1 : ground.topDomains(found).size
    if (domains < acrossDomains) return `it asks for ${acrossDomains} top-level domains, and ${domains} can be reached`
  }
  return null
}

function consentAgainst(way: Way): string | null {
  const said = way.flatMap(({ leaf, isNegated }) => ('consent' in leaf ? [{ is: leaf.consent, isNegated }] : []))
  const wanted = new Set(said.filter(({ isNegated }) => !isNegated).map(({ is }) => is))
  const isBoth = said.some(({ is, isNegated }) => isNegated && wanted.has(is))
  return wanted.size > 1 || isBoth ? 'consent cannot be two things at once' : null
}

/** Whether the second condition holds whenever the first, by its ways, holds for certain. */
export function implies(ways: readonly Way[] | null, condition: Condition, ground: Ground): boolean {
  return ways !== null && ways.length > 0 && ways.every((way) => ground.mayCompare() && entails(way, condition, ground))
}

function entails(way: Way, condition: Condition, ground: Ground): boolean {
  if ('all' in condition) return condition.all.every((part) => entails(way, part, ground))
  if ('any' in condition) return condition.any.some((part) => entails(way, part, ground))
  if ('atLeast' in condition)
    return condition.atLeast.of.filter((part) => entails(way, part, ground)).length >= condition.atLeast.n
  if ('not' in condition) {
    const { not } = condition
    if ('age' in not) return (statedAges(way) & ageSet(not.age as AgeRange)) === 0n
    const wanted = JSON.stringify(not)
    return way.some(({ leaf, isNegated }) => isNegated && JSON.stringify(leaf) === wanted)
  }
  if ('age' in condition) {
    const ages = statedAges(way)
    return ages !== EVERY_AGE && (ages & ~ageSet(condition.age as AgeRange)) === 0n
  }
  return way.some(({ leaf, isNegated }) => !isNegated && leafImplies(leaf, condition as Leaf, ground))
}

function statedAges(way: Way): bigint {
  return way.reduce((ages, { leaf, isNegated }) => {
    if (!('age' in leaf)) return ages
    const set = ageSet(leaf.age as AgeRange)
    return ages & (isNegated ? ~set : set)
  }, EVERY_AGE)
}

function leafImplies(one: Leaf, other: Leaf, ground: Ground): boolean {
  if ('present' in one && 'present' in other) return one.present === other.present && isNarrower(one, other)
  if ('present' in one && 'count' in other) return isCounted(one.present, other.count, ground)
  if ('count' in one && 'count' in other) return isMore(one.count, other.count, ground)
  if ('measure' in one && 'measure' in other)
    return one.measure === other.measure && isInside(intervalOf(one), intervalOf(other))
  if ('history' in one && 'history' in other) {
    const [a, b] = [one.history, other.history]
    return (
      a.referralsAtLeast >= b.referralsAtLeast &&
      a.withinMonths <= b.withinMonths &&
      (!b.sameConcern || a.sameConcern === true) &&
      (b.category === undefined || a.category === b.category)
    )
  }
  if ('fact' in one) return 'fact' in other && one.fact === other.fact
  if ('consent' in one) return 'consent' in other && one.consent === other.consent
  return isWritten(one, other)
}

/** Of a form that this file does not know in full nothing is claimed but that it follows from itself. */
function isWritten(one: object, other: object): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}

type PresentOf = Extract<Leaf, { present: string }>
type CountOf = Extract<Leaf, { count: unknown }>['count']

function isNarrower(one: PresentOf, other: PresentOf): boolean {
  const often = (leaf: PresentOf): number => (leaf.occurrence === undefined ? -1 : OCCURRENCES.indexOf(leaf.occurrence))
  return (
    often(one) >= often(other) &&
    (other.evidence === undefined || (one.evidence?.every((kind) => other.evidence?.includes(kind)) ?? false)) &&
    (other.withinMonths === undefined || (one.withinMonths ?? Number.POSITIVE_INFINITY) <= other.withinMonths) &&
    (hasOnly(other, ['present', 'occurrence', 'evidence', 'withinMonths']) || isWritten(one, other))
  )
}

function hasOnly(leaf: object, known: readonly string[]): boolean {
  return Object.keys(leaf).every((key) => known.includes(key))
}

const COUNT_KEYS = ['atLeast', 'level', 'domain', 'category', 'kind', 'acrossDomains']

function isCounted(code: string, count: CountOf, ground: Ground): boolean {
  const spec = ground.indicators.get(code)
  if (!spec || count.atLeast !== 1 || !hasOnly(count, COUNT_KEYS)) return false
  return (
    ground.matching(count).includes(spec) &&
    (count.level === undefined || ground.rank(spec.level) >= ground.rank(count.level)) &&
    ground.topDomains([spec]).size >= (count.acrossDomains ?? 1)
  )
}

function isMore(one: CountOf, other: CountOf, ground: Ground): boolean {
  const isKind =
    other.kind === one.kind || (other.kind === undefined && one.kind !== undefined && isScoring({ kind: one.kind }))
  const isLevel =
    other.level === undefined || (one.level !== undefined && ground.rank(one.level) >= ground.rank(other.level))
  return (
    one.atLeast >= other.atLeast &&
    (one.acrossDomains ?? 1) >= (other.acrossDomains ?? 1) &&
    isKind &&
    isLevel &&
    (other.domain === undefined || other.domain === one.domain) &&
    (other.category === undefined || other.category === one.category) &&
    (hasOnly(other, COUNT_KEYS) || isWritten(one, other))
  )
}

/** The whole numbers that meet a measure, both ends included. */
export function intervalOf({ is, value }: { readonly is: string; readonly value: number }): readonly [number, number] {
  if (is === 'below') return [0, value - 1]
  if (is === 'atMost') return [0, value]
  return [is === 'above' ? value + 1 : value, Number.POSITIVE_INFINITY]
}

export function isInside([from, to]: readonly [number, number], [low, high]: readonly [number, number]): boolean {
  return from >= low && to <= high
}
