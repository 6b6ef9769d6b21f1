/** Movements between levels → movements between the bands of the common scale, for policies with different levels. */
import type { CommonBand } from '../vocabulary.ts'
import { REDIRECTED, WITHHELD } from './compare.ts'
import type { Ladder } from './ladder.ts'
import type { Cell, Table } from './suppress.ts'

/** Made from what is shown, so that it shows nothing more: a band of which a part is hidden is hidden. */
export function onCommonScale(ladder: Ladder, { whole, groups }: Table): Table {
  return {
    whole: banded(ladder, whole),
    groups: groups.map((group) => ({ ...group, cells: banded(ladder, group.cells) })),
  }
}

function banded(ladder: Ladder, cells: readonly Cell[]): Cell[] {
  const byBands = new Map<string, Cell>()
  for (const { from, to, children } of cells) {
    const cell = { from: state(from, ladder.bandBefore), to: state(to, ladder.bandAfter) }
    const key = `${cell.from}|${cell.to}`
    const known = byBands.get(key)
    const isHidden = children === null || known?.children === null
    byBands.set(key, { ...cell, children: isHidden ? null : children + (known?.children ?? 0) })
  }
  return [...byBands.keys()].sort().map((key) => byBands.get(key) as Cell)
}

function state(level: string, bandOf: (level: string) => CommonBand): string {
  return level === WITHHELD || level === REDIRECTED ? level : bandOf(level)
}
