/** What `serve` and other commands that need the database share: opening it as the configuration says. */
import { randomBytes } from 'node:crypto'
import type { Config } from './config.ts'
import { type Database, openDatabase } from './db/connect.ts'
import { developmentKeyOf } from './development.ts'
import type { Making } from './features/identity/provision.ts'
import { developmentVerifier } from './features/identity/tokens.ts'
import { createVerifier, type TokenVerifier } from './features/identity/verifier.ts'
import { idsInOrder } from './kernel/ids.ts'

export async function openConfigured(config: Config): Promise<Database> {
  return await openDatabase(config.database)
}

export function making(): Making {
  return { now: new Date().toISOString(), newId: idsInOrder(Date.now, randomBytes) }
}

/** The identity providers of the configuration; on the embedded default the development key. */
export async function verifierOf(config: Config): Promise<TokenVerifier> {
  if (config.auth) return createVerifier(config.auth.issuers)
  return developmentVerifier(await developmentKeyOf(config))
}
