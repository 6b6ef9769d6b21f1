import type { SQL } from 'drizzle-orm'
import { and, desc, eq, gte, inArray, lt, or, sql } from '../../db/drizzle.ts'
import { policySources } from '../../db/tables/policy-publications.ts'
import { policyVersions } from '../../db/tables/policy-versions.ts'
import type { TenantTx } from '../../db/tenant.ts'
import { notFound } from '../../kernel/errors.ts'
import type { Cursor } from '../../kernel/page.ts'
import { registerOf } from './register.ts'
import { appliesOn } from './timeline.ts'

export type PolicyRow = typeof policyVersions.$inferSelect

/** The version that applies on a day to a referral received on a day; on the same day where none is given. */
export async function versionInForce(
  tx: TenantTx,
  authorityId: string,
  on: string,
  receivedOn = on,
): Promise<PolicyRow | undefined> {
  const applies = appliesOn(await registerOf(tx, authorityId), { on, receivedOn })
  return applies && (await getVersion(tx, authorityId, { id: applies.id }))
}

/** @throws Refusal not_found */
export async function getVersion(
  tx: TenantTx,
  authorityId: string,
  by: { policy: string; version: string } | { id: string },
): Promise<PolicyRow> {
  const match =
    'id' in by
      ? eq(policyVersions.id, by.id)
      : and(eq(policyVersions.policyId, by.policy), eq(policyVersions.version, by.version))
  const [row] = await tx
    .select()
    .from(policyVersions)
    .where(and(eq(policyVersions.authorityId, authorityId), match))
  if (!row) throw notFound('policy version')
  return row
}

export interface VersionFilter {
  /** Only these. */
  readonly ids?: readonly string[] | undefined
  readonly policy?: string | undefined
  readonly author?: string | undefined
  readonly from?: string | undefined
  readonly to?: string | undefined
}

/** That account wrote some revision of the draft which the version was. */
function writtenBy(author: string): SQL {
  return sql`exists (select from policy_publications p
    join policy_submissions s on s.authority_id = p.authority_id and s.id = p.submission_id
    join policy_draft_revisions w on w.authority_id = s.authority_id and w.draft_id = s.draft_id
    where p.authority_id = policy_versions.authority_id and p.policy_version_id = policy_versions.id
      and w.recorded_by = ${author})`
}

/** Newest first, one more than the page shows. */
export async function listVersions(
  tx: TenantTx,
  authorityId: string,
  filter: VersionFilter,
  page: { first: number; after: Cursor | undefined },
): Promise<PolicyRow[]> {
  const { recordedAt, id } = policyVersions
  const conditions: (SQL | undefined)[] = [eq(policyVersions.authorityId, authorityId)]
  if (filter.ids !== undefined) conditions.push(inArray(id, [...filter.ids]))
  if (filter.policy !== undefined) conditions.push(eq(policyVersions.policyId, filter.policy))
  if (filter.author !== undefined) conditions.push(writtenBy(filter.author))
  if (filter.from !== undefined) conditions.push(gte(recordedAt, filter.from))
  if (filter.to !== undefined) conditions.push(lt(recordedAt, filter.to))
  if (page.after)
    conditions.push(or(lt(recordedAt, page.after.at), and(eq(recordedAt, page.after.at), lt(id, page.after.id))))
  return await tx
    .select()
    .from(policyVersions)
    .where(and(...conditions))
    .orderBy(desc(policyVersions.recordedAt), desc(policyVersions.id))
    .limit(page.first + 1)
}

/** The files of a version; undefined for one that was provided before files were kept. */
export async function sourceOf(
  tx: TenantTx,
  authorityId: string,
  versionId: string,
): Promise<typeof policySources.$inferSelect | undefined> {
  const [row] = await tx
    .select()
    .from(policySources)
    .where(and(eq(policySources.authorityId, authorityId), eq(policySources.policyVersionId, versionId)))
  return row
}
