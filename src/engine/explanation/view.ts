/**
 * A child as scoring sees it. The only file of the explanation that knows how scoring keeps what it has read. Whatever is
 * asked of a view is asked before anything else is scored.
 */
import { compileCondition, type Names, type Test } from '../conditions/evaluate.ts'
import { fromBounds, type Kleene, MAYBE, NO, YES } from '../conditions/kleene.ts'
import type { Condition } from '../conditions/shape.ts'
import { namesOf } from '../policy/assemble.ts'
import type { Policy } from '../policy/policy.ts'
import { type ClusterSpec, levelRanks } from '../policy/shape.ts'
import type { Snapshot, SnapshotChild } from '../referral/snapshot.ts'
import { type Placed, type Placement, place } from '../scoring/place.ts'
import type { Recommendation } from '../scoring/recommendation.ts'
import { levelRef } from '../scoring/refer.ts'
import { read } from '../scoring/state.ts'
import { verdicts } from '../scoring/verdicts.ts'

export interface View {
  readonly policy: Policy
  readonly snapshot: Snapshot
  readonly child: SnapshotChild
  readonly recommendation: Recommendation
  /** What rules, clusters, triggers, indicators and cut-offs came to, by kind and id. */
  placement(kind: Placement['kind'], id: string): Placement | undefined
  readonly placements: readonly Placement[]
  /** Sums of points with unknowns absent and present. */
  readonly points: Placed['points']
  /** Indicators that are found surely or possibly, in the policy's order. */
  readonly support: readonly number[]
  found(index: number): Kleene
  /** Ranks of the level of a found indicator, at least and at most. */
  ranks(index: number): { readonly low: number; readonly high: number }
  /** Categories of concern that are possible. */
  readonly categories: ReadonlySet<string>
  /** Ranks of what everything places the child at but the rules that ask for it. */
  readonly reached: { readonly low: number; readonly high: number }
  valueOf(condition: Condition): Kleene
  /** Flags for the indicators that a `count` looks at. */
  matching(filter: Parameters<Names['select']>[0]): Uint8Array
  rankOf(level: string): number
}

/** Tests of the conditions within conditions, made once for each policy. */
const compiled = new WeakMap<Policy, { readonly names: Names; readonly tests: WeakMap<Condition, Test> }>()

function compiledOf(policy: Policy) {
  const known = compiled.get(policy)
  if (known) return known
  const names = namesOf(policy.document, policy.indicators, levelRanks(policy.document))
  const made = { names, tests: new WeakMap<Condition, Test>() }
  compiled.set(policy, made)
  return made
}

export function viewOf(policy: Policy, snapshot: Snapshot, child: SnapshotChild, recommendation: Recommendation): View {
  const { state } = read(policy, snapshot, child)
  const { names, tests } = compiledOf(policy)
  const { placements, others, points } = place(policy, state)
  const all = [...placements, ...others]
  const byId = new Map(all.map((placement) => [`${placement.kind}/${placement.id}`, placement]))
  return {
    policy,
    snapshot,
    child,
    recommendation,
    placement: (kind, id) => byId.get(`${kind}/${id}`),
    placements: all,
    points,
    support: state.support,
    found: (index) => (state.found[index] ?? NO) as Kleene,
    ranks: (index) => ({ low: state.rankLow[index] ?? 0, high: state.rankHigh[index] ?? 0 }),
    categories: state.possibleCategories,
    reached: { low: state.reachedLow, high: state.reachedHigh },
    valueOf: (condition) => {
      const test = tests.get(condition) ?? compileCondition(condition, names)
      tests.set(condition, test)
      return test(state)
    },
    matching: (filter) => names.select(filter),
    rankOf: (level) => names.rank(level),
  }
}

/** What a cluster looks for: scoring indicators of one of its categories, at its level or above. */
export function lookedFor(
  view: View,
  { categories, matrix, ofLevel }: ClusterSpec,
): { matches: Uint8Array; rank: number } {
  const lists = categories
    ? categories.map((category) => view.matching({ category, matrix }))
    : [view.matching({ matrix })]
  const matches = Uint8Array.from(view.policy.indicators, ({ index }) =>
    lists.some((list) => list[index] === 1) ? 1 : 0,
  )
  return { matches, rank: view.rankOf(ofLevel) }
}

/** What is found of the indicators that are looked for, at each end of the range. */
export interface Counted {
  /** Those found, and how many they count as: of those on a measure that counts once, one. */
  readonly possible: readonly number[]
  readonly sureCount: number
  readonly possibleCount: number
  readonly sureDomains: number
  readonly possibleDomains: number
}

/** Different found indicators that match, at a rank or above. */
export function counted(view: View, { matches, rank }: { matches: Uint8Array; rank: number }): Counted {
  const wanted = view.support.filter((index) => matches[index] === 1)
  const sure = wanted.filter((index) => view.found(index) === YES && view.ranks(index).low >= rank)
  const possible = wanted.filter((index) => view.found(index) >= MAYBE && view.ranks(index).high >= rank)
  const domains = (list: readonly number[]): number =>
    new Set(list.flatMap((index) => view.policy.topDomains[index] ?? [])).size
  const { countsAs } = view.policy
  const count = (list: readonly number[]): number =>
    new Set(list.map((index) => ((countsAs?.[index] ?? -1) < 0 ? index : -1 - (countsAs?.[index] ?? 0)))).size
  return {
    possible,
    sureCount: count(sure),
    possibleCount: count(possible),
    sureDomains: domains(sure),
    possibleDomains: domains(possible),
  }
}

export function enoughCounted(
  { sureCount, possibleCount, sureDomains, possibleDomains }: Counted,
  { count, domains }: { count: number; domains: number },
): Kleene {
  return fromBounds(sureCount >= count && sureDomains >= domains, possibleCount >= count && possibleDomains >= domains)
}

/** What counterfactuals compare: the low end of the range, and what is recommended first. */
export interface Verdict {
  /** −1 where nothing surely places the child. */
  readonly low: number
  readonly level: Recommendation['low']
  readonly responses: readonly { readonly code: string; readonly label: string }[]
}

export type Judge = (snapshot: Snapshot) => Verdict

/** Scores one child again, with something in its snapshot changed. */
export function judgeOf(policy: Policy, childId: string): Judge {
  return (snapshot) => {
    const own = { ...snapshot, children: snapshot.children.filter(({ id }) => id === childId) }
    const [verdict] = verdicts(policy, own)
    if (!verdict) throw new Error('The child to be judged is not in the snapshot')
    const low = policy.rankOf.get(verdict.low ?? '') ?? -1
    return {
      low,
      level: levelRef(policy, low),
      responses: verdict.responses.map((code) => ({ code, label: policy.responses.get(code)?.label ?? code })),
    }
  }
}
