/** By when a reader has to hear from us: one working day, by the office hours of the policy in force. */
import type { TenantTx } from '../../db/tenant.ts'
import { londonDate } from '../../engine/calendar/civil.ts'
import { addWorkingDays, type WorkingCalendar, withOfficeHours } from '../../engine/calendar/working-time.ts'
import { compiledPolicy, readCalendar, versionInForce } from '../policies/index.ts'

const WORKING_DAYS = 1

/** The calendar that clocks run by today. */
export async function calendarNow(
  tx: TenantTx,
  { authorityId, now }: { authorityId: string; now: string },
): Promise<WorkingCalendar> {
  const row = await versionInForce(tx, authorityId, londonDate(now))
  return withOfficeHours(readCalendar().working, row && compiledPolicy(row).document.officeHours)
}

export function dueFrom(since: string, calendar: WorkingCalendar, workingDays = WORKING_DAYS): string {
  return addWorkingDays(since, workingDays, calendar)
}

/** Clocks do not run back further than this; whatever is older has run out. */
const LONGEST_MS = 60 * 86_400_000

/**
 * The instant before which whatever began is overdue now. Due times rise with the instants from which they are counted, so
 * that it can be found by halving.
 */
export function overdueBefore(now: string, calendar: WorkingCalendar): string {
  let low = Date.parse(now) - LONGEST_MS
  let high = Date.parse(now)
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (dueFrom(new Date(middle).toISOString(), calendar) < now) low = middle
    else high = middle
  }
  return new Date(high).toISOString()
}
