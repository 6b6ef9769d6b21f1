/** Stored versions compiled once per content hash. A version never changes, so neither does what it compiles to. */
import { contentHash, type Policy, recompile } from '../../engine/index.ts'
import { Refusal } from '../../kernel/errors.ts'
import type { PolicyRow } from './queries.ts'

/** What is stored of a policy, be it published or only submitted. */
export type StoredPolicy = Pick<
  PolicyRow,
  'policyId' | 'version' | 'contentHash' | 'document' | 'statutoryHash' | 'statutoryDocument'
>

const COMPILED_MAX = 64
const compiled = new Map<string, Policy>()

/**
 * The policy of a stored version.
 * @throws Refusal integrity_violation when the stored document is not the one that its hash names.
 */
export function compiledPolicy(row: StoredPolicy): Policy {
  const key = `${row.contentHash}/${row.statutoryHash}`
  const known = compiled.get(key)
  if (known) return known
  const document: unknown = JSON.parse(row.document)
  const statutory: unknown = JSON.parse(row.statutoryDocument)
  if (contentHash(document) !== row.contentHash || contentHash(statutory) !== row.statutoryHash) {
    throw new Refusal(
      'integrity_violation',
      `The stored policy ${row.policyId} ${row.version} is not the one that was recorded.`,
    )
  }
  const policy = recompile(document, statutory)
  if (compiled.size >= COMPILED_MAX) compiled.delete(compiled.keys().next().value ?? '')
  compiled.set(key, policy)
  return policy
}
