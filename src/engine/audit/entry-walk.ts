/** The entries of an export one after the other: their places, what each says of itself, and the records that come with it. */
import { type ExportEntry, type ExportHeader, type OpenedRecord, readEntry } from './export.ts'
import { DISPOSED, type Leaf, laterSchemaOf, plainHash, readStrictLeaf } from './facts.ts'
import { GrowingTree } from './growing-tree.ts'
import { leafBytes } from './merkle.ts'
import { compareRecords } from './opened.ts'
import { QuickReader } from './quick-entry.ts'
import type { Erased, Fault } from './result.ts'
import { FormatError } from './strict.ts'

/** Faults are counted beyond this number, and not listed. */
const FAULTS_MAX = 100
const NONE = '0'.repeat(64)

interface Waiting extends Omit<Erased, 'under'> {
  /** What the entry is about. */
  readonly referral: unknown
}

/**
 * Records, as `table/id`, that went with a disposal although entries about something else vouch for them: the record of the
 * disposal names them, and its own entry vouches for that record.
 */
function erasedElsewhere(records: readonly OpenedRecord[] = []): Set<string> {
  const named = records.flatMap((record) => {
    if (record.table !== 'disposals' || !('content' in record)) return []
    const names = erasedNames(record.content)
    return Array.isArray(names) ? names.map(String) : []
  })
  return new Set(named)
}

/** Whatever stands there: what is vouched for need not be what a disposal holds. */
function erasedNames(content: string): unknown {
  try {
    return (JSON.parse(content) as { erasedElsewhere?: unknown } | null)?.erasedElsewhere
  } catch {
    // No JSON names nothing.
    return undefined
  }
}

export class EntryWalk {
  readonly tree = new GrowingTree()
  readonly faults: Fault[] = []
  readonly erased: Erased[] = []
  faultsUnlisted = 0
  opened = 0
  absent = 0
  /** When the entry after each size of interest was recorded. */
  readonly since = new Map<number, string>()
  /** Position by which entries stand apart from what they say; what moved all later ones is told once. */
  #offset = 0
  #header: ExportHeader | undefined
  #previous: string | undefined = NONE
  #room = Buffer.alloc(4096)
  readonly #quick = new QuickReader()
  readonly #sizes: ReadonlySet<number>
  readonly #known: ReadonlyMap<number, string>
  /** Records that are erased and wait for the entry that says so. */
  #waiting: Waiting[] = []

  /** @param of `sizes`: of the checkpoints held outside; `known`: leaves known from elsewhere */
  constructor(of: {
    sizes: readonly number[]
    known: readonly { readonly position: number; readonly leaf: string }[]
  }) {
    this.#sizes = new Set([0, ...of.sizes])
    this.#known = new Map(of.known.map(({ position, leaf }) => [position, leaf]))
  }

  get entries(): number {
    return this.tree.size
  }

  /** @throws FormatError when the header contradicts itself */
  begin(header: ExportHeader): ExportHeader {
    if (!header.origin.endsWith(`/${header.authority}/${header.log}`))
      throw new FormatError('the origin is not that of this authority and log')
    this.#header = header
    return header
  }

  /** Takes a line that is in every way as it should be; false for any other, which has to be read slowly. */
  takeQuickly(line: Buffer): boolean {
    const at = this.entries
    const header = this.#header
    if (!header || this.#known.has(at) || this.#sizes.has(at)) return false
    const { authority, log } = header
    const quick = this.#quick.read(line, { position: at + this.#offset, authority, log })
    if (!quick || quick.event === DISPOSED) return false
    this.tree.push(quick.hash)
    this.absent += quick.records
    this.#previous = undefined
    return true
  }

  /** @throws FormatError for a line that is no entry, or whose leaf is of a later version */
  take(line: string): void {
    const entry = readEntry(line)
    const later = laterSchemaOf(entry.leaf)
    if (later !== undefined) throw new FormatError(`the leaf is of the form ${later}, which this version does not know`)
    this.#take(entry, this.#leafOf(entry.leaf))
  }

  /** What is still open when all lines were read. */
  end(size: number): void {
    for (const { position, table, id, referral } of this.#waiting)
      this.#fault(
        position,
        typeof referral === 'string'
          ? `${table} ${id} is said to be erased, and no later entry says that referral ${referral} was disposed of`
          : `${table} ${id} is about no referral that could be disposed of`,
      )
    if (this.entries < size) this.#fault(this.entries, `the export ends after ${this.entries} of ${size} entries`)
    if (this.entries > size)
      this.#fault(size, `there are ${this.entries} entries, and the export says that it has ${size}`)
  }

  #leafOf(text: string): Leaf | string {
    try {
      return readStrictLeaf(text)
    } catch (error) {
      if (!(error instanceof FormatError)) throw error
      // The text stands in the tree all the same; that it is no leaf is a fault of its own.
      return error.message
    }
  }

  #take(entry: ExportEntry, leaf: Leaf | string): void {
    const at = this.entries
    const known = this.#known.get(at)
    if (known !== undefined && known !== entry.leaf)
      this.#fault(at, 'this is not the entry for which the evidence was given')
    this.tree.push(this.#hashOf(entry.leaf))
    this.#checkPlace(at, entry.position)
    if (typeof leaf === 'string') this.#fault(at, `what stands here is no leaf: ${leaf}`)
    else this.#checkLeaf(at, entry, leaf)
    // Only leaves from before the tree name the one before; reading on after them is cheaper without its hash.
    this.#previous = typeof leaf !== 'string' && leaf.previous !== undefined ? plainHash(entry.leaf) : undefined
  }

  #hashOf(text: string): string {
    // No character takes more than three bytes for each of its units.
    if (this.#room.length < 1 + 3 * text.length) this.#room = Buffer.alloc(1 + 3 * text.length)
    return leafBytes(this.#room, 1 + this.#room.write(text, 1, 'utf8'))
  }

  #checkPlace(at: number, position: number): void {
    if (position - at === this.#offset) return
    this.#offset = position - at
    // A position that comes too early is claimed twice: then the earlier of the two may be the one that does not belong.
    this.#fault(Math.min(at, position), `entry ${position} stands where entry ${at} should be`)
  }

  #checkLeaf(at: number, entry: ExportEntry, leaf: Leaf): void {
    if (this.#sizes.has(at)) this.since.set(at, leaf.at)
    if (leaf.position !== entry.position) this.#fault(at, `the leaf says that it is entry ${leaf.position}`)
    if (leaf.authority !== this.#header?.authority) this.#fault(at, 'the leaf is of another authority')
    if (leaf.log !== this.#header?.log) this.#fault(at, 'the leaf is of another log')
    if (leaf.previous !== undefined && leaf.previous !== this.#previous)
      this.#fault(at, 'the leaf does not follow the one before it')
    const { referral } = leaf.facts
    const sum = compareRecords(leaf, entry.records)
    if (leaf.event === DISPOSED && typeof referral === 'string')
      this.#settle(at, referral, sum.faults.length === 0 ? erasedElsewhere(entry.records) : new Set())
    this.opened += sum.opened
    this.absent += sum.absent
    for (const fault of sum.faults) this.#fault(at, fault)
    for (const record of sum.erased) this.#waiting.push({ position: at, referral, ...record })
  }

  #settle(under: number, disposedOf: string, elsewhere: ReadonlySet<string>): void {
    const isSettled = ({ referral, table, id }: Waiting): boolean =>
      referral === disposedOf || elsewhere.has(`${table}/${id}`)
    const settled = this.#waiting.filter(isSettled)
    this.erased.push(...settled.map(({ position, table, id }) => ({ position, table, id, under })))
    this.#waiting = this.#waiting.filter((one) => !isSettled(one))
  }

  #fault(position: number, fault: string): void {
    if (this.faults.length < FAULTS_MAX) this.faults.push({ position, fault })
    else this.faultsUnlisted++
  }
}
