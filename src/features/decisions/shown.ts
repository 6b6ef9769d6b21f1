/** A decision as it is shown: with its state, what it needs and what came of that; or, while it is screened blind, without what it says. */
import type { decisions } from '../../db/tables/decisions.ts'
import type {
  decisionCompletions,
  decisionReturns,
  judgements,
  reconciliations,
  signOffs,
} from '../../db/tables/front-door.ts'
import type { recommendations } from '../../db/tables/recommendations.ts'
import type { referrals } from '../../db/tables/referrals.ts'
import { Refusal } from '../../kernel/errors.ts'
import { compiledPolicy, type PolicyRow } from '../policies/index.ts'
import type { Decision } from './model.ts'
import type { SECOND_SCREENING_REASONS, SIGN_OFF_REASONS } from './needs.ts'
import { type DecisionState, staysOf } from './state.ts'

/** Whole rows, because the log vouches for rows as a whole. */
export interface DecisionRow {
  readonly decision: typeof decisions.$inferSelect
  readonly recommendation: typeof recommendations.$inferSelect
  readonly policy: PolicyRow
  readonly referral: typeof referrals.$inferSelect
  readonly successor: typeof decisions.$inferSelect | null
  readonly own: typeof judgements.$inferSelect | null
  readonly seconded: typeof judgements.$inferSelect | null
  readonly reconciled: typeof reconciliations.$inferSelect | null
  readonly returned: typeof decisionReturns.$inferSelect | null
  readonly signed: typeof signOffs.$inferSelect | null
  readonly completion: typeof decisionCompletions.$inferSelect | null
  readonly state: DecisionState
  readonly isStale: boolean
  readonly isHidden: boolean
}

export function shownDecision(row: DecisionRow): Decision {
  const { decision, policy } = row
  return {
    id: decision.id,
    recommendationId: decision.recommendationId,
    referralId: decision.referralId,
    child: decision.childKey,
    revision: decision.revision,
    sequence: decision.sequence,
    state: row.state,
    isStale: row.isStale,
    hidden: row.isHidden ? 'second_screening' : null,
    ...(row.isHidden ? NOTHING : content(row)),
    secondScreeningBecause: (decision.secondScreeningBecause ?? []) as (typeof SECOND_SCREENING_REASONS)[number][],
    states: staysOf({
      state: row.state,
      decidedAt: decision.decidedAt,
      needsSecondScreening: (decision.secondScreeningBecause ?? []).length > 0 && decision.agreesWith === null,
      needsSignOff: (decision.signOffBecause ?? []).length > 0,
      secondJudgedAt: row.seconded?.judgedAt ?? null,
      differed: differs(row),
      reconciledAt: row.reconciled?.reconciledAt ?? null,
      stood: row.reconciled?.stands ?? false,
      signedAt: row.signed?.signedAt ?? null,
      returnedAt: row.returned?.returnedAt ?? null,
      completedAt: row.completion?.completedAt ?? null,
      supersededAt: row.successor?.decidedAt ?? null,
    }),
    decidedBy: {
      accountId: decision.decidedBy,
      displayName: decision.decidedByName,
      role: decision.decidedByRole,
      qualification: decision.decidedByQualification,
    },
    decidedAt: decision.decidedAt,
    completedAt: row.completion?.completedAt ?? (decision.judgementId === null ? decision.decidedAt : null),
    supersedes: decision.supersedes,
    supersededBy: row.successor?.id ?? null,
    policy: policy.policyId,
    policyVersion: policy.version,
    agency: row.referral.agency,
  }
}

const NOTHING = {
  level: null,
  commonBand: null,
  response: null,
  recommendedLevel: null,
  recommendedResponse: null,
  ownLevel: null,
  movement: null,
  departure: null,
  belowFloor: null,
  overrideReason: null,
  rationale: null,
  statutoryReason: null,
  closing: null,
  proposalId: null,
  signOffBecause: null,
  secondJudgementId: null,
  reconciliation: null,
  returned: null,
  signOff: null,
} as const

function content(row: DecisionRow) {
  const { decision, policy, reconciled, returned, signed } = row
  return {
    level: decision.level,
    commonBand: bandOf(policy, decision.level),
    response: decision.response,
    recommendedLevel: row.recommendation.level,
    recommendedResponse: row.recommendation.primaryResponse,
    ownLevel: row.own?.level ?? null,
    movement: decision.movement,
    departure: decision.departure,
    belowFloor: decision.belowFloor ?? false,
    overrideReason: decision.overrideReason,
    rationale: decision.rationale,
    statutoryReason: decision.statutoryReason,
    closing: decision.closing === null ? null : (JSON.parse(decision.closing) as Decision['closing']),
    proposalId: decision.proposalId,
    signOffBecause: (decision.signOffBecause ?? []) as (typeof SIGN_OFF_REASONS)[number][],
    secondJudgementId: row.seconded?.id ?? decision.agreesWith,
    reconciliation: reconciled && {
      stands: reconciled.stands,
      reasons: reconciled.reasons,
      by: { accountId: reconciled.reconciledBy, displayName: reconciled.reconciledByName },
      at: reconciled.reconciledAt,
    },
    returned: returned && {
      stage: returned.stage,
      reasons: returned.reasons,
      by: { accountId: returned.returnedBy, displayName: returned.returnedByName },
      at: returned.returnedAt,
    },
    signOff: signed && {
      notes: signed.notes,
      by: { accountId: signed.signedBy, displayName: signed.signedByName },
      at: signed.signedAt,
    },
  }
}

/** Whether the two who looked came to another level or response. */
export function differs({ decision, seconded }: Pick<DecisionRow, 'decision' | 'seconded'>): boolean {
  return seconded !== null && (seconded.level !== decision.level || seconded.response !== decision.response)
}

function bandOf(policy: PolicyRow, level: string): NonNullable<Decision['commonBand']> {
  const found = compiledPolicy(policy).levels.find(({ code }) => code === level)
  if (!found) throw new Refusal('integrity_violation', `A stored decision has a level that its policy does not have.`)
  return found.common
}
