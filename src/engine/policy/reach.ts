/**
 * What each thing that may be said of a child can bring about: for indicators, facts, measures and history the rules and
 * clusters concerned, as bits, so that the others need not be tried. There are two of these: what a rule looks at, for
 * whoever wants to know how near it came; and what it needs. A rule of several conditions that must all hold needs something of
 * each, so that it is enough to wait for the two of which least is likely to be said.
 */
import type { Frame } from '../conditions/frame.ts'
import type { ChildState } from '../conditions/state.ts'

/** Bits in integers of 32: rules first, in the policy's order, then clusters. */
export interface Reach {
  readonly words: number
  /** Those that may hold with nothing said: they are always tried. */
  readonly always: Int32Array
  readonly byHistory: Int32Array
  /** `words` integers for each indicator, one after the other. */
  readonly byIndicator: Int32Array
  /** The same for each fact and gate. */
  readonly byFact: Int32Array
  readonly byMeasure: ReadonlyMap<string, Int32Array>
}

/** What something rests on: it is no unless one of these was said. */
export interface Grounds {
  readonly indicators: ReadonlySet<number>
  readonly facts: ReadonlySet<number>
  readonly measures: ReadonlySet<string>
  readonly history: boolean
}

/** @param grounds of each rule, then of each cluster; null of one that may hold with nothing said */
export function reachOf(grounds: readonly (Grounds | null)[], { ranks, factAt }: Frame): Reach {
  const words = Math.max(1, Math.ceil(grounds.length / 32))
  const reach = {
    words,
    always: new Int32Array(words),
    byHistory: new Int32Array(words),
    byIndicator: new Int32Array(words * ranks.length),
    byFact: new Int32Array(words * factAt.size),
    byMeasure: new Map<string, Int32Array>(),
  }
  grounds.forEach((ground, place) => {
    if (ground === null) mark(reach.always, 0, place)
    if (ground?.history) mark(reach.byHistory, 0, place)
    for (const index of ground?.indicators ?? []) mark(reach.byIndicator, words * index, place)
    for (const fact of ground?.facts ?? []) mark(reach.byFact, words * fact, place)
    for (const measure of ground?.measures ?? []) {
      const bits = reach.byMeasure.get(measure) ?? new Int32Array(words)
      reach.byMeasure.set(measure, bits)
      mark(bits, 0, place)
    }
  })
  return reach
}

/** In `looksAt`, of an indicator that it does not look at: higher than any rank. */
export const NOWHERE = 127

function mark(bits: Int32Array, from: number, place: number): void {
  const word = from + (place >>> 5)
  bits[word] = (bits[word] ?? 0) | (1 << (place & 31))
}

/** Fills `into` with the bits of all rules and clusters that what was said of a child reaches. */
export function reached(reach: Reach, state: ChildState, into: Int32Array): void {
  for (let word = 0; word < reach.words; word++) into[word] = bitsAt(reach, state, word)
}

/** Keeps of the bits in `into` those that are reached here as well. */
export function narrowed(reach: Reach, state: ChildState, into: Int32Array): void {
  for (let word = 0; word < reach.words; word++) {
    const before = into[word] ?? 0
    if (before !== 0) into[word] = before & bitsAt(reach, state, word)
  }
}

function bitsAt(
  { words, always, byHistory, byIndicator, byFact, byMeasure }: Reach,
  state: ChildState,
  word: number,
): number {
  const { order, size, answered, answeredSize, measures } = state
  let bits = always[word] ?? 0
  if (state.history.length > 0) bits |= byHistory[word] ?? 0
  for (let i = 0; i < size; i++) bits |= byIndicator[words * (order[i] ?? 0) + word] ?? 0
  for (let i = 0; i < answeredSize; i++) bits |= byFact[words * (answered[i] ?? 0) + word] ?? 0
  if (measures.size > 0) for (const measure of measures.keys()) bits |= byMeasure.get(measure)?.[word] ?? 0
  return bits
}
