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

/** Top-level domains of each indicator. */
type TopDomains = readonly (readonly number[])[]

export function enoughOf(
  { matches, rank, atLeast, acrossDomains }: Enough,
  topDomains: TopDomains,
): (state: ChildState) => Kleene {
  return (state) => {
    const { order, size, found, rankLow, rankHigh } = state
    let sure = 0
    let possible = 0
    for (let i = 0; i < size; i++) {
      const index = order[i] ?? 0
      if (matches[index] !== 1) continue
      if ((rankHigh[index] ?? 0) >= rank) possible++
      if (found[index] === YES && (rankLow[index] ?? 0) >= rank) sure++
    }
    if (possible < atLeast && sure < atLeast) return NO
    // Each indicator has a domain, so that one domain is there as soon as anything is.
    if (acrossDomains <= 1) return sure >= atLeast ? YES : MAYBE
    return fromBounds(
      sure >= atLeast && domainsOf(state, { matches, rank, least: YES }, topDomains) >= acrossDomains,
      possible >= atLeast && domainsOf(state, { matches, rank, least: MAYBE }, topDomains) >= acrossDomains,
    )
  }
}

function domainsOf(
  { order, size, found, rankLow, rankHigh }: ChildState,
  { matches, rank, least }: { matches: Uint8Array; rank: number; least: Kleene },
  topDomains: TopDomains,
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
