/** What must be so before anything is served. */
import type { Config } from './config.ts'
import type { Database } from './db/connect.ts'
import { eq } from './db/drizzle.ts'
import { keyFolder } from './db/key-folder.ts'
import { refusing } from './db/protection.ts'
import { referralKeys } from './db/tables/audit.ts'
import { listAuthorities } from './features/identity/index.ts'

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
