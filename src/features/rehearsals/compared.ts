/** One child under both policies: its movement, and what is stored and shown of it where somebody has to look. */
import { type Snapshot, score, type Verdict, verdicts } from '../../engine/index.ts'
import { type Comparison, compareVerdicts, type Movement } from '../../engine/rehearsal/compare.ts'
import { lostReasons } from '../../engine/rehearsal/lost.ts'

import { readCalendar } from '../policies/index.ts'
import type { ComparedChild } from './model.ts'

export interface Compared {
  readonly before: Verdict
  readonly after: Verdict
  readonly movement: Movement
}

/** @param snapshot with one child in it */
export function compareChild(comparison: Comparison, snapshot: Snapshot): Compared {
  const [before] = verdicts(comparison.before, snapshot)
  const [after] = verdicts(comparison.after, snapshot)
  if (!before || !after) throw new Error('A child was not scored')
  return { before, after, movement: compareVerdicts(comparison, before, after) }
}

/** The same in words: both verdicts, and the reasons that no longer hold. */
export function explained(comparison: Comparison, snapshot: Snapshot, compared: Compared): ComparedChild {
  const [before] = score(comparison.before, snapshot, readCalendar())
  const [after] = score(comparison.after, snapshot, readCalendar())
  if (!before || !after) throw new Error('A child was not scored')
  return {
    ways: [...compared.movement.ways],
    before: side(compared.before),
    after: side(compared.after),
    lost: lostReasons(comparison.ladder, before, after),
  }
}

function side({ outcome, level, low, high, floor, responses }: Verdict): ComparedChild['before'] {
  return { outcome, level, low, high, floor, responses: [...responses] }
}
