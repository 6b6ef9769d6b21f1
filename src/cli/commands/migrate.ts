/** `threshold migrate`: brings the schema of the database to this version. */
import { readConfig } from '../../config.ts'
import { openConfigured } from '../../start.ts'

export async function migrate(print: (line: string) => void): Promise<void> {
  const database = await openConfigured(readConfig(undefined, 'maintain'))
  try {
    const before = await database.schemaState()
    await database.migrate()
    print(before.pending === 0 ? 'The schema is current.' : `Applied ${before.pending} migrations.`)
  } finally {
    await database.close()
  }
}
