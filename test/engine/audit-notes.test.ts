/** Signed notes, checkpoints and proofs as text: one way of writing each, and everything else refused. */
import t from 'tap'
import { checkpointText, openCheckpoint, readCheckpointText } from '../../src/engine/audit/checkpoint.ts'
import { NoteError, openNote, readVerifierKey, signNote } from '../../src/engine/audit/note.ts'
import { readNotes } from '../../src/engine/audit/notes-file.ts'
import { openByAny, proofText, readProof } from '../../src/engine/audit/proof.ts'
import { FormatError } from '../../src/engine/audit/strict.ts'
import { makeLog, makeSigner } from '../support/log-files.ts'

/** The worked example of the signed note format, as its first implementation publishes it. */
const VKEY = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW'
const TEXT =
  'If you think cryptography is the answer to your problem,\nthen you don’t know what your problem is.\n'.replace(
    '’',
    "'",
  )
const LINE =
  '— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n'
const NOTE = `${TEXT}\n${LINE}`
const STRANGER =
  '— quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=\n'

t.test('the published note is opened by the published key', async (t) => {
  t.equal(openNote(NOTE, readVerifierKey(VKEY)), TEXT)
  t.equal(openNote(`${TEXT}\n${STRANGER}${LINE}`, readVerifierKey(VKEY)), TEXT, 'signatures of others are passed over')
})

t.test('a note that is written in any other way is refused', async (t) => {
  const key = readVerifierKey(VKEY)
  const base64 = LINE.slice(LINE.lastIndexOf(' ') + 1, -1)
  const bad: Record<string, string> = {
    empty: '',
    'the text alone': TEXT,
    'no empty line': `${TEXT}${LINE}`,
    'no signature': `${TEXT}\n`,
    'nothing but the signature': `\n${LINE}`,
    'one line break missing at the end': NOTE.slice(0, -1),
    'one too many': `${NOTE}\n`,
    'carriage returns': NOTE.replaceAll('\n', '\r\n'),
    'a tab in the text': NOTE.replace(' think', '\tthink'),
    'a NUL in the text': NOTE.replace('think', 'thi\u0000nk'),
    'half of a character': NOTE.replace('think', 'thi\ud800nk'),
    'a letter of the text': NOTE.replace('cryptography', 'cryptographx'),
    'a hyphen for the dash': NOTE.replace('— Peter', '- Peter'),
    'two spaces': NOTE.replace('— Peter', '—  Peter'),
    'no space': NOTE.replace('— Peter', '—Peter'),
    'another name': NOTE.replace('PeterNeumann', 'PeterNeumanm'),
    'a plus in the name': NOTE.replace('PeterNeumann', 'Peter+Neumann'),
    'something after the signature': NOTE.replace(/=\n$/, '= x\n'),
    'no padding': NOTE.replace(/=\n$/, '\n'),
    'the alphabet of web addresses': NOTE.replaceAll('/', '_'),
    'bits that are not used': NOTE.replace('JnAM=', 'JnAN='),
    'a signature of four bytes': NOTE.replace(base64, 'x08gow=='),
    'a signature one byte short': NOTE.replace(
      base64,
      Buffer.from(base64, 'base64').subarray(0, -1).toString('base64'),
    ),
    'a signature one byte long': NOTE.replace(
      base64,
      Buffer.concat([Buffer.from(base64, 'base64'), Buffer.alloc(1)]).toString('base64'),
    ),
    'the same signature twice': `${NOTE}${LINE}`,
    'nobody but a stranger': `${TEXT}\n${STRANGER}`,
    'a line that is no signature': `${NOTE}signed\n`,
  }
  for (const [what, note] of Object.entries(bad)) t.throws(() => openNote(note, key), NoteError, what)
  const zeros = Buffer.concat([Buffer.from(base64, 'base64').subarray(0, 4), Buffer.alloc(64)]).toString('base64')
  t.throws(() => openNote(NOTE.replace(base64, zeros), key), NoteError, 'a signature of nothing but zeros')
})

t.test('a key that is written in any other way is refused', async (t) => {
  const [name, id, base64 = ''] = VKEY.split('+')
  const ecdsa = Buffer.concat([Buffer.from([2]), Buffer.from(base64, 'base64').subarray(1)]).toString('base64')
  const short = Buffer.from(base64, 'base64').subarray(0, 32).toString('base64')
  for (const bad of [
    '',
    `${name}`,
    `${name}+${id}`,
    `+${id}+${base64}`,
    `${name}+c74f20a4+${base64}`,
    `${name}+C74F20A3+${base64}`,
    `${name}+${id}+${ecdsa}`,
    `${name}+${id}+${short}`,
    `${name}+${id}+${base64}=`,
    `${name}+${id}+ ${base64}`,
    ` ${VKEY}`,
    `${VKEY}\n`,
    `Paul${VKEY}`,
    `Peter ${VKEY}`,
    `PRIVATE+KEY+${VKEY}`,
  ])
    t.throws(() => readVerifierKey(bad), NoteError, JSON.stringify(bad))
})

const signer = makeSigner()
const ROOT = Buffer.alloc(32, 7)
const text = checkpointText({ origin: 'threshold.example/a/decisions', size: 12, root: ROOT })

t.test('a checkpoint has three lines, each written in one way', async (t) => {
  t.same(readCheckpointText(text), { origin: 'threshold.example/a/decisions', size: 12, root: ROOT })
  const bad: Record<string, string> = {
    'a leading zero': text.replace('\n12\n', '\n012\n'),
    'a sign': text.replace('\n12\n', '\n+12\n'),
    'a fraction': text.replace('\n12\n', '\n12.0\n'),
    'a size beyond what is counted exactly': text.replace('\n12\n', '\n9007199254740993\n'),
    'no origin': text.replace('threshold.example/a/decisions', ''),
    'a root of 31 bytes': text.replace(ROOT.toString('base64'), Buffer.alloc(31, 7).toString('base64')),
    'a root in another base64': text.replace(/=\n$/, '\n'),
    'a fourth line': `${text}more\n`,
    'no line break at the end': text.slice(0, -1),
  }
  for (const [what, each] of Object.entries(bad)) t.throws(() => readCheckpointText(each), NoteError, what)
  const note = signNote(text, signer.name, signer.secret)
  t.equal(openCheckpoint(note, signer.key).size, 12)
  t.throws(() => openCheckpoint(note, makeSigner().key), NoteError, 'another key of the same name')
  t.equal(openByAny(note, [makeSigner('former').key, signer.key]).size, 12, 'one of several keys')
  t.throws(() => openByAny(note, []), NoteError, 'no key at all')
})

t.test('a file of checkpoints is one or several, and nothing else', async (t) => {
  const log = makeLog(signer, 5, [2, 3, 5])
  t.same(readNotes(log.notes.join('')), log.notes, 'one after the other')
  t.same(readNotes(log.notes.join('\n')), log.notes, 'with an empty line between them')
  t.same(readNotes(log.notes[0] ?? ''), [log.notes[0]])
  for (const bad of ['', '\n', 'x', `${log.notes[0]}x`, ` ${log.notes[0]}`, `${log.notes[0]}\n\n${log.notes[1]}`, text])
    t.throws(() => readNotes(bad), FormatError, JSON.stringify(bad.slice(-20)))
})

t.test('a proof has one way of being written', async (t) => {
  const [checkpoint = ''] = makeLog(signer, 3).notes
  const proof = { index: 2, hashes: [Buffer.alloc(32, 1), Buffer.alloc(32, 2)], checkpoint }
  const written = proofText(proof)
  t.same(readProof(written), proof)
  t.same(readProof(proofText({ ...proof, hashes: [] })), { ...proof, hashes: [] })
  const hash = Buffer.alloc(32, 1).toString('base64')
  const bad: Record<string, string> = {
    empty: '',
    'another version': written.replace('@v1', '@v2'),
    'a space before it': ` ${written}`,
    'carriage returns': written.replaceAll('\n', '\r\n'),
    'no index': written.replace('index 2\n', ''),
    'a leading zero': written.replace('index 2', 'index 02'),
    'a negative index': written.replace('index 2', 'index -2'),
    'an index beyond what is counted exactly': written.replace('index 2', 'index 9007199254740993'),
    'extra data, which nobody signed': written.replace('index 2', 'extra AAAA\nindex 2'),
    'a hash of 31 bytes': written.replace(hash, Buffer.alloc(31, 1).toString('base64')),
    'a hash without padding': written.replace(hash, hash.slice(0, -1)),
    'a hash in hexadecimal': written.replace(hash, Buffer.alloc(32, 1).toString('hex')),
    'no empty line': written.replace('\n\n', '\n'),
    'more hashes than a tree has levels': proofText({ ...proof, hashes: Array(54).fill(Buffer.alloc(32)) }),
  }
  for (const [what, each] of Object.entries(bad)) t.throws(() => readProof(each), FormatError, what)
})
