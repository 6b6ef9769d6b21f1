/** A log written out for those who verify it without this service: whole as a file, or one entry as evidence. */
import { and, asc, eq, gte } from '../../db/drizzle.ts'
import { auditCheckpoints, type auditEntries, auditPayloads } from '../../db/tables/audit.ts'
import type { TenantTx } from '../../db/tenant.ts'
import { VaultError } from '../../db/vault.ts'
import { originOf } from '../../engine/audit/checkpoint.ts'
import { EVIDENCE_FORMAT, type Evidence } from '../../engine/audit/evidence.ts'
import { checkpointsLine, entryLine, headerLine, type OpenedRecord } from '../../engine/audit/export.ts'
import { type LeafFacts, readLeaf } from '../../engine/audit/leaf.ts'
import { notFound } from '../../kernel/errors.ts'
import { LOG_TABLES, readHead } from '../../kernel/log.ts'
import { openedBeside } from '../../kernel/sealing.ts'
import { inclusionOf } from './proofs.ts'
import { storedContents } from './records.ts'
import type { Which } from './signing.ts'

const BATCH = 500

export interface ExportOptions extends Which {
  readonly service: string
  /** Whether what the log commits to goes with it: it is the whole case file of the authority. */
  readonly withContents: boolean
}

/**
 * The lines of `threshold.export/1`, in order. The transaction has to read as at one instant: then no checkpoint is of more
 * entries than there are, unless the log was set back, and that is for whoever verifies the export to find.
 */
export async function* exportLines(tx: TenantTx, options: ExportOptions): AsyncGenerator<string> {
  const { authorityId, log, service } = options
  const { entries } = LOG_TABLES[log]
  const { size } = (await readHead(tx, log, authorityId)).frontier
  yield headerLine({ origin: originOf(service, authorityId, log), authority: authorityId, log, size })
  for (let from = 0; from < size; from += BATCH) {
    const rows = await tx
      .select()
      .from(entries)
      .where(and(eq(entries.authorityId, authorityId), gte(entries.position, from)))
      .orderBy(asc(entries.position))
      .limit(Math.min(BATCH, size - from))
    const records = options.withContents ? await openedOf(tx, authorityId, rows) : undefined
    for (const [i, { position, body }] of rows.entries()) {
      const opened = records?.[i] ?? []
      yield entryLine({ position, leaf: textOf(body), ...(opened.length > 0 ? { records: opened } : {}) })
    }
  }
  const { note } = auditCheckpoints
  const signed = await tx
    .select({ note })
    .from(auditCheckpoints)
    .where(and(eq(auditCheckpoints.authorityId, authorityId), eq(auditCheckpoints.log, log)))
    .orderBy(asc(auditCheckpoints.size))
  yield checkpointsLine(signed.map((row) => row.note))
}

/**
 * What an entry says of a record, with the proof that it stands in the log.
 * @throws Refusal not_found where nothing sealed is kept of it; not_signed_yet
 */
export async function evidenceOf(
  tx: TenantTx,
  authorityId: string,
  record: { readonly table: string; readonly id: string },
): Promise<{ format: typeof EVIDENCE_FORMAT; proof: string } & Omit<Evidence, 'proof'>> {
  const [payload] = await tx
    .select({ position: auditPayloads.position })
    .from(auditPayloads)
    .where(
      and(
        eq(auditPayloads.authorityId, authorityId),
        eq(auditPayloads.recordId, record.id),
        eq(auditPayloads.tableName, record.table),
      ),
    )
  if (!payload) throw notFound('evidence')
  const { entries } = LOG_TABLES.decisions
  const rows = await tx
    .select()
    .from(entries)
    .where(and(eq(entries.authorityId, authorityId), eq(entries.position, payload.position)))
  const [row] = rows
  if (!row) throw notFound('evidence')
  const [records = []] = await openedOf(tx, authorityId, rows)
  const { proof } = await inclusionOf(tx, { authorityId, log: 'decisions' }, payload.position)
  return { format: EVIDENCE_FORMAT, authority: authorityId, log: 'decisions', leaf: textOf(row.body), records, proof }
}

type Row = typeof auditEntries.$inferSelect

/** For each entry what it vouches for: opened where it was sealed, as it is stored where it was not. */
async function openedOf(tx: TenantTx, authorityId: string, rows: readonly Row[]): Promise<OpenedRecord[][]> {
  const leaves = rows.map(({ body }) => readLeaf(textOf(body)))
  const positions = rows
    .filter((_, i) => leaves[i]?.records.some((ref) => 'commitment' in ref))
    .map((row) => row.position)
  const sealed = await openedBeside(tx, authorityId, positions)
  const stored = await storedContents(tx, authorityId, hashedIn(leaves))
  return rows.map(({ position }, i) =>
    (leaves[i]?.records ?? []).flatMap((ref, ordinal): OpenedRecord[] => {
      const { table, id } = ref
      if ('commitment' in ref) {
        const payload = sealed.get(`${position}/${ordinal}`)
        if (!payload && sealed.has(`${position}/${ordinal}`))
          throw new VaultError(`What is kept of ${table} ${id} does not open: it was changed, or its key is not here`)
        return [
          payload
            ? { table, id, content: payload.content, salt: payload.salt.toString('hex') }
            : { table, id, erased: true },
        ]
      }
      const content = stored.get(`${table}/${id}`)
      return content === undefined ? [] : [{ table, id, content }]
    }),
  )
}

function hashedIn(leaves: readonly (LeafFacts | undefined)[]): { table: string; id: string }[] {
  return leaves.flatMap((leaf) => (leaf?.records ?? []).filter((ref) => 'hash' in ref))
}

function textOf(body: Uint8Array): string {
  return Buffer.from(body).toString('utf8')
}
