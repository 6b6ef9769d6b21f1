/** A repeated command answers as it did the first time. The outcome is kept in the transaction of what it did. */
import { and, eq, sql } from '../db/drizzle.ts'
import { idempotencyKeys } from '../db/tables/idempotency-keys.ts'
import type { TenantTx } from '../db/tenant.ts'
import { contentHash } from '../engine/hash.ts'
import type { Actor } from './actor.ts'
import { notFound, Refusal } from './errors.ts'

export interface KeyedRequest {
  readonly key: string
  readonly operation: string
  readonly hash: string
}

/** Hash by which the same key with another request is told apart. */
export function requestHash(operation: string, input: unknown): string {
  return contentHash({ operation, input: JSON.parse(JSON.stringify(input)) })
}

/**
 * What the command answered before, or undefined when it is new. Of several at once one goes on and the others wait for it here.
 * @throws Refusal idempotency_mismatch when the key was used for something else; not_found when the answer tells of a referral
 * that the caller may not see any more.
 */
export async function carriedOutBefore(tx: TenantTx, actor: Actor, request: KeyedRequest): Promise<unknown> {
  const lock = `${actor.authorityId}:${actor.accountId}:${request.key}`
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${lock}, 0))`)
  const [kept] = await tx
    .select()
    .from(idempotencyKeys)
    .where(
      and(
        eq(idempotencyKeys.authorityId, actor.authorityId),
        eq(idempotencyKeys.accountId, actor.accountId),
        eq(idempotencyKeys.key, request.key),
      ),
    )
  if (!kept) return undefined
  if (kept.requestHash !== request.hash) {
    throw new Refusal(
      'idempotency_mismatch',
      'This Idempotency-Key was used for another request. Use a new key for a new intent.',
    )
  }
  const answer: unknown = JSON.parse(kept.response)
  await requireStillSeen(tx, actor, answer)
  return answer
}

/** What was sent and what was done about a restriction or its disposal tell the caller nothing of the record: they are answered again always. */
const ITS_OWN = sql`(o.event in ('referral.received', 'referral.disposed') or o.event like 'restriction.%'
  or o.event like 'hold.%' or o.event like 'disposal.%')`

/** The entry of the log that came of a command says which referral it was about. */
async function requireStillSeen(tx: TenantTx, { authorityId }: Actor, answer: unknown): Promise<void> {
  const position = (answer as { audit?: { position?: number } }).audit?.position
  if (position === undefined) return
  const { rows } = await tx.execute(sql`
    select from outbox_events o
    where o.authority_id = ${authorityId} and o.position = ${position}
      and o.subject like 'referrals/%' and not ${ITS_OWN}
      and not exists (
        select from referrals r
        where r.authority_id = o.authority_id
          and r.id = case when o.subject like 'referrals/%' then substring(o.subject from 11)::uuid end)`)
  if (rows.length > 0) throw notFound('referral')
}

export async function keepOutcome(
  tx: TenantTx,
  actor: Actor,
  outcome: KeyedRequest & { now: string; output: unknown },
): Promise<void> {
  await tx.insert(idempotencyKeys).values({
    authorityId: actor.authorityId,
    accountId: actor.accountId,
    key: outcome.key,
    operation: outcome.operation,
    requestHash: outcome.hash,
    response: JSON.stringify(outcome.output),
    recordedAt: outcome.now,
  })
}
