import { and, asc, count, desc, eq, gt, inArray, lt, max, min, or, type SQL, sql } from 'drizzle-orm'
import { auditEntries, auditHeads } from '../../db/tables/audit.ts'
import {
  outboxEvents,
  webhookAttempts,
  webhookChanges,
  webhookDeliveries,
  webhookSecrets,
  webhooks,
} from '../../db/tables/webhooks.ts'
import type { TenantTx } from '../../db/tenant.ts'
import { notFound } from '../../kernel/errors.ts'
import type { Cursor } from '../../kernel/page.ts'
import { OUTSIDE_EVENTS } from './audience.ts'
import type { OutboxEvent } from './cloud-event.ts'
import type { DeliveryState } from './model.ts'
import type { WebhookState } from './rules.ts'

// Columns of the outer row are written out: inside a sub-query drizzle would not qualify them.
const state = sql<WebhookState>`coalesce((
  select case c.kind when 'resumed' then 'active' else c.kind end from webhook_changes c
  where c.authority_id = webhooks.authority_id and c.webhook_id = webhooks.id order by c.sequence desc limit 1
), 'active')`
const lastSecretAt = sql<string>`(
  select max(s.made_at) from webhook_secrets s
  where s.authority_id = webhooks.authority_id and s.webhook_id = webhooks.id
)`.mapWith(webhookSecrets.madeAt)

async function selectWebhooks(tx: TenantTx, authorityId: string, condition: SQL | undefined, most: number) {
  return await tx
    .select({ row: webhooks, state, lastSecretAt })
    .from(webhooks)
    .where(and(eq(webhooks.authorityId, authorityId), condition))
    .orderBy(desc(webhooks.addedAt), desc(webhooks.id))
    .limit(most)
}

export type WebhookRow = Awaited<ReturnType<typeof selectWebhooks>>[number]

/** @throws Refusal not_found */
export async function getWebhook(tx: TenantTx, authorityId: string, id: string): Promise<WebhookRow> {
  const [row] = await selectWebhooks(tx, authorityId, eq(webhooks.id, id), 1)
  if (!row) throw notFound('webhook')
  return row
}

/** Newest first, one more than the page shows. Without a state those that were removed are left out. */
export async function listWebhookRows(
  tx: TenantTx,
  authorityId: string,
  filter: { state?: WebhookState | undefined },
  { first, after }: { first: number; after: Cursor | undefined },
): Promise<WebhookRow[]> {
  const { addedAt, id } = webhooks
  const inState = filter.state === undefined ? sql`${state} <> 'removed'` : sql`${state} = ${filter.state}`
  const beyond = after && or(lt(addedAt, after.at), and(eq(addedAt, after.at), lt(id, after.id)))
  return await selectWebhooks(tx, authorityId, and(inState, beyond), first + 1)
}

/** Webhooks are added, changed and replayed one after the other. */
export async function lockWebhooks(tx: TenantTx, authorityId: string): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`${authorityId}:webhooks`}, 0))`)
}

export async function countWebhooks(tx: TenantTx, authorityId: string): Promise<number> {
  const [row] = await tx
    .select({ count: count() })
    .from(webhooks)
    .where(and(eq(webhooks.authorityId, authorityId), sql`${state} <> 'removed'`))
  return row?.count ?? 0
}

export async function nextChange(tx: TenantTx, authorityId: string, webhookId: string): Promise<number> {
  const [row] = await tx
    .select({ last: max(webhookChanges.sequence) })
    .from(webhookChanges)
    .where(and(eq(webhookChanges.authorityId, authorityId), eq(webhookChanges.webhookId, webhookId)))
  return (row?.last ?? 0) + 1
}

/** The latest first; all that can still be valid. */
export async function secretsOf(
  tx: TenantTx,
  authorityId: string,
  webhookId: string,
): Promise<(typeof webhookSecrets.$inferSelect)[]> {
  return await tx
    .select()
    .from(webhookSecrets)
    .where(and(eq(webhookSecrets.authorityId, authorityId), eq(webhookSecrets.webhookId, webhookId)))
    .orderBy(desc(webhookSecrets.sequence))
}

/** Where the next entry of the log will stand. */
export async function logSize(tx: TenantTx, authorityId: string): Promise<number> {
  const [head] = await tx
    .select({ size: auditHeads.size })
    .from(auditHeads)
    .where(eq(auditHeads.authorityId, authorityId))
  return head?.size ?? 0
}

const outboxColumns = {
  authorityId: outboxEvents.authorityId,
  position: outboxEvents.position,
  event: outboxEvents.event,
  subject: outboxEvents.subject,
  childKey: outboxEvents.childKey,
  recordedAt: outboxEvents.recordedAt,
  body: auditEntries.body,
}
const ofEntry = and(
  eq(auditEntries.authorityId, outboxEvents.authorityId),
  eq(auditEntries.position, outboxEvents.position),
)

export async function eventsAt(
  tx: TenantTx,
  authorityId: string,
  positions: readonly number[],
): Promise<Map<number, OutboxEvent>> {
  const rows = await tx
    .select(outboxColumns)
    .from(outboxEvents)
    .innerJoin(auditEntries, ofEntry)
    .where(and(eq(outboxEvents.authorityId, authorityId), inArray(outboxEvents.position, [...positions])))
  return new Map(rows.map((row) => [row.position, row]))
}

export interface EventFilter {
  readonly event?: string | undefined
  readonly subject?: string | undefined
}

/** Earliest first, after a position; one more than the page shows. */
export async function eventsAfter(
  tx: TenantTx,
  authorityId: string,
  { event, subject }: EventFilter,
  { first, after }: { first: number; after: number },
): Promise<OutboxEvent[]> {
  return await tx
    .select(outboxColumns)
    .from(outboxEvents)
    .innerJoin(auditEntries, ofEntry)
    .where(
      and(
        eq(outboxEvents.authorityId, authorityId),
        gt(outboxEvents.position, after),
        event === undefined ? inArray(outboxEvents.event, OUTSIDE_EVENTS) : eq(outboxEvents.event, event),
        subject === undefined ? undefined : eq(outboxEvents.subject, subject),
      ),
    )
    .orderBy(asc(outboxEvents.position))
    .limit(first + 1)
}

/** State of a delivery, as its row tells it. */
export const deliveryState = sql<DeliveryState>`case
  when ${webhookDeliveries.deliveredAt} is not null then 'delivered'
  when ${webhookDeliveries.parkedAt} is not null then 'parked'
  when ${webhookDeliveries.tries} > 0 then 'failing' else 'waiting' end`

export interface DeliveryFilter {
  readonly state?: DeliveryState | undefined
  readonly event?: string | undefined
  readonly subject?: string | undefined
}

export type DeliveryRow = typeof webhookDeliveries.$inferSelect & { readonly state: DeliveryState; readonly at: string }

/** Latest event first, one more than the page shows. */
export async function listDeliveryRows(
  tx: TenantTx,
  { authorityId, webhookId }: { authorityId: string; webhookId: string },
  filter: DeliveryFilter,
  { first, after }: { first: number; after: Cursor | undefined },
): Promise<DeliveryRow[]> {
  const d = webhookDeliveries
  const rows = await tx
    .select({ row: d, state: deliveryState, at: outboxEvents.recordedAt })
    .from(d)
    .innerJoin(outboxEvents, and(eq(outboxEvents.authorityId, d.authorityId), eq(outboxEvents.position, d.position)))
    .where(
      and(
        eq(d.authorityId, authorityId),
        eq(d.webhookId, webhookId),
        filter.state === undefined ? undefined : sql`${deliveryState} = ${filter.state}`,
        filter.event === undefined ? undefined : eq(d.event, filter.event),
        filter.subject === undefined ? undefined : eq(d.subject, filter.subject),
        after && lt(d.position, Number(after.id)),
      ),
    )
    .orderBy(desc(d.position))
    .limit(first + 1)
  return rows.map(({ row, ...rest }) => ({ ...row, ...rest }))
}

export interface AttemptFilter {
  readonly position?: number | undefined
  readonly outcome?: (typeof webhookAttempts.$inferSelect)['outcome'] | undefined
  readonly error?: string | undefined
}

/** Newest first, one more than the page shows. */
export async function listAttemptRows(
  tx: TenantTx,
  { authorityId, webhookId }: { authorityId: string; webhookId: string },
  { position, outcome, error }: AttemptFilter,
  { first, after }: { first: number; after: Cursor | undefined },
): Promise<(typeof webhookAttempts.$inferSelect)[]> {
  const a = webhookAttempts
  return await tx
    .select()
    .from(a)
    .where(
      and(
        eq(a.authorityId, authorityId),
        eq(a.webhookId, webhookId),
        position === undefined ? undefined : eq(a.position, position),
        outcome === undefined ? undefined : eq(a.outcome, outcome),
        error === undefined ? undefined : eq(a.error, error),
        after && or(lt(a.attemptedAt, after.at), and(eq(a.attemptedAt, after.at), lt(a.id, after.id))),
      ),
    )
    .orderBy(desc(a.attemptedAt), desc(a.id))
    .limit(first + 1)
}

/** Of each webhook that is not removed, how much has not been delivered. */
export async function backlogRows(tx: TenantTx, authorityId: string) {
  const d = webhookDeliveries
  const open = sql`${d.dueAt} is not null`
  return await tx
    .select({
      webhookId: webhooks.id,
      state,
      waiting: sql`count(*) filter (where ${open} and ${d.tries} = 0)`.mapWith(Number),
      failing: sql`count(*) filter (where ${open} and ${d.tries} > 0)`.mapWith(Number),
      parked: sql`count(${d.parkedAt})`.mapWith(Number),
      oldestAt: min(sql`case when ${open} then ${outboxEvents.recordedAt} end`).mapWith(outboxEvents.recordedAt),
    })
    .from(webhooks)
    .leftJoin(
      d,
      and(eq(d.authorityId, webhooks.authorityId), eq(d.webhookId, webhooks.id), sql`${d.deliveredAt} is null`),
    )
    .leftJoin(outboxEvents, and(eq(outboxEvents.authorityId, d.authorityId), eq(outboxEvents.position, d.position)))
    .where(and(eq(webhooks.authorityId, authorityId), sql`${state} <> 'removed'`))
    .groupBy(webhooks.authorityId, webhooks.id)
    .orderBy(asc(webhooks.id))
}
