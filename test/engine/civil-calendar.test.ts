/** Civil dates and London time by arithmetic alone, against the platform’s own calendar. */
import t from 'tap'
import {
  civilDate,
  completedMonths,
  dayNumber,
  instantOf,
  londonDate,
  londonOffset,
  utcMinutes,
  weekday,
} from '../../src/engine/calendar/civil.ts'

const DAY = 86_400_000

t.test('every day from 1900 to 2199 agrees with the platform’s calendar, both ways', async (t) => {
  let wrong = 0
  for (let day = Date.UTC(1900, 0, 1) / DAY; day < Date.UTC(2200, 0, 1) / DAY; day++) {
    const date = new Date(day * DAY)
    const text = date.toISOString().slice(0, 10)
    if (dayNumber(text) !== day || civilDate(day) !== text || weekday(day) !== date.getUTCDay()) wrong += 1
  }
  t.equal(wrong, 0)
})

t.test('completed months: month ends, leap days and the day before a birthday', async (t) => {
  const rows: [string, string, number][] = [
    ['2020-01-31', '2020-02-28', 0],
    ['2020-01-31', '2020-02-29', 1],
    ['2021-01-31', '2021-02-28', 1],
    ['2021-01-31', '2021-03-30', 1],
    ['2021-01-31', '2021-03-31', 2],
    ['2021-01-31', '2021-04-30', 3],
    ['2012-02-29', '2025-02-27', 155],
    ['2012-02-29', '2025-02-28', 156],
    ['2012-02-29', '2028-02-28', 191],
    ['2012-02-29', '2028-02-29', 192],
    ['2013-03-10', '2026-03-09', 155],
    ['2013-03-10', '2026-03-10', 156],
    ['2026-03-10', '2026-03-10', 0],
    ['2025-12-31', '2026-01-01', 0],
    ['2000-02-28', '2000-02-29', 0],
    ['1899-12-31', '1900-02-28', 2],
  ]
  for (const [from, to, months] of rows) t.equal(completedMonths(from, to), months, `${from} to ${to}`)
})

t.test('months never go back as days pass, and a birthday comes once in twelve', async (t) => {
  for (const from of ['2019-01-31', '2020-02-29', '2019-08-30', '2020-12-01']) {
    let before = 0
    for (let day = dayNumber(from); day < dayNumber(from) + 3000; day++) {
      const now = completedMonths(from, civilDate(day))
      if (now < before || now > before + 1) t.fail(`${from} to ${civilDate(day)}: from ${before} to ${now}`)
      before = now
    }
    t.equal(before, 98)
  }
})

t.test('months before a date are negative', async (t) => {
  t.equal(completedMonths('2026-05-10', '2026-03-10'), -2)
  t.equal(completedMonths('2026-05-11', '2026-03-10'), -2)
})

t.test('London time agrees with the time-zone database for every hour of eleven years', async (t) => {
  const london = new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/London', hour: '2-digit', hourCycle: 'h23' })
  let wrong = 0
  for (let at = Date.UTC(2020, 0, 1); at < Date.UTC(2031, 0, 1); at += 3_600_000) {
    const minutes = at / 60_000
    const expected = (Number(london.format(at)) - new Date(at).getUTCHours() + 24) % 24
    if (londonOffset(minutes) !== expected * 60) wrong += 1
  }
  t.equal(wrong, 0)
})

t.test('the London date turns an hour earlier in summer', async (t) => {
  const rows: [string, string][] = [
    ['2026-01-31T23:59:59.999Z', '2026-01-31'],
    ['2026-07-31T22:59:59.999Z', '2026-07-31'],
    ['2026-07-31T23:00:00.000Z', '2026-08-01'],
    ['2026-03-28T23:30:00.000Z', '2026-03-28'],
    ['2026-03-29T00:59:00.000Z', '2026-03-29'],
    ['2026-10-24T23:30:00.000Z', '2026-10-25'],
    ['2026-10-25T23:30:00.000Z', '2026-10-25'],
    ['2026-12-31T23:59:00.000Z', '2026-12-31'],
  ]
  for (const [instant, date] of rows) t.equal(londonDate(instant), date, instant)
})

t.test('minutes and instants are each other’s inverse', async (t) => {
  for (const instant of [
    '1970-01-01T00:00:00.000Z',
    '2026-02-28T23:59:00.000Z',
    '2028-02-29T12:34:00.000Z',
    '1969-12-31T23:59:00.000Z',
  ]) {
    t.equal(instantOf(utcMinutes(instant)), instant)
    t.equal(utcMinutes(instant), Date.parse(instant) / 60_000)
  }
})
