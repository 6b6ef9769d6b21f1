/** May this decision be made, and how does it stand to the recommendation? Pure. */

import type { Departure, Movement } from '../../db/tables/decisions.ts'
import type { Policy, Recommendation } from '../../engine/index.ts'
import { type Actor, hasRole } from '../../kernel/actor.ts'
import { Refusal, type RefusalCode, type Wrong } from '../../kernel/errors.ts'
import type { DecisionInput } from './model.ts'

/** @throws Refusal qualification_required: only a named, qualified person decides. */
export function requireQualified(
  actor: Actor,
): asserts actor is Actor & { kind: 'human'; qualification: 'social_work' } {
  if (actor.kind === 'human' && actor.qualification === 'social_work') return
  throw new Refusal(
    'qualification_required',
    'A decision is made by a social-work-qualified person. Ask such a person to decide.',
  )
}

/** @throws Refusal unprocessable for a level or response that the policy does not have. */
function requireKnown(policy: Policy, { level, response }: Pick<DecisionInput, 'level' | 'response'>): void {
  const wrongs: Wrong[] = []
  if (!policy.rankOf.has(level))
    wrongs.push(
      wrong(
        '/level',
        'unknown_level',
        `The policy has no such level. Its levels are ${[...policy.rankOf.keys()].join(', ')}.`,
      ),
    )
  if (!policy.responses.has(response))
    wrongs.push(
      wrong(
        '/response',
        'unknown_response',
        `The policy has no such response. Its responses are ${[...policy.responses.keys()].join(', ')}.`,
      ),
    )
  if (wrongs.length > 0)
    throw new Refusal('unprocessable', 'The decision names what the policy does not have.', { errors: wrongs })
}

/**
 * @throws Refusal unprocessable for a level or response that the policy does not have; forbidden_combination for a response
 * that the document says must not be given at the level.
 */
export function requireAllowed(policy: Policy, { level, response }: Pick<DecisionInput, 'level' | 'response'>): void {
  requireKnown(policy, { level, response })
  const rule = (policy.document.forbidden ?? []).find(
    (item) => item.response === response && item.atLevels?.includes(level),
  )
  if (!rule) return
  const because = `${rule.because} (${rule.id}, section ${rule.citation.section})`
  throw refusal(
    'forbidden_combination',
    '/response',
    `The threshold document does not allow ${response} at ${level}: ${because}. Choose another response, or another level.`,
  )
}

/**
 * How a decision stands to what was recommended. A response more serious than any recommended is a raise, a less serious one
 * is another response at whatever level; a level below the lowest that was established is a lowering even where no level
 * was recommended.
 */
export function departureOf(
  policy: Policy,
  recommended: Recommendation,
  decided: Pick<DecisionInput, 'level' | 'response'>,
): Departure {
  const rank = policy.rankOf.get(decided.level) ?? 0
  if (recommended.low && rank < recommended.low.rank) return 'lowered'
  // A higher level does not make up for a response that does less.
  if (isLessSerious(policy, recommended, decided.response)) return 'other_response'
  if (recommended.level === null) return 'after_withholding'
  const isRecommended = recommended.responses.some(({ code }) => code === decided.response)
  return rank > recommended.level.rank || !isRecommended ? 'raised' : 'none'
}

/**
 * Less than the most serious of the responses that were recommended. Where a strategy discussion and an assessment were
 * recommended, the assessment alone is less. Where the recommendation was withheld or redirected, what the level that is
 * established leads to stands among the alternatives, and is what counts.
 */
function isLessSerious(policy: Policy, recommended: Recommendation, response: string): boolean {
  const rank = (code: string): number => policy.responseRank.get(code) ?? 0
  const { level, responses, alternatives } = recommended
  const established = level === null ? alternatives.filter(({ isConditional }) => !isConditional) : []
  return rank(response) > Math.min(...[...responses, ...established].map(({ code }) => rank(code)))
}

/** Responses that answer to a floor of an earlier version of the referral. */
const PROTECTING: readonly string[] = [
  'immediate_protection',
  'strategy_discussion',
  'section_17_assessment',
  'family_help',
]

/** Whether a decision falls short of what is absolute or statutory: by its level, or by a response that is less at that level. */
export function isBelowFloor(
  policy: Policy,
  recommended: Recommendation,
  decided: Pick<DecisionInput, 'level' | 'response'>,
): boolean {
  const rank = policy.rankOf.get(decided.level) ?? 0
  const { floor, earlierFloor } = recommended
  if (floor && (rank < floor.rank || isLessSerious(policy, recommended, decided.response))) return true
  if (!earlierFloor) return false
  const type = policy.responses.get(decided.response)?.type
  return rank < earlierFloor.rank || type === undefined || !PROTECTING.includes(type)
}

/**
 * Raising needs one step. Anything less needs a coded reason, and a second qualified person before it is complete; below a
 * floor it has to be a supervisor who decides, with a statutory reason.
 */
export function requireGrounds(
  policy: Policy,
  actor: Actor,
  recommended: Recommendation,
  decided: DecisionInput,
): Departure {
  const departure = departureOf(policy, recommended, decided)
  const belowFloor = isBelowFloor(policy, recommended, decided)
  const isLess = departure === 'lowered' || departure === 'other_response' || belowFloor
  if (!isLess) {
    if (decided.overrideReason !== undefined) requireListed(policy, decided.overrideReason)
    return departure
  }
  if (decided.overrideReason === undefined) {
    throw refusal(
      'override_reason_required',
      '/overrideReason',
      `This is less than, or other than, what was recommended. Give one of the reasons ${reasons(policy).join(', ')}.`,
    )
  }
  requireListed(policy, decided.overrideReason)
  if (belowFloor && !hasRole(actor, 'supervisor')) {
    throw new Refusal('forbidden', 'Only a supervisor may decide on less than what nothing may lower.')
  }
  if (belowFloor && decided.statutoryReason === undefined) {
    throw refusal(
      'statutory_reason_required',
      '/statutoryReason',
      'This falls below what the statutory pack or something absolute asks for, now or in an earlier version of the referral. State the statutory reason.',
    )
  }
  return departure
}

function requireListed(policy: Policy, code: string): void {
  if (reasons(policy).includes(code)) return
  throw refusal('unprocessable', '/overrideReason', `The policy lists the reasons ${reasons(policy).join(', ')}.`)
}

function reasons(policy: Policy): string[] {
  return policy.document.oversight.overrideReasons.map(({ code }) => code)
}

function refusal(code: RefusalCode, at: string, detail: string): Refusal {
  return new Refusal(code, detail, { errors: [wrong(at, code, detail)] })
}

function wrong(at: string, code: string, detail: string): Wrong {
  return { in: 'body', pointer: at, code, detail }
}

/** How the own judgement moved once the recommendation was seen. */
export function movementOf(
  policy: Policy,
  { level: recommended }: Recommendation,
  ownLevel: string,
  decidedLevel: string,
): Movement {
  if (ownLevel === decidedLevel) return 'kept'
  if (recommended === null) return 'moved'
  const [own, decided] = [policy.rankOf.get(ownLevel), policy.rankOf.get(decidedLevel)]
  if (own === undefined || decided === undefined) return 'moved'
  if (decided === recommended.rank) return 'to_recommendation'
  const isNearer = Math.abs(decided - recommended.rank) < Math.abs(own - recommended.rank)
  return isNearer ? 'towards_recommendation' : 'away_from_recommendation'
}
