/** Sets of categories of concern as bits of one integer, by their place in the vocabulary: they are asked for at every child. */
import { CATEGORIES } from '../vocabulary.ts'

/** Bit n is the n-th category of the vocabulary. */
export type CategorySet = number

export const NO_CATEGORIES: CategorySet = 0

const BITS: ReadonlyMap<string, CategorySet> = new Map(CATEGORIES.map((category, place) => [category, 1 << place]))
if (CATEGORIES.length > 31) throw new Error('A set of categories is one integer: the vocabulary has too many of them.')

/** What the vocabulary does not have belongs to no set. */
export function categorySet(categories: readonly string[]): CategorySet {
  let set = NO_CATEGORIES
  for (const category of categories) set |= BITS.get(category) ?? 0
  return set
}

/** The categories of a set, by the alphabet. */
export function categoriesIn(set: CategorySet): string[] {
  return CATEGORIES.filter((_, place) => (set & (1 << place)) !== 0).sort()
}
