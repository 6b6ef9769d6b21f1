/**
 * Civil dates and London wall time by integer arithmetic alone: no clock, no locale, no time-zone database.
 * Dates are `YYYY-MM-DD`; instants RFC 3339 in UTC. Days are counted from 1970-01-01.
 */

/** Days since 1970-01-01 of a civil date (Howard Hinnant's days_from_civil). */
export function dayNumber(date: string): number {
  const [year = 0, month = 1, day = 1] = date.slice(0, 10).split('-').map(Number)
  const y = month <= 2 ? year - 1 : year
  const era = Math.floor(y / 400)
  const yearOfEra = y - era * 400
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear
  return era * 146_097 + dayOfEra - 719_468
}

/** The civil date of a day number. */
export function civilDate(day: number): string {
  const shifted = day + 719_468
  const era = Math.floor(shifted / 146_097)
  const dayOfEra = shifted - era * 146_097
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153)
  const dayOfMonth = dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  return `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(dayOfMonth).padStart(2, '0')}`
}

/** 0 is Sunday. */
export function weekday(day: number): number {
  return (((day + 4) % 7) + 7) % 7
}

/**
 * Completed months from one date to another, negative before it. A child born on the 31st completes a month on the last day
 * of a shorter one, and a child born on 29 February has its birthday on 28 February in a common year.
 */
export function completedMonths(from: string, to: string): number {
  if (to < from) return -completedMonths(to, from)
  const [fromYear = 0, fromMonth = 1, fromDay = 1] = from.split('-').map(Number)
  const [toYear = 0, toMonth = 1, toDay = 1] = to.slice(0, 10).split('-').map(Number)
  const months = (toYear - fromYear) * 12 + toMonth - fromMonth
  const lastOfMonth =
    dayNumber(
      civilDate(dayNumber(`${to.slice(0, 7)}-28`) + 4)
        .slice(0, 7)
        .concat('-01'),
    ) - dayNumber(`${to.slice(0, 7)}-01`)
  return toDay < Math.min(fromDay, lastOfMonth) ? months - 1 : months
}

const MINUTES_A_DAY = 1440

/** Minutes since 1970-01-01T00:00Z of an RFC 3339 UTC instant (seconds are dropped). */
export function utcMinutes(instant: string): number {
  return dayNumber(instant) * MINUTES_A_DAY + Number(instant.slice(11, 13)) * 60 + Number(instant.slice(14, 16))
}

/** The instant of minutes since 1970-01-01T00:00Z. */
export function instantOf(minutes: number): string {
  const day = Math.floor(minutes / MINUTES_A_DAY)
  const rest = minutes - day * MINUTES_A_DAY
  return `${civilDate(day)}T${String(Math.floor(rest / 60)).padStart(2, '0')}:${String(rest % 60).padStart(2, '0')}:00.000Z`
}

/** Minutes that London is ahead of UTC: 60 from the last Sunday of March 01:00 UTC to the last Sunday of October 01:00 UTC. */
export function londonOffset(minutes: number): number {
  const year = civilDate(Math.floor(minutes / MINUTES_A_DAY)).slice(0, 4)
  const lastSunday = (date: string): number => {
    const day = dayNumber(date)
    return (day - weekday(day)) * MINUTES_A_DAY + 60
  }
  return minutes >= lastSunday(`${year}-03-31`) && minutes < lastSunday(`${year}-10-31`) ? 60 : 0
}

/** The London civil date of an instant. */
export function londonDate(instant: string): string {
  const minutes = utcMinutes(instant)
  return civilDate(Math.floor((minutes + londonOffset(minutes)) / MINUTES_A_DAY))
}
