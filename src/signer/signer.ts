/**
 * Signs checkpoints and nothing else. What it signed last of each log is kept in its own folder, and is on disk before the
 * signature is given out: it never signs a tree that is smaller than, or does not continue, one that it signed before.
 */
import { createHash, createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { appendFileSync, closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { checkpointText, openCheckpoint } from '../engine/audit/checkpoint.ts'
import { verifyConsistency } from '../engine/audit/merkle.ts'
import { readVerifierKey, signNote, verifierKey } from '../engine/audit/note.ts'
import type { Signed, Signer, SignRequest } from '../kernel/signer.ts'

const KEY_FILE = 'signer.pem'
/** Every note that was signed, one after the other: the signer's own copy of what others should hold. */
const JOURNAL = 'signed.txt'

/**
 * A signer whose key and memory are in a folder, made where there is none.
 * @throws Error for a folder whose key cannot be read
 */
export function openSigner(folder: string): Signer & { restart(origin: string, reason: string): void } {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const key = keyOf(folder)
  const lastNote = (origin: string): string | null => readIfThere(statePath(folder, origin))
  return {
    async verifierKey(origin) {
      return verifierKey(origin, key)
    },
    async sign(request) {
      const { origin } = request
      const note = lastNote(origin)
      const refusal = note === null ? fromNothing(request) : continuing(request, note, key)
      if (refusal) return refusal
      const signed = signNote(checkpointText(request), origin, key)
      if (note !== signed) remember(folder, origin, signed)
      return { note: signed }
    },
    restart(origin, reason) {
      appendFileSync(join(folder, JOURNAL), `restarted ${origin}: ${reason.replaceAll(/\s+/g, ' ')}\n\n`)
      write(statePath(folder, origin), '')
    },
  }
}

function fromNothing({ from }: SignRequest): Signed | null {
  return from === 0 ? null : { refused: 'stale', last: { size: 0, note: null } }
}

/** @throws NoteError when what was kept is not what this key signed */
function continuing({ origin, size, root, from, proof }: SignRequest, note: string, key: KeyObject): Signed | null {
  const last = openCheckpoint(note, readVerifierKey(verifierKey(origin, key)))
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
  const path = join(folder, KEY_FILE)
  const known = readIfThere(path)
  if (known !== null) return createPrivateKey(known)
  const { privateKey } = generateKeyPairSync('ed25519')
  write(path, privateKey.export({ type: 'pkcs8', format: 'pem' }) as string)
  return privateKey
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
