/** What `serve` and other commands that need the database share: opening it as the configuration says. */
import { randomBytes } from 'node:crypto'
import type { JWK } from 'jose'
import { type Config, ConfigurationError } from './config.ts'
import { type Database, openDatabase } from './db/connect.ts'
import type { Making } from './features/identity/provision.ts'
import { developmentKey, developmentVerifier } from './features/identity/tokens.ts'
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

/**
 * The one way to the development key. Whoever has the file of it is everybody: it opens nothing but an embedded database
 * that holds nothing real.
 * @throws ConfigurationError with a database server, in production, or where an identity provider is configured
 */
export async function developmentKeyOf(config: Config): Promise<JWK> {
  const because =
    'url' in config.database
      ? 'DATABASE_URL'
      : config.isProduction
        ? 'NODE_ENV'
        : config.auth
          ? 'AUTH_JWKS_URL'
          : undefined
  if (because !== undefined)
    throw new ConfigurationError(
      `${because}: tokens come from the identity provider; the development key is for the embedded default alone.`,
    )
  return await developmentKey(config.dataDir)
}
