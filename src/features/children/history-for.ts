import type { TenantTx } from '../../db/tenant.ts'
import type { Actor } from '../../kernel/actor.ts'
import { getReferralRow } from '../referrals/index.ts'
import { historiesOf } from './history.ts'
import type { ReferralHistory } from './model.ts'
import { linksOfReferrals } from './queries.ts'
import { shownLink } from './shown.ts'

/**
 * The history of every child of a referral, with what of it requires review. It is no input to scoring.
 * @throws Refusal not_found
 */
export async function historyFor(tx: TenantTx, actor: Actor, referralId: string): Promise<ReferralHistory> {
  await getReferralRow(tx, actor, referralId)
  const histories = await historiesOf(tx, actor.authorityId, [referralId])
  const links = await linksOfReferrals(tx, actor.authorityId, [referralId])
  return { referralId, children: histories.get(referralId) ?? [], links: links.map(shownLink) }
}
