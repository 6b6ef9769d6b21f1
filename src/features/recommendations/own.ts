/** What the sender of a referral told us, and nothing else: neither what others added nor what the authority held. */
import { type Snapshot, toSnapshot } from '../../engine/index.ts'
import type { Context } from '../../kernel/operation.ts'
import { getReferralRow, listRevisionRows, shown } from '../referrals/index.ts'

type Own = ReturnType<typeof shown>

/**
 * The last of the sender’s own revisions up to the one that is named; undefined where the sender had said nothing by then.
 * @throws Refusal not_found, integrity_violation
 */
export async function ownReferral(
  { tx, actor }: Context,
  { referralId, revision: last }: { referralId: string; revision: number },
): Promise<Own | undefined> {
  const { referral } = await getReferralRow(tx, actor, referralId)
  const revision = (await listRevisionRows(tx, actor, referralId))
    .filter(({ revision: number, recordedBy }) => number <= last && recordedBy === referral.receivedBy)
    .at(-1)
  return revision && shown({ referral, revision })
}

/** What the sender had told us of a child when it was scored; undefined where that was nothing. */
export async function ownSnapshot(
  context: Context,
  { childKey, ...revision }: { referralId: string; revision: number; childKey: string },
): Promise<Snapshot | undefined> {
  const own = await ownReferral(context, revision)
  const snapshot = own && toSnapshot(own.content, { receivedAt: own.receivedAt, asOf: own.revisedAt })
  const children = snapshot?.children.filter(({ id }) => id === childKey) ?? []
  return snapshot && children.length > 0 ? { ...snapshot, children } : undefined
}
