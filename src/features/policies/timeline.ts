/** Which version of an authority's policy applies, and what each is on a day: derived from what was published and retired. Pure. */
import { londonDate } from '../../engine/calendar/civil.ts'

export const VERSION_STATES = ['scheduled', 'in_force', 'legacy', 'superseded', 'retired'] as const
export type VersionState = (typeof VERSION_STATES)[number]

/** What is known of a version besides what it says. Dates are civil dates in London. */
export interface VersionFacts {
  readonly id: string
  readonly effectiveFrom: string
  readonly recordedAt: string
  readonly retirement: { readonly from: string; readonly at: string } | null
  readonly isHotfix: boolean
  /** Until this day, that included, referrals received before it took effect go on under the version before it. */
  readonly legacyUntil: string | null
}

/** The versions that took or will take effect, in that order; those called off before they did are left out. */
export function inOrder(versions: readonly VersionFacts[]): VersionFacts[] {
  const key = ({ effectiveFrom, recordedAt, id }: VersionFacts): string => `${effectiveFrom} ${recordedAt} ${id}`
  return versions.filter((version) => !isCalledOff(version)).sort((a, b) => (key(a) < key(b) ? -1 : 1))
}

/** Retired before it took effect: it never applied, and the version before it goes on. */
export function isCalledOff({ effectiveFrom, retirement }: VersionFacts): boolean {
  return retirement !== null && retirement.from <= effectiveFrom && londonDate(retirement.at) < effectiveFrom
}

/**
 * The version that applies on a day to a referral received on a day. It is the one that took effect last; where that one is
 * retired there is none, for a version that was superseded does not come back unseen.
 */
export function appliesOn(
  versions: readonly VersionFacts[],
  { on, receivedOn }: { on: string; receivedOn: string },
): VersionFacts | undefined {
  const ordered = inOrder(versions)
  const last = ordered.findLastIndex(({ effectiveFrom }) => effectiveFrom <= on)
  const current = ordered[last]
  if (!current || isRetired(current, on)) return undefined
  return ordered[legacyIndex(ordered, last, { on, receivedOn })]
}

/** Position of the version under which a referral of that day goes on; the given one where there is no other. */
function legacyIndex(
  ordered: readonly VersionFacts[],
  index: number,
  when: { on: string; receivedOn: string },
): number {
  const current = ordered[index]
  const before = ordered[index - 1]
  if (!current || !before || when.receivedOn >= current.effectiveFrom || isRetired(before, when.on)) return index
  const earlier = legacyIndex(ordered, index - 1, when)
  if (current.legacyUntil !== null && when.on <= current.legacyUntil) return earlier
  // A hotfix stands in the place of the version before it, and leaves alone what went on under an earlier one.
  return current.isHotfix && earlier !== index - 1 ? earlier : index
}

export function isRetired({ retirement }: VersionFacts, on: string): boolean {
  return retirement !== null && retirement.from <= on
}

/** What a version is on a day. */
export function stateOn(versions: readonly VersionFacts[], version: VersionFacts, on: string): VersionState {
  if (isCalledOff(version) || isRetired(version, on)) return 'retired'
  if (version.effectiveFrom > on) return 'scheduled'
  if (appliesOn(versions, { on, receivedOn: on })?.id === version.id) return 'in_force'
  // A referral that came in under it may go on under it.
  return appliesOn(versions, { on, receivedOn: version.effectiveFrom })?.id === version.id ? 'legacy' : 'superseded'
}
