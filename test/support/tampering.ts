/** What somebody with every right on the database could do to an export, each by its number in the list of tampering. */
import type { ExportEntry, OpenedRecord } from '../../src/engine/audit/export.ts'
import { CHAINED_SCHEMA, plainHash } from '../../src/engine/audit/facts.ts'
import { canonical } from '../../src/engine/hash.ts'
import {
  changed,
  disposed,
  exportText,
  type LogFile,
  makeLog,
  makeSigner,
  noteOf,
  renumbered,
  type Signer,
  signed,
  uuidOf,
} from './log-files.ts'

export interface Attempt {
  /** T1 to T21, and what was done. */
  readonly name: string
  readonly text: string | Buffer
  /** Checkpoints that somebody outside holds. */
  readonly held: readonly string[]
  /** Exit status. */
  readonly status: 0 | 1 | 2 | 3
  readonly firstBad: number | null
  /** Words that the finding has to have. */
  readonly says: RegExp
}

/** Entry at which most of the tampering is done, in a log of twelve with a checkpoint after every four. */
const AT = 6
const SIZE = 12
const SIGNED_AT = [4, 8, 12]

export interface Ground {
  readonly signer: Signer
  readonly log: LogFile
  readonly held: readonly string[]
}

export function groundOf(signer: Signer): Ground {
  const log = makeLog(signer, SIZE, SIGNED_AT)
  return { signer, log, held: [log.notes[2] ?? ''] }
}

const actor = { actor: uuidOf('somebody else') }
const withEntries = (log: LogFile, entries: LogFile['entries']): LogFile => ({ ...log, entries })
const without = (log: LogFile, at: number): LogFile['entries'] => log.entries.filter((_, i) => i !== at)
const edited = (log: LogFile, at: number, edit: (record: OpenedRecord) => OpenedRecord): LogFile =>
  withEntries(
    log,
    log.entries.map((entry, i) => (i === at ? { ...entry, records: (entry.records ?? []).map(edit) } : entry)),
  )

/** Contents, facts and places of entries: T1 to T5, T14, T15. */
export function editedLogs({ log, held }: Ground): Attempt[] {
  const swapped = log.entries.map(
    (entry, i) => (i === AT ? log.entries[AT + 1] : i === AT + 1 ? log.entries[AT] : entry) ?? entry,
  )
  const doubled = log.entries.flatMap((entry, i) => (i === AT ? [entry, entry] : [entry]))
  const other = makeLog(makeSigner(), SIZE).entries.map((entry) => ({
    ...entry,
    leaf: entry.leaf.replaceAll(log.authority, uuidOf('saltmere')),
  }))
  const foreign = log.entries.map((entry, i) => (i === AT ? (other[AT] ?? entry) : entry))
  const range = /at least one of these entries is not what it was when the checkpoint of 8 entries/
  const attempt = (name: string, file: LogFile, says: RegExp, firstBad = AT): Attempt => ({
    name,
    text: exportText(file),
    held,
    status: 1,
    firstBad,
    says,
  })
  const content = (record: OpenedRecord): OpenedRecord =>
    'content' in record ? { ...record, content: record.content.replace('L3', 'L2') } : record
  const salt = (record: OpenedRecord): OpenedRecord => ('salt' in record ? { ...record, salt: '0'.repeat(64) } : record)
  return [
    attempt('T1 a byte of a record', edited(log, AT, content), /is not what was recorded/),
    attempt('T1 the salt of a record', edited(log, AT, salt), /is not what was recorded/),
    attempt(
      'T1 a record that the entry never named',
      edited(log, AT, (record) => ({ ...record, id: uuidOf('x') })),
      /not vouched for/,
    ),
    attempt('T1 a byte of a record of its plain hash', edited(log, 4, content), /is not what was recorded/, 4),
    attempt(
      'T2 another actor',
      changed(log, AT, () => actor),
      range,
      4,
    ),
    attempt(
      'T2 another time',
      changed(log, AT, () => ({ at: '2026-11-22T10:06:00.001Z' })),
      range,
      4,
    ),
    attempt(
      'T2 other facts',
      changed(log, AT, ({ facts }) => ({ facts: { ...facts, level: 'L1' } })),
      range,
      4,
    ),
    attempt(
      'T2 another commitment',
      changed(log, AT, ({ records }) => ({ records: records.map((ref) => ({ ...ref, commitment: 'ab'.repeat(32) })) })),
      /is not what was recorded/,
    ),
    attempt('T3 an entry taken out', withEntries(log, without(log, AT)), /entry 7 stands where entry 6/),
    attempt('T3 taken out, the rest renumbered', renumbered(log, without(log, AT)), range, 4),
    attempt('T3 the first entry taken out', withEntries(log, without(log, 0)), /entry 1 stands where entry 0/, 0),
    attempt('T4 an entry put in', withEntries(log, doubled), /entry 6 stands where entry 7/),
    attempt('T4 put in, the rest renumbered', renumbered(log, doubled), range, 4),
    attempt('T5 two entries swapped', withEntries(log, swapped), /entry 7 stands where entry 6/),
    attempt('T5 swapped and renumbered', renumbered(log, swapped), range, 4),
    attempt('T14 an entry of another authority', withEntries(log, foreign), /of another authority/),
    attempt(
      'T14 an entry of another log',
      changed(log, AT, () => ({ log: 'access' })),
      /of another log/,
    ),
    attempt(
      'T15 an index twice',
      withEntries(
        log,
        log.entries.map((entry, i) => (i === AT + 1 ? { ...entry, position: AT } : entry)),
      ),
      /entry 6 stands where entry 7/,
    ),
    attempt(
      'T15 an index twice within leaves',
      changed(log, AT + 1, () => ({ position: AT })),
      /says that it is entry 6/,
      AT + 1,
    ),
    attempt(
      'a leaf of no form',
      withEntries(
        log,
        log.entries.map((entry, i) => (i === AT ? { position: AT, leaf: '{}' } : entry)),
      ),
      /no leaf/,
    ),
  ]
}

const cut = (log: LogFile, size: number, signer: Signer): LogFile =>
  signed(
    { ...log, size, entries: log.entries.slice(0, size) },
    signer,
    SIGNED_AT.filter((at) => at <= size),
  )

/** Tails cut off, logs written anew, old copies put back, keys of one’s own: T6 to T10, T16, T21. */
export function rewrittenLogs({ log, held, signer }: Ground): Attempt[] {
  const rewritten = renumbered(log, changed(log, AT, () => actor).entries)
  const mallory = makeSigner(signer.name)
  const attempt = (name: string, file: LogFile, firstBad: number | null, says: RegExp): Attempt => ({
    name,
    text: exportText(file),
    held,
    status: 1,
    firstBad,
    says,
  })
  const other = noteOf(rewritten, signer, 8)
  const gone = /when a checkpoint was signed, and now has/
  const lines = exportText(log).trimEnd().split('\n')
  const both = { ...log, notes: [log.notes[0] ?? '', log.notes[1] ?? '', other, log.notes[2] ?? ''] }
  return [
    attempt('T6 the tail cut off', { ...log, entries: log.entries.slice(0, 9) }, 9, /ends after 9 of 12/),
    {
      name: 'T6 the file cut off',
      text: `${lines.slice(0, 8).join('\n')}\n`,
      held,
      status: 1,
      firstBad: 7,
      says: /ends after 7 of 12/,
    },
    attempt('T6 cut off where a checkpoint is', { ...log, size: 8, entries: log.entries.slice(0, 8) }, 8, gone),
    attempt('T7 cut off, and the head rewound', cut(log, 9, signer), 9, gone),
    attempt('T7 rewound to a checkpoint', cut(log, 8, signer), 8, gone),
    attempt('T7 rewound to nothing', cut(log, 0, signer), 0, gone),
    attempt(
      'T8 all written anew, the signatures left',
      { ...rewritten, notes: log.notes },
      4,
      /checkpoint of 8 entries/,
    ),
    attempt(
      'T8 all written anew and signed with a key of one’s own',
      signed(rewritten, mallory, SIGNED_AT),
      0,
      /cannot be trusted/,
    ),
    attempt('T8 all written anew, no signatures', { ...rewritten, notes: [] }, 0, /checkpoint of 12 entries/),
    attempt(
      'T9 all written anew, signed with the stolen key',
      signed(rewritten, signer, [4, 8]),
      8,
      /checkpoint of 12 entries/,
    ),
    {
      ...attempt('T9 the same, and nobody holds anything', signed(rewritten, signer, SIGNED_AT), null, /NOT ANCHORED/),
      held: [],
      status: 3,
    },
    attempt(
      'T10 an older copy put back and carried on',
      signed(
        changed(log, 11, () => actor),
        signer,
        [4, 8, 11],
      ),
      11,
      /checkpoint of 12 entries/,
    ),
    attempt('T10 an older copy put back', cut(log, 4, signer), 4, gone),
    attempt('T16 the key replaced', signed(log, mallory, SIGNED_AT), 0, /cannot be trusted/),
    attempt(
      'T16 signed by the key under another name',
      signed(log, { ...signer, name: 'threshold.example/other' }, SIGNED_AT),
      0,
      /cannot be trusted/,
    ),
    attempt('T21 two checkpoints of one size', both, 4, /checkpoint of 8 entries/),
    { ...attempt('T21 one of them held', log, 4, /checkpoint of 8 entries/), held: [...held, other] },
  ]
}

/** Erasure: T20, right and wrong. */
export function erasedLogs({ log, signer }: Ground): Attempt[] {
  const right = signed(disposed(log, AT), signer, [SIZE + 1])
  const wrong = (name: string, file: LogFile, firstBad: number, says: RegExp): Attempt => {
    const again = signed(file, signer, [file.size])
    return { name, text: exportText(again), held: again.notes, status: 1, firstBad, says }
  }
  const [aside] = log.entries[0]?.records ?? []
  const naming = (names: readonly string[]): LogFile =>
    edited(disposed(log, AT, names), 0, ({ table, id }) => ({ table, id, erased: true }))
  const elsewhere = signed(naming([`${aside?.table}/${aside?.id}`]), signer, [SIZE + 1])
  const unread = (content: string): Attempt =>
    wrong(
      `T20 the disposal that should name it says ${content}`,
      withLast(naming([`${aside?.table}/${aside?.id}`]), content),
      0,
      /no later entry says/,
    )
  const early = [right.entries[SIZE], ...log.entries.slice(0, AT), ...right.entries.slice(AT, SIZE)].filter(
    (entry) => entry !== undefined,
  )
  return [
    {
      name: 'T20 erased under a later entry',
      text: exportText(right),
      held: right.notes,
      status: 0,
      firstBad: null,
      says: /3 records were erased under entry #12/,
    },
    {
      name: 'T20 erased, and nobody holds the last checkpoint',
      text: exportText(right),
      held: log.notes,
      status: 3,
      firstBad: null,
      says: /1 entry from #12 on/,
    },
    {
      name: 'T20 erased with the disposal of another referral, which names it',
      text: exportText(elsewhere),
      held: elsewhere.notes,
      status: 0,
      firstBad: null,
      says: /4 records were erased under entry #12/,
    },
    wrong(
      'T20 erased with the disposal of another referral, which names something else',
      naming([`decisions/${uuidOf('other')}`]),
      0,
      /no later entry says/,
    ),
    wrong(
      'T20 erased, and no entry says so',
      { ...right, size: SIZE, entries: right.entries.slice(0, SIZE) },
      AT,
      /no later entry says/,
    ),
    wrong(
      'T20 the entry that says so is of another referral',
      changed(right, SIZE, () => ({ facts: { referral: uuidOf('other') } })),
      AT,
      /no later entry says/,
    ),
    ...['null', 'nothing', '[]', '{"erasedElsewhere":1}'].map(unread),
    wrong('T20 the entry that says so came before', renumbered(right, early), AT + 1, /no later entry says/),
    wrong(
      'T20 erased what is about no referral',
      edited(log, 4, ({ table, id }) => ({ table, id, erased: true })),
      4,
      /about no referral/,
    ),
  ]
}

/** The record of the last entry says something else, and the entry vouches for it. */
function withLast(log: LogFile, content: string): LogFile {
  const last = log.entries.at(-1) as ExportEntry
  const leaf = last.leaf.replace(/"hash":"[0-9a-f]{64}"/, `"hash":"${plainHash(content)}"`)
  const records = (last.records ?? []).map((record) => ({ ...record, content }))
  return { ...log, entries: [...log.entries.slice(0, -1), { ...last, leaf, records }] }
}

/** Lines that are not what lines are: T19. */
export function malformedFiles({ log, held }: Ground): Attempt[] {
  const text = exportText(log)
  const lines = text.trimEnd().split('\n')
  const attempt = (
    name: string,
    file: string | Buffer,
    firstBad: number | null,
    says: RegExp,
    status: 1 | 2 = 2,
  ): Attempt => ({ name, text: file, held, status, firstBad, says })
  const line = (at: number, change: (line: string) => string): string =>
    `${lines.map((each, i) => (i === at ? change(each) : each)).join('\n')}\n`
  const entry = AT + 1
  return [
    attempt(
      'T19 two lines swapped',
      `${[...lines.slice(0, entry), lines[entry + 1], lines[entry], ...lines.slice(entry + 2)].join('\n')}\n`,
      AT,
      /stands where/,
      1,
    ),
    attempt(
      'T19 checkpoints before the last entry',
      `${[...lines.slice(0, 12), lines[13], lines[12]].join('\n')}\n`,
      11,
      /line after the last|line 14/,
    ),
    attempt('T19 CRLF', text.replaceAll('\n', '\r\n'), null, /line 1: the JSON is not in its canonical form|line 1/),
    attempt(
      'T19 CRLF on one line',
      line(entry, (each) => `${each}\r`),
      AT,
      /line 8: the JSON is not in its canonical form/,
    ),
    attempt('T19 a byte order mark', `\ufeff${text}`, null, /line 1: this is not JSON/),
    attempt('T19 trailing bytes', `${text}x`, null, /not ended by a line break/),
    attempt('T19 a trailing line', `${text}{}\n`, null, /a line after the last/),
    attempt('T19 an empty line at the end', `${text}\n`, null, /a line after the last/),
    attempt('T19 no line break at the end', text.slice(0, -1), null, /not ended by a line break/),
    attempt(
      'T19 an empty line',
      line(entry, (each) => `${each}\n`),
      AT + 1,
      /line 9: this is not JSON/,
    ),
    attempt(
      'T19 a name twice',
      line(entry, (each) => each.replace('"position":6', '"position":6,"position":6')),
      AT,
      /line 8: the JSON is not in its canonical form/,
    ),
    attempt(
      'T19 a name twice in the leaf',
      line(entry, (each) => each.replace('\\"position\\":6', '\\"position\\":6,\\"position\\":6')),
      AT,
      /not in its canonical form/,
      1,
    ),
    attempt(
      'T19 a field that is not known',
      line(entry, (each) => each.replace('{"leaf"', '{"aside":1,"leaf"')),
      AT,
      /line 8: there is a member that does not belong/,
    ),
    attempt(
      'T19 a field of the header that is not known',
      line(0, (each) => each.replace('{', '{"aside":1,')),
      null,
      /line 1: there is a member that does not belong/,
    ),
    attempt(
      'T19 a space',
      line(entry, (each) => each.replace(',"position"', ', "position"')),
      AT,
      /line 8: the JSON is not in its canonical form/,
    ),
    attempt(
      'T19 an escape that is not needed',
      line(entry, (each) => each.replace('decision.recorded', 'decision.\\u0072ecorded')),
      AT,
      /line 8: the JSON is not in its canonical form/,
    ),
    attempt(
      'T19 half of a character',
      line(entry, (each) => each.replace('🙂', '\\ud83d')),
      AT,
      /line 8: a text holds half of a character/,
    ),
    attempt(
      'T19 bytes that are not UTF-8',
      Buffer.from(text.replace('Sæmi', 'S\u0001mi'), 'utf8').map((byte) => (byte === 1 ? 0xff : byte)) as Buffer,
      0,
      /line 2: these bytes are not UTF-8/,
    ),
    attempt(
      'T19 another version of the form',
      line(0, (each) => each.replace('export/1', 'export/2')),
      null,
      /not an export of the form threshold.export\/1/,
    ),
    attempt(
      'T19 a leaf of a later version',
      exportText(laterLeaf(log)),
      AT,
      /threshold.audit\/3, which this version does not know/,
    ),
    attempt('T19 nothing', '', null, /there is no header/),
    attempt(
      'T19 no line of checkpoints',
      `${lines.slice(0, -1).join('\n')}\n`,
      null,
      /the line of checkpoints is missing/,
    ),
    attempt(
      'T19 an origin of another log',
      line(0, (each) => each.replace('/decisions', '/access')),
      null,
      /origin is not that of this authority/,
    ),
  ]
}

function laterLeaf(log: LogFile): LogFile {
  const entries = log.entries.map((entry, i) =>
    i === AT ? { ...entry, leaf: entry.leaf.replace('threshold.audit/2', 'threshold.audit/3') } : entry,
  )
  return { ...log, entries }
}

/** A log that began as a chain: the first entries name the hash of the one before. */
export function chainedLog(signer: Signer, sha256: (text: string) => string, break_ = false): LogFile {
  const log = makeLog(signer, SIZE)
  let previous = '0'.repeat(64)
  const entries = log.entries.map((entry, i) => {
    if (i > AT) return entry
    const { log: _log, ...facts } = JSON.parse(entry.leaf) as Record<string, unknown>
    const leaf = canonical({
      ...facts,
      schema: CHAINED_SCHEMA,
      previous: break_ && i === AT ? 'ab'.repeat(32) : previous,
    })
    previous = sha256(leaf)
    return { ...entry, leaf }
  })
  return signed({ ...log, entries }, signer, [SIZE])
}
