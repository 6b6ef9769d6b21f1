import { sql } from '../../db/drizzle.ts'
/** The state of a decision, derived from what was recorded. One definition, in SQL, so that lists filter by it. */

export const DECISION_STATES = [
  'awaiting_second_screening',
  'awaiting_reconciliation',
  'awaiting_sign_off',
  'returned',
  'complete',
  'superseded',
] as const
export type DecisionState = (typeof DECISION_STATES)[number]

/**
 * Over the joins of `queries.ts`: successor, completion, returned, seconded, reconciled. A decision from before there were
 * completions is complete.
 */
export const stateSql = sql<DecisionState>`case
  when successor.id is not null then 'superseded'
  when decisions.judgement_id is null or completion.id is not null then 'complete'
  when returned.id is not null then 'returned'
  when cardinality(decisions.second_screening_because) > 0 and decisions.agrees_with is null and seconded.id is null
    then 'awaiting_second_screening'
  when cardinality(decisions.second_screening_because) > 0 and decisions.agrees_with is null and reconciled.id is null
    and (seconded.level <> decisions.level or seconded.response <> decisions.response)
    then 'awaiting_reconciliation'
  else 'awaiting_sign_off'
end`

export interface Moments {
  readonly state: DecisionState
  readonly decidedAt: string
  readonly needsSecondScreening: boolean
  readonly needsSignOff: boolean
  readonly secondJudgedAt: string | null
  readonly differed: boolean
  readonly reconciledAt: string | null
  /** Whether the difference was settled so that the decision stands. */
  readonly stood: boolean
  readonly signedAt: string | null
  readonly returnedAt: string | null
  readonly completedAt: string | null
  readonly supersededAt: string | null
}

export interface Stay {
  readonly state: DecisionState
  readonly from: string
  /** Null for the state it is in. */
  readonly until: string | null
}

/** The states that a decision went through, with the time spent in each. */
export function staysOf(moments: Moments): Stay[] {
  const entered: { state: DecisionState; from: string }[] = []
  let from = moments.decidedAt
  const pass = (state: DecisionState, until: string | null) => {
    entered.push({ state, from })
    if (until !== null) from = until
    return until !== null
  }
  const goesOn =
    (!moments.needsSecondScreening || pass('awaiting_second_screening', moments.secondJudgedAt)) &&
    (!moments.differed || (pass('awaiting_reconciliation', moments.reconciledAt) && moments.stood)) &&
    (!moments.needsSignOff || pass('awaiting_sign_off', moments.signedAt))
  // A decision without any of these was complete when it was made.
  if (goesOn && moments.returnedAt === null) entered.push({ state: 'complete', from: moments.completedAt ?? from })
  if (moments.returnedAt !== null) entered.push({ state: 'returned', from: moments.returnedAt })
  if (moments.supersededAt !== null) entered.push({ state: 'superseded', from: moments.supersededAt })
  return entered.map(({ state, from }, i) => ({ state, from, until: entered[i + 1]?.from ?? null }))
}
