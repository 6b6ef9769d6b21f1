/** What is sure of a child of whom a condition holds, whatever rules say: the least that its findings bring by themselves. */
import type { Condition } from '../conditions/shape.ts'
import { ownColumns } from '../policy/assemble-indicators.ts'
import type { Policy } from '../policy/policy.ts'
import { type IndicatorSpec, levelRanks } from '../policy/shape.ts'

/** Each holds of the child as surely as the condition does. */
export interface Implied {
  /** Rank of a level that the child has at the least; −1 where nothing is sure. */
  readonly rank: number
  readonly floor: number
  /** Rank of a band that is asked for; a great number where none is. Less is sooner. */
  readonly urgency: number
  readonly responses: ReadonlySet<string>
}

const NOTHING: Implied = { rank: -1, floor: -1, urgency: Number.MAX_SAFE_INTEGER, responses: new Set() }

export function implied(policy: Policy, condition: Condition): Implied {
  if ('all' in condition) return condition.all.map((part) => implied(policy, part)).reduce(both, NOTHING)
  if ('any' in condition) return least(condition.any.map((part) => implied(policy, part)))
  // At least one of them holds, and nobody knows which.
  if ('atLeast' in condition) return least(condition.atLeast.of.map((part) => implied(policy, part)))
  if ('present' in condition) return least(ofIndicators(policy, ({ code }) => code === condition.present, 0))
  if ('count' in condition) {
    const { category, kind, level } = condition.count
    const isCounted = (spec: IndicatorSpec): boolean =>
      (category === undefined || spec.categories.includes(category)) && (kind === undefined || spec.kind === kind)
    return least(ofIndicators(policy, isCounted, policy.rankOf.get(level ?? '') ?? 0))
  }
  return NOTHING
}

/** Ranks at which scoring indicators of a kind can stand, by their level and by their grades. */
export function standing(policy: Policy, isCounted: (spec: IndicatorSpec) => boolean): number[] {
  return policy.indicators
    .filter(({ spec, scores }) => scores && isCounted(spec))
    .flatMap(({ spec }) => ranksOf(policy, spec))
}

/** Every rank at which an indicator can stand. */
export function ranksOf({ document }: Policy, spec: IndicatorSpec): number[] {
  const ranks = levelRanks(document)
  return ownColumns(spec).map((code) => ranks.get(code) ?? 0)
}

/** What each of these brings when it is found at the rank or above. */
function ofIndicators(policy: Policy, isMeant: (spec: IndicatorSpec) => boolean, rank: number): Implied[] {
  return policy.indicators
    .filter(({ spec, scores }) => scores && isMeant(spec) && Math.max(...ranksOf(policy, spec)) >= rank)
    .map(({ spec, index }) => {
      const lowest = Math.max(rank, Math.min(...ranksOf(policy, spec)))
      const triggers = policy.triggers.filter(({ indicators }) => indicators.includes(index))
      const floor = Math.max(spec.absolute ? lowest : -1, ...triggers.map((trigger) => trigger.rank))
      return {
        rank: Math.max(floor, spec.alone ? lowest : -1, ...singles(policy, lowest)),
        floor,
        urgency: policy.urgencyRank.get(spec.urgency ?? '') ?? NOTHING.urgency,
        responses: new Set(triggers.map(({ response }) => response)),
      }
    })
}

/** Ranks at which one finding of the rank places a child, whatever it is about and whatever strengths there are. */
function singles({ clusters, document }: Policy, rank: number): number[] {
  const ranks = levelRanks(document)
  return clusters
    .filter(({ spec: { count, acrossDomains, categories, matrix, unless, ofLevel } }) => {
      const isOfAny = !categories && !matrix && !unless
      return count === 1 && acrossDomains === 1 && isOfAny && (ranks.get(ofLevel) ?? 0) <= rank
    })
    .map((cluster) => cluster.rank)
}

function both(a: Implied, b: Implied): Implied {
  return {
    rank: Math.max(a.rank, b.rank),
    floor: Math.max(a.floor, b.floor),
    urgency: Math.min(a.urgency, b.urgency),
    responses: new Set([...a.responses, ...b.responses]),
  }
}

/** One of them is so: what all of them bring. */
function least(list: readonly Implied[]): Implied {
  const [first, ...rest] = list
  if (!first) return NOTHING
  return rest.reduce(
    (a, b) => ({
      rank: Math.min(a.rank, b.rank),
      floor: Math.min(a.floor, b.floor),
      urgency: Math.max(a.urgency, b.urgency),
      responses: new Set([...a.responses].filter((code) => b.responses.has(code))),
    }),
    first,
  )
}
