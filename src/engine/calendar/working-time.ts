/** Working days and working hours of an authority: when a clock that starts now runs out. */
import { z } from 'zod'
import { civilDate, dayNumber, instantOf, londonOffset, utcMinutes, weekday } from './civil.ts'

/** Bank holidays in the form that GOV.UK publishes them, with where the file was taken from. */
export const CalendarFile = z.strictObject({
  division: z.string(),
  source: z.string(),
  version: z.string(),
  events: z.array(z.strictObject({ title: z.string(), date: z.iso.date() })).min(8),
})

export interface WorkingCalendar {
  readonly holidays: ReadonlySet<string>
  /** Minutes after London midnight at which the office opens and closes. */
  readonly opens: number
  readonly closes: number
  /** Days of the week on which the office is open, 0 is Sunday; Monday to Friday where left out. */
  readonly weekdays?: ReadonlySet<number> | undefined
  /** First and last civil date that the list of holidays covers. */
  readonly from: string
  readonly to: string
}

export const OFFICE_OPENS = 9 * 60
export const OFFICE_CLOSES = 17 * 60

const WEEKDAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'] as const

/** What an authority's own document says of its hours. */
export interface OwnHours {
  /** London time, written 08:30. */
  readonly opens: string
  readonly closes: string
  readonly weekdays?: readonly (typeof WEEKDAYS)[number][] | undefined
  readonly closed?: readonly { readonly date: string }[] | undefined
}

/** The calendar with an authority's own office hours and closed days; unchanged where its document says nothing of them. */
export function withOfficeHours<T extends WorkingCalendar>(calendar: T, hours: OwnHours | undefined): T {
  if (!hours) return calendar
  const minute = (clock: string): number => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3))
  return {
    ...calendar,
    holidays: new Set([...calendar.holidays, ...(hours.closed ?? []).map(({ date }) => date)]),
    opens: minute(hours.opens),
    closes: minute(hours.closes),
    ...(hours.weekdays ? { weekdays: new Set(hours.weekdays.map((day) => WEEKDAYS.indexOf(day))) } : {}),
  }
}

export function workingCalendar(file: z.output<typeof CalendarFile>): WorkingCalendar {
  const dates = file.events.map(({ date }) => date).sort()
  return {
    holidays: new Set(dates),
    opens: OFFICE_OPENS,
    closes: OFFICE_CLOSES,
    from: `${dates[0]?.slice(0, 4)}-01-01`,
    to: `${dates.at(-1)?.slice(0, 4)}-12-31`,
  }
}

export function isWorkingDay(day: number, calendar: WorkingCalendar): boolean {
  const isOpen = calendar.weekdays?.has(weekday(day)) ?? (weekday(day) !== 0 && weekday(day) !== 6)
  return isOpen && !calendar.holidays.has(civilDate(day))
}

/**
 * The instant at which a clock of so many working days runs out: the close of office on the n-th working day after the day
 * on which it starts. What arrives after the office closed, or on a day that is none, counts as arriving at the next opening.
 */
export function addWorkingDays(instant: string, days: number, calendar: WorkingCalendar): string {
  let { day } = officeStart(instant, calendar)
  for (let left = days; left > 0; left--) day = nextWorkingDay(day + 1, calendar)
  return closing(day, calendar)
}

/** The instant at which so many hours have run, in calendar time or only while the office is open. */
export function addHours(
  instant: string,
  hours: number,
  clock: 'working' | 'calendar',
  calendar: WorkingCalendar,
): string {
  if (clock === 'calendar') return instantOf(utcMinutes(instant) + hours * 60)
  let { day, minute } = officeStart(instant, calendar)
  let left = hours * 60
  while (left > calendar.closes - minute) {
    left -= calendar.closes - minute
    day = nextWorkingDay(day + 1, calendar)
    minute = calendar.opens
  }
  return fromLondon(day, minute + left)
}

/** Minutes from one instant to a later one during which the office is open; 0 where it is not later. */
export function workingMinutesBetween(from: string, to: string, calendar: WorkingCalendar): number {
  if (to <= from) return 0
  const local = (instant: string): number => utcMinutes(instant) + londonOffset(utcMinutes(instant))
  const [start, end] = [local(from), local(to)]
  let minutes = 0
  for (let day = Math.floor(start / 1440); day * 1440 < end; day++) {
    if (!isWorkingDay(day, calendar)) continue
    const opened = Math.max(day * 1440 + calendar.opens, start)
    minutes += Math.max(0, Math.min(day * 1440 + calendar.closes, end) - opened)
  }
  return minutes
}

/** The close of office on a civil date, whether it is a working day or not. */
export function closeOfOffice(date: string, calendar: WorkingCalendar): string {
  return closing(dayNumber(date), calendar)
}

/** The working day and London minute at which something that arrives at an instant is first on a desk. */
function officeStart(instant: string, calendar: WorkingCalendar): { day: number; minute: number } {
  const utc = utcMinutes(instant)
  const local = utc + londonOffset(utc)
  const day = Math.floor(local / 1440)
  const minute = local - day * 1440
  if (!isWorkingDay(day, calendar) || minute >= calendar.closes) {
    return { day: nextWorkingDay(isWorkingDay(day, calendar) ? day + 1 : day, calendar), minute: calendar.opens }
  }
  return { day, minute: Math.max(minute, calendar.opens) }
}

function nextWorkingDay(from: number, calendar: WorkingCalendar): number {
  let day = from
  while (!isWorkingDay(day, calendar)) day++
  return day
}

function closing(day: number, calendar: WorkingCalendar): string {
  return fromLondon(day, calendar.closes)
}

function fromLondon(day: number, minute: number): string {
  const local = day * 1440 + minute
  return instantOf(local - londonOffset(local - londonOffset(local)))
}
