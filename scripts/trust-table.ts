/** What `npm run trust` makes of what the tests counted. Pure but for reading the tests. */
import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { type Counted, TALLIES, type Tally } from '../test/support/tally.ts'

export interface Row {
  readonly name: string
  readonly held: number
  readonly of: number
  /** Known not to hold, with the reason where it is counted. */
  readonly excepted: number
  /** How often it was counted: by several tests, files or surfaces. */
  readonly counts: number
}

/** A row for each tally, in the order of the list, summed over whatever counted it. */
export function summed(lines: readonly string[]): Row[] {
  const counted = lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Counted & { name: Tally })
  const unknown = counted.find(({ name }) => !(name in TALLIES))
  if (unknown) throw new Error(`There is no tally ${unknown.name}.`)
  return Object.entries(TALLIES).map(([key, name]) => {
    const of = counted.filter((each) => each.name === key)
    const sum = (what: keyof Counted): number => of.reduce((total, each) => total + (each[what] ?? 0), 0)
    return { name, held: sum('held'), of: sum('of'), excepted: sum('excepted'), counts: of.length }
  })
}

/** What does not hold, or was not counted at all, in words; empty when all is well. */
export function shortfalls(rows: readonly Row[]): string[] {
  return rows.flatMap(({ name, held, of, excepted }) => {
    if (of === 0) return [`${name}: nothing was counted`]
    const short = of - excepted - held
    return short === 0 ? [] : [`${name}: ${short} of ${of} did not hold`]
  })
}

export interface Measured {
  readonly seconds: number
  /** Verifying as a multiple of hashing the same bytes. */
  readonly ratio: number
}

/** The best round of `npm run bench -- audit`, whose rows are round, MB, hashing, tree, verifying, ratio and µs an entry. */
export function measuredBy(output: string): Measured | undefined {
  return output
    .split('\n')
    .filter((line) => /^\|\s*\d/.test(line))
    .map((line) => line.split('|').map((cell) => Number(cell.trim())))
    .map(([, , , , , seconds = Number.NaN, ratio = Number.NaN]) => ({ seconds, ratio }))
    .filter(({ seconds, ratio }) => seconds > 0 && ratio > 0)
    .sort((a, b) => a.ratio - b.ratio)[0]
}

/** The test files that count, by themselves or by what they import from the tests. */
export function countingFiles(root: string): string[] {
  const text = new Map<string, string>()
  const read = (file: string): string => {
    const known = text.get(file) ?? (existsSync(file) ? readFileSync(file, 'utf8') : '')
    text.set(file, known)
    return known
  }
  const counts = (file: string, seen: Set<string>): boolean => {
    if (seen.has(file) || file.endsWith(join('support', 'tally.ts'))) return false
    seen.add(file)
    if (/\b(?:tally|survived)\(/.test(read(file))) return true
    return [...read(file).matchAll(/from '(\.[^']+)'/g)].some(([, name = '']) => {
      const target = join(dirname(file), name)
      return target.startsWith(join(root, 'test') + sep) && counts(target, seen)
    })
  }
  return globSync('test/**/*.test.ts', { cwd: root })
    .map((file) => join(root, file))
    .filter((file) => counts(file, new Set()))
    .map((file) => relative(root, file).split(sep).join('/'))
    .sort()
}
