/**
 * What is to be sent next, taken for one process. Deliveries are made out from the outbox, then some that are due are
 * leased, all in one short transaction; the network is waited for after it.
 */
import { and, asc, eq, gte, inArray, sql } from '../../db/drizzle.ts'
import { authorities } from '../../db/tables/authorities.ts'
import { outboxEvents, webhookCursors, webhookDeliveries } from '../../db/tables/webhooks.ts'
import type { TenantTx } from '../../db/tenant.ts'
import { OUTSIDE_EVENTS } from './audience.ts'
import { cloudEvent, eventId } from './cloud-event.ts'
import { eventsAt, listWebhookRows, secretsOf, type WebhookRow } from './queries.ts'
import { leaseEnd, validSecrets, WEBHOOKS_MAX } from './rules.ts'
import type { Message } from './send.ts'

/** Of the outbox at once, for each webhook. */
const EVENTS_AT_ONCE = 500
/** Subjects at once, for each webhook. */
const SUBJECTS_AT_ONCE = 4

export interface Leased {
  readonly webhookId: string
  readonly position: number
  readonly leasedUntil: string
  readonly message: Message
}

/** @returns what was leased, and whether there may be more in the outbox */
export async function claim(
  tx: TenantTx,
  authorityId: string,
  now: string,
): Promise<{ leased: Leased[]; hasMore: boolean }> {
  const leased: Leased[] = []
  let hasMore = false
  const webhooks = await listWebhookRows(tx, authorityId, {}, { first: WEBHOOKS_MAX, after: undefined })
  for (const webhook of webhooks) {
    const cursor = await lockCursor(tx, authorityId, webhook.row.id)
    // Another process is at this webhook.
    if (!cursor) continue
    if (await makeOut(tx, webhook, cursor.nextPosition)) hasMore = true
    const isResting = cursor.restingUntil !== null && cursor.restingUntil > now
    if (webhook.state === 'active' && !isResting) leased.push(...(await lease(tx, webhook, now)))
  }
  return { leased, hasMore }
}

async function lockCursor(tx: TenantTx, authorityId: string, webhookId: string) {
  const [cursor] = await tx
    .select()
    .from(webhookCursors)
    .where(and(eq(webhookCursors.authorityId, authorityId), eq(webhookCursors.webhookId, webhookId)))
    .for('update', { skipLocked: true })
  return cursor
}

/**
 * Makes out a delivery for each next event that the webhook wants. Positions have no gaps and are stored in their order,
 * since the log is appended to under a lock: nothing can come in later behind the cursor.
 */
async function makeOut(tx: TenantTx, { row: webhook }: WebhookRow, from: number): Promise<boolean> {
  const { authorityId, id: webhookId } = webhook
  const events = await tx
    .select()
    .from(outboxEvents)
    .where(and(eq(outboxEvents.authorityId, authorityId), gte(outboxEvents.position, from)))
    .orderBy(asc(outboxEvents.position))
    .limit(EVENTS_AT_ONCE)
  const last = events.at(-1)
  if (!last) return false
  const wanted = new Set<string>(webhook.events ?? OUTSIDE_EVENTS)
  const rows = events
    .filter(({ event }) => wanted.has(event))
    .map(({ position, event, subject, recordedAt: dueAt }) => ({
      ...{ authorityId, webhookId, position, event, subject, dueAt, tries: 0 },
    }))
  if (rows.length > 0) await tx.insert(webhookDeliveries).values(rows)
  await tx
    .update(webhookCursors)
    .set({ nextPosition: last.position + 1 })
    .where(and(eq(webhookCursors.authorityId, authorityId), eq(webhookCursors.webhookId, webhookId)))
  return events.length === EVENTS_AT_ONCE
}

/** Takes the earliest undelivered event of some subjects, where that is due and nobody is sending it. */
async function lease(tx: TenantTx, { row: webhook }: WebhookRow, now: string): Promise<Leased[]> {
  const { authorityId, id: webhookId, url } = webhook
  const d = webhookDeliveries
  const due = await tx
    .select({ position: d.position })
    .from(d)
    .where(
      and(
        eq(d.authorityId, authorityId),
        eq(d.webhookId, webhookId),
        sql`${d.dueAt} <= ${now}`,
        sql`(${d.leasedUntil} is null or ${d.leasedUntil} <= ${now})`,
        // Columns of the outer row are written out: inside a sub-query drizzle would not qualify them.
        sql`not exists (
          select from webhook_deliveries e
          where e.authority_id = webhook_deliveries.authority_id and e.webhook_id = webhook_deliveries.webhook_id
            and e.subject = webhook_deliveries.subject and e.position < webhook_deliveries.position
            and e.due_at is not null
        )`,
      ),
    )
    .orderBy(asc(d.position))
    .limit(SUBJECTS_AT_ONCE)
    .for('update', { skipLocked: true })
  if (due.length === 0) return []
  const positions = due.map(({ position }) => position)
  const leasedUntil = leaseEnd(now)
  await tx
    .update(d)
    .set({ leasedUntil })
    .where(and(eq(d.authorityId, authorityId), eq(d.webhookId, webhookId), inArray(d.position, positions)))
  const secrets = validSecrets(await secretsOf(tx, authorityId, webhookId), now)
  const [authority] = await tx.select().from(authorities).where(eq(authorities.id, authorityId))
  const events = await eventsAt(tx, authorityId, positions)
  return positions.map((position) => {
    const event = events.get(position)
    if (!event || !authority) throw new Error('An event of the outbox has no entry in the log')
    const body = JSON.stringify(cloudEvent(event, authority.code))
    return { webhookId, position, leasedUntil, message: { id: eventId(event), url, body, secrets } }
  })
}
