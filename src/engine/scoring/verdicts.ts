/** What `score` says of each child, without a word: for whoever scores many referrals and reads few of them. */
import { YES } from '../conditions/kleene.ts'
import type { Policy } from '../policy/policy.ts'
import type { Snapshot, SnapshotChild } from '../referral/snapshot.ts'
import { assess, outcomeOf } from './assess.ts'
import type { Recommendation } from './recommendation.ts'
import { recommend } from './routing.ts'
import type { Weighed } from './weigh.ts'
import { type Workspace, withWorkspace } from './workspace.ts'

/** Codes of levels where the recommendation has levels; each property agrees with that of the same name in `score`. */
export interface Verdict {
  readonly child: string
  readonly outcome: Recommendation['outcome']
  /** Null where it is withheld. */
  readonly level: string | null
  readonly low: string | null
  readonly high: string | null
  readonly floor: string | null
  /** Codes of the responses, in order. */
  readonly responses: readonly string[]
  /** Ids of the reasons, in order: all that surely holds. */
  readonly fired: readonly string[]
}

/** One verdict for each child, in the snapshot's order. */
export function verdicts(policy: Policy, snapshot: Snapshot): Verdict[] {
  return withWorkspace(policy, (workspace) => {
    const each: Verdict[] = []
    for (const child of snapshot.children) each.push(verdictOn(policy, snapshot, child, workspace))
    return each
  })
}

function verdictOn(policy: Policy, snapshot: Snapshot, child: SnapshotChild, workspace: Workspace): Verdict {
  const assessment = assess(policy, snapshot, child, workspace)
  const { low, high, floor } = assessment.weighed
  const { answers } = workspace
  answers.clear()
  recommend(policy, assessment, answers.add)
  const code = low < 0 ? null : codeAt(policy, low)
  return {
    child: child.id,
    outcome: outcomeOf(assessment),
    level: assessment.withheld === 0 ? code : null,
    low: code,
    high: codeAt(policy, high),
    floor: codeAt(policy, floor),
    responses: answers.codes(policy),
    fired: firedIn(policy, assessment.weighed),
  }
}

function codeAt({ levels }: Policy, rank: number): string | null {
  return rank < 0 ? null : (levels[rank]?.code ?? null)
}

/** What surely holds: what places the child highest first, the policy's order within. */
function firedIn({ places }: Policy, weighed: Weighed): string[] {
  const { count, value, rankLow, place } = weighed
  const fired: string[] = []
  for (let ranks = weighed.ranks; ranks !== 0; ) {
    const rank = 30 - Math.clz32(ranks)
    ranks ^= 1 << (rank + 1)
    for (let at = 0; at < count; at++)
      if (value[at] === YES && rankLow[at] === rank) fired.push(places.ids[place[at] ?? 0] ?? '')
  }
  return fired
}
