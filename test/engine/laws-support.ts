/** What the laws share: running one over random and shipped policies, and changing one child of a snapshot. */
import assert from 'node:assert/strict'
import type t from 'tap'
import { type Policy, type Snapshot, score } from '../../src/engine/index.ts'
import type { SnapshotChild, SnapshotFinding } from '../../src/engine/referral/snapshot.ts'
import type { Recommendation } from '../../src/engine/scoring/recommendation.ts'
import { checkPairs, type Pair } from '../support/arbitraries.ts'
import { calendar, compiledPolicies } from '../support/policies.ts'

type Test = typeof t

const asked = process.env['LAWS_RUNS']
/** Random policies for each law, with twenty snapshots each; shipped policies get a share of it each. */
export const LAWS_RUNS = Number(asked ?? 10)
/** Policies of hundreds of indicators take long, and each process tries them again. */
const SHIPPED_MAX = 10

const shipped = compiledPolicies().map(({ policy }) => policy)
const pairs = { generated: 0, shipped: 0 }

/** One law, over random policies and over every shipped one that compiles. */
export function law(test: Test, claim: string, check: (pair: Pair) => void): void {
  test.test(claim, async (inner) => {
    const generated = checkPairs(LAWS_RUNS, check)
    const real = shipped.reduce(
      (sum, policy) => sum + checkPairs(Math.min(SHIPPED_MAX, Math.ceil(LAWS_RUNS / 3)), check, policy),
      0,
    )
    pairs.generated += generated
    pairs.shipped += real
    // scripts/laws.ts reads these words.
    inner.pass(`held for ${generated} generated pairs and ${real} of ${shipped.length} shipped policies`)
  })
}

/** Says how many pairs of policy and snapshot the laws of this file held for. */
export function countPairs(test: Test): void {
  // A machine shared with others may be slow, and who asks for a number is ready to wait.
  test.setTimeout(asked === undefined ? 110_000 : 0)
  test.teardown(() =>
    test.comment(
      `pairs of policy and snapshot: ${pairs.generated} generated, ${pairs.shipped} of shipped policies, LAWS_RUNS=${LAWS_RUNS}`,
    ),
  )
}

export function scored(policy: Policy, snapshot: Snapshot): Recommendation[] {
  return score(policy, snapshot, calendar)
}

export function scoredAt({ policy, at }: Pair, snapshot: Snapshot): Recommendation {
  const recommendation = scored(policy, snapshot)[at]
  assert.ok(recommendation, 'no recommendation for the child')
  return recommendation
}

/** The snapshot with the child of the pair changed. */
export function changed({ snapshot, at }: Pair, change: (child: SnapshotChild) => Partial<SnapshotChild>): Snapshot {
  return {
    ...snapshot,
    children: snapshot.children.map((child, i) => (i === at ? { ...child, ...change(child) } : child)),
  }
}

export function withFindings(pair: Pair, findings: readonly SnapshotFinding[]): Snapshot {
  return changed(pair, (child) => ({ findings: [...child.findings, ...findings] }))
}

/** Both ends of the range and the floor, as ranks; −1 where there is none. */
export function ends({ low, high, floor }: Recommendation): { low: number; high: number; floor: number } {
  return { low: low?.rank ?? -1, high: high?.rank ?? -1, floor: floor?.rank ?? -1 }
}

export function assertNotLower(after: Recommendation, before: Recommendation, what: string): void {
  const [now, then] = [ends(after), ends(before)]
  for (const end of ['low', 'high', 'floor'] as const) {
    assert.ok(now[end] >= then[end], `${what}: ${end} went from ${then[end]} to ${now[end]}`)
  }
}

/** Codes of the indicators of these kinds. */
export function codesOf(policy: Policy, ...kinds: string[]): string[] {
  return policy.document.indicators.filter(({ kind }) => kinds.includes(kind)).map(({ code }) => code)
}

export const RISKS = ['risk', 'status', 'measure']
