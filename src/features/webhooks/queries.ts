import type { SQL } from 'drizzle-orm'
import { and, asc, count, desc, eq, gt, inArray, lt, max, or, sql } from '../../db/drizzle.ts'
import { auditEntries, auditHeads } from '../../db/tables/audit.ts'
import { outboxEvents, webhookChanges, webhookSecrets, webhooks } from '../../db/tables/webhooks.ts'
import type { TenantTx } from '../../db/tenant.ts'
import { notFound } from '../../kernel/errors.ts'
import type { Cursor } from '../../kernel/page.ts'
import { OUTSIDE_EVENTS } from './audience.ts'
import type { OutboxEvent } from './cloud-event.ts'
import type { WebhookState } from './rules.ts'

/** State of a webhook. Columns of the outer row are written out: inside a sub-query drizzle would not qualify them. */
export const webhookState = sql<WebhookState>`coalesce((
  select case c.kind when 'resumed' then 'active' else c.kind end from webhook_changes c
  where c.authority_id = webhooks.authority_id and c.webhook_id = webhooks.id order by c.sequence desc limit 1
), 'active')`
const lastSecretAt = sql<string>`(
  select max(s.made_at) from webhook_secrets s
  where s.authority_id = webhooks.authority_id and s.webhook_id = webhooks.id
)`.mapWith(webhookSecrets.madeAt)

async function selectWebhooks(tx: TenantTx, authorityId: string, condition: SQL | undefined, most: number) {
  return await tx
    .select({ row: webhooks, state: webhookState, lastSecretAt })
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
  const inState =
    filter.state === undefined ? sql`${webhookState} <> 'removed'` : sql`${webhookState} = ${filter.state}`
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
    .where(and(eq(webhooks.authorityId, authorityId), sql`${webhookState} <> 'removed'`))
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
