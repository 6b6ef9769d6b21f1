/** The one text that a token may have: strict compact form, read whole before any of it is believed. */
import { Refusal } from '../../kernel/errors.ts'
import { parseStrictJson } from '../../kernel/strict-json.ts'

/** Why a token is none: for the log, never for the answer. */
export const TOKEN_FAULTS = [
  'too_long',
  'malformed',
  'header',
  'type',
  'algorithm',
  'id_token',
  'issuer',
  'authority',
  'audience',
  'key',
  'signature',
  'times',
  'expired',
  'not_yet_valid',
  'issued_in_future',
  'lifetime',
  'subject',
] as const
export type TokenFault = (typeof TOKEN_FAULTS)[number]

/** Thrown inside verification and nowhere else. It carries no part of the token. */
export class BadToken extends Error {
  override readonly name = 'BadToken'
  readonly fault: TokenFault

  constructor(fault: TokenFault) {
    super(fault)
    this.fault = fault
  }
}

type Members = Readonly<Record<string, unknown>>

export interface Compact {
  readonly header: Members
  /** What the token claims; nothing of it is true before the signature is checked. */
  readonly claims: Members
}

export const TOKEN_CHARACTERS_MAX = 8192
const KEY_ID_CHARACTERS_MAX = 200
/** Three parts of base64url and nothing else: jose alone would take spaces and padding, so that one token had several texts. */
const COMPACT = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/
/**
 * Header parameters that bring a key along, point to one, or change what the signature covers (RFC 7515 §4, RFC 7797), and
 * those of encryption and nesting. An issuer that we trust needs none of them.
 */
const FOREIGN_PARAMETERS = ['jku', 'jwk', 'x5u', 'x5c', 'crit', 'b64', 'enc', 'zip', 'cty', 'p2c', 'p2s', 'epk']

/** @throws BadToken */
export function readCompact(token: string): Compact {
  if (token.length > TOKEN_CHARACTERS_MAX) throw new BadToken('too_long')
  if (!COMPACT.test(token)) throw new BadToken('malformed')
  const [header = '', claims = '', signature = ''] = token.split('.')
  decoded(signature)
  return { header: headerOf(members(header)), claims: members(claims) }
}

function headerOf(header: Members): Members {
  if (FOREIGN_PARAMETERS.some((name) => Object.hasOwn(header, name))) throw new BadToken('header')
  const { kid } = header
  if (typeof kid !== 'string' || kid === '' || kid.length > KEY_ID_CHARACTERS_MAX) throw new BadToken('header')
  return header
}

/** Bits left over at the end of base64url can be anything to a lenient reader: they have to be nought. */
function decoded(part: string): Buffer {
  const bytes = Buffer.from(part, 'base64url')
  if (bytes.toString('base64url') !== part) throw new BadToken('malformed')
  return bytes
}

function members(part: string): Members {
  const value = strictly(decoded(part))
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new BadToken('malformed')
  return value as Members
}

/** Members given twice, numbers such as 1e400 and bytes that are no UTF-8 mean different things to different readers. */
function strictly(bytes: Uint8Array): unknown {
  try {
    return parseStrictJson(bytes)
  } catch (error) {
    if (error instanceof Refusal) throw new BadToken('malformed')
    throw error
  }
}
