/** The ladder of a policy for whoever disagrees: its stages in order, their words, and when an answer is due at each. */
import { addHours, addWorkingDays, type WorkingCalendar, withOfficeHours } from '../calendar/working-time.ts'
import type { Policy } from './policy.ts'

type Stage = Policy['document']['oversight']['escalation'][number]

/** The stages, lowest first. */
export function stagesOf({ document }: Policy): readonly Stage[] {
  return [...document.oversight.escalation].sort((a, b) => a.stage - b.stage)
}

/** A stage in plain words, for letters. */
export interface LadderStage {
  readonly stage: number
  /** Whose answer it is. */
  readonly role: string
  /** How soon: “2 working days, or 4 hours where it cannot wait”. */
  readonly within: string
}

export function ladderOf(policy: Policy): LadderStage[] {
  return stagesOf(policy).map(({ stage, role, withinWorkingDays, urgentHours }) => {
    const days = counted(withinWorkingDays, 'working day')
    const within = urgentHours === undefined ? days : `${days}, or ${counted(urgentHours, 'hour')} where it cannot wait`
    return { stage, role, within }
  })
}

function counted(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? '' : 's'}`
}

/**
 * When an answer is due at a stage: at the close of office of the last working day; where it cannot wait after so many hours
 * of the clock on the wall, nights and holidays included. What cannot wait is never due later than what can.
 */
export function stageDueAt(
  policy: Policy,
  { withinWorkingDays, urgentHours }: Pick<Stage, 'withinWorkingDays' | 'urgentHours'>,
  entered: { readonly at: string; readonly isUrgent: boolean },
  calendar: WorkingCalendar,
): string {
  const working = withOfficeHours(calendar, policy.document.officeHours)
  const due = addWorkingDays(entered.at, withinWorkingDays, working)
  if (!entered.isUrgent || urgentHours === undefined) return due
  const urgent = addHours(entered.at, urgentHours, 'calendar', working)
  return urgent < due ? urgent : due
}
