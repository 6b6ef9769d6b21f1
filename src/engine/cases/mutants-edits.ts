/** The small changes that mutants are made of: a number by one, a level or band by one step, a member left out. */
import type { PolicyDocument } from '../policy/shape.ts'
import { RESPONSE_TYPES } from '../vocabulary.ts'

/** One thing of a policy, changed; `at` says where and to what. Without `to` it is left out. */
export interface Edit<T> {
  readonly at: string
  readonly to?: T | undefined
}

/** The orders of a policy along which things are moved by one. */
export interface Scales {
  readonly levels: readonly string[]
  /** Most urgent first. */
  readonly bands: readonly string[]
  readonly defaultBand: string
  /** Most serious first. */
  readonly responses: readonly string[]
  /** The columns of each matrix, lowest first. */
  readonly columns: ReadonlyMap<string, readonly string[]>
}

export function scalesOf({ levels, urgency, responses, matrices = [] }: PolicyDocument): Scales {
  const seriousness = ({ type }: PolicyDocument['responses'][number]): number => RESPONSE_TYPES.indexOf(type)
  return {
    levels: levels.map(({ code }) => code),
    bands: urgency.bands.map(({ code }) => code),
    defaultBand: urgency.default,
    responses: [...responses].sort((a, b) => seriousness(a) - seriousness(b)).map(({ code }) => code),
    columns: new Map(matrices.map(({ id, columns }) => [id, columns.map(({ code }) => code)])),
  }
}

/** What a level is moved along: the columns of the matrix where it is one of those, and else the policy's levels. */
export function ladder(
  { levels, columns }: Scales,
  matrix: string | undefined,
  level: string | undefined,
): readonly string[] {
  const own = columns.get(matrix ?? '') ?? []
  return own.includes(level ?? '') ? own : levels
}

/** What stands one step to either side. */
export function neighbours<T>(scale: readonly T[], item: T): T[] {
  const place = scale.indexOf(item)
  if (place < 0) return []
  return [scale[place - 1], scale[place + 1]].filter((other) => other !== undefined)
}

/** A property moved along a scale by one step, where the thing has it. */
export function moved<T, K extends keyof T & string>(item: T, key: K, scale: readonly T[K][]): Edit<T>[] {
  const value = item[key]
  if (value === undefined) return []
  return neighbours(scale, value).map((to) => ({ at: `/${key} = ${String(to)}`, to: { ...item, [key]: to } }))
}

/** A number moved by one up and down, not below `least`. */
export function nudged<T, K extends keyof T & string>(item: T, key: K, least: number): Edit<T>[] {
  const value = item[key]
  if (typeof value !== 'number') return []
  return [value - 1, value + 1]
    .filter((to) => to >= least)
    .map((to) => ({ at: `/${key} = ${to}`, to: { ...item, [key]: to } }))
}

/** A property left out. */
export function without<T extends object, K extends keyof T & string>(item: T, key: K): Edit<T>[] {
  if (item[key] === undefined) return []
  const { [key]: _, ...rest } = item
  return [{ at: `/${key} dropped`, to: rest as unknown as T }]
}

/** A list with each of its members left out in turn; a list of one is left as it is. */
export function thinned<T, K extends keyof T & string>(item: T, key: K): Edit<T>[] {
  const list = item[key]
  if (!Array.isArray(list) || list.length < 2) return []
  return list.map((member, i) => ({
    // What is written twice is told apart by its place.
    at: `/${key}/${typeof member === 'string' && list.indexOf(member) === i ? member : i + 1} dropped`,
    to: { ...item, [key]: list.filter((_, j) => j !== i) },
  }))
}

/** Each member of a list of codes given for the one that stands beside it on the scale, unless that is listed already. */
export function swapped<T, K extends keyof T & string>(item: T, key: K, scale: readonly string[]): Edit<T>[] {
  const list: unknown = item[key]
  if (!Array.isArray(list)) return []
  return list.flatMap((member, i) =>
    list.indexOf(member) < i
      ? []
      : neighbours(scale, String(member))
          .filter((to) => !list.includes(to))
          .map((to) => ({
            at: `/${key}/${member} = ${to}`,
            to: { ...item, [key]: list.map((one, j) => (j === i ? to : one)) },
          })),
  )
}

/** Changes of each member of a list, as changes of the list; a member is named by its place, from 1, or as is said. */
export function each<T>(
  list: readonly T[],
  edits: (member: T) => readonly Edit<T>[],
  nameOf: (member: T, place: number) => string = (_, place) => String(place),
): Edit<T[]>[] {
  return list.flatMap((member, i) =>
    edits(member).map(({ at, to }) => ({
      at: `/${nameOf(member, i + 1)}${at}`,
      to: list.map((one, j) => (j === i && to ? to : one)),
    })),
  )
}

/** Changes of a part, as changes of the whole. */
export function within<T extends object, K extends keyof T & string>(
  item: T,
  key: K,
  edits: (part: NonNullable<T[K]>) => readonly Edit<NonNullable<T[K]>>[],
): Edit<T>[] {
  const part = item[key]
  if (part === undefined || part === null) return []
  return edits(part).map(({ at, to }) => ({ at: `/${key}${at}`, to: { ...item, [key]: to } }))
}

/** An urgency moved by one band; what would be the default is left out instead, since that means the same. */
export function hurried<T extends { readonly urgency?: string | undefined }>(item: T, scales: Scales): Edit<T>[] {
  if (item.urgency === undefined) return []
  const near = neighbours(scales.bands, item.urgency).filter((band) => band !== scales.defaultBand)
  return [
    ...(item.urgency === scales.defaultBand ? [] : without(item, 'urgency')),
    ...near.map((band) => ({ at: `/urgency = ${band}`, to: { ...item, urgency: band } })),
  ]
}

/** Both ends of an age range, and whether it holds the unborn. */
export function aged<
  T extends { unborn?: boolean | undefined; fromMonths?: number | undefined; toMonths?: number | undefined },
>(age: T): Edit<T>[] {
  // An age that begins after birth is not taken for one that holds the unborn.
  const isLater = (age.fromMonths ?? 0) > 0
  const flipped = age.unborn
    ? without(age, 'unborn')
    : isLater
      ? []
      : [{ at: '/unborn = true', to: { ...age, unborn: true } }]
  return [...flipped, ...nudged(age, 'fromMonths', 0), ...nudged(age, 'toMonths', 0)]
}

/** An operator with its boundary moved: whether the number itself counts. */
export function bounded<T extends { is: 'below' | 'atMost' | 'atLeast' | 'above' }>(measure: T): Edit<T>[] {
  const other = { below: 'atMost', atMost: 'below', atLeast: 'above', above: 'atLeast' } as const
  const is = other[measure.is]
  return [{ at: `/is = ${is}`, to: { ...measure, is } }]
}
