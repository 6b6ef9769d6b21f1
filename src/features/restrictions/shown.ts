import type { TenantTx } from '../../db/tenant.ts'
import { londonDate } from '../../engine/calendar/civil.ts'
import { type Actor, hasRole } from '../../kernel/actor.ts'
import type { Restriction } from './model.ts'
import { type FoundRestriction, letInBy } from './queries.ts'

/** Restrictions as the caller may see them: grounds only to those who are let in, and to auditors. */
export async function shownRestrictions(
  tx: TenantTx,
  actor: Actor,
  now: string,
  rows: readonly FoundRestriction[],
): Promise<Restriction[]> {
  const accounts = await letInBy(
    tx,
    actor,
    rows.map(({ row }) => row.id),
  )
  return rows.map(({ row, next, setByName, endedByName, seen }) => {
    const mayRead = seen !== null || hasRole(actor, 'auditor')
    const reviewOn = row.reviewOn ?? ''
    return {
      id: row.id,
      referralId: row.referralId,
      reference: row.reference,
      category: row.category ?? 'other',
      reason: mayRead ? row.reason : null,
      reviewOn,
      isReviewOverdue: next === null && reviewOn < londonDate(now),
      ended: next && {
        how: next.kind === 'lifted' ? ('lifted' as const) : ('changed' as const),
        reason: mayRead ? next.reason : null,
        at: next.recordedAt,
        by: { accountId: next.recordedBy, displayName: endedByName ?? '' },
      },
      accounts: accounts.get(row.id) ?? [],
      recordedAt: row.recordedAt,
      recordedBy: { accountId: row.recordedBy, displayName: setByName },
    }
  })
}
