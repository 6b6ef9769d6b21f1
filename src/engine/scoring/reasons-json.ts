/** Reasons as JSON in bytes, put together from the policy's fragments: what `JSON.stringify` makes of `score`'s. */
import { MAYBE, YES } from '../conditions/kleene.ts'
import type { ChildState } from '../conditions/state.ts'
import type { Policy } from '../policy/policy.ts'
import type { Snapshot } from '../referral/snapshot.ts'
import { assess, outcomeOf } from './assess.ts'
import { addPiece } from './evidence-json.ts'
import { type Fragments, fragmentsOf, SUBJECT_BASE, SUBJECTS } from './fragments.ts'
import { encoded, type JsonBytes } from './json-bytes.ts'
import { supports } from './weigh.ts'
import { type Workspace, withWorkspace } from './workspace.ts'

const START = encoded('[')
const CHILD = encoded('{"child":"')

/**
 * Writes level, range, floor and reasons of each child as a JSON array: byte for byte those properties of what `score` gives, in
 * its order: child, outcome, level, low, high, floor, provisional, reasons.
 */
export function explainedJson(policy: Policy, snapshot: Snapshot, into: JsonBytes): void {
  const fragments = fragmentsOf(policy)
  withWorkspace(policy, (workspace) => {
    into.add(START)
    for (const child of snapshot.children) {
      const assessment = assess(policy, snapshot, child, workspace)
      const { low, high, floor } = assessment.weighed
      into.add(CHILD)
      into.text(child.id)
      into.add(
        fragments.levels({ outcome: outcomeOf(assessment), isStated: assessment.withheld === 0, low, high, floor }),
      )
      addMembers(into, fragments, policy, workspace)
      into.endList()
      into.endMember()
    }
    into.endList()
  })
}

/** Writes the reasons of the child that was assessed last in a workspace, as a list. */
export function addReasons(into: JsonBytes, policy: Policy, workspace: Workspace): void {
  into.add(START)
  addMembers(into, fragmentsOf(policy), policy, workspace)
  into.endList()
}

function addMembers(into: JsonBytes, fragments: Fragments, policy: Policy, { state, weighed, spans }: Workspace): void {
  const { low, count, value, rankLow, place } = weighed
  spans.fill(0, 0, 2 * state.size)
  // What places the child highest first, the policy's order within.
  for (let rank = low; rank >= -1; rank--) {
    for (let at = 0; at < count; at++) {
      if (value[at] !== YES || rankLow[at] !== rank) continue
      const held = place[at] ?? 0
      into.add(fragments.reason(held, rank, rank >= 0 && rank === low))
      for (let k = 0; k < state.size; k++) {
        const index = state.order[k] ?? 0
        if (!restsOn(policy, state, held, index)) continue
        // A finding is often behind several reasons, and says the same in each.
        if (spans[2 * k + 1] === 0) {
          spans[2 * k] = into.length
          addFinding(into, fragments, policy, { state, index })
          // The comma after it may be taken back.
          spans[2 * k + 1] = into.length - 1
        } else into.again(spans[2 * k] ?? 0, spans[2 * k + 1] ?? 0)
      }
      into.endList()
      into.endMember()
    }
  }
}

/** Whether a finding is behind a placement; as `restingOn` in `place.ts`, for one indicator that was found. */
function restsOn({ places, indicators, rises }: Policy, state: ChildState, place: number, index: number): boolean {
  if (place >= places.cutoffs) return (indicators[index]?.points ?? 0) > 0
  if (place >= places.rules) {
    const rise = rises[place - places.rules]
    return rise !== undefined && supports(rise.looksAt, state, index, MAYBE)
  }
  if (place < places.indicators) return indicators[index]?.triggers.includes(place) ?? false
  return place - places.indicators === index
}

/** Writes an indicator that was found, with a comma after it. */
function addFinding(
  into: JsonBytes,
  fragments: Fragments,
  policy: Policy,
  { state, index }: { state: ChildState; index: number },
): void {
  const { first, next, findings, rankLow, found } = state
  const opening = {
    rank: rankLow[index] ?? 0,
    isSure: found[index] === YES,
    subjects: subjectsOf(policy, state, index),
  }
  into.add(fragments.finding(index, opening))
  for (let at = first[index] ?? -1; at >= 0; at = next[at] ?? -1) {
    const finding = findings[at]
    if (finding !== undefined) for (const piece of finding.evidence) addPiece(into, piece)
  }
  into.endList()
  into.endMember()
}

/** Of whom an indicator was found, in the order in which it was said. */
function subjectsOf({ indicators }: Policy, { first, next, findings, measures }: ChildState, index: number): number {
  let subjects = 0
  for (let at = first[index] ?? -1; at >= 0; at = next[at] ?? -1) {
    const finding = findings[at]
    if (finding !== undefined) subjects = withSubject(subjects, finding.subject)
  }
  const measure = indicators[index]?.measure ?? null
  return measure !== null && measures.has(measure) ? withSubject(subjects, 'measurement') : subjects
}

function withSubject(subjects: number, subject: (typeof SUBJECTS)[number]): number {
  let digit = 1
  while (SUBJECTS[digit - 1] !== subject) digit++
  for (let rest = subjects; rest > 0; rest = Math.floor(rest / SUBJECT_BASE))
    if (rest % SUBJECT_BASE === digit) return subjects
  return subjects * SUBJECT_BASE + digit
}
