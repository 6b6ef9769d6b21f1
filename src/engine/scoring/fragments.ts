/**
 * The words of a policy as JSON in bytes, escaped once and not at every child. Each is byte for byte what `JSON.stringify`
 * makes of the same part of a recommendation; `reasons-json.ts` puts them together with what was said of a child.
 */
import type { Policy } from '../policy/policy.ts'
import type { Subject } from '../referral/snapshot.ts'
import { encoded } from './json-bytes.ts'
import { kindOf } from './place.ts'
import { wordsOf } from './reasons.ts'
import type { Recommendation } from './recommendation.ts'
import { citationOf, levelRef, matrixRef } from './refer.ts'

/** Of whom a finding is, as a digit from 1: several make a number to the base of five, the first that was named leading. */
export const SUBJECTS: readonly (Subject | 'measurement')[] = ['child', 'household', 'context', 'measurement']
export const SUBJECT_BASE = SUBJECTS.length + 1

export interface Fragments {
  /** What follows the id of a child: outcome, levels and range, up to its reasons. */
  levels(standing: Standing): Uint8Array
  /** A reason, by its number in the policy's `places`: up to its findings. */
  reason(place: number, rank: number, isDecisive: boolean): Uint8Array
  /** A finding, by its indicator: up to its evidence. */
  finding(index: number, found: Found): Uint8Array
}

/** Ranks, of which −1 is none. */
interface Standing {
  readonly outcome: Recommendation['outcome']
  /** Whether the low end is stated as the level. */
  readonly isStated: boolean
  readonly low: number
  readonly high: number
  readonly floor: number
}

/** What varies of the opening of a finding. */
interface Found {
  readonly rank: number
  readonly isSure: boolean
  readonly subjects: number
}

const made = new WeakMap<Policy, Fragments>()

/** Made when it is first asked for: most policies are never read aloud. */
export function fragmentsOf(policy: Policy): Fragments {
  const known = made.get(policy)
  if (known) return known
  const ranks = policy.levels.length + 1
  // Each list is made of its full length when it is first needed: one that is filled here and there is slow.
  const standings = new Array<Uint8Array>(2 * OUTCOMES.length * ranks ** 3)
  const reasons = policy.places.ids.map((): Uint8Array[] => [])
  const findings = policy.indicators.map((): Uint8Array[] => [])
  const fragments: Fragments = {
    levels: (standing) => {
      const { outcome, isStated, low, high, floor } = standing
      const first = 2 * OUTCOMES.indexOf(outcome) + (isStated ? 1 : 0)
      const at = ((first * ranks + low + 1) * ranks + high + 1) * ranks + floor + 1
      return kept(standings, at, () => levelsOpening(policy, standing))
    },
    reason: (place, rank, isDecisive) => {
      const list = listOf(reasons, place, 2 * ranks)
      return kept(list, 2 * (rank + 1) + (isDecisive ? 1 : 0), () => reasonOpening(policy, place, rank, isDecisive))
    },
    finding: (index, found) => {
      const { rank, isSure, subjects } = found
      // Nearly all findings are of one subject; the others are not kept.
      if (subjects >= SUBJECT_BASE) return findingOpening(policy, index, found)
      const list = listOf(findings, index, 2 * ranks * SUBJECT_BASE)
      const at = (2 * (rank + 1) + (isSure ? 1 : 0)) * SUBJECT_BASE + subjects
      return kept(list, at, () => findingOpening(policy, index, found))
    },
  }
  made.set(policy, fragments)
  return fragments
}

function kept(list: Uint8Array[], at: number, make: () => Uint8Array): Uint8Array {
  const known = list[at]
  if (known !== undefined) return known
  const fresh = make()
  list[at] = fresh
  return fresh
}

function listOf(lists: Uint8Array[][], at: number, length: number): Uint8Array[] {
  const known = lists[at]
  if (known !== undefined && known.length > 0) return known
  const fresh = new Array<Uint8Array>(length)
  lists[at] = fresh
  return fresh
}

const OUTCOMES: readonly Recommendation['outcome'][] = ['recommended', 'withheld', 'redirected']

function levelsOpening(policy: Policy, { outcome, isStated, low, high, floor }: Standing): Uint8Array {
  const levels = {
    level: levelRef(policy, isStated ? low : -1),
    low: levelRef(policy, low),
    high: levelRef(policy, high),
    floor: levelRef(policy, floor),
  }
  return encoded(`",${membersTo('reasons', { outcome, ...levels, provisional: high > low })}`)
}

function reasonOpening(policy: Policy, place: number, rank: number, isDecisive: boolean): Uint8Array {
  const { kind, at } = kindOf(policy, place)
  const id = policy.places.ids[place] ?? ''
  const head = { id, kind, level: levelRef(policy, rank), decisive: isDecisive }
  return encoded(`{${membersTo('findings', { ...head, ...wordsOf(policy, { id, kind, at }) })}`)
}

function findingOpening(policy: Policy, index: number, { rank, isSure, subjects }: Found): Uint8Array {
  const { spec } = policy.indicators[index] as Policy['indicators'][number]
  const said = {
    indicator: spec.code,
    text: spec.text,
    level: policy.levels[rank]?.code ?? spec.level,
    ...matrixRef(policy, index, rank),
    state: isSure ? 'present' : 'possible',
    subjects: subjectsIn(subjects),
    citation: citationOf(policy, spec.code, spec.citation),
  }
  return encoded(`{${membersTo('evidence', said)}`)
}

function subjectsIn(subjects: number): (Subject | 'measurement')[] {
  const last = SUBJECTS[(subjects % SUBJECT_BASE) - 1]
  return last === undefined ? [] : [...subjectsIn(Math.floor(subjects / SUBJECT_BASE)), last]
}

/** The members of an object as text, up to those of the list that is its last one. */
function membersTo(list: string, before: object): string {
  return `${JSON.stringify(before).slice(1, -1)},"${list}":[`
}
