/** Logs in memory, as files that somebody could have been given: whole ones, and ones that somebody has been at. */
import { createHash, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { checkpointText, originOf } from '../../src/engine/audit/checkpoint.ts'
import { type Evidence, evidenceText } from '../../src/engine/audit/evidence.ts'
import {
  checkpointsLine,
  type ExportEntry,
  entryLine,
  headerLine,
  type OpenedRecord,
} from '../../src/engine/audit/export.ts'
import { commitmentOf, DISPOSED, type LeafFacts, plainHash } from '../../src/engine/audit/facts.ts'
import { leafText } from '../../src/engine/audit/leaf.ts'
import { append, EMPTY, inclusionPlan, leafHash, rootOf } from '../../src/engine/audit/merkle.ts'
import { type NoteKey, readVerifierKey, signNote, verifierKey } from '../../src/engine/audit/note.ts'
import type { ExportResult } from '../../src/engine/audit/result.ts'
import { ExportVerifier } from '../../src/engine/audit/verify-export.ts'
import { canonical } from '../../src/engine/hash.ts'

export const SERVICE = 'threshold.example'

/** A number, the same for the same words: chance would make a failure hard to repeat. */
function numberOf(words: string): string {
  return createHash('sha256').update(words).digest('hex')
}
export function uuidOf(words: string): string {
  const hex = numberOf(words)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-7${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

/** A key of a log, and how it is handed out. */
export interface Signer {
  readonly name: string
  readonly secret: KeyObject
  readonly vkey: string
  readonly key: NoteKey
}
export function makeSigner(name = `${SERVICE}/log`): Signer {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const vkey = verifierKey(name, publicKey)
  return { name, secret: privateKey, vkey, key: readVerifierKey(vkey) }
}

/** What an export is made of; whoever tampers changes a copy. */
export interface LogFile {
  readonly authority: string
  readonly log: 'decisions' | 'access'
  readonly origin: string
  readonly size: number
  readonly entries: readonly ExportEntry[]
  readonly notes: readonly string[]
}

/** The facts of an entry of a made-up log. */
export function factsOf(authority: string, position: number): LeafFacts & { readonly opened: OpenedRecord[] } {
  const referral = uuidOf(`referral ${Math.floor(position / 3)} of ${authority}`)
  const salt = numberOf(`salt ${position} of ${authority}`)
  const content = canonical({
    id: position,
    level: 'L3',
    rationale: 'Sæmi 🙂 “said so”\n\t\\',
    at: null,
    isOpen: position % 2 === 0,
  })
  const id = uuidOf(`decision ${position} of ${authority}`)
  const common = {
    authority,
    log: 'decisions',
    position,
    at: `2026-11-22T10:${`${position % 60}`.padStart(2, '0')}:00.000Z`,
  } as const
  const actor = position % 4 === 3 ? null : uuidOf('officer')
  const event = 'decision.recorded'
  const facts = { referral, level: 'L3', isOverride: position % 2 === 1, revision: position, reason: null }
  if (position % 5 === 4)
    return {
      ...common,
      actor,
      event: 'policy.published',
      facts: { policy: 'northmoor', version: '2026.1' },
      records: [{ table: 'policies', id, hash: plainHash(content) }],
      opened: [{ table: 'policies', id, content }],
    }
  const records = [{ table: 'decisions', id, commitment: commitmentOf(Buffer.from(salt, 'hex'), content) }]
  return { ...common, actor, event, facts, records, opened: [{ table: 'decisions', id, salt, content }] }
}

/** A log of so many entries, signed at these sizes. */
export function makeLog(signer: Signer, size: number, sizes: readonly number[] = [size]): LogFile {
  const authority = uuidOf('northmoor')
  const origin = originOf(SERVICE, authority, 'decisions')
  const entries = Array.from({ length: size }, (_, position) => {
    const { opened, ...facts } = factsOf(authority, position)
    return { position, leaf: leafText(facts), records: opened }
  })
  return signed({ authority, log: 'decisions', origin, size, entries, notes: [] }, signer, sizes)
}

/** The same log with checkpoints of what it now says, by whoever has the key. */
export function signed(log: LogFile, signer: Signer, sizes: readonly number[]): LogFile {
  return { ...log, notes: sizes.map((size) => noteOf(log, signer, size)) }
}

export function rootAt(entries: readonly ExportEntry[], size: number): Buffer {
  let frontier = EMPTY
  for (const { leaf } of entries.slice(0, size)) ({ frontier } = append(frontier, leafHash(Buffer.from(leaf, 'utf8'))))
  return rootOf(frontier)
}

/** A signed checkpoint of the first `size` entries. */
export function noteOf({ origin, entries }: LogFile, signer: Signer, size: number): string {
  return signNote(checkpointText({ origin, size, root: rootAt(entries, size) }), signer.name, signer.secret)
}

export function exportText({ entries, notes, ...header }: LogFile): string {
  const { authority, log, origin, size } = header
  return [headerLine({ authority, log, origin, size }), ...entries.map(entryLine), checkpointsLine(notes)].join('')
}

/** The log with one entry changed, and its leaf written anew where its facts are. */
export function changed(log: LogFile, at: number, change: (facts: LeafFacts) => Partial<LeafFacts>): LogFile {
  const entries = log.entries.map((entry, i) => {
    if (i !== at) return entry
    const { schema, ...facts } = JSON.parse(entry.leaf) as LeafFacts & { schema: string }
    return { ...entry, leaf: leafText({ ...facts, ...change(facts) }) }
  })
  return { ...log, entries }
}

/** Every entry written anew at the place where it stands now, as somebody would who wants no gap to show. */
export function renumbered(log: LogFile, entries: readonly ExportEntry[]): LogFile {
  const again = entries.map((entry, position) => ({ ...entry, position }))
  const fresh = { ...log, entries: again, size: again.length }
  return again.reduce((whole, { position }) => changed(whole, position, () => ({ position })), fresh as LogFile)
}

/** Everything of an entry’s referral destroyed, and a last entry that says so; `elsewhere`: records that went with it. */
export function disposed(log: LogFile, at: number, elsewhere: readonly string[] = []): LogFile {
  const { facts } = JSON.parse(log.entries[at]?.leaf ?? '') as LeafFacts
  const { referral = null } = facts
  const isOfIt = (leaf: string): boolean => (JSON.parse(leaf) as LeafFacts).facts['referral'] === referral
  const entries = log.entries.map((entry) =>
    isOfIt(entry.leaf)
      ? { ...entry, records: (entry.records ?? []).map(({ table, id }) => ({ table, id, erased: true as const })) }
      : entry,
  )
  const { opened, ...last } = factsOf(log.authority, log.size)
  const row = { table: 'disposals', id: uuidOf('disposal') }
  const content = canonical({ id: row.id, erasedElsewhere: elsewhere })
  const records = elsewhere.length > 0 ? [{ ...row, hash: plainHash(content) }] : []
  const leaf = leafText({ ...last, event: DISPOSED, facts: { referral }, records })
  const given = records.length > 0 ? { records: [{ ...row, content }] } : {}
  return { ...log, size: log.size + 1, entries: [...entries, { position: log.size, leaf, ...given }] }
}

export function evidenceOf(log: LogFile, at: number, checkpoint: string): string {
  const size = Number(checkpoint.split('\n')[1])
  const hashes = inclusionPlan(at, size).hashes(({ level, index }) =>
    rootAt(log.entries.slice(index * 2 ** level, (index + 1) * 2 ** level), 2 ** level),
  )
  const { leaf, records } = log.entries[at] as ExportEntry
  const { authority, log: name } = log
  const evidence: Evidence = {
    authority,
    log: name,
    leaf,
    ...(records ? { records } : {}),
    proof: { index: at, hashes, checkpoint },
  }
  return evidenceText(evidence)
}

/** What the verifier finds in an export, fed in one piece. */
export function verified(
  text: string | Uint8Array,
  keys: readonly NoteKey[],
  held: readonly string[] = [],
): ExportResult {
  const verifier = new ExportVerifier({ keys, held })
  verifier.write(typeof text === 'string' ? Buffer.from(text, 'utf8') : text)
  return verifier.end()
}
