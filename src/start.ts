/** What `serve` and other commands that need the database share: opening it as the configuration says. */
import { randomBytes } from 'node:crypto'
import type { Config } from './config.ts'
import { type Database, openDatabase } from './db/connect.ts'
import { keyFolder } from './db/key-folder.ts'
import { vaultOver } from './db/vault.ts'
import type { Making } from './features/identity/provision.ts'
import { createVerifier, developmentKey, developmentVerifier, type TokenVerifier } from './features/identity/tokens.ts'
import { idsInOrder } from './kernel/ids.ts'

export async function openConfigured(config: Config): Promise<Database> {
  return await openDatabase({ ...config.database, vault: vaultOver(keyFolder(config.keysDir)) })
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
