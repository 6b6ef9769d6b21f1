/** What a leaf of an authority's log says, and how its text is read: strictly, and with nothing but Node. */
import { createHash } from 'node:crypto'
import {
  canonicalText,
  FormatError,
  HEX_32,
  listOf,
  membersOf,
  objectOf,
  readCanonical,
  sizeOf,
  textOf,
  UUID,
} from './strict.ts'

export const LEAF_SCHEMA = 'threshold.audit/2'
/** Entries before the log was a tree. They name the hash of the entry before, and the plain hash of each record. */
export const CHAINED_SCHEMA = 'threshold.audit/1'

export const LOGS = ['decisions', 'access'] as const
export type LogName = (typeof LOGS)[number]

/** A stored row that a leaf vouches for: committed to where it may be about a child, otherwise by its plain hash. */
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

/** A leaf that was read. */
export interface Leaf extends LeafFacts {
  /** SHA-256 of the entry before, where the leaf is from before the log was a tree. */
  readonly previous?: string
}

/** The event that says that what was kept of a referral was destroyed; its facts name the referral. */
export const DISPOSED = 'referral.disposed'

export const SALT_BYTES = 32

/** SHA-256 of salt and content, hexadecimal. Without the salt nothing can be guessed from it. */
export function commitmentOf(salt: Uint8Array, content: string): string {
  if (salt.length !== SALT_BYTES) throw new TypeError(`A salt has ${SALT_BYTES} bytes`)
  return createHash('sha256').update(salt).update(content, 'utf8').digest('hex')
}

/** SHA-256 of a text, hexadecimal: what a leaf holds of a record that tells of no child. */
export function plainHash(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex')
}

const COMMON = ['actor', 'at', 'authority', 'event', 'facts', 'position', 'records', 'schema']
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/
const TABLE = /^[a-z][a-z0-9_]*$/

/**
 * What a leaf says.
 * @throws FormatError for a text that no leaf has, which somebody must have put there
 */
export function readStrictLeaf(text: string): Leaf {
  const value = readCanonical(text)
  const schema = schemaOf(value)
  if (schema !== LEAF_SCHEMA && schema !== CHAINED_SCHEMA) throw new FormatError('“schema” is none that is known')
  const isChained = schema === CHAINED_SCHEMA
  const leaf = membersOf(value, [...COMMON, isChained ? 'previous' : 'log'])
  const facts: LeafFacts = {
    authority: textOf(leaf['authority'], 'authority', UUID),
    log: isChained ? 'decisions' : logOf(leaf['log']),
    position: sizeOf(leaf['position'], 'position'),
    at: textOf(leaf['at'], 'at', INSTANT),
    actor: leaf['actor'] === null ? null : textOf(leaf['actor'], 'actor', UUID),
    event: textOf(leaf['event'], 'event'),
    facts: scalarsOf(leaf['facts']),
    records: listOf(leaf['records'], 'records').map(refOf),
  }
  return isChained ? { ...facts, previous: textOf(leaf['previous'], 'previous', HEX_32) } : facts
}

/** The form of a leaf of a later version, which may be right and which this one cannot judge; otherwise undefined. */
export function laterSchemaOf(text: string): string | undefined {
  try {
    const schema = schemaOf(JSON.parse(text))
    const isKnown = schema === LEAF_SCHEMA || schema === CHAINED_SCHEMA
    return typeof schema === 'string' && /^threshold\.audit\/\d+$/.test(schema) && !isKnown ? schema : undefined
  } catch {
    // Not JSON is an answer here: the text is no leaf of any version.
    return undefined
  }
}

function schemaOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'schema' in value ? value.schema : undefined
}

export function logOf(value: unknown): LogName {
  const log = LOGS.find((name) => name === value)
  if (log === undefined) throw new FormatError('“log” names no log')
  return log
}

function scalarsOf(value: unknown): LeafFacts['facts'] {
  const facts = objectOf(value)
  for (const fact of Object.values(facts)) {
    const isScalar =
      fact === null || typeof fact === 'string' || typeof fact === 'boolean' || Number.isSafeInteger(fact)
    if (!isScalar) throw new FormatError('a fact is neither text, whole number, yes or no, nor nothing')
  }
  return facts as LeafFacts['facts']
}

function refOf(value: unknown): RecordRef {
  const isCommitted = typeof value === 'object' && value !== null && 'commitment' in value
  const ref = membersOf(value, ['table', 'id', isCommitted ? 'commitment' : 'hash'])
  const named = { table: textOf(ref['table'], 'table', TABLE), id: textOf(ref['id'], 'id') }
  return isCommitted
    ? { ...named, commitment: textOf(ref['commitment'], 'commitment', HEX_32) }
    : { ...named, hash: textOf(ref['hash'], 'hash', HEX_32) }
}

/** Whether two leaves name the same record. */
export function keyOf({ table, id }: { readonly table: string; readonly id: string }): string {
  return canonicalText([table, id])
}
