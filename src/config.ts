/** Environment → one frozen configuration; the only reader of the environment. Refuses to start rather than guess. */
import { join } from 'node:path'
import { z } from 'zod'
import { Proxies, Receivers } from './addresses.ts'
import { ALGORITHMS, type Issuer, TOKEN_TYPES } from './features/identity/verifier.ts'
import type { Limits } from './http/limits.ts'
import { AUTHORITY_CODE, KeyAddress, readIssuers, unprotected } from './issuers.ts'
import { type Settings, STRICT_SETTINGS } from './kernel/settings.ts'
import { UNSIGNED } from './kernel/signer.ts'

const flag = z.enum(['true', 'false']).transform((value) => value === 'true')
const port = z
  .string()
  .regex(/^\d{1,5}$/, 'a port number')
  .transform(Number)
  .refine((number) => number <= 65_535, 'a port number, at most 65535')

const count = (usual: number) =>
  z
    .string()
    .regex(/^[1-9]\d{0,6}$/, 'a number from 1 to 9999999')
    .transform(Number)
    .default(usual)

/** Every setting with its meaning; `docs/OPERATOR.md` has the table. */
const Variables = z.object({
  NODE_ENV: z.enum(['development', 'test', 'production']).default('development'),
  HOST: z.string().default('127.0.0.1'),
  PORT: port.default(3000),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  DATA_DIR: z.string().default('.data'),
  KEYS_DIR: z.string().optional(),
  LOG_SERVICE: z
    .string()
    .regex(/^[a-z0-9][a-z0-9.-]{0,99}$/, 'the name of this service, as threshold.council.example')
    .default(UNSIGNED.service),
  SIGNER_URL: z
    .string()
    .regex(/^(unix:\/|http:\/\/)\S+$/, 'unix:/run/threshold/signer.sock or http://127.0.0.1:7210')
    .optional(),
  ANCHOR_FILE: z.string().optional(),
  ANCHOR_URLS: z
    .string()
    .transform((list) => list.split(',').map((entry) => entry.trim()))
    .pipe(z.array(z.url({ protocol: /^https?$/, error: 'addresses between commas, as https://audit.example/notes' })))
    .default([]),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'postgres://user:password@host:port/database')
    .optional(),
  DATABASE_POOL_MAX: z
    .string()
    .regex(/^[1-9]\d{0,2}$/, 'a number from 1 to 999')
    .transform(Number)
    .default(10),
  ALLOW_EMBEDDED_IN_PRODUCTION: flag.default(false),
  AUTH_ISSUERS_FILE: z.string().optional(),
  AUTH_JWKS_URL: KeyAddress.optional(),
  AUTH_ISSUER: z.string().min(1).optional(),
  AUTH_AUDIENCE: z.string().min(1).optional(),
  AUTH_ALGORITHM: z.enum(ALGORITHMS).default('ES256'),
  AUTH_TOKEN_TYPE: z.enum(TOKEN_TYPES).default('at+jwt'),
  AUTH_AUTHORITIES: z
    .string()
    .transform((list) => list.split(',').map((code) => code.trim()))
    .refine((list) => list.every((code) => AUTHORITY_CODE.test(code)), 'codes of authorities between commas')
    .optional(),
  RATE_LIMIT_HUMAN: count(600),
  RATE_LIMIT_HUMAN_URGENT: count(1200),
  RATE_LIMIT_SYSTEM: count(1200),
  RATE_LIMIT_SYSTEM_URGENT: count(6000),
  RATE_LIMIT_UNAUTHENTICATED: count(120),
  VIEWS_WARNING: count(300),
  THRESHOLD_URL: z.url({ protocol: /^https?$/, error: 'a URL, as https://id.example/keys' }).optional(),
  THRESHOLD_TOKEN: z.string().optional(),
  TRUSTED_PROXIES: Proxies.default([]),
  WEBHOOK_ALLOW: Receivers.default([]),
  GRAPHQL_ALLOW: z.enum(['listed', 'any']).optional(),
  GRAPHQL_OPERATIONS: z.string().optional(),
})

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
      anchorFile: env.ANCHOR_FILE,
      anchorUrls: env.ANCHOR_URLS,
    },
    database: env.DATABASE_URL ? { url: env.DATABASE_URL, max: env.DATABASE_POOL_MAX } : { dataDir: env.DATA_DIR },
    settings: {
      outbound: { ...STRICT_SETTINGS.outbound, allow: env.WEBHOOK_ALLOW, allowsHttp: env.NODE_ENV === 'development' },
    },
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

/** @throws ConfigurationError for what must not hold real records. */
function requireFit(env: z.output<typeof Variables>, purpose: Purpose): void {
  const isProduction = env.NODE_ENV === 'production'
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

function limitsOf(env: z.output<typeof Variables>): Limits {
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
function authOf(env: z.output<typeof Variables>, purpose: Purpose): Config['auth'] {
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

function protectedIssuers({ NODE_ENV }: z.output<typeof Variables>, issuers: readonly Issuer[]): Config['auth'] {
  const bare = NODE_ENV === 'production' ? unprotected(issuers) : []
  if (bare.length > 0)
    throw new ConfigurationError(
      `AUTH_JWKS_URL: in production keys are fetched over https, also of ${bare.join(', ')}.`,
    )
  return { issuers }
}
