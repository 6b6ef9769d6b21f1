/** The development key, and tokens of it: for the embedded default alone (src/development.ts). */
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { exportJWK, generateKeyPair, importJWK, type JWK, SignJWT } from 'jose'
import { type Claims, createVerifier, type TokenVerifier } from './verifier.ts'

export const DEVELOPMENT_ISSUER = 'threshold-development'
export const DEVELOPMENT_AUDIENCE = 'threshold'
/** The longest that a development token is valid, for whoever makes one and for whoever takes one. */
export const DEVELOPMENT_MINUTES_MAX = 12 * 60

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
export function developmentVerifier(key: JWK, clock?: () => number): TokenVerifier {
  const { d: _, ...jwk } = key
  const issuer = {
    issuer: DEVELOPMENT_ISSUER,
    audience: DEVELOPMENT_AUDIENCE,
    algorithm: 'ES256',
    lifetimeMinutesMax: DEVELOPMENT_MINUTES_MAX,
    keys: { jwk },
  } as const
  return createVerifier([issuer], clock ? { clock } : {})
}

/** @throws RangeError for more minutes than a development token may have */
export async function issueDevelopmentToken(
  key: JWK,
  { subject, authority }: Claims,
  { now, minutes }: { now: number; minutes: number },
): Promise<string> {
  if (!(minutes > 0 && minutes <= DEVELOPMENT_MINUTES_MAX))
    throw new RangeError(`A development token is valid for at most ${DEVELOPMENT_MINUTES_MAX} minutes`)
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
