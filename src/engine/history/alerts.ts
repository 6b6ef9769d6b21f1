/** What an earlier history says that nobody may overlook, in plain words. */
import { CONTACTS_FOR_REVIEW, type Pattern } from './pattern.ts'

export const HISTORY_ALERTS = [
  'identity_conflict',
  'same_concern_within_3_months',
  'unknown_concern_within_3_months',
  'contacts_in_12_months',
  'gaps_shorten',
  'possible_duplicate',
  'unconfirmed_match',
] as const

export const HISTORY_SCOPES = ['child', 'household'] as const
export type HistoryScope = (typeof HISTORY_SCOPES)[number]

export interface HistoryAlert {
  readonly code: (typeof HISTORY_ALERTS)[number]
  readonly scope: HistoryScope
  readonly text: string
  /** Whether a person has to go through the history before anything is decided. */
  readonly requiresReview: boolean
}

export interface HistoryFacts {
  readonly child: Pattern
  /** Null where the household adds nothing to what is known of the child. */
  readonly household: Pattern | null
  /** Children of other referrals who have the same trusted identifier, and another name and date of birth. */
  readonly conflicts: number
  /** Children of other referrals who may be the same, and whom nobody has looked at. */
  readonly unconfirmed: number
  /** Referrals that may be about the same event, and that nobody has rejected. */
  readonly duplicates: number
}

/** Every alert that holds, what asks for review first. */
export function historyAlerts({ child, household, conflicts, unconfirmed, duplicates }: HistoryFacts): HistoryAlert[] {
  const alerts = [
    ...when(conflicts > 0, true, {
      code: 'identity_conflict',
      scope: 'child',
      text: `An identifier of this child also stands on ${children(conflicts)} of another name and date of birth. Establish who it belongs to; until then their history is not joined.`,
    }),
    ...patternAlerts(child, 'child'),
    ...(household ? patternAlerts(household, 'household') : []),
    ...when(duplicates > 0, false, {
      code: 'possible_duplicate',
      scope: 'child',
      text: `Other referrals that may be about the same event: ${duplicates}. Read them together; each of them stands.`,
    }),
    ...when(unconfirmed > 0, false, {
      code: 'unconfirmed_match',
      scope: 'child',
      text: `Earlier or later records that may be of this child: ${unconfirmed}. Confirm or reject them; until then they are not part of this history.`,
    }),
  ]
  return [...alerts.filter((alert) => alert.requiresReview), ...alerts.filter((alert) => !alert.requiresReview)]
}

function patternAlerts(pattern: Pattern, scope: HistoryScope): HistoryAlert[] {
  const whom = scope === 'child' ? 'this child' : 'this child, siblings and household'
  const { sameConcernWithin3Months: same, unknownConcernWithin3Months: unknown, contactsIn12Months: year } = pattern
  return [
    ...when(same > 0, true, {
      code: 'same_concern_within_3_months',
      scope,
      text: `Referred again for the same concern within 3 months (${whom}): ${same}.`,
    }),
    ...when(unknown > 0, true, {
      code: 'unknown_concern_within_3_months',
      scope,
      text: `Referred within 3 months for concerns that are not known, which may be the same (${whom}): ${unknown}.`,
    }),
    ...when(year > 1, year >= CONTACTS_FOR_REVIEW, {
      code: 'contacts_in_12_months',
      scope,
      text: `Contacts within 12 months with this one (${whom}): ${year}.`,
    }),
    ...when(pattern.gapsShorten, true, {
      code: 'gaps_shorten',
      scope,
      text: `The contacts follow each other faster (${whom}): ${pattern.gapsInDays.slice(-3).join(', ')} days apart.`,
    }),
  ]
}

function children(count: number): string {
  return count === 1 ? 'a child' : `${count} children`
}

function when(
  holds: boolean,
  requiresReview: boolean,
  alert: Omit<HistoryAlert, 'requiresReview'>,
): readonly HistoryAlert[] {
  return holds ? [{ ...alert, requiresReview }] : []
}
