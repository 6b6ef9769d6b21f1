/**
 * The keys that the database does not hold. Each referral has a key, which is stored wrapped by the key of its authority; the
 * authority's own is here. A copy of the database alone opens nothing that was sealed.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'

export interface Wrapped {
  /** Which key of the authority wrapped it. */
  readonly wrappedBy: string
  readonly wrapped: Uint8Array
}

export interface Vault {
  /**
   * A new key for a referral, and how it is to be stored. `isFirst` says whether the authority has wrapped nothing yet: only
   * then may a key of the authority be made.
   * @throws VaultError when the authority's key is missing, so that a lost key is noticed before anything is sealed by another.
   */
  newKey(authorityId: string, isFirst: () => Promise<boolean>): Promise<{ key: Buffer } & Wrapped>
  /** @throws VaultError when the key that wrapped it is not here, or did not wrap it. */
  unwrap(authorityId: string, wrapped: Wrapped): Buffer
}

export class VaultError extends Error {
  override readonly name = 'VaultError'
}

export const KEY_BYTES = 32
const NONCE_BYTES = 12
const TAG_BYTES = 16

/** AES-256-GCM: nonce, ciphertext and tag in one. `about` is bound to it and not kept in it. */
export function seal(key: Uint8Array, content: Uint8Array, about: string): Buffer {
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(about, 'utf8'))
  return Buffer.concat([nonce, cipher.update(content), cipher.final(), cipher.getAuthTag()])
}

/** @throws VaultError for what was not sealed with this key about this. */
export function open(key: Uint8Array, sealed: Uint8Array, about: string): Buffer {
  if (sealed.length < NONCE_BYTES + TAG_BYTES) throw new VaultError('Nothing is sealed here')
  const end = sealed.length - TAG_BYTES
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, NONCE_BYTES))
    .setAAD(Buffer.from(about, 'utf8'))
    .setAuthTag(sealed.subarray(end))
  try {
    return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES, end)), decipher.final()])
  } catch {
    throw new VaultError('What is sealed was changed, or sealed by another key')
  }
}

/** The keys of an authority by their ids, and which of them wraps what is new. */
export interface AuthorityKeys {
  readonly active: string
  readonly keys: ReadonlyMap<string, Buffer>
}

export interface KeyStore {
  read(authorityId: string): AuthorityKeys | undefined
  /** Makes the first key of an authority where there is none; what another process made meanwhile stands. */
  create(authorityId: string): AuthorityKeys
}

export function vaultOver(store: KeyStore): Vault {
  const known = (authorityId: string): AuthorityKeys => {
    const keys = store.read(authorityId)
    if (!keys) throw new VaultError(`The key of the authority ${authorityId} is not here`)
    return keys
  }
  return {
    async newKey(authorityId, isFirst) {
      const keys = store.read(authorityId) ?? ((await isFirst()) ? store.create(authorityId) : known(authorityId))
      const by = keys.keys.get(keys.active)
      if (!by) throw new VaultError(`The active key of the authority ${authorityId} is not here`)
      const key = randomBytes(KEY_BYTES)
      return { key, wrappedBy: keys.active, wrapped: seal(by, key, authorityId) }
    },
    unwrap(authorityId, { wrappedBy, wrapped }) {
      const by = known(authorityId).keys.get(wrappedBy)
      if (!by) throw new VaultError(`The key ${wrappedBy} of the authority ${authorityId} is not here`)
      return open(by, wrapped, authorityId)
    },
  }
}

/** Keys in memory, gone with the process: for tests and for databases that are. */
export function memoryKeys(): KeyStore {
  const all = new Map<string, AuthorityKeys>()
  return {
    read: (authorityId) => all.get(authorityId),
    create(authorityId) {
      const made = { active: '1', keys: new Map([['1', randomBytes(KEY_BYTES)]]) }
      all.set(authorityId, made)
      return made
    },
  }
}

const vaults = new WeakMap<object, Vault>()

/** Says by which keys a transaction seals. */
export function useVault(tx: object, vault: Vault | undefined): void {
  if (vault) vaults.set(tx, vault)
}

/** @throws VaultError where a database was opened without keys: nothing about a child is recorded then. */
export function vaultOf(tx: object): Vault {
  const vault = vaults.get(tx)
  if (!vault) throw new VaultError('This database was opened without the keys of its authorities')
  return vault
}
