/** Files of checkpoints that somebody kept: one signed note, or several one after the other. */
import { FormatError } from './strict.ts'

const NOTE = /\S+\n(?:0|[1-9]\d*)\n[A-Za-z0-9+/]+=*\n\n(?:— [^\n]+\n)+/uy

/**
 * Each note of the text, as it was signed. An empty line may stand between two.
 * @throws FormatError when there is anything else in it
 */
export function readNotes(text: string): string[] {
  const notes: string[] = []
  let at = 0
  while (at < text.length) {
    NOTE.lastIndex = at
    const [note] = NOTE.exec(text) ?? []
    if (note === undefined)
      throw new FormatError('this is not a checkpoint, nor several: origin, size, root, an empty line, signatures')
    notes.push(note)
    at += note.length
    if (text.startsWith('\n', at)) at++
  }
  if (notes.length === 0) throw new FormatError('there is no checkpoint in it')
  return notes
}
