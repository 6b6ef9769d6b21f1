/** Why a child goes down: the reasons under the policy in force that no longer hold, or hold at a lower level. */
import type { Reason, Recommendation } from '../scoring/recommendation.ts'
import type { Ladder } from './ladder.ts'

export interface LostReason {
  readonly id: string
  readonly kind: Reason['kind']
  /** Code of the level at which it placed the child; null where it set urgency, response or review alone. */
  readonly level: string | null
  /** Code of the level at which the same now places the child; null where it no longer holds. */
  readonly now: string | null
  /** The words of the policy in force. */
  readonly because: string
}

/** In the order of the reasons: the highest first. */
export function lostReasons(ladder: Ladder, before: Recommendation, after: Recommendation): LostReason[] {
  return before.reasons.flatMap(({ id, kind, level, because }) => {
    const still = after.reasons.find((reason) => reason.id === id && reason.kind === kind)
    const isLost = !still || ladder.isLower(level?.code ?? null, still.level?.code ?? null)
    return isLost ? [{ id, kind, level: level?.code ?? null, now: still?.level?.code ?? null, because }] : []
  })
}
