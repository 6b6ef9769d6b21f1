/** Keys of authorities in a folder outside the database: a file for each, readable by the service alone. */
import { randomBytes } from 'node:crypto'
import { closeSync, fsyncSync, linkSync, mkdirSync, openSync, readFileSync, unlinkSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { type AuthorityKeys, KEY_BYTES, type KeyStore, VaultError } from './vault.ts'

interface File {
  readonly active: string
  /** Base64, by id. */
  readonly keys: Readonly<Record<string, string>>
}

/** A file is read once: keys that an operator adds count from the next start on. */
export function keyFolder(folder: string): KeyStore {
  const known = new Map<string, AuthorityKeys>()
  const pathOf = (authorityId: string): string => join(folder, `${authorityId}.keys.json`)
  const read = (authorityId: string): AuthorityKeys | undefined => {
    const before = known.get(authorityId)
    if (before) return before
    const found = readKeys(pathOf(authorityId))
    if (found) known.set(authorityId, found)
    return found
  }
  return {
    read,
    create(authorityId) {
      mkdirSync(folder, { recursive: true, mode: 0o700 })
      const file: File = { active: '1', keys: { 1: randomBytes(KEY_BYTES).toString('base64') } }
      writeNew(pathOf(authorityId), JSON.stringify(file))
      const made = read(authorityId)
      if (!made) throw new VaultError(`The key of ${authorityId} could not be written to ${folder}`)
      return made
    },
  }
}

function readKeys(path: string): AuthorityKeys | undefined {
  const text = readIfThere(path)
  if (text === undefined) return undefined
  const { active, keys } = JSON.parse(text) as File
  const read = new Map(Object.entries(keys).map(([id, key]) => [id, Buffer.from(key, 'base64')]))
  if (!read.has(active) || [...read.values()].some(({ length }) => length !== KEY_BYTES))
    throw new VaultError(`${path} is not a file of keys`)
  return { active, keys: read }
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** Whole and on disk before anything is sealed by it. A file that another process made first is left as it is. */
function writeNew(path: string, text: string): void {
  const draft = `${path}.${process.pid}.new`
  const file = openSync(draft, 'w', 0o600)
  writeSync(file, text)
  fsyncSync(file)
  closeSync(file)
  try {
    linkSync(draft, path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    unlinkSync(draft)
  }
}
