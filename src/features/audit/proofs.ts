/** How far the logs are signed and anchored, and the proofs that anybody can check without this service. */
import { z } from 'zod'
import { and, asc, eq, gt, gte, sql } from '../../db/drizzle.ts'
import { ROLES, type Role } from '../../db/tables/accounts.ts'
import { auditAnchorings, auditCheckpoints } from '../../db/tables/audit.ts'
import type { TenantTx } from '../../db/tenant.ts'
import { originOf } from '../../engine/audit/checkpoint.ts'
import { LOGS, type LogName } from '../../engine/audit/leaf.ts'
import { consistencyPlan, inclusionPlan } from '../../engine/audit/merkle.ts'
import { proofText } from '../../engine/audit/proof.ts'
import { Instant } from '../../engine/text.ts'
import { notFound, Refusal } from '../../kernel/errors.ts'
import { LOG_TABLES, proofOf, readHead } from '../../kernel/log.ts'
import { type Context, defineOperation } from '../../kernel/operation.ts'
import { UNSIGNED } from '../../kernel/signer.ts'
import { ANCHORED_WITHIN_MS, newestCheckpoint, type Which } from './signing.ts'

const LOOKS_AFTER: readonly Role[] = ['auditor', 'supervisor', 'administrator']
const Log = z.enum(LOGS)
const Size = z.int().min(1)

const LogStatus = z
  .object({
    log: Log,
    origin: z.string().describe('The first line of its checkpoints.'),
    verifierKey: z
      .string()
      .nullable()
      .describe(
        'For `threshold audit verify --key`; null where nobody signs, or the signer has not answered since this process began.',
      ),
    formerVerifierKeys: z
      .array(z.string())
      .describe('Of the keys that signed before this one, the newest first: give each of them with `--key` as well.'),
    entries: z.int(),
    state: z
      .enum(['unsigned', 'not_anchored', 'anchored', 'contradicted'])
      .describe(
        '`contradicted`: the signer signed another log than this, and nothing more is recorded. `not_anchored`: no place outside has it, or for more than an hour none has had what is new (`unanchoredSince`); whoever has the database and the signing key could write that anew, and nobody would know.',
      ),
    unanchoredSince: Instant.nullable().describe('Time of the first entry that no place outside has.'),
    signed: z.object({ size: z.int(), at: Instant, note: z.string() }).meta({ id: 'SignedCheckpoint' }).nullable(),
    anchors: z.array(z.object({ anchor: z.string(), size: z.int(), at: Instant }).meta({ id: 'Anchoring' })),
  })
  .meta({ id: 'AuditLogStatus' })

export const auditStatus = defineOperation({
  name: 'auditStatus',
  kind: 'query',
  summary: 'How far each log of the authority is signed, and where its checkpoints are kept outside the database',
  allow: [...LOOKS_AFTER],
  route: 'GET /v1/audit/status',
  params: {},
  output: z.object({ logs: z.array(LogStatus) }).meta({ id: 'AuditStatus' }),
  async run(context) {
    const logs = []
    for (const log of LOGS) logs.push(await statusOf(context, log))
    return { logs }
  },
})

async function statusOf({ tx, actor, settings, now }: Context, log: LogName): Promise<z.output<typeof LogStatus>> {
  const which = { authorityId: actor.authorityId, log }
  const { service, contradicted, keys } = settings.log ?? UNSIGNED
  const isContradicted = contradicted.has(`${actor.authorityId}/${log}`)
  const origin = originOf(service, actor.authorityId, log)
  const { frontier } = await readHead(tx, log, actor.authorityId)
  const newest = await newestCheckpoint(tx, which)
  const anchors = await anchorsOf(tx, which)
  const [verifierKey, ...former] = keys.get(origin) ?? []
  const anchored = Math.max(0, ...anchors.map(({ size }) => size))
  const unanchoredSince = await timeOf(tx, which, anchored)
  const isAnchored = anchored > 0 && !isOverdue(unanchoredSince, now)
  return {
    log,
    origin,
    verifierKey: verifierKey ?? null,
    formerVerifierKeys: former,
    entries: frontier.size,
    state: isContradicted ? 'contradicted' : !newest ? 'unsigned' : isAnchored ? 'anchored' : 'not_anchored',
    unanchoredSince,
    signed: newest ? { size: newest.size, at: newest.signedAt, note: newest.note } : null,
    anchors,
  }
}

const isOverdue = (since: string | null, now: string): boolean =>
  since !== null && Date.parse(now) - Date.parse(since) > ANCHORED_WITHIN_MS

async function anchorsOf(tx: TenantTx, { authorityId, log }: Which) {
  const { anchor, size, anchoredAt } = auditAnchorings
  const rows = await tx
    .selectDistinctOn([anchor], { anchor, size, at: anchoredAt })
    .from(auditAnchorings)
    .where(and(eq(auditAnchorings.authorityId, authorityId), eq(auditAnchorings.log, log)))
    .orderBy(anchor, sql`${size} desc`)
  return rows
}

async function timeOf(tx: TenantTx, { authorityId, log }: Which, position: number): Promise<string | null> {
  const { entries } = LOG_TABLES[log]
  const [entry] = await tx
    .select({ at: entries.recordedAt })
    .from(entries)
    .where(and(eq(entries.authorityId, authorityId), eq(entries.position, position)))
  return entry?.at ?? null
}

const Inclusion = z
  .object({
    log: Log,
    position: z.int(),
    leafHash: z.string(),
    size: z.int().describe('Size of the tree that the proof is of.'),
    hashes: z.array(z.string()).describe('From the leaf’s sibling to the root’s child, hexadecimal.'),
    proof: z.string().describe('The same as text with the signed checkpoint (C2SP tlog-proof).'),
  })
  .meta({ id: 'InclusionProof' })

export const auditInclusion = defineOperation({
  name: 'auditInclusion',
  kind: 'query',
  summary: 'The proof that an entry stands in the log, in the first signed tree that has it',
  description: 'It tells nothing of what the entry says. Whoever has a receipt can ask for it.',
  allow: [...ROLES],
  route: 'GET /v1/audit/inclusion/{position}',
  params: { position: z.int().min(0), log: Log.optional() },
  output: Inclusion,
  async run({ tx, actor }, { position, log = 'decisions' }) {
    return await inclusionOf(tx, { authorityId: actor.authorityId, log }, position)
  },
})

/** @throws Refusal not_found where there is no such entry; not_signed_yet where no checkpoint has it */
export async function inclusionOf(tx: TenantTx, which: Which, position: number): Promise<z.output<typeof Inclusion>> {
  const { authorityId, log } = which
  const { entries } = LOG_TABLES[log]
  const [entry] = await tx
    .select({ leafHash: entries.leafHash })
    .from(entries)
    .where(and(eq(entries.authorityId, authorityId), eq(entries.position, position)))
  if (!entry) throw notFound('entry')
  const [checkpoint] = await tx
    .select()
    .from(auditCheckpoints)
    .where(
      and(
        eq(auditCheckpoints.authorityId, authorityId),
        eq(auditCheckpoints.log, log),
        gt(auditCheckpoints.size, position),
      ),
    )
    .orderBy(asc(auditCheckpoints.size))
    .limit(1)
  if (!checkpoint)
    throw new Refusal('not_signed_yet', 'No signed checkpoint has this entry yet; logs are signed every minute.')
  const { size, note } = checkpoint
  const hashes = await proofOf(tx, log, authorityId, inclusionPlan(position, size))
  return {
    ...{ log, position, size },
    leafHash: Buffer.from(entry.leafHash).toString('hex'),
    hashes: hashes.map((hash) => hash.toString('hex')),
    proof: proofText({ index: position, hashes, checkpoint: note }),
  }
}

const Consistency = z
  .object({ log: Log, from: z.int(), to: z.int(), hashes: z.array(z.string()).describe('Hexadecimal.') })
  .meta({ id: 'ConsistencyProof' })

export const auditConsistency = defineOperation({
  name: 'auditConsistency',
  kind: 'query',
  summary: 'The proof that the log, as it was, is the beginning of the log as it is',
  description:
    'For whoever holds an earlier checkpoint (RFC 6962, 2.1.2). `to` is all that there is where it is left out.',
  allow: [...ROLES],
  route: 'GET /v1/audit/consistency',
  params: { from: Size, to: Size.optional(), log: Log.optional() },
  output: Consistency,
  async run({ tx, actor }, { from, to, log = 'decisions' }) {
    const { size } = (await readHead(tx, log, actor.authorityId)).frontier
    const end = to ?? size
    if (from > end || end > size)
      throw new Refusal('invalid_input', `The log has ${size} entries.`, {
        errors: [
          {
            in: 'query',
            pointer: from > end ? '/from' : '/to',
            code: 'too_large',
            detail: `At most ${Math.min(end, size)}.`,
          },
        ],
      })
    const hashes = await proofOf(tx, log, actor.authorityId, consistencyPlan(from, end))
    return { log, from, to: end, hashes: hashes.map((hash) => hash.toString('hex')) }
  },
})

const CHECKPOINTS_MAX = 100

export const listCheckpoints = defineOperation({
  name: 'auditCheckpoints',
  kind: 'query',
  summary: 'Signed checkpoints of a log, the smallest first',
  allow: [...ROLES],
  route: 'GET /v1/audit/checkpoints',
  params: {
    log: Log.optional(),
    from: z.int().min(0).optional().describe('Those of this size and larger.'),
    first: z.int().min(1).max(CHECKPOINTS_MAX).optional(),
  },
  output: z
    .object({
      checkpoints: z.array(z.object({ size: z.int(), signedAt: Instant, note: z.string() }).meta({ id: 'Checkpoint' })),
    })
    .meta({ id: 'Checkpoints' }),
  async run({ tx, actor }, { log = 'decisions', from = 0, first = CHECKPOINTS_MAX }) {
    const { size, signedAt, note } = auditCheckpoints
    const checkpoints = await tx
      .select({ size, signedAt, note })
      .from(auditCheckpoints)
      .where(and(eq(auditCheckpoints.authorityId, actor.authorityId), eq(auditCheckpoints.log, log), gte(size, from)))
      .orderBy(asc(size))
      .limit(first)
    return { checkpoints }
  },
})
