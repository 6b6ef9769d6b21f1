/** What a decision needs before it is complete, and why. Pure: stored with the decision as it was found at the time. */
import type { Departure } from '../../db/tables/decisions.ts'
import { type Policy, type Recommendation, sha256 } from '../../engine/index.ts'

/** Why somebody else screens it a second time. */
export const SECOND_SCREENING_REASONS = ['response', 'condition', 'lowered', 'review', 'history', 'random'] as const
/** Why a supervisor signs it. The last four hold whatever the policy says. */
export const SIGN_OFF_REASONS = [
  'response',
  'condition',
  'lowered',
  'below_floor',
  'not_a_supervisor',
  'referrer_not_reached',
] as const

export interface Decided {
  /** By which chance is drawn: nobody knows it before it is made, and anybody can draw again. */
  readonly id: string
  readonly response: string
  readonly departure: Departure
  readonly isBelowFloor: boolean
  readonly isBySupervisor: boolean
  readonly isReferrerNotReached: boolean
  /** The history of the child asks for a second look. */
  readonly asksHistory: boolean
}

export interface Needs {
  readonly secondScreening: (typeof SECOND_SCREENING_REASONS)[number][]
  readonly signOff: (typeof SIGN_OFF_REASONS)[number][]
}

export function needsOf(policy: Policy, recommended: Recommendation, decided: Decided): Needs {
  const { secondScreening, signOff } = policy.document.oversight
  const isLess = decided.departure === 'lowered' || decided.departure === 'other_response' || decided.isBelowFloor
  return {
    secondScreening: held({
      response: secondScreening.responses.includes(decided.response),
      condition: recommended.practice?.secondScreening === true,
      lowered: isLess && secondScreening.whenLowered === true,
      review: recommended.reviews.length > 0,
      history: decided.asksHistory,
      random: isDrawn(decided.id, secondScreening.randomPercent),
    }),
    signOff: held({
      response: signOff.responses.includes(decided.response),
      condition: recommended.practice?.signOff === true,
      lowered: isLess,
      below_floor: decided.isBelowFloor,
      not_a_supervisor: !decided.isBySupervisor,
      referrer_not_reached: decided.isReferrerNotReached,
    }),
  }
}

function held<T extends string>(reasons: Readonly<Record<T, boolean>>): T[] {
  return (Object.keys(reasons) as T[]).filter((reason) => reasons[reason])
}

/** Whether a decision falls into the random share: by its id, so that it can be checked afterwards. */
export function isDrawn(decisionId: string, percent: number): boolean {
  return Number.parseInt(sha256(`second screening of ${decisionId}`).slice(0, 8), 16) % 100 < percent
}
