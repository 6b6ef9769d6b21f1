/** Tokens: verified with jose, one pinned algorithm, strict compact form. The development key exists for the embedded default alone. */
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  createLocalJWKSet,
  createRemoteJWKSet,
  errors,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JWK,
  type JWTPayload,
  jwtVerify,
  SignJWT,
} from 'jose'
import { Refusal } from '../../kernel/errors.ts'

export interface Claims {
  readonly subject: string
  /** Code of the authority for which the bearer acts. */
  readonly authority: string
}

/** The claims of a good token, or a word for the log on why it is none. */
export type TokenVerifier = (token: string) => Promise<Claims | { readonly refused: string }>

export interface Issuer {
  readonly issuer: string
  readonly audience: string
  readonly algorithm: 'ES256' | 'RS256' | 'PS256' | 'EdDSA'
  readonly keys: { readonly jwksUrl: string } | { readonly jwk: JWK }
}

export const DEVELOPMENT_ISSUER = 'threshold-development'
export const DEVELOPMENT_AUDIENCE = 'threshold'
const SKEW_SECONDS = 60
/** The key set could not be had, which says nothing of the token: JOSE_GENERIC is an answer other than 200. */
const PROVIDER_FAULTS = ['ERR_JWKS_TIMEOUT', 'ERR_JWKS_INVALID', 'ERR_JOSE_GENERIC']
const SUBJECT = /^[^\p{C}]{1,255}$/u
const TOKEN_CHARACTERS_MAX = 8192
/** Three parts of base64url and nothing else: jose alone would take spaces and padding, so that one token had several texts. */
const COMPACT = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/

export function createVerifier({ issuer, audience, algorithm, keys }: Issuer): TokenVerifier {
  const keySet =
    'jwk' in keys
      ? createLocalJWKSet({ keys: [keys.jwk] })
      : createRemoteJWKSet(new URL(keys.jwksUrl), { timeoutDuration: 3000 })
  return async (token) => {
    if (token.length > TOKEN_CHARACTERS_MAX || !COMPACT.test(token)) return { refused: 'malformed' }
    try {
      const { payload } = await jwtVerify(token, keySet, {
        issuer,
        audience,
        algorithms: [algorithm],
        typ: 'at+jwt',
        clockTolerance: SKEW_SECONDS,
        requiredClaims: ['sub', 'exp', 'iat', 'authority'],
      })
      return claimsOf(payload)
    } catch (error) {
      if (error instanceof errors.JOSEError && !PROVIDER_FAULTS.includes(error.code)) return { refused: error.code }
      throw new Refusal('unavailable', 'The identity provider cannot be reached at the moment.', { recorded: false })
    }
  }
}

function claimsOf({ sub, authority }: JWTPayload): Claims | { refused: string } {
  if (
    typeof sub !== 'string' ||
    !SUBJECT.test(sub) ||
    typeof authority !== 'string' ||
    !/^[a-z0-9-]{1,60}$/.test(authority)
  )
    return { refused: 'claims' }
  return { subject: sub, authority }
}

const KEY_FILE = 'development-key.json'

/** The private key of the embedded default, made at first use and readable by its owner alone. */
export async function developmentKey(dataDir: string): Promise<JWK> {
  const file = join(dataDir, KEY_FILE)
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as JWK
  const { privateKey } = await generateKeyPair('ES256', { extractable: true })
  const jwk = { ...(await exportJWK(privateKey)), kid: 'development', alg: 'ES256' }
  mkdirSync(dataDir, { recursive: true })
  writeFileSync(file, JSON.stringify(jwk), { mode: 0o600 })
  chmodSync(file, 0o600)
  return jwk
}

/** The verifier that takes what `issueDevelopmentToken` makes with the same key. */
export function developmentVerifier(key: JWK): TokenVerifier {
  const { d: _, ...jwk } = key
  return createVerifier({
    issuer: DEVELOPMENT_ISSUER,
    audience: DEVELOPMENT_AUDIENCE,
    algorithm: 'ES256',
    keys: { jwk },
  })
}

export async function issueDevelopmentToken(
  key: JWK,
  { subject, authority }: Claims,
  { now, minutes }: { now: number; minutes: number },
): Promise<string> {
  const issuedAt = Math.floor(now / 1000)
  return await new SignJWT({ authority })
    .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: key.kid ?? 'development' })
    .setSubject(subject)
    .setIssuer(DEVELOPMENT_ISSUER)
    .setAudience(DEVELOPMENT_AUDIENCE)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + minutes * 60)
    .sign(await importJWK(key, 'ES256'))
}
