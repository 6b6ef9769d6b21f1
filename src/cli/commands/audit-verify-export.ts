/**
 * `threshold audit verify EXPORT`: checks a copy of a log, or evidence of one entry, with what is on this computer: no database,
 * no network, nothing but Node. Whoever has only the source can run it as `node src/cli/commands/audit-verify-export.ts`.
 * Exit status 0 verified, 1 tampered, 2 malformed or of a version not known, 3 verified and yet not anchored.
 */
import { closeSync, openSync, readFileSync, readSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { type Evidence, readEvidence, verifyEvidence } from '../../engine/audit/evidence.ts'
import { NoteError, type NoteKey, readVerifierKey } from '../../engine/audit/note.ts'
import { readNotes } from '../../engine/audit/notes-file.ts'
import { type EvidenceResult, EXIT_STATUS, type ExportResult, type Fault } from '../../engine/audit/result.ts'
import { FormatError, utf8Text } from '../../engine/audit/strict.ts'
import { ExportVerifier } from '../../engine/audit/verify-export.ts'

export interface VerifyOptions {
  readonly key?: readonly string[]
  readonly checkpoint?: readonly string[]
  readonly proof?: string
  readonly json?: boolean
}
type Print = (line: string) => void
type ExitStatus = (typeof EXIT_STATUS)[keyof typeof EXIT_STATUS]

/** Verifies an export, evidence, or both together: then the entry of the evidence has to be the one in the export. */
export function verifyFiles(file: string | undefined, options: VerifyOptions, print: Print): ExitStatus {
  try {
    const results = verified(file, options)
    if (options.json) print(JSON.stringify(results, null, 2))
    else for (const result of results) describe(result, print)
    // 1 tells more than 2, and 2 more than 3: the first of them that was found is the answer.
    const found = results.map(({ status }) => EXIT_STATUS[status])
    return ([1, 2, 3] as const).find((status) => found.includes(status)) ?? 0
  } catch (error) {
    if (!(error instanceof FormatError || isFileError(error))) throw error
    // What was brought cannot be used: that is an answer as well, and never one that could be taken for “verified”.
    print(
      options.json
        ? JSON.stringify([{ status: 'malformed', why: error.message }], null, 2)
        : `MALFORMED  ${error.message}`,
    )
    return EXIT_STATUS.malformed
  }
}

function isFileError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error
}

function verified(file: string | undefined, options: VerifyOptions): (ExportResult | EvidenceResult)[] {
  const keys = (options.key ?? []).map(keyOf)
  if (keys.length === 0)
    throw new FormatError('name the key of the log with --key: the one in an export would prove nothing')
  const held = (options.checkpoint ?? []).flatMap((name) => named(name, () => notesOf(textOf(name), keys)))
  const { proof } = options
  const evidence = proof === undefined ? undefined : named(proof, () => readEvidence(textOf(proof)))
  const single = evidence ? [verifyEvidence(evidence, keys, held)] : []
  if (file === undefined) return single
  // Evidence that does not hold by itself is no measure for an export.
  const isSound = single.every(({ status }) => status === 'verified')
  return [...single, exportVerified(file, { keys, held, evidence: isSound ? evidence : undefined })]
}

function keyOf(text: string): NoteKey {
  try {
    return readVerifierKey(text)
  } catch (error) {
    if (error instanceof NoteError) throw new FormatError(`--key: ${error.message}`)
    throw error
  }
}

/** The checkpoints that bear the name of one of the keys: a place outside may keep those of other logs in the same file. */
function notesOf(text: string, keys: readonly NoteKey[]): string[] {
  const isOurs = (note: string) => keys.some(({ name }) => note.includes(`\n— ${name} `))
  const notes = readNotes(text).filter(isOurs)
  if (notes.length === 0)
    throw new FormatError(`no checkpoint in it is signed by ${keys.map(({ name }) => name).join(' or ')}`)
  return notes
}

/** Reads a file, and says of which one it is when it is not what it should be. */
function named<T>(file: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (error instanceof FormatError) throw new FormatError(`${file}: ${error.message}`)
    throw error
  }
}

const textOf = (file: string): string => utf8Text(readFileSync(file))

interface Given {
  readonly keys: readonly NoteKey[]
  readonly held: readonly string[]
  readonly evidence: Evidence | undefined
}
const PIECE_BYTES = 1024 * 1024

/** Reads the file in pieces, because a log may be larger than memory. */
function exportVerified(file: string, { keys, held, evidence }: Given): ExportResult {
  const from = evidence ? { known: [{ position: evidence.proof.index, leaf: evidence.leaf }] } : {}
  const all = evidence ? [...held, evidence.proof.checkpoint] : held
  const verifier = new ExportVerifier({ keys, held: all, ...from })
  const piece = Buffer.allocUnsafe(PIECE_BYTES)
  const descriptor = openSync(file, 'r')
  try {
    for (let read = readSync(descriptor, piece); read > 0; read = readSync(descriptor, piece))
      verifier.write(piece.subarray(0, read))
  } finally {
    closeSync(descriptor)
  }
  return verifier.end()
}

const WORDS = {
  verified: 'VERIFIED',
  tampered: 'TAMPERED',
  malformed: 'MALFORMED',
  not_anchored: 'VERIFIED, NOT ANCHORED',
} as const

function describe(result: ExportResult | EvidenceResult, print: Print): void {
  print(`${WORDS[result.status]}  ${'entries' in result ? logLine(result) : `evidence of entry #${result.position}`}`)
  if ('firstBad' in result && result.firstBad !== null) print(`First bad entry: #${result.firstBad}`)
  for (const fault of result.faults) print(`  ${placeOf(fault)}${fault.fault}`)
  if ('faultsUnlisted' in result && result.faultsUnlisted > 0) print(`  and ${result.faultsUnlisted} more`)
  for (const { size, notes } of result.forks) {
    print(
      `Two signed checkpoints of ${size} entries contradict each other. Keep both: with the key they prove it to anyone.`,
    )
    for (const note of notes) print(note)
  }
  for (const line of result.proven) print(`Proved: ${line}`)
  for (const line of result.notProven) print(`Not proved: ${line}`)
}

function logLine({ origin, entries, root }: ExportResult): string {
  return `${origin ?? 'no log'}: ${entries} entries, root ${root}`
}

function placeOf({ position, to }: Fault): string {
  if (position === null) return ''
  return to === undefined || to === position ? `#${position}: ` : `#${position} to #${to}: `
}

if (process.argv[1] === import.meta.filename) {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      key: { type: 'string', multiple: true },
      checkpoint: { type: 'string', multiple: true },
      proof: { type: 'string' },
      json: { type: 'boolean' },
    },
  })
  process.exitCode = verifyFiles(positionals[0], values, (line) => process.stdout.write(`${line}\n`))
}
