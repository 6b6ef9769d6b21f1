/** T18: no byte of an export, nor of evidence, can be another without being found. */
import t from 'tap'
import { readEvidence, verifyEvidence } from '../../src/engine/audit/evidence.ts'
import { EXIT_STATUS } from '../../src/engine/audit/result.ts'
import { FormatError } from '../../src/engine/audit/strict.ts'
import {
  changed,
  disposed,
  evidenceOf,
  exportText,
  makeLog,
  makeSigner,
  noteOf,
  signed,
  verified,
} from '../support/log-files.ts'
import { tally } from '../support/tally.ts'

const signer = makeSigner()
const keys = [signer.key]
/** A change of case, of one bit, of the highest bit, and a line break where there was none. */
const CHANGES: ((byte: number) => number)[] = [
  (byte) => byte ^ 1,
  (byte) => byte ^ 0x20,
  (byte) => byte ^ 0x80,
  (byte) => (byte === 0x0a ? 0x20 : 0x0a),
]

t.test('every byte of an export, in four ways: never verified, never merely not anchored', async (t) => {
  const whole = signed(disposed(makeLog(signer, 4), 0), signer, [2, 5])
  const text = Buffer.from(exportText(whole))
  const held = [whole.notes[1] ?? '']
  t.equal(verified(text, keys, held).status, 'verified', 'as it is')
  t.ok(
    verified(text, keys, held).records.opened > 0 && verified(text, keys, held).erased.length > 0,
    'with opened and erased records',
  )
  let found = 0
  for (const [at, byte] of text.entries())
    for (const change of CHANGES) {
      text[at] = change(byte)
      const status = EXIT_STATUS[verified(text, keys, held).status]
      if (status === 1 || status === 2) found++
      else t.fail(`byte ${at} as ${text[at]}: ${status}`)
      text[at] = byte
    }
  t.equal(found, text.length * CHANGES.length)
  tally(t, 'byte_flips', { held: found, of: text.length * CHANGES.length })
})

const log = makeLog(signer, 11)
const [checkpoint = ''] = log.notes

t.test('evidence of every entry verifies, and tells what it proves', async (t) => {
  for (const at of log.entries.keys()) {
    const result = verifyEvidence(readEvidence(evidenceOf(log, at, checkpoint)), keys)
    t.match(result, {
      status: 'verified',
      position: at,
      size: 11,
      faults: [],
      records: { opened: 1, erased: 0, absent: 0 },
    })
    t.match(result.proven[0], new RegExp(`Entry #${at} .* stands in the log`))
  }
  const indented = `${JSON.stringify(JSON.parse(evidenceOf(log, 3, checkpoint)), null, 2)}\n`
  t.equal(verifyEvidence(readEvidence(indented), keys).status, 'verified', 'indented')
  const held = verifyEvidence(readEvidence(evidenceOf(log, 3, checkpoint)), keys, [checkpoint])
  t.notMatch(held.notProven.join(), /compare it with one kept/, 'a checkpoint that is held was compared')
})

t.test('every byte of evidence, in two ways, is found', async (t) => {
  const text = Buffer.from(evidenceOf(log, 6, checkpoint).trimEnd())
  let found = 0
  for (const [at, byte] of text.entries())
    for (const change of CHANGES.slice(0, 2)) {
      text[at] = change(byte)
      if (statusOf(text.toString('utf8')) > 0) found++
      else t.fail(`byte ${at} as ${text[at]}`)
      text[at] = byte
    }
  tally(t, 'byte_flips', { held: found, of: text.length * 2 })
})

function statusOf(text: string): number {
  try {
    return EXIT_STATUS[verifyEvidence(readEvidence(text), keys).status]
  } catch (error) {
    if (error instanceof FormatError) return 2
    throw error
  }
}

t.test('evidence that was put together is found', async (t) => {
  const text = evidenceOf(log, 6, checkpoint)
  const value = JSON.parse(text) as Record<string, unknown>
  const other = JSON.parse(evidenceOf(log, 7, checkpoint)) as Record<string, unknown>
  const forged = changed(log, 6, () => ({ event: 'decision.withdrawn' }))
  const own = makeSigner(signer.name)
  const bad: Record<string, Record<string, unknown>> = {
    'the leaf of another entry': { ...value, leaf: other['leaf'] },
    'the proof of another entry': { ...value, proof: other['proof'] },
    'the records of another entry': { ...value, records: other['records'] },
    'another authority': { ...value, authority: '00000000-0000-7000-8000-000000000000' },
    'another log': { ...value, log: 'access' },
    'a leaf written anew': { ...value, leaf: forged.entries[6]?.leaf },
    'a leaf that is none': { ...value, leaf: '{}' },
    'a log written anew and signed with another key': JSON.parse(evidenceOf(forged, 6, noteOf(forged, own, 11))),
  }
  for (const [what, each] of Object.entries(bad)) t.equal(statusOf(JSON.stringify(each)), 1, what)
  const malformed: Record<string, string> = {
    'a name twice': text.replace('"log":"decisions"', '"log":"access","log":"decisions"'),
    'a field that is not known': JSON.stringify({ ...value, more: 1 }),
    'another version': JSON.stringify({ ...value, format: 'threshold.evidence/2' }),
    'not JSON': `x${text}`,
    'a proof that is none': JSON.stringify({ ...value, proof: 'x' }),
  }
  for (const [what, each] of Object.entries(malformed)) t.equal(statusOf(each), 2, what)
  const stolen = evidenceOf(forged, 6, noteOf(forged, signer, 11))
  t.equal(statusOf(stolen), 0, 'whoever has stolen the key can make evidence')
  const found = verifyEvidence(readEvidence(stolen), keys, [checkpoint])
  t.match(found, { status: 'tampered', forks: [{ size: 11 }] }, 'which a checkpoint held outside contradicts')
})

t.test('a record that was erased is not opened by evidence', async (t) => {
  const gone = signed(disposed(log, 6), signer, [12])
  const result = verifyEvidence(readEvidence(evidenceOf(gone, 6, gone.notes[0] ?? '')), keys)
  t.match(result, { status: 'verified', records: { opened: 0, erased: 1 } })
  t.match(result.notProven.join(' '), /said to be erased/)
})
