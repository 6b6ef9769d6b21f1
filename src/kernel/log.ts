/**
 * The two logs of an authority as trees in the database. The row of a head is locked, so that entries have no gaps and no two
 * stand at one position. That is right under READ COMMITTED: after the lock is granted the row is read anew; under REPEATABLE
 * READ it would be the older snapshot's.
 */
import { and, eq, inArray, sql } from '../db/drizzle.ts'
import { accessEntries, accessHeads, auditEntries, auditHeads } from '../db/tables/audit.ts'
import type { TenantTx } from '../db/tenant.ts'
import { type LeafFacts, type LogName, leafText } from '../engine/audit/leaf.ts'
import {
  append,
  EMPTY,
  type Frontier,
  frontierLength,
  HASH_BYTES,
  leafHash,
  type Node,
  type Plan,
} from '../engine/audit/merkle.ts'

export const LOG_TABLES = {
  decisions: { entries: auditEntries, heads: auditHeads },
  access: { entries: accessEntries, heads: accessHeads },
} as const

export interface Head {
  readonly log: LogName
  readonly frontier: Frontier
  /** The newest signed note; null while there is none. */
  readonly checkpoint: string | null
}

/** The end of a log, locked until the transaction ends. */
export async function lockHead(tx: TenantTx, log: LogName, authorityId: string): Promise<Head> {
  const { heads } = LOG_TABLES[log]
  const locked = () => tx.select().from(heads).where(eq(heads.authorityId, authorityId)).for('update')
  let [row] = await locked()
  if (!row) {
    await tx
      .insert(heads)
      .values({ authorityId, size: 0, frontier: Buffer.alloc(0) })
      .onConflictDoNothing()
    row = (await locked())[0]
  }
  if (!row) throw new Error('The log of this authority has no head')
  const head = headOf(log, row)
  if (head.frontier.hashes.length !== frontierLength(head.frontier.size))
    throw new Error('The head of the log does not fit its size')
  return head
}

/** The end of a log as it is now, without a lock; of a log that has not begun it is the beginning. */
export async function readHead(tx: TenantTx, log: LogName, authorityId: string): Promise<Head> {
  const { heads } = LOG_TABLES[log]
  const [row] = await tx.select().from(heads).where(eq(heads.authorityId, authorityId))
  return row ? headOf(log, row) : { log, frontier: EMPTY, checkpoint: null }
}

function headOf(log: LogName, { size, frontier, checkpoint }: typeof auditHeads.$inferSelect): Head {
  return { log, frontier: { size, hashes: hashesIn(frontier) }, checkpoint }
}

export function hashesIn(bytes: Uint8Array): Buffer[] {
  const all = Buffer.from(bytes)
  return Array.from({ length: Math.floor(all.length / HASH_BYTES) }, (_, i) =>
    all.subarray(i * HASH_BYTES, (i + 1) * HASH_BYTES),
  )
}

type NewLeaf = Pick<LeafFacts, 'at' | 'event' | 'facts' | 'records'>

/** Writes the next leaf and makes the tree longer by it. `head` is locked. */
export async function appendLeaf(
  tx: TenantTx,
  { authorityId, accountId }: { readonly authorityId: string; readonly accountId: string | null },
  head: Head,
  leaf: NewLeaf,
): Promise<{ position: number; leafHash: string; checkpoint: string | null }> {
  const { entries, heads } = LOG_TABLES[head.log]
  const position = head.frontier.size
  const text = leafText({ authority: authorityId, log: head.log, position, actor: accountId, ...leaf })
  const body = Buffer.from(text, 'utf8')
  const hash = leafHash(body)
  const { frontier, completed } = append(head.frontier, hash)
  // One statement for both: appending is done with the head locked.
  await tx.execute(sql`
    with leaf as (
      insert into ${entries} (authority_id, position, recorded_at, actor_id, event, body, leaf_hash, subtrees)
      values (${authorityId}, ${position}, ${leaf.at}, ${accountId}, ${leaf.event}, ${body}, ${hash},
        ${Buffer.concat(completed)})
    )
    update ${heads} set size = ${frontier.size}, frontier = ${Buffer.concat(frontier.hashes)}
    where authority_id = ${authorityId}`)
  return { position, leafHash: hash.toString('hex'), checkpoint: head.checkpoint }
}

/**
 * The hashes of a proof. A full subtree is kept with the entry that made it full, so a proof costs as many rows as it has hashes.
 * @throws Error when the log lacks an entry that it ought to have.
 */
export async function proofOf(tx: TenantTx, log: LogName, authorityId: string, plan: Plan): Promise<Buffer[]> {
  const { entries } = LOG_TABLES[log]
  const lastOf = ({ level, index }: Node): number => (index + 1) * 2 ** level - 1
  const positions = plan.needed.map(lastOf)
  const { position, leafHash, subtrees } = entries
  const rows =
    positions.length === 0
      ? []
      : await tx
          .select({ position, leafHash, subtrees })
          .from(entries)
          .where(and(eq(entries.authorityId, authorityId), inArray(position, positions)))
  const byPosition = new Map(rows.map((row) => [row.position, row]))
  return plan.hashes((node) => {
    const row = byPosition.get(lastOf(node))
    const hash = row && (node.level === 0 ? row.leafHash : hashesIn(row.subtrees)[node.level - 1])
    if (!hash) throw new Error(`The log has no subtree ${node.level}/${node.index}`)
    return hash
  })
}
