import type { SQL } from 'drizzle-orm'
import { alias, and, asc, desc, eq, gte, inArray, isNotNull, isNull, lt, or, sql } from '../../db/drizzle.ts'
import { escalationSteps, escalations } from '../../db/tables/escalations.ts'
import { policyVersions } from '../../db/tables/policy-versions.ts'
import type { TenantTx } from '../../db/tenant.ts'
import { type Actor, hasRole } from '../../kernel/actor.ts'
import { notFound } from '../../kernel/errors.ts'
import type { Cursor } from '../../kernel/page.ts'
import type { PolicyRow } from '../policies/index.ts'
import { type EscalationState, stateSql } from './state.ts'

export type EscalationFacts = typeof escalations.$inferSelect
export type StepRow = typeof escalationSteps.$inferSelect

/** A challenge with the stage at which it is, and what came of it there. */
export interface EscalationRow {
  readonly row: EscalationFacts
  readonly policy: PolicyRow
  readonly standing: StepRow
  /** The answer at this stage. */
  readonly answer: StepRow | null
  readonly ending: StepRow | null
  readonly state: EscalationState
}

export const standing = alias(escalationSteps, 'standing')
export const answer = alias(escalationSteps, 'answer')
export const ending = alias(escalationSteps, 'ending')

/** What joins a challenge to the stage at which it is, to the answer there, and to its end. */
export function joinsOf(authorityId: string) {
  // A stage is entered once and only upwards, so the highest is the one at which it is.
  const highest = sql`(select max(s.stage) from escalation_steps s
    where s.authority_id = ${authorityId} and s.escalation_id = escalations.id and s.due_at is not null)`
  const own = (step: typeof standing | typeof answer | typeof ending) =>
    and(eq(step.authorityId, authorityId), eq(step.escalationId, escalations.id))
  return {
    standing: and(own(standing), isNotNull(standing.dueAt), eq(standing.stage, highest)),
    answer: and(own(answer), eq(answer.kind, 'answered'), eq(answer.stage, standing.stage)),
    ending: and(own(ending), inArray(ending.kind, ['closed', 'withdrawn'])),
  }
}

/** Those who see every challenge; others see those that they raised. */
const READERS = ['system', 'screener', 'supervisor', 'panel_member', 'auditor'] as const

export function seesAll(actor: Actor): boolean {
  return hasRole(actor, ...READERS)
}

interface At {
  readonly tx: TenantTx
  readonly authorityId: string
  /** RFC 3339 in UTC; states are as of then. */
  readonly now: string
}

async function select({ tx, authorityId: of, now }: At, condition: SQL | undefined, most?: number) {
  const joins = joinsOf(of)
  const query = tx
    .select({ row: escalations, policy: policyVersions, standing, answer, ending, state: stateSql(now) })
    .from(escalations)
    .innerJoin(
      policyVersions,
      and(eq(policyVersions.authorityId, of), eq(policyVersions.id, escalations.policyVersionId)),
    )
    .innerJoin(standing, joins.standing)
    .leftJoin(answer, joins.answer)
    .leftJoin(ending, joins.ending)
    .where(and(eq(escalations.authorityId, of), condition))
    .orderBy(desc(escalations.raisedAt), desc(escalations.id))
  const rows: EscalationRow[] = await (most === undefined ? query : query.limit(most))
  return rows
}

/** One challenge whoever asks; undefined where there is none. */
export async function escalationRow(at: At, id: string): Promise<EscalationRow | undefined> {
  const [found] = await select(at, eq(escalations.id, id), 1)
  return found
}

function visible(actor: Actor): SQL | undefined {
  return seesAll(actor) ? undefined : eq(escalations.raisedBy, actor.accountId)
}

/** @throws Refusal not_found, alike for what does not exist and for what is not for this caller. */
export async function getEscalationRow(tx: TenantTx, actor: Actor, now: string, id: string): Promise<EscalationRow> {
  const at = { tx, authorityId: actor.authorityId, now }
  const [found] = await select(at, and(eq(escalations.id, id), visible(actor)), 1)
  if (!found) throw notFound('escalation')
  return found
}

export interface EscalationFilter {
  readonly state?: EscalationState | undefined
  readonly stage?: number | undefined
  readonly missed?: boolean | undefined
  readonly referrals?: readonly string[] | undefined
  readonly agency?: string | undefined
  readonly from?: string | undefined
  readonly to?: string | undefined
}

/** Newest first; one more than the page shows, or all where no page is given. */
export async function listEscalationRows(
  { tx, actor, now }: { tx: TenantTx; actor: Actor; now: string },
  filter: EscalationFilter,
  page?: { first: number; after: Cursor | undefined },
): Promise<EscalationRow[]> {
  const { state, stage, missed, referrals, agency, from, to } = filter
  const conditions: (SQL | undefined)[] = [visible(actor)]
  if (state !== undefined) conditions.push(sql`${stateSql(now)} = ${state}`)
  if (stage !== undefined) conditions.push(eq(standing.stage, stage))
  if (missed !== undefined) conditions.push(sql`${missedSql(now)} = ${missed}`)
  if (referrals !== undefined) conditions.push(inArray(escalations.referralId, [...referrals]))
  if (agency !== undefined) conditions.push(eq(escalations.agency, agency))
  if (from !== undefined) conditions.push(gte(escalations.raisedAt, from))
  if (to !== undefined) conditions.push(lt(escalations.raisedAt, to))
  if (page?.after) {
    const { at, id } = page.after
    conditions.push(or(lt(escalations.raisedAt, at), and(eq(escalations.raisedAt, at), lt(escalations.id, id))))
  }
  return await select({ tx, authorityId: actor.authorityId, now }, and(...conditions), page && page.first + 1)
}

/** Whether at some stage nobody answered in time. */
function missedSql(now: string): SQL {
  return sql`(${stateSql(now)} = 'overdue' or exists (
    select from escalation_steps s
    where s.authority_id = escalations.authority_id and s.escalation_id = escalations.id
      and s.acted_by is null))`
}

/** What happened to some challenges, first to last. */
export async function stepsOf(
  tx: TenantTx,
  { authorityId }: Pick<Actor, 'authorityId'>,
  ids: readonly string[],
): Promise<StepRow[]> {
  if (ids.length === 0) return []
  return await tx
    .select()
    .from(escalationSteps)
    .where(and(eq(escalationSteps.authorityId, authorityId), inArray(escalationSteps.escalationId, [...ids])))
    .orderBy(escalationSteps.sequence)
}

/** Holds a challenge until the transaction ends, so that no two things happen to it at once. */
export async function lockEscalation(tx: TenantTx, authorityId: string, id: string): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(${lockKey(authorityId, id)})`)
}

/** The same without waiting; false where somebody else holds it. */
export async function tryLockEscalation(tx: TenantTx, authorityId: string, id: string): Promise<boolean> {
  const { rows } = await tx.execute<{ held: boolean }>(
    sql`select pg_try_advisory_xact_lock(${lockKey(authorityId, id)}) as held`,
  )
  return rows[0]?.held === true
}

function lockKey(authorityId: string, id: string): SQL {
  return sql`hashtextextended(${`${authorityId}:escalation:${id}`}, 0)`
}

/** The number of the next step; the caller holds the lock. */
export async function nextSequence(tx: TenantTx, authorityId: string, escalationId: string): Promise<number> {
  const [last] = await tx
    .select({ sequence: escalationSteps.sequence })
    .from(escalationSteps)
    .where(and(eq(escalationSteps.authorityId, authorityId), eq(escalationSteps.escalationId, escalationId)))
    .orderBy(desc(escalationSteps.sequence))
    .limit(1)
  return (last?.sequence ?? 0) + 1
}

/** Challenges at a stage where nobody answered in time and nothing was done about it; the longest overdue first. */
export async function overdueIds(tx: TenantTx, authorityId: string, now: string, most: number): Promise<string[]> {
  const later = alias(escalationSteps, 'later')
  const rows = await tx
    .select({ id: standing.escalationId })
    .from(standing)
    .leftJoin(
      later,
      and(
        eq(later.authorityId, authorityId),
        eq(later.escalationId, standing.escalationId),
        sql`${later.sequence} > ${standing.sequence}`,
      ),
    )
    .where(and(eq(standing.authorityId, authorityId), sql`${standing.dueAt} <= ${now}::timestamptz`, isNull(later.id)))
    .orderBy(asc(standing.dueAt), asc(standing.id))
    .limit(most)
  return rows.map(({ id }) => id)
}
