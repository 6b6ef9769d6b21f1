// What signs checkpoints: what it refuses, and what becomes of its key.
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { openCheckpoint } from '../src/engine/audit/checkpoint.ts'
import { append, EMPTY, leafHash, rootOf } from '../src/engine/audit/merkle.ts'
import { readVerifierKey } from '../src/engine/audit/note.ts'
import { openSigner } from '../src/signer/signer.ts'
import { temporaryFolder, threshold } from './support/command.ts'

const ORIGIN = 'threshold.test/la/decisions'

t.test('the signer refuses a tree that is smaller than, or does not continue, what it signed', async (t) => {
  const folder = temporaryFolder(t)
  const signer = openSigner(folder)
  const origin = ORIGIN
  const root = (byte: number): Buffer => Buffer.alloc(32, byte)
  const first = await signer.sign({ origin, size: 3, root: root(1), from: 0, proof: [] })
  t.ok('note' in first)
  t.same(await signer.sign({ origin, size: 3, root: root(1), from: 3, proof: [] }), first, 'the same again is the same')
  const refusals: readonly [
    name: string,
    request: { size: number; root: Buffer; from: number; proof: Buffer[] },
    string,
  ][] = [
    ['smaller', { size: 2, root: root(1), from: 0, proof: [] }, 'smaller'],
    ['another of the same size', { size: 3, root: root(2), from: 3, proof: [] }, 'inconsistent'],
    ['larger without a proof', { size: 4, root: root(2), from: 3, proof: [] }, 'inconsistent'],
    ['larger with a wrong proof', { size: 4, root: root(2), from: 3, proof: [root(3), root(4)] }, 'inconsistent'],
    ['from the beginning', { size: 4, root: root(2), from: 0, proof: [] }, 'stale'],
  ]
  for (const [name, request, refused] of refusals)
    for (const opened of [signer, openSigner(folder)])
      t.match(await opened.sign({ origin, ...request }), { refused, last: { size: 3 } }, name)
  t.match(await signer.sign({ origin: 'other', size: 1, root: root(1), from: 0, proof: [] }), { note: /^other\n1\n/ })
  openSigner(folder).restart(origin, 'the disk and both backups were lost')
  t.ok('note' in (await signer.sign({ origin, size: 2, root: root(9), from: 0, proof: [] })))
  t.match(readFileSync(join(folder, 'signed.txt'), 'utf8'), /restarted .*: the disk and both backups were lost/)
})

/** A log of one leaf, or of two that continues it. */
const [FIRST, SECOND] = [leafHash(Buffer.from('first')), leafHash(Buffer.from('second'))]
const ONE = { origin: ORIGIN, size: 1, root: FIRST, from: 0, proof: [] }
const TWO = {
  origin: ORIGIN,
  size: 2,
  root: rootOf(append(append(EMPTY, FIRST).frontier, SECOND).frontier),
  from: 1,
  proof: [SECOND],
}

async function noteOf(folder: string, request: typeof TWO): Promise<string> {
  const signed = await openSigner(folder).sign(request)
  if (!('note' in signed)) throw new Error(`refused as ${signed.refused}`)
  return signed.note
}

t.test('a key that is rotated signs on where the former stopped, and both are told', async (t) => {
  const folder = temporaryFolder(t)
  const [first] = await openSigner(folder).verifierKeys(ORIGIN)
  const before = await noteOf(folder, ONE)
  t.match(await threshold(['signer', '--folder', folder, '--rotate']), { status: 1, stderr: /--because/ })
  t.equal((await openSigner(folder).verifierKeys(ORIGIN)).length, 1, 'without a reason nothing is done')
  t.match(await threshold(['signer', '--folder', folder, '--rotate', '--because', 'a year has passed']), { status: 0 })
  const [second, ...former] = await openSigner(folder).verifierKeys(ORIGIN)
  t.strictSame(former, [first])
  t.not(second, first)
  t.match(
    await openSigner(folder).sign({ ...TWO, root: FIRST, proof: [] }),
    { refused: 'inconsistent', last: { size: 1, note: before } },
    'it remembers what the former key signed',
  )
  const after = await noteOf(folder, TWO)
  t.equal(openCheckpoint(after, readVerifierKey(second)).size, 2)
  t.equal(openCheckpoint(before, readVerifierKey(first)).size, 1)
  t.throws(() => openCheckpoint(after, readVerifierKey(first)), { name: 'NoteError' })
  t.match(readFileSync(join(folder, 'signed.txt'), 'utf8'), /rotated: a year has passed/)
})

t.test('a key that is missing is not replaced unnoticed; one that is lost is said to be', async (t) => {
  const folder = temporaryFolder(t)
  const [lost] = await openSigner(folder).verifierKeys(ORIGIN)
  const before = await noteOf(folder, ONE)
  rmSync(join(folder, 'signer.pem'))
  t.throws(() => openSigner(folder), { message: /signer\.pem is missing, and this folder has signed/ })
  t.match(await threshold(['signer', '--folder', folder]), { status: 1, stderr: /is missing/ })
  const trust = (key: string) => threshold(['signer', '--folder', folder, '--trust', key, '--because', 'the disk'])
  t.match(await trust('no key'), { status: 1, stderr: /key/ })
  t.throws(() => openSigner(folder), { message: /is missing/ }, 'what is no key changes nothing')
  t.match(await trust(lost), { status: 0 })
  const [present, ...former] = await openSigner(folder).verifierKeys(ORIGIN)
  t.strictSame(former, [lost])
  t.equal(openCheckpoint(await noteOf(folder, TWO), readVerifierKey(present)).size, 2)
  t.equal(openCheckpoint(before, readVerifierKey(lost)).size, 1)
})
