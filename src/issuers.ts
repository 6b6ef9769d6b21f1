/** The issuers file: which identity providers may speak for which authorities. */
import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { ALGORITHMS, type Issuer, TOKEN_TYPES } from './features/identity/verifier.ts'
import { Refusal } from './kernel/errors.ts'
import { parseStrictJson } from './kernel/strict-json.ts'

export const AUTHORITY_CODE = /^[a-z0-9-]{1,60}$/
export const KeyAddress = z.url({ protocol: /^https?$/, error: 'a URL, as https://id.example/keys' })

const IssuersFile = z.strictObject({
  issuers: z
    .array(
      z.strictObject({
        issuer: z.string().min(1),
        audience: z.string().min(1),
        jwksUrl: KeyAddress,
        algorithm: z.enum(ALGORITHMS).default('ES256'),
        authorities: z.array(z.string().regex(AUTHORITY_CODE, 'the code of an authority')).min(1),
        tokenType: z.enum(TOKEN_TYPES).default('at+jwt'),
        lifetimeMinutesMax: z
          .int()
          .min(1)
          .max(24 * 60)
          .default(24 * 60),
      }),
    )
    .min(1)
    .refine(
      (list) => new Set(list.map(({ issuer }) => issuer)).size === list.length,
      'an issuer is named once, with all its authorities',
    )
    .superRefine((list, context) => {
      for (const [authority, issuers] of sharedIn(list))
        context.addIssue({ code: 'custom', message: `${authority} has one issuer, not ${issuers.join(' and ')}` })
    }),
})

/**
 * Authorities that several issuers name, with those. Accounts are known by authority and subject, and each provider gives
 * out subjects as it likes: a second one could give somebody the subject of another person.
 */
function sharedIn(list: readonly { issuer: string; authorities: readonly string[] }[]): [string, string[]][] {
  const issuersOf = (authority: string) => list.filter(({ authorities }) => authorities.includes(authority))
  return [...new Set(list.flatMap(({ authorities }) => authorities))]
    .map((authority): [string, string[]] => [authority, issuersOf(authority).map(({ issuer }) => issuer)])
    .filter(([, issuers]) => issuers.length > 1)
}

/** @throws Error that says in words what is wrong with the file */
export function readIssuers(file: string): readonly Issuer[] {
  const parsed = IssuersFile.safeParse(parsedFile(file))
  if (!parsed.success)
    throw new Error(
      parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'file'}: ${message}`).join('; '),
    )
  return parsed.data.issuers.map(({ jwksUrl, ...issuer }) => ({ ...issuer, keys: { jwksUrl } }))
}

function parsedFile(file: string): unknown {
  let bytes: Uint8Array
  try {
    bytes = readFileSync(file)
  } catch {
    throw new Error('the file cannot be read')
  }
  try {
    return parseStrictJson(bytes)
  } catch (error) {
    if (error instanceof Refusal) throw new Error('the file is not well-formed JSON, or names something twice')
    throw error
  }
}

/** Keys that travel unprotected could be anybody's. */
export function unprotected(issuers: readonly Issuer[]): readonly string[] {
  return issuers.flatMap(({ issuer, keys }) =>
    'jwksUrl' in keys && !keys.jwksUrl.startsWith('https:') ? [issuer] : [],
  )
}
