/**
 * What each thing that may be said of a child can bring about: for indicators, facts, measures and history the rules and
 * clusters that look at them, as bits. A rule of which nothing that it looks at was said comes out as no, unless it may hold
 * with nothing said; those are always tried. All others need not be looked at.
 */
import { leaves } from '../conditions/describe.ts'
import { and, atLeast, type Kleene, NO, not, or, YES } from '../conditions/kleene.ts'
import type { Condition } from '../conditions/shape.ts'
import type { ChildState, Frame } from '../conditions/state.ts'
import type { CompiledRise } from './policy.ts'

/** Bits in integers of 32: rules first, in the policy's order, then clusters. */
export interface Reach {
  readonly words: number
  readonly always: Int32Array
  readonly byHistory: Int32Array
  /** Those that ask whether an earlier referral was about the same concern, which any indicator found may change. */
  readonly byConcern: Int32Array
  /** `words` integers for each indicator, one after the other. */
  readonly byIndicator: Int32Array
  /** The same for each fact and gate. */
  readonly byFact: Int32Array
  readonly byMeasure: ReadonlyMap<string, Int32Array>
}

/** @param rises rules, then clusters; `rules` are what the first of them are made of. */
export function reachOf(
  rises: readonly Pick<CompiledRise, 'looksAt'>[],
  rules: readonly { readonly when: Condition }[],
  { ranks, factAt }: Frame,
): Reach {
  const words = Math.max(1, Math.ceil(rises.length / 32))
  const always = new Int32Array(words)
  const byHistory = new Int32Array(words)
  const byConcern = new Int32Array(words)
  const byIndicator = new Int32Array(words * ranks.length)
  const byFact = new Int32Array(words * factAt.size)
  const byMeasure = new Map<string, Int32Array>()
  rises.forEach(({ looksAt }, place) => {
    looksAt.forEach((rank, index) => {
      if (rank !== NOWHERE) mark(byIndicator, words * index, place)
    })
  })
  rules.forEach(({ when }, place) => {
    if (mostWithNothingSaid(when) !== NO) mark(always, 0, place)
    for (const { leaf } of leaves(when)) {
      if ('history' in leaf) mark(byHistory, 0, place)
      if ('history' in leaf && leaf.history.sameConcern) mark(byConcern, 0, place)
      if ('fact' in leaf) mark(byFact, words * (factAt.get(leaf.fact) ?? 0), place)
      if ('measure' in leaf) {
        const bits = byMeasure.get(leaf.measure) ?? new Int32Array(words)
        byMeasure.set(leaf.measure, bits)
        mark(bits, 0, place)
      }
    }
  })
  return { words, always, byHistory, byConcern, byIndicator, byFact, byMeasure }
}

/** In `looksAt`, of an indicator that it does not look at: higher than any rank. */
export const NOWHERE = 127

function mark(bits: Int32Array, from: number, place: number): void {
  const word = from + (place >>> 5)
  bits[word] = (bits[word] ?? 0) | (1 << (place & 31))
}

/** The greatest value that a condition can have for a child of whom nothing was said but age and consent. */
function mostWithNothingSaid(condition: Condition): Kleene {
  return bounds(condition)[1]
}

function bounds(condition: Condition): readonly [least: Kleene, most: Kleene] {
  if ('age' in condition || 'consent' in condition) return [NO, YES]
  if ('not' in condition) {
    const [least, most] = bounds(condition.not)
    return [not(most), not(least)]
  }
  if ('all' in condition) return ends(condition.all, and)
  if ('any' in condition) return ends(condition.any, or)
  if ('atLeast' in condition) return ends(condition.atLeast.of, (values) => atLeast(condition.atLeast.n, values))
  return [NO, NO]
}

function ends(
  parts: readonly Condition[],
  join: (values: readonly Kleene[]) => Kleene,
): readonly [least: Kleene, most: Kleene] {
  const each = parts.map(bounds)
  return [join(each.map(([least]) => least)), join(each.map(([, most]) => most))]
}

/** Fills `into` with the bits of all rules and clusters that have to be tried for a child. */
export function reached(reach: Reach, state: ChildState, into: Int32Array): void {
  const { words, always, byHistory, byIndicator, byFact, byMeasure } = reach
  const hasHistory = state.history.length > 0
  for (let word = 0; word < words; word++) {
    let bits = (always[word] ?? 0) | (hasHistory ? (byHistory[word] ?? 0) : 0)
    for (let i = 0; i < state.size; i++) bits |= byIndicator[words * (state.order[i] ?? 0) + word] ?? 0
    for (let i = 0; i < state.answeredSize; i++) bits |= byFact[words * (state.answered[i] ?? 0) + word] ?? 0
    into[word] = bits
  }
  for (const measure of state.measures.keys()) {
    const bits = byMeasure.get(measure)
    for (let word = 0; bits && word < words; word++) into[word] = (into[word] ?? 0) | (bits[word] ?? 0)
  }
}
