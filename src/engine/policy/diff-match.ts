/** Matching the items of two versions of a document by their codes. */
import { canonical } from '../hash.ts'

export type Item = Readonly<Record<string, unknown>>

export interface Matched<T> {
  readonly added: readonly T[]
  readonly removed: readonly T[]
  readonly both: readonly { readonly old: T; readonly now: T }[]
}

/** Items of two lists by their code; those that are the same to the letter are left out. */
export function match<T>(before: readonly T[], after: readonly T[], codeOf: (item: T) => string): Matched<T> {
  const old = new Map(before.map((item) => [codeOf(item), item]))
  const now = new Map(after.map((item) => [codeOf(item), item]))
  return {
    added: after.filter((item) => !old.has(codeOf(item))),
    removed: before.filter((item) => !now.has(codeOf(item))),
    both: after.flatMap((item) => {
      const previous = old.get(codeOf(item))
      return previous === undefined || canonical(previous) === canonical(item) ? [] : [{ old: previous, now: item }]
    }),
  }
}

/** Names of the properties whose value is not the same. */
export function changedProperties(old: Item, now: Item): string[] {
  const names = [...new Set([...Object.keys(old), ...Object.keys(now)])].sort()
  return names.filter((name) => canonical(old[name] ?? null) !== canonical(now[name] ?? null))
}
