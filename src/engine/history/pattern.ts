/** What earlier contacts say together: how many, how soon after each other, whether about the same. A reason to look, never a score. */
import { dayNumber } from '../calendar/civil.ts'
import { monthsBefore } from '../referral/snapshot.ts'

/** One contact: a referral, on a day in London. */
export interface Contact {
  readonly date: string
  /** Categories of concern; null where nobody has judged them yet. */
  readonly concerns: readonly string[] | null
}

export interface Pattern {
  /** With the present one. */
  readonly contacts: number
  /** With the present one; twelve calendar months ago to the day counts. */
  readonly contactsIn12Months: number
  /** Earlier ones about a concern of the present one; three calendar months ago to the day counts. */
  readonly sameConcernWithin3Months: number
  /** Earlier ones of the same time that may be about the same, because the concerns of one are not known. */
  readonly unknownConcernWithin3Months: number
  /** Days from each day of contact to the next, first to last, the present one included. */
  readonly gapsInDays: readonly number[]
  /** Three gaps or more, and each of the last two is shorter than the one before it. */
  readonly gapsShorten: boolean
}

/** So many contacts within twelve months ask for review. */
export const CONTACTS_FOR_REVIEW = 3
const GAPS_MIN = 3

/** @param earlier on or before the day of the present one, in any order */
export function patternOf(earlier: readonly Contact[], present: Contact): Pattern {
  const within = (months: number): Contact[] => earlier.filter(({ date }) => monthsBefore(date, present.date) < months)
  const recent = within(3)
  // Several contacts of a day are one day of contact: two agencies at once are no gap of nothing.
  const days = [...new Set([...earlier, present].map(({ date }) => date))].sort().map(dayNumber)
  const gaps = days.slice(1).map((day, i) => day - (days[i] ?? day))
  return {
    contacts: earlier.length + 1,
    contactsIn12Months: within(12).length + 1,
    sameConcernWithin3Months: recent.filter((contact) => sharesConcern(contact, present) === true).length,
    unknownConcernWithin3Months: recent.filter((contact) => sharesConcern(contact, present) === null).length,
    gapsInDays: gaps,
    gapsShorten: shorten(gaps),
  }
}

/** Null where it cannot be told. */
function sharesConcern(a: Contact, b: Contact): boolean | null {
  if (a.concerns === null || b.concerns === null) return null
  return a.concerns.some((concern) => b.concerns?.includes(concern))
}

function shorten(gaps: readonly number[]): boolean {
  const [before, middle, last] = gaps.slice(-GAPS_MIN)
  if (before === undefined || middle === undefined || last === undefined) return false
  return middle < before && last < middle
}
