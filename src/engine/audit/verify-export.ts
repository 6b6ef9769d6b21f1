/**
 * An export of a log, verified as it is read: entry by entry, with nothing kept of what they say. The keys and the checkpoints
 * held outside come from whoever verifies, never from the export.
 */
import { compareCheckpoints, type Seen } from './checkpoints.ts'
import { EntryWalk } from './entry-walk.ts'
import { type ExportHeader, isCheckpoints, Lines, readCheckpoints, readHeader } from './export.ts'
import { NoteError, type NoteKey } from './note.ts'
import { type Opened, openByAny } from './proof.ts'
import type { ExportResult, Fault } from './result.ts'
import { FormatError, utf8Text } from './strict.ts'
import { summed } from './summary.ts'

export interface Trust {
  /** Verifier keys of the log: the present one and those before it. */
  readonly keys: readonly NoteKey[]
  /** Signed checkpoints that were kept where the operator of the log could not change them. */
  readonly held: readonly string[]
  /** Leaves that are known from elsewhere, such as from evidence handed out earlier. */
  readonly known?: readonly { readonly position: number; readonly leaf: string }[]
}

export class ExportVerifier {
  readonly #keys: readonly NoteKey[]
  readonly #held: readonly Opened[]
  readonly #lines = new Lines()
  readonly #walk: EntryWalk
  #header: ExportHeader | undefined
  #notes: readonly string[] | undefined
  #line = 0
  #malformed: Fault | undefined

  /** @throws FormatError when a checkpoint held outside is none, or is not signed by the keys */
  constructor({ keys, held, known = [] }: Trust) {
    this.#keys = keys
    this.#held = held.map((note) => openHeld(note, keys))
    this.#walk = new EntryWalk({ sizes: this.#held.map(({ size }) => size), known })
  }

  /** The next bytes of the export, in pieces of any length. */
  write(bytes: Uint8Array): void {
    if (!this.#malformed) this.#orMalformed(() => this.#lines.write(bytes, (line) => this.#read(line)))
  }

  /** What was found. Nothing can be written after it. */
  end(): ExportResult {
    if (!this.#malformed) this.#orMalformed(() => this.#finish())
    const walk = this.#walk
    const faults: Fault[] = [...walk.faults]
    const seen: readonly Seen[] = this.#malformed ? [] : [...this.#opened(faults), ...this.#held.map(asHeld)]
    const compared = compareCheckpoints(seen, walk.tree)
    faults.push(...compared.faults)
    return summed({ header: this.#header, walk, compared, faults, malformed: this.#malformed })
  }

  /** Takes one line. */
  #read(bytes: Buffer): void {
    this.#line++
    // After a line that cannot be read the place of the others is not known.
    if (this.#malformed) return
    this.#orMalformed(() => {
      if (!this.#header) this.#header = this.#walk.begin(readHeader(utf8Text(bytes)))
      else if (this.#notes) throw new FormatError('there is a line after the last')
      else if (!this.#walk.takeQuickly(bytes)) this.#readText(utf8Text(bytes))
    })
  }

  #readText(text: string): void {
    if (isCheckpoints(text)) this.#notes = readCheckpoints(text)
    else this.#walk.take(text)
  }

  #finish(): void {
    this.#lines.end()
    if (!this.#header) throw new FormatError('there is no header')
    this.#walk.end(this.#header.size)
    if (!this.#notes && this.#walk.entries === this.#header.size)
      throw new FormatError('the line of checkpoints is missing')
    const origins = this.#held.map(({ origin }) => origin)
    if (origins.some((origin) => origin !== this.#header?.origin))
      throw new FormatError(
        `a checkpoint is of ${origins.join(', ')}, and the export says that it is of ${this.#header.origin}`,
      )
  }

  /** The checkpoints of the export that can be trusted; the others are faults. */
  #opened(faults: Fault[]): Seen[] {
    const opened: Seen[] = []
    let size = 0
    for (const [i, note] of (this.#notes ?? []).entries()) {
      const position = Math.min(size, Math.max(this.#walk.entries - 1, 0))
      try {
        const one = openByAny(note, this.#keys)
        const fault =
          one.origin !== this.#header?.origin
            ? 'is of another log'
            : one.size < size
              ? 'comes after a larger one'
              : null
        if (fault) faults.push({ position, fault: `checkpoint ${i + 1} of the export ${fault}` })
        else opened.push({ ...one, from: 'export' })
        size = Math.max(size, one.size)
      } catch (error) {
        if (!(error instanceof NoteError)) throw error
        // Somebody else’s signature is what a verification is there to find.
        faults.push({ position, fault: `checkpoint ${i + 1} of the export cannot be trusted: ${error.message}` })
      }
    }
    return opened
  }

  #orMalformed(step: () => void): void {
    try {
      step()
    } catch (error) {
      if (!(error instanceof FormatError)) throw error
      // What cannot be read is a finding about the export, and no failure of whoever verifies it.
      const isEntry = this.#header !== undefined && this.#walk.entries < this.#header.size
      const where = this.#line === 0 ? '' : `line ${this.#line}: `
      this.#malformed = { position: isEntry ? this.#walk.entries : null, fault: `${where}${error.message}` }
    }
  }
}

const asHeld = (opened: Opened): Seen => ({ ...opened, from: 'held' })

/** @throws FormatError for a checkpoint that whoever verifies should not have brought */
function openHeld(note: string, keys: readonly NoteKey[]): Opened {
  try {
    return openByAny(note, keys)
  } catch (error) {
    if (!(error instanceof NoteError)) throw error
    throw new FormatError(`A checkpoint held outside cannot be used: ${error.message}`)
  }
}
