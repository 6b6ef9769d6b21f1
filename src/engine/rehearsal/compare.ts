/** One child under two policies: how it moves, and whether anything is less than before. */
import type { Policy } from '../policy/policy.ts'
import type { Verdict } from '../scoring/verdicts.ts'
import { RESPONSE_TYPES } from '../vocabulary.ts'
import { type Ladder, ladderOf } from './ladder.ts'

/**
 * What is less than before.
 * `level`: what is established is lower. `floor`: what nothing may lower is lower. `response`: the most serious response is
 * less serious, whatever the level. `review`: a person was to look, is not any more, and nothing higher is established.
 */
export const WAYS_DOWN = ['level', 'floor', 'response', 'review'] as const
export type WayDown = (typeof WAYS_DOWN)[number]

/**
 * The lists of children for people to look at. `down`: at least one way down. `withheld`: a level was stated, and now a
 * person has to look. `stated`: the other way round, with nothing less than before.
 */
export const LISTS = ['down', 'withheld', 'stated'] as const
export type List = (typeof LISTS)[number]

/** States beside the levels. No code of a policy can be written so. */
export const WITHHELD = '(withheld)'
export const REDIRECTED = '(redirected)'
export const NO_RESPONSE = '(none)'

export interface Movement {
  /** Code of the level that is stated, or that none is. */
  readonly level: readonly [before: string, after: string]
  /** Code of the first response. */
  readonly response: readonly [before: string, after: string]
  readonly ways: readonly WayDown[]
  readonly list: List | null
}

/** Two policies made ready to compare verdicts: `before` is in force, `after` the draft. */
export interface Comparison {
  readonly before: Policy
  readonly after: Policy
  readonly ladder: Ladder
}

export function comparisonOf(before: Policy, after: Policy): Comparison {
  return { before, after, ladder: ladderOf(before, after) }
}

export function compareVerdicts(comparison: Comparison, before: Verdict, after: Verdict): Movement {
  const ways = waysDown(comparison, before, after)
  return {
    level: [stateOf(before), stateOf(after)],
    response: [before.responses[0] ?? NO_RESPONSE, after.responses[0] ?? NO_RESPONSE],
    ways,
    list: listOf(ways, before, after),
  }
}

export function stateOf({ outcome, level }: Verdict): string {
  if (outcome === 'redirected') return REDIRECTED
  return outcome === 'withheld' || level === null ? WITHHELD : level
}

function waysDown(comparison: Comparison, before: Verdict, after: Verdict): WayDown[] {
  const { ladder } = comparison
  const isFloorLower = ladder.isLower(before.floor, after.floor)
  // A level that is now withheld is for a person to look at, and has a list of its own; a floor that is gone is a loss all the same.
  if (after.outcome === 'withheld' && before.outcome !== 'withheld') return isFloorLower ? ['floor'] : []
  const holds: Record<WayDown, boolean> = {
    level: ladder.isLower(before.low, after.low),
    floor: isFloorLower,
    response: isLessSerious(comparison, before.responses, after.responses),
    review:
      asksForReview(comparison.before, before) &&
      !asksForReview(comparison.after, after) &&
      !ladder.isHigher(before.low, after.low),
  }
  return WAYS_DOWN.filter((way) => holds[way])
}

function listOf(ways: readonly WayDown[], before: Verdict, after: Verdict): List | null {
  if (ways.length > 0) return 'down'
  const [wasWithheld, isWithheld] = [before.outcome === 'withheld', after.outcome === 'withheld']
  if (wasWithheld === isWithheld) return null
  return isWithheld ? 'withheld' : 'stated'
}

function asksForReview(policy: Policy, { outcome, responses }: Verdict): boolean {
  return outcome === 'withheld' || responses.some((code) => policy.responses.get(code)?.type === 'human_review')
}

interface Seriousness {
  /** Position in the order of response types; less is more serious. */
  readonly type: number
  readonly code: string
}

/**
 * By the type of the most serious response, review by a person left out: it stands beside the others. Within a type by the
 * order of the policy in force, as far as it has both codes.
 */
function isLessSerious({ before, after }: Comparison, was: readonly string[], is: readonly string[]): boolean {
  const [then, now] = [mostSerious(before, was), mostSerious(after, is)]
  if (!then) return false
  if (!now || now.type !== then.type) return !now || now.type > then.type
  const rank = (code: string): number | undefined => before.responseRank.get(code)
  return (rank(now.code) ?? -1) > (rank(then.code) ?? 0)
}

function mostSerious({ responses, responseRank }: Policy, codes: readonly string[]): Seriousness | undefined {
  const [first] = codes
    .flatMap((code) => {
      const type = responses.get(code)?.type
      return type === undefined || type === 'human_review' ? [] : [{ code, type: RESPONSE_TYPES.indexOf(type) }]
    })
    .sort((a, b) => a.type - b.type || (responseRank.get(a.code) ?? 0) - (responseRank.get(b.code) ?? 0))
  return first
}
