/** Who may be the same child, and what people said of it. */

import type { SQL } from 'drizzle-orm'
import { and, desc, eq, lt, or, sql } from '../../db/drizzle.ts'
import { accounts } from '../../db/tables/accounts.ts'
import { childMatches, type MatchVerdict } from '../../db/tables/children.ts'
import { lookingPast, type TenantTx } from '../../db/tenant.ts'
import type { Actor } from '../../kernel/actor.ts'
import { notFound } from '../../kernel/errors.ts'
import type { Cursor } from '../../kernel/page.ts'
import {
  type ChildRef,
  compared,
  type FoundMatch,
  getReferralRow,
  identifierPairs,
  type Pair,
  possiblePairs,
  refKey,
  shown,
} from '../referrals/index.ts'
import { pairOf, sameChildren, standingVerdicts } from './groups.ts'
import type { ChildCandidate, ChildCandidates } from './model.ts'
import { referralInfos } from './queries.ts'
import type { MatchRow } from './shown.ts'

const CANDIDATES_MAX = 50

/** @throws Refusal not_found when the referral is not for this caller, or has no such child. */
export async function requireChild(tx: TenantTx, actor: Actor, { referralId, childKey }: ChildRef): Promise<void> {
  const { children } = shown(await getReferralRow(tx, actor, referralId))
  if (!children.some(({ key }) => key === childKey)) throw notFound('child')
}

interface Considered {
  readonly found: readonly FoundMatch[]
  readonly joined: ReadonlySet<string>
  readonly said: ReadonlyMap<string, MatchVerdict>
}

/** Who is joined with a child, was judged, or may be the same, by `referral/child`; the best first. */
async function consideredFor(tx: TenantTx, authorityId: string, child: ChildRef): Promise<Considered> {
  const joined = (await sameChildren(tx, authorityId, [child])).get(refKey(child)) ?? []
  const joinedKeys = new Set(joined.map(({ ref }) => refKey(ref)))
  const verdicts = await verdictsOf(tx, authorityId, child)
  const pairs = new Map<string, Pair>()
  const none = { trusted: false, other: false }
  const known = [...joined.map(({ ref }) => ref), ...verdicts.map(({ other }) => other)]
  for (const other of known) pairs.set(refKey(other), { own: child, other, shared: none })
  for (const pair of await possiblePairs(tx, authorityId, [child.referralId]))
    if (pair.own.childKey === child.childKey) pairs.set(refKey(pair.other), pair)
  const said = new Map(verdicts.map(({ other, verdict }) => [refKey(other), verdict]))
  const found = (await compared(tx, authorityId, [...pairs.values()]))
    .filter(({ other, match }) => match.standing !== 'none' || joinedKeys.has(refKey(other)) || said.has(refKey(other)))
    .sort((a, b) => b.match.score - a.match.score || (refKey(a.other) < refKey(b.other) ? 1 : -1))
  return { found, joined: joinedKeys, said }
}

/** What is joined with a child or may be, the best first; what is restricted is counted. */
export async function candidatesOf(
  tx: TenantTx,
  authorityId: string,
  child: ChildRef,
): Promise<Pick<ChildCandidates, 'candidates' | 'restricted' | 'isComplete'>> {
  const { found, joined, said } = await lookingPast(tx, () => consideredFor(tx, authorityId, child))
  const listed = found.slice(0, CANDIDATES_MAX)
  const infos = await referralInfos(
    tx,
    authorityId,
    listed.map(({ other }) => other.referralId),
  )
  const candidates = listed.flatMap(({ other, match }): ChildCandidate[] => {
    const info = infos.get(other.referralId)
    if (!info) return []
    return [
      {
        ...{ referralId: info.id, child: other.childKey, reference: info.reference },
        ...{ receivedAt: info.receivedAt, agency: info.agency },
        ...{ standing: match.standing, score: match.score, parts: [...match.parts] },
        ...{ verdict: said.get(refKey(other)) ?? null, isJoined: joined.has(refKey(other)) },
      },
    ]
  })
  const restricted = listed.length - candidates.length
  return { candidates, restricted, isComplete: found.length <= CANDIDATES_MAX }
}

/** What people said last of a child and others. */
async function verdictsOf(
  tx: TenantTx,
  authorityId: string,
  child: ChildRef,
): Promise<{ other: ChildRef; verdict: MatchVerdict }[]> {
  const standing = await standingVerdicts(tx, authorityId, [child.referralId])
  return standing.flatMap(({ first, second, verdict }) => {
    if (refKey(first) === refKey(child)) return [{ other: second, verdict }]
    return refKey(second) === refKey(child) ? [{ other: first, verdict }] : []
  })
}

/** How two children compare at this moment. */
export async function comparedNow(
  tx: TenantTx,
  authorityId: string,
  own: ChildRef,
  other: ChildRef,
): Promise<FoundMatch> {
  const shared = (await identifierPairs(tx, authorityId, [own.referralId])).find(
    (pair) => pairOf(pair.own, pair.other) === pairOf(own, other),
  )
  const [found] = await compared(tx, authorityId, [shared ?? { own, other, shared: { trusted: false, other: false } }])
  if (!found) throw new Error('Two children were not compared')
  return found
}

/** The two of a pair in the order in which they are stored. */
export function inOrder(a: ChildRef, b: ChildRef) {
  const [first, second] = a.referralId < b.referralId ? [a, b] : [b, a]
  return {
    firstReferralId: first.referralId,
    firstChildKey: first.childKey,
    secondReferralId: second.referralId,
    secondChildKey: second.childKey,
  }
}

/** How many verdicts a pair has had. */
export async function verdictCount(tx: TenantTx, authorityId: string, a: ChildRef, b: ChildRef): Promise<number> {
  const pair = inOrder(a, b)
  return await tx.$count(
    childMatches,
    and(
      eq(childMatches.authorityId, authorityId),
      eq(childMatches.firstReferralId, pair.firstReferralId),
      eq(childMatches.firstChildKey, pair.firstChildKey),
      eq(childMatches.secondReferralId, pair.secondReferralId),
      eq(childMatches.secondChildKey, pair.secondChildKey),
    ),
  )
}

/** Columns are written out: inside the sub-query drizzle would not qualify them. */
const isStanding = sql<boolean>`not exists (
  select from child_matches newer
  where newer.authority_id = child_matches.authority_id
    and newer.first_referral_id = child_matches.first_referral_id and newer.first_child_key = child_matches.first_child_key
    and newer.second_referral_id = child_matches.second_referral_id
    and newer.second_child_key = child_matches.second_child_key and newer.sequence > child_matches.sequence)`

/** Every verdict about a child, newest first. */
export async function listMatchRows(
  tx: TenantTx,
  authorityId: string,
  { referralId, childKey }: ChildRef,
  page: { first: number; after: Cursor | undefined },
): Promise<MatchRow[]> {
  const { judgedAt, id } = childMatches
  const conditions: (SQL | undefined)[] = [
    eq(childMatches.authorityId, authorityId),
    or(
      and(eq(childMatches.firstReferralId, referralId), eq(childMatches.firstChildKey, childKey)),
      and(eq(childMatches.secondReferralId, referralId), eq(childMatches.secondChildKey, childKey)),
    ),
  ]
  if (page.after)
    conditions.push(or(lt(judgedAt, page.after.at), and(eq(judgedAt, page.after.at), lt(id, page.after.id))))
  return await tx
    .select({ match: childMatches, judgeName: accounts.displayName, isStanding })
    .from(childMatches)
    .innerJoin(accounts, and(eq(accounts.authorityId, authorityId), eq(accounts.id, childMatches.judgedBy)))
    .where(and(...conditions))
    .orderBy(desc(judgedAt), desc(id))
    .limit(page.first + 1)
}
