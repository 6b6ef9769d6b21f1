/**
 * Lines of an export that are just as they should be, recognised at a fraction of what reading costs: plain ASCII, no opened
 * records, this place, this authority, this log. It never finds fault: whatever it does not recognise is read slowly.
 */
import type { LogName } from './facts.ts'
import { leafBytes } from './merkle.ts'

export interface Expected {
  readonly position: number
  readonly authority: string
  readonly log: LogName
}

export interface QuickEntry {
  /** Of the leaf, as one-byte characters. */
  readonly hash: string
  readonly event: string
  /** How many the leaf vouches for. */
  readonly records: number
}

/** A quotation mark as it stands within a leaf within a line. */
const Q = '\\\\"'
const PLAIN = '[ !#-\\[\\]-~]'
const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}'
const INSTANT = '\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(?:\\.\\d{1,9})?Z'
const WHOLE = '0|[1-9]\\d{0,14}'
const FACT = `${Q}[A-Za-z]+${Q}:(?:${Q}${PLAIN}*${Q}|true|false|null|-?[1-9]\\d{0,14}|0)`
const RECORD = `\\{${Q}(?:commitment|hash)${Q}:${Q}[0-9a-f]{64}${Q},${Q}id${Q}:${Q}${PLAIN}+${Q},${Q}table${Q}:${Q}[a-z][a-z0-9_]*${Q}\\}`
const list = (item: string): string => `(?:${item}(?:,${item})*)?`

/** Everything that readEntry and readStrictLeaf would look at, in its canonical order. */
const LINE = new RegExp(
  [
    `^\\{"leaf":"\\{${Q}actor${Q}:(?:null|${Q}${UUID}${Q}),${Q}at${Q}:${Q}${INSTANT}${Q},${Q}authority${Q}:${Q}(${UUID})${Q},`,
    `${Q}event${Q}:${Q}(${PLAIN}+)${Q},${Q}facts${Q}:\\{(${list(FACT)})\\},${Q}log${Q}:${Q}(decisions|access)${Q},`,
    `${Q}position${Q}:(${WHOLE}),${Q}records${Q}:\\[(${list(RECORD)})\\],${Q}schema${Q}:${Q}threshold\\.audit/2${Q}\\}","position":(${WHOLE})\\}$`,
  ].join(''),
)

const LEAF_FROM = '{"leaf":"'.length
const BACKSLASH = 0x5c

export class QuickReader {
  #room = Buffer.alloc(4096)

  /** The entry of a line that is as expected; undefined for any other, be it right or wrong. */
  read(line: Buffer, { position, authority, log }: Expected): QuickEntry | undefined {
    const found = LINE.exec(line.toString('latin1'))
    if (!found) return undefined
    const [, of, event = '', facts = '', name, inner, records = '', outer = ''] = found
    const isExpected = inner === outer && Number(outer) === position && of === authority && name === log
    if (!isExpected || !isSorted(facts)) return undefined
    const end = line.length - `","position":${outer}}`.length
    return { hash: this.#leafHash(line, end), event, records: countOf(records) }
  }

  /** The hash of the leaf, whose only escapes are those of quotation marks. */
  #leafHash(line: Buffer, end: number): string {
    if (this.#room.length < line.length) this.#room = Buffer.alloc(2 * line.length)
    const room = this.#room
    let length = 1
    for (let at = LEAF_FROM; at < end; at++) {
      const byte = line[at] as number
      if (byte !== BACKSLASH) room[length++] = byte
    }
    return leafBytes(room, length)
  }
}

/** Whether the names of facts stand in order, and none twice. No text in them has a quotation mark of its own. */
function isSorted(facts: string): boolean {
  let before = ''
  for (let at = 0; at < facts.length; ) {
    const end = facts.indexOf(NAME_END, at)
    const name = facts.slice(at, end)
    if (name <= before) return false
    before = name
    const next = facts.indexOf(NEXT, end)
    at = next < 0 ? facts.length : next + 1
  }
  return true
}
const NAME_END = '\\":'
const NEXT = ',\\"'

/** How many records there are: for the same reason the name of a member is no part of a text. */
function countOf(records: string): number {
  let count = 0
  for (let at = records.indexOf(TABLE); at >= 0; at = records.indexOf(TABLE, at + TABLE.length)) count++
  return count
}
const TABLE = '\\"table\\":'
