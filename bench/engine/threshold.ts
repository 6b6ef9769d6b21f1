/** Threshold itself, in three ways: verdicts, verdicts with the whole explanation as bytes, and full recommendations. */
import { explainedJson, type JsonBytes, type Policy, type Snapshot, score, verdicts } from '../../src/engine/index.ts'
import { readCalendar } from '../../src/features/policies/files.ts'
import type { Answer } from './prepared.ts'

type Engine = (snapshot: Snapshot) => Answer

/** Level and what fired, among rules and clusters, whose ids the peers have too. */
export function verdictsOf(policy: Policy): Engine {
  return (snapshot) => {
    const { low, fired } = verdicts(policy, snapshot)[0]!
    return { rank: low === null ? -1 : (policy.rankOf.get(low) ?? -1), fired }
  }
}

/** The explanation is written as UTF-8 into room that is used again, as a service would write it. */
export function explanationsOf(policy: Policy, into: JsonBytes): (snapshot: Snapshot) => number {
  return (snapshot) => {
    into.clear()
    explainedJson(policy, snapshot, into)
    return into.length
  }
}

export function recommendationsOf(policy: Policy): Engine {
  const calendar = readCalendar()
  return (snapshot) => {
    const { low, reasons } = score(policy, snapshot, calendar)[0]!
    return { rank: low?.rank ?? -1, fired: reasons.map(({ id }) => id) }
  }
}
