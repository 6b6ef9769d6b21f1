/** What came before the referral that is scored: its own earlier versions, and earlier referrals of its children. */
import { londonDate } from '../../engine/calendar/civil.ts'
import type { Policy } from '../../engine/index.ts'
import type { Context } from '../../kernel/operation.ts'
import { earlierReferrals, listRevisionRows } from '../referrals/index.ts'
import { listRecommendationRows } from './queries.ts'

/** What earlier versions of the referral said, so that a revision cannot make danger vanish unseen. */
export async function earlierVersions(
  { tx, actor }: Context,
  policy: Policy,
  { referralId, revision }: { referralId: string; revision: number },
) {
  const floors = new Map<string, string>()
  for (const { childKey, floorLevel } of await listRecommendationRows(tx, actor, [referralId])) {
    const rank = (code: string | null | undefined): number => policy.rankOf.get(code ?? '') ?? -1
    if (floorLevel !== null && rank(floorLevel) > rank(floors.get(childKey))) floors.set(childKey, floorLevel)
  }
  const revisions = await listRevisionRows(tx, actor, referralId)
  const danger = revisions.some(
    ({ revision: number, content }) =>
      number < revision && (JSON.parse(content) as { immediateDanger: boolean }).immediateDanger,
  )
  return { danger, floors }
}

/** Earlier referrals of each child that the authority holds, by child. */
export async function historyOf({ tx, actor }: Context, referralId: string, before: string) {
  const byChild = new Map<string, { date: string; categories: readonly string[] }[]>()
  for (const { childKey, receivedAt, categories } of await earlierReferrals(tx, actor, { referralId, before })) {
    byChild.set(childKey, [...(byChild.get(childKey) ?? []), { date: londonDate(receivedAt), categories }])
  }
  return byChild
}
