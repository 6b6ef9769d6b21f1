/** Matching the items of two versions of a document by their codes. */
import { canonical } from '../hash.ts'
import type { PolicyDocument } from './shape.ts'

export type Item = Readonly<Record<string, unknown>>

export interface Versions {
  readonly before: PolicyDocument
  readonly after: PolicyDocument
}

interface Matched<T> {
  readonly added: readonly T[]
  readonly removed: readonly T[]
  readonly both: readonly { readonly old: T; readonly now: T }[]
  /** Whether what both lists have stands in another order. */
  readonly isReordered: boolean
}

/** Items of two lists by their code; of those that both have, the ones that are the same to the letter are left out. */
export function match<T>(before: readonly T[], after: readonly T[], codeOf: (item: T) => string): Matched<T> {
  const old = new Map(before.map((item) => [codeOf(item), item]))
  const now = new Map(after.map((item) => [codeOf(item), item]))
  return {
    added: after.filter((item) => !old.has(codeOf(item))),
    removed: before.filter((item) => !now.has(codeOf(item))),
    both: after.flatMap((item) => {
      const previous = old.get(codeOf(item))
      return previous === undefined || isSame(previous, item) ? [] : [{ old: previous, now: item }]
    }),
    isReordered: !isSame(
      [...old.keys()].filter((code) => now.has(code)),
      [...now.keys()].filter((code) => old.has(code)),
    ),
  }
}

/** Names of the properties whose value is not the same. */
export function changedProperties(old: Item, now: Item): string[] {
  const names = [...new Set([...Object.keys(old), ...Object.keys(now)])].sort()
  return names.filter((name) => !isSame(old[name], now[name]))
}

/** The same to the letter; what is not there and null are one. */
export function isSame(old: unknown, now: unknown): boolean {
  return old === now || canonical(old ?? null) === canonical(now ?? null)
}

/** An item without the properties that are told by themselves. */
export function without(item: object, names: readonly string[]): Item {
  return Object.fromEntries(Object.entries(item).filter(([name]) => !names.includes(name)))
}

/** By how many levels something moves, where nothing counts as below the lowest. A column of a matrix is the level that it stands for. */
export function levelStep({ before, after }: Versions, from: string | undefined, to: string | undefined): number {
  const [old, now] = [levelOf(before, from), levelOf(after, to)]
  const scale = [after, before].find((document) => rankIn(document, old) >= 0 && rankIn(document, now) >= 0)
  return rankIn(scale ?? after, now) - rankIn(scale ?? before, old)
}

function levelOf({ matrices }: PolicyDocument, code: string | undefined): string | undefined {
  const columns = (matrices ?? []).flatMap((matrix) => matrix.columns)
  return columns.find((column) => column.code === code)?.level ?? code
}

function rankIn({ levels }: PolicyDocument, code: string | undefined): number {
  return levels.findIndex((level) => level.code === code)
}
