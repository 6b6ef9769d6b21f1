/** Content hashes: the SHA-256 of the RFC 8785 canonical JSON of a value, in lower-case hexadecimal. */
import { createHash } from 'node:crypto'
import canonicalizeJson from 'canonicalize'

/**
 * The one byte sequence of a JSON value (RFC 8785).
 * @throws TypeError for what JSON cannot say: NaN, infinities, lone surrogates, undefined at the root.
 */
export function canonical(value: unknown): string {
  const text = canonicalizeJson(value)
  if (text === undefined) throw new TypeError('The value has no JSON form')
  return text
}

/** SHA-256 of a text's UTF-8 bytes, hexadecimal. */
export function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex')
}

/** SHA-256 of the canonical form of a value, hexadecimal. */
export function contentHash(value: unknown): string {
  return sha256(canonical(value))
}
