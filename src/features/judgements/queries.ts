import type { SQL } from 'drizzle-orm'
import { and, asc, eq, inArray } from '../../db/drizzle.ts'
import { judgements } from '../../db/tables/front-door.ts'
import { policyVersions } from '../../db/tables/policy-versions.ts'
import type { TenantTx } from '../../db/tenant.ts'
import type { Actor } from '../../kernel/actor.ts'
import { Refusal } from '../../kernel/errors.ts'
import { compiledPolicy, type PolicyRow } from '../policies/index.ts'
import type { Judgement } from './model.ts'
import type { Subject } from './sight.ts'

export type JudgementRow = typeof judgements.$inferSelect

async function select(tx: TenantTx, actor: Actor, condition: SQL | undefined): Promise<Judgement[]> {
  const rows = await tx
    .select({ row: judgements, policy: policyVersions })
    .from(judgements)
    .innerJoin(
      policyVersions,
      and(eq(policyVersions.authorityId, actor.authorityId), eq(policyVersions.id, judgements.policyVersionId)),
    )
    .where(and(eq(judgements.authorityId, actor.authorityId), condition))
    .orderBy(asc(judgements.judgedAt), asc(judgements.id))
  return rows.map(shown)
}

function shown({ row, policy }: { row: JudgementRow; policy: PolicyRow }): Judgement {
  const level = compiledPolicy(policy).levels.find(({ code }) => code === row.level)
  if (!level) throw new Refusal('integrity_violation', 'A stored judgement has a level that its policy does not have.')
  return {
    id: row.id,
    referralId: row.referralId,
    child: row.childKey,
    revision: row.revision,
    purpose: row.purpose,
    decisionId: row.decisionId,
    level: row.level,
    commonBand: level.common,
    response: row.response,
    indicators: row.indicators,
    reasons: row.reasons,
    judgedBy: {
      accountId: row.judgedBy,
      displayName: row.judgedByName,
      qualification: row.judgedByQualification,
    },
    judgedAt: row.judgedAt,
  }
}

/** In the order in which they were written down. */
export async function judgementsOf(tx: TenantTx, actor: Actor, referralIds: readonly string[]): Promise<Judgement[]> {
  if (referralIds.length === 0) return []
  return await select(tx, actor, inArray(judgements.referralId, [...referralIds]))
}

export async function judgementsById(tx: TenantTx, actor: Actor, ids: readonly string[]): Promise<Judgement[]> {
  return await select(tx, actor, inArray(judgements.id, [...ids]))
}

/** What the actor wrote down about a child in a revision; undefined where they have not yet. */
export async function ownJudgement(
  tx: TenantTx,
  actor: Actor,
  { referralId, childKey, revision }: Subject,
): Promise<JudgementRow | undefined> {
  const [row] = await tx
    .select()
    .from(judgements)
    .where(
      and(
        eq(judgements.authorityId, actor.authorityId),
        eq(judgements.referralId, referralId),
        eq(judgements.childKey, childKey),
        eq(judgements.revision, revision),
        eq(judgements.judgedBy, actor.accountId),
      ),
    )
  return row
}
