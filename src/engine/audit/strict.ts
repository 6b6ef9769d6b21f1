/**
 * JSON that may be written in one way only (RFC 8785): what reads the same is the same bytes. It stands by itself, so that
 * whoever checks an export needs nothing but Node; test/engine/audit-format.test.ts compares it with the library that writes.
 */

/** Text from outside that is not of the form it should have. */
export class FormatError extends Error {
  override readonly name = 'FormatError'
}

/**
 * The one form of a value that JSON.parse gave.
 * @throws FormatError for half of a surrogate pair
 */
export function canonicalText(value: unknown): string {
  if (typeof value === 'string') {
    if (!value.isWellFormed()) throw new FormatError('a text holds half of a character')
    return JSON.stringify(value)
  }
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(canonicalText).join(',')}]`
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${members.map(([name, of]) => `${canonicalText(name)}:${canonicalText(of)}`).join(',')}}`
}

/** @throws FormatError unless the text is JSON in its one form: no space, no order of one's own, no name twice */
export function readCanonical(text: string): unknown {
  const value = parsed(text)
  if (canonicalText(value) !== text) throw new FormatError('the JSON is not in its canonical form (RFC 8785)')
  return value
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // What the parser says quotes the text, which may be about a child.
    throw new FormatError('this is not JSON')
  }
}

/** @throws FormatError unless it is an object with these members and no others but, perhaps, the optional ones */
export function membersOf(
  value: unknown,
  names: readonly string[],
  optional: readonly string[] = [],
): Readonly<Record<string, unknown>> {
  const object = objectOf(value)
  const missing = names.find((name) => !Object.hasOwn(object, name))
  if (missing !== undefined) throw new FormatError(`“${missing}” is missing`)
  const isKnown = (name: string): boolean => names.includes(name) || optional.includes(name)
  if (!Object.keys(object).every(isKnown)) throw new FormatError('there is a member that does not belong here')
  return object
}

/** @throws FormatError unless it is an object */
export function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new FormatError('an object is expected')
  return value as Readonly<Record<string, unknown>>
}

/** @throws FormatError unless it is a text that the pattern matches */
export function textOf(value: unknown, what: string, pattern: RegExp = /./su): string {
  if (typeof value !== 'string' || !pattern.test(value)) throw new FormatError(`“${what}” is not what it should be`)
  return value
}

/** @throws FormatError unless it is a whole number from 0 that every reader reads alike */
export function sizeOf(value: unknown, what: string): number {
  if (!Number.isSafeInteger(value) || (value as number) < 0 || Object.is(value, -0))
    throw new FormatError(`“${what}” is not a whole number from 0`)
  return value as number
}

/** @throws FormatError unless it is a list */
export function listOf(value: unknown, what: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new FormatError(`“${what}” is not a list`)
  return value
}

export const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
/** 32 bytes, hexadecimal. */
export const HEX_32 = /^[0-9a-f]{64}$/

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** @throws FormatError for bytes that are not UTF-8 */
export function utf8Text(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes)
  } catch {
    throw new FormatError('these bytes are not UTF-8')
  }
}
