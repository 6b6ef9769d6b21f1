import type { SQL } from 'drizzle-orm'
import { alias, and, desc, eq, gte, inArray, lt, ne, or } from '../../db/drizzle.ts'
import { decisions } from '../../db/tables/decisions.ts'
import { policyVersions } from '../../db/tables/policy-versions.ts'
import { recommendations } from '../../db/tables/recommendations.ts'
import { referrals } from '../../db/tables/referrals.ts'
import type { TenantTx } from '../../db/tenant.ts'
import type { Actor } from '../../kernel/actor.ts'
import { notFound, Refusal } from '../../kernel/errors.ts'
import type { Cursor } from '../../kernel/page.ts'
import { compiledPolicy } from '../policies/index.ts'
import type { Decision } from './model.ts'

const successor = alias(decisions, 'successor')

const columns = {
  decision: decisions,
  recommendedLevel: recommendations.level,
  recommendedResponse: recommendations.primaryResponse,
  policy: policyVersions,
  agency: referrals.agency,
  supersededBy: successor.id,
}

async function select(tx: TenantTx, actor: Actor, condition: SQL | undefined, most?: number): Promise<Decision[]> {
  const own = actor.authorityId
  const query = tx
    .select(columns)
    .from(decisions)
    .innerJoin(
      recommendations,
      and(eq(recommendations.authorityId, own), eq(recommendations.id, decisions.recommendationId)),
    )
    .innerJoin(
      policyVersions,
      and(eq(policyVersions.authorityId, own), eq(policyVersions.id, recommendations.policyVersionId)),
    )
    .innerJoin(referrals, and(eq(referrals.authorityId, own), eq(referrals.id, decisions.referralId)))
    .leftJoin(successor, and(eq(successor.authorityId, own), eq(successor.supersedes, decisions.id)))
    .where(and(eq(decisions.authorityId, own), condition))
    .orderBy(desc(decisions.decidedAt), desc(decisions.id))
  const rows = await (most === undefined ? query : query.limit(most))
  return rows.map(shown)
}

type Row = { [K in keyof typeof columns]: unknown } & {
  decision: typeof decisions.$inferSelect
  recommendedLevel: string | null
  recommendedResponse: string
  policy: typeof policyVersions.$inferSelect
  agency: string
  supersededBy: string | null
}

function shown({ decision, recommendedLevel, recommendedResponse, policy, agency, supersededBy }: Row): Decision {
  const { level } = decision
  return {
    id: decision.id,
    recommendationId: decision.recommendationId,
    referralId: decision.referralId,
    child: decision.childKey,
    revision: decision.revision,
    sequence: decision.sequence,
    level,
    response: decision.response,
    commonBand: bandOf(policy, level),
    recommendedLevel,
    recommendedResponse,
    departure: decision.departure,
    overrideReason: decision.overrideReason,
    rationale: decision.rationale,
    statutoryReason: decision.statutoryReason,
    decidedBy: {
      accountId: decision.decidedBy,
      displayName: decision.decidedByName,
      role: decision.decidedByRole,
      qualification: decision.decidedByQualification,
    },
    decidedAt: decision.decidedAt,
    supersedes: decision.supersedes,
    supersededBy,
    policy: policy.policyId,
    policyVersion: policy.version,
    agency,
  }
}

function bandOf(policy: typeof policyVersions.$inferSelect, level: string): Decision['commonBand'] {
  const found = compiledPolicy(policy).levels.find(({ code }) => code === level)
  if (!found) throw new Refusal('integrity_violation', `A stored decision has a level that its policy does not have.`)
  return found.common
}

/** @throws Refusal not_found */
export async function getDecisionShown(tx: TenantTx, actor: Actor, id: string): Promise<Decision> {
  const [found] = await select(tx, actor, eq(decisions.id, id), 1)
  if (!found) throw notFound('decision')
  return found
}

/** All decisions of some referrals, newest first: a page bounds the referrals, and none of their decisions is left out. */
export async function decisionsOf(tx: TenantTx, actor: Actor, referralIds: readonly string[]): Promise<Decision[]> {
  if (referralIds.length === 0) return []
  return await select(tx, actor, inArray(decisions.referralId, [...referralIds]))
}

export interface DecisionFilter {
  readonly from?: string | undefined
  readonly to?: string | undefined
  readonly level?: string | undefined
  readonly response?: string | undefined
  readonly overridden?: boolean | undefined
  readonly agency?: string | undefined
  readonly decider?: string | undefined
  readonly referral?: string | undefined
}

/** Newest first, one more than the page shows. */
export async function listDecisionsShown(
  tx: TenantTx,
  actor: Actor,
  filter: DecisionFilter,
  page: { first: number; after: Cursor | undefined },
): Promise<Decision[]> {
  const conditions: (SQL | undefined)[] = []
  if (filter.from !== undefined) conditions.push(gte(decisions.decidedAt, filter.from))
  if (filter.to !== undefined) conditions.push(lt(decisions.decidedAt, filter.to))
  if (filter.level !== undefined) conditions.push(eq(decisions.level, filter.level))
  if (filter.response !== undefined) conditions.push(eq(decisions.response, filter.response))
  if (filter.overridden !== undefined)
    conditions.push(filter.overridden ? ne(decisions.departure, 'none') : eq(decisions.departure, 'none'))
  if (filter.agency !== undefined) conditions.push(eq(referrals.agency, filter.agency))
  if (filter.decider !== undefined) conditions.push(eq(decisions.decidedBy, filter.decider))
  if (filter.referral !== undefined) conditions.push(eq(decisions.referralId, filter.referral))
  if (page.after) {
    const { at, id } = page.after
    conditions.push(or(lt(decisions.decidedAt, at), and(eq(decisions.decidedAt, at), lt(decisions.id, id))))
  }
  return await select(tx, actor, and(...conditions), page.first + 1)
}

/** The decision that stands for a child in a referral; undefined where nobody has decided yet. */
export async function standingDecision(
  tx: TenantTx,
  actor: Actor,
  referralId: string,
  child: string,
): Promise<{ id: string; sequence: number } | undefined> {
  const [last] = await tx
    .select({ id: decisions.id, sequence: decisions.sequence })
    .from(decisions)
    .where(
      and(
        eq(decisions.authorityId, actor.authorityId),
        eq(decisions.referralId, referralId),
        eq(decisions.childKey, child),
      ),
    )
    .orderBy(desc(decisions.sequence))
    .limit(1)
  return last
}
