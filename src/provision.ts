/** Makes what a provisioning file says: authorities, their accounts, their policy. Running it again changes nothing. */
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import type { Database } from './db/connect.ts'
import { ACCOUNT_KINDS, fitsKind, ROLES } from './db/tables/accounts.ts'
import { QUALIFICATIONS } from './engine/vocabulary.ts'
import { type Making, provideAccounts, provideAuthority } from './features/identity/provision.ts'
import { loadPolicy } from './features/policies/files.ts'
import { publishFile } from './features/policies/publish.ts'

const Account = z
  .strictObject({
    subject: z.string().min(1).max(200),
    displayName: z.string().min(1).max(200),
    kind: z.enum(ACCOUNT_KINDS).default('human'),
    agency: z.string().optional(),
    qualification: z.enum(QUALIFICATIONS).optional(),
    roles: z.array(z.enum(ROLES)).min(1),
  })
  .refine(({ kind, roles }) => roles.every((role) => fitsKind(kind, role)), {
    path: ['roles'],
    error: 'people have the roles of people, systems those of systems',
  })
  .refine(({ kind, qualification }) => kind === 'human' || qualification === undefined, {
    path: ['qualification'],
    error: 'a system holds no qualification',
  })

export const ProvisioningFile = z.strictObject({
  authorities: z
    .array(
      z.strictObject({
        code: z.string().regex(/^[a-z0-9-]{1,60}$/),
        name: z.string().min(1),
        /** Policy file, relative to this file. */
        policy: z.string(),
        accounts: z.array(Account),
      }),
    )
    .min(1),
})

/** The three fictional authorities of the embedded default. */
export const DEMO_FILE = new URL('../examples/demo.json', import.meta.url).pathname

/** @throws Error when the file or a policy that it names has an error; nothing of that authority is then made. */
export async function provision(database: Database, file: string, making: Making): Promise<string[]> {
  const { authorities } = ProvisioningFile.parse(JSON.parse(readFileSync(file, 'utf8')))
  const done: string[] = []
  for (const { code, name, policy: policyFile, accounts } of authorities) {
    const { policy, problems, cases, texts } = loadPolicy(join(dirname(file), policyFile))
    const failing = cases.filter(({ failures }) => failures.length > 0).map(({ id }) => id)
    if (failing.length > 0)
      throw new Error(`The policy of ${code} does not do what its cases say: ${failing.join(', ')}.`)
    if (!policy || !texts)
      throw new Error(
        `The policy of ${code} cannot be loaded:\n${problems.map((p) => `${p.file}:${p.line}:${p.column} ${p.message}`).join('\n')}`,
      )
    const authority = await provideAuthority(database, { code, name }, making)
    await provideAccounts(
      database,
      authority,
      accounts.map(({ agency, qualification, ...account }) => ({
        ...account,
        ...(agency ? { agency } : {}),
        ...(qualification ? { qualification } : {}),
      })),
      making,
    )
    const published = await publishFile(database, authority.id, { policy, texts }, making)
    done.push(`${name}: ${policy.id} ${policy.version} ${published}, ${accounts.length} accounts`)
  }
  return done
}
