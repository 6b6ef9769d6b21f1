/** Golden tables of every clock: Christmas, the turn of the year, Easter, both changes of the clocks, office hours, run-over. */
import fc from 'fast-check'
import t from 'tap'
import type { ClockName, MilestoneKind } from '../../src/db/tables/queue.ts'
import { dayNumber, londonDate } from '../../src/engine/calendar/civil.ts'
import { bandAt, dueOf, runClock } from '../../src/engine/calendar/clock.ts'
import {
  addHours,
  isWorkingDay,
  withOfficeHours,
  workingMinutesBetween,
} from '../../src/engine/calendar/working-time.ts'
import { stageDueAt, stagesOf } from '../../src/engine/policy/ladder.ts'
import { bandNow, type Clock, clocksOf, type Timing } from '../../src/features/queue/clocks.ts'
import type { ChildFacts } from '../../src/features/queue/facts.ts'
import { roundsOf } from '../../src/features/queue/rounds.ts'
import { calendar, policyOfFile } from '../support/policies.ts'

const { working } = calendar
const policy = policyOfFile('policies/northmoor/2026-04.yaml')

const timing = (now: string, more: Partial<Timing> = {}): Timing => ({
  ...{ policy, decided: policy, calendar: working, now, sees: true },
  ...more,
})

const NOTHING = { id: 'row', referralId: 'r', child: 'a', reference: 'R-1', agency: 'School' }

function facts(receivedAt: string, more: Partial<ChildFacts> = {}): ChildFacts {
  return {
    ...NOTHING,
    ...{ receivedAt, revisions: [receivedAt], recommendation: null, judges: [], decision: null },
    ...{ completions: [], milestones: [], help: [], acknowledgedByLetterAt: null, challenges: [] },
    ...more,
  }
}

const recommended = (response: string, urgency = 'standard') => ({
  ...{ id: 'p', revision: 1, policyVersionId: 'v', urgency, levelRank: 2, response },
})
const completed = (at: string, response: string) => ({ revision: 1, at, response, policyVersionId: 'v' })
const happened = (kind: MilestoneKind, at: string, more: object = {}) => ({
  ...{ kind, at, recordedAt: at, response: null, startsEnquiries: null },
  ...more,
})
const decision = (decidedAt: string, response = 'universal-services') => ({
  ...{ id: 'd', revision: 1, state: 'awaiting_second_screening' as const, decidedAt, response },
  decidedBy: { accountId: 'x', displayName: 'X' },
  ...{ needsScreening: true, needsSignOff: true, secondBy: null, screenedAt: null, differed: false },
  ...{ reconciledAt: null, returnedAt: null, signedAt: null, pickup: null },
})

function named(name: Clock['name'], of: ChildFacts, how: Timing, code?: string): Clock | undefined {
  return clocksOf(of, how).find((clock) => clock.name === name && (code === undefined || clock.code === code))
}

/** Started, due one working day later. */
const ONE_WORKING_DAY: [title: string, from: string, due: string][] = [
  ['a Tuesday morning', '2026-11-24T10:00:00.000Z', '2026-11-25T17:00:00.000Z'],
  ['before the office opens', '2026-11-24T07:00:00.000Z', '2026-11-25T17:00:00.000Z'],
  ['at closing', '2026-11-24T17:00:00.000Z', '2026-11-26T17:00:00.000Z'],
  ['Friday evening', '2026-11-27T18:00:00.000Z', '2026-12-01T17:00:00.000Z'],
  ['Christmas Eve', '2026-12-24T10:00:00.000Z', '2026-12-29T17:00:00.000Z'],
  ['Christmas Day', '2026-12-25T10:00:00.000Z', '2026-12-30T17:00:00.000Z'],
  ['New Year’s Eve', '2026-12-31T10:00:00.000Z', '2027-01-04T17:00:00.000Z'],
  ['New Year’s Day', '2027-01-01T10:00:00.000Z', '2027-01-05T17:00:00.000Z'],
  ['Thursday before an Easter with the change to summer time', '2027-03-25T10:00:00.000Z', '2027-03-30T16:00:00.000Z'],
  ['over the change to summer time', '2026-03-27T10:00:00.000Z', '2026-03-30T16:00:00.000Z'],
  ['over the change to winter time', '2026-10-23T10:00:00.000Z', '2026-10-26T17:00:00.000Z'],
]

t.test('one working day, for each of the clocks that have it', async (t) => {
  const early = '2026-01-05T09:00:00.000Z'
  const started: [ClockName, (from: string) => ChildFacts, string?][] = [
    ['acknowledgement', (from) => facts(from)],
    ['decision', (from) => facts(from, { recommendation: recommended('family-help') })],
    [
      'new_information',
      (from) => facts(early, { revisions: [early, from], completions: [completed(early, 'family-help')] }),
    ],
    ['second_screening', (from) => facts(early, { decision: decision(from) })],
    ['sign_off', (from) => facts(early, { decision: decision(from) })],
    [
      'response',
      (from) => facts(early, { completions: [completed(from, 'strategy-discussion')] }),
      'strategy-discussion',
    ],
    [
      'response',
      (from) => facts(from, { recommendation: recommended('acute-need-assessment') }),
      'acute-need-assessment',
    ],
  ]
  for (const [name, make, code] of started)
    for (const [title, from, due] of ONE_WORKING_DAY)
      t.match(named(name, make(from), timing(from), code), { startedAt: from, dueAt: due }, `${name}: ${title}`)
  t.match(named('decision', facts(early), timing(early, { policy: undefined })), { dueAt: '2026-01-06T17:00:00.000Z' })
})

t.test('hours of urgency, working or calendar', async (t) => {
  const rows: [string, band: string, from: string, due: string][] = [
    ['over the night', 'standard', '2026-11-24T10:00:00.000Z', '2026-11-25T10:00:00.000Z'],
    ['over Christmas', 'standard', '2026-12-24T16:00:00.000Z', '2026-12-29T16:00:00.000Z'],
    ['over the turn of the year', 'standard', '2026-12-31T16:30:00.000Z', '2027-01-04T16:30:00.000Z'],
    ['over Easter, into summer time', 'standard', '2027-03-25T16:00:00.000Z', '2027-03-30T15:00:00.000Z'],
    ['into winter time', 'standard', '2026-10-23T15:00:00.000Z', '2026-10-26T16:00:00.000Z'],
    ['at night', 'immediate', '2026-12-25T23:30:00.000Z', '2026-12-26T00:30:00.000Z'],
    ['over midnight of the year', 'same-day', '2026-12-31T22:00:00.000Z', '2027-01-01T04:00:00.000Z'],
    ['in the night that is an hour shorter', 'same-day', '2026-03-28T23:00:00.000Z', '2026-03-29T05:00:00.000Z'],
    ['in the night that is an hour longer', 'within-day', '2026-10-24T20:00:00.000Z', '2026-10-25T08:00:00.000Z'],
    ['on Easter Sunday', 'within-day', '2027-03-28T10:00:00.000Z', '2027-03-28T22:00:00.000Z'],
  ]
  for (const [title, band, from, due] of rows) {
    const child = facts(from, { recommendation: recommended('family-help', band) })
    t.match(named('urgency', child, timing(from), band), { dueAt: due, isStatutory: false }, `${band} ${title}`)
  }
})

t.test(
  'whoever decides to protect a child now has dealt with it, and no other decision has before it is complete',
  async (t) => {
    const [from, at] = ['2026-12-25T23:30:00.000Z', '2026-12-26T00:10:00.000Z']
    const recommendation = recommended('immediate-protection', 'immediate')
    const now = '2026-12-26T02:00:00.000Z'
    const urgency = (made: Partial<ReturnType<typeof decision>>, sees = true, revisions = [from]) => {
      const stands = { ...decision(at, 'immediate-protection'), state: 'awaiting_sign_off' as const, ...made }
      return named('urgency', facts(from, { recommendation, revisions, decision: stands as ChildFacts['decision'] }), {
        ...timing(now),
        sees,
      })
    }
    const late = { state: 'overdue', metAt: null }
    t.match(urgency({}), { state: 'met', metAt: at })
    t.match(urgency({ response: 'strategy-discussion' }), { state: 'met', metAt: at })
    for (const response of ['section-17-assessment', 'universal-services'])
      t.match(urgency({ response }), late, response)
    t.match(urgency({ returnedAt: now as never }), late, 'returned')
    t.match(urgency({}, true, [from, now]), late, 'something newer came')
    const hidden = { state: 'awaiting_second_screening' as const }
    t.match(urgency(hidden), { metAt: at })
    t.match(urgency(hidden, false), late, 'a second screener does not learn so what was decided')
  },
)

t.test('assessment, conference and the other clocks of a response', async (t) => {
  const early = '2026-01-05T09:00:00.000Z'
  const assessed = (from: string) => facts(from, { completions: [completed(from, 'section-17-assessment')] })
  const discussed = (at: string) =>
    facts(early, {
      completions: [completed(early, 'strategy-discussion')],
      milestones: [happened('strategy_discussion', at, { startsEnquiries: true })],
    })
  const protecting = (from: string) => facts(from, { recommendation: recommended('immediate-protection') })
  const rows: [ClockName, code: string, (from: string) => ChildFacts, from: string, due: string][] = [
    ['statutory', 'assessment', assessed, '2026-11-24T10:00:00.000Z', '2027-01-29T17:00:00.000Z'],
    ['statutory', 'assessment', assessed, '2027-02-22T10:00:00.000Z', '2027-04-28T16:00:00.000Z'],
    ['statutory', 'assessment', assessed, '2026-09-01T09:00:00.000Z', '2026-11-03T17:00:00.000Z'],
    ['statutory', 'assessment', assessed, '2026-04-20T10:00:00.000Z', '2026-06-24T16:00:00.000Z'],
    ['statutory', 'conference', discussed, '2026-12-10T14:00:00.000Z', '2027-01-05T17:00:00.000Z'],
    ['statutory', 'conference', discussed, '2026-12-12T11:00:00.000Z', '2027-01-07T17:00:00.000Z'],
    ['statutory', 'conference', discussed, '2027-03-15T10:00:00.000Z', '2027-04-07T16:00:00.000Z'],
    ['statutory', 'conference', discussed, '2026-10-09T10:00:00.000Z', '2026-10-30T17:00:00.000Z'],
    ['response', 'immediate-protection', protecting, '2026-03-29T00:30:00.000Z', '2026-03-29T02:30:00.000Z'],
    ['response', 'immediate-protection', protecting, '2026-12-31T23:00:00.000Z', '2027-01-01T01:00:00.000Z'],
  ]
  for (const [name, code, make, from, due] of rows)
    t.match(named(name, make(from), timing(from), code), { startedAt: from, dueAt: due }, `${code} from ${from}`)
})

t.test('no conference is due at a weekend or on a bank holiday', async (t) => {
  const days = Array.from({ length: 900 }, (_, i) => new Date(Date.UTC(2026, 0, 1, 11) + i * 86_400_000).toISOString())
  const due = days.map((from) => dueOf(from, { workingDays: 15 }, working))
  t.ok(due.every((at) => isWorkingDay(dayNumber(londonDate(at)), working)))
  t.ok(due.every((at, i) => i === 0 || at >= (due[i - 1] ?? '')))
})

t.test('a referral is acknowledged by a letter or otherwise, whichever came first', async (t) => {
  const received = '2026-11-24T10:00:00.000Z'
  const [early, late] = ['2026-11-24T11:00:00.000Z', '2026-11-26T09:00:00.000Z']
  const told = (milestone: string | null, acknowledgedByLetterAt: string | null) =>
    facts(received, { acknowledgedByLetterAt, milestones: milestone ? [happened('acknowledged', milestone)] : [] })
  for (const [milestone, letter, metAt, state] of [
    [null, null, null, 'overdue'],
    [null, early, early, 'met'],
    [early, null, early, 'met'],
    [late, early, early, 'met'],
    [early, late, early, 'met'],
    [null, late, late, 'met_late'],
  ] as const)
    t.match(named('acknowledgement', told(milestone, letter), timing('2026-11-27T09:00:00.000Z')), { metAt, state })
})

t.test('help is followed up by the close of office of its day', async (t) => {
  for (const [on, due] of [
    ['2026-12-24', '2026-12-24T17:00:00.000Z'],
    ['2027-03-30', '2027-03-30T16:00:00.000Z'],
  ] as const) {
    const child = facts('2026-11-24T10:00:00.000Z', {
      completions: [completed('2026-11-24T12:00:00.000Z', 'universal-services')],
      help: [{ followUpOn: on, arrangedAt: '2026-11-24T12:00:00.000Z', lookedAt: null }],
    })
    t.match(named('follow_up', child, timing('2026-11-24T12:00:00.000Z')), { dueAt: due, state: 'running' })
    const looked = { ...child, milestones: [happened('followed_up', '2026-12-01T12:00:00.000Z')] }
    t.match(named('follow_up', looked, timing('2027-06-01T12:00:00.000Z')), { state: 'met' })
    const late = [{ followUpOn: on, arrangedAt: '2026-11-24T12:00:00.000Z', lookedAt: '2027-06-01T12:00:00.000Z' }]
    const state = { state: 'met_late' }
    t.match(named('follow_up', { ...child, help: late }, timing('2027-06-02T12:00:00.000Z')), state, 'an update of it')
  }
})

t.test('golden: the step of a challenge, fixed when its stage was entered', async (t) => {
  const early = '2026-11-02T10:00:00.000Z'
  const [stage] = stagesOf(policy)
  if (!stage) throw new Error('no stage')
  const challenged = (enteredAt: string, isUrgent: boolean, answeredAt: string | null = null) => {
    const hours = { withinWorkingDays: 1, urgentHours: 4 }
    const dueAt = stageDueAt(policy, hours, { at: enteredAt, isUrgent }, working)
    return facts(early, {
      completions: [completed(early, 'universal-services')],
      challenges: [
        {
          ...{ id: 'c', referralId: 'r', child: 'a', isUrgent, raisedBy: 'x', stage: stage.stage, office: stage.role },
          ...{ isFirstStage: true, enteredAt, dueAt, answeredBelow: [], decidedBefore: [] },
          answered: answeredAt === null ? null : { by: 'Y', at: answeredAt },
        },
      ],
    })
  }
  const step = (of: ChildFacts, how: Timing) => named('escalation_step', of, how, String(stage.stage))
  for (const [title, from, due] of ONE_WORKING_DAY) {
    const clock = { startedAt: from, dueAt: due, isStatutory: false, challenge: { id: 'c', child: 'a' } }
    t.match(step(challenged(from, false), timing(from)), clock, title)
    t.match(step(challenged(from, false), timing(from, { policy: undefined })), clock, `${title}, without a policy`)
  }
  const urgent: [string, from: string, due: string][] = [
    ['Christmas night', '2026-12-25T22:00:00.000Z', '2026-12-26T02:00:00.000Z'],
    ['the turn of the year', '2026-12-31T23:00:00.000Z', '2027-01-01T03:00:00.000Z'],
    ['the night that is an hour shorter', '2026-03-28T23:00:00.000Z', '2026-03-29T03:00:00.000Z'],
    ['the night that is an hour longer', '2026-10-24T22:00:00.000Z', '2026-10-25T02:00:00.000Z'],
    ['Good Friday', '2027-03-26T09:00:00.000Z', '2027-03-26T13:00:00.000Z'],
  ]
  for (const [title, from, due] of urgent)
    t.match(step(challenged(from, true), timing(from)), { dueAt: due, state: 'running' }, title)

  // Entered on a Friday, due on Monday at five: 79 hours on the wall.
  const friday = '2026-11-27T10:00:00.000Z'
  const rows: [string, now: string, answeredAt: string | null, state: string][] = [
    ['with a quarter left', '2026-11-29T21:15:00.000Z', null, 'running'],
    ['with less', '2026-11-29T21:16:00.000Z', null, 'at_risk'],
    ['at the very time', '2026-11-30T17:00:00.000Z', null, 'at_risk'],
    ['after it', '2026-11-30T17:00:00.001Z', null, 'overdue'],
    ['answered in time', '2026-12-30T17:00:00.000Z', '2026-11-30T17:00:00.000Z', 'met'],
    ['answered late', '2026-12-30T17:00:00.000Z', '2026-11-30T17:00:00.001Z', 'met_late'],
  ]
  for (const [title, now, answeredAt, state] of rows)
    t.match(step(challenged(friday, false, answeredAt), timing(now)), { state, metAt: answeredAt }, title)
  const [night, late] = ['2026-12-25T22:00:00.000Z', '2026-12-26T00:00:00.000Z']
  t.match(step(challenged(night, true), timing(late)), { state: 'running' }, 'two hours of four')
  t.match(step(challenged(night, true), timing('2026-12-26T00:01:00.000Z')), { state: 'at_risk' }, 'less')
})

t.test('office hours of the authority', async (t) => {
  const weekdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'] as const
  const closed = ['2026-12-24', '2026-12-26'].map((date) => ({ date }))
  const own = withOfficeHours(working, { opens: '08:30', closes: '18:00', weekdays, closed } as never)
  for (const [title, from, due] of [
    ['half an hour before closing', '2026-11-27T17:30:00.000Z', '2026-11-28T18:00:00.000Z'],
    ['over days on which the office is closed', '2026-12-23T10:00:00.000Z', '2026-12-29T18:00:00.000Z'],
    ['after closing in summer', '2026-07-03T17:15:00.000Z', '2026-07-06T17:00:00.000Z'],
  ] as const)
    t.match(named('decision', facts(from), timing(from, { calendar: own })), { dueAt: due }, title)
})

t.test('running, at risk, overdue, met and met late', async (t) => {
  const startedAt = '2026-11-24T10:00:00.000Z'
  const [day, assessment] = [{ workingDays: 1 }, { workingDays: 45 }]
  const hour = { hours: 1, clock: 'calendar' } as const
  const rows: [string, Parameters<typeof runClock>[0]['length'], now: string, metAt: string | null, state: string][] = [
    ['with a quarter left', day, '2026-11-25T13:15:00.000Z', null, 'running'],
    ['with less', day, '2026-11-25T13:16:00.000Z', null, 'at_risk'],
    ['at the very time', day, '2026-11-25T17:00:00.000Z', null, 'at_risk'],
    ['after it', day, '2026-11-25T17:00:00.001Z', null, 'overdue'],
    ['an hour is at risk from the start', hour, startedAt, null, 'at_risk'],
    ['a quarter of forty-five days', assessment, '2027-01-14T13:15:00.000Z', null, 'running'],
    ['less than a quarter of them', assessment, '2027-01-14T13:16:00.000Z', null, 'at_risk'],
    ['met at the very time', day, '2027-01-01T00:00:00.000Z', '2026-11-25T17:00:00.000Z', 'met'],
    ['met after it', day, '2027-01-01T00:00:00.000Z', '2026-11-25T17:00:00.001Z', 'met_late'],
  ]
  for (const [title, length, now, metAt, state] of rows)
    t.equal(runClock({ startedAt, length, metAt }, now, working).state, state, title)
  t.match(runClock({ startedAt: null, length: day, metAt: null }, startedAt, working), {
    state: 'waiting',
    dueAt: null,
  })
})

t.test('a due time after the last year of bank holidays says so', async (t) => {
  const from = '2028-12-29T10:00:00.000Z'
  const child = facts(from, { recommendation: recommended('immediate-protection', 'immediate') })
  t.match(named('decision', child, timing(from)), { dueAt: '2029-01-01T17:00:00.000Z', calendarEndsBefore: true })
  t.match(named('urgency', child, timing(from)), { calendarEndsBefore: false }, 'calendar hours know no holidays')
  t.match(named('decision', facts('2028-12-28T10:00:00.000Z'), timing(from)), { calendarEndsBefore: false })
})

t.test('what runs over becomes more urgent, and so does what that becomes', async (t) => {
  const bands = [
    { code: 'red', label: 'Red', hours: 4, clock: 'calendar' as const },
    { code: 'amber', label: 'Amber', hours: 24, clock: 'calendar' as const, overdueBecomes: 'red' },
    { code: 'green', label: 'Green', hours: 8, clock: 'working' as const, overdueBecomes: 'amber' },
  ]
  const startedAt = '2026-12-24T10:00:00.000Z'
  for (const [now, expected] of [
    [startedAt, 'green'],
    ['2026-12-29T10:00:00.000Z', 'green'],
    ['2026-12-29T10:00:00.001Z', 'amber'],
    ['2026-12-30T10:00:00.000Z', 'amber'],
    ['2026-12-30T10:00:00.001Z', 'red'],
    ['2027-02-01T10:00:00.000Z', 'red'],
  ] as const)
    t.equal(bandAt(bands, 'green', { startedAt, now }, working)?.code, expected, now)
  t.equal(bandAt(bands, 'blue', { startedAt, now: startedAt }, working), undefined)

  const running = { ...policy, document: { ...policy.document, urgency: { default: 'green', bands } } }
  const now = '2026-12-29T12:00:00.000Z'
  const child = facts(startedAt, { recommendation: recommended('family-help', 'green') })
  const how = timing(now, { policy: running })
  t.match(bandNow(child, how), { code: 'amber', label: 'Amber' })
  const due = { code: 'green', state: 'overdue', dueAt: '2026-12-29T10:00:00.000Z' }
  t.match(named('urgency', child, how), due, 'the clock that ran over stays the one that was promised')
  const inTime = { ...child, completions: [completed('2026-12-24T16:00:00.000Z', 'family-help')] }
  t.match(bandNow(inTime, how), { code: 'green' }, 'what was decided in time runs over no more')
  const rated = { ...child, recommendation: recommended('family-help', 'red') }
  t.match(named('urgency', rated, how), { code: 'red', dueAt: '2026-12-24T14:00:00.000Z' }, 'rated anew, from receipt')
})

t.test('a round begins with what came in after the last decision', async (t) => {
  const [a, b, c, d] = ['2026-11-02', '2026-11-03', '2026-11-04', '2026-11-05'].map((day) => `${day}T10:00:00.000Z`)
  const of = (revisions: unknown[], completions: object[]) =>
    roundsOf(facts(a as string, { revisions, completions } as never)).map(({ startedAt, metAt }) => [startedAt, metAt])
  t.strictSame(of([a], []), [[a, null]])
  t.strictSame(of([a, b], []), [[a, null]], 'new information does not put the decision off')
  t.strictSame(of([a], [{ revision: 1, at: b }]), [[a, b]])
  const first = { revision: 1, at: b }
  const later = [
    [a, b],
    [c, null],
  ]
  t.strictSame(of([a, c, d], [first]), later, 'the first that came since counts')
  t.strictSame(of([a, c], [first, { revision: 2, at: d }]), [
    [a, b],
    [c, d],
  ])
  t.strictSame(of([a], [first, { revision: 1, at: d }]), [[a, b]], 'deciding again on the same starts nothing')
})

t.test('a conference belongs to the last discussion that began enquiries', async (t) => {
  const early = '2026-11-02T10:00:00.000Z'
  const discussion = (at: string, startsEnquiries: boolean) => happened('strategy_discussion', at, { startsEnquiries })
  const clock = (...milestones: ReturnType<typeof happened>[]) =>
    named(
      'statutory',
      facts(early, { completions: [completed(early, 'strategy-discussion')], milestones }),
      timing('2026-11-10T10:00:00.000Z'),
      'conference',
    )
  const [second, third, fourth] = ['2026-11-03', '2026-11-05', '2026-11-06'].map((day) => `${day}T10:00:00.000Z`) as [
    string,
    string,
    string,
  ]
  t.match(clock(), { state: 'waiting', startedAt: null, dueAt: null })
  t.match(clock(discussion(second, false)), { state: 'waiting' })
  t.match(clock(discussion(second, true), discussion(third, false)), { state: 'running', startedAt: second })
  t.match(clock(discussion(second, true), happened('conference_held', third)), { state: 'met', metAt: third })
  const again = [discussion(second, true), happened('conference_held', third), discussion(fourth, true)]
  t.match(clock(...again), { state: 'running', startedAt: fourth }, 'a former conference does not meet it')
  t.match(clock(discussion(second, true), happened('enquiries_ended', third)), { state: 'met' })
})

t.test(
  'what is recommended shows no clock of its own to whoever may not see it, unless a child is in danger',
  async (t) => {
    const from = '2026-11-24T10:00:00.000Z'
    const seen = (response: string, sees: boolean) =>
      clocksOf(facts(from, { recommendation: recommended(response) }), timing(from, { sees })).map(({ name }) => name)
    t.ok(seen('section-17-assessment', true).includes('statutory'))
    t.notOk(seen('section-17-assessment', false).includes('statutory'))
    t.ok(seen('immediate-protection', false).includes('response'))
    const signed = (sees: boolean) =>
      named('sign_off', facts(from, { decision: decision(from) }), timing(from, { sees }))
    t.ok(signed(true))
    const stale = facts(from, { revisions: [from, from], decision: decision(from) })
    t.notOk(named('sign_off', stale, timing(from)), 'newer information is decided on anew, and the old is not signed')
    t.notOk(signed(false), 'nor that a decision has to be signed that is screened blind')
  },
)

t.test('working minutes are those that working hours add', async () => {
  const instant = fc
    .integer({ min: 0, max: 1000 * 24 * 60 })
    .map((minutes) => new Date(Date.UTC(2026, 0, 1) + minutes * 60_000))
  fc.assert(
    fc.property(instant, fc.integer({ min: 1, max: 200 }), (date, hours) => {
      const from = date.toISOString()
      return workingMinutesBetween(from, addHours(from, hours, 'working', working), working) === hours * 60
    }),
  )
  fc.assert(
    fc.property(fc.tuple(instant, instant, instant), (dates) => {
      const [a, b, c] = dates.map((date) => date.toISOString()).sort() as [string, string, string]
      const between = (from: string, to: string) => workingMinutesBetween(from, to, working)
      return between(a, b) + between(b, c) === between(a, c) && between(b, a) === 0
    }),
  )
})
