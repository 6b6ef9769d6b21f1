/** How many of the found indicators match, and over how many top-level domains: for conditions and for clusters. */
import { fromBounds, type Kleene, MAYBE, NO, YES } from './kleene.ts'
import type { ChildState } from './state.ts'

/** So many found indicators that match, at a rank or above, across so many top-level domains. */
export interface Enough {
  readonly matches: Uint8Array
  readonly rank: number
  readonly atLeast: number
  readonly acrossDomains: number
}

/** Indicators with the same number, other than −1, count as one; null where each counts. */
export type CountsAs = readonly number[] | null

/** What has to be known of the indicators. */
export interface Counted {
  /** The ranks that an indicator may have: its own and those of its grades. */
  ranksOf(index: number): readonly number[]
  /** Top-level domains of each indicator. */
  readonly topDomains: readonly (readonly number[])[]
  readonly countsAs: CountsAs
}

/** Whether an indicator counts: never, whenever it is found, or by the grade at which it is found. */
const NEVER = 0
const ALWAYS = 1

export function enoughOf(wanted: Enough, counted: Counted): (state: ChildState) => Kleene {
  const { rank, atLeast, acrossDomains } = wanted
  const counting = countingOf(wanted, counted)
  const { countsAs } = counted
  if (countsAs === null && acrossDomains <= 1 && counting.every((counts) => counts <= ALWAYS))
    return enoughPlain(counting, atLeast)
  return (state) => {
    const { order, size, found, rankLow, rankHigh } = state
    let sure = 0
    let possible = 0
    const groups = countsAs === null ? null : { sure: new Set<number>(), possible: new Set<number>() }
    for (let i = 0; i < size; i++) {
      const index = order[i] ?? 0
      const counts = counting[index]
      if (counts === NEVER) continue
      const group = countsAs === null ? -1 : (countsAs[index] ?? -1)
      if ((counts === ALWAYS || (rankHigh[index] ?? 0) >= rank) && isFirst(groups?.possible, group)) possible++
      const isSure = found[index] === YES && (counts === ALWAYS || (rankLow[index] ?? 0) >= rank)
      if (isSure && isFirst(groups?.sure, group)) sure++
    }
    if (possible < atLeast && sure < atLeast) return NO
    // Each indicator has a domain, so that one domain is there as soon as anything is.
    if (acrossDomains <= 1) return sure >= atLeast ? YES : MAYBE
    return fromBounds(
      sure >= atLeast && domainsOf(state, wanted, YES, counted) >= acrossDomains,
      possible >= atLeast && domainsOf(state, wanted, MAYBE, counted) >= acrossDomains,
    )
  }
}

function enoughPlain(counting: Uint8Array, atLeast: number): (state: ChildState) => Kleene {
  return ({ order, size, found }) => {
    let sure = 0
    let possible = 0
    for (let i = 0; i < size; i++) {
      const index = order[i] ?? 0
      const counts = counting[index] ?? NEVER
      possible += counts
      sure += counts & ((found[index] ?? NO) >> 1)
    }
    return fromBounds(sure >= atLeast, possible >= atLeast)
  }
}

/** Whether nothing of the group was counted before. */
function isFirst(counted: Set<number> | undefined, group: number): boolean {
  if (counted === undefined || group < 0) return true
  const { size } = counted
  return counted.add(group).size > size
}

function countingOf({ matches, rank }: Enough, { ranksOf }: Counted): Uint8Array {
  return matches.map((match, index) => {
    const ranks = match === 1 ? ranksOf(index) : []
    const reaching = ranks.filter((own) => own >= rank).length
    return reaching === 0 ? NEVER : reaching === ranks.length ? ALWAYS : 2
  })
}

function domainsOf(
  { order, size, found, rankLow, rankHigh }: ChildState,
  { matches, rank }: Enough,
  least: Kleene,
  { topDomains }: Counted,
): number {
  const ranks = least === YES ? rankLow : rankHigh
  const domains: number[] = []
  for (let i = 0; i < size; i++) {
    const index = order[i] ?? 0
    if (matches[index] !== 1 || (found[index] ?? NO) < least || (ranks[index] ?? 0) < rank) continue
    for (const domain of topDomains[index] ?? []) if (!domains.includes(domain)) domains.push(domain)
  }
  return domains.length
}
