import type { SQL } from 'drizzle-orm'
import { alias, and, desc, eq, gte, inArray, lt, ne, not, or, sql } from '../../db/drizzle.ts'
import { decisions } from '../../db/tables/decisions.ts'
import {
  decisionCompletions,
  decisionReturns,
  judgements,
  reconciliations,
  signOffs,
} from '../../db/tables/front-door.ts'
import { policyVersions } from '../../db/tables/policy-versions.ts'
import { recommendations } from '../../db/tables/recommendations.ts'
import { referrals } from '../../db/tables/referrals.ts'
import type { TenantTx } from '../../db/tenant.ts'
import type { Actor } from '../../kernel/actor.ts'
import { notFound, Refusal } from '../../kernel/errors.ts'
import type { Cursor } from '../../kernel/page.ts'
import { requireVouched, type Shown } from '../../kernel/vouch.ts'
import { hiddenFrom } from '../judgements/index.ts'
import type { Decision } from './model.ts'
import { type DecisionRow, shownDecision } from './shown.ts'
import { stateSql } from './state.ts'

const successor = alias(decisions, 'successor')
const own = alias(judgements, 'own')
const seconded = alias(judgements, 'seconded')
const reconciled = alias(reconciliations, 'reconciled')
const returned = alias(decisionReturns, 'returned')
const signed = alias(signOffs, 'signed')
const completion = alias(decisionCompletions, 'completion')

/** Information that came after the revision that was decided on. */
const isStale = sql<boolean>`decisions.revision < (
  select max(revision) from referral_revisions newest
  where newest.authority_id = decisions.authority_id and newest.referral_id = decisions.referral_id)`

async function select(tx: TenantTx, actor: Actor, condition: SQL | undefined, most?: number): Promise<DecisionRow[]> {
  const of = actor.authorityId
  const query = tx
    .select({
      decision: decisions,
      recommendation: recommendations,
      policy: policyVersions,
      referral: referrals,
      successor,
      own,
      seconded,
      reconciled,
      returned,
      signed,
      completion,
      state: stateSql,
      isStale,
      isHidden: hiddenFrom(actor),
    })
    .from(decisions)
    .innerJoin(
      recommendations,
      and(eq(recommendations.authorityId, of), eq(recommendations.id, decisions.recommendationId)),
    )
    .innerJoin(
      policyVersions,
      and(eq(policyVersions.authorityId, of), eq(policyVersions.id, recommendations.policyVersionId)),
    )
    .innerJoin(referrals, and(eq(referrals.authorityId, of), eq(referrals.id, decisions.referralId)))
    .leftJoin(successor, and(eq(successor.authorityId, of), eq(successor.supersedes, decisions.id)))
    .leftJoin(own, and(eq(own.authorityId, of), eq(own.id, decisions.judgementId)))
    .leftJoin(seconded, and(eq(seconded.authorityId, of), eq(seconded.decisionId, decisions.id)))
    .leftJoin(reconciled, and(eq(reconciled.authorityId, of), eq(reconciled.decisionId, decisions.id)))
    .leftJoin(returned, and(eq(returned.authorityId, of), eq(returned.decisionId, decisions.id)))
    .leftJoin(signed, and(eq(signed.authorityId, of), eq(signed.decisionId, decisions.id)))
    .leftJoin(completion, and(eq(completion.authorityId, of), eq(completion.decisionId, decisions.id)))
    .where(and(eq(decisions.authorityId, of), condition))
    .orderBy(desc(decisions.decidedAt), desc(decisions.id))
  return await (most === undefined ? query : query.limit(most))
}

/** Decisions that the log vouches for, as they are shown. */
async function shown(...asked: Parameters<typeof select>): Promise<Decision[]> {
  const rows = await select(...asked)
  const [tx, { authorityId }] = asked
  await requireVouched(tx, authorityId, rows.flatMap(partsOf))
  return rows.map(shownDecision)
}

/** As `getDecisionShown`, for the transaction that has yet to record what it did. @throws Refusal not_found */
export async function getDecisionBeforeRecording(tx: TenantTx, actor: Actor, id: string): Promise<Decision> {
  const [found] = await select(tx, actor, eq(decisions.id, id), 1)
  if (!found) throw notFound('decision')
  return shownDecision(found)
}

/** The rows that a decision and its state are shown from; the policy has a hash of its own. */
function partsOf(row: DecisionRow): Shown[] {
  const part = (table: Shown['table'], found: Shown['row'] | null): Shown[] => (found ? [{ table, row: found }] : [])
  return [
    ...part(decisions, row.decision),
    ...part(recommendations, row.recommendation),
    ...part(referrals, row.referral),
    ...part(decisions, row.successor),
    ...part(judgements, row.own),
    ...part(judgements, row.seconded),
    ...part(reconciliations, row.reconciled),
    ...part(decisionReturns, row.returned),
    ...part(signOffs, row.signed),
    ...part(decisionCompletions, row.completion),
  ]
}

/** @throws Refusal not_found; integrity_violation when the log does not vouch for it as it is stored */
export async function getDecisionShown(tx: TenantTx, actor: Actor, id: string): Promise<Decision> {
  const [found] = await shown(tx, actor, eq(decisions.id, id), 1)
  if (!found) throw notFound('decision')
  return found
}

/** @throws Refusal not_found, own_judgement_first */
export async function getDecisionSeen(tx: TenantTx, actor: Actor, id: string): Promise<Decision> {
  const found = await getDecisionShown(tx, actor, id)
  if (found.hidden === null) return found
  throw new Refusal(
    'own_judgement_first',
    'A colleague’s decision waits for its second screening, and is not shown before it. Whoever screens it writes down their own view first.',
  )
}

/** All decisions of some referrals, newest first: a page bounds the referrals, and none of their decisions is left out. */
export async function decisionsOf(tx: TenantTx, actor: Actor, referralIds: readonly string[]): Promise<Decision[]> {
  if (referralIds.length === 0) return []
  return await shown(tx, actor, inArray(decisions.referralId, [...referralIds]))
}

export interface DecisionFilter {
  readonly from?: string | undefined
  readonly to?: string | undefined
  readonly level?: string | undefined
  readonly response?: string | undefined
  readonly overridden?: boolean | undefined
  readonly belowFloor?: boolean | undefined
  readonly movement?: NonNullable<typeof decisions.$inferSelect.movement> | undefined
  readonly state?: Decision['state'] | undefined
  readonly agency?: string | undefined
  readonly decider?: string | undefined
  readonly referral?: string | undefined
}

/** Newest first, one more than the page shows. What is hidden from the reader fits no filter of what it says. */
export async function listDecisionsShown(
  tx: TenantTx,
  actor: Actor,
  filter: DecisionFilter,
  page: { first: number; after: Cursor | undefined },
): Promise<Decision[]> {
  const said: (SQL | undefined)[] = []
  if (filter.level !== undefined) said.push(eq(decisions.level, filter.level))
  if (filter.response !== undefined) said.push(eq(decisions.response, filter.response))
  if (filter.overridden !== undefined)
    said.push(filter.overridden ? ne(decisions.departure, 'none') : eq(decisions.departure, 'none'))
  if (filter.belowFloor !== undefined) said.push(sql`coalesce(decisions.below_floor, false) = ${filter.belowFloor}`)
  if (filter.movement !== undefined) said.push(eq(decisions.movement, filter.movement))
  const conditions: (SQL | undefined)[] = said.length > 0 ? [...said, not(hiddenFrom(actor))] : []
  if (filter.from !== undefined) conditions.push(gte(decisions.decidedAt, filter.from))
  if (filter.to !== undefined) conditions.push(lt(decisions.decidedAt, filter.to))
  if (filter.state !== undefined) conditions.push(sql`${stateSql} = ${filter.state}`)
  if (filter.agency !== undefined) conditions.push(eq(referrals.agency, filter.agency))
  if (filter.decider !== undefined) conditions.push(eq(decisions.decidedBy, filter.decider))
  if (filter.referral !== undefined) conditions.push(eq(decisions.referralId, filter.referral))
  if (page.after) {
    const { at, id } = page.after
    conditions.push(or(lt(decisions.decidedAt, at), and(eq(decisions.decidedAt, at), lt(decisions.id, id))))
  }
  return await shown(tx, actor, and(...conditions), page.first + 1)
}
