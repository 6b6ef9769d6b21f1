import { authorityId, instant } from '../columns.ts'
import { bigint, integer, pgTable, text, uuid } from '../drizzle.ts'

/** An event for each entry of the log, written with it, by its position there. */
export const outboxEvents = pgTable('outbox_events', {
  authorityId: authorityId(),
  position: bigint({ mode: 'number' }).notNull(),
  event: text().notNull(),
  subject: text().notNull(),
  childKey: text(),
  recordedAt: instant().notNull(),
})

/** Addresses that an administrator wants events sent to. */
export const webhooks = pgTable('webhooks', {
  authorityId: authorityId(),
  id: uuid().notNull(),
  url: text().notNull(),
  description: text().notNull(),
  events: text().array(),
  fromPosition: bigint({ mode: 'number' }).notNull(),
  addedAt: instant().notNull(),
  addedBy: uuid().notNull(),
})

/** What messages to a webhook are signed with; the latest, and the former for a day. */
export const webhookSecrets = pgTable('webhook_secrets', {
  authorityId: authorityId(),
  id: uuid().notNull(),
  webhookId: uuid().notNull(),
  sequence: integer().notNull(),
  secret: text().notNull(),
  madeAt: instant().notNull(),
  madeBy: uuid().notNull(),
})

export const WEBHOOK_CHANGES = ['paused', 'resumed', 'removed'] as const

/** That a webhook was paused, resumed or removed; its state follows from the last. */
export const webhookChanges = pgTable('webhook_changes', {
  authorityId: authorityId(),
  id: uuid().notNull(),
  webhookId: uuid().notNull(),
  sequence: integer().notNull(),
  kind: text({ enum: WEBHOOK_CHANGES }).notNull(),
  recordedAt: instant().notNull(),
  recordedBy: uuid(),
})

/** Up to which event of the outbox deliveries to a webhook have been made out. */
export const webhookCursors = pgTable('webhook_cursors', {
  authorityId: authorityId(),
  webhookId: uuid().notNull(),
  nextPosition: bigint({ mode: 'number' }).notNull(),
  restingUntil: instant(),
})

/** Which event goes to which webhook, and how that stands. */
export const webhookDeliveries = pgTable('webhook_deliveries', {
  authorityId: authorityId(),
  webhookId: uuid().notNull(),
  position: bigint({ mode: 'number' }).notNull(),
  event: text().notNull(),
  subject: text().notNull(),
  dueAt: instant(),
  leasedUntil: instant(),
  tries: integer().notNull(),
  deliveredAt: instant(),
  parkedAt: instant(),
})

export const ATTEMPT_OUTCOMES = ['delivered', 'failed', 'parked'] as const

/** Each time that an event was sent to a webhook, and what came of it. */
export const webhookAttempts = pgTable('webhook_attempts', {
  authorityId: authorityId(),
  id: uuid().notNull(),
  webhookId: uuid().notNull(),
  position: bigint({ mode: 'number' }).notNull(),
  number: integer().notNull(),
  outcome: text({ enum: ATTEMPT_OUTCOMES }).notNull(),
  status: integer(),
  error: text(),
  durationMs: integer().notNull(),
  attemptedAt: instant().notNull(),
  retryAt: instant(),
})
