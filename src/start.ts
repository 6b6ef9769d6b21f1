/** What `serve` and other commands that need the database share: opening it as the configuration says. */
import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { z } from 'zod'
import { type Config, ConfigurationError } from './config.ts'
import { type Database, openDatabase } from './db/connect.ts'
import type { Making } from './features/identity/provision.ts'
import { createVerifier, developmentKey, developmentVerifier, type TokenVerifier } from './features/identity/tokens.ts'
import { operations } from './features/index.ts'
import { relations } from './features/relations.ts'
import { type GraphqlRules, listOf } from './graphql/listed.ts'
import { idsInOrder } from './kernel/ids.ts'

export async function openConfigured(config: Config): Promise<Database> {
  return await openDatabase(config.database)
}

export function making(): Making {
  return { now: new Date().toISOString(), newId: idsInOrder(Date.now, randomBytes) }
}

/** The identity provider of the configuration; on the embedded default the development key. */
export async function verifierOf(config: Config): Promise<TokenVerifier> {
  if (!config.auth) return developmentVerifier(await developmentKey(config.dataDir))
  const { jwksUrl, ...rest } = config.auth
  return createVerifier({ ...rest, keys: { jwksUrl } })
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
