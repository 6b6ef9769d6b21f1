/** Clocks: working days and hours over weekends, bank holidays and both changes of the clocks. */
import { readFileSync } from 'node:fs'
import t from 'tap'
import { civilDate, dayNumber, weekday } from '../../src/engine/calendar/civil.ts'
import { addHours, addWorkingDays, CalendarFile, isWorkingDay } from '../../src/engine/calendar/working-time.ts'
import { calendar } from '../support/policies.ts'

const { working } = calendar

/** Easter Sunday by the anonymous Gregorian computus (Meeus), written here without the engine. */
function easter(year: number): number {
  const [a, b, c] = [year % 19, Math.floor(year / 100), year % 100]
  const [d, e] = [Math.floor(b / 4), b % 4]
  const g = Math.floor((8 * b + 13) / 25)
  const h = (19 * a + b - d - g + 15) % 30
  const [i, k] = [Math.floor(c / 4), c % 4]
  const l = (32 + 2 * e + 2 * i - h - k) % 7
  const m = Math.floor((a + 11 * h + 22 * l) / 451)
  const n = h + l - 7 * m + 114
  return Date.UTC(year, Math.floor(n / 31) - 1, (n % 31) + 1) / 86_400_000
}

/** The ordinary bank holidays of England and Wales in a year, by rule. */
function byRule(year: number): string[] {
  const monday = (from: string): number => dayNumber(from) + ((8 - weekday(dayNumber(from))) % 7)
  const fixed = (date: string, taken: readonly number[]): number => {
    let day = dayNumber(date)
    while (weekday(day) === 0 || weekday(day) === 6 || taken.includes(day)) day += 1
    return day
  }
  const christmas = fixed(`${year}-12-25`, [])
  const isBoxingMoved = weekday(dayNumber(`${year}-12-26`)) % 6 === 0
  const boxing = isBoxingMoved ? fixed(`${year}-12-27`, [christmas]) : fixed(`${year}-12-26`, [])
  const christmasDay = weekday(dayNumber(`${year}-12-25`)) === 0 ? dayNumber(`${year}-12-27`) : christmas
  const days = [
    fixed(`${year}-01-01`, []),
    easter(year) - 2,
    easter(year) + 1,
    monday(`${year}-05-01`),
    monday(`${year}-05-25`),
    monday(`${year}-08-25`),
    christmasDay,
    boxing,
  ]
  return days.map(civilDate).sort()
}

t.test('the bank-holiday file says what the rules say for each of its years', async (t) => {
  const file = CalendarFile.parse(
    JSON.parse(readFileSync(new URL('../../policies/calendars/england-and-wales.json', import.meta.url), 'utf8')),
  )
  const years = new Set(file.events.map(({ date }) => Number(date.slice(0, 4))))
  t.ok(years.size >= 3, `${years.size} years`)
  for (const year of years)
    t.same(
      file.events
        .map(({ date }) => date)
        .filter((date) => date.startsWith(String(year)))
        .sort(),
      byRule(year),
      String(year),
    )
})

t.test('a working day ends at the close of office on the next working day', async (t) => {
  const rows: [string, string, string, number][] = [
    ['a Tuesday morning', '2026-03-10T09:30:00.000Z', '2026-03-11T17:00:00.000Z', 1],
    ['before the office opens', '2026-03-10T03:00:00.000Z', '2026-03-11T17:00:00.000Z', 1],
    ['one minute before closing', '2026-03-10T16:59:00.000Z', '2026-03-11T17:00:00.000Z', 1],
    ['at closing', '2026-03-10T17:00:00.000Z', '2026-03-12T17:00:00.000Z', 1],
    ['Friday afternoon', '2026-03-13T15:00:00.000Z', '2026-03-16T17:00:00.000Z', 1],
    ['Friday evening', '2026-03-13T18:00:00.000Z', '2026-03-17T17:00:00.000Z', 1],
    ['Sunday', '2026-03-15T12:00:00.000Z', '2026-03-17T17:00:00.000Z', 1],
    ['the day before Good Friday', '2026-04-02T10:00:00.000Z', '2026-04-07T16:00:00.000Z', 1],
    ['Easter Sunday', '2026-04-05T10:00:00.000Z', '2026-04-08T16:00:00.000Z', 1],
    ['Christmas Eve, a Thursday', '2026-12-24T10:00:00.000Z', '2026-12-29T17:00:00.000Z', 1],
    ['Christmas Day', '2026-12-25T10:00:00.000Z', '2026-12-30T17:00:00.000Z', 1],
    ['over the spring change', '2026-03-27T10:00:00.000Z', '2026-03-30T16:00:00.000Z', 1],
    ['over the autumn change', '2026-10-23T10:00:00.000Z', '2026-10-26T17:00:00.000Z', 1],
    [
      'forty-five working days over two bank holidays in May',
      '2026-04-20T10:00:00.000Z',
      '2026-06-24T16:00:00.000Z',
      45,
    ],
  ]
  for (const [title, from, due, days] of rows) t.equal(addWorkingDays(from, days, working), due, title)
})

t.test('working hours run only while the office is open', async (t) => {
  const rows: [string, string, number, string][] = [
    ['within the day', '2026-03-10T09:30:00.000Z', 4, '2026-03-10T13:30:00.000Z'],
    ['exactly to closing', '2026-03-10T13:00:00.000Z', 4, '2026-03-10T17:00:00.000Z'],
    ['over the night', '2026-03-10T16:00:00.000Z', 4, '2026-03-11T12:00:00.000Z'],
    ['from the night', '2026-03-10T22:00:00.000Z', 1, '2026-03-11T10:00:00.000Z'],
    ['over Christmas', '2026-12-24T16:00:00.000Z', 2, '2026-12-29T10:00:00.000Z'],
    ['summer time', '2026-07-01T15:30:00.000Z', 1, '2026-07-02T08:30:00.000Z'],
    ['over the spring change', '2026-03-27T16:30:00.000Z', 1, '2026-03-30T08:30:00.000Z'],
    ['over the autumn change', '2026-10-23T15:30:00.000Z', 1, '2026-10-26T09:30:00.000Z'],
  ]
  for (const [title, from, hours, due] of rows) t.equal(addHours(from, hours, 'working', working), due, title)
})

t.test('calendar hours are hours, whatever the clocks do', async (t) => {
  for (const from of ['2026-03-29T00:30:00.000Z', '2026-10-25T00:30:00.000Z', '2026-12-25T23:30:00.000Z']) {
    t.equal(Date.parse(addHours(from, 24, 'calendar', working)) - Date.parse(from), 24 * 3_600_000, from)
  }
})

t.test('a later arrival is never due earlier', async (t) => {
  const due = Array.from({ length: 24 * 21 }, (_, hour) => {
    const from = new Date(Date.UTC(2026, 2, 20) + hour * 3_600_000).toISOString()
    return [addWorkingDays(from, 1, working), addHours(from, 8, 'working', working)] as const
  })
  t.ok(due.every(([day, hours], i) => i === 0 || (day >= due[i - 1]![0] && hours >= due[i - 1]![1])))
})

t.test('no weekend and no bank holiday is a working day', async (t) => {
  t.notOk(
    ['2026-03-14', '2026-03-15', '2026-04-03', '2026-04-06', '2026-12-25', '2026-12-28'].some((date) =>
      isWorkingDay(dayNumber(date), working),
    ),
  )
  t.ok(isWorkingDay(dayNumber('2026-12-29'), working))
})
