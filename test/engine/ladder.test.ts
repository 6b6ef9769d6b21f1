/** The ladder of whoever disagrees: its words, and when an answer is due at a stage. */
import fc from 'fast-check'
import t from 'tap'
import { instantOf, utcMinutes } from '../../src/engine/calendar/civil.ts'
import { ladderOf, stageDueAt, stagesOf } from '../../src/engine/policy/ladder.ts'
import { calendar, edited, policyOf, SMALL } from '../support/policies.ts'

const { working } = calendar
const LADDER = 'escalation: [{ stage: 1, role: Manager, withinWorkingDays: 1 }]'
const withLadder = (stages: string, more = '') => policyOf({ policy: `${edited(SMALL, [LADDER, stages])}${more}` })
const policy = withLadder(
  `escalation: [{ stage: 3, role: Director, withinWorkingDays: 2, urgentHours: 1 }, { stage: 1, role: Manager, withinWorkingDays: 1 }, { stage: 2, role: Head, withinWorkingDays: 5, urgentHours: 24 }]`,
)

t.test('the stages are told in order, in plain words', async (t) => {
  t.strictSame(
    stagesOf(policy).map(({ stage }) => stage),
    [1, 2, 3],
  )
  t.strictSame(ladderOf(policy), [
    { stage: 1, role: 'Manager', within: '1 working day' },
    { stage: 2, role: 'Head', within: '5 working days, or 24 hours where it cannot wait' },
    { stage: 3, role: 'Director', within: '2 working days, or 1 hour where it cannot wait' },
  ])
})

// Counted by hand on a calendar. [why, entered, working days, urgent hours or none, due]
const ORDINARY: [string, string, number, string][] = [
  ['the next day at the close of office', '2026-11-24T10:00:00.000Z', 1, '2026-11-25T17:00:00.000Z'],
  ['after the close counts as the next morning', '2026-11-24T17:30:00.000Z', 1, '2026-11-26T17:00:00.000Z'],
  ['over a weekend', '2026-11-27T10:00:00.000Z', 1, '2026-11-30T17:00:00.000Z'],
  ['on a Sunday', '2026-11-29T10:00:00.000Z', 2, '2026-12-02T17:00:00.000Z'],
  ['over Christmas, Boxing Day in lieu', '2026-12-24T10:00:00.000Z', 1, '2026-12-29T17:00:00.000Z'],
  ['late on Christmas Eve', '2026-12-24T17:30:00.000Z', 1, '2026-12-30T17:00:00.000Z'],
  ['over the turn of the year', '2026-12-31T09:00:00.000Z', 2, '2027-01-05T17:00:00.000Z'],
  ['over Easter, into summer time', '2027-03-25T10:00:00.000Z', 1, '2027-03-30T16:00:00.000Z'],
  ['out of summer time', '2026-10-23T09:00:00.000Z', 1, '2026-10-26T17:00:00.000Z'],
  ['five days with a bank holiday', '2027-05-27T09:00:00.000Z', 5, '2027-06-04T16:00:00.000Z'],
]

t.test('golden: due times in working days', async (t) => {
  for (const [why, at, withinWorkingDays, due] of ORDINARY) {
    t.equal(stageDueAt(policy, { withinWorkingDays }, { at, isUrgent: false }, working), due, why)
    t.equal(stageDueAt(policy, { withinWorkingDays }, { at, isUrgent: true }, working), due, `${why}, no urgent hours`)
    const stage = { withinWorkingDays, urgentHours: 1 }
    t.equal(stageDueAt(policy, stage, { at, isUrgent: false }, working), due, `${why}, not urgent`)
  }
})

const URGENT: [string, string, number, number, string][] = [
  ['over a night', '2026-11-24T22:30:00.000Z', 1, 4, '2026-11-25T02:30:00.000Z'],
  ['into Christmas Day', '2026-12-24T20:00:00.000Z', 1, 12, '2026-12-25T08:00:00.000Z'],
  ['on New Year’s Eve', '2026-12-31T23:30:00.000Z', 2, 1, '2027-01-01T00:30:00.000Z'],
  ['on Good Friday', '2027-03-26T09:00:00.000Z', 1, 24, '2027-03-27T09:00:00.000Z'],
  ['while the clocks go forward', '2027-03-27T22:00:00.000Z', 1, 24, '2027-03-28T22:00:00.000Z'],
  ['while the clocks go back', '2026-10-24T22:00:00.000Z', 1, 24, '2026-10-25T22:00:00.000Z'],
  ['never later than what can wait', '2026-11-24T10:00:00.000Z', 1, 72, '2026-11-25T17:00:00.000Z'],
]

t.test('golden: due times in urgent hours, by the clock on the wall', async (t) => {
  for (const [why, at, withinWorkingDays, urgentHours, due] of URGENT) {
    t.equal(stageDueAt(policy, { withinWorkingDays, urgentHours }, { at, isUrgent: true }, working), due, why)
  }
})

t.test('golden: an office with hours of its own', async (t) => {
  const hours = `
officeHours:
  opens: "08:30"
  closes: "18:30"
  weekdays: [monday, tuesday, wednesday, thursday, friday, saturday]
  closed: [{ date: "2026-11-26", because: Moving house }]
`
  const own = withLadder(LADDER, hours)
  const due = (at: string, withinWorkingDays: number) =>
    stageDueAt(own, { withinWorkingDays }, { at, isUrgent: false }, working)
  t.equal(due('2026-11-24T18:00:00.000Z', 1), '2026-11-25T18:30:00.000Z', 'still open at six')
  t.equal(due('2026-11-25T10:00:00.000Z', 1), '2026-11-27T18:30:00.000Z', 'over a closed day')
  t.equal(due('2026-11-27T10:00:00.000Z', 1), '2026-11-28T18:30:00.000Z', 'on a Saturday')
})

t.test(
  'law: an answer is due after the stage was entered, and what cannot wait never later than what can',
  async () => {
    const minute = fc.integer({ min: utcMinutes('2024-02-01T00:00Z'), max: utcMinutes('2028-06-01T00:00Z') })
    const stage = fc.record({
      withinWorkingDays: fc.integer({ min: 1, max: 30 }),
      urgentHours: fc.integer({ min: 1, max: 72 }),
    })
    fc.assert(
      fc.property(minute, stage, (m, given) => {
        const at = instantOf(m)
        const [urgent, ordinary] = [true, false].map((isUrgent) => stageDueAt(policy, given, { at, isUrgent }, working))
        return at < String(urgent) && String(urgent) <= String(ordinary)
      }),
    )
  },
)
