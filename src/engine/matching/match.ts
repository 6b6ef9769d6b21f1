/**
 * Whether two children of two referrals may be one child. It proposes; only what is certain by an identifier joins by itself,
 * and everything else waits for a person.
 */
import { type Name, nameRelation } from './names.ts'

/** What is known of a child that helps to know it again; null for what is not known. */
export interface Traits {
  readonly given: Name | null
  readonly family: Name | null
  /** YYYY-MM-DD */
  readonly dateOfBirth: string | null
  readonly sex: 'F' | 'M' | null
  readonly postcode: string | null
  readonly dwelling: string | null
}

/** Identifiers that both have. Those of an office are trusted; any other is only as good as who gave it. */
export interface Shared {
  readonly trusted: boolean
  readonly other: boolean
}

/**
 * `certain` joins by itself. `proposed` waits for a person. `conflict` is a trusted identifier on two children whose names
 * and dates of birth both contradict, which a person has to look at. `none` is not proposed.
 */
export const STANDINGS = ['certain', 'proposed', 'conflict', 'none'] as const
export type Standing = (typeof STANDINGS)[number]

export const MATCH_PARTS = ['identifier', 'given_name', 'family_name', 'date_of_birth', 'address', 'sex'] as const

/** One thing that speaks for it (points above 0) or against it. */
export interface MatchPart {
  readonly what: (typeof MATCH_PARTS)[number]
  readonly points: number
  readonly text: string
}

export interface Match {
  readonly standing: Standing
  /** 0 to 100. */
  readonly score: number
  readonly parts: readonly MatchPart[]
}

/** From here on two children without a common identifier are proposed. */
export const PROPOSED_FROM = 55

/** The same whichever child comes first. */
export function matchOf(a: Traits, b: Traits, shared: Shared): Match {
  const names = namesOf(a, b)
  const birth = birthRelation(a.dateOfBirth, b.dateOfBirth)
  const parts = [
    ...identifierParts(shared),
    ...names.parts,
    ...part('date_of_birth', BIRTH[birth]),
    ...placeParts(a, b),
    ...sexParts(a, b),
  ]
  const sum = parts.reduce((total, { points }) => total + points, 0)
  const score = Math.min(100, Math.max(0, sum))
  const isOtherBirth = birth === 'same_year' || birth === 'differs'
  return { standing: standingOf({ shared, isOtherName: names.isOther, isOtherBirth, score }), score, parts }
}

interface Weighed {
  readonly shared: Shared
  readonly isOtherName: boolean
  readonly isOtherBirth: boolean
  readonly score: number
}

function standingOf({ shared, isOtherName, isOtherBirth, score }: Weighed): Standing {
  if (shared.trusted) return isOtherName && isOtherBirth ? 'conflict' : 'certain'
  if (shared.other && !isOtherName && !isOtherBirth) return 'certain'
  if (shared.other && !(isOtherName && isOtherBirth)) return 'proposed'
  // Twins share everything but the given name: where that differs, nothing else makes one child of two.
  return !isOtherName && score >= PROPOSED_FROM ? 'proposed' : 'none'
}

type Weight = readonly [points: number, text: string]

function part(what: MatchPart['what'], weight: Weight | undefined): MatchPart[] {
  return weight ? [{ what, points: weight[0], text: weight[1] }] : []
}

function identifierParts({ trusted, other }: Shared): MatchPart[] {
  if (trusted) return part('identifier', [60, 'Both have the same NHS number, UPN or number of this authority.'])
  return other ? part('identifier', [30, 'Both have the same identifier of another kind.']) : []
}

const GIVEN: Readonly<Record<string, Weight>> = {
  equal: [20, 'The given names are the same.'],
  part: [15, 'The one given name is part of the other.'],
  sounds_alike: [12, 'The given names sound alike.'],
  differs: [-20, 'The given names differ.'],
}
const FAMILY: Readonly<Record<string, Weight>> = {
  equal: [20, 'The family names are the same.'],
  part: [15, 'The one family name is part of the other.'],
  sounds_alike: [12, 'The family names sound alike.'],
  differs: [-10, 'The family names differ.'],
}

function namesOf(a: Traits, b: Traits): { parts: MatchPart[]; isOther: boolean } {
  const given = a.given && b.given && nameRelation(a.given, b.given)
  const family = a.family && b.family && nameRelation(a.family, b.family)
  if (given === 'differs' && isSwapped(a, b)) {
    const text = 'Given name and family name are the same or sound alike, and stand the other way round.'
    return { parts: part('given_name', [34, text]), isOther: false }
  }
  return {
    parts: [...part('given_name', GIVEN[given ?? '']), ...part('family_name', FAMILY[family ?? ''])],
    isOther: given === 'differs',
  }
}

function isSwapped(a: Traits, b: Traits): boolean {
  if (!a.given || !a.family || !b.given || !b.family) return false
  const near = (x: Name, y: Name): boolean => ['equal', 'sounds_alike'].includes(nameRelation(x, y))
  return near(a.given, b.family) && near(a.family, b.given)
}

const BIRTH: Readonly<Record<BirthRelation, Weight | undefined>> = {
  equal: [40, 'The dates of birth are the same.'],
  day_and_month_swapped: [28, 'The dates of birth have day and month the other way round.'],
  one_digit_off: [26, 'The dates of birth differ in one digit.'],
  same_year: [8, 'The years of birth are the same, the days are not.'],
  differs: [-40, 'The dates of birth differ.'],
  unknown: undefined,
}
export type BirthRelation = 'equal' | 'day_and_month_swapped' | 'one_digit_off' | 'same_year' | 'differs' | 'unknown'

/** @param a, b YYYY-MM-DD, or null where it is not known */
export function birthRelation(a: string | null, b: string | null): BirthRelation {
  if (a === null || b === null) return 'unknown'
  if (a === b) return 'equal'
  if (b === `${a.slice(0, 4)}-${a.slice(8)}-${a.slice(5, 7)}`) return 'day_and_month_swapped'
  const off = [...a].filter((digit, i) => digit !== b[i]).length
  if (off === 1) return 'one_digit_off'
  return a.slice(0, 4) === b.slice(0, 4) ? 'same_year' : 'differs'
}

function placeParts(a: Traits, b: Traits): MatchPart[] {
  if (a.dwelling !== null && a.dwelling === b.dwelling) return part('address', [20, 'The addresses are the same.'])
  if (a.postcode !== null && a.postcode === b.postcode) return part('address', [10, 'The postcodes are the same.'])
  return []
}

function sexParts(a: Traits, b: Traits): MatchPart[] {
  if (a.sex === null || b.sex === null) return []
  return part('sex', a.sex === b.sex ? [5, 'The sex is the same.'] : [-10, 'The sex differs.'])
}
