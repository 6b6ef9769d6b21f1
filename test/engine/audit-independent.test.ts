/** A second verifier, in Python and from the RFCs alone, has to agree with ours on every export: taken, refused, and its root. */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import t from 'tap'
import { readEvidence, verifyEvidence } from '../../src/engine/audit/evidence.ts'
import { EXIT_STATUS } from '../../src/engine/audit/result.ts'
import { FormatError } from '../../src/engine/audit/strict.ts'
import { ROOT } from '../support/command.ts'
import { changed, evidenceOf, exportText, makeLog, makeSigner, noteOf, signed, verified } from '../support/log-files.ts'
import { chainedLog, editedLogs, erasedLogs, groundOf, malformedFiles, rewrittenLogs } from '../support/tampering.ts'

interface Job {
  readonly name: string
  readonly keys: readonly string[]
  readonly held: readonly string[]
  readonly export?: Buffer
  readonly evidence?: Buffer
}
interface Answer {
  readonly status: number
  readonly root?: string
  readonly entries?: number
  readonly why?: string
}

const python = ['python3', 'python'].find(
  (name) => spawnSync(name, ['-c', 'import sys; sys.exit(sys.version_info < (3, 8))']).status === 0,
)
const skip = python ? false : 'NO PYTHON 3 on this machine: the second verifier was not asked'
if (!python) console.error(skip)

const signer = makeSigner()
const keys = [signer.vkey]
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

function answersOf(jobs: readonly Job[]): Answer[] {
  const input = jobs.map((job) =>
    JSON.stringify({
      keys: job.keys,
      held: job.held,
      export: job.export?.toString('base64'),
      evidence: job.evidence?.toString('base64'),
    }),
  )
  const ran = spawnSync(python ?? '', [join(ROOT, 'test/independent/verify.py'), '--batch'], {
    input: input.join('\n'),
    encoding: 'utf8',
    maxBuffer: 1e8,
  })
  if (ran.status !== 0) throw new Error(ran.stderr)
  return ran.stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Answer)
}

/** Ours, in the same words: refused is 1, whatever the reason. */
function ourAnswer(job: Job): Answer {
  const known = job.keys.map((vkey) => (vkey === signer.vkey ? signer.key : other.key))
  try {
    if (job.evidence) {
      const result = verifyEvidence(readEvidence(job.evidence.toString('utf8')), known)
      return { status: EXIT_STATUS[result.status] }
    }
    const result = verified(job.export ?? Buffer.alloc(0), known, job.held)
    const status = EXIT_STATUS[result.status]
    return { status: status === 2 ? 1 : status, root: result.root, entries: result.entries }
  } catch (error) {
    if (error instanceof FormatError) return { status: 1 }
    throw error
  }
}

const other = makeSigner('threshold.example/other')

function good(): Job[] {
  const sizes = [0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 64, 65, 100]
  const whole = sizes.flatMap((size) => {
    const log = makeLog(signer, size, size > 3 ? [Math.floor(size / 2), size] : [size])
    const file = Buffer.from(exportText(log))
    return [
      { name: `${size} entries`, keys, held: log.notes.slice(-1), export: file },
      { name: `${size} entries, nothing held`, keys, held: [], export: file },
      { name: `${size} entries, two keys`, keys: [other.vkey, signer.vkey], held: log.notes, export: file },
    ]
  })
  const chained = chainedLog(signer, sha256)
  return [
    ...whole,
    { name: 'a log that began as a chain', keys, held: chained.notes, export: Buffer.from(exportText(chained)) },
  ]
}

function tampered(): Job[] {
  const ground = groundOf(signer)
  const broken = chainedLog(signer, sha256, true)
  const attempts = [...editedLogs(ground), ...rewrittenLogs(ground), ...erasedLogs(ground), ...malformedFiles(ground)]
  return [
    ...attempts.map(({ name, text, held }) => ({ name, keys, held, export: Buffer.from(text) })),
    { name: 'a broken chain', keys, held: broken.notes, export: Buffer.from(exportText(broken)) },
  ]
}

/** Single bytes changed, every so many of them, each in one of four ways. */
function flipped(): Job[] {
  const log = makeLog(signer, 4, [2, 4])
  const file = Buffer.from(exportText(log))
  return Array.from({ length: 400 }, (_, i) => {
    const at = Math.floor((i * file.length) / 400)
    const copy = Buffer.from(file)
    const byte = file[at] as number
    copy[at] = [byte ^ 1, byte ^ 0x20, byte ^ 0x80, byte === 10 ? 32 : 10][i % 4] as number
    return { name: `byte ${at} as ${copy[at]}`, keys, held: log.notes.slice(-1), export: copy }
  })
}

function evidences(): Job[] {
  const log = makeLog(signer, 11)
  const [note = ''] = log.notes
  const files = log.entries.map((_, at) => evidenceOf(log, at, note))
  const [one = '', two = ''] = files
  const value = JSON.parse(one) as Record<string, unknown>
  const forged = changed(log, 0, () => ({ event: 'decision.withdrawn' }))
  const bad = [
    JSON.stringify({ ...value, proof: (JSON.parse(two) as Record<string, unknown>)['proof'] }),
    JSON.stringify({ ...value, leaf: forged.entries[0]?.leaf }),
    JSON.stringify({ ...value, log: 'access' }),
    JSON.stringify({ ...value, more: 1 }),
    evidenceOf(signed(forged, other, [11]), 0, noteOf(forged, other, 11)),
  ]
  return [...files, ...bad].map((text, i) => ({ name: `evidence ${i}`, keys, held: [], evidence: Buffer.from(text) }))
}

t.test('both verifiers agree on what to take, what to refuse, and the root', { skip }, async (t) => {
  const jobs = [...good(), ...tampered(), ...flipped(), ...evidences()]
  const answers = answersOf(jobs)
  t.equal(answers.length, jobs.length)
  const counts = { taken: 0, refused: 0, roots: 0 }
  for (const [i, job] of jobs.entries()) {
    const [ours, theirs] = [ourAnswer(job), answers[i]]
    if (ours.status !== theirs?.status)
      t.fail(`${job.name}: ${ours.status} here, ${theirs?.status} there (${theirs?.why})`)
    if (theirs?.status === 1) counts.refused++
    else counts.taken++
    if (theirs?.root === undefined || !job.export) continue
    t.equal(ours.root, theirs.root, `${job.name}: root`)
    counts.roots++
  }
  t.ok(
    counts.taken > 60 && counts.refused > 450,
    `${counts.taken} taken, ${counts.refused} refused, ${counts.roots} roots alike`,
  )
  t.equal(flipped().length, 400)
})
