/** T1 to T10, T14 to T16 and T19 to T21 on an export: each is found, and the first bad entry is named. */
import { createHash } from 'node:crypto'
import t, { type Test } from 'tap'
import { openByAny } from '../../src/engine/audit/proof.ts'
import { EXIT_STATUS } from '../../src/engine/audit/result.ts'
import { FormatError } from '../../src/engine/audit/strict.ts'
import { ExportVerifier } from '../../src/engine/audit/verify-export.ts'
import { changed, exportText, makeLog, makeSigner, noteOf, signed, verified } from '../support/log-files.ts'
import { tally } from '../support/tally.ts'
import {
  type Attempt,
  chainedLog,
  editedLogs,
  erasedLogs,
  groundOf,
  malformedFiles,
  rewrittenLogs,
} from '../support/tampering.ts'

const signer = makeSigner()
const ground = groundOf(signer)
const { log, held } = ground
const keys = [signer.key]
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

t.test('a log that nobody has touched verifies', async (t) => {
  for (const size of [0, 1, 2, 3, 4, 7, 8, 9, 33]) {
    const whole = makeLog(signer, size)
    const result = verified(exportText(whole), keys, whole.notes)
    t.match(
      result,
      { status: 'verified', entries: size, size, firstBad: null, faults: [], forks: [], notAnchored: null },
      `${size} entries`,
    )
    t.equal(result.root, whole.notes[0]?.split('\n')[2], 'and its root is the one that was signed')
    t.equal(result.records.opened, size)
    t.ok(result.notProven.length >= 3, 'and says what that does not prove')
  }
})

t.test('a log without contents verifies, and says that it has none', async (t) => {
  const bare = { ...log, entries: log.entries.map(({ position, leaf }) => ({ position, leaf })) }
  const result = verified(exportText(bare), keys, held)
  t.match(result, { status: 'verified', records: { opened: 0, absent: 12 } })
  t.match(result.notProven[0], /12 records are vouched for and not in this export/)
})

t.test('what is not anchored is said, with its number and since when', async (t) => {
  const none = verified(exportText(log), keys)
  t.match(none, { status: 'not_anchored', notAnchored: { entries: 12, from: 0, since: '2026-11-22T10:00:00.000Z' } })
  const old = verified(exportText(log), keys, [log.notes[0] ?? '', log.notes[1] ?? ''])
  t.match(old, { status: 'not_anchored', notAnchored: { entries: 4, from: 8, since: '2026-11-22T10:08:00.000Z' } })
  t.match(old.notProven[0], /NOT ANCHORED: 4 entries from #8 on, recorded since 2026-11-22T10:08/)
  t.match(old.proven.join(' '), /The first 8 are, to the byte, what they were when the checkpoint you hold was signed/)
})

t.test('a log signed by a former key verifies with both keys, and with neither alone', async (t) => {
  const next = makeSigner('threshold.example/2027')
  const rotated = { ...log, notes: [log.notes[0] ?? '', noteOf(log, next, 12)] }
  t.equal(verified(exportText(rotated), [next.key, signer.key], [noteOf(log, next, 12)]).status, 'verified')
  t.match(verified(exportText(rotated), [next.key], [noteOf(log, next, 12)]), { status: 'tampered', firstBad: 0 })
  t.match(verified(exportText(rotated), [signer.key], [log.notes[2] ?? '']), { status: 'tampered', firstBad: 4 })
})

t.test('a log that began as a chain verifies, and its chain as well', async (t) => {
  const whole = chainedLog(signer, sha256)
  t.equal(verified(exportText(whole), keys, whole.notes).status, 'verified')
  const broken = chainedLog(signer, sha256, true)
  t.match(
    verified(exportText(broken), keys, broken.notes),
    { status: 'tampered', firstBad: 6 },
    'even where it was signed so',
  )
})

const found = (t: Test, attempts: readonly Attempt[]): number => {
  let count = 0
  for (const { name, text, held: notes, status, firstBad, says } of attempts) {
    const result = verified(text, keys, notes)
    const words = [...result.faults.map(({ fault }) => fault), ...result.proven, ...result.notProven].join('\n')
    const isStatus = t.equal(EXIT_STATUS[result.status], status, `${name}: exit status`)
    const isPlace = t.equal(result.firstBad, firstBad, `${name}: first bad entry`)
    if (t.match(words, says, `${name}: in words`) && isStatus && isPlace) count++
  }
  return count
}

t.test('every attempt on an export is found, and the first bad entry named', async (t) => {
  const attempts = [...editedLogs(ground), ...rewrittenLogs(ground), ...erasedLogs(ground), ...malformedFiles(ground)]
  t.equal(new Set(attempts.map(({ name }) => name)).size, attempts.length)
  tally(t, 'mutations', { held: found(t, attempts), of: attempts.length })
})

t.test('with a checkpoint after every entry the one that was changed is named to the entry', async (t) => {
  const dense = signed(
    log,
    signer,
    log.entries.map((_, i) => i + 1),
  )
  let held = 0
  for (const at of log.entries.keys()) {
    const result = verified(
      exportText({ ...changed(log, at, () => ({ event: 'decision.withdrawn' })), notes: dense.notes }),
      keys,
    )
    if (t.match(result, { status: 'tampered', firstBad: at }, `entry ${at}`)) held++
  }
  tally(t, 'mutations', { held, of: log.entries.length })
})

t.test('T21 a fork is a proof that anybody can check', async (t) => {
  const other = changed(log, 2, () => ({ event: 'decision.withdrawn' }))
  const { forks, status } = verified(exportText(log), keys, [...held, noteOf(other, signer, 12)])
  t.equal(status, 'tampered')
  const [one, two] = (forks[0]?.notes ?? []).map((note) => openByAny(note, keys))
  t.ok(
    one && two && one.size === two.size && one.origin === two.origin && !one.root.equals(two.root),
    'both notes are signed, and contradict',
  )
  t.equal(forks.length, 1)
})

t.test('an entry that is known from evidence is compared', async (t) => {
  const again = signed(
    changed(log, 5, () => ({ event: 'decision.withdrawn' })),
    signer,
    [12],
  )
  const verifier = new ExportVerifier({ keys, held: [], known: [{ position: 5, leaf: log.entries[5]?.leaf ?? '' }] })
  verifier.write(Buffer.from(exportText(again)))
  t.match(verifier.end(), {
    status: 'tampered',
    firstBad: 5,
    faults: [{ fault: /not the entry for which the evidence was given/ }],
  })
})

t.test('what was brought to verify with has to be right itself', async (t) => {
  t.throws(() => verified(exportText(log), keys, ['nonsense']), FormatError)
  t.throws(
    () => verified(exportText(log), keys, [noteOf(log, makeSigner(), 12)]),
    FormatError,
    'a checkpoint of another key',
  )
  t.throws(() => verified(exportText(log), [], held), FormatError, 'no key')
  const access = { ...log, origin: log.origin.replace('decisions', 'access') }
  t.match(verified(exportText(log), keys, [noteOf(access, signer, 12)]), {
    status: 'malformed',
    faults: [{ fault: /a checkpoint is of/ }],
  })
})

t.test('bytes may come in pieces of any length', async (t) => {
  const bytes = Buffer.from(exportText(log))
  for (const size of [1, 7, 100, 4096]) {
    const verifier = new ExportVerifier({ keys, held })
    for (let at = 0; at < bytes.length; at += size) verifier.write(bytes.subarray(at, at + size))
    t.equal(verifier.end().status, 'verified', `pieces of ${size}`)
  }
})
