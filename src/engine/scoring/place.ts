/**
 * Where the policy places a child: every indicator, trigger, rule and cluster that could, with its three-valued answer.
 * The level is the highest of those that hold. Nothing subtracts: a protective factor can only withhold a discretionary rise.
 */
import { enough, tally } from '../conditions/evaluate.ts'
import { fromBounds, type Kleene, MAYBE, NO, YES } from '../conditions/kleene.ts'
import type { ChildState } from '../conditions/state.ts'
import type { CompiledCluster, CompiledRule, Policy } from '../policy/policy.ts'
import type { REASON_KINDS } from './recommendation.ts'

export interface Placement {
  readonly id: string
  readonly kind: (typeof REASON_KINDS)[number]
  readonly value: Kleene
  /** Rank when it holds surely, and at most; −1 where it places at no level. */
  readonly rankLow: number
  readonly rankHigh: number
  /** Found indicators that it rests on. */
  readonly indicators: readonly number[]
  /** Protective factors held it back. */
  readonly withheld: boolean
}

export interface Placed {
  /** The child as it was placed: with the level that it reaches, where a rule asks for that. */
  readonly state: ChildState
  /** Everything that holds or may hold, in the policy's order. */
  readonly placements: readonly Placement[]
  /** Rules and clusters that do not hold. */
  readonly others: readonly Placement[]
  /** Rank of the level with unknowns absent; −1 where nothing places the child. */
  readonly low: number
  /** Rank of the level with unknowns present. */
  readonly high: number
  /** Rank of what is absolute or statutory; −1 where nothing is. */
  readonly floor: number
  readonly points: { readonly low: number; readonly high: number } | null
}

export function place(policy: Policy, child: ChildState): Placed {
  const points = pointsOf(policy, child)
  const base = [...statutory(policy, child), ...single(policy, child)]
  const clusters = policy.clusters.map((cluster) => placeCluster(policy, cluster, child))
  const counted = pointPlacements(policy, points, child)
  const top = (list: readonly Placement[], least: Kleene, rank: (p: Placement) => number): number =>
    Math.max(-1, ...list.filter(({ value }) => value >= least && value > NO).map(rank))
  const ends = (list: readonly Placement[]) => ({
    low: top(list, YES, ({ rankLow }) => rankLow),
    high: top(list, MAYBE, ({ rankHigh }) => rankHigh),
  })
  const plain = policy.rules.filter(({ onReached }) => !onReached).map((rule) => placeRule(policy, rule, child))
  const isOnReached = plain.length < policy.rules.length
  // An ordinary descriptor places at the lowest level, and so must not be what a rule lifts from.
  const lifting = [...base.filter(({ kind }) => kind !== 'expected'), ...plain, ...clusters, ...counted]
  const state = isOnReached ? { ...child, reached: ends(lifting) } : child
  const rules = isOnReached ? policy.rules.map((rule) => placeRule(policy, rule, state)) : plain
  const placements = [...base, ...rules, ...clusters, ...counted].filter(({ value }) => value !== NO)
  return {
    state,
    placements,
    others: [...rules, ...clusters].filter(({ value }) => value === NO),
    ...ends(placements),
    floor: top(
      placements.filter((p) => isFloor(policy, p)),
      YES,
      ({ rankLow }) => rankLow,
    ),
    points,
  }
}

/** What nothing lowers: statutory triggers, absolute indicators and absolute rules. */
export function isFloor(policy: Policy, placement: Placement): boolean {
  if (placement.kind === 'statutory' || placement.kind === 'absolute') return true
  return placement.kind === 'rule' && policy.rules.some(({ spec }) => spec.id === placement.id && spec.absolute)
}

/** The statutory pack's triggers: an indicator that expresses one, or the answer to whether a child is in immediate danger. */
function statutory(policy: Policy, state: ChildState): Placement[] {
  return policy.triggers.flatMap(({ spec, rank, indicators }) => {
    const supporting = indicators.filter((index) => (state.found[index] ?? 0) > 0)
    const stated = spec.code === 'immediate-danger' ? (state.facts.get('immediate_danger') ?? NO) : NO
    const value = Math.max(stated, ...supporting.map((index) => state.found[index] ?? 0)) as Kleene
    return value === NO ? [] : [placement({ id: spec.code, kind: 'statutory', value, rank, indicators: supporting })]
  })
}

/** Indicators that place the child by themselves; a descriptor of ordinary development places it at the lowest level. */
function single(policy: Policy, state: ChildState): Placement[] {
  return state.support.flatMap((index) => {
    const indicator = policy.indicators[index]
    if (!indicator) return []
    const { spec } = indicator
    const kind = spec.absolute ? 'absolute' : spec.alone ? 'alone' : spec.kind === 'expected' ? 'expected' : null
    if (kind === null) return []
    const value = (state.found[index] ?? NO) as Kleene
    return [
      {
        id: spec.code,
        kind,
        value,
        indicators: [index],
        withheld: false,
        rankLow: state.rankLow[index] ?? 0,
        rankHigh: state.rankHigh[index] ?? 0,
      },
    ]
  })
}

function placeRule(policy: Policy, rule: CompiledRule, state: ChildState): Placement {
  const indicators = supporters(rule, state, MAYBE)
  const holds = rule.test(state)
  const ends = { low: supporters(rule, state, YES), high: indicators }
  const value = withholding(policy, state, { holds, ends, protective: rule.protective, unless: rule.spec.unless })
  return {
    ...placement({ id: rule.spec.id, kind: 'rule', value, rank: rule.rank, indicators }),
    withheld: value < holds,
  }
}

/** The indicators that a rule's condition looks at, found surely or at least possibly. */
function supporters(rule: CompiledRule, state: ChildState, least: Kleene): number[] {
  const ranks = least === YES ? state.rankLow : state.rankHigh
  return state.support.filter(
    (index) =>
      (state.found[index] ?? NO) >= least &&
      rule.looksAt.some(({ matches, rank }) => matches[index] === 1 && (ranks[index] ?? 0) >= rank),
  )
}

function placeCluster(policy: Policy, cluster: CompiledCluster, state: ChildState): Placement {
  const { count, acrossDomains } = cluster.spec
  const wanted = { matches: cluster.matches, rank: cluster.ofRank }
  const possible = tally(state, { ...wanted, least: MAYBE }, policy)
  const sure = tally(state, { ...wanted, least: YES }, policy)
  const holds = fromBounds(enough(sure, count, acrossDomains), enough(possible, count, acrossDomains))
  const { indicators } = possible
  const ends = { low: sure.indicators, high: indicators }
  const value = withholding(policy, state, { holds, ends, protective: cluster.protective, unless: cluster.spec.unless })
  return {
    ...placement({ id: cluster.spec.id, kind: 'cluster', value, rank: cluster.rank, indicators }),
    withheld: value < holds,
  }
}

interface Withholding {
  readonly holds: Kleene
  /** What the rise rests on at each end of the range. */
  readonly ends: { readonly low: readonly number[]; readonly high: readonly number[] }
  readonly protective: readonly number[]
  readonly unless: { readonly atLeast: number } | undefined
}

/**
 * What is left of a discretionary rise when protective factors are weighed. Those of the family never bear on harm outside it.
 * Low end: unknown risks absent, unknown protection there. High end: the other way round.
 */
function withholding(policy: Policy, state: ChildState, { holds, ends, protective, unless }: Withholding): Kleene {
  if (!unless || holds === NO) return holds
  const isOutside = (index: number): boolean => policy.indicators[index]?.spec.setting === 'outside_family'
  const isWithheld = (risks: readonly number[], protection: Kleene): boolean => {
    const outside = risks.some(isOutside)
    const bearing = protective.filter((index) => !outside || isOutside(index))
    return bearing.filter((index) => (state.found[index] ?? NO) >= protection).length >= unless.atLeast
  }
  return fromBounds(holds === YES && !isWithheld(ends.low, MAYBE), !isWithheld(ends.high, YES))
}

function pointsOf(policy: Policy, state: ChildState): Placed['points'] {
  if (!policy.document.points) return null
  const sum = (least: Kleene): number =>
    state.support.reduce(
      (total, index) => total + ((state.found[index] ?? 0) >= least ? (policy.indicators[index]?.spec.points ?? 0) : 0),
      0,
    )
  return { low: sum(YES), high: sum(MAYBE) }
}

function pointPlacements(policy: Policy, points: Placed['points'], state: ChildState): Placement[] {
  const cutoffs = policy.document.points?.cutoffs
  if (!points || !cutoffs) return []
  const indicators = state.support.filter((index) => policy.indicators[index]?.spec.points !== undefined)
  return cutoffs.flatMap((cutoff) => {
    const value = fromBounds(points.low >= cutoff.points, points.high >= cutoff.points)
    const rank = policy.rankOf.get(cutoff.level) ?? 0
    return value === NO ? [] : [placement({ id: `points-${cutoff.points}`, kind: 'points', value, rank, indicators })]
  })
}

function placement({
  rank,
  ...rest
}: {
  id: string
  kind: Placement['kind']
  value: Kleene
  rank: number
  indicators: readonly number[]
}): Placement {
  return { ...rest, rankLow: rank, rankHigh: rank, withheld: false }
}
