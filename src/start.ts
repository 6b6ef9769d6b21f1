/** What `serve` and other commands that need the database share: opening it as the configuration says. */
import { randomBytes } from 'node:crypto'
import type { Config } from './config.ts'
import { type Database, openDatabase } from './db/connect.ts'
import { refusing } from './db/protection.ts'
import type { Making } from './features/identity/provision.ts'
import { createVerifier, developmentKey, developmentVerifier, type TokenVerifier } from './features/identity/tokens.ts'
import { idsInOrder } from './kernel/ids.ts'

export async function openConfigured(config: Config): Promise<Database> {
  return await openDatabase(config.database)
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

export function making(): Making {
  return { now: new Date().toISOString(), newId: idsInOrder(Date.now, randomBytes) }
}

/** The identity provider of the configuration; on the embedded default the development key. */
export async function verifierOf(config: Config): Promise<TokenVerifier> {
  if (!config.auth) return developmentVerifier(await developmentKey(config.dataDir))
  const { jwksUrl, ...rest } = config.auth
  return createVerifier({ ...rest, keys: { jwksUrl } })
}
