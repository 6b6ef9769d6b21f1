/** Comparing items of two versions for the proof that a change only raises. */
import { canonical } from '../hash.ts'
import { changedProperties, type Item } from './diff-match.ts'

/** What stands against the proof, one sentence each. */
export type Against = string[]

interface Comparison<T> {
  codeOf(item: T): string
  compare(old: T, now: T): Against
  /** What an added item has against it; nothing where left out. */
  added?(item: T): Against
}

/** Items by their code: none is taken out, each is compared, and an added one is judged by itself. */
export function kept<T>(
  what: string,
  from: readonly T[],
  to: readonly T[],
  { codeOf, compare, added = () => [] }: Comparison<T>,
): Against {
  const now = new Map(to.map((item) => [codeOf(item), item]))
  const old = new Set(from.map(codeOf))
  return [
    ...from.flatMap((item) => {
      const same = now.get(codeOf(item))
      if (same === undefined) return [`The ${what} ${codeOf(item)} is taken out.`]
      return canonical(item) === canonical(same) ? [] : compare(item, same)
    }),
    ...to.filter((item) => !old.has(codeOf(item))).flatMap(added),
  ]
}

/** Properties that changed and are not among those that may, or that are compared apart. */
export function otherwise(what: string, old: object, now: object, except: readonly string[]): Against {
  const names = changedProperties(old as Item, now as Item).filter((name) => !except.includes(name))
  return names.map((name) => `Of ${what}, “${name}” is changed.`)
}

/** Properties of a new item that nobody here knows: what they would do is not known either. */
export function unknownOf(what: string, item: object, known: readonly string[]): Against {
  return Object.keys(item)
    .filter((name) => !known.includes(name))
    .map((name) => `Of ${what}, which is new, “${name}” cannot be judged.`)
}

export function isSubset(part: readonly string[], whole: readonly string[]): boolean {
  return part.every((item) => whole.includes(item))
}
