/** Records that are of one child: joined by identifiers where nothing speaks against it, and by what people confirmed. */
import { and, eq, inArray, or } from '../../db/drizzle.ts'
import { childMatches, type MatchVerdict } from '../../db/tables/children.ts'
import type { TenantTx } from '../../db/tenant.ts'
import { type ChildRef, compared, identifierPairs, refKey } from '../referrals/index.ts'

/** By what a record was joined; a way through several records is as sure as its least sure step. */
export const JOINED_BY = ['identifier', 'confirmed_match'] as const
export type JoinedBy = (typeof JOINED_BY)[number]

export interface SameChild {
  readonly ref: ChildRef
  readonly how: JoinedBy
}

/** From record to record at most so many steps are gone. */
const STEPS_MAX = 8

/**
 * For each child, the records of other referrals that are of the same child: through any number of records, and never one
 * that a person said is of another child. By `referral/child`.
 */
export async function sameChildren(
  tx: TenantTx,
  authorityId: string,
  starts: readonly ChildRef[],
): Promise<Map<string, SameChild[]>> {
  const graph: Graph = { steps: new Map(), apart: new Set() }
  const reached = new Map(starts.map((ref) => [refKey(ref), ref]))
  const seen = new Set<string>()
  for (let step = 0; step < STEPS_MAX; step++) {
    const ids = [...new Set([...reached.values()].map(({ referralId }) => referralId))].filter((id) => !seen.has(id))
    if (ids.length === 0) break
    for (const id of ids) seen.add(id)
    await addSteps(tx, authorityId, { graph, referralIds: ids })
    spread(graph, reached)
  }
  return new Map(starts.map((start) => [refKey(start), walk(graph, start)]))
}

interface Graph {
  readonly steps: Map<string, SameChild[]>
  /** Pairs of which a person said that they are two children. */
  readonly apart: Set<string>
}

async function addSteps(
  tx: TenantTx,
  authorityId: string,
  { graph, referralIds }: { graph: Graph; referralIds: readonly string[] },
): Promise<void> {
  const add = (a: ChildRef, b: ChildRef, how: JoinedBy): void => {
    for (const [from, to] of [
      [a, b],
      [b, a],
    ] as const)
      graph.steps.set(refKey(from), [...(graph.steps.get(refKey(from)) ?? []), { ref: to, how }])
  }
  for (const { first, second, verdict } of await standingVerdicts(tx, authorityId, referralIds)) {
    if (verdict === 'same') add(first, second, 'confirmed_match')
    else graph.apart.add(pairOf(first, second))
  }
  const pairs = await identifierPairs(tx, authorityId, referralIds)
  for (const { own, other, match } of await compared(tx, authorityId, pairs)) {
    if (match.standing === 'certain' && !graph.apart.has(pairOf(own, other))) add(own, other, 'identifier')
  }
}

/** Adds every record to which a known step leads. */
function spread({ steps }: Graph, reached: Map<string, ChildRef>): void {
  for (const key of reached.keys()) {
    for (const { ref } of steps.get(key) ?? []) reached.set(refKey(ref), ref)
  }
}

/** Ways by identifiers first, so that what identifiers join does not depend on a person. */
function walk({ steps, apart }: Graph, start: ChildRef): SameChild[] {
  const found = new Map<string, SameChild>()
  for (const allowed of [['identifier'], JOINED_BY] as readonly (readonly JoinedBy[])[]) {
    const waiting = [start, ...[...found.values()].map(({ ref }) => ref)]
    for (let ref = waiting.pop(); ref; ref = waiting.pop()) {
      for (const step of steps.get(refKey(ref)) ?? []) {
        const key = refKey(step.ref)
        const isOther = step.ref.referralId === start.referralId || apart.has(pairOf(start, step.ref))
        if (!allowed.includes(step.how) || found.has(key) || isOther) continue
        found.set(key, { ref: step.ref, how: allowed.length === 1 ? 'identifier' : 'confirmed_match' })
        waiting.push(step.ref)
      }
    }
  }
  return [...found.values()]
}

/** Two children as one key, whichever comes first. */
export function pairOf(a: ChildRef, b: ChildRef): string {
  return [refKey(a), refKey(b)].sort().join(' ')
}

export interface StandingVerdict {
  readonly first: ChildRef
  readonly second: ChildRef
  readonly verdict: MatchVerdict
}

/** The latest that a person said of each pair with a child of these referrals. */
export async function standingVerdicts(
  tx: TenantTx,
  authorityId: string,
  referralIds: readonly string[],
): Promise<StandingVerdict[]> {
  const { firstReferralId, secondReferralId } = childMatches
  const ids = [...referralIds]
  const rows = await tx
    .select()
    .from(childMatches)
    .where(
      and(eq(childMatches.authorityId, authorityId), or(inArray(firstReferralId, ids), inArray(secondReferralId, ids))),
    )
    .orderBy(childMatches.sequence)
  const latest = rows.map((row): [string, StandingVerdict] => {
    const first = { referralId: row.firstReferralId, childKey: row.firstChildKey }
    const second = { referralId: row.secondReferralId, childKey: row.secondChildKey }
    return [pairOf(first, second), { first, second, verdict: row.verdict }]
  })
  return [...new Map(latest).values()]
}
