/**
 * Signed notes (C2SP signed-note): a text, an empty line, and a line for each signature. Ed25519 alone (type 0x01). A key is
 * known by its name and by four bytes that follow from name and key.
 */
import { createHash, createPublicKey, type KeyObject, sign as signBytes, verify as verifyBytes } from 'node:crypto'

const ED25519 = 1
const SIGNATURE_BYTES = 64
/** What stands before the 32 bytes of an Ed25519 key in DER (RFC 8410). */
const SPKI = Buffer.from('302a300506032b6570032100', 'hex')

export class NoteError extends Error {
  override readonly name = 'NoteError'
}

/** Whom a signature is by. */
export interface NoteKey {
  readonly name: string
  readonly id: Buffer
  readonly key: KeyObject
}

function keyId(name: string, raw: Uint8Array): Buffer {
  return createHash('sha256').update(`${name}\n`).update(Uint8Array.of(ED25519)).update(raw).digest().subarray(0, 4)
}

function requireName(name: string): void {
  if (name === '' || /[\s+]/u.test(name) || !name.isWellFormed())
    throw new NoteError('A key’s name has no space and no plus')
}

/** The public half of a key as it is handed out: `name+id+base64`. */
export function verifierKey(name: string, key: KeyObject): string {
  requireName(name)
  const raw = rawOf(key)
  const bytes = Buffer.concat([Uint8Array.of(ED25519), raw])
  return `${name}+${keyId(name, raw).toString('hex')}+${bytes.toString('base64')}`
}

function rawOf(key: KeyObject): Buffer {
  const der = createPublicKey(key.type === 'private' ? key : key.export({ type: 'spki', format: 'pem' })).export({
    type: 'spki',
    format: 'der',
  })
  if (der.length !== SPKI.length + 32 || !der.subarray(0, SPKI.length).equals(SPKI))
    throw new NoteError('Not an Ed25519 key')
  return der.subarray(SPKI.length)
}

/** @throws NoteError for what is no verifier key. */
export function readVerifierKey(text: string): NoteKey {
  const [, name = '', id = '', rest = ''] = /^([^\s+]+)\+([0-9a-f]{8})\+(\S+)$/u.exec(text) ?? []
  requireName(name)
  const bytes = strictBase64(rest)
  const raw = bytes?.subarray(1)
  if (!bytes || raw?.length !== 32 || bytes[0] !== ED25519) throw new NoteError('Not the key of an Ed25519 verifier')
  if (keyId(name, raw).toString('hex') !== id) throw new NoteError('The key does not have the id that stands with it')
  const key = createPublicKey({ key: Buffer.concat([SPKI, raw]), format: 'der', type: 'spki' })
  return { name, id: keyId(name, raw), key }
}

/** A text with one signature. The text ends with a line break and has no other control character. */
export function signNote(text: string, name: string, privateKey: KeyObject): string {
  requireText(text)
  requireName(name)
  const signature = signBytes(null, Buffer.from(text, 'utf8'), privateKey)
  const line = Buffer.concat([keyId(name, rawOf(privateKey)), signature]).toString('base64')
  return `${text}\n— ${name} ${line}\n`
}

function requireText(text: string): void {
  const isText = text.endsWith('\n') && text.length > 1 && text.isWellFormed()
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is refused.
  if (!isText || /[\u0000-\u0009\u000b-\u001f]/.test(text))
    throw new NoteError('The text of a note is lines of plain text')
}

/**
 * The text of a note that a key has signed. Signatures by others are passed over; a second one by the same key, or one of it
 * that does not verify, refuses the note.
 * @throws NoteError with the reason
 */
export function openNote(note: string, by: NoteKey): string {
  const end = note.lastIndexOf('\n\n')
  if (end < 0 || !note.endsWith('\n')) throw new NoteError('A note has an empty line before its signatures')
  const text = note.slice(0, end + 1)
  requireText(text)
  const lines = note.slice(end + 2, -1).split('\n')
  const mine: Buffer[] = []
  for (const line of lines) {
    const [, name, encoded = ''] = /^— ([^\s+]+) (\S+)$/u.exec(line) ?? []
    const bytes = strictBase64(encoded)
    if (name === undefined || !bytes || bytes.length < 5) throw new NoteError('A line of the note is no signature')
    if (name === by.name && bytes.subarray(0, 4).equals(by.id)) mine.push(bytes.subarray(4))
  }
  const [signature, ...more] = mine
  if (!signature) throw new NoteError(`The note is not signed by ${by.name}`)
  if (more.length > 0) throw new NoteError(`The note is signed twice by ${by.name}`)
  const isGood = signature.length === SIGNATURE_BYTES && verifyBytes(null, Buffer.from(text, 'utf8'), by.key, signature)
  if (!isGood) throw new NoteError(`The signature of ${by.name} is not of this text`)
  return text
}

/** Base64 (RFC 4648, 4) in the one way of writing it; undefined for any other. */
export function strictBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64')
  return bytes.toString('base64') === text ? bytes : undefined
}
