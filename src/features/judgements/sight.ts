/**
 * Who may see what a colleague or the policy thinks of a child. A screener and a supervisor see neither before they have
 * written down their own view; systems, panels and auditors, who decide nothing, are not kept from it.
 */
import { and, eq, inArray, sql } from '../../db/drizzle.ts'
import { decisions } from '../../db/tables/decisions.ts'
import { decisionCompletions, decisionReturns, judgements } from '../../db/tables/front-door.ts'
import type { TenantTx } from '../../db/tenant.ts'
import { type Actor, hasRole } from '../../kernel/actor.ts'

/** A child in one revision of a referral. */
export interface Subject {
  readonly referralId: string
  readonly childKey: string
  readonly revision: number
}

/** Whether the actor may see what others think of a child: the policy, or a colleague. */
export type Sight = (subject: Subject) => boolean

/** What bears on it, of one child in one revision. */
export interface Seeing {
  /** Whether the actor has written down their own view of the revision. */
  readonly hasJudged: boolean
  readonly revision: number
  /** The decision that stands for the child. */
  readonly decision:
    | { readonly revision: number; readonly isComplete: boolean; readonly awaitsSecondScreening: boolean }
    | undefined
}

interface Standing extends Subject {
  readonly isComplete: boolean
  readonly awaitsSecondScreening: boolean
}

/** The rule: whether the actor may see what others think. */
export function maySee(actor: Actor, { hasJudged, revision, decision }: Seeing): boolean {
  if (!isToBeBlind(actor) || hasJudged) return true
  if (!decision || decision.revision < revision) return false
  // Whoever signs off looks at everything, once the second screening is over.
  return decision.isComplete || (hasRole(actor, 'supervisor') && !decision.awaitsSecondScreening)
}

/** Whether somebody might yet have to judge without knowing: people who screen and decide. */
function isToBeBlind(actor: Actor): boolean {
  return actor.kind === 'human' && hasRole(actor, 'screener', 'supervisor')
}

/** What the actor may see of some referrals. */
export async function sightOf(tx: TenantTx, actor: Actor, referralIds: readonly string[]): Promise<Sight> {
  if (!isToBeBlind(actor) || referralIds.length === 0) return () => true
  const own = await ownJudgements(tx, actor, referralIds)
  const standing = await standingDecisions(tx, actor, referralIds)
  return (subject) =>
    maySee(actor, {
      hasJudged: own.has(keyOf(subject)),
      revision: subject.revision,
      decision: standing.get(JSON.stringify([subject.referralId, subject.childKey])),
    })
}

const keyOf = ({ referralId, childKey, revision }: Subject): string => JSON.stringify([referralId, childKey, revision])

async function ownJudgements(tx: TenantTx, actor: Actor, referralIds: readonly string[]): Promise<Set<string>> {
  const { referralId, childKey, revision } = judgements
  const rows = await tx
    .select({ referralId, childKey, revision })
    .from(judgements)
    .where(
      and(
        eq(judgements.authorityId, actor.authorityId),
        inArray(referralId, [...referralIds]),
        eq(judgements.judgedBy, actor.accountId),
      ),
    )
  return new Set(rows.map(keyOf))
}

/** The decision that stands for each child. One from before there were completions counts as complete. */
async function standingDecisions(tx: TenantTx, actor: Actor, referralIds: readonly string[]) {
  const { referralId, childKey, revision, sequence } = decisions
  const rows = await tx
    .select({
      referralId,
      childKey,
      revision,
      sequence,
      isComplete: sql<boolean>`${decisions.judgementId} is null or ${decisionCompletions.id} is not null`,
      awaitsSecondScreening: sql<boolean>`cardinality(coalesce(${decisions.secondScreeningBecause}, '{}')) > 0
        and ${decisions.agreesWith} is null and ${judgements.id} is null and ${decisionReturns.id} is null`,
    })
    .from(decisions)
    .leftJoin(
      decisionCompletions,
      and(eq(decisionCompletions.authorityId, decisions.authorityId), eq(decisionCompletions.decisionId, decisions.id)),
    )
    .leftJoin(
      decisionReturns,
      and(eq(decisionReturns.authorityId, decisions.authorityId), eq(decisionReturns.decisionId, decisions.id)),
    )
    .leftJoin(
      judgements,
      and(eq(judgements.authorityId, decisions.authorityId), eq(judgements.decisionId, decisions.id)),
    )
    .where(and(eq(decisions.authorityId, actor.authorityId), inArray(referralId, [...referralIds])))
    .orderBy(sequence)
  return new Map<string, Standing>(rows.map((row) => [JSON.stringify([row.referralId, row.childKey]), row]))
}

/** Decisions that this actor may not see the content of, as a condition on rows of decisions. */
export function hiddenFrom(actor: Actor) {
  if (!isToBeBlind(actor)) return sql<boolean>`false`
  // In brackets: it is negated where a list leaves out what is hidden.
  return sql<boolean>`(decisions.decided_by <> ${actor.accountId} and not exists (
    select from judgements mine
    where mine.authority_id = decisions.authority_id and mine.referral_id = decisions.referral_id
      and mine.child_key = decisions.child_key and mine.revision = decisions.revision
      and mine.judged_by = ${actor.accountId}
  ) and exists (
    select from decisions standing
    where standing.authority_id = decisions.authority_id and standing.referral_id = decisions.referral_id
      and standing.child_key = decisions.child_key and standing.revision = decisions.revision
      and cardinality(coalesce(standing.second_screening_because, '{}')) > 0 and standing.agrees_with is null
      and not exists (
        select from decisions later
        where later.authority_id = standing.authority_id and later.supersedes = standing.id)
      and not exists (
        select from judgements seconded
        where seconded.authority_id = standing.authority_id and seconded.decision_id = standing.id)
      and not exists (
        select from decision_returns returned
        where returned.authority_id = standing.authority_id and returned.decision_id = standing.id)
  ))`
}
