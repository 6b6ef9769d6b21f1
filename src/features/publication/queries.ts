import { and, desc, eq, inArray, max, sql } from '../../db/drizzle.ts'
import { accounts } from '../../db/tables/accounts.ts'
import { policyReviews } from '../../db/tables/policy-drafts.ts'
import { policyPublications } from '../../db/tables/policy-publications.ts'
import { policyVersions } from '../../db/tables/policy-versions.ts'
import { referrals } from '../../db/tables/referrals.ts'
import { lookingPast, type TenantTx } from '../../db/tenant.ts'

/** Restricted ones as well: what would be done to them has to be rehearsed. */
export async function hasReferrals(tx: TenantTx, authorityId: string): Promise<boolean> {
  const any = tx.select({ id: referrals.id }).from(referrals).where(eq(referrals.authorityId, authorityId)).limit(1)
  return (await lookingPast(tx, async () => await any)).length > 0
}

/** Holds the register until the transaction ends: of two publications one is next, and the other sees it. */
export async function lockRegister(tx: TenantTx, authorityId: string): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`${authorityId}:policy-register`}, 0))`)
}

/** The number of the next publication, from 1. */
export async function nextSequence(tx: TenantTx, authorityId: string): Promise<number> {
  const [row] = await tx
    .select({ last: max(policyPublications.sequence) })
    .from(policyPublications)
    .where(eq(policyPublications.authorityId, authorityId))
  return (row?.last ?? 0) + 1
}

/** Whether these bytes, or other bytes of that name, are published. */
export async function isPublished(
  tx: TenantTx,
  authorityId: string,
  { policyId, version, contentHash }: { policyId: string; version: string; contentHash: string },
): Promise<boolean> {
  const rows = await tx
    .select({ id: policyVersions.id })
    .from(policyVersions)
    .where(
      and(
        eq(policyVersions.authorityId, authorityId),
        sql`(${policyVersions.contentHash} = ${contentHash}
          or (${policyVersions.policyId} = ${policyId} and ${policyVersions.version} = ${version}))`,
      ),
    )
  return rows.length > 0
}

export type ReviewRow = typeof policyReviews.$inferSelect & { readonly reviewerName: string }

/** What was said of some submissions, newest first. */
export async function reviewsOf(
  tx: TenantTx,
  authorityId: string,
  submissionIds: readonly string[],
): Promise<ReviewRow[]> {
  if (submissionIds.length === 0) return []
  const rows = await tx
    .select({ row: policyReviews, reviewerName: accounts.displayName })
    .from(policyReviews)
    .innerJoin(accounts, and(eq(accounts.authorityId, authorityId), eq(accounts.id, policyReviews.reviewedBy)))
    .where(and(eq(policyReviews.authorityId, authorityId), inArray(policyReviews.submissionId, [...submissionIds])))
    .orderBy(desc(policyReviews.reviewedAt), desc(policyReviews.id))
  return rows.map(({ row, reviewerName }) => ({ ...row, reviewerName }))
}
