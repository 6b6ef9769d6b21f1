/** The operations of this feature, in the order of the documents. */
import type { Operation } from '../../kernel/operation.ts'
import { listAttempts, listDeliveries, listEvents, replayDeliveries, webhookBacklog } from './deliveries.ts'
import {
  addWebhook,
  listWebhooks,
  pauseWebhook,
  removeWebhook,
  resumeWebhook,
  rotateWebhookSecret,
  showWebhook,
} from './operations.ts'

export const webhookOperations: readonly Operation[] = [
  listEvents,
  addWebhook,
  showWebhook,
  listWebhooks,
  rotateWebhookSecret,
  pauseWebhook,
  resumeWebhook,
  removeWebhook,
  listDeliveries,
  listAttempts,
  replayDeliveries,
  webhookBacklog,
]
