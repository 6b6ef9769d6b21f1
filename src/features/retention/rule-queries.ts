import type { SQL } from 'drizzle-orm'
import { and, desc, eq, lt, or, sql } from '../../db/drizzle.ts'
import { accounts } from '../../db/tables/accounts.ts'
import { retentionRules } from '../../db/tables/retention.ts'
import type { TenantTx } from '../../db/tenant.ts'
import type { Actor } from '../../kernel/actor.ts'
import { notFound } from '../../kernel/errors.ts'
import type { Cursor } from '../../kernel/page.ts'
import type { RetentionRule } from './model.ts'
import type { Rule } from './rules.ts'

/** Columns of the outer row are written out: inside a sub-query drizzle would not qualify them. */
const isLatest = sql<boolean>`not exists (
  select from retention_rules later
  where later.authority_id = retention_rules.authority_id and later.code = retention_rules.code
    and later.sequence > retention_rules.sequence)`

/** The rules that stand. */
export async function currentRules(tx: TenantTx, authorityId: string): Promise<Rule[]> {
  return await tx
    .select()
    .from(retentionRules)
    .where(and(eq(retentionRules.authorityId, authorityId), eq(retentionRules.withdrawn, false), isLatest))
    .orderBy(retentionRules.code)
}

async function select(tx: TenantTx, { authorityId }: Actor, condition: SQL | undefined, most: number) {
  return await tx
    .select({ row: retentionRules, isLatest, name: accounts.displayName })
    .from(retentionRules)
    .innerJoin(accounts, and(eq(accounts.authorityId, authorityId), eq(accounts.id, retentionRules.recordedBy)))
    .where(and(eq(retentionRules.authorityId, authorityId), condition))
    .orderBy(desc(retentionRules.recordedAt), desc(retentionRules.id))
    .limit(most)
}

/** Newest first, one more than the page shows. */
export async function listRuleRows(
  tx: TenantTx,
  actor: Actor,
  { current }: { current: boolean | undefined },
  { first, after }: { first: number; after: Cursor | undefined },
): Promise<RetentionRule[]> {
  const { recordedAt, id } = retentionRules
  const stands = sql`(${isLatest} and not ${retentionRules.withdrawn})`
  const conditions: (SQL | undefined)[] = []
  if (current !== undefined) conditions.push(current ? stands : sql`not ${stands}`)
  if (after) conditions.push(or(lt(recordedAt, after.at), and(eq(recordedAt, after.at), lt(id, after.id))))
  return (await select(tx, actor, and(...conditions), first + 1)).map(shown)
}

/** @throws Refusal not_found */
export async function getRule(tx: TenantTx, actor: Actor, id: string): Promise<RetentionRule> {
  const [found] = await select(tx, actor, eq(retentionRules.id, id), 1)
  if (!found) throw notFound('retention rule')
  return shown(found)
}

/** The sequence of the next rule of a code. */
export async function nextSequence(tx: TenantTx, { authorityId }: Actor, code: string): Promise<number> {
  const own = and(eq(retentionRules.authorityId, authorityId), eq(retentionRules.code, code))
  return (await tx.$count(retentionRules, own)) + 1
}

function shown({ row, isLatest: latest, name }: Awaited<ReturnType<typeof select>>[number]): RetentionRule {
  const { authorityId: _, withdrawn, recordedBy, ...rest } = row
  return {
    ...rest,
    isWithdrawn: withdrawn,
    isCurrent: latest && !withdrawn,
    recordedBy: { accountId: recordedBy, displayName: name },
  }
}
