/** What a challenge is about: the child, the decision, and the policy whose ladder it goes up. */
import { and, desc, eq } from '../../db/drizzle.ts'
import { decisions } from '../../db/tables/decisions.ts'
import { recommendations } from '../../db/tables/recommendations.ts'
import type { TenantTx } from '../../db/tenant.ts'
import { londonDate } from '../../engine/calendar/civil.ts'
import type { Actor } from '../../kernel/actor.ts'
import { notFound, Refusal } from '../../kernel/errors.ts'
import type { Context } from '../../kernel/operation.ts'
import { type Decision, decisionsOf, getDecisionSeen } from '../decisions/index.ts'
import { getVersion, type PolicyRow, versionInForce } from '../policies/index.ts'
import { getRecommendationRow } from '../recommendations/index.ts'
import { type ReferralRow, shown as shownReferral } from '../referrals/index.ts'
import type { EscalationInput } from './model.ts'
import { type EscalationFacts, seesAll } from './queries.ts'

export interface Contested {
  readonly child: string | null
  readonly decision: Decision | null
  readonly policy: PolicyRow
}

/**
 * What the challenge is about, in the eyes of whoever raises it.
 * @throws Refusal unprocessable, not_found, own_judgement_first, decision_state, no_policy_in_force
 */
export async function contested(
  context: Context,
  found: ReferralRow,
  input: Pick<EscalationInput, 'about' | 'child' | 'decision'>,
): Promise<Contested> {
  const keys = shownReferral(found).content.children.map(({ id }) => id)
  if (input.child !== undefined && !keys.includes(input.child))
    throw wrong('/child', 'unknown_child', `The referral has the children ${keys.join(', ')}.`)
  if (input.decision !== undefined && input.about !== 'decision')
    throw wrong('/decision', 'not_about_decision', 'A decision is named where the challenge is about a decision.')
  const named = input.decision === undefined ? null : await decisionNamed(context, found, input.decision)
  if (named && input.child !== undefined && named.child !== input.child)
    throw wrong('/child', 'other_child', 'The decision is about another child of the referral.')
  const child = named?.child ?? input.child ?? (keys.length === 1 ? (keys[0] ?? null) : null)
  const decision = named ?? (input.about === 'decision' ? await lastComplete(context, found, child) : null)
  return { child, decision, policy: await policyOf(context, found, { child, decision }) }
}

function wrong(pointer: string, code: string, detail: string): Refusal {
  return new Refusal('unprocessable', detail, { errors: [{ in: 'body', pointer, code, detail }] })
}

/** A referrer knows of a decision from its completion; to them an earlier one is not there. */
async function decisionNamed({ tx, actor }: Context, { referral }: ReferralRow, id: string): Promise<Decision> {
  const decision = await getDecisionSeen(tx, actor, id)
  if (decision.referralId !== referral.id || (!seesAll(actor) && decision.completedAt === null))
    throw notFound('decision')
  if (decision.state === 'awaiting_second_screening')
    throw new Refusal(
      'decision_state',
      'The decision waits for its second screening, which has to be blind. Challenge it once that is over.',
    )
  return decision
}

async function lastComplete(
  { tx, actor }: Context,
  { referral }: ReferralRow,
  child: string | null,
): Promise<Decision | null> {
  if (child === null) return null
  const all = await decisionsOf(tx, actor, [referral.id])
  const complete = all.filter((decision) => decision.child === child && decision.completedAt !== null)
  return complete.toSorted((a, b) => b.sequence - a.sequence)[0] ?? null
}

/** The one that the decision was made under; else the one that scored last; else the one in force. */
async function policyOf(
  { tx, actor, now }: Context,
  { referral }: ReferralRow,
  { child, decision }: Pick<Contested, 'child' | 'decision'>,
): Promise<PolicyRow> {
  const { authorityId } = actor
  const scored = decision
    ? (await getRecommendationRow(tx, actor, decision.recommendationId)).policyVersionId
    : await policyScoredWith(tx, actor, referral.id, child)
  const row =
    scored === undefined
      ? await versionInForce(tx, authorityId, londonDate(now), londonDate(referral.receivedAt))
      : await getVersion(tx, authorityId, { id: scored })
  if (row) return row
  throw new Refusal(
    'no_policy_in_force',
    'No policy of this authority is in force today, so there is no ladder to go up. Telephone the front door.',
  )
}

/** The policy with which a child was scored last, or any child of the referral where none is named. */
async function policyScoredWith(
  tx: TenantTx,
  { authorityId }: Actor,
  referralId: string,
  child: string | null,
): Promise<string | undefined> {
  const [last] = await tx
    .select({ id: recommendations.policyVersionId })
    .from(recommendations)
    .where(
      and(
        eq(recommendations.authorityId, authorityId),
        eq(recommendations.referralId, referralId),
        child === null ? undefined : eq(recommendations.childKey, child),
      ),
    )
    .orderBy(desc(recommendations.createdAt), desc(recommendations.sequence))
    .limit(1)
  return last?.id
}

/**
 * A decision that came of a challenge, whatever it still waits for. Each decision supersedes the one before it, so that a
 * later one of the same child supersedes all earlier ones.
 * @throws Refusal not_found, not_superseding
 */
export async function requireSuperseding(
  { tx, actor }: Context,
  { referralId, childKey, decisionId, raisedAt }: EscalationFacts,
  { outcome, newDecision }: { outcome: string; newDecision: string },
): Promise<void> {
  const rows = await tx
    .select()
    .from(decisions)
    .where(and(eq(decisions.authorityId, actor.authorityId), eq(decisions.referralId, referralId)))
  const made = rows.find(({ id }) => id === newDecision)
  if (!made) throw notFound('decision')
  const before = rows.find(({ id }) => id === decisionId)
  if (childKey !== null && made.childKey !== childKey) throw notSuperseding('It is about another child.')
  if (made.decidedAt < raisedAt) throw notSuperseding('It was made before the challenge.')
  if (!before) return
  if (made.sequence <= before.sequence) throw notSuperseding('It does not supersede the contested decision.')
  const isSame = made.level === before.level && made.response === before.response
  if (outcome === 'changed' && isSame)
    throw notSuperseding('It has the same level and response as the contested one: nothing was changed.')
}

function notSuperseding(detail: string): Refusal {
  const code = 'not_superseding'
  return new Refusal(code, detail, { errors: [{ in: 'body', pointer: '/newDecision', code, detail }] })
}
