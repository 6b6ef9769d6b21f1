/** The two policies of a rehearsal, and the cases of the one that is rehearsed. */
import type { TenantTx } from '../../db/tenant.ts'
import type { Policy } from '../../engine/index.ts'
import { type Comparison, comparisonOf } from '../../engine/rehearsal/compare.ts'
import { Refusal } from '../../kernel/errors.ts'
import { draftPolicy, getDraftRevision } from '../drafts/index.ts'
import { compiledPolicy, filesOf, getVersion, sourceOf } from '../policies/index.ts'
import type { RehearsalFacts } from './queries.ts'

/** A draft's revision or a published version. */
export type Named =
  | { readonly draftId: string; readonly revision: number | undefined }
  | { readonly policy: string; readonly version: string }
  | { readonly versionId: string }

export interface Candidate {
  readonly draftId: string | null
  readonly revision: number | null
  readonly versionId: string | null
  readonly policy: Policy
}

/**
 * What is rehearsed.
 * @throws Refusal not_found; policy_has_errors for a draft that cannot be scored with
 */
export async function candidateOf(tx: TenantTx, authorityId: string, named: Named): Promise<Candidate> {
  if ('draftId' in named) {
    const row = await getDraftRevision(tx, authorityId, named)
    return { draftId: row.draftId, revision: row.revision, versionId: null, policy: draftPolicy(row) }
  }
  const by = 'versionId' in named ? { id: named.versionId } : named
  const row = await getVersion(tx, authorityId, by)
  return { draftId: null, revision: null, versionId: row.id, policy: compiledPolicy(row) }
}

/**
 * Both policies of a rehearsal, as they were when it was asked for.
 * @throws Refusal integrity_violation when a draft no longer compiles to the bytes that the rehearsal is bound to
 */
export async function comparisonFor(tx: TenantTx, rehearsal: RehearsalFacts): Promise<Comparison> {
  const { authorityId, againstVersionId } = rehearsal
  const { policy } = await candidateOf(tx, authorityId, namedBy(rehearsal))
  if (policy.hash !== rehearsal.contentHash || policy.statutory.hash !== rehearsal.statutoryHash)
    throw new Refusal(
      'integrity_violation',
      `The policy of the rehearsal ${rehearsal.id} is not the one that it names.`,
    )
  return comparisonOf(compiledPolicy(await getVersion(tx, authorityId, { id: againstVersionId })), policy)
}

function namedBy({ draftId, revision, versionId }: RehearsalFacts): Named {
  return draftId === null ? { versionId: versionId ?? '' } : { draftId, revision: revision ?? undefined }
}

/** The text of the worked examples of what is rehearsed; null where it has none. */
export async function casesTextOf(tx: TenantTx, rehearsal: RehearsalFacts): Promise<string | null> {
  const { authorityId, draftId, revision, versionId } = rehearsal
  if (draftId !== null)
    return filesOf(await getDraftRevision(tx, authorityId, { draftId, revision: revision ?? undefined })).cases
  const source = await sourceOf(tx, authorityId, versionId ?? '')
  return source ? filesOf(source).cases : null
}
