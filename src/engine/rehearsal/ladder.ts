/** Levels of two policies beside each other: is one lower than the other? */
import type { Policy } from '../policy/policy.ts'
import { COMMON_SCALE, type CommonBand } from '../vocabulary.ts'

export interface Ladder {
  /** Both policies have the same levels in the same order, on the same bands. */
  readonly isSame: boolean
  /** Whether level `after` of the second policy is lower than level `before` of the first; none is the lowest. */
  isLower(before: string | null, after: string | null): boolean
  isHigher(before: string | null, after: string | null): boolean
  /** Bands of the common scale, by the level of each policy. */
  bandBefore(level: string): CommonBand
  bandAfter(level: string): CommonBand
}

/**
 * Two levels are compared on the common scale. Within a band, and where the bands do not tell, their codes are compared by
 * the order of the first policy, if the codes mean the same in both: the same codes in the same order, or, where the
 * policies have different levels, the codes that both have in one order and on the same bands.
 * Lower by either measure counts as lower: a draft that moves a level to a lower band lowers it.
 */
export function ladderOf(before: Policy, after: Policy): Ladder {
  const bandBefore = bands(before)
  const bandAfter = bands(after)
  const codes = [...before.rankOf.keys()]
  const shared = codes.filter((code) => after.rankOf.has(code))
  const isOneOrder = shared.every((code, i) => i === 0 || rank(after, shared[i - 1] ?? '') < rank(after, code))
  const onSameBands = shared.every((code) => bandBefore.get(code) === bandAfter.get(code))
  const hasSameCodes = shared.length === codes.length && shared.length === after.levels.length
  const byCode = isOneOrder && (hasSameCodes || onSameBands)
  /** −1, 0 or 1 by code; 0 where the codes cannot be compared. */
  const codesOrder = (a: string, b: string): number =>
    byCode && before.rankOf.has(b) && after.rankOf.has(a) ? Math.sign(rank(before, b) - rank(before, a)) : 0
  const bandsOrder = (a: string, b: string): number =>
    Math.sign(
      COMMON_SCALE.indexOf(bandAfter.get(b) ?? 'universal') - COMMON_SCALE.indexOf(bandBefore.get(a) ?? 'universal'),
    )
  const isLower: Ladder['isLower'] = (a, b) => {
    if (a === null || b === null) return a !== null
    return codesOrder(a, b) < 0 || bandsOrder(a, b) < 0
  }
  return {
    isSame: hasSameCodes && isOneOrder && onSameBands,
    isLower,
    isHigher(a, b) {
      if (a === null || b === null) return b !== null
      return !isLower(a, b) && (codesOrder(a, b) > 0 || bandsOrder(a, b) > 0)
    },
    bandBefore: (level) => bandBefore.get(level) ?? 'universal',
    bandAfter: (level) => bandAfter.get(level) ?? 'universal',
  }
}

function bands({ levels }: Policy): ReadonlyMap<string, CommonBand> {
  return new Map(levels.map(({ code, common }) => [code, common]))
}

function rank({ rankOf }: Policy, code: string): number {
  return rankOf.get(code) ?? -1
}
