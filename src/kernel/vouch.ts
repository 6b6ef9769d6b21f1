/** Rows are shown only as the log has them: a row that says anything else fails closed, whoever changed it. */
import type { PgTable } from 'drizzle-orm/pg-core'
import { and, eq, getTableName, inArray, sql } from '../db/drizzle.ts'
import { auditEntries, auditPayloads, referralKeys } from '../db/tables/audit.ts'
import type { TenantTx } from '../db/tenant.ts'
import { commitmentOf, type RecordRef, readLeaf } from '../engine/audit/leaf.ts'
import { leafHash } from '../engine/audit/merkle.ts'
import { sha256 } from '../engine/hash.ts'
import { Refusal } from './errors.ts'
import { rowContent } from './record.ts'
import { openPayload } from './sealing.ts'

/** A whole row of a recorded table. */
export interface Shown {
  readonly table: PgTable
  readonly row: Readonly<Record<string, unknown>> & { readonly id: string }
}

/** @throws Refusal integrity_violation unless an entry of the log vouches for each of the rows as it is. */
export async function requireVouched(tx: TenantTx, authorityId: string, rows: readonly Shown[]): Promise<void> {
  if (rows.length === 0) return
  const kept = await tx
    .select({ payload: auditPayloads, body: auditEntries.body, hash: auditEntries.leafHash, key: referralKeys })
    .from(auditPayloads)
    .innerJoin(
      auditEntries,
      and(eq(auditEntries.authorityId, authorityId), eq(auditEntries.position, auditPayloads.position)),
    )
    .leftJoin(
      referralKeys,
      and(eq(referralKeys.authorityId, authorityId), eq(referralKeys.id, auditPayloads.referralId)),
    )
    .where(
      and(
        eq(auditPayloads.authorityId, authorityId),
        inArray(
          auditPayloads.recordId,
          rows.map(({ row }) => row.id),
        ),
      ),
    )
  const found = new Map(kept.map((one) => [`${one.payload.tableName}/${one.payload.recordId}`, one]))
  for (const { table, row } of rows) {
    const name = getTableName(table)
    const content = rowContent(row)
    const one = found.get(`${name}/${row.id}`)
    const isVouched = one
      ? isCommittedTo(one, refOf(one, name, row.id), openPayload(tx, authorityId, one.payload, one.key), content)
      : await isInChain(tx, authorityId, { table: name, id: row.id, hash: sha256(content) })
    if (!isVouched)
      throw new Refusal('integrity_violation', `The log does not vouch for ${name} ${row.id} as it is stored.`)
  }
}

interface Entry {
  readonly body: Uint8Array
  readonly hash: Uint8Array
}

function refOf({ body }: Entry, table: string, id: string): RecordRef | undefined {
  return readLeaf(Buffer.from(body).toString('utf8'))?.records.find((ref) => ref.table === table && ref.id === id)
}

function isCommittedTo(
  { body, hash }: Entry,
  ref: RecordRef | undefined,
  opened: ReturnType<typeof openPayload>,
  content: string,
): boolean {
  if (!leafHash(body).equals(hash) || !ref || !('commitment' in ref) || !opened) return false
  return opened.content === content && commitmentOf(opened.salt, opened.content) === ref.commitment
}

/** What was recorded before the log was a tree has no sealed content; an entry of that time has its plain hash. */
async function isInChain(
  tx: TenantTx,
  authorityId: string,
  record: { readonly table: string; readonly id: string; readonly hash: string },
): Promise<boolean> {
  const entries = await tx
    .select({ body: auditEntries.body, hash: auditEntries.leafHash })
    .from(auditEntries)
    .where(
      and(
        eq(auditEntries.authorityId, authorityId),
        sql`position(${record.id} in convert_from(${auditEntries.body}, 'UTF8')) > 0`,
      ),
    )
  return entries.some((entry) => {
    const ref = refOf(entry, record.table, record.id)
    return leafHash(entry.body).equals(entry.hash) && ref !== undefined && 'hash' in ref && ref.hash === record.hash
  })
}
