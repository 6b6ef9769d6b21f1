/** Environment → one frozen configuration; the only reader of the environment. Refuses to start rather than guess. */
import { isIP } from 'node:net'
import { z } from 'zod'
import { type Settings, STRICT_SETTINGS } from './kernel/settings.ts'

const flag = z.enum(['true', 'false']).transform((value) => value === 'true')
const port = z
  .string()
  .regex(/^\d{1,5}$/, 'a port number')
  .transform(Number)
  .refine((number) => number <= 65_535, 'a port number, at most 65535')

/** A host name, an address, or an address with the length of its network. */
function isAllowable(entry: string): boolean {
  const [address = '', bits, ...rest] = entry.split('/')
  const family = isIP(address)
  if (bits === undefined) return family !== 0 || /^[a-z0-9-]+(\.[a-z0-9-]+)*$/.test(entry)
  return rest.length === 0 && family !== 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128)
}

/** Every setting with its meaning; `docs/OPERATOR.md` has the table. */
const Variables = z.object({
  NODE_ENV: z.enum(['development', 'test', 'production']).default('development'),
  HOST: z.string().default('127.0.0.1'),
  PORT: port.default(3000),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  DATA_DIR: z.string().default('.data'),
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
  AUTH_JWKS_URL: z.url({ protocol: /^https?$/, error: 'a URL, as https://id.example/keys' }).optional(),
  AUTH_ISSUER: z.string().min(1).optional(),
  AUTH_AUDIENCE: z.string().min(1).optional(),
  THRESHOLD_URL: z.url({ protocol: /^https?$/, error: 'a URL, as https://id.example/keys' }).optional(),
  THRESHOLD_TOKEN: z.string().optional(),
  WEBHOOK_ALLOW: z
    .string()
    .transform((list) => list.split(',').map((entry) => entry.trim().toLowerCase()))
    .refine(
      (list) => list.every(isAllowable),
      'hosts, addresses or networks between commas, as 10.2.0.0/16,case.council.example',
    )
    .default([]),
  AUTH_ALGORITHM: z.enum(['ES256', 'RS256', 'PS256', 'EdDSA']).default('ES256'),
  GRAPHQL_ALLOW: z.enum(['listed', 'any']).optional(),
  GRAPHQL_OPERATIONS: z.string().optional(),
})

export interface Config {
  readonly isProduction: boolean
  readonly host: string
  readonly port: number
  readonly logLevel: string
  /** Folder of the embedded database and of the development key. */
  readonly dataDir: string
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
  /** Absent on the embedded default, which has a development key of its own. */
  readonly auth?: {
    readonly jwksUrl: string
    readonly issuer: string
    readonly audience: string
    readonly algorithm: 'ES256' | 'RS256' | 'PS256' | 'EdDSA'
  }
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
  if (!env.DATABASE_URL && isProduction && !env.ALLOW_EMBEDDED_IN_PRODUCTION) {
    throw new ConfigurationError(
      'DATABASE_URL: the embedded database is for trying out and must not hold real records. Give a PostgreSQL address, or set ALLOW_EMBEDDED_IN_PRODUCTION=true if these are not real records.',
    )
  }
  const auth = authOf(env, purpose)
  return Object.freeze({
    isProduction,
    host: env.HOST,
    port: env.PORT,
    logLevel: env.LOG_LEVEL,
    dataDir: env.DATA_DIR,
    database: env.DATABASE_URL ? { url: env.DATABASE_URL, max: env.DATABASE_POOL_MAX } : { dataDir: env.DATA_DIR },
    settings: {
      outbound: { ...STRICT_SETTINGS.outbound, allow: env.WEBHOOK_ALLOW, allowsHttp: env.NODE_ENV === 'development' },
    },
    graphql: {
      allow: env.GRAPHQL_ALLOW ?? (isProduction ? 'listed' : 'any'),
      operations: env.GRAPHQL_OPERATIONS,
      showsSchema: !isProduction,
    },
    client: { url: env.THRESHOLD_URL ?? `http://127.0.0.1:${env.PORT}`, token: env.THRESHOLD_TOKEN },
    ...(auth ? { auth } : {}),
  })
}

/** With real records there is a real identity provider, whole or not at all. */
function authOf(env: z.output<typeof Variables>, purpose: Purpose): Config['auth'] {
  const { AUTH_JWKS_URL: jwksUrl, AUTH_ISSUER: issuer, AUTH_AUDIENCE: audience, AUTH_ALGORITHM: algorithm } = env
  const given = [jwksUrl, issuer, audience].filter((value) => value !== undefined).length
  if (given === 0 && (!env.DATABASE_URL || purpose === 'maintain')) return undefined
  if (!jwksUrl || !issuer || !audience) {
    throw new ConfigurationError(
      'AUTH_JWKS_URL, AUTH_ISSUER and AUTH_AUDIENCE: with DATABASE_URL all three are needed, so that no token goes unchecked.',
    )
  }
  return { jwksUrl, issuer, audience, algorithm }
}
