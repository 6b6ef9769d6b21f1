/** Puts a compiled policy file into an authority's register. Who may, and after which checks, comes with the lifecycle. */
import { and, eq } from 'drizzle-orm'
import type { Database } from '../../db/connect.ts'
import { policyVersions } from '../../db/tables/policy-versions.ts'
import { canonical, contentHash, type Policy } from '../../engine/index.ts'
import { appendAudit, insertRecorded } from '../../kernel/record.ts'
import type { Making } from '../identity/index.ts'

/**
 * Publishes once; a version that is there with the same content is left alone.
 * @throws Error when the version is there with other content: a published version never changes.
 */
export async function publishFile(
  database: Database,
  authorityId: string,
  policy: Policy,
  making: Making,
): Promise<'published' | 'unchanged'> {
  return await database.withTenant(authorityId, async (tx) => {
    const [known] = await tx
      .select({ hash: policyVersions.contentHash })
      .from(policyVersions)
      .where(
        and(
          eq(policyVersions.authorityId, authorityId),
          eq(policyVersions.policyId, policy.id),
          eq(policyVersions.version, policy.version),
        ),
      )
    if (known?.hash === policy.hash) return 'unchanged'
    if (known)
      throw new Error(
        `${policy.id} ${policy.version} is published with other content. A published version never changes: give the file a new version.`,
      )
    const { document, pack } = policy
    const { record } = await insertRecorded(tx, policyVersions, {
      authorityId,
      id: making.newId(),
      policyId: policy.id,
      version: policy.version,
      title: document.document.title,
      contentHash: policy.hash,
      document: canonical(document),
      statutoryId: policy.statutory.id,
      statutoryVersion: policy.statutory.version,
      statutoryHash: contentHash(pack),
      statutoryDocument: canonical(pack),
      effectiveFrom: document.document.effective,
      recordedAt: making.now,
    })
    await appendAudit(tx, { authorityId, accountId: null }, making.now, {
      event: 'policy.published',
      facts: { policy: policy.id, version: policy.version, contentHash: policy.hash },
      records: [record],
    })
    return 'published'
  })
}
