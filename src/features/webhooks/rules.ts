/** When a delivery is tried again, what may be done with a webhook, and which secrets are valid. Pure. */
import { Refusal } from '../../kernel/errors.ts'
import type { OutboundRules } from '../../kernel/settings.ts'
import type { Sent } from './send.ts'
import { targetFault } from './targets.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
/** After each failure, as the Standard Webhooks specification has it: a little more than three days in all. */
export const RETRY_DELAYS_MS = [
  5 * SECOND,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  14 * HOUR,
  20 * HOUR,
  24 * HOUR,
]
/** So much longer at most, by chance, so that all that failed together does not come back together. */
const JITTER = 0.2

/**
 * When it is tried again; null when it has been tried often enough and is parked.
 * @param tries how often it was tried, this time included · @param chance 0 to 1
 */
export function retryAt(tries: number, now: string, chance: number): string | null {
  const delay = RETRY_DELAYS_MS[tries - 1]
  return delay === undefined ? null : later(now, Math.round(delay * (1 + JITTER * chance)))
}

/** Longer than any attempt takes: only what somebody died over is sent by somebody else. */
const LEASE_MS = MINUTE

export function leaseEnd(now: string): string {
  return later(now, LEASE_MS)
}

const REST_MS = MINUTE

/**
 * Until when a receiver is left alone for all subjects: one that does not answer at all would keep the others waiting. One
 * that answers with an error may mind this message only.
 */
export function restEnd({ error }: Sent, now: string): string | null {
  return error === 'timeout' || error === 'unreachable' || error === 'unresolved' ? later(now, REST_MS) : null
}

const FORMER_SECRET_MS = 24 * HOUR

/** Until when the secret goes on that another took the place of. */
export function formerSecretEnd(replacedAt: string): string {
  return later(replacedAt, FORMER_SECRET_MS)
}

/** @param secrets of one webhook, the latest first */
export function validSecrets(secrets: readonly { secret: string; madeAt: string }[], now: string): string[] {
  return secrets
    .filter((_, i) => {
      const next = secrets[i - 1]
      return next === undefined || formerSecretEnd(next.madeAt) > now
    })
    .map(({ secret }) => secret)
}

function later(instant: string, ms: number): string {
  return new Date(Date.parse(instant) + ms).toISOString()
}

export const WEBHOOK_STATES = ['active', 'paused', 'removed'] as const
export type WebhookState = (typeof WEBHOOK_STATES)[number]

/** @throws Refusal webhook_state */
export function requireState(state: WebhookState, ...allowed: readonly WebhookState[]): void {
  if (!allowed.includes(state)) throw new Refusal('webhook_state', `The webhook is ${state}.`)
}

/** Webhooks of an authority that are not removed. */
export const WEBHOOKS_MAX = 20

/** @throws Refusal webhook_state */
export function requireRoom(count: number): void {
  if (count >= WEBHOOKS_MAX)
    throw new Refusal('webhook_state', `There are ${WEBHOOKS_MAX} webhooks. Remove one that nobody needs.`)
}

/** @throws Refusal webhook_target_refused */
export function requireTarget(url: string, rules: OutboundRules): void {
  const fault = targetFault(url, rules)
  if (fault === undefined) return
  throw new Refusal('webhook_target_refused', fault, {
    errors: [{ in: 'body', pointer: '/url', code: 'target_refused', detail: fault }],
  })
}
