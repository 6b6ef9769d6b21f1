/** What the policy makes of a child, before anything is put into words: what `score` explains and `verdicts` states. */
import { YES } from '../conditions/kleene.ts'
import type { ChildState } from '../conditions/state.ts'
import type { CompiledGate, Policy } from '../policy/policy.ts'
import { factsOf, type Snapshot, type SnapshotChild } from '../referral/snapshot.ts'
import { isRedirected } from './protection.ts'
import type { Recommendation } from './recommendation.ts'
import { type Reading, readInto } from './state.ts'
import { type Weighed, weigh } from './weigh.ts'
import type { Workspace } from './workspace.ts'

/** Holds as long as its workspace is not used for another child. */
export interface Assessment {
  readonly reading: Reading
  readonly weighed: Weighed
  /** Bits of NOT_PLACED, UNMAPPED, UNKNOWN_CODE and OUT_OF_AGE; 0 where a level is stated. */
  readonly withheld: number
  /** Gates that are answered yes. */
  readonly open: readonly CompiledGate[]
  readonly isRedirected: boolean
}

/** Nothing surely places the child. */
export const NOT_PLACED = 1
/** Somebody wrote a concern that fits no indicator. */
export const UNMAPPED = 2
/** The policy does not have an indicator that was named. */
export const UNKNOWN_CODE = 4
/** Something was found that the document has for another age. */
export const OUT_OF_AGE = 8

const NONE: readonly never[] = []

export function assess(policy: Policy, snapshot: Snapshot, child: SnapshotChild, workspace: Workspace): Assessment {
  const { weighed } = workspace
  const reading = readInto(workspace.state, policy, snapshot, child)
  weigh(policy, reading.state, weighed)
  const top = policy.levels.length - 1
  const { unknownCodes, outOfAge, passedOver } = reading
  // What could not be mapped may be anything: the high end of the range is then the highest level.
  if (child.unmapped.length + unknownCodes.length + outOfAge.length + passedOver.length > 0) weighed.high = top
  const open = reading.state.answeredSize === 0 ? NONE : openGates(policy, reading.state, snapshot, child.id)
  return {
    reading,
    weighed,
    // A level that nothing could raise further is stated all the same.
    withheld: weighed.low === top ? 0 : withholdings(reading, child, weighed.low),
    open,
    isRedirected: open.length > 0 && isRedirected(policy, weighed, open),
  }
}

export function outcomeOf({ isRedirected, withheld }: Assessment): Recommendation['outcome'] {
  return isRedirected ? 'redirected' : withheld !== 0 ? 'withheld' : 'recommended'
}

function withholdings({ unknownCodes, outOfAge }: Reading, { unmapped }: SnapshotChild, low: number): number {
  let because = 0
  if (low < 0) because |= NOT_PLACED
  if (unmapped.length > 0) because |= UNMAPPED
  if (unknownCodes.length > 0) because |= UNKNOWN_CODE
  if (outOfAge.length > 0) because |= OUT_OF_AGE
  return because
}

/** In the policy's order. */
function openGates(
  { gates, dangerFact }: Policy,
  { facts }: ChildState,
  snapshot: Snapshot,
  child: string,
): readonly CompiledGate[] {
  let open: CompiledGate[] | undefined
  for (const gate of gates) {
    if (facts[gate.fact] !== YES) continue
    // Danger that the referrer states answers no gate, even one of that name.
    if (gate.fact === dangerFact && !isAnsweredYes(snapshot, child, gate.spec.id)) continue
    if (open === undefined) open = [gate]
    else open.push(gate)
  }
  return open ?? NONE
}

function isAnsweredYes(snapshot: Snapshot, child: string, gate: string): boolean {
  return factsOf(snapshot, child).some(({ code, answer }) => code === gate && answer === 'yes')
}
