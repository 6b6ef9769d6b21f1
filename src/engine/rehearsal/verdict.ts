/** What a policy says of a child, in codes alone: all that two policies are compared by. */
import type { Policy } from '../policy/policy.ts'
import type { Snapshot } from '../referral/snapshot.ts'
import type { OUTCOMES } from '../scoring/recommendation.ts'
import { type Calendar, score } from '../scoring/score.ts'

export interface Verdict {
  readonly child: string
  readonly outcome: (typeof OUTCOMES)[number]
  /** Codes of levels; null where there is none. */
  readonly level: string | null
  readonly low: string | null
  readonly high: string | null
  readonly floor: string | null
  /** Codes, the most pressing first. */
  readonly responses: readonly string[]
  /** Ids of what surely holds. */
  readonly fired: readonly string[]
}

/** One verdict for each child, in the snapshot's order. */
export function verdicts(policy: Policy, snapshot: Snapshot, calendar: Calendar): Verdict[] {
  return score(policy, snapshot, calendar).map(
    ({ child, outcome, level, low, high, floor, responses, reasons }): Verdict => ({
      child,
      outcome,
      level: level?.code ?? null,
      low: low?.code ?? null,
      high: high?.code ?? null,
      floor: floor?.code ?? null,
      responses: responses.map(({ code }) => code),
      fired: reasons.map(({ id }) => id),
    }),
  )
}
