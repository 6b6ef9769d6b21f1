/** Where the policy places a child, in a form that words can be made of: each thing that was tried, with what it rests on. */
import { type Kleene, MAYBE, NO } from '../conditions/kleene.ts'
import type { ChildState } from '../conditions/state.ts'
import type { Policy } from '../policy/policy.ts'
import type { REASON_KINDS } from './recommendation.ts'
import { supports, Weighed, weigh } from './weigh.ts'

export interface Placement {
  readonly id: string
  readonly kind: (typeof REASON_KINDS)[number]
  /** Its place in the policy's list of its kind: triggers, indicators, rules, clusters or cut-offs. */
  readonly at: number
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
  /** Everything that holds or may hold, in the policy's order. */
  readonly placements: readonly Placement[]
  /** Rules and clusters that do not hold, though something was said that they look at. */
  readonly others: readonly Placement[]
  /** Rank of the level with unknowns absent; −1 where nothing places the child. */
  readonly low: number
  /** Rank of the level with unknowns present. */
  readonly high: number
  /** Rank of what is absolute or statutory; −1 where nothing is. */
  readonly floor: number
  /** The same of what is only possible. */
  readonly floorPossible: number
  readonly points: { readonly low: number; readonly high: number } | null
}

export function place(policy: Policy, state: ChildState, weighed = new Weighed(policy)): Placed {
  weigh(policy, state, weighed, true)
  const { low, high, floor, floorPossible, pointsLow, pointsHigh, count } = weighed
  const all = Array.from({ length: count }, (_, at) => placementOf(policy, state, weighed, at))
  return {
    placements: all.filter(({ value }) => value !== NO),
    others: all.filter(({ value }) => value === NO),
    low,
    high,
    floor,
    floorPossible,
    points: policy.document.points ? { low: pointsLow, high: pointsHigh } : null,
  }
}

function placementOf(policy: Policy, state: ChildState, weighed: Weighed, entry: number): Placement {
  const place = weighed.place[entry] ?? 0
  const { kind, at } = kindOf(policy, place)
  return {
    id: policy.places.ids[place] ?? '',
    kind,
    at,
    value: (weighed.value[entry] ?? NO) as Kleene,
    rankLow: weighed.rankLow[entry] ?? -1,
    rankHigh: weighed.rankHigh[entry] ?? -1,
    indicators: restingOn(policy, state, kind, at),
    withheld: weighed.withheld[entry] === 1,
  }
}

/** What a number of `places` stands for. */
export function kindOf({ places, indicators }: Policy, place: number): Pick<Placement, 'kind' | 'at'> {
  if (place >= places.cutoffs) return { kind: 'points', at: place - places.cutoffs }
  if (place >= places.clusters) return { kind: 'cluster', at: place - places.clusters }
  if (place >= places.rules) return { kind: 'rule', at: place - places.rules }
  if (place < places.indicators) return { kind: 'statutory', at: place }
  const at = place - places.indicators
  return { kind: indicators[at]?.placing ?? 'alone', at }
}

/** The found indicators that a placement rests on, surely or possibly. */
export function restingOn(policy: Policy, state: ChildState, kind: Placement['kind'], at: number): number[] {
  const { indicators, rules, clusters } = policy
  if (kind === 'rule' || kind === 'cluster') {
    const rise = kind === 'rule' ? rules[at] : clusters[at]
    return rise ? foundWhere(state, (index) => supports(rise.looksAt, state, index, MAYBE)) : []
  }
  if (kind === 'statutory') return foundWhere(state, (index) => indicators[index]?.triggers.includes(at) ?? false)
  if (kind === 'points') return foundWhere(state, (index) => (indicators[index]?.points ?? 0) > 0)
  return [at]
}

function foundWhere({ order, size }: ChildState, isWanted: (index: number) => boolean): number[] {
  const found: number[] = []
  for (let i = 0; i < size; i++) {
    const index = order[i] ?? 0
    if (isWanted(index)) found.push(index)
  }
  return found
}
