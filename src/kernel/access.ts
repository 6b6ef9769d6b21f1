/**
 * Who looked at what: every answer that tells of a referral is entered into the log of accesses, in the transaction that read
 * it. If that cannot be written nothing is read.
 */
import { and, eq, inArray } from '../db/drizzle.ts'
import { auditPayloads } from '../db/tables/audit.ts'
import type { TenantTx } from '../db/tenant.ts'
import type { Actor } from './actor.ts'
import { appendLeaf, lockHead } from './log.ts'

export const ACCESS_EVENTS = ['access.viewed', 'access.exported', 'access.denied'] as const
export type AccessEvent = (typeof ACCESS_EVENTS)[number]

export interface Access {
  readonly event: AccessEvent
  /** Operation or relation by which it was read. */
  readonly operation: string
  /** What was asked and answered: whatever record's id stands in it leads to its referral. */
  readonly told: unknown
  /** Referrals that this request has entered already: they are not entered again. */
  readonly known?: Set<string> | undefined
}

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g
/** PostgreSQL takes 65,535 values in a statement. */
const IDS_AT_ONCE = 5000

export async function recordAccess(tx: TenantTx, actor: Actor, now: string, access: Access): Promise<void> {
  const found = await referralsTold(tx, actor.authorityId, access.told)
  const referrals = found.filter((id) => !access.known?.has(id)).sort()
  if (referrals.length === 0) return
  for (const id of referrals) access.known?.add(id)
  const head = await lockHead(tx, 'access', actor.authorityId)
  const facts = { operation: access.operation, referrals: referrals.join(' ') }
  await appendLeaf(tx, actor, head, { at: now, event: access.event, facts, records: [] })
}

/** The log knows of every record which referral it is about, so an answer need not say so itself. */
async function referralsTold(tx: TenantTx, authorityId: string, told: unknown): Promise<string[]> {
  const ids = [...new Set(JSON.stringify(told ?? null).match(UUID) ?? [])]
  const { recordId, referralId } = auditPayloads
  const found = new Set<string>()
  for (let i = 0; i < ids.length; i += IDS_AT_ONCE) {
    const rows = await tx
      .selectDistinct({ referralId })
      .from(auditPayloads)
      .where(and(eq(auditPayloads.authorityId, authorityId), inArray(recordId, ids.slice(i, i + IDS_AT_ONCE))))
    for (const row of rows) found.add(row.referralId)
  }
  return [...found]
}
