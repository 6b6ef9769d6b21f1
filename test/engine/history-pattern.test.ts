// What earlier contacts say together: calendar months to the day, gaps that shorten, and what asks for review.
import fc from 'fast-check'
import t from 'tap'
import { civilDate, dayNumber } from '../../src/engine/calendar/civil.ts'
import { historyAlerts } from '../../src/engine/history/alerts.ts'
import { type Contact, patternOf } from '../../src/engine/history/pattern.ts'

const on = (date: string, concerns: readonly string[] | null = ['neglect']): Contact => ({ date, concerns })
const alertsFor = (earlier: Contact[], present: Contact) => {
  const child = patternOf(earlier, present)
  return historyAlerts({ child, household: null, conflicts: 0, unconfirmed: 0, duplicates: 0 })
}
const codes = (earlier: Contact[], present: Contact) => alertsFor(earlier, present).map(({ code }) => code)

t.test('three months and twelve months are calendar months, and a limit just met is met', async (t) => {
  const table: [earlier: string, present: string, within3: boolean, within12: boolean][] = [
    ['2026-02-24', '2026-05-24', true, true],
    ['2026-02-23', '2026-05-24', false, true],
    ['2025-11-30', '2026-02-28', true, true],
    ['2025-11-30', '2026-03-01', false, true],
    ['2025-11-28', '2026-02-28', true, true],
    ['2025-11-27', '2026-02-28', false, true],
    ['2023-11-30', '2024-02-29', true, true],
    ['2023-11-29', '2024-02-29', true, true],
    ['2023-11-28', '2024-02-29', false, true],
    ['2024-02-29', '2024-05-29', true, true],
    ['2024-02-29', '2024-05-30', false, true],
    ['2024-02-29', '2025-02-28', false, true],
    ['2024-02-29', '2025-03-01', false, false],
    ['2024-03-31', '2024-06-30', true, true],
    ['2024-03-31', '2024-07-01', false, true],
    ['2025-11-24', '2026-11-24', false, true],
    ['2025-11-23', '2026-11-24', false, false],
    ['2026-11-24', '2026-11-24', true, true],
  ]
  for (const [earlier, present, within3, within12] of table) {
    const pattern = patternOf([on(earlier)], on(present))
    t.equal(pattern.sameConcernWithin3Months, within3 ? 1 : 0, `${earlier} to ${present}: 3 months`)
    t.equal(pattern.contactsIn12Months, within12 ? 2 : 1, `${earlier} to ${present}: 12 months`)
  }
})

t.test('concerns are the same when they share a category, and may be where one is not known', async (t) => {
  const table: [string[] | null, string[] | null, string[]][] = [
    [['neglect'], ['neglect', 'missing'], ['same_concern_within_3_months']],
    [['neglect'], ['missing'], []],
    [[], ['missing'], []],
    [null, ['missing'], ['unknown_concern_within_3_months']],
    [['neglect'], null, ['unknown_concern_within_3_months']],
  ]
  for (const [before, now, expected] of table)
    t.strictSame(codes([on('2026-11-01', before)], on('2026-11-24', now)), [...expected, 'contacts_in_12_months'])
})

t.test('gaps shorten when each of the last two of three or more is shorter than the one before', async (t) => {
  const present = '2026-11-24'
  const shorten = (...gaps: number[]) => {
    const daysBefore = gaps.map((_, i) => gaps.slice(i).reduce((sum, gap) => sum + gap, 0))
    const earlier = daysBefore.map((days) => on(civilDate(dayNumber(present) - days)))
    const pattern = patternOf(earlier, on(present))
    t.strictSame(pattern.gapsInDays, gaps)
    return pattern.gapsShorten
  }
  t.equal(shorten(90, 60, 30), true)
  t.equal(shorten(10, 90, 60, 30), true, 'what was before the last three does not matter')
  t.equal(shorten(60, 30), false, 'two gaps are no pattern')
  t.equal(shorten(60, 60, 30), false, 'as long is not shorter')
  t.equal(shorten(90, 30, 30), false)
  t.equal(shorten(90, 30, 60), false)
  t.equal(shorten(), false)
})

t.test('two contacts of a day are two contacts and one day', async (t) => {
  const pattern = patternOf([on('2026-11-01'), on('2026-11-01'), on('2026-11-24')], on('2026-11-24'))
  t.match(pattern, { contacts: 4, contactsIn12Months: 4, gapsShorten: false })
  t.strictSame(pattern.gapsInDays, [23])
})

t.test('three contacts in twelve months ask for review, two are told', async (t) => {
  const of = (count: number) =>
    alertsFor(
      Array.from({ length: count - 1 }, (_, i) => on(`2026-0${i + 1}-10`, ['missing'])),
      on('2026-11-24'),
    )
  t.strictSame(of(1), [])
  t.match(of(2), [{ code: 'contacts_in_12_months', requiresReview: false }])
  t.match(of(3), [{ code: 'contacts_in_12_months', requiresReview: true, text: /3\.$/ }])
})

t.test('an identifier on two children asks for review, and what waits for a person is told', async (t) => {
  const child = patternOf([], on('2026-11-24'))
  const alerts = historyAlerts({ child, household: null, conflicts: 1, unconfirmed: 2, duplicates: 1 })
  t.strictSame(
    alerts.map(({ code, requiresReview }) => [code, requiresReview]),
    [
      ['identity_conflict', true],
      ['possible_duplicate', false],
      ['unconfirmed_match', false],
    ],
  )
})

t.test('another contact never takes a reason for review away, and order does not matter', async (t) => {
  const dates = fc.integer({ min: 0, max: 500 }).map((days) => civilDate(dayNumber('2026-11-24') - days))
  const concerns = fc.option(fc.subarray(['neglect', 'missing', 'fgm']), { nil: null })
  const contact = fc.record({ date: dates, concerns })
  const gapless = (alerts: ReturnType<typeof alertsFor>) =>
    alerts.filter(({ code, requiresReview }) => requiresReview && code !== 'gaps_shorten').map(({ code }) => code)
  fc.assert(
    fc.property(fc.array(contact, { maxLength: 6 }), contact, concerns, (earlier, more, now) => {
      const present = on('2026-11-24', now)
      const [before, after] = [gapless(alertsFor(earlier, present)), gapless(alertsFor([...earlier, more], present))]
      t.ok(before.every((code) => after.includes(code)))
      t.strictSame(patternOf(earlier.toReversed(), present), patternOf(earlier, present))
    }),
    { numRuns: 300 },
  )
})
