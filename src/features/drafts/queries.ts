import type { SQL } from 'drizzle-orm'
import { and, desc, eq, getTableColumns, gte, inArray, lt, or, sql } from '../../db/drizzle.ts'
import { accounts } from '../../db/tables/accounts.ts'
import { policyDraftRevisions, policyDrafts } from '../../db/tables/policy-drafts.ts'
import type { TenantTx } from '../../db/tenant.ts'
import { notFound } from '../../kernel/errors.ts'
import type { SubmissionState } from './model.ts'
import { type DraftFilter, type Page, stateOf, writtenBy } from './state.ts'

export type DraftRevisionRow = typeof policyDraftRevisions.$inferSelect
/** What became of the last submission of a draft, unless it was revised since. */
const draftState = sql<Exclude<SubmissionState, 'void'> | 'draft'>`coalesce(nullif((
  select ${stateOf(sql.raw('last'))} from policy_submissions last
  where last.authority_id = policy_drafts.authority_id and last.draft_id = policy_drafts.id
  order by last.sequence desc limit 1), 'void'), 'draft')`

/** @throws Refusal not_found */
export async function getDraftRow(tx: TenantTx, authorityId: string, id: string): Promise<DraftRow> {
  const [row] = await selectDrafts(tx, authorityId, eq(policyDrafts.id, id), 1)
  if (!row) throw notFound('draft')
  return row
}

export type DraftRow = Awaited<ReturnType<typeof selectDrafts>>[number]

const { files: _files, ...revisionColumns } = getTableColumns(policyDraftRevisions)
/** A revision without its files, with the name of its author. */
export type RevisionSummary = Omit<DraftRevisionRow, 'files'> & {
  readonly authorName: string
}

const isLatest = sql`${policyDraftRevisions.revision} = (select max(newest.revision) from policy_draft_revisions newest
  where newest.authority_id = ${policyDrafts.authorityId} and newest.draft_id = ${policyDrafts.id})`

async function selectDrafts(tx: TenantTx, authorityId: string, condition: SQL | undefined, most: number) {
  const creator = tx.$with('creator').as(tx.select().from(accounts).where(eq(accounts.authorityId, authorityId)))
  return await tx
    .with(creator)
    .select({
      draft: policyDrafts,
      state: draftState,
      creatorName: creator.displayName,
      latest: { ...revisionColumns, authorName: accounts.displayName },
    })
    .from(policyDrafts)
    .innerJoin(creator, eq(creator.id, policyDrafts.createdBy))
    .innerJoin(
      policyDraftRevisions,
      and(
        eq(policyDraftRevisions.authorityId, authorityId),
        eq(policyDraftRevisions.draftId, policyDrafts.id),
        isLatest,
      ),
    )
    .innerJoin(accounts, and(eq(accounts.authorityId, authorityId), eq(accounts.id, policyDraftRevisions.recordedBy)))
    .where(and(eq(policyDrafts.authorityId, authorityId), condition))
    .orderBy(desc(policyDrafts.createdAt), desc(policyDrafts.id))
    .limit(most)
}

/** Newest first, one more than the page shows. */
export async function listDraftRows(
  tx: TenantTx,
  authorityId: string,
  filter: DraftFilter,
  { first, after }: Page,
): Promise<DraftRow[]> {
  const { createdAt, id } = policyDrafts
  const conditions: (SQL | undefined)[] = []
  if (filter.state !== undefined) conditions.push(sql`${draftState} = ${filter.state}`)
  if (filter.policy !== undefined) conditions.push(eq(policyDraftRevisions.policyId, filter.policy))
  if (filter.author !== undefined) conditions.push(writtenBy('policy_drafts.id', filter.author))
  if (filter.from !== undefined) conditions.push(gte(createdAt, filter.from))
  if (filter.to !== undefined) conditions.push(lt(createdAt, filter.to))
  if (after) conditions.push(or(lt(createdAt, after.at), and(eq(createdAt, after.at), lt(id, after.id))))
  return await selectDrafts(tx, authorityId, and(...conditions), first + 1)
}

/**
 * A revision of a draft with its files; the latest where none is named.
 * @throws Refusal not_found
 */
export async function getDraftRevision(
  tx: TenantTx,
  authorityId: string,
  { draftId, revision }: { draftId: string; revision?: number | undefined },
): Promise<DraftRevisionRow & { readonly authorName: string }> {
  const [found] = await tx
    .select({ row: policyDraftRevisions, authorName: accounts.displayName })
    .from(policyDraftRevisions)
    .innerJoin(accounts, and(eq(accounts.authorityId, authorityId), eq(accounts.id, policyDraftRevisions.recordedBy)))
    .where(
      and(
        eq(policyDraftRevisions.authorityId, authorityId),
        eq(policyDraftRevisions.draftId, draftId),
        revision === undefined ? undefined : eq(policyDraftRevisions.revision, revision),
      ),
    )
    .orderBy(desc(policyDraftRevisions.revision))
    .limit(1)
  if (!found) throw notFound('draft')
  return { ...found.row, authorName: found.authorName }
}

/** Every revision of some drafts, first to last. */
export async function listDraftRevisions(
  tx: TenantTx,
  authorityId: string,
  draftIds: readonly string[],
): Promise<RevisionSummary[]> {
  if (draftIds.length === 0) return []
  return await tx
    .select({ ...revisionColumns, authorName: accounts.displayName })
    .from(policyDraftRevisions)
    .innerJoin(accounts, and(eq(accounts.authorityId, authorityId), eq(accounts.id, policyDraftRevisions.recordedBy)))
    .where(and(eq(policyDraftRevisions.authorityId, authorityId), inArray(policyDraftRevisions.draftId, [...draftIds])))
    .orderBy(policyDraftRevisions.revision)
}

/** Accounts that wrote any revision of a draft. */
export async function authorsOf(tx: TenantTx, authorityId: string, draftId: string): Promise<Set<string>> {
  const rows = await tx
    .selectDistinct({ author: policyDraftRevisions.recordedBy })
    .from(policyDraftRevisions)
    .where(and(eq(policyDraftRevisions.authorityId, authorityId), eq(policyDraftRevisions.draftId, draftId)))
  return new Set(rows.map(({ author }) => author))
}

/** Holds a draft until the transaction ends: its revisions, submissions and reviews come one after the other. */
export async function lockDraft(tx: TenantTx, authorityId: string, draftId: string): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`${authorityId}:draft:${draftId}`}, 0))`)
}
