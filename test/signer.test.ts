// What signs checkpoints: what it refuses, and what becomes of its key.
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import t from 'tap'
import { openCheckpoint } from '../src/engine/audit/checkpoint.ts'
import { append, EMPTY, leafHash, rootOf } from '../src/engine/audit/merkle.ts'
import { readVerifierKey } from '../src/engine/audit/note.ts'
import { notesAmong, readNotes } from '../src/engine/audit/notes-file.ts'
import { fileAnchor } from '../src/signer/anchors.ts'
import { remoteSigner } from '../src/signer/client.ts'
import { signerServer } from '../src/signer/server.ts'
import { openSigner } from '../src/signer/signer.ts'
import { signerProcess } from './faults/signer.ts'
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

t.test('a note whose file was lost is found in the journal: the log does not begin anew', async (t) => {
  const folder = temporaryFolder(t)
  const other = { ...ONE, origin: 'threshold.test/la/access' }
  await openSigner(folder).sign(other)
  const note = await noteOf(folder, ONE)
  for (const name of readdirSync(folder).filter((file) => file.endsWith('.checkpoint'))) rmSync(join(folder, name))
  const forged = { ...ONE, root: SECOND }
  t.match(await openSigner(folder).sign(forged), { refused: 'stale', last: { size: 1, note } })
  t.match(await openSigner(folder).sign({ ...forged, from: 1 }), { refused: 'inconsistent' })
  t.match(await openSigner(folder).sign({ ...ONE, origin: 'threshold.test/new/decisions' }), { note: /\n1\n/ })
  openSigner(folder).restart(ORIGIN, 'on purpose')
  for (const name of readdirSync(folder).filter((file) => file.endsWith('.checkpoint'))) rmSync(join(folder, name))
  t.match(await openSigner(folder).sign(forged), { note: /\n1\n/ }, 'that it was started anew stands there as well')
})

t.test('a signer on an address answers those alone who bring its secret', async (t) => {
  const token = 'a secret of thirty-two characters'
  const server = signerServer(openSigner(temporaryFolder(t)), token)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  t.equal((await remoteSigner(address, { token }).verifierKeys(ORIGIN)).length, 1)
  for (const wrong of [undefined, '', 'another secret of more than 32 letters']) {
    const stranger = remoteSigner(address, { token: wrong })
    await t.rejects(stranger.verifierKeys(ORIGIN), { message: /answered 401/ })
    await t.rejects(stranger.sign(ONE), { message: /answered 401/ })
  }
  const folder = temporaryFolder(t)
  const told = await threshold(['signer', '--folder', folder, '--listen', '127.0.0.1:1'])
  t.match(told, { status: 1, stderr: /SIGNER_TOKEN/ })
  const short = { SIGNER_TOKEN: 'short' }
  t.match(await threshold(['signer', '--folder', folder, '--listen', '127.0.0.1:1'], short), {
    status: 1,
    stderr: /32 characters/,
  })
})

t.test('a note that was broken off takes neither those before nor those after it with it', async (t) => {
  const folder = temporaryFolder(t)
  const file = join(folder, 'anchored.txt')
  const anchor = fileAnchor(file)
  const [before, after] = [await noteOf(folder, ONE), await noteOf(folder, TWO)]
  await anchor.put(before)
  t.strictSame(readNotes(readFileSync(file, 'utf8')), [before])
  for (const length of [1, before.length - 20, before.length - 2]) {
    writeFileSync(file, `${before}\n${before.slice(0, length)}`)
    await anchor.put(after)
    t.strictSame(notesAmong(readFileSync(file, 'utf8')), { notes: [before, after], hasPieces: true }, `${length}`)
  }
  writeFileSync(file, '')
  for (const note of [before, after]) await anchor.put(note)
  t.strictSame(notesAmong(readFileSync(file, 'utf8')), { notes: [before, after], hasPieces: false })
})

t.test('the socket of a signer is for its owner and group', async (t) => {
  const folder = temporaryFolder(t)
  const signer = signerProcess(t, join(folder, 'own'))
  await signer.start()
  t.equal(statSync(signer.address.slice('unix:'.length)).mode & 0o777, 0o660)
  t.equal((await remoteSigner(signer.address).verifierKeys(ORIGIN)).length, 1)
})

t.test('what hangs is asked once, and then left alone for a while', async (t) => {
  let asked = 0
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    asked++
    sockets.add(socket)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const signer = remoteSigner(address, { timeoutMs: 50 })
  await t.rejects(signer.sign(ONE), { message: /does not answer/ })
  for (let i = 0; i < 20; i++) await t.rejects(signer.verifierKeys(ORIGIN), { message: /not asked again/ })
  t.equal(asked, 1)
})
