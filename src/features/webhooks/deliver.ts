/**
 * Deliveries are made by the service itself: claimed in one transaction, sent without any, and recorded in another. Whoever
 * is killed in between has sent a message that is sent once more, under the same id, when the lease has run out.
 */
import { and, eq, max } from '../../db/drizzle.ts'
import { webhookAttempts, webhookChanges, webhookCursors, webhookDeliveries } from '../../db/tables/webhooks.ts'
import type { TenantTx } from '../../db/tenant.ts'
import { appendAudit, insertRecorded } from '../../kernel/record.ts'
import { STRICT_SETTINGS } from '../../kernel/settings.ts'
import type { Task, TaskContext } from '../../kernel/task.ts'
import { claim, type Leased } from './claim.ts'
import { getWebhook, lockWebhooks, nextChange } from './queries.ts'
import { restEnd, retryAt } from './rules.ts'
import { type Sent, send } from './send.ts'

export const deliverWebhooks: Task = {
  name: 'webhooks',
  async step(context, authorityId) {
    const { database } = context
    const { leased, hasMore } = await database.withTenant(authorityId, (tx) => claim(tx, authorityId, context.now()))
    const results = await Promise.allSettled(leased.map((one) => attempt(context, authorityId, one)))
    for (const result of results) if (result.status === 'rejected') throw result.reason
    return hasMore || leased.length > 0
  },
}

/** A receiver says with it that it does not want any more. */
const GONE = 410

async function attempt(context: TaskContext, authorityId: string, leased: Leased): Promise<void> {
  const { database, signal, settings = STRICT_SETTINGS } = context
  const attemptedAt = context.now()
  const started = performance.now()
  let sent: Sent
  try {
    sent = await send(leased.message, { rules: settings.outbound, now: attemptedAt, signal })
  } catch (error) {
    // Stopping: the lease runs out, and it is sent again.
    if (signal.aborted) return
    throw error
  }
  const durationMs = Math.round(performance.now() - started)
  await database.withTenant(authorityId, async (tx) => {
    if (sent.status === GONE) await pause(context, tx, authorityId, leased.webhookId)
    await record(context, tx, authorityId, { leased, sent, attemptedAt, durationMs })
  })
}

interface Attempted {
  readonly leased: Leased
  readonly sent: Sent
  readonly attemptedAt: string
  readonly durationMs: number
}

async function record(
  context: TaskContext,
  tx: TenantTx,
  authorityId: string,
  { leased, sent, attemptedAt, durationMs }: Attempted,
): Promise<void> {
  const { webhookId, position, leasedUntil } = leased
  const now = context.now()
  const ofDelivery = and(
    eq(webhookDeliveries.authorityId, authorityId),
    eq(webhookDeliveries.webhookId, webhookId),
    eq(webhookDeliveries.position, position),
  )
  const [delivery] = await tx.select().from(webhookDeliveries).where(ofDelivery).for('update')
  if (!delivery) throw new Error('A delivery is gone')
  const tries = delivery.tries + 1
  const retry = sent.error === null ? null : retryAt(tries, now, Math.random())
  const outcome = sent.error === null ? 'delivered' : retry === null ? 'parked' : 'failed'
  await tx.insert(webhookAttempts).values({
    authorityId,
    id: context.newId(),
    webhookId,
    position,
    number: await nextAttempt(tx, authorityId, leased),
    outcome,
    ...sent,
    durationMs,
    attemptedAt,
    retryAt: retry,
  })
  // A failure that comes after the lease says nothing any more: somebody else has taken it on.
  const isOurs = delivery.leasedUntil === leasedUntil
  if (delivery.dueAt !== null && (isOurs || outcome === 'delivered'))
    await tx
      .update(webhookDeliveries)
      .set({
        dueAt: retry,
        leasedUntil: null,
        tries,
        deliveredAt: outcome === 'delivered' ? now : null,
        parkedAt: outcome === 'parked' ? now : null,
      })
      .where(ofDelivery)
  const restingUntil = restEnd(sent, now)
  if (restingUntil !== null)
    await tx
      .update(webhookCursors)
      .set({ restingUntil })
      .where(and(eq(webhookCursors.authorityId, authorityId), eq(webhookCursors.webhookId, webhookId)))
}

async function nextAttempt(tx: TenantTx, authorityId: string, { webhookId, position }: Leased): Promise<number> {
  const a = webhookAttempts
  const [row] = await tx
    .select({ last: max(a.number) })
    .from(a)
    .where(and(eq(a.authorityId, authorityId), eq(a.webhookId, webhookId), eq(a.position, position)))
  return (row?.last ?? 0) + 1
}

/** The service pauses a webhook itself; what waits goes on waiting until somebody resumes it. */
async function pause({ newId, now }: TaskContext, tx: TenantTx, authorityId: string, webhookId: string): Promise<void> {
  await lockWebhooks(tx, authorityId)
  const { state } = await getWebhook(tx, authorityId, webhookId)
  if (state !== 'active') return
  const recordedAt = now()
  const sequence = await nextChange(tx, authorityId, webhookId)
  const { record } = await insertRecorded(tx, webhookChanges, {
    ...{ authorityId, id: newId(), webhookId, sequence, kind: 'paused', recordedAt },
  })
  await appendAudit(tx, { authorityId, accountId: null }, recordedAt, {
    event: 'webhook.paused',
    facts: { webhook: webhookId, status: GONE },
    records: [record],
  })
}
