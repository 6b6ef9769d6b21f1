/**
 * Signs checkpoints and nothing else. What it signed last of each log is kept in its own folder, and is on disk before the
 * signature is given out: it never signs a tree that is smaller than, or does not continue, one that it signed before.
 */
import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import {
  appendFileSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { checkpointText } from '../engine/audit/checkpoint.ts'
import { verifyConsistency } from '../engine/audit/merkle.ts'
import { type NoteKey, readVerifierKey, signNote, verifierKey } from '../engine/audit/note.ts'
import { openByAny } from '../engine/audit/proof.ts'
import type { Signed, Signer, SignRequest, VerifierKeys } from '../kernel/signer.ts'

const KEY_FILE = 'signer.pem'
/** Public halves of the keys that signed before. */
const FORMER_FILE = 'former.pem'
/** Every note that was signed, one after the other: the signer's own copy of what others should hold. */
const JOURNAL = 'signed.txt'

/** A signer with what somebody may do to it who has its folder. Each is kept in its journal, with the reason. */
export interface OwnSigner extends Signer {
  /** Forgets what was signed of a log, so that another may begin in its place. */
  restart(origin: string, reason: string): void
  /** Signs with a new key from the next start on; what the present one signed goes on being trusted. */
  rotate(reason: string): void
}

/**
 * A signer whose keys and memory are in a folder, made where there is none.
 * @throws Error for a folder whose key cannot be read, or is missing although it signed before
 */
export function openSigner(folder: string): OwnSigner {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const key = keyOf(folder)
  const keysOf = (origin: string): VerifierKeys => [
    verifierKey(origin, key),
    ...formerKeys(folder).map((former) => verifierKey(origin, former)),
  ]
  return {
    async verifierKeys(origin) {
      return keysOf(origin)
    },
    async sign(request) {
      const { origin } = request
      const note = lastNote(folder, origin)
      const refusal =
        note === null ? fromNothing(request) : continuing(request, note, keysOf(origin).map(readVerifierKey))
      if (refusal) return refusal
      const signed = signNote(checkpointText(request), origin, key)
      if (note !== signed) remember(folder, origin, signed)
      return { note: signed }
    },
    restart(origin, reason) {
      journal(folder, `restarted ${origin}`, reason)
      write(statePath(folder, origin), '')
    },
    rotate(reason) {
      journal(folder, 'rotated', reason)
      // First what makes the old key trusted, then the new one: stopped in between, the old one goes on signing.
      addFormer(folder, createPublicKey(key))
      writeNewKey(folder)
    },
  }
}

/**
 * Has a folder trust what a key signed whose private half was lost, and gives it a new key where it has none.
 * @returns whether it was given one
 * @throws NoteError for what is no verifier key
 */
export function trustLostKey(folder: string, lost: string, reason: string): boolean {
  const { key } = readVerifierKey(lost)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  journal(folder, `trusted ${lost}`, reason)
  addFormer(folder, key)
  const isMissing = readIfThere(join(folder, KEY_FILE)) === null
  if (isMissing) writeNewKey(folder)
  return isMissing
}

function journal(folder: string, what: string, reason: string): void {
  appendFileSync(join(folder, JOURNAL), `${what}: ${reason.replaceAll(/\s+/g, ' ')}\n\n`)
}

function fromNothing({ from }: SignRequest): Signed | null {
  return from === 0 ? null : { refused: 'stale', last: { size: 0, note: null } }
}

/** @throws NoteError when what was kept is not what one of these keys signed */
function continuing({ size, root, from, proof }: SignRequest, note: string, keys: readonly NoteKey[]): Signed | null {
  const last = openByAny(note, keys)
  const refuse = (refused: 'stale' | 'smaller' | 'inconsistent'): Signed => ({
    refused,
    last: { size: last.size, note },
  })
  if (size < last.size) return refuse('smaller')
  if (from !== last.size) return refuse('stale')
  return verifyConsistency(last, { size, root }, proof).isProven ? null : refuse('inconsistent')
}

function statePath(folder: string, origin: string): string {
  return join(folder, `${createHash('sha256').update(origin).digest('hex')}.checkpoint`)
}

/** What was signed last of a log; null for one that begins. A file that was lost is not a beginning: the journal knows better. */
function lastNote(folder: string, origin: string): string | null {
  const path = statePath(folder, origin)
  return existsSync(path) ? readIfThere(path) : lastInJournal(readIfThere(join(folder, JOURNAL)) ?? '', origin)
}

function lastInJournal(journal: string, origin: string): string | null {
  const text = `\n${journal}`
  const at = text.lastIndexOf(`\n${origin}\n`)
  if (at < 0 || at < text.lastIndexOf(`\nrestarted ${origin}: `)) return null
  return /^[\s\S]*?\n\n— .*\n/.exec(text.slice(at + 1))?.[0] ?? null
}

/** The newest note of a log, written whole or not at all. */
function remember(folder: string, origin: string, note: string): void {
  write(statePath(folder, origin), note)
  appendFileSync(join(folder, JOURNAL), `${note}\n`)
}

function write(path: string, text: string): void {
  const file = openSync(`${path}.new`, 'w', 0o600)
  writeSync(file, text)
  fsyncSync(file)
  closeSync(file)
  renameSync(`${path}.new`, path)
  const folder = openSync(dirname(path), 'r')
  fsyncSync(folder)
  closeSync(folder)
}

function keyOf(folder: string): KeyObject {
  const known = readIfThere(join(folder, KEY_FILE))
  if (known !== null) return createPrivateKey(known)
  // A new key in place of one that is missing would sign what nobody can check against what was signed before.
  if (readIfThere(join(folder, JOURNAL)) !== null)
    throw new Error(
      `${join(folder, KEY_FILE)} is missing, and this folder has signed. Restore it; if it is lost, say so with --trust and the key as it was published.`,
    )
  return writeNewKey(folder)
}

function writeNewKey(folder: string): KeyObject {
  const { privateKey } = generateKeyPairSync('ed25519')
  write(join(folder, KEY_FILE), privateKey.export({ type: 'pkcs8', format: 'pem' }) as string)
  return privateKey
}

/** The newest first. */
function formerKeys(folder: string): KeyObject[] {
  const pems = readIfThere(join(folder, FORMER_FILE))?.split(/(?<=-----END PUBLIC KEY-----\n)/) ?? []
  return pems.map((pem) => createPublicKey(pem)).reverse()
}

function addFormer(folder: string, key: KeyObject): void {
  const pem = key.export({ type: 'spki', format: 'pem' }) as string
  const before = readIfThere(join(folder, FORMER_FILE)) ?? ''
  if (!before.includes(pem)) write(join(folder, FORMER_FILE), `${before}${pem}`)
}

/** An empty file is none: that is how a log is started anew. */
function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'utf8') || null
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}
