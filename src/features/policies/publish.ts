/** Puts compiled policies into an authority's register: from files at set-up, and from what was submitted. */

import type { Database } from '../../db/connect.ts'
import { and, eq } from '../../db/drizzle.ts'
import { policySources } from '../../db/tables/policy-publications.ts'
import { policyVersions } from '../../db/tables/policy-versions.ts'
import type { TenantTx } from '../../db/tenant.ts'
import { canonical, contentHash, type Policy } from '../../engine/index.ts'
import { appendAudit, insertRecorded, type StoredRecord } from '../../kernel/record.ts'
import type { Making } from '../identity/index.ts'
import { type PolicyTexts, storedFiles } from './files.ts'
import { sourceOf } from './queries.ts'

/** A policy with the files that it was compiled from. */
export interface Sourced {
  readonly policy: Policy
  readonly texts: PolicyTexts
}

/**
 * Publishes once, as set-up does it; a version that is there with the same content is left alone, and its files are kept
 * where they were not yet.
 * @throws Error when the version is there with other content: a published version never changes.
 */
export async function publishFile(
  database: Database,
  authorityId: string,
  { policy, texts }: Sourced,
  making: Making,
): Promise<'published' | 'unchanged'> {
  return await database.withTenant(authorityId, async (tx) => {
    const known = await knownVersion(tx, authorityId, policy)
    const by = { authorityId, accountId: null }
    if (known && known.hash !== policy.hash)
      throw new Error(
        `${policy.id} ${policy.version} is published with other content. A published version never changes: give the file a new version.`,
      )
    if (known) {
      if (await sourceOf(tx, authorityId, known.id)) return 'unchanged'
      const record = await storeSource(tx, { authorityId, versionId: known.id, texts }, making)
      await appendAudit(tx, by, making.now, {
        event: 'policy.source_kept',
        facts: { policy: policy.id, version: policy.version, contentHash: policy.hash },
        records: [record],
      })
      return 'unchanged'
    }
    const effectiveFrom = policy.document.document.effective
    const { records } = await storeVersion(tx, { authorityId, policy, texts, effectiveFrom }, making)
    await appendAudit(tx, by, making.now, {
      event: 'policy.published',
      facts: { policy: policy.id, version: policy.version, contentHash: policy.hash },
      records,
    })
    return 'published'
  })
}

async function knownVersion(tx: TenantTx, authorityId: string, { id, version }: Policy) {
  const [known] = await tx
    .select({ id: policyVersions.id, hash: policyVersions.contentHash })
    .from(policyVersions)
    .where(
      and(
        eq(policyVersions.authorityId, authorityId),
        eq(policyVersions.policyId, id),
        eq(policyVersions.version, version),
      ),
    )
  return known
}

/** Stores a version with its files; the caller has made sure that it may, and records it. */
export async function storeVersion(
  tx: TenantTx,
  { authorityId, policy, texts, effectiveFrom }: Sourced & { authorityId: string; effectiveFrom: string },
  making: Making,
): Promise<{ row: typeof policyVersions.$inferSelect; records: StoredRecord[] }> {
  const { document, pack } = policy
  const { row, record } = await insertRecorded(tx, policyVersions, {
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
    effectiveFrom,
    recordedAt: making.now,
  })
  return { row, records: [record, await storeSource(tx, { authorityId, versionId: row.id, texts }, making)] }
}

async function storeSource(
  tx: TenantTx,
  { authorityId, versionId, texts }: { authorityId: string; versionId: string; texts: PolicyTexts },
  making: Making,
): Promise<StoredRecord> {
  const { record } = await insertRecorded(tx, policySources, {
    authorityId,
    id: making.newId(),
    policyVersionId: versionId,
    ...storedFiles(texts),
    recordedAt: making.now,
  })
  return record
}
