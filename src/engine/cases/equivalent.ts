/**
 * Mutants that mean the same as the policy. What is said twice can be taken out once without anybody noticing: a level
 * that the findings of a rule have without it, a step between levels at which nothing stands. Such a mutant is found by
 * bringing the thing before and after the change to a form without what does not matter; only what is proven is taken out.
 */
import type { Condition } from '../conditions/shape.ts'
import { canonical } from '../hash.ts'
import type { Policy } from '../policy/policy.ts'
import type { ClusterSpec, IndicatorSpec, ResponseSpec, RouteSpec, RuleSpec } from '../policy/shape.ts'
import { type Implied, implied, ranksOf, standing } from './implied.ts'
import type { Mutant } from './mutants.ts'

/** Whether every referral comes out of the mutant at the same levels, with the same responses and as soon. */
export function isEquivalent(policy: Policy, mutant: Mutant): boolean {
  const { section, index, code, document: changed } = mutant
  const { document } = policy
  if (section === 'indicators')
    return isSame(document.indicators[index], changed.indicators[index], (x) => plainIndicator(policy, x))
  if (section === 'rules')
    return isSame(
      document.rules[index],
      changed.rules.find(({ id }) => id === code),
      (x) => plainRule(policy, x),
    )
  if (section === 'clusters')
    return isSame(
      document.clusters[index],
      changed.clusters.find(({ id }) => id === code),
      (x) => plainCluster(policy, x),
    )
  // A route that is left out moves the next one to its place.
  if (section === 'routing' && document.routing.length === changed.routing.length)
    return isSame(document.routing[index], changed.routing[index], (x) => plainRoute(policy, x))
  if (section === 'responses')
    return isSame(document.responses[index], changed.responses[index], (x) => plainResponse(policy, x))
  return false
}

function isSame<T>(before: T | undefined, after: T | undefined, plain: (item: T) => unknown): boolean {
  return before !== undefined && after !== undefined && canonical(plain(before)) === canonical(plain(after))
}

function plainIndicator(policy: Policy, spec: IndicatorSpec): unknown {
  const { urgency, ...rest } = spec
  const ranks = [spec.level, ...Object.values(spec.grades ?? {})].map((level) => policy.rankOf.get(level) ?? 0)
  const isHighest = spec.absolute && ranks.every((rank) => rank === policy.levels.length - 1)
  return isHighest && isSlower(policy, urgency, urgencyAtTheTop(policy)) ? rest : spec
}

function plainRule(policy: Policy, rule: RuleSpec): unknown {
  const when = plainCondition(policy, rule.when)
  const given = implied(policy, rule.when)
  const rank = policy.rankOf.get(rule.then.atLeast ?? '') ?? -1
  // What is absolute is a floor as well, so it is said twice only where the findings are a floor themselves.
  const isFloorGiven = given.floor >= rank
  const isLevelGiven = given.rank >= rank && (!rule.absolute || isFloorGiven)
  const { atLeast, urgency, response, ...rest } = rule.then
  const then = {
    ...rest,
    ...(!isLevelGiven && { atLeast }),
    ...(isSlower(policy, urgency, soonest(policy, rule, given)) ? {} : { urgency }),
    ...(response !== undefined && isAsked(policy, response, given, rank) ? {} : { response }),
  }
  const absolute = rule.absolute && !isLevelGiven && !isFloorGiven
  return { ...rule, when, then: defined(then), absolute }
}

/** Whether a child of whom the rule holds has the response without it: by a trigger, or by every route of the highest level. */
function isAsked({ document, levels }: Policy, response: string, given: Implied, rank: number): boolean {
  const routes = document.routing.filter(({ level }) => level === levels.at(-1)?.code)
  const isHighest = Math.max(rank, given.rank) === levels.length - 1
  return given.responses.has(response) || (isHighest && routes.every(({ responses }) => responses.includes(response)))
}

/** How soon the findings of a rule, or the level that it fixes, ask for something by themselves. */
function soonest(policy: Policy, { absolute, then }: RuleSpec, given: Implied): number {
  const isHighest = absolute && policy.rankOf.get(then.atLeast ?? '') === policy.levels.length - 1
  return Math.min(given.urgency, isHighest ? urgencyAtTheTop(policy) : Number.MAX_SAFE_INTEGER)
}

function isSlower(policy: Policy, urgency: string | undefined, other: number): boolean {
  return urgency === undefined || (policy.urgencyRank.get(urgency) ?? -1) >= other
}

/**
 * The slowest urgency with which something absolute of the highest level is met: what every route of that level asks
 * for, and where it is only possible, review by a person.
 */
function urgencyAtTheTop({ document, levels, responses, urgencyRank }: Policy): number {
  const rankOf = (code: string | undefined): number => {
    const band = responses.get(code ?? '')?.urgency
    return band === undefined ? Number.MAX_SAFE_INTEGER : (urgencyRank.get(band) ?? Number.MAX_SAFE_INTEGER)
  }
  const review = document.responses.find(({ type }) => type === 'human_review')?.code
  const routes = document.routing
    .filter(({ level }) => level === levels.at(-1)?.code)
    .map((route) => Math.min(...route.responses.map(rankOf)))
  return Math.max(rankOf(review), ...routes)
}

function plainCluster(policy: Policy, cluster: ClusterSpec): unknown {
  const isCounted = ({ categories }: IndicatorSpec): boolean =>
    cluster.categories === undefined || categories.some((category) => cluster.categories?.includes(category))
  // So many domains cannot be had from fewer findings than this.
  const widest = Math.max(
    1,
    ...policy.indicators.map(({ spec, index }) => (isCounted(spec) ? domainsOf(policy, index) : 0)),
  )
  const count = Math.max(cluster.count, Math.ceil(cluster.acrossDomains / widest))
  return {
    ...cluster,
    count,
    ofLevel: lowestSame(policy, cluster.ofLevel, isCounted),
    ...(cluster.unless && { unless: plainUnless(policy, cluster.unless, isCounted) }),
  }
}

/** Strengths of the family never bear on harm outside it, so where all that is counted is such harm they are not listed. */
function plainUnless(
  { indicators, indexOf }: Policy,
  unless: NonNullable<ClusterSpec['unless']>,
  isCounted: (spec: IndicatorSpec) => boolean,
): unknown {
  const isOutside = ({ setting }: IndicatorSpec): boolean => setting === 'outside_family'
  const counted = indicators.filter(({ spec, scores }) => scores && isCounted(spec))
  if (!counted.every(({ spec }) => isOutside(spec))) return unless
  const bearing = unless.protective.filter((code) => {
    const spec = indicators[indexOf.get(code) ?? -1]?.spec
    return spec && isOutside(spec)
  })
  return { ...unless, protective: bearing }
}

function domainsOf({ topDomains, indicators }: Policy, index: number): number {
  return indicators[index]?.scores ? (topDomains[index]?.length ?? 0) : 0
}

function plainRoute(policy: Policy, route: RouteSpec): unknown {
  return route.when ? { ...route, when: plainCondition(policy, route.when) } : route
}

/** How soon a response is due says nothing where all that leads to it asks for something as soon. */
function plainResponse(policy: Policy, response: ResponseSpec): unknown {
  const { document, triggers, urgencyRank } = policy
  const rankOf = (band: string | undefined): number => urgencyRank.get(band ?? '') ?? Number.MAX_SAFE_INTEGER
  const byRoutes = document.routing
    .filter(({ responses }) => responses.includes(response.code))
    .map(({ responses }) =>
      Math.min(
        ...responses.map((code) => (code === response.code ? rankOf('') : rankOf(policy.responses.get(code)?.urgency))),
      ),
    )
  const byRules = document.rules
    .filter(({ then }) => then.response === response.code)
    .map(({ then }) => rankOf(then.urgency))
  const isNamed =
    response.type === 'human_review' ||
    document.gates.some((gate) => gate.response === response.code) ||
    triggers.some((trigger) => trigger.response === response.code)
  if (isNamed || !isSlower(policy, response.urgency, Math.max(-1, ...byRoutes, ...byRules))) return response
  const { urgency: _, ...rest } = response
  return rest
}

function plainCondition(policy: Policy, condition: Condition): unknown {
  const plain = (part: Condition): unknown => plainCondition(policy, part)
  if ('all' in condition) return { all: condition.all.map(plain) }
  if ('any' in condition) return plainAny(policy, condition.any)
  if ('not' in condition) return { not: plain(condition.not) }
  if ('atLeast' in condition) return { atLeast: { n: condition.atLeast.n, of: condition.atLeast.of.map(plain) } }
  const some = oneOf(policy, condition)
  if (some) return { some: [...some].sort(([a], [b]) => a - b) }
  if (!('count' in condition)) return condition
  const { level, ...count } = condition.count
  const isCounted = ({ categories, kind }: IndicatorSpec): boolean =>
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
  const { atLeast, level, domain, category, kind, acrossDomains = 1 } = condition.count
  if (atLeast !== 1 || acrossDomains !== 1 || domain !== undefined) return undefined
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
function lowestSame(policy: Policy, level: string | undefined, isCounted: (spec: IndicatorSpec) => boolean): number {
  const rank = policy.rankOf.get(level ?? '') ?? 0
  const below = standing(policy, isCounted).filter((other) => other < rank)
  return Math.max(-1, ...below) + 1
}

function defined(record: object): object {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined))
}
