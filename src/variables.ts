/** The settings as they stand in the environment: how each is written, and what it is where it is left out. */
import { z } from 'zod'
import { Proxies, Receivers } from './addresses.ts'
import { ALGORITHMS, TOKEN_TYPES } from './features/identity/verifier.ts'
import { AUTHORITY_CODE, KeyAddress } from './issuers.ts'
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

/** Every setting; `docs/OPERATOR.md` has the table with their meaning. */
export const Variables = z.object({
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
  SIGNER_TOKEN: z.string().min(32, 'a secret of 32 characters or more').optional(),
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
  SECURITY_CONTACT: z
    .string()
    .regex(
      /^(mailto:[^\s@]+@[^\s@]+|https:\/\/\S+|tel:\+?[\d.-]+)$/,
      'an address that begins with mailto:, https:// or tel:, as mailto:security@council.example',
    )
    .optional(),
  SECURITY_TXT_URL: z
    .string()
    .regex(
      /^https:\/\/[^\s/]+\/\.well-known\/security\.txt$/,
      'where it is reached, as https://threshold.council.example/.well-known/security.txt',
    )
    .optional(),
  THRESHOLD_URL: z.url({ protocol: /^https?$/, error: 'a URL, as https://id.example/keys' }).optional(),
  THRESHOLD_TOKEN: z.string().optional(),
  TRUSTED_PROXIES: Proxies.default([]),
  WEBHOOK_ALLOW: Receivers.default([]),
  GRAPHQL_ALLOW: z.enum(['listed', 'any']).optional(),
  GRAPHQL_OPERATIONS: z.string().optional(),
})

export type Variables = z.output<typeof Variables>
