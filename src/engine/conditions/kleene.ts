/**
 * Three-valued truth (Kleene's strong logic) as small integers: `and` is the minimum, `or` the maximum, `not` the mirror.
 * A value of MAYBE is true in the high evaluation (unknowns present) and false in the low one (unknowns absent).
 */
export const NO = 0
export const MAYBE = 1
export const YES = 2
export type Kleene = 0 | 1 | 2

export const and = (values: readonly Kleene[]): Kleene => values.reduce<Kleene>((a, b) => (a < b ? a : b), YES)
export const or = (values: readonly Kleene[]): Kleene => values.reduce<Kleene>((a, b) => (a > b ? a : b), NO)
export const not = (value: Kleene): Kleene => (YES - value) as Kleene

/** At least n of the values hold: the n-th greatest of them. */
export function atLeast(n: number, values: readonly Kleene[]): Kleene {
  return [...values].sort((a, b) => b - a)[n - 1] ?? NO
}

/** From the answer with unknowns absent and the answer with unknowns present; the second is never less. */
export function fromBounds(low: boolean, high: boolean): Kleene {
  return low ? YES : high ? MAYBE : NO
}
