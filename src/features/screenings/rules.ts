/** Who may look at a decision a second time, settle a difference, and sign. Nobody does so with what is their own. */
import { and, eq } from '../../db/drizzle.ts'
import { decisions } from '../../db/tables/decisions.ts'
import { hasRole } from '../../kernel/actor.ts'
import { Refusal } from '../../kernel/errors.ts'
import type { Context } from '../../kernel/operation.ts'
import { type DecisionState, getDecisionShown, requireQualified } from '../decisions/index.ts'
import { judgementsOf } from '../judgements/index.ts'
import { lockReferral } from '../referrals/index.ts'

export interface InHand {
  readonly row: typeof decisions.$inferSelect
  readonly state: DecisionState
  /** Who screened it a second time. */
  readonly secondBy: string | null
}

/**
 * A decision that somebody else made, with its referral locked, in one of the states in which this may be done to it.
 * @throws Refusal not_found, qualification_required, own_decision, decision_state, stale_recommendation
 */
export async function othersDecision(
  context: Context,
  decisionId: string,
  states: readonly DecisionState[],
): Promise<InHand> {
  const { tx, actor } = context
  requireQualified(actor)
  const { referralId } = await getDecisionShown(tx, actor, decisionId)
  await lockReferral(tx, actor, referralId)
  const { state, isStale, decidedBy, child } = await getDecisionShown(tx, actor, decisionId)
  if (decidedBy.accountId === actor.accountId)
    throw new Refusal('own_decision', 'You made this decision. Somebody else has to look at it.')
  if (!states.includes(state))
    throw new Refusal(
      'decision_state',
      `The decision is ${said(state)}; this is for one that is ${states.map(said).join(' or ')}.`,
    )
  if (isStale)
    throw new Refusal(
      'stale_recommendation',
      'Newer information came in after the decision. It has to be decided anew.',
    )
  const [row] = await tx
    .select()
    .from(decisions)
    .where(and(eq(decisions.authorityId, actor.authorityId), eq(decisions.id, decisionId)))
  if (!row) throw new Error('The decision went away under its lock')
  const seconded = (await judgementsOf(tx, actor, [referralId])).find(
    ({ decisionId: of, child: whose }) => of === decisionId && whose === child,
  )
  return { row, state, secondBy: seconded?.judgedBy.accountId ?? null }
}

const said = (state: DecisionState): string => state.replaceAll('_', ' ')

/** @throws Refusal forbidden, own_decision: a supervisor who has had no part in it. */
export function requireThirdPerson({ actor }: Context, { secondBy }: InHand): void {
  if (!hasRole(actor, 'supervisor')) throw new Refusal('forbidden', 'This is for a supervisor.')
  if (secondBy === actor.accountId)
    throw new Refusal('own_decision', 'You screened this decision. Somebody else has to do this.')
}
