/** Where the development key may be used. Apart from `start.ts`, so that a command that makes a token opens no database. */
import type { JWK } from 'jose'
import { type Config, ConfigurationError } from './config.ts'
import { developmentKey } from './features/identity/tokens.ts'

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
