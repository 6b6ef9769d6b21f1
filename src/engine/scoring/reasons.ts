/** Why the level is what it is, and what was considered and did not hold. */
import { describe } from '../conditions/describe.ts'
import { NO, YES } from '../conditions/kleene.ts'
import type { Policy } from '../policy/policy.ts'
import type { Placed, Placement } from './place.ts'
import type { NotMet, Reason } from './recommendation.ts'
import { citationOf, citationRef, findingRef, levelRef } from './refer.ts'
import type { Reading } from './state.ts'

/** Everything that surely holds: what places the child highest first, the policy's order within. */
export function reasonsOf(policy: Policy, { state }: Reading, placed: Placed): Reason[] {
  return placed.placements
    .filter(({ value }) => value === YES)
    .map((placement, order) => ({ placement, order }))
    .sort((a, b) => b.placement.rankLow - a.placement.rankLow || a.order - b.order)
    .map(({ placement }) => ({
      id: placement.id,
      kind: placement.kind,
      level: levelRef(policy, placement.rankLow),
      decisive: placement.rankLow >= 0 && placement.rankLow === placed.low,
      ...wordsOf(policy, placement),
      findings: placement.indicators
        .filter((index) => (state.found[index] ?? NO) > NO)
        .map((index) => findingRef(policy, state, index)),
    }))
}

/** The policy's own reason for a placement, with its citation. */
export function wordsOf(
  policy: Policy,
  { id, kind, at }: Pick<Placement, 'id' | 'kind' | 'at'>,
): Pick<Reason, 'because' | 'citation'> {
  if (kind === 'statutory') {
    const spec = policy.triggers[at]?.spec
    return {
      because: spec?.because ?? '',
      citation: citationRef(`${policy.statutory.id}@${policy.statutory.version}`, spec?.citation),
    }
  }
  if (kind === 'points') {
    const { points } = policy.document
    return { because: points?.because ?? '', citation: citationOf(policy, id, points?.citation) }
  }
  const item = kind === 'rule' ? policy.rules[at]?.spec : kind === 'cluster' ? policy.clusters[at]?.spec : undefined
  if (item) return { because: item.because, citation: citationOf(policy, id, item.citation) }
  const spec = policy.indicators[at]?.spec
  return { because: spec?.definition ?? spec?.text ?? '', citation: citationOf(policy, id, spec?.citation) }
}

/** What may hold, what protective factors withheld, and near misses: one condition short, with something found in support. */
export function notMet(policy: Policy, { state }: Reading, placed: Placed): NotMet[] {
  const open = placed.placements.filter(({ value }) => value !== YES)
  const near = placed.others.filter((placement) => placement.withheld || isNearMiss(policy, placement, state))
  return [...open, ...near]
    .filter(({ rankHigh }) => rankHigh < 0 || rankHigh > placed.low)
    .map((placement) => ({
      id: placement.id,
      kind: placement.kind,
      level: levelRef(policy, placement.rankHigh),
      value: placement.withheld
        ? ('withheld_by_protective_factors' as const)
        : placement.value === NO
          ? ('no' as const)
          : ('maybe' as const),
      missing: missing(policy, placement, state),
      ...wordsOf(policy, placement),
    }))
}

function isNearMiss(policy: Policy, placement: Placement, state: Reading['state']): boolean {
  if (placement.indicators.length === 0) return false
  const cluster = clusterOf(policy, placement)
  if (cluster) return placement.indicators.length === cluster.count - 1 || placement.indicators.length >= cluster.count
  return unmetParts(policy, placement.at, state).length === 1
}

/** In words, what is still wanted for a rule or cluster to hold surely. */
function missing(policy: Policy, placement: Placement, state: Reading['state']): string[] {
  const uncertain = placement.indicators
    .filter((index) => state.found[index] !== YES)
    .map((index) => `whether “${policy.indicators[index]?.spec.text}” (${policy.indicators[index]?.spec.code})`)
  const cluster = clusterOf(policy, placement)
  if (cluster) {
    const short = cluster.count - placement.indicators.length
    if (short > 0)
      return [...uncertain, `${short} more indicator${short > 1 ? 's' : ''} at ${cluster.ofLevel} or above`]
    return uncertain.length > 0 ? uncertain : [`indicators across ${cluster.acrossDomains} domains`]
  }
  return placement.kind === 'rule' ? unmetParts(policy, placement.at, state) : uncertain
}

function clusterOf(policy: Policy, { kind, at }: Placement): Policy['clusters'][number]['spec'] | undefined {
  return kind === 'cluster' ? policy.clusters[at]?.spec : undefined
}

function unmetParts(policy: Policy, rule: number, state: Reading['state']): string[] {
  return (policy.rules[rule]?.parts ?? [])
    .filter(({ test }) => test(state) !== YES)
    .map((part) => inWords(policy, part))
}

type Part = Policy['rules'][number]['parts'][number]

/** A part is of one policy, and always reads the same: putting it in words takes longer than trying it. */
const described = new WeakMap<Part, string>()

function inWords({ indicators, indexOf }: Policy, part: Part): string {
  const known = described.get(part)
  if (known !== undefined) return known
  const words = describe(part.condition, (code) => indicators[indexOf.get(code) ?? -1]?.spec.text ?? code)
  described.set(part, words)
  return words
}
