/**
 * Evidence of one entry: the leaf, what was recorded by it, and the proof that it stands in the log. It is all that an
 * ombudsman, a court or a parent needs beside the key of the log, and tells them nothing of any other entry.
 */
import { forksOf } from './checkpoints.ts'
import { type OpenedRecord, recordsOf } from './export.ts'
import { type Leaf, type LogName, logOf, readStrictLeaf } from './facts.ts'
import { NoteError, type NoteKey } from './note.ts'
import { compareRecords, type OpenedSum } from './opened.ts'
import { type Opened, openByAny, type Proof, proofText, provesLeaf, readProof } from './proof.ts'
import { counted, type EvidenceResult, type Fault, type Fork, NEVER_PROVEN } from './result.ts'
import { canonicalText, FormatError, membersOf, textOf, UUID } from './strict.ts'

export const EVIDENCE_FORMAT = 'threshold.evidence/1'

export interface Evidence {
  readonly authority: string
  readonly log: LogName
  readonly leaf: string
  readonly records?: readonly OpenedRecord[]
  readonly proof: Proof
}

export function evidenceText({ proof, ...evidence }: Evidence): string {
  return `${canonicalText({ format: EVIDENCE_FORMAT, ...evidence, proof: proofText(proof) })}\n`
}

/**
 * Reads evidence as it was handed out, be it indented or not.
 * @throws FormatError for anything else, a name that comes twice among it
 */
export function readEvidence(text: string): Evidence {
  const value = jsonOf(text)
  const evidence = membersOf(value, ['format', 'authority', 'log', 'leaf', 'proof'], ['records'])
  if (evidence['format'] !== EVIDENCE_FORMAT)
    throw new FormatError(`this is not evidence of the form ${EVIDENCE_FORMAT}`)
  const common = {
    authority: textOf(evidence['authority'], 'authority', UUID),
    log: logOf(evidence['log']),
    leaf: textOf(evidence['leaf'], 'leaf'),
    proof: readProof(textOf(evidence['proof'], 'proof')),
  }
  return evidence['records'] === undefined ? common : { ...common, records: recordsOf(evidence['records']) }
}

function jsonOf(text: string): unknown {
  const trimmed = text.endsWith('\n') ? text.slice(0, -1) : text
  try {
    const value: unknown = JSON.parse(trimmed)
    // Written again it is the same only where nothing was said twice; canonicalText refuses half of a character.
    const isPlain = [canonicalText(value), JSON.stringify(value), JSON.stringify(value, null, 2)].includes(trimmed)
    if (isPlain) return value
  } catch {
    // One answer for all of them: what the parser says quotes the text.
  }
  throw new FormatError('the evidence is not JSON as it is handed out')
}

interface Checked {
  readonly leaf: Leaf | null
  readonly tree: Opened | null
  readonly sum: OpenedSum
  readonly faults: readonly Fault[]
}

/** @param held signed checkpoints of the log from elsewhere, to compare with the one in the evidence */
export function verifyEvidence(
  evidence: Evidence,
  keys: readonly NoteKey[],
  held: readonly string[] = [],
): EvidenceResult {
  const { leaf, tree, sum, faults: found } = checked(evidence, keys)
  const faults = [...found]
  const forks = tree ? contradictions(tree, held, keys) : []
  for (const { size } of forks)
    faults.push({ position: null, fault: `two signed checkpoints of ${size} entries have different roots` })
  const isGood = faults.length === 0 && leaf !== null && tree !== null
  return {
    status: isGood ? 'verified' : 'tampered',
    position: evidence.proof.index,
    size: tree?.size ?? null,
    faults,
    forks,
    records: { opened: sum.opened, erased: sum.erased.length, absent: sum.absent },
    proven: isGood ? provenBy(leaf, tree, sum) : [],
    notProven: [...leftOpen(sum, tree, held), ...NEVER_PROVEN],
  }
}

const NOTHING: OpenedSum = { opened: 0, erased: [], absent: 0, faults: [] }

function checked({ authority, log, leaf: text, records, proof }: Evidence, keys: readonly NoteKey[]): Checked {
  const faults: Fault[] = []
  const fault = (why: string): void => void faults.push({ position: proof.index, fault: why })
  const tree = told(
    () => openByAny(proof.checkpoint, keys),
    (why) => fault(`the checkpoint cannot be trusted: ${why}`),
  )
  const leaf = told(
    () => readStrictLeaf(text),
    (why) => fault(`this is no leaf: ${why}`),
  )
  if (tree) {
    if (!tree.origin.endsWith(`/${authority}/${log}`)) fault('the checkpoint is of another log')
    const verdict = provesLeaf(text, proof, tree)
    if (!verdict.isProven) fault(`the entry is not proved to stand in the log: ${verdict.why}`)
  }
  if (!leaf) return { leaf, tree, sum: NOTHING, faults }
  if (leaf.position !== proof.index) fault(`the leaf says that it is entry ${leaf.position}`)
  if (leaf.authority !== authority || leaf.log !== log) fault('the leaf is of another authority or log')
  const sum = compareRecords(leaf, records)
  sum.faults.forEach(fault)
  return { leaf, tree, sum, faults }
}

/** What a reading gives; null, and why, where what is read is wrong. */
function told<T>(read: () => T, otherwise: (why: string) => void): T | null {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof NoteError || error instanceof FormatError)) throw error
    otherwise(error.message)
    return null
  }
}

function contradictions(tree: Opened, held: readonly string[], keys: readonly NoteKey[]): readonly Fork[] {
  const opened = held.map((note) => {
    const why = (reason: string): void => {
      throw new FormatError(`A checkpoint held outside cannot be used: ${reason}`)
    }
    return told(() => openByAny(note, keys), why)
  })
  return forksOf([...opened.filter((one) => one !== null), tree].filter(({ origin }) => origin === tree.origin))
}

function provenBy(leaf: Leaf, tree: Opened, sum: OpenedSum): string[] {
  const what = `Entry #${leaf.position} (${leaf.event}, ${leaf.at}) stands in the log ${tree.origin} as it was when the key you named signed its first ${tree.size} entries.`
  return sum.opened > 0
    ? [what, `${counted(sum.opened, 'record is', 'records are')} what was recorded by it, to the byte.`]
    : [what]
}

function leftOpen(sum: OpenedSum, tree: Opened | null, held: readonly string[]): string[] {
  const open: string[] = []
  if (sum.erased.length > 0)
    open.push(
      `${counted(sum.erased.length, 'record is', 'records are')} said to be erased; the entry that would show it is not part of this evidence.`,
    )
  if (sum.absent > 0)
    open.push(`${counted(sum.absent, 'record is', 'records are')} vouched for and not in this evidence.`)
  if (tree && held.length === 0)
    open.push(
      `That others hold the same checkpoint of ${tree.size} entries: compare it with one kept outside the service.`,
    )
  return open
}
