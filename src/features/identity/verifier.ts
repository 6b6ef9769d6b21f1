/** Tokens of identity providers, verified with jose: each issuer with its own keys, one algorithm and its own authorities. */
import { createLocalJWKSet, errors, type JWK, jwtVerify } from 'jose'
import { Refusal } from '../../kernel/errors.ts'
import { BadToken, type Compact, readCompact, type TokenFault } from './compact.ts'
import { type Fetching, type FindKey, remoteKeys, unreachable } from './keys.ts'

export interface Claims {
  readonly subject: string
  /** Code of the authority for which the bearer acts. */
  readonly authority: string
}

/** The claims of a good token, or a word for the log on why it is none. */
export type TokenVerifier = (token: string) => Promise<Claims | { readonly refused: TokenFault }>

export const ALGORITHMS = ['ES256', 'RS256', 'PS256', 'EdDSA'] as const
/** RFC 9068 has `at+jwt`. `JWT` is for providers that cannot write it; an ID token is refused either way. */
export const TOKEN_TYPES = ['at+jwt', 'JWT'] as const

export interface Issuer {
  readonly issuer: string
  readonly audience: string
  readonly algorithm: (typeof ALGORITHMS)[number]
  /** The authorities for which it may speak; left out, every authority of this service. */
  readonly authorities?: readonly string[]
  readonly tokenType?: (typeof TOKEN_TYPES)[number]
  /** The longest that its tokens may be valid. */
  readonly lifetimeMinutesMax?: number
  readonly keys: { readonly jwksUrl: string } | { readonly jwk: JWK }
}

export const SKEW_SECONDS = 60
const LIFETIME_MINUTES_MAX = 24 * 60
const SUBJECT = /^[^\p{C}]{1,255}$/u
const AUTHORITY = /^[a-z0-9-]{1,60}$/
/** What OpenID Connect puts into ID tokens, which say that somebody logged in and open nothing. */
const ID_TOKEN_CLAIMS = ['nonce', 'at_hash', 'c_hash', 's_hash']

/** @param parts the clock in milliseconds since 1970, and how keys are fetched */
export function createVerifier(issuers: readonly Issuer[], parts: Partial<Fetching> = {}): TokenVerifier {
  const fetching = { clock: () => Date.now(), fetch: globalThis.fetch, ...parts }
  const trusted = new Map(issuers.map((issuer) => [issuer.issuer, { issuer, find: keysOf(issuer, fetching) }]))
  return async (token) => {
    try {
      const compact = readCompact(token)
      const { iss } = compact.claims
      const known = typeof iss === 'string' ? trusted.get(iss) : undefined
      if (!known) throw new BadToken('issuer')
      const { issuer, find } = known
      requireForm(compact, issuer)
      await requireSigned(token, issuer, { find, clock: fetching.clock })
      // The bytes that were signed are the bytes that were read: the text has one form only.
      return claimsOf(compact, issuer, fetching.clock())
    } catch (error) {
      if (error instanceof BadToken) return { refused: error.fault }
      throw error
    }
  }
}

function keysOf({ keys }: Issuer, fetching: Fetching): FindKey {
  return 'jwk' in keys ? createLocalJWKSet({ keys: [keys.jwk] }) : remoteKeys(new URL(keys.jwksUrl), fetching)
}

/** What can be refused without a key. */
function requireForm({ header, claims }: Compact, { algorithm, tokenType = 'at+jwt' }: Issuer): void {
  if (header['alg'] !== algorithm) throw new BadToken('algorithm')
  const { typ } = header
  const type = typeof typ === 'string' ? typ.toLowerCase().replace(/^application\//, '') : undefined
  if (type !== 'at+jwt' && !(type === 'jwt' && tokenType === 'JWT')) throw new BadToken('type')
  if (ID_TOKEN_CLAIMS.some((name) => Object.hasOwn(claims, name))) throw new BadToken('id_token')
}

/** @throws BadToken; Refusal unavailable when the keys cannot be had, which says nothing of the token */
async function requireSigned(
  token: string,
  { issuer, audience, algorithm }: Issuer,
  { find, clock }: { find: FindKey; clock: () => number },
): Promise<void> {
  try {
    await jwtVerify(token, find, {
      issuer,
      audience,
      algorithms: [algorithm],
      clockTolerance: SKEW_SECONDS,
      requiredClaims: ['sub', 'exp', 'iat'],
      currentDate: new Date(clock()),
    })
  } catch (error) {
    if (error instanceof Refusal) throw error
    // What is no error of jose is a key that cannot be used, as an RSA key that is too short.
    if (!(error instanceof errors.JOSEError)) throw unreachable()
    throw new BadToken(faultOf(error))
  }
}

function faultOf(error: errors.JOSEError): TokenFault {
  if (error instanceof errors.JWTExpired) return 'expired'
  if (error instanceof errors.JWTClaimValidationFailed) return FAULT_OF_CLAIM[error.claim] ?? 'malformed'
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'signature'
  return error.code.startsWith('ERR_JWK') ? 'key' : 'malformed'
}

const FAULT_OF_CLAIM: Readonly<Record<string, TokenFault>> = {
  iss: 'issuer',
  aud: 'audience',
  sub: 'subject',
  exp: 'times',
  iat: 'times',
  nbf: 'not_yet_valid',
}

/** What jose lets pass and we do not. */
function claimsOf({ claims }: Compact, issuer: Issuer, now: number): Claims {
  const { aud, sub, iat, exp, authority } = claims
  // A token for us and for somebody else could be used here by that somebody.
  if (aud !== issuer.audience && !(Array.isArray(aud) && aud.length === 1 && aud[0] === issuer.audience))
    throw new BadToken('audience')
  if (typeof sub !== 'string' || !SUBJECT.test(sub) || sub.trim() !== sub) throw new BadToken('subject')
  requireTimes({ iat, exp, nbf: claims['nbf'] }, issuer, Math.floor(now / 1000))
  return { subject: sub, authority: authorityOf(authority, issuer) }
}

function requireTimes(
  { iat, exp, nbf }: { iat: unknown; exp: unknown; nbf: unknown },
  { lifetimeMinutesMax = LIFETIME_MINUTES_MAX }: Issuer,
  seconds: number,
): void {
  const isSeconds = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0
  if (!isSeconds(iat) || !isSeconds(exp) || !(nbf === undefined || isSeconds(nbf))) throw new BadToken('times')
  if (iat > seconds + SKEW_SECONDS) throw new BadToken('issued_in_future')
  if (exp - iat > lifetimeMinutesMax * 60) throw new BadToken('lifetime')
}

/** The authority that a token names, if its issuer may speak for it. An issuer of one authority need not name it. */
function authorityOf(named: unknown, { authorities }: Issuer): string {
  const [only, ...others] = authorities ?? []
  const authority = named === undefined && others.length === 0 ? only : named
  if (typeof authority !== 'string' || !AUTHORITY.test(authority)) throw new BadToken('authority')
  if (authorities && !authorities.includes(authority)) throw new BadToken('authority')
  return authority
}
