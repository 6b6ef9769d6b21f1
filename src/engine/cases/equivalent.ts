/**
 * Mutants that mean the same as the policy. What is said twice can be taken out once without anybody noticing: a level
 * that the findings of a rule have without it, a step between levels at which nothing stands. Such a mutant is found by
 * bringing the thing before and after the change to a form without what does not matter; only what is proven is taken out.
 */
import { canonical } from '../hash.ts'
import { ownColumns } from '../policy/assemble-indicators.ts'
import type { Policy } from '../policy/policy.ts'
import {
  type ClusterSpec,
  type IndicatorSpec,
  levelRanks,
  type PolicyDocument,
  type ResponseSpec,
  type RouteSpec,
  type RuleSpec,
} from '../policy/shape.ts'
import { defined, lowestSame, plainCondition } from './equivalent-conditions.ts'
import { type Implied, implied } from './implied.ts'
import { type Mutant, stringsOf } from './mutants.ts'

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
    return isSame(document.routing[index], changed.routing[index], (x) => plainWhen(policy, x))
  if (section === 'responses')
    return isSame(document.responses[index], changed.responses[index], (x) => plainResponse(policy, x))
  if (section === 'levels') return isSame(document.levels[index], changed.levels[index], (x) => plainLevel(policy, x))
  if (section === 'matrices')
    return isSame(document.matrices?.[index], changed.matrices?.[index], (x) => plainMatrix(policy, x))
  if (section === 'requirements' || section === 'transitions')
    return isSame<Practice>(
      document[section]?.[index],
      changed[section]?.find(({ id }) => id === code),
      (x) => plainWhen(policy, x),
    )
  return false
}

type Practice = Pick<RouteSpec, 'when'>

function isSame<T>(before: T | undefined, after: T | undefined, plain: (item: T) => unknown): boolean {
  return before !== undefined && after !== undefined && canonical(plain(before)) === canonical(plain(after))
}

function plainIndicator(policy: Policy, spec: IndicatorSpec): unknown {
  const { urgency, ...rest } = spec
  const ranks = [spec.level, ...Object.values(spec.grades ?? {})].map((level) => policy.rankOf.get(level) ?? 0)
  const isHighest = spec.absolute && ranks.every((rank) => rank === policy.levels.length - 1)
  const isHeard = !isHighest || !isSlower(policy, urgency, urgencyAtTheTop(policy))
  return { ...(isHeard ? spec : rest), ...plainColumns(policy, spec) }
}

/** Of columns it matters for which level each stands, and what is asked for of a finding at that level or below. */
function plainColumns({ document, levels }: Policy, spec: IndicatorSpec): object {
  const { columns = [] } = document.matrices?.find(({ id }) => id === spec.matrix) ?? {}
  if (columns.length === 0) return {}
  const ranks = levelRanks(document)
  const rankOf = (code: string): number => ranks.get(code) ?? 0
  const own = columns.filter(({ code }) => ownColumns(spec).includes(code))
  return {
    level: rankOf(spec.level),
    grades: Object.fromEntries(Object.entries(spec.grades ?? {}).map(([often, code]) => [often, rankOf(code)])),
    raisedBy: (spec.raisedBy ?? []).map((step) => ({ ...step, level: rankOf(step.level) })),
    asked: levels.map((_, rank) => own.filter(({ code }) => rankOf(code) <= rank).at(-1)?.response ?? null),
  }
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
  const isCounted = ({ categories, matrix }: IndicatorSpec): boolean =>
    (cluster.matrix === undefined || matrix === cluster.matrix) &&
    (cluster.categories === undefined || categories.some((category) => cluster.categories?.includes(category)))
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

/** What a level is said to be does not matter, only when each part of it is meant. */
function plainLevel(policy: Policy, { splits }: PolicyDocument['levels'][number]): unknown {
  return splits?.map((split) => plainWhen(policy, split))
}

function plainWhen(policy: Policy, item: Practice): unknown {
  return item.when ? { ...item, when: plainCondition(policy, item.when) } : item
}

/** A column that nothing else in the document names says nothing. */
function plainMatrix({ document }: Policy, matrix: NonNullable<PolicyDocument['matrices']>[number]): unknown {
  const { matrices: _, ...rest } = document
  const named = new Set(stringsOf(rest))
  return { ...matrix, columns: matrix.columns.filter(({ code }) => named.has(code)) }
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
