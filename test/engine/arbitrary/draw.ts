/** Drawing random values one after the other; each draw shrinks towards its first choice. */
import fc from 'fast-check'

export interface Draw {
  /** 0 to `most`. */
  upTo(most: number): number
  between(least: number, most: number): number
  /** True in so many of a hundred; false is the simpler. */
  chance(percent: number): boolean
  pick<T>(list: readonly T[]): T
  /** Some of the list, in its order. */
  some<T>(list: readonly T[], percent: number): T[]
  /** A list of `least` to `most` things. */
  many<T>(least: number, most: number, make: (index: number) => T): T[]
  /** The list in another order. */
  shuffled<T>(list: readonly T[]): T[]
}

/** A function for each bound: fast-check looks an arbitrary up by its function, and then among its arguments one by one. */
const naturals = new Map<number, () => fc.Arbitrary<number>>()

function naturalsTo(most: number): () => fc.Arbitrary<number> {
  const known = naturals.get(most) ?? (() => fc.nat(most))
  naturals.set(most, known)
  return known
}

export function drawFrom(gen: fc.GeneratorValue): Draw {
  const upTo = (most: number): number => (most <= 0 ? 0 : gen(naturalsTo(most)))
  const chance = (percent: number): boolean => upTo(99) >= 100 - percent
  return {
    upTo,
    chance,
    between: (least, most) => least + upTo(most - least),
    pick: (list) => list[upTo(list.length - 1)]!,
    some: (list, percent) => list.filter(() => chance(percent)),
    many: (least, most, one) => Array.from({ length: least + upTo(most - least) }, (_, index) => one(index)),
    shuffled: (list) => {
      const rest = [...list]
      return list.map(() => rest.splice(upTo(rest.length - 1), 1)[0]!)
    },
  }
}

/** An arbitrary of whatever `make` builds from its draws. */
export function drawn<T>(make: (draw: Draw) => T): fc.Arbitrary<T> {
  return fc.gen().map((gen) => make(drawFrom(gen)))
}
