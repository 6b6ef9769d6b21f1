/** `threshold keys …`: the keys of an authority, which are outside the database. Run with the rights of its owner. */
import { readConfig } from '../../config.ts'
import { addKey, removeKey, requireKeys } from '../../db/key-folder.ts'
import { rewrapKeys, whenUnused } from '../../db/rotation.ts'
import { listAuthorities } from '../../features/identity/queries.ts'
import { openConfigured } from '../../start.ts'

type Database = Awaited<ReturnType<typeof openConfigured>>
type Print = (line: string) => void

/** A new key wraps what is new, and whatever was wrapped before. The old one stays until it is retired. */
export async function rotate(options: { authority: string; resume?: boolean }, print: Print): Promise<void> {
  await forAuthority(options.authority, async (database, { id, keysDir }) => {
    const added = options.resume ? requireKeys(keysDir, id).active : addKey(keysDir, id)
    if (!options.resume) print(`${options.authority}: key ${added} is active.`)
    const count = await rewrapKeys(database, id, requireKeys(keysDir, id))
    print(`${options.authority}: ${count} keys are wrapped by it anew.`)
  })
}

/** Destroys an old key. What is wrapped by it, in whatever copy, is never opened again. */
export async function retire(options: { authority: string; key: string }, print: Print): Promise<void> {
  await forAuthority(options.authority, async (database, { id, keysDir }) => {
    await whenUnused(database, id, options.key, () => removeKey(keysDir, id, options.key))
    print(`${options.authority}: key ${options.key} is gone from this folder. Destroy its copies in backups as well.`)
  })
}

async function forAuthority(
  code: string,
  act: (database: Database, authority: { id: string; keysDir: string }) => Promise<void>,
): Promise<void> {
  const config = readConfig(undefined, 'maintain')
  const database = await openConfigured(config)
  try {
    const found = (await listAuthorities(database)).find((authority) => authority.code === code)
    if (!found) throw new Error(`There is no authority ${code}.`)
    await act(database, { id: found.id, keysDir: config.keysDir })
  } finally {
    await database.close()
  }
}
