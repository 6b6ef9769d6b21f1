/**
 * An authority's log as a file: NDJSON, UTF-8, each line canonical JSON (RFC 8785) and ended by one line break. First the
 * header, then a line for each entry in order, last the checkpoints. Written and read here; verified in verify-export.ts.
 */
import { type LogName, logOf } from './facts.ts'
import { canonicalText, FormatError, HEX_32, listOf, membersOf, readCanonical, sizeOf, textOf, UUID } from './strict.ts'

export const EXPORT_FORMAT = 'threshold.export/1'

export interface ExportHeader {
  /** As in the checkpoints: `service/authority/log`. */
  readonly origin: string
  readonly authority: string
  readonly log: LogName
  /** How many entries follow. */
  readonly size: number
}

/** The content of a record that a leaf vouches for, or that it is erased. */
export type OpenedRecord = { readonly table: string; readonly id: string } & (
  | { readonly content: string; readonly salt?: string }
  | { readonly erased: true }
)

export interface ExportEntry {
  readonly position: number
  /** The text of the leaf, as it was hashed. */
  readonly leaf: string
  /** Those that are opened; the others are only vouched for. */
  readonly records?: readonly OpenedRecord[]
}

export function headerLine(header: ExportHeader): string {
  return `${canonicalText({ format: EXPORT_FORMAT, ...header })}\n`
}

export function entryLine(entry: ExportEntry): string {
  return `${canonicalText(entry)}\n`
}

/** @param notes signed checkpoints of the log, the smallest first */
export function checkpointsLine(notes: readonly string[]): string {
  return `${canonicalText({ checkpoints: notes })}\n`
}

/** @throws FormatError for what is no header, or one of another version */
export function readHeader(line: string): ExportHeader {
  const value = readCanonical(line)
  const header = membersOf(value, ['format', 'origin', 'authority', 'log', 'size'])
  if (header['format'] !== EXPORT_FORMAT) throw new FormatError(`this is not an export of the form ${EXPORT_FORMAT}`)
  return {
    origin: textOf(header['origin'], 'origin', /^[^\s+]+$/u),
    authority: textOf(header['authority'], 'authority', UUID),
    log: logOf(header['log']),
    size: sizeOf(header['size'], 'size'),
  }
}

/** @throws FormatError for what is no entry */
export function readEntry(line: string): ExportEntry {
  const value = readCanonical(line)
  const entry = membersOf(value, ['leaf', 'position'], ['records'])
  const position = sizeOf(entry['position'], 'position')
  const leaf = textOf(entry['leaf'], 'leaf')
  return entry['records'] === undefined ? { position, leaf } : { position, leaf, records: recordsOf(entry['records']) }
}

/** @throws FormatError for a list of anything but records */
export function recordsOf(value: unknown): readonly OpenedRecord[] {
  return listOf(value, 'records').map((each) => {
    const record = membersOf(each, ['table', 'id'], ['content', 'salt', 'erased'])
    const named = { table: textOf(record['table'], 'table'), id: textOf(record['id'], 'id') }
    if (Object.hasOwn(record, 'erased')) {
      if (record['erased'] !== true) throw new FormatError('“erased” is true or absent')
      membersOf(record, ['table', 'id', 'erased'])
      return { ...named, erased: true }
    }
    const content = textOf(record['content'], 'content')
    return Object.hasOwn(record, 'salt')
      ? { ...named, content, salt: textOf(record['salt'], 'salt', HEX_32) }
      : { ...named, content }
  })
}

/** Whether a line is meant to be the last one. */
export function isCheckpoints(line: string): boolean {
  return line.startsWith('{"checkpoints":')
}

/** @throws FormatError for what is no list of texts */
export function readCheckpoints(line: string): readonly string[] {
  const last = membersOf(readCanonical(line), ['checkpoints'])
  return listOf(last['checkpoints'], 'checkpoints').map((note) => textOf(note, 'checkpoints'))
}

/** A line of an export is never longer: an entry with its records is some kilobytes. */
const LINE_BYTES_MAX = 64 * 1024 * 1024
const LINE_BREAK = 0x0a

/** Cuts bytes that come in pieces into lines. */
export class Lines {
  #rest: Buffer = Buffer.alloc(0)

  /**
   * Calls for each line that is complete, without its line break; the bytes are good until the call returns.
   * @throws FormatError for a line of more than 64 MiB
   */
  write(piece: Uint8Array, each: (line: Buffer) => void): void {
    const bytes =
      this.#rest.length > 0
        ? Buffer.concat([this.#rest, piece])
        : Buffer.from(piece.buffer, piece.byteOffset, piece.length)
    let from = 0
    for (let to = bytes.indexOf(LINE_BREAK); to >= 0; to = bytes.indexOf(LINE_BREAK, from)) {
      each(bytes.subarray(from, to))
      from = to + 1
    }
    this.#rest = Buffer.from(bytes.subarray(from))
    if (this.#rest.length > LINE_BYTES_MAX) throw new FormatError('a line is too long')
  }

  /** @throws FormatError when the last line was not ended */
  end(): void {
    if (this.#rest.length > 0) throw new FormatError('the last line is not ended by a line break')
  }
}
