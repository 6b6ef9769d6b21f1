/** The panel hears of every decision below a floor: a restriction does not keep all of it out. */
import { and, eq } from '../../db/drizzle.ts'
import { accountRoles, accounts } from '../../db/tables/accounts.ts'
import { decisions } from '../../db/tables/decisions.ts'
import type { TenantTx } from '../../db/tenant.ts'
import type { Actor } from '../../kernel/actor.ts'
import { lastRestriction, letInBy } from './queries.ts'

/** Whether a restriction stands that lets nobody of the panel in. */
export async function isKeptFromPanel(tx: TenantTx, actor: Actor, referralId: string): Promise<boolean> {
  const last = await lastRestriction(tx, actor, referralId)
  if (!last || last.kind === 'lifted') return false
  const letIn = (await letInBy(tx, actor, [last.id])).get(last.id) ?? []
  return await leavesOutPanel(
    tx,
    actor,
    letIn.map(({ accountId }) => accountId),
  )
}

/** Whether there is a panel, and none of it among these accounts. */
export async function leavesOutPanel(tx: TenantTx, actor: Actor, letIn: readonly string[]): Promise<boolean> {
  const panel = await tx
    .select({ id: accounts.id })
    .from(accounts)
    .innerJoin(
      accountRoles,
      and(eq(accountRoles.authorityId, accounts.authorityId), eq(accountRoles.accountId, accounts.id)),
    )
    .where(
      and(
        eq(accounts.authorityId, actor.authorityId),
        eq(accounts.kind, 'human'),
        eq(accountRoles.role, 'panel_member'),
      ),
    )
  return panel.length > 0 && panel.every(({ id }) => !letIn.includes(id))
}

/** Whether any decision of a referral is below a floor. */
export async function isBelowFloorSomewhere(tx: TenantTx, actor: Actor, referralId: string): Promise<boolean> {
  const rows = await tx
    .select({ id: decisions.id })
    .from(decisions)
    .where(
      and(
        eq(decisions.authorityId, actor.authorityId),
        eq(decisions.referralId, referralId),
        eq(decisions.belowFloor, true),
      ),
    )
    .limit(1)
  return rows.length > 0
}
