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
import { NoteError, type NoteKey } from '../../engine/audit/note.ts'
import { openByAny } from '../../engine/audit/proof.ts'
import { LOG_TABLES, readHead } from '../../kernel/log.ts'
import { recordsAgainst } from './records.ts'

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
interface Walk {
  frontier: Frontier
  /** The newest checkpoint that fits. */
  signed: number
  readonly faults: Fault[]
}

/** Which log is verified, and by one of which keys its checkpoints have to be signed; none where nobody says. */
export interface Verifying {
  readonly log: LogName
  readonly keys: readonly NoteKey[]
}

export async function verifyLog(
  tx: TenantTx,
  authorityId: string,
  { log, keys }: Verifying = { log: 'decisions', keys: [] },
): Promise<Verification> {
  const checkpoints = await tx
    .select()
    .from(auditCheckpoints)
    .where(and(eq(auditCheckpoints.authorityId, authorityId), eq(auditCheckpoints.log, log)))
    .orderBy(asc(auditCheckpoints.size))
  const bySize = new Map(checkpoints.map((one) => [one.size, one]))
  const walk: Walk = { frontier: EMPTY, signed: 0, faults: [] }
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
    const walked = stepped(walk, rows, { authorityId, log, keys, bySize })
    if (log === 'decisions') walk.faults.push(...(await records.compare(walked)))
    if (walked.length < rows.length) return summary(log, walk, records)
    if (walk.faults.length >= FAULTS_MAX) break
  }
  walk.faults.push(...(await wrongEnd(tx, authorityId, { log, walk, last: checkpoints.at(-1) })))
  if (log === 'decisions' && walk.faults.length < FAULTS_MAX) walk.faults.push(...(await records.finish()))
  return summary(log, walk, records)
}

function summary(
  log: LogName,
  { frontier, signed, faults }: Walk,
  { counts }: { readonly counts: { readonly records: number; readonly erased: number } },
): Verification {
  const root = rootOf(frontier).toString('hex')
  return { log, entries: frontier.size, ...counts, root, signed, faults: faults.slice(0, FAULTS_MAX) }
}

type CheckpointRow = typeof auditCheckpoints.$inferSelect

interface Expected extends Verifying {
  readonly authorityId: string
  /** Checkpoints by how many entries they are of. */
  readonly bySize: ReadonlyMap<number, CheckpointRow>
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
    compareSigned(walk, expected)
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

/** At the size of a checkpoint the tree has to have the root that was signed. */
function compareSigned(walk: Walk, { keys, bySize }: Expected): void {
  const { size } = walk.frontier
  const checkpoint = bySize.get(size)
  if (!checkpoint) return
  const fault = (text: string): void => {
    walk.faults.push({ position: walk.signed, table: null, id: null, fault: text })
  }
  const unsigned = keys.length > 0 && whyUnsigned(checkpoint, keys)
  if (unsigned) fault(`the checkpoint of ${size} entries is not what was signed: ${unsigned}`)
  else if (rootOf(walk.frontier).equals(checkpoint.root)) walk.signed = size
  else if (!walk.faults.some((one) => one.fault.startsWith(NOT_SIGNED)))
    fault(`${NOT_SIGNED}: the first that was changed is among entries ${walk.signed} to ${size - 1}`)
}

/** What is stored of a checkpoint is only as good as its signature: whoever rewrites a log writes the rest of the row as well. */
function whyUnsigned(row: CheckpointRow, keys: readonly NoteKey[]): string | undefined {
  try {
    const { size, root } = openByAny(row.note, keys)
    return size === row.size && root.equals(row.root) ? undefined : 'the note is of another size or root'
  } catch (error) {
    if (error instanceof NoteError) return error.message
    throw error
  }
}
const NOT_SIGNED = 'the entries are not those that were signed'

async function wrongEnd(
  tx: TenantTx,
  authorityId: string,
  { log, walk, last }: { log: LogName; walk: Walk; last: CheckpointRow | undefined },
): Promise<Fault[]> {
  const faults: Fault[] = []
  const { size } = walk.frontier
  const fault = (text: string): void => {
    faults.push({ position: size, table: null, id: null, fault: text })
  }
  const head = await readHead(tx, log, authorityId)
  if (head.frontier.size !== size) fault(`the log ends after ${size} entries, its head says ${head.frontier.size}`)
  else if (!rootOf(head.frontier).equals(rootOf(walk.frontier))) fault('the head of the log is of another tree')
  if (last && last.size > size) fault(`the log ends after ${size} entries, and ${last.size} were signed`)
  return faults
}
