/** Counting movements: counts of any number of children in a size that does not grow with them. */
import type { Movement } from './compare.ts'
import { DIMENSIONS, type Groups } from './groups.ts'

/** What moves: the level that is stated, and the first response. */
export const FAMILIES = ['level', 'response'] as const
export type Family = (typeof FAMILIES)[number]

/**
 * Count by key. `children` counts all; `size|dimension|group` the children of a group; `family|from|to` a movement, and
 * `family|from|to|dimension|group` the same within a group. Codes never contain a bar.
 */
export type Tally = Map<string, number>

export function count(tally: Tally, movement: Movement, groups: Groups): void {
  add(tally, 'children', 1)
  for (const family of FAMILIES) add(tally, `${family}|${movement[family].join('|')}`, 1)
  for (const dimension of DIMENSIONS) {
    for (const group of groups[dimension]) {
      add(tally, `size|${dimension}|${group}`, 1)
      for (const family of FAMILIES) add(tally, `${family}|${movement[family].join('|')}|${dimension}|${group}`, 1)
    }
  }
}

/** Adds the counts of a part to those of the whole. */
export function merge(tally: Tally, part: Readonly<Record<string, number>>): void {
  for (const [key, number] of Object.entries(part)) add(tally, key, number)
}

export function plain(tally: Tally): Record<string, number> {
  return Object.fromEntries([...tally].sort(([a], [b]) => (a < b ? -1 : 1)))
}

function add(tally: Tally, key: string, number: number): void {
  tally.set(key, (tally.get(key) ?? 0) + number)
}
