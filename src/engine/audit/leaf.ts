/**
 * Leaves of an authority's log: canonical JSON of what happened. A leaf has no personal content. What a referral brought is in
 * it as a commitment, SHA-256 of a secret salt and the content, so that it can be proved while the salt is kept and says nothing
 * of a child once the salt is destroyed.
 */
import { createHash } from 'node:crypto'
import { canonical } from '../hash.ts'

export const LEAF_SCHEMA = 'threshold.audit/2'
/** Entries before the log was a tree. They name the hash of the entry before, and the plain hash of each record. */
export const CHAINED_SCHEMA = 'threshold.audit/1'

export const LOGS = ['decisions', 'access'] as const
export type LogName = (typeof LOGS)[number]

/** A stored row that a leaf vouches for: committed to where it is about a referral, otherwise by its plain hash. */
export type RecordRef = { readonly table: string; readonly id: string } & (
  | { readonly commitment: string }
  | { readonly hash: string }
)

export interface LeafFacts {
  readonly authority: string
  readonly log: LogName
  readonly position: number
  /** RFC 3339 UTC. */
  readonly at: string
  readonly actor: string | null
  readonly event: string
  /** Codes and ids; never a name, a date of birth or narrative. */
  readonly facts: Readonly<Record<string, string | number | boolean | null>>
  readonly records: readonly RecordRef[]
}

/** The bytes that are hashed, as text. They are stored as they are and never made again. */
export function leafText(facts: LeafFacts): string {
  return canonical({ schema: LEAF_SCHEMA, ...facts })
}

export const SALT_BYTES = 32

/** SHA-256 of salt and content, hexadecimal. Without the salt nothing can be guessed from it. */
export function commitmentOf(salt: Uint8Array, content: string): string {
  if (salt.length !== SALT_BYTES) throw new TypeError(`A salt has ${SALT_BYTES} bytes`)
  return createHash('sha256').update(salt).update(content, 'utf8').digest('hex')
}

/** What a leaf says; undefined for what is none, which somebody must have put there. */
export function readLeaf(text: string): LeafFacts | undefined {
  try {
    const leaf: unknown = JSON.parse(text)
    if (typeof leaf !== 'object' || leaf === null || canonical(leaf) !== text) return undefined
    const { schema, ...facts } = leaf as LeafFacts & { readonly schema: string }
    if (schema === CHAINED_SCHEMA) return Array.isArray(facts.records) ? { ...facts, log: 'decisions' } : undefined
    return schema === LEAF_SCHEMA && Array.isArray(facts.records) ? facts : undefined
  } catch {
    // Not JSON is an answer here: the caller reports the entry.
    return undefined
  }
}
