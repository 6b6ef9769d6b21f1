/** Submissions as they stand: what became of each is derived from what followed it. */
import type { SQL } from 'drizzle-orm'
import { and, desc, eq, getTableColumns, gte, inArray, lt, or, sql } from '../../db/drizzle.ts'
import { accounts } from '../../db/tables/accounts.ts'
import { policySubmissions } from '../../db/tables/policy-drafts.ts'
import type { TenantTx } from '../../db/tenant.ts'
import { notFound } from '../../kernel/errors.ts'
import type { SubmissionState } from './model.ts'
import { type DraftFilter, type Page, stateOf, writtenBy } from './state.ts'

export type SubmissionRow = typeof policySubmissions.$inferSelect & {
  readonly state: SubmissionState
  readonly submitterName: string
}
/** A submission without its documents, which a list has no room for. */
export type SubmissionSummary = Omit<SubmissionRow, 'document' | 'statutoryDocument'>

const submissionState = stateOf(sql.raw('policy_submissions'))

/**
 * A submission with the document that was submitted.
 * @throws Refusal not_found
 */
export async function getSubmission(tx: TenantTx, authorityId: string, id: string): Promise<SubmissionRow> {
  const [found] = await tx
    .select({ row: policySubmissions, state: submissionState, submitterName: accounts.displayName })
    .from(policySubmissions)
    .innerJoin(accounts, and(eq(accounts.authorityId, authorityId), eq(accounts.id, policySubmissions.submittedBy)))
    .where(and(eq(policySubmissions.authorityId, authorityId), eq(policySubmissions.id, id)))
  if (!found) throw notFound('submission')
  return { ...found.row, state: found.state, submitterName: found.submitterName }
}

const { document: _document, statutoryDocument: _pack, ...submissionColumns } = getTableColumns(policySubmissions)

const byTime = [desc(policySubmissions.submittedAt), desc(policySubmissions.id)]

function selectSubmissions(tx: TenantTx, authorityId: string, condition: SQL | undefined, order = byTime) {
  return tx
    .select({ ...submissionColumns, state: submissionState, submitterName: accounts.displayName })
    .from(policySubmissions)
    .innerJoin(accounts, and(eq(accounts.authorityId, authorityId), eq(accounts.id, policySubmissions.submittedBy)))
    .where(and(eq(policySubmissions.authorityId, authorityId), condition))
    .orderBy(...order)
}

/** All submissions of some drafts, newest first. */
export async function submissionsOf(
  tx: TenantTx,
  authorityId: string,
  draftIds: readonly string[],
): Promise<SubmissionSummary[]> {
  if (draftIds.length === 0) return []
  return await selectSubmissions(tx, authorityId, inArray(policySubmissions.draftId, [...draftIds]), [
    desc(policySubmissions.sequence),
  ])
}

/** Some submissions by their ids. */
export async function getSubmissions(
  tx: TenantTx,
  authorityId: string,
  ids: readonly string[],
): Promise<SubmissionSummary[]> {
  if (ids.length === 0) return []
  return await selectSubmissions(tx, authorityId, inArray(policySubmissions.id, [...ids]))
}

/** Newest first, one more than the page shows. */
export async function listSubmissionRows(
  tx: TenantTx,
  authorityId: string,
  filter: DraftFilter,
  { first, after }: Page,
): Promise<SubmissionSummary[]> {
  const { submittedAt, id } = policySubmissions
  const conditions: (SQL | undefined)[] = []
  if (filter.state !== undefined) conditions.push(sql`${submissionState} = ${filter.state}`)
  if (filter.policy !== undefined) conditions.push(eq(policySubmissions.policyId, filter.policy))
  if (filter.author !== undefined) conditions.push(writtenBy('policy_submissions.draft_id', filter.author))
  if (filter.from !== undefined) conditions.push(gte(submittedAt, filter.from))
  if (filter.to !== undefined) conditions.push(lt(submittedAt, filter.to))
  if (after) conditions.push(or(lt(submittedAt, after.at), and(eq(submittedAt, after.at), lt(id, after.id))))
  return await selectSubmissions(tx, authorityId, and(...conditions)).limit(first + 1)
}
