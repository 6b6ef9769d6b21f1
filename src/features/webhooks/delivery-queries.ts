/** Questions about what went, and did not go, to a webhook. */
import { and, asc, desc, eq, lt, min, or, sql } from '../../db/drizzle.ts'
import { outboxEvents, webhookAttempts, webhookDeliveries, webhooks } from '../../db/tables/webhooks.ts'
import type { TenantTx } from '../../db/tenant.ts'
import type { Cursor } from '../../kernel/page.ts'
import type { DeliveryState } from './model.ts'
import { webhookState } from './queries.ts'

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
      state: webhookState,
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
    .where(and(eq(webhooks.authorityId, authorityId), sql`${webhookState} <> 'removed'`))
    .groupBy(webhooks.authorityId, webhooks.id)
    .orderBy(asc(webhooks.id))
}
