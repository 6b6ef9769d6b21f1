/** Conditions that mean the same: what is named twice, and levels between which nothing stands. */
import type { Condition } from '../conditions/shape.ts'
import type { Policy } from '../policy/policy.ts'
import { type IndicatorSpec, levelRanks } from '../policy/shape.ts'
import { ranksOf, standing } from './implied.ts'

/** A condition without what does not matter: two that come to the same form hold of the same children. */
export function plainCondition(policy: Policy, condition: Condition): unknown {
  const plain = (part: Condition): unknown => plainCondition(policy, part)
  if ('all' in condition) return { all: condition.all.map(plain) }
  if ('any' in condition) return plainAny(policy, condition.any)
  if ('not' in condition) return { not: plain(condition.not) }
  if ('atLeast' in condition) return { atLeast: { n: condition.atLeast.n, of: condition.atLeast.of.map(plain) } }
  const some = oneOf(policy, condition)
  if (some) return { some: [...some].sort(([a], [b]) => a - b) }
  if (!('count' in condition)) return condition
  const { level, ...count } = condition.count
  const isCounted = ({ categories, kind, matrix }: IndicatorSpec): boolean =>
    (count.matrix === undefined || matrix === count.matrix) &&
    (count.category === undefined || categories.includes(count.category)) &&
    (count.kind === undefined || kind === count.kind)
  return { count: defined({ ...count, level: lowestSame(policy, level, isCounted) }) }
}

/** Members that ask for one finding are one list of findings together: what two of them name is named once. */
function plainAny(policy: Policy, members: readonly Condition[]): unknown {
  const lists = members.map((member) => oneOf(policy, member))
  const together = new Map<number, number>()
  for (const list of lists)
    for (const [index, rank] of list ?? []) together.set(index, Math.min(rank, together.get(index) ?? rank))
  const isWithin = (member: Condition): boolean => {
    // Several of a kind are at least one of them.
    const list =
      'count' in member ? oneOf(policy, { count: { ...member.count, atLeast: 1, acrossDomains: 1 } }) : undefined
    return list !== undefined && [...list].every(([index, rank]) => (together.get(index) ?? rank + 1) <= rank)
  }
  const others = members
    .filter((member, i) => !lists[i] && !isWithin(member))
    .map((member) => plainCondition(policy, member))
  const some = [...together].sort(([a], [b]) => a - b)
  return others.length === 0 ? { some } : { any: others, some }
}

/**
 * Where a condition asks for one finding and nothing else: the indicators, each with the least rank at which it will do.
 * Of the ranks that mean the same the one at which the indicator can stand is given.
 */
function oneOf(policy: Policy, condition: Condition): Map<number, number> | undefined {
  if ('present' in condition) {
    const { present, ...narrowed } = condition
    const isNarrowed = Object.values(narrowed).some((value) => value !== undefined)
    return isNarrowed ? undefined : new Map([[policy.indexOf.get(present) ?? -1, 0]])
  }
  if (!('count' in condition)) return undefined
  const { atLeast, level, domain, category, kind, matrix, acrossDomains = 1 } = condition.count
  if (atLeast !== 1 || acrossDomains !== 1 || domain !== undefined || matrix !== undefined) return undefined
  const least = policy.rankOf.get(level ?? '') ?? 0
  return new Map(
    policy.indicators.flatMap(({ spec, index, scores }): [number, number][] => {
      const isCounted =
        scores &&
        (kind === undefined || spec.kind === kind) &&
        (category === undefined || spec.categories.includes(category))
      const ranks = isCounted ? ranksOf(policy, spec).sort((a, b) => a - b) : []
      const reached = ranks.find((rank) => rank >= least)
      // At the lowest rank that it has at all, the rank is no condition.
      return reached === undefined ? [] : [[index, reached === ranks[0] ? 0 : reached]]
    }),
  )
}

/** Rank of the lowest level from which on the same is counted as from the level named: nothing stands between the two. */
export function lowestSame(
  policy: Policy,
  level: string | undefined,
  isCounted: (spec: IndicatorSpec) => boolean,
): number {
  const rank = levelRanks(policy.document).get(level ?? '') ?? 0
  const below = standing(policy, isCounted).filter((other) => other < rank)
  return Math.max(-1, ...below) + 1
}

export function defined(record: object): object {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined))
}
