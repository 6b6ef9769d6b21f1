/** The level that a child would have if something else had been found. The state is as it was when these return. */
import { type Kleene, NO, YES } from '../conditions/kleene.ts'
import type { ChildState } from '../conditions/state.ts'
import type { Policy } from '../policy/policy.ts'
import { NOWHERE } from '../policy/reach.ts'
import { type Weighed, weigh } from './weigh.ts'
import type { Workspace } from './workspace.ts'

/** With these indicators surely present, each at the level that it would have at the least. */
export function lowWith(policy: Policy, workspace: Workspace, indices: readonly number[]): number {
  const { state, tried } = workspace
  const before = indices.map((index) => (state.found[index] ?? NO) as Kleene)
  for (const index of indices) state.change(index, YES)
  const low = lowAnew(policy, state, tried)
  // Of an indicator that is named twice the first answer is the one that was there.
  for (let i = indices.length - 1; i >= 0; i--) state.change(indices[i] ?? -1, before[i] ?? NO)
  state.follow()
  return low
}

/** With one indicator not found. */
export function lowWithout(policy: Policy, { state, tried }: Workspace, index: number): number {
  const before = (state.found[index] ?? NO) as Kleene
  state.change(index, NO)
  const low = lowAnew(policy, state, tried)
  state.change(index, before)
  state.follow()
  return low
}

/** With one graded indicator at the highest grade that it may have. */
export function lowGraded(policy: Policy, { state, tried }: Workspace, index: number): number {
  const before = state.rankLow[index] ?? 0
  state.rankLow[index] = state.rankHigh[index] ?? before
  const low = lowOf(policy, state, tried)
  state.rankLow[index] = before
  return low
}

function lowAnew(policy: Policy, state: ChildState, tried: Weighed): number {
  state.follow()
  return lowOf(policy, state, tried)
}

/** The level reached stays that of the child as it is. */
function lowOf(policy: Policy, state: ChildState, tried: Weighed): number {
  const { reachedLow, reachedHigh } = state
  weigh(policy, state, tried)
  state.reachedLow = reachedLow
  state.reachedHigh = reachedHigh
  return tried.low
}

/** Whether what was found of an indicator bears on something that was weighed, by its number in the policy's `places`. */
export function bearsOn({ places, indicators, rises, frame }: Policy, index: number, place: number): boolean {
  const indicator = indicators[index]
  if (indicator === undefined) return false
  if (place < places.indicators) return indicator.triggers.includes(place)
  if (place < places.rules) return place - places.indicators === index
  if (place >= places.cutoffs) return indicator.points > 0
  const rise = rises[place - places.rules]
  if (rise === undefined) return false
  if (rise.onReached) return true
  const isAskedFor = rise.looksAt[index] !== NOWHERE || rise.protective.includes(index)
  return isAskedFor || (rise.asksOfConcern && (frame.concerns[index] ?? 0) !== 0)
}
