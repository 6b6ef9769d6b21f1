/**
 * Walks a log of an authority from the first entry, builds its tree again, and compares it with what was signed; then builds
 * every record out of the log and compares it with the table that holds it. Finds: entries changed, missing, inserted or out of
 * order; a log that was cut short or rewritten; rows changed, removed, or never recorded.
 */
import { and, asc, eq, gte } from '../../db/drizzle.ts'
import { auditCheckpoints, type auditEntries } from '../../db/tables/audit.ts'
import type { TenantTx } from '../../db/tenant.ts'
import { type LeafFacts, type LogName, readLeaf } from '../../engine/audit/leaf.ts'
import { append, EMPTY, type Frontier, leafHash, rootOf } from '../../engine/audit/merkle.ts'
import type { NoteKey } from '../../engine/audit/note.ts'
import type { Opened } from '../../engine/audit/proof.ts'
import { LOG_TABLES, readHead } from '../../kernel/log.ts'
import { recordsAgainst } from './records.ts'
import { compareSigned, type Signatures, signaturesOf } from './signatures.ts'

export interface Fault {
  /** Position of the entry concerned; null for a row that no entry vouches for. */
  readonly position: number | null
  readonly table: string | null
  readonly id: string | null
  readonly fault: string
}

export interface Verification {
  readonly log: LogName
  readonly entries: number
  readonly records: number
  /** Records of which key, salt and content were destroyed, with the disposal in the log. */
  readonly erased: number
  /** Root of the tree that was built again, hexadecimal. */
  readonly root: string
  /** How many entries the newest checkpoint covers that fits. */
  readonly signed: number
  /** How many entries the newest checkpoint covers that fits and was held outside. */
  readonly held: number
  /** Time of the first entry that no checkpoint held outside covers; null where there is none. */
  readonly unheldSince: string | null
  readonly faults: readonly Fault[]
}

const BATCH = 500
/** A log with more faults than this is wrong altogether; the first are what matters. */
const FAULTS_MAX = 100

export type EntryRow = typeof auditEntries.$inferSelect
export interface Walked {
  readonly row: EntryRow
  readonly leaf: LeafFacts
}

/** What a walk has come to. */
export interface Walk {
  frontier: Frontier
  /** The newest checkpoint that fits, of those stored here and of those held outside. */
  signed: number
  held: number
  unheldSince: string | null
  readonly faults: Fault[]
}

/** Which log is verified, and against what. */
export interface Verifying {
  readonly log: LogName
  /** By one of them every checkpoint has to be signed; none where nobody says. */
  readonly keys: readonly NoteKey[]
  /** Checkpoints of this log that were kept where nobody who has the database could change them. */
  readonly held?: readonly Opened[]
}

export async function verifyLog(
  tx: TenantTx,
  authorityId: string,
  { log, keys, held = [] }: Verifying = { log: 'decisions', keys: [] },
): Promise<Verification> {
  const stored = await tx
    .select()
    .from(auditCheckpoints)
    .where(and(eq(auditCheckpoints.authorityId, authorityId), eq(auditCheckpoints.log, log)))
  const expected = { authorityId, log, signatures: signaturesOf(stored, keys, held) }
  const walk: Walk = { frontier: EMPTY, signed: 0, held: 0, unheldSince: null, faults: [] }
  const records = recordsAgainst(tx, authorityId)
  const { entries } = LOG_TABLES[log]
  for (;;) {
    const rows = await tx
      .select()
      .from(entries)
      .where(and(eq(entries.authorityId, authorityId), gte(entries.position, walk.frontier.size)))
      .orderBy(asc(entries.position))
      .limit(BATCH)
    if (rows.length === 0) break
    const walked = stepped(walk, rows, expected)
    if (log === 'decisions') walk.faults.push(...(await records.compare(walked)))
    if (walked.length < rows.length) return summary(log, walk, records)
    if (walk.faults.length >= FAULTS_MAX) break
  }
  walk.faults.push(...(await wrongEnd(tx, walk, expected)))
  if (log === 'decisions' && walk.faults.length < FAULTS_MAX) walk.faults.push(...(await records.finish()))
  return summary(log, walk, records)
}

function summary(
  log: LogName,
  { frontier, signed, held, unheldSince, faults }: Walk,
  { counts }: { readonly counts: { readonly records: number; readonly erased: number } },
): Verification {
  const root = rootOf(frontier).toString('hex')
  const found = { signed, held, unheldSince, faults: faults.slice(0, FAULTS_MAX) }
  return { log, entries: frontier.size, ...counts, root, ...found }
}

interface Expected {
  readonly authorityId: string
  readonly log: LogName
  readonly signatures: Signatures
}

/** Takes entries as far as they fit; the first that does not is a fault, and nothing after it can be trusted. */
function stepped(walk: Walk, rows: readonly EntryRow[], expected: Expected): Walked[] {
  const walked: Walked[] = []
  for (const row of rows) {
    const position = walk.frontier.size
    const found = fitting(row, position, expected)
    if (typeof found === 'string') {
      walk.faults.push({ position, table: null, id: null, fault: found })
      return walked
    }
    const { frontier, completed } = append(walk.frontier, row.leafHash)
    if (!Buffer.concat(completed).equals(row.subtrees)) {
      const fault = 'the subtrees stored with the entry are not those that it makes'
      walk.faults.push({ position, table: null, id: null, fault })
    }
    walk.frontier = frontier
    walked.push({ row, leaf: found })
    walk.unheldSince ??= row.recordedAt
    compareSigned(walk, expected.signatures)
  }
  return walked
}

/** What the entry says, or why it does not belong where it stands. */
function fitting(row: EntryRow, position: number, { authorityId, log }: Expected): LeafFacts | string {
  if (row.position !== position) return `entry ${position} is missing; the next is ${row.position}`
  if (!leafHash(row.body).equals(row.leafHash)) return 'the entry does not have the hash stored with it'
  const leaf = readLeaf(Buffer.from(row.body).toString('utf8'))
  if (!leaf) return 'the body of the entry is not what an entry holds'
  if (leaf.authority !== authorityId || leaf.log !== log) return 'the entry belongs to another log'
  if (leaf.position !== position) return `the entry was written for position ${leaf.position}`
  const isSame = leaf.at === row.recordedAt && leaf.actor === row.actorId && leaf.event === row.event
  return isSame ? leaf : 'the columns of the entry do not say what its body says'
}

async function wrongEnd(tx: TenantTx, walk: Walk, { authorityId, log, signatures }: Expected): Promise<Fault[]> {
  const { size } = walk.frontier
  const faults: string[] = []
  const head = await readHead(tx, log, authorityId)
  if (head.frontier.size !== size)
    faults.push(`the log ends after ${size} entries, its head says ${head.frontier.size}`)
  else if (!rootOf(head.frontier).equals(rootOf(walk.frontier))) faults.push('the head of the log is of another tree')
  const longest = [...signatures.bySize.keys()].reduce((most, one) => Math.max(most, one), 0)
  if (longest > size) faults.push(`the log ends after ${size} entries, and ${longest} were signed`)
  return faults.map((fault) => ({ position: size, table: null, id: null, fault }))
}
