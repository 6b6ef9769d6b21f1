/**
 * Entries of an authority's log: each is canonical JSON that names the hash of the one before, so that a changed, removed,
 * inserted or swapped entry no longer fits. Bytes are stored as they were hashed, never made again from columns.
 */
import { canonical, sha256 } from '../hash.ts'

export const AUDIT_SCHEMA = 'threshold.audit/1'
/** What the first entry of a log follows. */
export const GENESIS = '0'.repeat(64)

/** A stored row that an entry vouches for: its table, id, and the hash of all its columns. */
export interface RecordRef {
  readonly table: string
  readonly id: string
  readonly hash: string
}

export interface EntryFacts {
  readonly authority: string
  readonly position: number
  /** RFC 3339 UTC. */
  readonly at: string
  readonly actor: string | null
  readonly event: string
  /** Codes and ids; never a name, a date of birth or narrative. */
  readonly facts: Readonly<Record<string, string | number | boolean | null>>
  readonly records: readonly RecordRef[]
}

export interface Entry {
  readonly body: string
  readonly hash: string
  readonly previous: string
}

export function makeEntry(facts: EntryFacts, previous: string): Entry {
  const body = canonical({ schema: AUDIT_SCHEMA, ...facts, previous })
  return { body, hash: sha256(body), previous }
}

export interface StoredEntry extends Entry {
  readonly position: number
  /** Columns kept beside the body for searching; they have to say the same. */
  readonly at: string
  readonly actor: string | null
  readonly event: string
}

export interface ChainFault {
  readonly position: number
  readonly fault: string
}

/** What is wrong with an entry that should stand at a position after a hash; null where it fits. */
export function faultOf(
  entry: StoredEntry,
  expected: { position: number; previous: string; authority: string },
): ChainFault | null {
  const fault = (text: string): ChainFault => ({ position: expected.position, fault: text })
  if (entry.position !== expected.position)
    return fault(`entry ${expected.position} is missing; the next is ${entry.position}`)
  if (sha256(entry.body) !== entry.hash) return fault('the entry does not have the hash stored with it')
  const body = parsed(entry.body)
  if (!body) return fault('the body of the entry is not what an entry holds')
  if (body.previous !== expected.previous || entry.previous !== expected.previous)
    return fault('the entry does not follow the one before it')
  if (body.schema !== AUDIT_SCHEMA) return fault(`unknown schema ${body.schema}`)
  const same =
    body.position === entry.position &&
    body.authority === expected.authority &&
    body.at === entry.at &&
    body.actor === entry.actor &&
    body.event === entry.event
  return same ? null : fault('the columns of the entry do not say what its body says')
}

/** The body of an entry; undefined for what is none, which somebody must have put there together with its hash. */
function parsed(text: string): (EntryFacts & { schema: string; previous: string }) | undefined {
  try {
    const body: unknown = JSON.parse(text)
    const isEntry = typeof body === 'object' && body !== null && 'records' in body && Array.isArray(body.records)
    return isEntry ? (body as EntryFacts & { schema: string; previous: string }) : undefined
  } catch {
    // Not JSON is an answer here: the caller reports the entry.
    return undefined
  }
}

/** The records that an entry vouches for. */
export function recordsOf(body: string): readonly RecordRef[] {
  return (JSON.parse(body) as EntryFacts).records
}
