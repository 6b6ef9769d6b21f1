import { z } from 'zod'
import { ATTEMPT_OUTCOMES } from '../../db/tables/webhooks.ts'
import { Instant, line } from '../../engine/text.ts'
import { pageOf } from '../../kernel/page.ts'
import { AuditReceipt } from '../audit/index.ts'
import { OUTSIDE_EVENTS } from './audience.ts'
import { CloudEvent } from './cloud-event.ts'
import { WEBHOOK_STATES } from './rules.ts'
import { SEND_ERRORS } from './send.ts'

export const OutsideEvent = z.enum(OUTSIDE_EVENTS)

export const NewWebhook = z
  .strictObject({
    url: line(2000).describe(
      'Where events are sent: https, without a password. Readers of webhooks see it: put no secret in it.',
    ),
    description: line(200).describe('What receives them.'),
    events: z
      .array(OutsideEvent)
      .min(1)
      .max(OUTSIDE_EVENTS.length)
      .refine((list) => new Set(list).size === list.length, { error: 'names an event twice' })
      .optional()
      .describe('Only these; all where left out, those of later versions as well.'),
  })
  .meta({ id: 'NewWebhook' })

export const Webhook = z
  .object({
    id: z.string(),
    url: z.string(),
    description: z.string(),
    events: z.array(z.string()).nullable().describe('Null for all.'),
    state: z.enum(WEBHOOK_STATES),
    fromPosition: z.int().describe('Events of the log from this position on are sent.'),
    addedAt: Instant,
    secretMadeAt: Instant.describe('When the secret that is signed with was made. It is never shown again.'),
  })
  .meta({ id: 'Webhook' })

export const WebhookPage = pageOf(Webhook, 'Webhook')

const secret = z.string().describe('Shown now and in no other answer. Keep it where the receiver keeps its secrets.')
export const WebhookAdded = z.object({ webhook: Webhook, secret, audit: AuditReceipt }).meta({ id: 'WebhookAdded' })
export const WebhookSecretRotated = z
  .object({
    webhook: Webhook,
    secret,
    formerValidUntil: Instant.describe('Until then each message is signed with the former secret as well.'),
    audit: AuditReceipt,
  })
  .meta({ id: 'WebhookSecretRotated' })
export const WebhookReceipt = z.object({ webhook: Webhook, audit: AuditReceipt }).meta({ id: 'WebhookReceipt' })

/** `waiting`: not tried yet. `failing`: tried, to be tried again. `parked`: tried often enough; replay it. */
export const DELIVERY_STATES = ['waiting', 'failing', 'delivered', 'parked'] as const
export type DeliveryState = (typeof DELIVERY_STATES)[number]

export const WebhookDelivery = z
  .object({
    position: z.int().describe('Position of the event in the log.'),
    event: z.string(),
    subject: z.string(),
    recordedAt: Instant.describe('When it happened.'),
    state: z.enum(DELIVERY_STATES),
    tries: z.int().describe('Since it happened, or since it was replayed.'),
    dueAt: Instant.nullable().describe('When it is tried next, unless an earlier event of its subject waits.'),
    deliveredAt: Instant.nullable(),
    parkedAt: Instant.nullable(),
  })
  .meta({ id: 'WebhookDelivery' })
export const WebhookDeliveryPage = pageOf(WebhookDelivery, 'WebhookDelivery')

export const WebhookAttempt = z
  .object({
    id: z.string(),
    position: z.int(),
    number: z.int(),
    attemptedAt: Instant,
    outcome: z.enum(ATTEMPT_OUTCOMES),
    status: z.int().nullable().describe('HTTP status of the answer; null where none came.'),
    error: z.enum(SEND_ERRORS).nullable(),
    durationMs: z.int(),
    retryAt: Instant.nullable(),
  })
  .meta({ id: 'WebhookAttempt' })
export const WebhookAttemptPage = pageOf(WebhookAttempt, 'WebhookAttempt')

export const Replay = z
  .strictObject({
    from: z.int().min(0).optional().describe('From this position on; the first where left out.'),
    to: z.int().min(0).optional().describe('Up to this position; the last where left out.'),
    state: z.enum(['parked', 'failing', 'delivered']).optional().describe('Only those that stand so.'),
  })
  .meta({ id: 'WebhookReplay' })
export const ReplayReceipt = z
  .object({ replayed: z.int().describe('How many are sent again.'), audit: AuditReceipt })
  .meta({ id: 'WebhookReplayReceipt' })

export const WebhookBacklog = z
  .object({
    webhookId: z.string(),
    state: z.enum(WEBHOOK_STATES),
    waiting: z.int(),
    failing: z.int(),
    parked: z.int(),
    oldestAt: Instant.nullable().describe('When the earliest event happened that is waiting or failing.'),
  })
  .meta({ id: 'WebhookBacklog' })
export const WebhookBacklogs = z.object({ webhooks: z.array(WebhookBacklog) }).meta({ id: 'WebhookBacklogs' })

export const EventPage = pageOf(CloudEvent, 'Event')
