/**
 * What places a child, in numbers alone. Words are made of them by `place.ts` and `reasons.ts`, when somebody reads them.
 * The level is the highest of those that hold. Nothing subtracts: a protective factor can only withhold a discretionary rise.
 */

import { TRAITS } from '../conditions/frame.ts'
import { fromBounds, type Kleene, MAYBE, NO, YES } from '../conditions/kleene.ts'
import type { ChildState } from '../conditions/state.ts'
import type { CompiledRise, Policy } from '../policy/policy.ts'
import { NOWHERE, narrowed, reached } from '../policy/reach.ts'

/** Room for the weighing of one child under one policy; used again for the next one. */
export class Weighed {
  /** Each thing that was tried, by its number in the policy's `places`: the first `count` are filled, in that order. */
  readonly place: Int32Array
  readonly value: Uint8Array
  /** Rank when it holds surely, and at most; −1 where it places at no level. */
  readonly rankLow: Int8Array
  readonly rankHigh: Int8Array
  /** 1 where protective factors held it back. */
  readonly withheld: Uint8Array
  count = 0
  /** Rank of the level with unknowns absent; −1 where nothing places the child. */
  low = -1
  /** Rank of the level with unknowns present. */
  high = -1
  /** Ranks at which something surely places the child, as bits; −1 is the lowest bit. */
  ranks = 0
  /** Rank of what is absolute or statutory; −1 where nothing is. */
  floor = -1
  /** The same of what is only possible. */
  floorPossible = -1
  pointsLow = 0
  pointsHigh = 0
  readonly triggers: Uint8Array
  readonly reached: Int32Array

  constructor({ places, triggers, reach }: Policy) {
    this.place = new Int32Array(places.count)
    this.value = new Uint8Array(places.count)
    this.rankLow = new Int8Array(places.count)
    this.rankHigh = new Int8Array(places.count)
    this.withheld = new Uint8Array(places.count)
    this.triggers = new Uint8Array(triggers.length)
    this.reached = new Int32Array(reach.needed.words)
  }

  start(): void {
    this.count = this.pointsLow = this.pointsHigh = this.ranks = 0
    this.low = this.high = this.floor = this.floorPossible = -1
  }

  /** Notes what was tried, and lifts the levels where it holds. */
  add(place: number, value: Kleene, rankLow: number, rankHigh: number): void {
    const at = this.count++
    this.place[at] = place
    this.value[at] = value
    this.rankLow[at] = rankLow
    this.rankHigh[at] = rankHigh
    this.withheld[at] = 0
    if (value === NO) return
    if (rankHigh > this.high) this.high = rankHigh
    if (value !== YES) return
    this.ranks |= 1 << (rankLow + 1)
    if (rankLow > this.low) this.low = rankLow
  }

  /** What was added last is one that nothing lowers. */
  asFloor(value: Kleene, rankLow: number, rankHigh: number): void {
    if (value === YES && rankLow > this.floor) this.floor = rankLow
    if (value === MAYBE && rankHigh > this.floorPossible) this.floorPossible = rankHigh
  }
}

/** @param isWhole also notes rules and clusters that do not hold, where something was found that they look at */
export function weigh(policy: Policy, state: ChildState, into: Weighed, isWhole = false): void {
  if (policy.asksReached) {
    weighAll(policy, state, into, { isWhole: false, isReaching: true })
    state.reachedLow = into.low
    state.reachedHigh = into.high
  }
  weighAll(policy, state, into, { isWhole, isReaching: false })
}

interface Manner {
  readonly isWhole: boolean
  /**
   * Only what a rule may lift from: neither the rules that ask for the level reached, nor descriptors of ordinary
   * development, which place at the lowest level and lift nobody.
   */
  readonly isReaching: boolean
}

function weighAll(policy: Policy, state: ChildState, into: Weighed, manner: Manner): void {
  into.start()
  if ((state.traits & TRAITS.trigger) !== 0 || state.facts[policy.dangerFact] !== NO) weighTriggers(policy, state, into)
  if ((state.traits & PLACING) !== 0) weighSingles(policy, state, into, manner)
  weighRises(policy, state, into, manner)
  if (policy.cutoffs.length > 0) weighPoints(policy, state, into)
}

/** The statutory pack's triggers: an indicator that expresses one, or the answer to whether a child is in immediate danger. */
function weighTriggers({ indicators, triggers, dangerFact, frame }: Policy, state: ChildState, into: Weighed): void {
  const values = into.triggers.fill(NO)
  for (let i = 0; i < state.size; i++) {
    const index = state.order[i] ?? 0
    const value = state.found[index] ?? NO
    if (((frame.traits[index] ?? 0) & TRAITS.trigger) === 0) continue
    for (const trigger of indicators[index]?.triggers ?? [])
      if (value > (values[trigger] ?? NO)) values[trigger] = value
  }
  const danger = state.facts[dangerFact] ?? NO
  for (let place = 0; place < triggers.length; place++) {
    const trigger = triggers[place]
    if (trigger === undefined) continue
    const stated = trigger.isImmediateDanger ? danger : NO
    const value = Math.max(stated, values[place] ?? NO) as Kleene
    if (value === NO) continue
    into.add(place, value, trigger.rank, trigger.rank)
    into.asFloor(value, trigger.rank, trigger.rank)
  }
}

const PLACING = TRAITS.absolute | TRAITS.alone | TRAITS.expected

/** Indicators that place the child by themselves; a descriptor of ordinary development places it at the lowest level. */
function weighSingles({ places, frame }: Policy, state: ChildState, into: Weighed, { isReaching }: Manner): void {
  for (let i = 0; i < state.size; i++) {
    const index = state.order[i] ?? 0
    const traits = frame.traits[index] ?? 0
    if ((traits & PLACING) === 0 || (isReaching && (traits & PLACING) === TRAITS.expected)) continue
    const value = (state.found[index] ?? NO) as Kleene
    const low = state.rankLow[index] ?? 0
    const high = state.rankHigh[index] ?? 0
    into.add(places.indicators + index, value, low, high)
    if ((traits & TRAITS.absolute) !== 0) into.asFloor(value, low, high)
  }
}

/** Rules and clusters, as far as something was said that they need to hold, or that they look at. All others are no. */
function weighRises(
  { rises, reach, places }: Policy,
  state: ChildState,
  into: Weighed,
  { isWhole, isReaching }: Manner,
): void {
  reached(isWhole ? reach.looked : reach.needed, state, into.reached)
  if (!isWhole) narrowed(reach.neededToo, state, into.reached)
  for (let word = 0; word < into.reached.length; word++) {
    for (let bits = into.reached[word] ?? 0; bits !== 0; bits &= bits - 1) {
      const at = 32 * word + 31 - Math.clz32(bits & -bits)
      const rise = rises[at]
      if (rise === undefined || (isReaching && rise.onReached)) continue
      const holds = rise.test(state)
      const value = holds === NO || rise.withheldBy === null ? holds : withholding(rise, rise.withheldBy, state, holds)
      if (value === NO && !isWhole) continue
      into.add(places.rules + at, value, rise.rank, rise.rank)
      if (value < holds) into.withheld[into.count - 1] = 1
      if (rise.isFloor) into.asFloor(value, rise.rank, rise.rank)
    }
  }
}

/**
 * What is left of a discretionary rise when protective factors are weighed. Those of the family never bear on harm outside it.
 * Low end: unknown risks absent, unknown protection there. High end: the other way round.
 */
function withholding(rise: CompiledRise, atLeast: number, state: ChildState, holds: Kleene): Kleene {
  const isWithheld = (risks: Kleene, protection: Kleene): boolean =>
    bearing(rise, state, protection, isOutsideFamily(rise, state, risks)) >= atLeast
  return fromBounds(holds === YES && !isWithheld(YES, MAYBE), !isWithheld(MAYBE, YES))
}

/** Whether something that the rise rests on arises outside the family. */
function isOutsideFamily({ looksAt }: CompiledRise, state: ChildState, least: Kleene): boolean {
  const { order, size, frame } = state
  for (let i = 0; i < size; i++) {
    const index = order[i] ?? 0
    if (((frame.traits[index] ?? 0) & TRAITS.outside) !== 0 && supports(looksAt, state, index, least)) return true
  }
  return false
}

/** Whether an indicator is found, at least so surely, and at a rank at which the rise looks at it. */
export function supports(looksAt: Int8Array, state: ChildState, index: number, least: Kleene): boolean {
  const ranks = least === YES ? state.rankLow : state.rankHigh
  return (state.found[index] ?? NO) >= least && (ranks[index] ?? 0) >= (looksAt[index] ?? NOWHERE)
}

/** How many of its protective factors are found and bear on it. */
function bearing(
  { protective }: CompiledRise,
  { found, frame }: ChildState,
  least: Kleene,
  isOutside: boolean,
): number {
  let count = 0
  for (const index of protective) {
    const bears = !isOutside || ((frame.traits[index] ?? 0) & TRAITS.outside) !== 0
    if (bears && (found[index] ?? NO) >= least) count++
  }
  return count
}

function weighPoints({ indicators, cutoffs, places }: Policy, state: ChildState, into: Weighed): void {
  for (let i = 0; i < state.size; i++) {
    const index = state.order[i] ?? 0
    const points = indicators[index]?.points ?? 0
    into.pointsHigh += points
    if (state.found[index] === YES) into.pointsLow += points
  }
  for (let at = 0; at < cutoffs.length; at++) {
    const cutoff = cutoffs[at]
    if (cutoff === undefined) continue
    const value = fromBounds(into.pointsLow >= cutoff.points, into.pointsHigh >= cutoff.points)
    if (value !== NO) into.add(places.cutoffs + at, value, cutoff.rank, cutoff.rank)
  }
}
