import { and, desc, eq, lt, lte, or, type SQL } from 'drizzle-orm'
import { policySources } from '../../db/tables/policy-publications.ts'
import { policyVersions } from '../../db/tables/policy-versions.ts'
import type { TenantTx } from '../../db/tenant.ts'
import { notFound } from '../../kernel/errors.ts'
import type { Cursor } from '../../kernel/page.ts'

export type PolicyRow = typeof policyVersions.$inferSelect

/** The version that applies on a date: of those in effect the one that took effect last. */
export async function versionInForce(tx: TenantTx, authorityId: string, on: string): Promise<PolicyRow | undefined> {
  const [row] = await tx
    .select()
    .from(policyVersions)
    .where(and(eq(policyVersions.authorityId, authorityId), lte(policyVersions.effectiveFrom, on)))
    .orderBy(desc(policyVersions.effectiveFrom), desc(policyVersions.recordedAt), desc(policyVersions.id))
    .limit(1)
  return row
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

/** Newest first. */
export async function listVersions(
  tx: TenantTx,
  authorityId: string,
  page: { first: number; after: Cursor | undefined; policy: string | undefined },
): Promise<PolicyRow[]> {
  const conditions: (SQL | undefined)[] = [eq(policyVersions.authorityId, authorityId)]
  if (page.policy !== undefined) conditions.push(eq(policyVersions.policyId, page.policy))
  if (page.after) {
    const { at, id } = page.after
    conditions.push(
      or(lt(policyVersions.recordedAt, at), and(eq(policyVersions.recordedAt, at), lt(policyVersions.id, id))),
    )
  }
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
