/** Webhooks: added, looked at, paused, resumed, removed, and given another secret. */
import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import { webhookChanges, webhookCursors, webhookSecrets, webhooks } from '../../db/tables/webhooks.ts'
import { Id } from '../../kernel/ids.ts'
import { type Context, defineOperation } from '../../kernel/operation.ts'
import { decodeCursor, PAGE_DEFAULT, pageParams, toPage } from '../../kernel/page.ts'
import { insertRecorded } from '../../kernel/record.ts'
import { NewWebhook, Webhook, WebhookAdded, WebhookPage, WebhookReceipt, WebhookSecretRotated } from './model.ts'
import {
  countWebhooks,
  getWebhook,
  listWebhookRows,
  lockWebhooks,
  logSize,
  nextChange,
  secretsOf,
  type WebhookRow,
} from './queries.ts'
import {
  formerSecretEnd,
  requireRoom,
  requireState,
  requireTarget,
  WEBHOOK_STATES,
  type WebhookState,
} from './rules.ts'

export const READERS = ['administrator', 'auditor', 'system'] as const
export const KEEPERS = ['administrator'] as const

export const addWebhook = defineOperation({
  name: 'addWebhook',
  kind: 'command',
  summary: 'Have events sent to an address from now on',
  description:
    'The answer holds the secret that messages are signed with, after the Standard Webhooks specification; no other answer does. What happened before can be read with `events`.',
  allow: KEEPERS,
  route: 'POST /v1/webhooks',
  status: 201,
  params: {},
  body: NewWebhook,
  output: WebhookAdded,
  async run(context, { body }) {
    const { tx, actor, now } = context
    const { authorityId, accountId } = actor
    requireTarget(body.url, context.settings.outbound)
    await lockWebhooks(tx, authorityId)
    requireRoom(await countWebhooks(tx, authorityId))
    const fromPosition = await logSize(tx, authorityId)
    const { row, record } = await insertRecorded(tx, webhooks, {
      authorityId,
      id: context.newId(),
      url: body.url,
      description: body.description,
      events: body.events ?? null,
      fromPosition,
      addedAt: now,
      addedBy: accountId,
    })
    await tx.insert(webhookCursors).values({ authorityId, webhookId: row.id, nextPosition: fromPosition })
    const kept = await keepSecret(context, row.id, 1)
    const audit = await context.record({
      event: 'webhook.added',
      facts: { webhook: row.id },
      records: [record, kept.record],
    })
    return { webhook: shownWebhook(await getWebhook(tx, authorityId, row.id)), secret: kept.secret, audit }
  },
})

async function keepSecret({ tx, actor, now, newId }: Context, webhookId: string, sequence: number) {
  const secret = `whsec_${randomBytes(32).toString('base64')}`
  const { record } = await insertRecorded(tx, webhookSecrets, {
    ...{ authorityId: actor.authorityId, id: newId(), webhookId, sequence, secret },
    ...{ madeAt: now, madeBy: actor.accountId },
  })
  return { secret, record }
}

export const rotateWebhookSecret = defineOperation({
  name: 'rotateWebhookSecret',
  kind: 'command',
  summary: 'Make another secret for a webhook',
  description: 'For 24 hours each message has two signatures, so that the receiver can change over when it likes.',
  allow: KEEPERS,
  route: 'POST /v1/webhooks/{webhookId}/secret',
  status: 201,
  params: { webhookId: Id },
  output: WebhookSecretRotated,
  async run(context, { webhookId }) {
    const { tx, actor, now } = context
    await lockWebhooks(tx, actor.authorityId)
    const { state } = await getWebhook(tx, actor.authorityId, webhookId)
    requireState(state, 'active', 'paused')
    const [last] = await secretsOf(tx, actor.authorityId, webhookId)
    const { secret, record } = await keepSecret(context, webhookId, (last?.sequence ?? 0) + 1)
    const audit = await context.record({
      event: 'webhook.secret_rotated',
      facts: { webhook: webhookId },
      records: [record],
    })
    const webhook = shownWebhook(await getWebhook(tx, actor.authorityId, webhookId))
    return { webhook, secret, formerValidUntil: formerSecretEnd(now), audit }
  },
})

export const pauseWebhook = defineOperation({
  name: 'pauseWebhook',
  kind: 'command',
  summary: 'Send nothing to a webhook for now; what happens meanwhile waits for it',
  allow: KEEPERS,
  route: 'POST /v1/webhooks/{webhookId}/pause',
  status: 201,
  params: { webhookId: Id },
  output: WebhookReceipt,
  run: async (context, { webhookId }) => await turn(context, webhookId, { kind: 'paused', from: ['active'] }),
})

export const resumeWebhook = defineOperation({
  name: 'resumeWebhook',
  kind: 'command',
  summary: 'Send to a webhook again, beginning with what waited',
  allow: KEEPERS,
  route: 'POST /v1/webhooks/{webhookId}/resumption',
  status: 201,
  params: { webhookId: Id },
  output: WebhookReceipt,
  run: async (context, { webhookId }) => await turn(context, webhookId, { kind: 'resumed', from: ['paused'] }),
})

export const removeWebhook = defineOperation({
  name: 'removeWebhook',
  kind: 'command',
  summary: 'Send nothing to a webhook any more; what was sent stays in the log of deliveries',
  allow: KEEPERS,
  route: 'POST /v1/webhooks/{webhookId}/removal',
  status: 201,
  params: { webhookId: Id },
  output: WebhookReceipt,
  run: async (context, { webhookId }) =>
    await turn(context, webhookId, { kind: 'removed', from: ['active', 'paused'] }),
})

interface Turn {
  readonly kind: 'paused' | 'resumed' | 'removed'
  readonly from: readonly WebhookState[]
}

/** @throws Refusal not_found, webhook_state when it does not stand so that this can be done */
async function turn(context: Context, webhookId: string, { kind, from }: Turn) {
  const { tx, actor, now } = context
  const { authorityId, accountId } = actor
  await lockWebhooks(tx, authorityId)
  const { state } = await getWebhook(tx, authorityId, webhookId)
  requireState(state, ...from)
  const sequence = await nextChange(tx, authorityId, webhookId)
  const { record } = await insertRecorded(tx, webhookChanges, {
    ...{ authorityId, id: context.newId(), webhookId, sequence, kind, recordedAt: now, recordedBy: accountId },
  })
  const audit = await context.record({ event: `webhook.${kind}`, facts: { webhook: webhookId }, records: [record] })
  return { webhook: shownWebhook(await getWebhook(tx, authorityId, webhookId)), audit }
}

export const showWebhook = defineOperation({
  name: 'webhook',
  kind: 'query',
  summary: 'A webhook, without its secret',
  allow: READERS,
  route: 'GET /v1/webhooks/{webhookId}',
  params: { webhookId: Id },
  output: Webhook,
  run: async ({ tx, actor }, { webhookId }) => shownWebhook(await getWebhook(tx, actor.authorityId, webhookId)),
})

export const listWebhooks = defineOperation({
  name: 'webhooks',
  kind: 'query',
  summary: 'Webhooks, newest first; without a state, those that are not removed',
  allow: READERS,
  route: 'GET /v1/webhooks',
  params: { ...pageParams, state: z.enum(WEBHOOK_STATES).optional() },
  output: WebhookPage,
  async run({ tx, actor }, { first = PAGE_DEFAULT, after, state }) {
    const rows = await listWebhookRows(tx, actor.authorityId, { state }, { first, after: decodeCursor(after) })
    return toPage(rows, first, ({ row }) => ({ at: row.addedAt, id: row.id }), shownWebhook)
  },
})

function shownWebhook({ row, state, lastSecretAt }: WebhookRow): z.output<typeof Webhook> {
  const { id, url, description, events, fromPosition, addedAt } = row
  return { id, url, description, events, state, fromPosition, addedAt, secretMadeAt: lastSecretAt }
}
