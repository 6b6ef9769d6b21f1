/** Keys of authorities in a folder outside the database: a file for each, readable by the service alone. */
import { randomBytes } from 'node:crypto'
import {
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { type AuthorityKeys, KEY_BYTES, type KeyStore, VaultError } from './vault.ts'

interface File {
  readonly active: string
  /** Base64, by id. */
  readonly keys: Readonly<Record<string, string>>
}

const pathIn = (folder: string, authorityId: string): string => join(folder, `${authorityId}.keys.json`)

/** A file is read again when it was changed, so that a key that is added while the service runs counts at once. */
export function keyFolder(folder: string): KeyStore {
  const known = new Map<string, { readonly keys: AuthorityKeys; readonly stamp: string }>()
  const pathOf = (authorityId: string): string => pathIn(folder, authorityId)
  const read = (authorityId: string): AuthorityKeys | undefined => {
    const stamp = stampOf(pathOf(authorityId))
    const before = known.get(authorityId)
    if (before && before.stamp === stamp) return before.keys
    const keys = readKeys(pathOf(authorityId))
    if (keys) known.set(authorityId, { keys, stamp })
    return keys
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

/**
 * Adds a key and makes it the one that wraps what is new. The others stay, so that what they wrapped can still be opened.
 * @returns its id · @throws VaultError where the authority has no keys yet: the first is made by itself
 */
export function addKey(folder: string, authorityId: string): string {
  const { keys } = requireKeys(folder, authorityId)
  const id = `${Math.max(...[...keys.keys()].map(Number)) + 1}`
  replaceKeys(folder, authorityId, { active: id, keys: new Map([...keys, [id, randomBytes(KEY_BYTES)]]) })
  return id
}

/** @throws VaultError for the active key, and for one that is not there */
export function removeKey(folder: string, authorityId: string, id: string): void {
  const { active, keys } = requireKeys(folder, authorityId)
  if (id === active) throw new VaultError(`The key ${id} is the active one. Rotate first.`)
  if (!keys.has(id)) throw new VaultError(`There is no key ${id}.`)
  replaceKeys(folder, authorityId, { active, keys: new Map([...keys].filter(([one]) => one !== id)) })
}

/** @throws VaultError where there is no file of keys */
export function requireKeys(folder: string, authorityId: string): AuthorityKeys {
  const found = readKeys(pathIn(folder, authorityId))
  if (!found) throw new VaultError(`There are no keys of ${authorityId} in ${folder}`)
  return found
}

/** Whole and on disk before it takes the place of the one before. */
function replaceKeys(folder: string, authorityId: string, { active, keys }: AuthorityKeys): void {
  const encoded = [...keys].map(([id, key]) => [id, key.toString('base64')] as const)
  const path = pathIn(folder, authorityId)
  const draft = `${path}.${process.pid}.new`
  writeWhole(draft, JSON.stringify({ active, keys: Object.fromEntries(encoded) } satisfies File))
  renameSync(draft, path)
  syncFolder(folder)
}

/** A name is on disk once its folder is. */
function syncFolder(folder: string): void {
  const directory = openSync(folder, 'r')
  fsyncSync(directory)
  closeSync(directory)
}

/** What tells two states of a file apart; empty where there is none. */
function stampOf(path: string): string {
  const found = statSync(path, { throwIfNoEntry: false })
  return found ? `${found.ino}/${found.mtimeMs}/${found.size}` : ''
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
  writeWhole(draft, text)
  try {
    linkSync(draft, path)
    syncFolder(dirname(path))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    unlinkSync(draft)
  }
}

function writeWhole(path: string, text: string): void {
  const file = openSync(path, 'w', 0o600)
  writeSync(file, text)
  fsyncSync(file)
  closeSync(file)
}
