/**
 * Leaves of an authority's log: canonical JSON of what happened. A leaf has no personal content. What may be about a child is in
 * it as a commitment, SHA-256 of a secret salt and the content, so that it can be proved while the salt is kept and says nothing
 * of a child once the salt is destroyed.
 */
import { canonical } from '../hash.ts'
import { LEAF_SCHEMA, type LeafFacts, readStrictLeaf } from './facts.ts'

export {
  CHAINED_SCHEMA,
  commitmentOf,
  DISPOSED,
  LEAF_SCHEMA,
  type LeafFacts,
  LOGS,
  type LogName,
  type RecordRef,
  SALT_BYTES,
} from './facts.ts'

/** The bytes that are hashed, as text. They are stored as they are and never made again. */
export function leafText(facts: LeafFacts): string {
  return canonical({ schema: LEAF_SCHEMA, ...facts })
}

/** What a leaf says; undefined for what is none, which somebody must have put there. */
export function readLeaf(text: string): LeafFacts | undefined {
  try {
    return readStrictLeaf(text)
  } catch {
    // No leaf is an answer here: the caller reports the entry.
    return undefined
  }
}
