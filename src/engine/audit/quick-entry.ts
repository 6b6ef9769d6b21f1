/** Lines of an export that are written in the most usual way, read at a fraction of the cost. Any other is left to be read slowly. */
import type { Leaf } from './facts.ts'

export interface QuickEntry {
  readonly position: number
  readonly text: string
  readonly leaf: Leaf
}

/** The entry of a line; undefined where it is written in any other way, be it right or wrong. */
export function quickEntry(_line: Buffer): QuickEntry | undefined {
  return undefined
}
