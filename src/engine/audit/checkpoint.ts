/** Checkpoints (C2SP tlog-checkpoint): the origin of a log, its size and its root, as the text of a signed note. */
import { HASH_BYTES, type Tree } from './merkle.ts'
import { NoteError, type NoteKey, openNote, strictBase64 } from './note.ts'

export interface Checkpoint extends Tree {
  /** Which log it is of. */
  readonly origin: string
  readonly root: Buffer
}

/** The origin of a log: its name says service, authority and kind, so that no log can stand in for another. */
export function originOf(service: string, authority: string, log: string): string {
  return `${service}/${authority}/${log}`
}

export function checkpointText({ origin, size, root }: Tree & { readonly origin: string }): string {
  return `${origin}\n${size}\n${Buffer.from(root).toString('base64')}\n`
}

/** @throws NoteError for a text that is no checkpoint, and for one with lines beyond the three. */
export function readCheckpointText(text: string): Checkpoint {
  const [origin = '', size = '', encoded = '', end, ...more] = text.split('\n')
  const root = strictBase64(encoded)
  const isSize = /^(0|[1-9]\d{0,15})$/.test(size) && Number.isSafeInteger(Number(size))
  if (origin === '' || !isSize || root?.length !== HASH_BYTES || end !== '' || more.length > 0)
    throw new NoteError('The text is no checkpoint: origin, size and root on a line each')
  return { origin, size: Number(size), root }
}

/** @throws NoteError when the note is not signed by that key, or is no checkpoint. */
export function openCheckpoint(note: string, by: NoteKey): Checkpoint {
  return readCheckpointText(openNote(note, by))
}
