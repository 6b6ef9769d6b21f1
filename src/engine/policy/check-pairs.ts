/** Rules, clusters and routes beside each other: which contradict, which can never matter, which stand in the way. */
import { RESPONSE_TYPES } from '../vocabulary.ts'
import { implies, type Way, waysOf } from './check-logic.ts'
import type { Checker } from './checker.ts'
import type { Ground } from './ground.ts'
import type { ClusterSpec, RouteSpec, RuleSpec } from './shape.ts'

export function checkPairs(check: Checker, ground: Ground): void {
  checkRulePairs(check, ground)
  checkClusterPairs(check, ground)
  checkRoutePairs(check, ground)
}

function checkRulePairs(check: Checker, ground: Ground): void {
  const { rules } = check.policy
  const ways = rules.map(({ when }) => waysOf(when, ground))
  const follows = (one: number, other: number): boolean => {
    const rule = rules[other]
    return rule !== undefined && implies(ways[one] ?? null, rule.when, ground)
  }
  rules.forEach((rule, i) => {
    const isOpposed = (other: RuleSpec, o: number): boolean =>
      o !== i && contradicts(rule, other) && follows(i, o) && follows(o, i)
    const opposed = rules.findIndex((other, o) => o < i && isOpposed(other, o))
    const stronger = rules.findIndex(
      (other, o) =>
        o !== i &&
        does(check, other, rule) &&
        follows(i, o) &&
        !isOpposed(other, o) &&
        (o < i || !(does(check, rule, other) && follows(o, i))),
    )
    if (opposed >= 0)
      check.error(
        ['rules', i, 'then'],
        'rule-contradicts',
        `${rule.id} says something else than ${rules[opposed]?.id} on the same condition. Keep one of them.`,
      )
    else if (stronger >= 0)
      check.warn(
        ['rules', i],
        'rule-shadowed',
        `Whenever ${rule.id} holds, ${rules[stronger]?.id} holds too and does at least as much. Take ${rule.id} out, or make it differ.`,
      )
  })
}

const same = (one: unknown, other: unknown): boolean => JSON.stringify(one ?? null) === JSON.stringify(other ?? null)

/** Two levels, two urgencies, or a level that one of them withholds and the other does not. */
function contradicts(one: RuleSpec, other: RuleSpec): boolean {
  const differ = (a: string | undefined, b: string | undefined): boolean =>
    a !== undefined && b !== undefined && a !== b
  const bothPlace = one.then.atLeast !== undefined && other.then.atLeast !== undefined
  return (
    differ(one.then.atLeast, other.then.atLeast) ||
    differ(one.then.urgency, other.then.urgency) ||
    (bothPlace && (one.absolute !== other.absolute || !same(one.unless, other.unless)))
  )
}

/** Whether the first rule, where it holds, does everything that the second would do. */
function does(check: Checker, one: RuleSpec, other: RuleSpec): boolean {
  const rank = (level: string | undefined): number => (level === undefined ? -1 : (check.levelRank.get(level) ?? -1))
  const bands = check.policy.urgency.bands.map(({ code }) => code)
  const soon = (band: string | undefined): number => (band === undefined ? bands.length : bands.indexOf(band))
  const has = (a: string | undefined, b: string | undefined): boolean => b === undefined || a === b
  return (
    rank(one.then.atLeast) >= rank(other.then.atLeast) &&
    soon(one.then.urgency) <= soon(other.then.urgency) &&
    has(one.then.response, other.then.response) &&
    has(one.then.review, other.then.review) &&
    (!one.unless || same(one.unless, other.unless)) &&
    (one.absolute || !other.absolute)
  )
}

function checkClusterPairs(check: Checker, ground: Ground): void {
  const { clusters } = check.policy
  clusters.forEach((cluster, i) => {
    const found = countable(cluster, ground)
    if (found.count < cluster.count || found.domains < cluster.acrossDomains) {
      check.error(
        ['clusters', i],
        'cluster-impossible',
        `${cluster.id} can never hold: ${found.count} indicators in ${found.domains} top-level domains could be counted.`,
      )
      return
    }
    // A document may say of each level where one finding leads, though the lowest says it for all.
    const stronger = clusters.find(
      (other, o) =>
        o !== i && cluster.count > 1 && covers(check, other, cluster) && (o < i || !covers(check, cluster, other)),
    )
    if (stronger)
      check.warn(
        ['clusters', i],
        'cluster-shadowed',
        `Whenever ${cluster.id} holds, ${stronger.id} holds too and places no lower. Take ${cluster.id} out, or raise it.`,
      )
  })
}

function countable({ ofLevel, categories, matrix }: ClusterSpec, ground: Ground): { count: number; domains: number } {
  const lists = (categories ?? [undefined]).map((category) => ground.matching({ level: ofLevel, category, matrix }))
  const specs = [...new Set(lists.flat())]
  return { count: specs.length, domains: ground.topDomains(specs).size }
}

function covers({ levelRank }: Checker, one: ClusterSpec, other: ClusterSpec): boolean {
  // Of a level that does not exist nothing is claimed.
  const rank = (level: string): number => levelRank.get(level) ?? Number.NaN
  return (
    one.count <= other.count &&
    one.acrossDomains <= other.acrossDomains &&
    rank(one.ofLevel) <= rank(other.ofLevel) &&
    rank(one.atLeast) >= rank(other.atLeast) &&
    (one.matrix === undefined || one.matrix === other.matrix) &&
    (one.categories === undefined || (other.categories?.every((name) => one.categories?.includes(name)) ?? false)) &&
    (!one.unless || same(one.unless, other.unless))
  )
}

function checkRoutePairs(check: Checker, ground: Ground): void {
  for (const { code } of check.policy.levels) {
    const routes = check.policy.routing.flatMap((route, i) => (route.level === code ? [{ route, i }] : []))
    const always = routes.findIndex(({ route }) => route.when === undefined)
    const before: { route: RouteSpec; ways: readonly Way[] | null }[] = []
    // What stands after the route without “when” is reported with it.
    for (const { route, i } of always < 0 ? routes : routes.slice(0, always + 1)) {
      const ways = route.when ? waysOf(route.when, ground) : null
      if (before.some((earlier) => earlier.route.when && implies(ways, earlier.route.when, ground)))
        check.error(
          ['routing', i],
          'unreachable-route',
          'Whenever this route holds, an earlier one of its level holds too and is taken. Move it up, or take it out.',
        )
      before.push({ route, ways })
    }
    checkLightRoutes(check, always < 0 ? routes : routes.slice(0, always + 1))
  }
}

/** One finding more may not lead from a serious response to a lighter one, unless that is still offered beside it. */
function checkLightRoutes(check: Checker, routes: readonly { route: RouteSpec; i: number }[]): void {
  const typeOf = new Map(check.policy.responses.map(({ code, type }) => [code, RESPONSE_TYPES.indexOf(type)]))
  const most = (codes: readonly string[]): number => Math.min(...codes.map((code) => typeOf.get(code) ?? 99))
  routes.forEach(({ route, i }, at) => {
    if (!route.when) return
    const later = Math.min(...routes.slice(at + 1).map((next) => most(next.route.responses)))
    if (most([...route.responses, ...route.alternatives]) <= later) return
    check.warn(
      ['routing', i],
      'route-lowers',
      `A later route of ${route.level} leads to ${RESPONSE_TYPES[later]?.replaceAll('_', ' ')}, and this one takes its place with less. Move it down, or name that response among the alternatives.`,
    )
  })
}
