/** Random valid policies, random snapshots for a policy, and laws over pairs of them. */
import fc from 'fast-check'
import type { Policy, Snapshot } from '../../src/engine/index.ts'
import { type Draw, drawFrom, drawn } from '../engine/arbitrary/draw.ts'
import { wholePolicy } from '../engine/arbitrary/repair.ts'
import { anySnapshot } from '../engine/arbitrary/snapshot.ts'
import { policyOf } from './policies.ts'

/** A policy that went through the whole check. */
export function anyPolicy(): fc.Arbitrary<Policy> {
  return drawn(randomPolicy)
}

/** Snapshots for a policy. */
export function snapshotsOf(policy: Policy): fc.Arbitrary<Snapshot> {
  return drawn((draw) => anySnapshot(draw, policy))
}

/** The policy is written as JSON, which is YAML, and compiled from its text. */
function randomPolicy(draw: Draw): Policy {
  const { policy, pack } = wholePolicy(draw)
  return policyOf({ policy: JSON.stringify(policy), pack: JSON.stringify(pack) })
}

/** One snapshot of one policy, with chance for whatever a law changes in it. */
export interface Pair {
  readonly policy: Policy
  readonly snapshot: Snapshot
  /** Position of the child that the law is about. */
  readonly at: number
  readonly draw: Draw
}

const SNAPSHOTS_A_POLICY = 20
/** A failing example is made smaller for this long: it need not be the very smallest. */
const SHRINK_MS = 5000

/**
 * Checks a law over snapshots of random policies, or of one policy; returns how many pairs held.
 * A failure shows seed and path, and the policy and the snapshot made small; LAWS_SEED and LAWS_PATH run it again.
 */
export function checkPairs(runs: number, check: (pair: Pair) => void, fixed?: Policy): number {
  let count = 0
  let shrinkUntil = Number.POSITIVE_INFINITY
  const { LAWS_SEED: seed, LAWS_PATH: path } = process.env
  const property = fc.property(fc.gen(), (gen) => {
    if (performance.now() > shrinkUntil) return
    const draw = drawFrom(gen)
    const policy = fixed ?? randomPolicy(draw)
    for (let i = 0; i < (fixed ? 1 : SNAPSHOTS_A_POLICY); i++) {
      const snapshot = anySnapshot(draw, policy)
      const at = draw.upTo(snapshot.children.length - 1)
      try {
        check({ policy, snapshot, at, draw })
      } catch (error) {
        shrinkUntil = Math.min(shrinkUntil, performance.now() + SHRINK_MS)
        throw new Error(`${(error as Error).message}\n${shown(policy, snapshot, at, fixed !== undefined)}`)
      }
      count += 1
    }
  })
  const details = fc.check(property, {
    numRuns: runs,
    ...(seed !== undefined && { seed: Number(seed) }),
    ...(path !== undefined && { path }),
  })
  if (details.failed) {
    // The first step says which of the runs failed; the others are steps of making it small, which come again.
    const [run] = details.counterexamplePath?.split(':') ?? []
    throw new Error(`seed ${details.seed}, path ${run}: ${(details.errorInstance as Error | null)?.message ?? ''}`)
  }
  return count
}

/** The example without what goes without saying. */
function shown(policy: Policy, snapshot: Snapshot, at: number, isKnown: boolean): string {
  const { levels, domains, rules, clusters, points, indicators } = policy.document
  const scale = levels.map(({ common }) => common)
  const parts = isKnown
    ? policy.id
    : JSON.stringify({ scale, rules, clusters, points, indicators, domains }, withoutFiller)
  return `child ${at} of ${JSON.stringify(snapshot, withoutFiller)}\nunder ${parts}`
}

const FILLER = [
  'text',
  'citation',
  'because',
  'source',
  'label',
  'review',
  'receivedAt',
  'quality',
  'monitoringOnly',
  'suggestedLevel',
]

function withoutFiller(key: string, value: unknown): unknown {
  const isEmpty = value === false || value === 'family' || (Array.isArray(value) && value.length === 0)
  return FILLER.includes(key) || isEmpty ? undefined : value
}
