/** How soon: an axis of its own, never derived from the level alone. */
import { addHours } from '../calendar/working-time.ts'
import { YES } from '../conditions/kleene.ts'
import type { Placed } from './place.ts'
import type { Recommendation, ResponseRef } from './recommendation.ts'
import type { Situation } from './routing.ts'

interface Urgent extends Situation {
  readonly placed: Placed
}

interface Call {
  readonly code: string
  readonly because: string
  readonly sure: boolean
}

/** The most urgent band that anything found, any rule or any response asks for; the default where nothing does. */
export function urgencyOf(
  situation: Urgent,
  responses: readonly ResponseRef[],
): { urgency: Recommendation['urgency']; possible: string | null } {
  const { policy, snapshot, calendar } = situation
  const calls = callsOf(situation, responses)
  const rank = (code: string): number => policy.urgencyRank.get(code) ?? Number.MAX_SAFE_INTEGER
  const most = (list: readonly Call[]): string =>
    [policy.document.urgency.default, ...list.map(({ code }) => code)].sort((a, b) => rank(a) - rank(b))[0] ?? ''
  // Where a person has to establish something, it is established as soon as it would matter.
  const isReviewed = responses.some(({ type }) => type === 'human_review')
  const code = most(isReviewed ? calls : calls.filter(({ sure }) => sure))
  const possible = most(calls)
  const band = policy.document.urgency.bands.find((candidate) => candidate.code === code)
  if (!band) throw new Error(`The policy has no urgency band ${code}`)
  return {
    urgency: {
      code,
      label: band.label,
      hours: band.hours,
      clock: band.clock,
      dueAt: addHours(snapshot.receivedAt, band.hours, band.clock, calendar),
      because: [...new Set(calls.filter((call) => call.code === code).map(({ because }) => because))],
    },
    possible: rank(possible) < rank(code) ? possible : null,
  }
}

function callsOf(situation: Urgent, responses: readonly ResponseRef[]): Call[] {
  const { policy, placed, reading } = situation
  const { state } = reading
  const indicators = state.support.flatMap((index): Call[] => {
    const spec = policy.indicators[index]?.spec
    return spec?.urgency ? [{ code: spec.urgency, because: spec.text, sure: state.found[index] === YES }] : []
  })
  const rules = placed.placements.flatMap((placement): Call[] => {
    const rule = placement.kind === 'rule' ? policy.rules[placement.at]?.spec : undefined
    return rule?.then.urgency ? [{ code: rule.then.urgency, because: rule.because, sure: placement.value === YES }] : []
  })
  const answered = responses.flatMap(({ code, label }): Call[] => {
    const urgency = policy.responses.get(code)?.urgency
    return urgency ? [{ code: urgency, because: `${label} is recommended.`, sure: true }] : []
  })
  // What the document has for another age is still something that somebody saw: it is looked at as soon.
  const outOfAge = reading.outOfAge.flatMap((code): Call[] => {
    const spec = policy.indicators[policy.indexOf.get(code) ?? -1]?.spec
    return spec?.urgency ? [{ code: spec.urgency, because: spec.text, sure: true }] : []
  })
  return [...indicators, ...rules, ...answered, ...outOfAge]
}
