/** Chance that comes out the same every time: a bench has to put the same question to every engine, in every process. */

export interface Chance {
  /** 0 to `most`, both included. */
  upTo(most: number): number
  percent(likely: number): boolean
  pick<T>(list: readonly T[]): T
  /** So many different ones of a list, or all of them where it has no more. */
  some<T>(list: readonly T[], count: number): T[]
}

/** A generator of 32 bits by multiplication and shifts; the seed may be any integer. */
export function chanceOf(seed: number): Chance {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed
    return (mixed ^ (mixed >>> 14)) >>> 0
  }
  const upTo = (most: number): number => next() % (most + 1)
  return {
    upTo,
    percent: (likely) => upTo(99) < likely,
    pick: (list) => list[upTo(list.length - 1)]!,
    some: (list, count) => {
      const rest = [...list]
      return Array.from({ length: Math.min(count, list.length) }, () => rest.splice(upTo(rest.length - 1), 1)[0]!)
    },
  }
}
