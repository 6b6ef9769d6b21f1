/** Has the logs signed as they grow, and puts what was signed where the database cannot reach. */
import { and, desc, eq } from '../../db/drizzle.ts'
import { auditAnchorings, auditCheckpoints } from '../../db/tables/audit.ts'
import type { TenantTx } from '../../db/tenant.ts'
import { originOf } from '../../engine/audit/checkpoint.ts'
import { LOGS, type LogName } from '../../engine/audit/leaf.ts'
import { consistencyPlan, rootOf } from '../../engine/audit/merkle.ts'
import { readVerifierKey } from '../../engine/audit/note.ts'
import { isSignedBy } from '../../engine/audit/proof.ts'
import { LOG_TABLES, proofOf, readHead } from '../../kernel/log.ts'
import { type Anchor, type Signed, type Signer, UNSIGNED } from '../../kernel/signer.ts'
import type { Task, TaskContext } from '../../kernel/task.ts'

/** How long an entry waits for a signature, in milliseconds. */
export const SIGNED_WITHIN_MS = 60_000
/** How long it waits until what was signed is put outside, at most: after that signer or place outside do not answer. */
export const ANCHORED_WITHIN_MS = 60 * SIGNED_WITHIN_MS

/** The signer did not sign: what it signed last is not the beginning of this log. Somebody has to look at that. */
export class LogContradicted extends Error {
  override readonly name = 'LogContradicted'
}

export const signCheckpoints: Task = {
  name: 'signing of checkpoints',
  entersNothing: true,
  async step(context, authorityId) {
    let first: { readonly error: unknown } | undefined
    for (const log of LOGS) {
      const which = { authorityId, log }
      // What is wrong with one log keeps the other from nothing.
      await signNow(context, which, { isWaiting: true })
        .then(() => learnKeys(context, which))
        .catch((error: unknown) => {
          first ??= { error }
        })
      await anchorNewest(context, which)
    }
    if (first) throw first.error
    return false
  },
}

export interface Which {
  readonly authorityId: string
  readonly log: LogName
}

type Signing = Pick<TaskContext, 'database' | 'now' | 'settings'>
type Telling = Pick<TaskContext, 'onFailure'>

/**
 * Has a log signed as it is now; where `isWaiting`, only once the last signature is old enough.
 * @throws LogContradicted when the signer refuses for good; Error when it cannot be reached
 */
export async function signNow(context: Signing, which: Which, { isWaiting = false } = {}): Promise<void> {
  const { signer, service, contradicted, keys } = context.settings?.log ?? UNSIGNED
  if (!signer) return
  const { authorityId, log } = which
  const key = `${authorityId}/${log}`
  const asking = { signer, origin: originOf(service, authorityId, log) }
  // Until the signer has answered once nobody knows whether the log is its own.
  const mayWait = isWaiting && keys.has(asking.origin) && !contradicted.has(key)
  // Another process may have had more signed since the log was read here: what is refused is asked once more, read anew.
  const first = await attempt(context, which, asking, mayWait)
  const signed = first && 'refused' in first ? await attempt(context, which, asking, false) : first
  if (!signed || !('refused' in signed)) {
    contradicted.delete(key)
    return
  }
  const why = `The signer refuses the log ${log} of ${authorityId} as ${signed.refused}: it signed ${signed.last.size} entries.`
  contradicted.set(key, why)
  throw new LogContradicted(why)
}

/** Asks for one signature and keeps it; undefined where there is nothing to sign. */
async function attempt(
  context: Signing,
  which: Which,
  { signer, origin }: { readonly signer: Signer; readonly origin: string },
  isWaiting: boolean,
): Promise<Signed | undefined> {
  const { authorityId, log } = which
  const { frontier, newest } = await context.database.withTenant(authorityId, (tx) => stateOf(tx, which))
  // At the size that was signed last there is nothing to sign, unless it is another log of the same size.
  if (frontier.size === (newest?.size ?? 0) && (isWaiting || !newest)) return undefined
  const isFresh = newest && Date.parse(context.now()) - Date.parse(newest.signedAt) < SIGNED_WITHIN_MS
  if (isWaiting && isFresh) return undefined
  const root = rootOf(frontier)
  const sign = async (from: number): Promise<Signed> => {
    const isProvable = from > 0 && from <= frontier.size
    const proof = !isProvable
      ? []
      : await context.database.withTenant(authorityId, (tx) =>
          proofOf(tx, log, authorityId, consistencyPlan(from, frontier.size)),
        )
    return await signer.sign({ origin, size: frontier.size, root, from, proof })
  }
  let signed = await sign(newest?.size ?? 0)
  // It signed something that was not stored here: the proof starts from there.
  if ('refused' in signed && signed.refused === 'stale') signed = await sign(signed.last.size)
  if ('note' in signed) await keep(context, which, { size: frontier.size, root, note: signed.note })
  return signed
}

/**
 * By which keys a log is signed: asked where nobody knows yet, and where the newest note is by none of those that are known, as
 * after a signer has got another key, whichever process had that note signed.
 * @throws Error when the signer cannot be reached
 */
export async function learnKeys(context: Signing, which: Which): Promise<void> {
  const { signer, service, keys } = context.settings?.log ?? UNSIGNED
  if (!signer) return
  const origin = originOf(service, which.authorityId, which.log)
  const known = keys.get(origin)
  const newest = await context.database.withTenant(which.authorityId, (tx) => newestCheckpoint(tx, which))
  const isKnown = known && (!newest || isSignedBy(newest.note, known.map(readVerifierKey)))
  if (!isKnown) keys.set(origin, await signer.verifierKeys(origin))
}

async function keep(
  context: Signing,
  { authorityId, log }: Which,
  { size, root, note }: { readonly size: number; readonly root: Buffer; readonly note: string },
): Promise<void> {
  await context.database.withTenant(authorityId, async (tx) => {
    await tx
      .insert(auditCheckpoints)
      .values({ authorityId, log, size, root, note, signedAt: context.now() })
      .onConflictDoNothing()
    const { heads } = LOG_TABLES[log]
    await tx.update(heads).set({ checkpoint: note }).where(eq(heads.authorityId, authorityId))
  })
}

/**
 * Has every log signed as it is now: before the service begins to serve, so that a database that was set back is noticed, and
 * when it ends, with what was signed put where it is kept outside. What went wrong is told and keeps nothing from going on.
 */
export async function signAll(
  context: Signing & Telling,
  authorityIds: readonly string[],
  { isEnding = false } = {},
): Promise<void> {
  for (const authorityId of authorityIds)
    for (const log of LOGS) {
      const which = { authorityId, log }
      const steps = isEnding ? [signNow, anchorNewest] : [signNow, learnKeys]
      for (const step of steps) await step(context, which).catch((error: unknown) => context.onFailure(error))
    }
}

async function stateOf(tx: TenantTx, { authorityId, log }: Which) {
  const { frontier } = await readHead(tx, log, authorityId)
  const newest = await newestCheckpoint(tx, { authorityId, log })
  return { frontier, newest }
}

export async function newestCheckpoint(
  tx: TenantTx,
  { authorityId, log }: Which,
): Promise<typeof auditCheckpoints.$inferSelect | undefined> {
  const [newest] = await tx
    .select()
    .from(auditCheckpoints)
    .where(and(eq(auditCheckpoints.authorityId, authorityId), eq(auditCheckpoints.log, log)))
    .orderBy(desc(auditCheckpoints.size))
    .limit(1)
  return newest
}

/** Puts the newest checkpoint to each place that does not have it; what could not be put is tried again at the next step. */
async function anchorNewest(context: Signing & Telling, which: Which): Promise<void> {
  for (const anchor of context.settings?.log?.anchors ?? []) {
    const waiting = await context.database.withTenant(which.authorityId, (tx) => unanchored(tx, which, anchor))
    if (!waiting) continue
    try {
      await anchor.put(waiting.note)
    } catch (error) {
      context.onFailure(error)
      continue
    }
    const { authorityId, log } = which
    await context.database.withTenant(authorityId, (tx) =>
      tx
        .insert(auditAnchorings)
        .values({ authorityId, log, size: waiting.size, anchor: anchor.name, anchoredAt: context.now() })
        .onConflictDoNothing(),
    )
  }
}

async function unanchored(tx: TenantTx, { authorityId, log }: Which, { name }: Anchor) {
  const { size } = auditCheckpoints
  const [waiting] = await tx
    .select({ checkpoint: auditCheckpoints, at: auditAnchorings.anchoredAt })
    .from(auditCheckpoints)
    .leftJoin(
      auditAnchorings,
      and(
        eq(auditAnchorings.authorityId, authorityId),
        eq(auditAnchorings.log, log),
        eq(auditAnchorings.size, size),
        eq(auditAnchorings.anchor, name),
      ),
    )
    .where(and(eq(auditCheckpoints.authorityId, authorityId), eq(auditCheckpoints.log, log)))
    .orderBy(desc(size))
    .limit(1)
  return waiting && waiting.at === null ? waiting.checkpoint : undefined
}
