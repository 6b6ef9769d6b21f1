/** `threshold provision FILE`: authorities, accounts and policies from a file; run again, it changes nothing. */
import { readConfig } from '../../config.ts'
import { provision } from '../../provision.ts'
import { making, openConfigured } from '../../start.ts'

export async function provisionFrom(file: string, print: (line: string) => void): Promise<void> {
  const database = await openConfigured(readConfig(undefined, 'maintain'))
  try {
    for (const line of await provision(database, file, making())) print(line)
  } finally {
    await database.close()
  }
}
