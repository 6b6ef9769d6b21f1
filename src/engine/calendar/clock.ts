/** One clock as it stands at an instant: derived on reading from when it started, how long it runs and what stopped it. */
import { londonDate, utcMinutes } from './civil.ts'
import { addHours, addWorkingDays, closeOfOffice, type WorkingCalendar, workingMinutesBetween } from './working-time.ts'

export const CLOCK_STATES = ['waiting', 'running', 'at_risk', 'overdue', 'met', 'met_late'] as const
export type ClockState = (typeof CLOCK_STATES)[number]

/**
 * How long a clock runs. A day given by name runs out at the close of office on it. Until an instant: that was fixed when the
 * clock started, and is counted on the wall.
 */
export type ClockLength =
  | { readonly workingDays: number }
  | { readonly hours: number; readonly clock: 'working' | 'calendar' }
  | { readonly on: string }
  | { readonly until: string }

export interface ClockRun {
  readonly state: ClockState
  /** Instant; null while what starts it has not happened. */
  readonly dueAt: string | null
  /** The list of bank holidays ends before the clock does: it may run out a day or more later than it says. */
  readonly calendarEndsBefore: boolean
}

/** A clock is at risk when less than this share of its time is left. */
const AT_RISK_SHARE = 1 / 4
/** … or less than this, in minutes as the clock counts them: working time, or calendar time. */
const AT_RISK_MINUTES = 120

export interface ClockFacts {
  readonly startedAt: string | null
  readonly length: ClockLength
  readonly metAt: string | null
}

/** Where a clock stands. What happens at the very instant at which it is due is in time. */
export function runClock({ startedAt, length, metAt }: ClockFacts, now: string, calendar: WorkingCalendar): ClockRun {
  if (startedAt === null) return { state: metAt === null ? 'waiting' : 'met', dueAt: null, calendarEndsBefore: false }
  const dueAt = dueOf(startedAt, length, calendar)
  const countsHolidays = !('hours' in length) || length.clock === 'working'
  const run = { dueAt, calendarEndsBefore: countsHolidays && londonDate(dueAt) > calendar.to }
  if (metAt !== null) return { ...run, state: metAt <= dueAt ? 'met' : 'met_late' }
  if (now > dueAt) return { ...run, state: 'overdue' }
  const minutes = minutesOf(length, calendar)
  const left = minutes(now, dueAt)
  const isAtRisk = left < AT_RISK_MINUTES || left < minutes(startedAt, dueAt) * AT_RISK_SHARE
  return { ...run, state: isAtRisk ? 'at_risk' : 'running' }
}

/** When a clock runs out that starts at an instant. */
export function dueOf(startedAt: string, length: ClockLength, calendar: WorkingCalendar): string {
  if ('workingDays' in length) return addWorkingDays(startedAt, length.workingDays, calendar)
  if ('on' in length) return closeOfOffice(length.on, calendar)
  if ('until' in length) return length.until
  return addHours(startedAt, length.hours, length.clock, calendar)
}

function minutesOf(length: ClockLength, calendar: WorkingCalendar): (from: string, to: string) => number {
  const isOnTheWall = 'until' in length || ('hours' in length && length.clock === 'calendar')
  if (isOnTheWall) return (from, to) => utcMinutes(to) - utcMinutes(from)
  return (from, to) => workingMinutesBetween(from, to, calendar)
}

/** A band of urgency as far as its time goes. */
export interface TimedBand {
  readonly code: string
  readonly hours: number
  readonly clock: 'working' | 'calendar'
  readonly overdueBecomes?: string | undefined
}

/**
 * The band by which something is dealt with at an instant: once the time of a band has run over, that of the band that it
 * becomes runs from there. A policy names only a more urgent one, so this ends.
 */
export function bandAt<B extends TimedBand>(
  bands: readonly B[],
  code: string,
  { startedAt, now }: { startedAt: string; now: string },
  calendar: WorkingCalendar,
): B | undefined {
  let band = bands.find((candidate) => candidate.code === code)
  let from = startedAt
  while (band?.overdueBecomes !== undefined) {
    const ranOverAt = dueOf(from, band, calendar)
    const { overdueBecomes }: B = band
    const next = bands.find((candidate) => candidate.code === overdueBecomes)
    if (now <= ranOverAt || !next) return band
    from = ranOverAt
    band = next
  }
  return band
}
