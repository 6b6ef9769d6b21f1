/** Earlier referrals of the same children, as scoring reads them. */
import { lookingPast, type TenantTx } from '../../db/tenant.ts'
import { categoriesOf, refKey } from '../referrals/index.ts'
import { sameChildren } from './groups.ts'
import { childrenOf, referralInfos } from './queries.ts'

export interface HeldReferral {
  readonly referralId: string
  readonly childKey: string
  readonly receivedAt: string
  readonly categories: readonly string[]
}

/**
 * Of some referrals, the other referrals of the same children that this authority received before each, joined by identifiers
 * and by matches that a person confirmed. Their categories are those of their latest recommendation. Restricted ones count
 * like the others.
 */
export async function earlierReferrals(
  tx: TenantTx,
  { authorityId }: { readonly authorityId: string },
  referralIds: readonly string[],
): Promise<HeldReferral[]> {
  return await lookingPast(tx, () => earlierOf(tx, authorityId, referralIds))
}

async function earlierOf(tx: TenantTx, authorityId: string, referralIds: readonly string[]): Promise<HeldReferral[]> {
  const children = await childrenOf(tx, authorityId, referralIds)
  const same = await sameChildren(tx, authorityId, children)
  const others = [...new Set([...same.values()].flat().map(({ ref }) => ref.referralId))]
  if (others.length === 0) return []
  const infos = await referralInfos(tx, authorityId, [...referralIds, ...others])
  const concerns = await categoriesOf(tx, authorityId, others)
  return children.flatMap((child) => {
    const before = infos.get(child.referralId)?.receivedAt ?? ''
    return (same.get(refKey(child)) ?? []).flatMap(({ ref }) => {
      const receivedAt = infos.get(ref.referralId)?.receivedAt
      if (receivedAt === undefined || receivedAt >= before) return []
      return [{ ...child, receivedAt, categories: concerns.get(refKey(ref)) ?? [] }]
    })
  })
}
