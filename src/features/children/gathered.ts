/** What is read for the histories of some referrals, in as many questions as for one. */
import type { TenantTx } from '../../db/tenant.ts'
import { categoriesOf, compared, possiblePairs, type ReferralContent, refKey, shown } from '../referrals/index.ts'
import { pairOf, type SameChild, sameChildren, standingVerdicts } from './groups.ts'
import { type LinkRow, latestRevisions, linksOfReferrals, type ReferralInfo, referralInfos } from './queries.ts'

export interface Gathered {
  readonly own: readonly { readonly info: ReferralInfo; readonly content: ReferralContent }[]
  /** Records of the same child, by `referral/child`. */
  readonly same: ReadonlyMap<string, readonly SameChild[]>
  readonly links: readonly LinkRow[]
  readonly infos: ReadonlyMap<string, ReferralInfo>
  /** By `referral/child`; nothing for a child who was never scored. */
  readonly concerns: ReadonlyMap<string, readonly string[]>
  /** Of each child, how many others may be the same and wait for a person. */
  readonly waiting: ReadonlyMap<string, Waiting>
}

export interface Waiting {
  readonly proposed: number
  readonly conflict: number
}

/** @throws Refusal integrity_violation when what is stored is not what was received */
export async function gather(tx: TenantTx, authorityId: string, referralIds: readonly string[]): Promise<Gathered> {
  const own = (await latestRevisions(tx, authorityId, referralIds)).map((row) => ({
    info: row.referral,
    content: shown(row).content,
  }))
  const children = own.flatMap(({ info, content }) =>
    content.children.map(({ id }) => ({ referralId: info.id, childKey: id })),
  )
  const same = await sameChildren(tx, authorityId, children)
  const links = await linksOfReferrals(tx, authorityId, referralIds)
  const ids = new Set([
    ...referralIds,
    ...[...same.values()].flat().map(({ ref }) => ref.referralId),
    ...links.flatMap(({ link }) => [link.firstReferralId, link.secondReferralId]),
  ])
  return {
    own,
    same,
    links,
    infos: await referralInfos(tx, authorityId, [...ids]),
    concerns: await categoriesOf(tx, authorityId, [...ids]),
    waiting: await waitingMatches(tx, authorityId, referralIds, same),
  }
}

/** Pairs that nobody judged, of children who are not joined some other way. */
async function waitingMatches(
  tx: TenantTx,
  authorityId: string,
  referralIds: readonly string[],
  same: ReadonlyMap<string, readonly SameChild[]>,
): Promise<Map<string, Waiting>> {
  const pairs = await possiblePairs(tx, authorityId, referralIds)
  if (pairs.length === 0) return new Map()
  const judged = new Set(
    (await standingVerdicts(tx, authorityId, referralIds)).map(({ first, second }) => pairOf(first, second)),
  )
  const waiting = new Map<string, Waiting>()
  for (const { own, other, match } of await compared(tx, authorityId, pairs)) {
    const isJoined = same.get(refKey(own))?.some(({ ref }) => refKey(ref) === refKey(other)) ?? false
    if (isJoined || judged.has(pairOf(own, other))) continue
    const { proposed, conflict } = waiting.get(refKey(own)) ?? { proposed: 0, conflict: 0 }
    waiting.set(refKey(own), {
      proposed: proposed + (match.standing === 'proposed' ? 1 : 0),
      conflict: conflict + (match.standing === 'conflict' ? 1 : 0),
    })
  }
  return waiting
}
