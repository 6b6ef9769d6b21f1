/** Files of checkpoints that somebody kept: one signed note, or several one after the other. */
import { FormatError } from './strict.ts'

const TEXT = /\S+\n(?:0|[1-9]\d*)\n[A-Za-z0-9+/]+=*\n\n/uy
const SIGNATURE = /— [^\n]+\n/uy

/**
 * Each note of the text, as it was signed. An empty line may stand between two.
 * @throws FormatError when there is anything else in it
 */
export function readNotes(text: string): string[] {
  const notes: string[] = []
  let at = 0
  while (at < text.length) {
    const end = endOfNote(text, at)
    if (end === undefined)
      throw new FormatError('this is not a checkpoint, nor several: origin, size, root, an empty line, signatures')
    notes.push(text.slice(at, end))
    at = end
    if (text.startsWith('\n', at)) at++
  }
  if (notes.length === 0) throw new FormatError('there is no checkpoint in it')
  return notes
}

/** Where the note that begins here ends; undefined where none does. */
function endOfNote(text: string, from: number): number | undefined {
  TEXT.lastIndex = from
  if (!TEXT.test(text)) return undefined
  const signatures = TEXT.lastIndex
  let end = signatures
  for (SIGNATURE.lastIndex = end; SIGNATURE.test(text); SIGNATURE.lastIndex = end) end = SIGNATURE.lastIndex
  return end === signatures ? undefined : end
}

/** A note as an anchor writes it: with one signature, whole. */
const WHOLE = /^\S+\n(?:0|[1-9]\d*)\n[A-Za-z0-9+/]+=*\n\n— \S+ [A-Za-z0-9+/]{91}=\n/gmu

/**
 * The whole notes of a file to which each was added, and whether there is anything else in it, such as a note that was broken off
 * when the disk was full: that must not hide those before and after it.
 */
export function notesAmong(text: string): { readonly notes: string[]; readonly hasPieces: boolean } {
  return { notes: text.match(WHOLE) ?? [], hasPieces: text.replace(WHOLE, '').trim() !== '' }
}
