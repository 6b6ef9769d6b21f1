/**
 * Small numbers are not shown, and cannot be worked out from what is. `docs/policies/rehearsal.md` has the rule in words.
 *
 * A figure from one to four is hidden. Two things then keep it hidden. A movement that is small in all, or a group that is
 * small in all, is hidden as a whole, with another one so that it is not what is missing from a total. Any other small figure
 * stands at the corner of a rectangle of hidden figures, two groups by two movements: one child more here and one fewer
 * there leaves every figure that is shown as it is.
 */
import { DIMENSIONS, type Dimension } from './groups.ts'
import { FAMILIES, type Family, type Tally } from './tally.ts'

/** Numbers from one up to, and without, this one are small. */
export const LEAST_SHOWN = 5

/** A movement and how many children make it; null where that is not shown. What is not listed is nought. */
export interface Cell {
  readonly from: string
  readonly to: string
  readonly children: number | null
}

export interface GroupTable {
  readonly by: Dimension
  readonly group: string
  /** Null where the group is too small: then none of its cells is listed, which says nothing of them. */
  readonly children: number | null
  readonly cells: readonly Cell[]
}

export interface Table {
  readonly whole: readonly Cell[]
  readonly groups: readonly GroupTable[]
}

export interface Shown {
  /** Null where there are fewer than five in all: then nothing is listed. */
  readonly children: number | null
  readonly tables: Readonly<Record<Family, Table>>
}

export function suppressed(tally: Tally): Shown {
  const children = tally.get('children') ?? 0
  const empty: Table = { whole: [], groups: [] }
  if (isSmall(children)) return { children: null, tables: { level: empty, response: empty } }
  const tables = FAMILIES.map((family) => [family, tableOf(tally, family)])
  return { children, tables: Object.fromEntries(tables) as Record<Family, Table> }
}

function tableOf(tally: Tally, family: Family): Table {
  const movements = entriesUnder(tally, family, 2)
  const hidden = concealed(movements)
  const columns = [...movements.keys()].sort()
  return {
    whole: columns.map((column) => cellOf(column, hidden.has(column) ? null : (movements.get(column) ?? 0))),
    groups: DIMENSIONS.flatMap((by) => groupTables(tally, { family, by, columns, hidden })),
  }
}

interface Within {
  readonly family: Family
  readonly by: Dimension
  readonly columns: readonly string[]
  /** Movements that are hidden in all. */
  readonly hidden: ReadonlySet<string>
}

function groupTables(tally: Tally, { family, by, columns, hidden }: Within): GroupTable[] {
  const sizes = entriesUnder(tally, `size|${by}`, 1)
  const rows = [...sizes.keys()].sort()
  const grid: Grid = {
    rows,
    columns,
    at: (row, column) => tally.get(`${family}|${column}|${by}|${row}`) ?? 0,
    hidden: new Set(),
  }
  const hiddenRows = concealed(sizes)
  for (const row of rows)
    for (const column of columns) if (hiddenRows.has(row) || hidden.has(column)) grid.hidden.add(place(row, column))
  concealCells(grid)
  return rows.map((group) => {
    if (hiddenRows.has(group)) return { by, group, children: null, cells: [] }
    const cells = columns.flatMap((column) => {
      const isHidden = grid.hidden.has(place(group, column))
      const number = grid.at(group, column)
      return isHidden || number > 0 ? [cellOf(column, isHidden ? null : number)] : []
    })
    return { by, group, children: sizes.get(group) ?? 0, cells }
  })
}

/** The small ones. One alone would be what is missing from the total: the smallest of the others is hidden with it. */
function concealed(numbers: ReadonlyMap<string, number>): Set<string> {
  const inOrder = [...numbers].sort(([a, m], [b, n]) => m - n || (a < b ? -1 : 1)).map(([key]) => key)
  const small = inOrder.filter((key) => isSmall(numbers.get(key) ?? 0))
  return new Set(small.length === 1 ? inOrder.slice(0, 2) : small)
}

interface Grid {
  readonly rows: readonly string[]
  readonly columns: readonly string[]
  at(row: string, column: string): number
  /** Grows. */
  readonly hidden: Set<string>
}

/** Hides every small figure with the cheapest rectangle that it can be the corner of. */
function concealCells(grid: Grid): void {
  const { rows, columns, at, hidden } = grid
  const small = rows.flatMap((row) =>
    columns.flatMap((column) => (isSmall(at(row, column)) && !hidden.has(place(row, column)) ? [{ row, column }] : [])),
  )
  for (const { row, column } of small) for (const corner of rectangle(grid, row, column)) hidden.add(corner)
}

/**
 * Four hidden corners of which two that lie across can both lose a child. One is always there: the group is not small, so it
 * has another movement; the movement is not small, so another group makes it; those two lie across.
 */
function rectangle({ rows, columns, at, hidden }: Grid, row: string, column: string): string[] {
  let best: string[] = [place(row, column)]
  let least = Number.POSITIVE_INFINITY
  for (const otherRow of rows) {
    if (otherRow === row) continue
    for (const otherColumn of columns) {
      if (otherColumn === column) continue
      const across = at(otherRow, otherColumn) > 0
      const beside = at(row, otherColumn) > 0 && at(otherRow, column) > 0
      if (!across && !beside) continue
      const corners = [
        [row, column],
        [row, otherColumn],
        [otherRow, column],
        [otherRow, otherColumn],
      ] as const
      const shown = corners.filter(([r, c]) => !hidden.has(place(r, c)))
      // What is newly hidden should be little, and be few figures.
      const cost = shown.reduce((sum, [r, c]) => sum + at(r, c) + 1, 0)
      if (cost < least) {
        least = cost
        best = corners.map(([r, c]) => place(r, c))
      }
    }
  }
  return best
}

function place(row: string, column: string): string {
  return `${row} ${column}`
}

/** Counts whose keys are the prefix and this many parts more, by those parts. */
function entriesUnder(tally: Tally, prefix: string, parts: number): Map<string, number> {
  const found = new Map<string, number>()
  for (const [key, number] of tally) {
    if (!key.startsWith(`${prefix}|`)) continue
    const rest = key.slice(prefix.length + 1)
    if (rest.split('|').length === parts) found.set(rest, number)
  }
  return found
}

function cellOf(movement: string, children: number | null): Cell {
  const [from = '', to = ''] = movement.split('|')
  return { from, to, children }
}

function isSmall(number: number): boolean {
  return number > 0 && number < LEAST_SHOWN
}
