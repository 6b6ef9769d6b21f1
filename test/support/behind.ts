/** What only the owner of the database can do: behind the back of the service, with its protections off. */
import { sql } from '../../src/db/drizzle.ts'
import type { World } from './world.ts'

/** Runs statements with triggers and foreign keys switched off (T12). */
export async function tamper({ database }: Pick<World, 'database'>, ...statements: string[]): Promise<void> {
  await database.asOwner(async (tx) => {
    await tx.execute(sql.raw(`set local session_replication_role = 'replica'`))
    for (const statement of statements) await tx.execute(sql.raw(statement))
  })
}
