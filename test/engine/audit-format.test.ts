/** Lines of an export: what each may be, that it is written in one way, and that reading quickly finds what reading slowly finds. */
import fc from 'fast-check'
import t from 'tap'
import {
  checkpointsLine,
  entryLine,
  headerLine,
  Lines,
  readCheckpoints,
  readEntry,
  readHeader,
} from '../../src/engine/audit/export.ts'
import { CHAINED_SCHEMA, readStrictLeaf } from '../../src/engine/audit/facts.ts'
import { leafText, readLeaf } from '../../src/engine/audit/leaf.ts'
import { leafHash } from '../../src/engine/audit/merkle.ts'
import { QuickReader } from '../../src/engine/audit/quick-entry.ts'
import { canonicalText, FormatError, readCanonical, utf8Text } from '../../src/engine/audit/strict.ts'
import { canonical } from '../../src/engine/hash.ts'
import { factsOf, makeLog, makeSigner, uuidOf } from '../support/log-files.ts'

t.test('canonical JSON is what the library writes', async (t) => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = JSON.stringify(value)
      const again: unknown = JSON.parse(text)
      return canonicalText(again) === canonical(again) && readCanonical(canonicalText(again)) !== undefined
    }),
  )
  t.throws(() => canonicalText('\ud800'), FormatError)
  for (const bad of [
    '{"b":1,"a":2}',
    '{"a":1,"a":1}',
    '{ "a":1}',
    '1.0',
    '1e2',
    '-0',
    '"\\u0041"',
    '"\\/"',
    '"\\ud800"',
    '',
    '[1,]',
    '\ufeff1',
  ])
    t.throws(() => readCanonical(bad), FormatError, bad)
  t.throws(() => readCanonical('['.repeat(200_000)), FormatError, 'nested without end')
  t.throws(() => utf8Text(Buffer.from([0x22, 0xc3, 0x28, 0x22])), FormatError, 'bytes that are not UTF-8')
})

const AUTHORITY = uuidOf('northmoor')
const { opened: _, ...facts } = factsOf(AUTHORITY, 3)
const text = leafText(facts)
const edited = (change: Record<string, unknown>): string => {
  const members = Object.entries({ ...JSON.parse(text), ...change }).filter(([, value]) => value !== undefined)
  return canonical(Object.fromEntries(members))
}

t.test('a leaf has its members and no others, each of its form', async (t) => {
  const { previous, ...read } = readStrictLeaf(text)
  t.same(read, facts)
  t.equal(previous, undefined)
  t.same(readLeaf(text), facts)
  const chained = edited({ schema: CHAINED_SCHEMA, log: undefined, previous: 'ab'.repeat(32) })
  t.equal(readStrictLeaf(chained).previous, 'ab'.repeat(32), 'one from before the tree')
  const [record] = facts.records
  const bad: Record<string, unknown>[] = [
    { schema: 'threshold.audit/9' },
    { schema: undefined },
    { more: 1 },
    { previous: 'ab'.repeat(32) },
    { log: undefined },
    { log: 'others' },
    { authority: AUTHORITY.toUpperCase() },
    { authority: 'northmoor' },
    { position: -1 },
    { position: 1.5 },
    { position: '3' },
    { position: null },
    { at: '2026-11-22' },
    { at: '2026-11-22T10:00:00+01:00' },
    { at: 1 },
    { actor: 'Jo' },
    { actor: '' },
    { event: '' },
    { event: null },
    { facts: null },
    { facts: [] },
    { facts: { a: {} } },
    { facts: { a: [] } },
    { facts: { a: 1.5 } },
    { facts: { a: 2 ** 53 } },
    { records: {} },
    { records: [null] },
    { records: [{ ...record, hash: 'ab'.repeat(32) }] },
    { records: [{ ...record, commitment: 'AB'.repeat(32) }] },
    { records: [{ table: 'decisions', id: 'x' }] },
    { records: [{ ...record, table: 'Decisions' }] },
    { records: [{ ...record, id: '' }] },
  ]
  for (const change of bad) {
    t.throws(() => readStrictLeaf(edited(change)), FormatError, JSON.stringify(change))
    t.equal(readLeaf(edited(change)), undefined)
  }
})

const log = makeLog(makeSigner(), 4)
const header = headerLine({ authority: AUTHORITY, log: 'decisions', origin: log.origin, size: 4 }).trimEnd()

t.test('lines are read back as they were written', async (t) => {
  t.same(readHeader(header), { authority: AUTHORITY, log: 'decisions', origin: log.origin, size: 4 })
  for (const entry of log.entries) {
    t.same(readEntry(entryLine(entry).trimEnd()), entry)
    const { records: _records, ...bare } = entry
    t.same(readEntry(entryLine(bare).trimEnd()), bare)
  }
  t.same(readCheckpoints(checkpointsLine(log.notes).trimEnd()), log.notes)
})

t.test('lines of any other form are refused', async (t) => {
  const line = entryLine(log.entries[0] ?? { position: 0, leaf: '' }).trimEnd()
  const records = (value: unknown): string => canonical({ ...JSON.parse(line), records: value })
  const record = { table: 'decisions', id: 'x' }
  const badEntries = [
    '',
    '{}',
    '[]',
    'null',
    line.replace('"position":0', '"position":-1'),
    line.replace('"position":0', '"position":0.0'),
    line.replace('"position":0', '"position":"0"'),
    line.replace('{"leaf"', '{"extra":1,"leaf"'),
    `${line} `,
    ` ${line}`,
    `${line}\r`,
    `\ufeff${line}`,
    line.replace('"position":0', '"position":0,"position":0'),
    records({}),
    records([null]),
    records([{ ...record }]),
    records([{ ...record, content: 'x', more: 1 }]),
    records([{ ...record, content: 1 }]),
    records([{ ...record, content: 'x', salt: 'ab' }]),
    records([{ ...record, content: 'x', salt: 'AB'.repeat(32) }]),
    records([{ ...record, erased: false }]),
    records([{ ...record, erased: true, content: 'x' }]),
    records([{ ...record, erased: 'true' }]),
  ]
  for (const bad of badEntries) t.throws(() => readEntry(bad), FormatError, JSON.stringify(bad.slice(-60)))
  const badHeaders = [
    header.replace('export/1', 'export/2'),
    header.replace('"size":4', '"size":4.5'),
    header.replace('decisions"', 'other"'),
    header.replace(AUTHORITY, AUTHORITY.toUpperCase()),
    header.replace('{', '{"a":1,'),
    header.replace('"log":"decisions",', ''),
  ]
  for (const bad of badHeaders) t.throws(() => readHeader(bad), FormatError, bad.slice(0, 60))
  for (const bad of [
    '{"checkpoints":{}}',
    '{"checkpoints":[1]}',
    '{"checkpoints":[],"more":1}',
    '{"checkpoints":[""]}',
  ])
    t.throws(() => readCheckpoints(bad), FormatError, bad)
})

t.test('bytes are cut into lines wherever the pieces end', async (t) => {
  const bytes = Buffer.from('one\nzwölf\n\nlast\n')
  for (let size = 1; size <= bytes.length; size++) {
    const lines = new Lines()
    const found: string[] = []
    for (let at = 0; at < bytes.length; at += size)
      lines.write(bytes.subarray(at, at + size), (line) => found.push(line.toString()))
    lines.end()
    t.same(found, ['one', 'zwölf', '', 'last'], `in pieces of ${size}`)
  }
  const open = new Lines()
  open.write(Buffer.from('one'), () => t.fail('this is no line yet'))
  t.throws(() => open.end(), FormatError)
})

/** What reading slowly says of a line whose entry should be this one: its leaf’s hash and number of records, or nothing. */
function slowly(line: string): { hash: string; event: string; records: number } | undefined {
  try {
    const { position, leaf, records } = readEntry(line)
    const { event, ...read } = readStrictLeaf(leaf)
    const isExpected = position === 3 && read.position === 3 && read.authority === AUTHORITY && read.log === 'decisions'
    if (!isExpected || records || read.previous !== undefined) return undefined
    return { hash: leafHash(Buffer.from(leaf, 'utf8')).toString('latin1'), event, records: read.records.length }
  } catch (error) {
    if (error instanceof FormatError) return undefined
    throw error
  }
}

t.test('reading quickly takes nothing that reading slowly would not, and finds the same in it', async (t) => {
  const quick = new QuickReader()
  const expected = { position: 3, authority: AUTHORITY, log: 'decisions' } as const
  const scalar = fc.oneof(
    fc.string(),
    fc.string({ unit: 'binary' }),
    fc.boolean(),
    fc.constant(null),
    fc.maxSafeInteger(),
  )
  const name = fc.oneof(
    { weight: 9, arbitrary: fc.string({ unit: fc.constantFrom('a', 'b', 'Z', 'log'), minLength: 1 }) },
    fc.string(),
  )
  const ref = fc.record({
    table: fc.constantFrom('decisions', 'policies'),
    id: fc.string({ minLength: 1 }),
    hash: fc.constant('ab'.repeat(32)),
  })
  const leaf = fc.record({ facts: fc.dictionary(name, scalar), records: fc.array(ref, { maxLength: 3 }) })
  let taken = 0
  const agree = (line: string): boolean => {
    const found = quick.read(Buffer.from(line, 'utf8'), expected)
    if (found) taken++
    return found === undefined || JSON.stringify(found) === JSON.stringify(slowly(line))
  }
  const change = fc.tuple(
    fc.nat(),
    fc.constantFrom('"', '\\', '{', '}', ',', ':', '0', '-', ' ', 'é', '\n', '\\"', 'a'),
  )
  fc.assert(
    fc.property(leaf, fc.array(change, { maxLength: 2 }), (more, changes) => {
      let line = entryLine({ position: 3, leaf: leafText({ ...facts, ...more }) }).trimEnd()
      for (const [at, by] of changes)
        line = line.slice(0, at % line.length) + by + line.slice((at % line.length) + (at % 2))
      return agree(line)
    }),
    { numRuns: 1000, seed: 1 },
  )
  t.ok(taken > 40, `${taken} lines were read quickly`)
  const plain = entryLine({ position: 3, leaf: text }).trimEnd()
  t.same(quick.read(Buffer.from(plain), expected), slowly(plain))
  t.ok(slowly(plain), 'the usual line is read quickly')
  for (const [at] of [...plain].entries())
    for (const by of ['"', '\\', ',', '0', 'A', 'é', ''])
      if (!agree(plain.slice(0, at) + by + plain.slice(at + 1))) t.fail(`${by} at ${at}`)
  const unsorted = plain.replace(/(\\"isOverride\\":true),(\\"level\\":\\"L3\\")/, '$2,$1')
  t.not(unsorted, plain)
  t.equal(quick.read(Buffer.from(unsorted), expected), undefined, 'facts in another order')
  t.equal(quick.read(Buffer.from(plain), { ...expected, position: 4 }), undefined, 'another place')
  t.equal(quick.read(Buffer.from(plain), { ...expected, log: 'access' }), undefined, 'another log')
})
