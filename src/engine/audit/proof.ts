/**
 * Proofs as text (C2SP tlog-proof): that an entry stands in a log, with the checkpoint of the tree in which it stands. Whoever
 * has the leaf and the key of the log needs nothing else.
 */
import { openCheckpoint } from './checkpoint.ts'
import { HASH_BYTES, leafHash, type Verdict, verifyInclusion } from './merkle.ts'
import { NoteError, type NoteKey, strictBase64 } from './note.ts'
import { FormatError } from './strict.ts'

const FIRST_LINE = 'c2sp.org/tlog-proof@v1'
/** A tree of 2^53 leaves has no longer way to its root. */
const HASHES_MAX = 53

export interface Proof {
  /** Position of the leaf, from 0. */
  readonly index: number
  /** From the sibling of the leaf to the child of the root, 32 bytes each. */
  readonly hashes: readonly Uint8Array[]
  /** The signed note, as it is. */
  readonly checkpoint: string
}

export function proofText({ index, hashes, checkpoint }: Proof): string {
  const lines = hashes.map((hash) => `${Buffer.from(hash).toString('base64')}\n`)
  return `${FIRST_LINE}\nindex ${index}\n${lines.join('')}\n${checkpoint}`
}

/** @throws FormatError for anything but the one way of writing a proof; a line of extra data is refused as well */
export function readProof(text: string): Proof {
  const end = text.indexOf('\n\n')
  if (end < 0) throw new FormatError('a proof has an empty line before its checkpoint')
  const [first, second = '', ...rest] = text.slice(0, end).split('\n')
  if (first !== FIRST_LINE) throw new FormatError(`a proof begins with ${FIRST_LINE}`)
  const [, digits] = /^index (0|[1-9]\d{0,15})$/.exec(second) ?? []
  const index = Number(digits)
  if (!Number.isSafeInteger(index)) throw new FormatError('the second line of a proof is its index')
  if (rest.length > HASHES_MAX) throw new FormatError('no proof is as long as this')
  return { index, hashes: rest.map(hashOf), checkpoint: text.slice(end + 2) }
}

function hashOf(line: string): Buffer {
  const hash = strictBase64(line)
  if (hash?.length !== HASH_BYTES) throw new FormatError('a line of the proof is no hash')
  return hash
}

export interface Opened {
  readonly origin: string
  readonly size: number
  readonly root: Buffer
  readonly note: string
}

/**
 * A checkpoint signed by one of these keys: the present one and those before it.
 * @throws NoteError when none of them has signed it, or it is no checkpoint
 */
export function openByAny(note: string, keys: readonly NoteKey[]): Opened {
  let why = new NoteError('No key was named')
  for (const key of keys) {
    try {
      return { ...openCheckpoint(note, key), note }
    } catch (error) {
      if (!(error instanceof NoteError)) throw error
      // Another of the keys may have signed it.
      why = error
    }
  }
  throw why
}

/** Whether a note is a checkpoint signed by one of these keys. */
export function isSignedBy(note: string, keys: readonly NoteKey[]): boolean {
  try {
    openByAny(note, keys)
    return true
  } catch (error) {
    if (error instanceof NoteError) return false
    throw error
  }
}

/** Whether a leaf stands where the proof says, in the tree of a checkpoint that was opened. */
export function provesLeaf(leaf: string, { index, hashes }: Proof, tree: Opened): Verdict {
  return verifyInclusion({ index, leaf: leafHash(Buffer.from(leaf, 'utf8')) }, tree, hashes)
}
