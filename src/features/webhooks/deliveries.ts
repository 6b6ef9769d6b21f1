/** What was sent to a webhook, what was not, and sending it again; and the events themselves, to be fetched. */

import type { SQL } from 'drizzle-orm'
import { z } from 'zod'
import { and, eq, gte, isNull, lte, or, sql } from '../../db/drizzle.ts'
import { ATTEMPT_OUTCOMES, webhookDeliveries } from '../../db/tables/webhooks.ts'
import { Refusal } from '../../kernel/errors.ts'
import { Id } from '../../kernel/ids.ts'
import { defineOperation } from '../../kernel/operation.ts'
import { referralSubject } from '../../kernel/outbox.ts'
import { decodeCursor, PAGE_DEFAULT, pageParams, toPage } from '../../kernel/page.ts'
import { cloudEvent } from './cloud-event.ts'
import { backlogRows, type DeliveryRow, deliveryState, listAttemptRows, listDeliveryRows } from './delivery-queries.ts'
import {
  DELIVERY_STATES,
  EventPage,
  OutsideEvent,
  Replay,
  ReplayReceipt,
  WebhookAttemptPage,
  WebhookBacklogs,
  type WebhookDelivery,
  WebhookDeliveryPage,
} from './model.ts'
import { KEEPERS, READERS } from './operations.ts'
import { eventsAfter, getWebhook, lockWebhooks } from './queries.ts'
import { requireState } from './rules.ts'
import { SEND_ERRORS, type SendError } from './send.ts'

export const listDeliveries = defineOperation({
  name: 'webhookDeliveries',
  kind: 'query',
  summary: 'Which events went to a webhook, and how that stands; latest event first',
  allow: READERS,
  route: 'GET /v1/webhooks/{webhookId}/deliveries',
  params: {
    webhookId: Id,
    ...pageParams,
    state: z.enum(DELIVERY_STATES).optional(),
    event: OutsideEvent.optional(),
    referral: Id.optional(),
  },
  output: WebhookDeliveryPage,
  async run({ tx, actor }, { webhookId, first = PAGE_DEFAULT, after, state, event, referral }) {
    const { authorityId } = actor
    await getWebhook(tx, authorityId, webhookId)
    const filter = { state, event, subject: referral && referralSubject(referral) }
    const page = { first, after: decodeCursor(after, 'position') }
    const rows = await listDeliveryRows(tx, { authorityId, webhookId }, filter, page)
    return toPage(rows, first, ({ at, position }) => ({ at, id: String(position) }), shownDelivery)
  },
})

function shownDelivery(row: DeliveryRow): z.output<typeof WebhookDelivery> {
  const { position, event, subject, at: recordedAt, state, tries, dueAt, deliveredAt, parkedAt } = row
  return { position, event, subject, recordedAt, state, tries, dueAt, deliveredAt, parkedAt }
}

export const listAttempts = defineOperation({
  name: 'webhookAttempts',
  kind: 'query',
  summary: 'Each time that something was sent to a webhook, and what came of it; newest first',
  allow: READERS,
  route: 'GET /v1/webhooks/{webhookId}/attempts',
  params: {
    webhookId: Id,
    ...pageParams,
    position: z.int().min(0).optional().describe('Only those of this event.'),
    outcome: z.enum(ATTEMPT_OUTCOMES).optional(),
    error: z.enum(SEND_ERRORS).optional(),
  },
  output: WebhookAttemptPage,
  async run({ tx, actor }, { webhookId, first = PAGE_DEFAULT, after, ...filter }) {
    const { authorityId } = actor
    await getWebhook(tx, authorityId, webhookId)
    const page = { first, after: decodeCursor(after) }
    const rows = await listAttemptRows(tx, { authorityId, webhookId }, filter, page)
    return toPage(
      rows,
      first,
      ({ attemptedAt, id }) => ({ at: attemptedAt, id }),
      ({ authorityId: _, webhookId: __, error, ...row }) => ({ ...row, error: error as SendError | null }),
    )
  },
})

export const replayDeliveries = defineOperation({
  name: 'replayWebhook',
  kind: 'command',
  summary: 'Send events to a webhook again: one, a range, or all that are parked',
  description:
    'At once, from the first try on, under the same ids. What is being sent at this moment is left out. Only events since the webhook was added can be replayed.',
  allow: KEEPERS,
  route: 'POST /v1/webhooks/{webhookId}/replay',
  status: 201,
  params: { webhookId: Id },
  body: Replay,
  output: ReplayReceipt,
  async run(context, { webhookId, body }) {
    const { tx, actor, now } = context
    const { authorityId } = actor
    await lockWebhooks(tx, authorityId)
    const webhook = await getWebhook(tx, authorityId, webhookId)
    requireState(webhook.state, 'active', 'paused')
    requireSome(body)
    const { from, to, state } = body
    const d = webhookDeliveries
    const rows = await tx
      .update(d)
      .set({ dueAt: now, leasedUntil: null, tries: 0, deliveredAt: null, parkedAt: null })
      .where(
        and(
          eq(d.authorityId, authorityId),
          eq(d.webhookId, webhookId),
          or(isNull(d.leasedUntil), lte(d.leasedUntil, now)),
          ...([
            from === undefined ? undefined : gte(d.position, from),
            to === undefined ? undefined : lte(d.position, to),
            state === undefined ? undefined : sql`${deliveryState} = ${state}`,
          ] satisfies (SQL | undefined)[]),
        ),
      )
      .returning({ position: d.position })
    const audit = await context.record({
      event: 'webhook.replayed',
      facts: { webhook: webhookId, from: from ?? null, to: to ?? null, state: state ?? null, replayed: rows.length },
      records: [],
    })
    return { replayed: rows.length, audit }
  },
})

/** @throws Refusal invalid_input where nothing is named: everything again is never meant by leaving something out */
function requireSome({ from, to, state }: z.output<typeof Replay>): void {
  if (from !== undefined || to !== undefined || state !== undefined) return
  throw new Refusal('invalid_input', 'Say which: “from” and “to”, or a state.', {
    errors: [{ in: 'body', pointer: '', code: 'one_of', detail: 'Give a position, or a state.' }],
  })
}

export const webhookBacklog = defineOperation({
  name: 'webhookBacklog',
  kind: 'query',
  summary: 'Of each webhook, how many events wait, fail or are parked, and since when',
  allow: READERS,
  route: 'GET /v1/webhook-backlog',
  params: {},
  output: WebhookBacklogs,
  run: async ({ tx, actor }) => ({ webhooks: await backlogRows(tx, actor.authorityId) }),
})

/** Pages of events are longer than others: whoever fetches them has to keep up. */
const EVENTS_MAX = 500
const EVENTS_DEFAULT = 100

export const listEvents = defineOperation({
  name: 'events',
  kind: 'query',
  summary: 'What happened, earliest first, as webhooks are told it',
  description:
    'For whoever cannot be sent to, or missed something. Ask again with the last position seen: nothing is left out, and nothing comes in behind it.',
  allow: READERS,
  route: 'GET /v1/events',
  params: {
    first: z
      .int()
      .min(1)
      .max(EVENTS_MAX)
      .optional()
      .describe(`At most ${EVENTS_MAX}, ${EVENTS_DEFAULT} where left out.`),
    after: z
      .string()
      .regex(/^\d{1,15}$/, 'must be a position')
      .optional()
      .describe('Position of the last event seen; from the beginning where left out.'),
    event: OutsideEvent.optional(),
    referral: Id.optional(),
  },
  output: EventPage,
  async run({ tx, actor }, { first = EVENTS_DEFAULT, after, event, referral }) {
    const filter = { event, subject: referral && referralSubject(referral) }
    const page = { first, after: after === undefined ? -1 : Number(after) }
    const rows = await eventsAfter(tx, actor.authorityId, filter, page)
    const edges = rows
      .slice(0, first)
      .map((row) => ({ cursor: String(row.position), node: cloudEvent(row, actor.authorityCode) }))
    return { edges, pageInfo: { hasNextPage: rows.length > first, endCursor: edges.at(-1)?.cursor ?? null } }
  },
})
