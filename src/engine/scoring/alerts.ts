/** Things that nobody may overlook, whatever the level. */
import { categorySet } from '../conditions/categories.ts'
import type { AgeInMonths } from '../conditions/state.ts'
import type { Policy } from '../policy/policy.ts'
import type { Snapshot, SnapshotChild } from '../referral/snapshot.ts'
import type { Placed } from './place.ts'
import type { Alert, LevelRef } from './recommendation.ts'
import type { Reading } from './state.ts'

export interface AlertFacts {
  readonly policy: Policy
  readonly snapshot: Snapshot
  readonly child: SnapshotChild
  readonly reading: Reading
  readonly placed: Placed
  readonly gateOpen: boolean
  readonly possibleUrgency: string | null
  /** A floor of an earlier version of the referral that this one does not have. */
  readonly withdrawn: LevelRef | null
}

/** Every alert that holds, what is most pressing first. */
export function alertsOf(facts: AlertFacts): Alert[] {
  return [
    ...dangerAlerts(facts),
    ...historyAlerts(facts),
    ...ageAlerts(facts.child.age),
    ...readingAlerts(facts),
    ...doubtAlerts(facts),
  ]
}

function dangerAlerts({ snapshot, gateOpen, withdrawn }: AlertFacts): Alert[] {
  return [
    ...when(
      withdrawn !== null,
      'danger_withdrawn',
      `An earlier version of this referral placed the child at ${withdrawn?.label}, and this one does not. Establish why before deciding.`,
    ),
    ...when(
      snapshot.immediateDanger,
      'immediate_danger',
      'The referrer says that a child may be in immediate danger. Act now; do not wait for anything below.',
    ),
    ...when(
      gateOpen,
      'gate_open',
      'A gate redirects this referral. What was found is shown all the same and has to reach whoever takes it up.',
    ),
  ]
}

function historyAlerts({ reading: { state }, snapshot }: AlertFacts): Alert[] {
  const shares = (categories: readonly string[]): boolean => (categorySet(categories) & state.possibleConcerns) !== 0
  const same = state.history.filter(({ monthsAgo, categories }) => monthsAgo < 3 && shares(categories)).length
  const year = state.history.filter(({ monthsAgo }) => monthsAgo < 12).length
  return [
    ...when(
      same > 0,
      'same_concern_within_3_months',
      `Earlier referrals about the same concern within 3 months: ${same}.`,
    ),
    ...when(year > 0, 'referrals_in_12_months', `Earlier referrals within 12 months: ${year}.`),
    ...when(
      snapshot.monitoringOnly,
      'monitoring_is_no_plan',
      'The only help named is that somebody will monitor. Monitoring is no plan.',
    ),
  ]
}

function ageAlerts(age: AgeInMonths | null): Alert[] {
  if (age === null)
    return when(true, 'age_unknown', 'The age of the child is not known. What depends on it was taken as possible.')
  if (age.high < 0) return when(true, 'unborn', 'The child is not yet born: plan before the birth.')
  return when(age.low < 12, 'under_one', 'The child is, or may be, under one year old.')
}

function readingAlerts({ reading, child }: AlertFacts): Alert[] {
  const { contradictory, unknownCodes } = reading
  const outOfAge = [...new Set([...reading.outOfAge, ...reading.passedOver, ...reading.possibleOutOfAge])].sort()
  return [
    ...when(
      contradictory.length > 0,
      'contradictory_findings',
      `Said to be both present and absent, and taken as present: ${contradictory.join(', ')}.`,
    ),
    ...when(
      outOfAge.length > 0,
      'finding_out_of_age',
      `Found, but the document has it for children of another age: ${outOfAge.join(', ')}. A person has to judge it.`,
    ),
    ...when(
      unknownCodes.length > 0,
      'unknown_indicator',
      `This policy does not have ${unknownCodes.join(', ')}. A person has to judge what was found.`,
    ),
    ...when(
      child.unmapped.length > 0,
      'unmapped_concern',
      'Something was said that fits no indicator. A person has to read it.',
    ),
  ]
}

function doubtAlerts({ policy, snapshot, placed, possibleUrgency }: AlertFacts): Alert[] {
  const suggested = snapshot.suggestedLevel === null ? undefined : policy.rankOf.get(snapshot.suggestedLevel)
  const isHigher = suggested !== undefined && suggested > placed.low
  return [
    ...when(
      placed.high > placed.low,
      'may_be_higher',
      `If what is not known turns out to be so, the level is ${policy.levels[placed.high]?.label}.`,
    ),
    ...when(
      possibleUrgency !== null,
      'may_be_more_urgent',
      `If what is not known turns out to be so, the urgency is ${possibleUrgency}.`,
    ),
    ...when(
      isHigher,
      'referrer_suggests_higher',
      `The referrer suggests ${policy.levels[suggested ?? 0]?.label}. Speak to the referrer before deciding.`,
    ),
  ]
}

function when(holds: boolean, code: Alert['code'], text: string): Alert[] {
  return holds ? [{ code, text }] : []
}
