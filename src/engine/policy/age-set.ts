/** Ages as sets: one bit for the unborn, and one for each completed month up to 25 years, beyond which no referral is taken. */
import type { AgeRange } from '../conditions/shape.ts'

export const MONTHS_MAX = 300
/** 216 months are the eighteenth birthday. */
export const CHILDHOOD_MONTHS = 216

export const EVERY_AGE = (1n << BigInt(MONTHS_MAX + 2)) - 1n

/** The ages in a range; all of them where there is none. */
export function ageSet(range: AgeRange | undefined): bigint {
  if (range === undefined) return EVERY_AGE
  const { unborn, fromMonths, toMonths } = range
  const isBorn = fromMonths !== undefined || toMonths !== undefined || unborn !== true
  const born = isBorn ? between(fromMonths ?? 0, toMonths ?? MONTHS_MAX) : 0n
  return unborn === true ? born | 1n : born
}

function between(from: number, to: number): bigint {
  return from > to ? 0n : ((1n << BigInt(to - from + 1)) - 1n) << BigInt(from + 1)
}

/** Every age that some bit stands for, lowest first; −1 is unborn. */
export function agesIn(set: bigint): number[] {
  return Array.from({ length: MONTHS_MAX + 2 }, (_, bit) => bit - 1).filter((age) => (set >> BigInt(age + 1)) & 1n)
}
