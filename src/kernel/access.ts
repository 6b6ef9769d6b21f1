/**
 * Who looked at what: every answer that tells of a referral is entered into the log of accesses, in the transaction that read
 * it. If that cannot be written nothing is read.
 */
import { and, eq, inArray } from '../db/drizzle.ts'
import { auditPayloads } from '../db/tables/audit.ts'
import { referrals } from '../db/tables/referrals.ts'
import type { TenantTx } from '../db/tenant.ts'
import type { LogName } from '../engine/audit/leaf.ts'
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
  /** Referrals that this request has entered already, and that stand there for good: a look at them is not entered again. */
  readonly known?: ReadonlySet<string> | undefined
}

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi
/** PostgreSQL takes 65,535 values in a statement. */
const IDS_AT_ONCE = 5000

/** The referrals that were entered: known once the transaction is committed, and not before. */
export async function recordAccess(
  tx: TenantTx,
  actor: Actor,
  now: string,
  access: Access,
): Promise<readonly string[]> {
  const found = await referralsTold(tx, actor.authorityId, access.told)
  const isLook = access.event === 'access.viewed'
  const entered = found.filter((id) => !isLook || !access.known?.has(id)).sort()
  if (entered.length === 0) return entered
  const head = await lockHead(tx, 'access', actor.authorityId)
  const facts = { operation: access.operation, referrals: entered.join(' ') }
  await appendLeaf(tx, actor, head, { at: now, event: access.event, facts, records: [] })
  return entered
}

/** In the place of ids of referrals: an export of a whole log tells of every one. */
export const ALL_REFERRALS = 'all'

/** That the operator of the machine, who has no account, takes a whole log out of the database. */
export async function recordExportOfAll(
  tx: TenantTx,
  authorityId: string,
  now: string,
  what: { readonly operation: string; readonly log: LogName; readonly contents: boolean },
): Promise<void> {
  const head = await lockHead(tx, 'access', authorityId)
  const facts = { ...what, referrals: ALL_REFERRALS }
  const operator = { authorityId, accountId: null }
  await appendLeaf(tx, operator, head, { at: now, event: 'access.exported', facts, records: [] })
}

/** The log knows of every record which referral it is about, so an answer need not say so itself. */
async function referralsTold(tx: TenantTx, authorityId: string, told: unknown): Promise<string[]> {
  const ids = [...new Set((JSON.stringify(told ?? null).match(UUID) ?? []).map((id) => id.toLowerCase()))]
  const { recordId, referralId } = auditPayloads
  const found = new Set<string>()
  for (let i = 0; i < ids.length; i += IDS_AT_ONCE) {
    const rows = await tx
      .selectDistinct({ referralId })
      .from(auditPayloads)
      .where(and(eq(auditPayloads.authorityId, authorityId), inArray(recordId, ids.slice(i, i + IDS_AT_ONCE))))
    // What the key of the authority sealed is of no referral.
    for (const row of rows) if (row.referralId !== authorityId) found.add(row.referralId)
    // What was recorded before the log kept contents is known by its own id alone.
    const named = await tx
      .select({ id: referrals.id })
      .from(referrals)
      .where(and(eq(referrals.authorityId, authorityId), inArray(referrals.id, ids.slice(i, i + IDS_AT_ONCE))))
    for (const { id } of named) found.add(id)
  }
  return [...found]
}
