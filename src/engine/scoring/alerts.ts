/** Things that nobody may overlook, whatever the level. */
import type { AgeInMonths } from '../conditions/state.ts'
import type { Policy } from '../policy/policy.ts'
import type { Snapshot, SnapshotChild } from '../referral/snapshot.ts'
import type { Placed } from './place.ts'
import type { Alert } from './recommendation.ts'
import type { Reading } from './state.ts'

export interface AlertFacts {
  readonly policy: Policy
  readonly snapshot: Snapshot
  readonly child: SnapshotChild
  readonly reading: Reading
  readonly placed: Placed
  readonly gateOpen: boolean
  readonly possibleUrgency: string | null
}

export function alertsOf(facts: AlertFacts): Alert[] {
  const { policy, snapshot, child, reading, placed } = facts
  const { state } = reading
  const alerts: Alert[] = []
  const add = (code: Alert['code'], text: string): void => {
    alerts.push({ code, text })
  }
  if (snapshot.immediateDanger)
    add(
      'immediate_danger',
      'The referrer says that a child may be in immediate danger. Act now; do not wait for anything below.',
    )
  if (facts.gateOpen)
    add(
      'gate_open',
      'A gate redirects this referral. What was found is shown all the same and has to reach whoever takes it up.',
    )
  const same = state.history.filter(
    (earlier) => earlier.monthsAgo < 3 && earlier.categories.some((category) => state.possibleCategories.has(category)),
  )
  if (same.length > 0)
    add(
      'same_concern_within_3_months',
      `${same.length} earlier referral${same.length > 1 ? 's' : ''} about the same concern within 3 months.`,
    )
  const year = state.history.filter(({ monthsAgo }) => monthsAgo < 12)
  if (year.length > 0)
    add('referrals_in_12_months', `${year.length} earlier referral${year.length > 1 ? 's' : ''} within 12 months.`)
  ageAlerts(child.age, add)
  if (reading.contradictory.length > 0)
    add(
      'contradictory_findings',
      `Said to be both present and absent, and taken as present: ${reading.contradictory.join(', ')}.`,
    )
  if (reading.outOfAge.length > 0)
    add(
      'finding_out_of_age',
      `Found, but the document has it for children of another age: ${reading.outOfAge.join(', ')}. A person has to judge it.`,
    )
  if (reading.unknownCodes.length > 0)
    add(
      'unknown_indicator',
      `This policy does not have ${reading.unknownCodes.join(', ')}. A person has to judge what was found.`,
    )
  if (child.unmapped.length > 0)
    add('unmapped_concern', 'Something was said that fits no indicator. A person has to read it.')
  if (placed.high > placed.low)
    add('may_be_higher', `If what is not known turns out to be so, the level is ${policy.levels[placed.high]?.label}.`)
  if (facts.possibleUrgency)
    add('may_be_more_urgent', `If what is not known turns out to be so, the urgency is ${facts.possibleUrgency}.`)
  if (snapshot.monitoringOnly)
    add('monitoring_is_no_plan', 'The only help named is that somebody will monitor. Monitoring is no plan.')
  const suggested = snapshot.suggestedLevel === null ? undefined : policy.rankOf.get(snapshot.suggestedLevel)
  if (suggested !== undefined && suggested > placed.low)
    add(
      'referrer_suggests_higher',
      `The referrer suggests ${policy.levels[suggested]?.label}. Speak to the referrer before deciding.`,
    )
  return alerts
}

function ageAlerts(age: AgeInMonths | null, add: (code: Alert['code'], text: string) => void): void {
  if (age === null) add('age_unknown', 'The age of the child is not known. What depends on it was taken as possible.')
  else if (age.high < 0) add('unborn', 'The child is not yet born: plan before the birth.')
  else if (age.low < 12) add('under_one', 'The child is, or may be, under one year old.')
}
