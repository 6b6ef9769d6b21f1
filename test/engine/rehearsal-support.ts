/** Random movements of random children, and a reader of what is shown of them that does nothing but add and subtract. */
import fc from 'fast-check'
import { NO_RESPONSE, WITHHELD } from '../../src/engine/rehearsal/compare.ts'
import { DIMENSIONS, type Groups, MANY_VALUED } from '../../src/engine/rehearsal/groups.ts'
import type { Shown } from '../../src/engine/rehearsal/suppress.ts'
import { count, FAMILIES, type Tally } from '../../src/engine/rehearsal/tally.ts'

export interface Moved {
  readonly level: readonly [string, string]
  readonly response: readonly [string, string]
  readonly groups: Groups
}

const LEVELS = ['L1', 'L2', 'L3', WITHHELD]
const RESPONSES = ['universal', 'early-help', 's17', NO_RESPONSE]

/** Few of many kinds, so that small numbers are common and large ones occur. */
export function anyChildren(most: number): fc.Arbitrary<Moved[]> {
  // Powers make the first of a list the most frequent: a population with large and with small groups.
  const oneOf = (list: readonly string[]) =>
    fc.integer({ min: 0, max: 999 }).map((n) => list[Math.floor((n / 1000) ** 3 * list.length)]!)
  const someOf = (list: readonly string[]) =>
    fc.array(oneOf(list), { minLength: 1, maxLength: 3 }).map((found) => [...new Set(found)].sort())
  const pair = (list: readonly string[]) => fc.tuple(oneOf(list), oneOf(list))
  const child = fc.record({
    level: pair(LEVELS),
    response: pair(RESPONSES),
    groups: fc.record({
      source: oneOf(['2A', '3B', '6']).map((code) => [code]),
      age_band: oneOf(['5_to_9', 'under_1']).map((band) => [band]),
      category: someOf(['neglect', 'missing', 'other']),
      ethnicity: oneOf(['WBRI', 'APKN', 'BCRB', 'not_stated']).map((code) => [code]),
      disability: someOf(['not_stated', 'AUT']),
    }),
  })
  return fc.array(child, { maxLength: most })
}

export function talliedOf(children: readonly Moved[]): Tally {
  const tally: Tally = new Map()
  for (const { groups, ...moved } of children) count(tally, { ...moved, ways: [], list: null }, groups)
  return tally
}

/** The true figure behind each name: of a movement, of a group, or of a movement within a group. */
export function trueFigures(children: readonly Moved[]): Map<string, number> {
  const figures = new Map<string, number>()
  const add = (name: string): void => void figures.set(name, (figures.get(name) ?? 0) + 1)
  for (const child of children) {
    for (const family of FAMILIES) {
      const movement = child[family].join('>')
      add(`${family} ${movement}`)
      for (const by of DIMENSIONS) for (const group of child.groups[by]) add(`${family} ${movement} ${by} ${group}`)
    }
    for (const by of DIMENSIONS) for (const group of child.groups[by]) add(`${by} ${group}`)
  }
  return figures
}

/** What is shown, by the same names; hidden figures are null, and what is in a group that is not shown is left out. */
export function shownFigures({ tables }: Shown): Map<string, number | null> {
  const figures = new Map<string, number | null>()
  for (const family of FAMILIES) {
    const { whole, groups } = tables[family]
    for (const { from, to, children } of whole) figures.set(`${family} ${from}>${to}`, children)
    for (const { by, group, children, cells } of groups) {
      figures.set(`${by} ${group}`, children)
      for (const cell of cells) figures.set(`${family} ${cell.from}>${cell.to} ${by} ${group}`, cell.children)
    }
  }
  return figures
}

/**
 * The hidden figures that can be worked out by adding and subtracting, in any combination, all that is shown: solves the
 * system of all sums that a reader knows to hold. Done modulo a prime, in which a rank can only be too small by accident.
 */
export function workedOut(children: readonly Moved[], shown: Shown): string[] {
  // Where not even their number is shown, no sum is known.
  if (shown.children === null) return []
  const truth = trueFigures(children)
  const seen = shownFigures(shown)
  const hidden = new Map<string, number>()
  const rows = equations(truth, shown).map((names) => {
    const row = new Map<number, number>()
    for (const [name, sign] of names) {
      if (!isHidden(name, seen, truth)) continue
      if (!hidden.has(name)) hidden.set(name, hidden.size)
      row.set(hidden.get(name)!, sign)
    }
    return row
  })
  const reduced = reduce(rows)
  const fixed = new Set(reduced.filter((row) => row.size === 1).map((row) => [...row.keys()][0]!))
  return [...hidden].filter(([, at]) => fixed.has(at)).map(([name]) => name)
}

function isHidden(name: string, seen: ReadonlyMap<string, number | null>, truth: ReadonlyMap<string, number>): boolean {
  const figure = seen.get(name)
  // What is not listed is nought, unless its group is not shown at all.
  return figure === null || (figure === undefined && (truth.get(name) ?? 0) > 0) || isOfHiddenGroup(name, seen)
}

function isOfHiddenGroup(name: string, seen: ReadonlyMap<string, number | null>): boolean {
  const [, , by, group] = name.split(' ')
  return group !== undefined && seen.get(`${by} ${group}`) === null
}

/** Every sum that a reader knows to hold, as signed names of figures that come to a number that is known. */
function equations(truth: ReadonlyMap<string, number>, { tables }: Shown): [string, number][][] {
  const found: [string, number][][] = []
  const groupsBy = new Map(DIMENSIONS.map((by) => [by, namesOf(truth, by)]))
  for (const by of DIMENSIONS) {
    const sizes = groupsBy.get(by)!.map((group): [string, number] => [`${by} ${group}`, 1])
    if (!MANY_VALUED.includes(by)) found.push(sizes)
  }
  for (const family of FAMILIES) {
    const movements = tables[family].whole.map(({ from, to }) => `${family} ${from}>${to}`)
    found.push(movements.map((name) => [name, 1]))
    for (const by of DIMENSIONS) {
      const groups = groupsBy.get(by)!
      for (const group of groups)
        found.push([
          [`${by} ${group}`, -1],
          ...movements.map((name): [string, number] => [`${name} ${by} ${group}`, 1]),
        ])
      if (MANY_VALUED.includes(by)) continue
      for (const name of movements)
        found.push([[name, -1], ...groups.map((group): [string, number] => [`${name} ${by} ${group}`, 1])])
    }
  }
  return found
}

function namesOf(truth: ReadonlyMap<string, number>, by: string): string[] {
  return [...truth.keys()].flatMap((name) => (name.startsWith(`${by} `) ? [name.slice(by.length + 1)] : []))
}

const PRIME = 94_906_249

/** Gauss and Jordan, sparse: each pivot stands in its own row alone. */
function reduce(rows: readonly Map<number, number>[]): Map<number, number>[] {
  const done = new Map<number, Map<number, number>>()
  for (const given of rows) {
    const row = new Map([...given].map(([at, value]) => [at, (value + PRIME) % PRIME]))
    for (const [pivot, other] of done) subtract(row, other, row.get(pivot) ?? 0)
    const [first] = [...row.keys()].sort((a, b) => a - b)
    if (first === undefined) continue
    const inverse = power(row.get(first)!, PRIME - 2)
    for (const [at, value] of row) row.set(at, times(value, inverse))
    for (const other of done.values()) subtract(other, row, other.get(first) ?? 0)
    done.set(first, row)
  }
  return [...done.values()]
}

function subtract(row: Map<number, number>, other: ReadonlyMap<number, number>, factor: number): void {
  if (factor === 0) return
  for (const [at, value] of other) {
    const left = ((row.get(at) ?? 0) + PRIME - times(value, factor)) % PRIME
    if (left === 0) row.delete(at)
    else row.set(at, left)
  }
}

function times(a: number, b: number): number {
  return (a * b) % PRIME
}

function power(base: number, exponent: number): number {
  let result = 1
  for (let b = base, e = exponent; e > 0; e = Math.floor(e / 2), b = times(b, b))
    if (e % 2 === 1) result = times(result, b)
  return result
}
