/** The register of an authority: of each published version when it applies, on whose approval, and what followed. */
import { alias, and, eq } from '../../db/drizzle.ts'
import { policyReviews } from '../../db/tables/policy-drafts.ts'
import { policyPublications, policyRetirements } from '../../db/tables/policy-publications.ts'
import { policyVersions } from '../../db/tables/policy-versions.ts'
import type { TenantTx } from '../../db/tenant.ts'
import type { VersionFacts } from './timeline.ts'

/** How the second pair of eyes stands: `provided` at set-up; of a hotfix awaited, overdue, or refused after the event. */
export const APPROVALS = ['provided', 'approved', 'awaited', 'overdue', 'refused'] as const
export type Approval = (typeof APPROVALS)[number]

/** A hotfix is approved afterwards, within this many hours of its publication. */
export const HOTFIX_APPROVAL_HOURS = 24

export interface RegisteredVersion extends VersionFacts {
  readonly policyId: string
  readonly version: string
  readonly supersedes: string | null
  readonly publication: { readonly submissionId: string; readonly at: string; readonly by: string } | null
  readonly isApproved: boolean
  readonly isRefused: boolean
}

const approvals = alias(policyReviews, 'approvals')
const rejections = alias(policyReviews, 'rejections')

const reviewed = (reviews: typeof approvals | typeof rejections, outcome: 'approved' | 'rejected') =>
  and(
    eq(reviews.authorityId, policyPublications.authorityId),
    eq(reviews.submissionId, policyPublications.submissionId),
    eq(reviews.outcome, outcome),
  )

/** Every version of an authority without its document. There are as many as there were publications: tens, not thousands. */
export async function registerOf(tx: TenantTx, authorityId: string): Promise<RegisteredVersion[]> {
  const ofVersion = (table: typeof policyPublications | typeof policyRetirements) =>
    and(eq(table.authorityId, policyVersions.authorityId), eq(table.policyVersionId, policyVersions.id))
  const rows = await tx
    .select({
      id: policyVersions.id,
      policyId: policyVersions.policyId,
      version: policyVersions.version,
      effectiveFrom: policyVersions.effectiveFrom,
      recordedAt: policyVersions.recordedAt,
      publication: policyPublications,
      retirement: policyRetirements,
      approvalId: approvals.id,
      rejectionId: rejections.id,
    })
    .from(policyVersions)
    .leftJoin(policyPublications, ofVersion(policyPublications))
    .leftJoin(policyRetirements, ofVersion(policyRetirements))
    .leftJoin(approvals, reviewed(approvals, 'approved'))
    .leftJoin(rejections, reviewed(rejections, 'rejected'))
    .where(eq(policyVersions.authorityId, authorityId))
  return rows.map(({ publication, retirement, approvalId, rejectionId, ...version }) => ({
    ...version,
    retirement: retirement && { from: retirement.retiredFrom, at: retirement.retiredAt },
    isHotfix: publication?.kind === 'hotfix',
    legacyUntil: publication?.legacyUntil ?? null,
    supersedes: publication?.supersedes ?? null,
    publication: publication && {
      submissionId: publication.submissionId,
      at: publication.publishedAt,
      by: publication.publishedBy,
    },
    isApproved: approvalId !== null,
    isRefused: rejectionId !== null,
  }))
}

export function approvalOf(version: RegisteredVersion, now: string): Approval {
  if (version.publication === null) return 'provided'
  if (version.isRefused) return 'refused'
  if (version.isApproved) return 'approved'
  return now <= (approvalDueAt(version) ?? now) ? 'awaited' : 'overdue'
}

/** By when a hotfix has to be approved; null where nothing is awaited. */
export function approvalDueAt({ publication, isHotfix, isApproved, isRefused }: RegisteredVersion): string | null {
  if (publication === null || !isHotfix || isApproved || isRefused) return null
  return new Date(Date.parse(publication.at) + HOTFIX_APPROVAL_HOURS * 3_600_000).toISOString()
}
