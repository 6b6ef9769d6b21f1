/** Environment → one frozen configuration; the only reader of the environment. Refuses to start rather than guess. */
import { join } from 'node:path'
import type { Issuer } from './features/identity/verifier.ts'
import type { Limits } from './http/limits.ts'
import { readIssuers, unprotected } from './issuers.ts'
import { type Settings, STRICT_SETTINGS } from './kernel/settings.ts'
import { Variables } from './variables.ts'

export interface Config {
  readonly isProduction: boolean
  readonly host: string
  readonly port: number
  /** Who may say from which address a request came. */
  readonly trustedProxies: readonly string[]
  readonly logLevel: string
  /** Folder of the embedded database and of the development key. */
  readonly dataDir: string
  /** Folder of the authorities' keys, which must not be where the database is. */
  readonly keysDir: string
  /** How the logs are named and signed, and where their checkpoints go. */
  readonly log: {
    readonly service: string
    readonly signerUrl: string | undefined
    readonly signerToken: string | undefined
    readonly anchorFile: string | undefined
    readonly anchorUrls: readonly string[]
  }
  readonly database: { readonly url: string; readonly max: number } | { readonly dataDir: string }
  /** What features keep to. */
  readonly settings: Settings
  /** Which GraphQL documents are run, the file or folder that lists them, and whether the schema may be asked for. */
  readonly graphql: {
    readonly allow: 'listed' | 'any'
    readonly operations: string | undefined
    readonly showsSchema: boolean
  }
  /** Where `threshold call` and the examples find a running service, and the token that they show it. */
  readonly client: { readonly url: string; readonly token: string | undefined }
  /** How often callers may ask. */
  readonly limits: Limits
  /** Who may issue tokens; absent on the embedded default, which has a development key of its own. */
  readonly auth?: { readonly issuers: readonly Issuer[] }
}

type Environment = Readonly<Record<string, string | undefined>>
/** Only a service looks at tokens; `migrate` and its like need the database alone. */
type Purpose = 'serve' | 'maintain'

export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError'
}

/** @throws ConfigurationError that names every setting that is wrong and what to write. */
export function readConfig(environment: Environment = process.env, purpose: Purpose = 'serve'): Config {
  const given = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''),
  )
  const parsed = Variables.safeParse(given)
  if (!parsed.success) {
    throw new ConfigurationError(
      parsed.error.issues
        .map(({ path, message }) => `${path.join('.')}: ${message.replace('Invalid input: ', '')}`)
        .join('\n'),
    )
  }
  const env = parsed.data
  const isProduction = env.NODE_ENV === 'production'
  requireFit(env, purpose)
  const auth = authOf(env, purpose)
  return Object.freeze({
    isProduction,
    host: env.HOST,
    port: env.PORT,
    trustedProxies: env.TRUSTED_PROXIES,
    logLevel: env.LOG_LEVEL,
    dataDir: env.DATA_DIR,
    keysDir: env.KEYS_DIR ?? join(env.DATA_DIR, 'keys'),
    log: {
      service: env.LOG_SERVICE,
      signerUrl: env.SIGNER_URL,
      signerToken: env.SIGNER_TOKEN,
      anchorFile: env.ANCHOR_FILE,
      anchorUrls: env.ANCHOR_URLS,
    },
    database: env.DATABASE_URL ? { url: env.DATABASE_URL, max: env.DATABASE_POOL_MAX } : { dataDir: env.DATA_DIR },
    settings: settingsIn(env),
    limits: limitsOf(env),
    graphql: {
      allow: env.GRAPHQL_ALLOW ?? (isProduction ? 'listed' : 'any'),
      operations: env.GRAPHQL_OPERATIONS,
      showsSchema: !isProduction,
    },
    client: { url: env.THRESHOLD_URL ?? `http://127.0.0.1:${env.PORT}`, token: env.THRESHOLD_TOKEN },
    ...(auth ? { auth } : {}),
  })
}

/** The secret of service and signer, for a signer on an address. @throws ConfigurationError for one that is too short */
export function readSignerToken(environment: Environment = process.env): string | undefined {
  const { success, data } = Variables.shape.SIGNER_TOKEN.safeParse(environment['SIGNER_TOKEN'] || undefined)
  if (!success) throw new ConfigurationError('SIGNER_TOKEN: a secret of 32 characters or more')
  return data
}

/** @throws ConfigurationError for what must not be, or must not hold real records. */
function requireFit(env: Variables, purpose: Purpose): void {
  const isProduction = env.NODE_ENV === 'production'
  if (env.SIGNER_URL?.startsWith('http:') && !env.SIGNER_TOKEN)
    throw new ConfigurationError('SIGNER_TOKEN: a signer on an address takes no question without the secret of both.')
  if (!env.DATABASE_URL && isProduction && !env.ALLOW_EMBEDDED_IN_PRODUCTION) {
    throw new ConfigurationError(
      'DATABASE_URL: the embedded database is for trying out and must not hold real records. Give a PostgreSQL address, or set ALLOW_EMBEDDED_IN_PRODUCTION=true if these are not real records.',
    )
  }
  if (isProduction && env.DATABASE_URL && !env.KEYS_DIR && purpose === 'serve') {
    throw new ConfigurationError(
      'KEYS_DIR: the folder of the keys by which content is sealed. Back it up apart from the database: with both in one place the keys keep nothing.',
    )
  }
}

function settingsIn(env: Variables): Settings {
  const { SECURITY_CONTACT: contact, SECURITY_TXT_URL: canonical } = env
  return {
    outbound: { ...STRICT_SETTINGS.outbound, allow: env.WEBHOOK_ALLOW, allowsHttp: env.NODE_ENV === 'development' },
    ...(contact ? { security: { contact, ...(canonical ? { canonical } : {}) } } : {}),
  }
}

function limitsOf(env: Variables): Limits {
  return {
    human: env.RATE_LIMIT_HUMAN,
    humanUrgent: env.RATE_LIMIT_HUMAN_URGENT,
    system: env.RATE_LIMIT_SYSTEM,
    systemUrgent: env.RATE_LIMIT_SYSTEM_URGENT,
    unauthenticated: env.RATE_LIMIT_UNAUTHENTICATED,
    viewsAnHour: env.VIEWS_WARNING,
  }
}

/** With real records there is a real identity provider, whole or not at all. */
function authOf(env: Variables, purpose: Purpose): Config['auth'] {
  const { AUTH_JWKS_URL: jwksUrl, AUTH_ISSUER: issuer, AUTH_AUDIENCE: audience } = env
  const single = [jwksUrl, issuer, audience].filter((value) => value !== undefined)
  const needsNone = purpose === 'maintain' || (!env.DATABASE_URL && env.NODE_ENV !== 'production')
  if (env.AUTH_ISSUERS_FILE !== undefined) {
    if (single.length > 0)
      throw new ConfigurationError('AUTH_ISSUERS_FILE: give the file, or AUTH_JWKS_URL and its like, and not both.')
    return protectedIssuers(env, issuersOf(env.AUTH_ISSUERS_FILE))
  }
  if (single.length === 0 && needsNone) return undefined
  if (!jwksUrl || !issuer || !audience) {
    throw new ConfigurationError(
      'AUTH_JWKS_URL, AUTH_ISSUER and AUTH_AUDIENCE: with DATABASE_URL or in production all three are needed, or AUTH_ISSUERS_FILE, so that no token goes unchecked.',
    )
  }
  const { AUTH_ALGORITHM: algorithm, AUTH_TOKEN_TYPE: tokenType, AUTH_AUTHORITIES: authorities } = env
  const only = { issuer, audience, algorithm, tokenType, ...(authorities ? { authorities } : {}), keys: { jwksUrl } }
  return protectedIssuers(env, [only])
}

function issuersOf(file: string): readonly Issuer[] {
  try {
    return readIssuers(file)
  } catch (error) {
    throw new ConfigurationError(`AUTH_ISSUERS_FILE: ${(error as Error).message}.`)
  }
}

function protectedIssuers({ NODE_ENV }: Variables, issuers: readonly Issuer[]): Config['auth'] {
  const bare = NODE_ENV === 'production' ? unprotected(issuers) : []
  if (bare.length > 0)
    throw new ConfigurationError(
      `AUTH_JWKS_URL: in production keys are fetched over https, also of ${bare.join(', ')}.`,
    )
  return { issuers }
}
