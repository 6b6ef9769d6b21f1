/** What `serve` and other commands that need the database share: opening it as the configuration says. */
import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { z } from 'zod'
import { type Config, ConfigurationError } from './config.ts'
import { type Database, openDatabase } from './db/connect.ts'
import { keyFolder } from './db/key-folder.ts'
import { vaultOver } from './db/vault.ts'
import { developmentKeyOf } from './development.ts'
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
