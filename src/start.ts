/** What `serve` and other commands that need the database share: opening it as the configuration says. */
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import type { Config } from './config.ts'
import { type Database, openDatabase } from './db/connect.ts'
import { keyFolder } from './db/key-folder.ts'
import { vaultOver } from './db/vault.ts'
import { developmentKeyOf } from './development.ts'
import type { Making } from './features/identity/provision.ts'
import { developmentVerifier } from './features/identity/tokens.ts'
import { createVerifier, type TokenVerifier } from './features/identity/verifier.ts'
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
  const { service, signerUrl, anchorFile, anchorUrls } = config.log
  const own = 'dataDir' in config.database ? openSigner(join(config.dataDir, 'signer')) : null
  const anchors = [...(anchorFile ? [fileAnchor(anchorFile)] : []), ...anchorUrls.map(webhookAnchor)]
  return {
    ...config.settings,
    log: { service, signer: signerUrl ? remoteSigner(signerUrl) : own, anchors, contradicted: new Map() },
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
