/** What `serve` and other commands that need the database share: opening it as the configuration says. */
import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { z } from 'zod'
import { type Config, ConfigurationError } from './config.ts'
import { type Database, openDatabase } from './db/connect.ts'
import { eq } from './db/drizzle.ts'
import { keyFolder } from './db/key-folder.ts'
import { refusing } from './db/protection.ts'
import { referralKeys } from './db/tables/audit.ts'
import { vaultOver } from './db/vault.ts'
import { developmentKeyOf } from './development.ts'
import { listAuthorities } from './features/identity/index.ts'
import type { Making } from './features/identity/provision.ts'
import { developmentVerifier } from './features/identity/tokens.ts'
import { createVerifier, type TokenVerifier } from './features/identity/verifier.ts'
import { operations } from './features/index.ts'
import { relations } from './features/relations.ts'
import { type GraphqlRules, listOf } from './graphql/listed.ts'
import { idsInOrder } from './kernel/ids.ts'
import type { Settings } from './kernel/settings.ts'
import { fileAnchor, webhookAnchor } from './signer/anchors.ts'
import { remoteSigner } from './signer/client.ts'
import { openSigner } from './signer/signer.ts'

export async function openConfigured(config: Config): Promise<Database> {
  return await openDatabase({ ...config.database, vault: vaultOver(keyFolder(config.keysDir)) })
}

/** Signed by a process of its own where one is named; on the embedded default in this one, which proves less. */
export function settingsOf(config: Config): Settings {
  const { service, signerUrl, signerToken: token, anchorFile, anchorUrls } = config.log
  const own = 'dataDir' in config.database ? openSigner(join(config.dataDir, 'signer')) : null
  const anchors = [...(anchorFile ? [fileAnchor(anchorFile)] : []), ...anchorUrls.map(webhookAnchor)]
  return {
    ...config.settings,
    log: {
      service,
      signer: signerUrl ? remoteSigner(signerUrl, { token }) : own,
      anchors,
      contradicted: new Map(),
      keys: new Map(),
    },
  }
}

/**
 * Asks the database whether it keeps authorities apart from this login, and tells what it does not refuse for.
 *
 * @throws Error that names each thing for which nothing is served, with the SQL that mends it.
 */
export async function requireApart(database: Database, config: Config, tell: (line: string) => void): Promise<void> {
  const weaknesses = await database.weaknesses()
  const refused = refusing(weaknesses, config)
  const lines = (some: typeof weaknesses): string => some.map(({ what, mend }) => `  ${what}\n    ${mend}`).join('\n')
  if (refused.length > 0)
    throw new Error(
      `Nothing is served: the database would not keep authorities apart.\n${lines(refused)}\nSee docs/OPERATOR.md, PostgreSQL.`,
    )
  if (weaknesses.length > 0)
    tell(
      `WARNING: a database like this must hold no real records.\n${lines(weaknesses)}\nSee docs/OPERATOR.md, PostgreSQL.`,
    )
}

/**
 * Looks whether the keys of every authority are here that wrapped something.
 *
 * @throws Error that names what is missing: without it nothing about a child could be recorded, and no decision read.
 */
export async function requireKeysOf(database: Database, { keysDir }: Config): Promise<void> {
  const folder = keyFolder(keysDir)
  const missing: string[] = []
  for (const { id, code } of await listAuthorities(database)) {
    const used = await database.withTenant(id, (tx) =>
      tx.selectDistinct({ by: referralKeys.wrappedBy }).from(referralKeys).where(eq(referralKeys.authorityId, id)),
    )
    const keys = used.length > 0 ? folder.read(id)?.keys : undefined
    missing.push(...used.filter(({ by }) => !keys?.has(by)).map(({ by }) => `  key ${by} of ${code}`))
  }
  if (missing.length > 0)
    throw new Error(
      `Nothing is served: keys are not in ${keysDir} by which content is sealed.\n${missing.join('\n')}\nSee docs/OPERATOR.md, Keys and backups.`,
    )
}

export function making(): Making {
  return { now: new Date().toISOString(), newId: idsInOrder(Date.now, randomBytes) }
}

/** The identity providers of the configuration; on the embedded default the development key. */
export async function verifierOf(config: Config): Promise<TokenVerifier> {
  if (config.auth) return createVerifier(config.auth.issuers)
  return developmentVerifier(await developmentKeyOf(config))
}

/** @throws ConfigurationError when the list of GraphQL documents cannot be read, or names one that could never run. */
export function graphqlRulesOf({ graphql: { allow, operations: path, showsSchema } }: Config): GraphqlRules {
  try {
    const listed = path === undefined ? new Map() : listOf(documentsAt(path), { operations, relations })
    return { listed, takesOthers: allow === 'any', showsSchema }
  } catch (error) {
    throw new ConfigurationError(`GRAPHQL_OPERATIONS: ${(error as Error).message}`)
  }
}

/** A JSON file of names and documents, or a folder of `.graphql` files. */
function documentsAt(path: string): Record<string, string> {
  if (!statSync(path).isDirectory())
    return z.record(z.string(), z.string()).parse(JSON.parse(readFileSync(path, 'utf8')))
  const files = readdirSync(path).filter((name) => name.endsWith('.graphql'))
  return Object.fromEntries(files.map((name) => [basename(name, '.graphql'), readFileSync(join(path, name), 'utf8')]))
}
