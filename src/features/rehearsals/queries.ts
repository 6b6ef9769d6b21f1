import type { SQL } from 'drizzle-orm'
import { and, asc, desc, eq, gt, gte, isNotNull, lt, or, sql } from '../../db/drizzle.ts'
import { accounts } from '../../db/tables/accounts.ts'
import { policyVersions } from '../../db/tables/policy-versions.ts'
import { rehearsalBatches, rehearsalEvents, rehearsals } from '../../db/tables/rehearsals.ts'
import { lookingPast, type TenantTx } from '../../db/tenant.ts'
import { notFound } from '../../kernel/errors.ts'
import type { Cursor } from '../../kernel/page.ts'
import type { RehearsalState } from './model.ts'

export type RehearsalFacts = typeof rehearsals.$inferSelect

// Columns of the outer row are written out: inside a sub-query drizzle would not qualify them.
const ofRehearsal = (table: SQL): SQL =>
  sql`${table}.authority_id = rehearsals.authority_id and ${table}.rehearsal_id = rehearsals.id`
const lastEvent = (column: string): SQL =>
  sql`(select e.${sql.raw(column)} from rehearsal_events e where ${ofRehearsal(sql.raw('e'))} order by e.sequence desc limit 1)`
const batches = (aggregate: string): SQL =>
  sql`(select ${sql.raw(aggregate)} from rehearsal_batches b where ${ofRehearsal(sql.raw('b'))})`
const listed = (list: string, more: SQL = sql``): SQL =>
  sql`(select count(*)::int from rehearsal_children c where ${ofRehearsal(sql.raw('c'))} and c.list = ${list} ${more})`
const unaccepted = sql`and not exists (select from rehearsal_acceptances a
  where a.authority_id = c.authority_id and a.movement_hash = c.movement_hash)`

/** What follows from the last event, and from whether anything is counted yet. */
const state = sql<RehearsalState>`coalesce(nullif(${lastEvent('kind')}, 'resumed'),
  case when exists (select from rehearsal_batches b where ${ofRehearsal(sql.raw('b'))}) then 'running' else 'queued' end)`

const columns = {
  row: rehearsals,
  state,
  requesterName: accounts.displayName,
  againstPolicy: policyVersions.policyId,
  againstVersion: policyVersions.version,
  done: batches('coalesce(sum(referrals), 0)::int').mapWith(Number),
  startedAt: sql<string | null>`${batches('min(recorded_at)')}`.mapWith(rehearsalBatches.recordedAt),
  lastAt: sql<string | null>`${lastEvent('recorded_at')}`.mapWith(rehearsalEvents.recordedAt),
  failure: sql<string | null>`${lastEvent('reason')}`,
  down: listed('down').mapWith(Number),
  unaccepted: listed('down', unaccepted).mapWith(Number),
  withheld: listed('withheld').mapWith(Number),
  stated: listed('stated').mapWith(Number),
}

/** The counts hold restricted children too: one who would go down, and whom nobody accepted, holds a policy back. */
async function selectRehearsals(tx: TenantTx, authorityId: string, condition: SQL | undefined, most: number) {
  const found = tx
    .select(columns)
    .from(rehearsals)
    .innerJoin(accounts, and(eq(accounts.authorityId, authorityId), eq(accounts.id, rehearsals.requestedBy)))
    .innerJoin(
      policyVersions,
      and(eq(policyVersions.authorityId, authorityId), eq(policyVersions.id, rehearsals.againstVersionId)),
    )
    .where(and(eq(rehearsals.authorityId, authorityId), condition))
    .orderBy(desc(rehearsals.requestedAt), desc(rehearsals.id))
    .limit(most)
  return await lookingPast(tx, async () => await found)
}

export type RehearsalRow = Awaited<ReturnType<typeof selectRehearsals>>[number]

/** @throws Refusal not_found */
export async function getRehearsal(tx: TenantTx, authorityId: string, id: string): Promise<RehearsalRow> {
  const [row] = await selectRehearsals(tx, authorityId, eq(rehearsals.id, id), 1)
  if (!row) throw notFound('rehearsal')
  return row
}

export interface RehearsalFilter {
  readonly state?: RehearsalState | undefined
  readonly contentHash?: string | undefined
  readonly draft?: string | undefined
}

/** Newest first, one more than the page shows. */
export async function listRehearsalRows(
  tx: TenantTx,
  authorityId: string,
  filter: RehearsalFilter,
  { first, after }: { first: number; after: Cursor | undefined },
): Promise<RehearsalRow[]> {
  const { requestedAt, id } = rehearsals
  const conditions: (SQL | undefined)[] = []
  if (filter.state !== undefined) conditions.push(sql`${state} = ${filter.state}`)
  if (filter.contentHash !== undefined) conditions.push(eq(rehearsals.contentHash, filter.contentHash))
  if (filter.draft !== undefined) conditions.push(eq(rehearsals.draftId, filter.draft))
  if (after) conditions.push(or(lt(requestedAt, after.at), and(eq(requestedAt, after.at), lt(id, after.id))))
  return await selectRehearsals(tx, authorityId, and(...conditions), first + 1)
}

/** Rehearsals of these bytes against a version that looked at the whole year before them, asked for since an instant; newest first. */
export async function rehearsalsFor(
  tx: TenantTx,
  authorityId: string,
  { contentHash, against, since }: { contentHash: string; against: string; since: string },
): Promise<RehearsalRow[]> {
  const matches = and(
    eq(rehearsals.contentHash, contentHash),
    eq(rehearsals.againstVersionId, against),
    eq(rehearsals.coversYear, true),
    gte(rehearsals.requestedAt, since),
  )
  return await selectRehearsals(tx, authorityId, matches, GATE_LOOKS_AT)
}

/** More than anybody rehearses of the same bytes in four weeks. */
const GATE_LOOKS_AT = 100

/** What is to be done, the earliest first. */
export async function unfinishedRehearsals(tx: TenantTx, authorityId: string, most: number): Promise<RehearsalFacts[]> {
  return await tx
    .select()
    .from(rehearsals)
    .where(and(eq(rehearsals.authorityId, authorityId), sql`${state} in ('queued', 'running')`))
    .orderBy(asc(rehearsals.requestedAt), asc(rehearsals.id))
    .limit(most)
}

/** Holds the rehearsals of an authority until the transaction ends: one batch, cancellation or resumption after the other. */
export async function lockRehearsals(tx: TenantTx, authorityId: string): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(${lockKey(authorityId)})`)
}

/** The same without waiting; false where somebody else has them. */
export async function tryLockRehearsals(tx: TenantTx, authorityId: string): Promise<boolean> {
  const { rows } = await tx.execute<{ held: boolean }>(
    sql`select pg_try_advisory_xact_lock(${lockKey(authorityId)}) as held`,
  )
  return rows[0]?.held ?? false
}

function lockKey(authorityId: string): SQL {
  return sql`hashtextextended(${`${authorityId}:rehearsals`}, 0)`
}

/** How far a rehearsal has come: its last batch. */
export async function lastBatch(tx: TenantTx, authorityId: string, rehearsalId: string) {
  const { number, lastReceivedAt, lastReferralId } = rehearsalBatches
  const [row] = await tx
    .select({ number, lastReceivedAt, lastReferralId })
    .from(rehearsalBatches)
    .where(and(eq(rehearsalBatches.authorityId, authorityId), eq(rehearsalBatches.rehearsalId, rehearsalId)))
    .orderBy(desc(number))
    .limit(1)
  return row
}

/** Counts of some batches, in order. */
export async function batchCounts(
  tx: TenantTx,
  authorityId: string,
  { rehearsalId, after, most }: { rehearsalId: string; after: number; most: number },
) {
  const { number, referrals: counted, children, counts } = rehearsalBatches
  return await tx
    .select({ number, referrals: counted, children, counts })
    .from(rehearsalBatches)
    .where(
      and(
        eq(rehearsalBatches.authorityId, authorityId),
        eq(rehearsalBatches.rehearsalId, rehearsalId),
        gt(number, after),
      ),
    )
    .orderBy(asc(number))
    .limit(most)
}

/** The number of the next event of a rehearsal. */
export async function nextSequence(tx: TenantTx, authorityId: string, rehearsalId: string): Promise<number> {
  const [row] = await tx
    .select({ last: sql<number>`coalesce(max(${rehearsalEvents.sequence}), 0)::int` })
    .from(rehearsalEvents)
    .where(and(eq(rehearsalEvents.authorityId, authorityId), eq(rehearsalEvents.rehearsalId, rehearsalId)))
  return (row?.last ?? 0) + 1
}

/** What was counted in all; undefined until the rehearsal is completed. */
export async function resultOf(tx: TenantTx, authorityId: string, rehearsalId: string): Promise<string | undefined> {
  const { result, kind } = rehearsalEvents
  const [row] = await tx
    .select({ result })
    .from(rehearsalEvents)
    .where(
      and(
        eq(rehearsalEvents.authorityId, authorityId),
        eq(rehearsalEvents.rehearsalId, rehearsalId),
        eq(kind, 'completed'),
        isNotNull(result),
      ),
    )
  return row?.result ?? undefined
}
