/** What a case expects against what came out. */
import type { Policy } from '../policy/policy.ts'
import type { Recommendation } from '../scoring/recommendation.ts'
import type { Expectation } from './shape.ts'

/** Everything that came out otherwise, in words; what the case does not mention may be anything. */
export function compare(expected: Expectation, got: Recommendation, policy: Policy): string[] {
  return [...compareValues(expected, got), ...compareLists(expected, got), ...compareReviews(expected, got, policy)]
}

function compareReviews({ reviews = [] }: Expectation, got: Recommendation, policy: Policy): string[] {
  const missing = reviews.filter((wanted) => {
    const rule = policy.document.rules.find(({ id }) => id === wanted)
    return !got.reviews.some((words) => (rule ? words === rule.then.review : words.includes(wanted)))
  })
  return missing.length > 0 ? [`reviews: nothing asks for ${missing.join(', ')}`] : []
}

function compareValues(expected: Expectation, got: Recommendation): string[] {
  const pairs: [string, unknown, unknown][] = [
    ['withheld', expected.withheld, got.withheldBecause.length > 0],
    ['level', expected.level, got.level?.code ?? null],
    ['low', expected.low, got.low?.code ?? null],
    ['high', expected.high, got.high?.code ?? null],
    ['floor', expected.floor, got.floor?.code ?? null],
    ['urgency', expected.urgency, got.urgency.code],
    ['split', expected.split, got.practice?.split?.code ?? null],
  ]
  return pairs
    .filter(([, wanted, found]) => wanted !== undefined && wanted !== found)
    .map(([what, wanted, found]) => `${what}: expected ${String(wanted)}, got ${String(found)}`)
}

function compareLists(expected: Expectation, got: Recommendation): string[] {
  const codes = (items: readonly { code: string }[]): string[] => items.map(({ code }) => code)
  const reasons = got.reasons.flatMap(({ id, findings }) => [id, ...findings.map(({ indicator }) => indicator)])
  const ids = got.reasons.map(({ id }) => id)
  const steps = (got.practice?.transitions ?? []).flatMap(({ id, to }) => [id, to.code])
  const unmet = unmetOf(got)
  const open = got.outcome === 'redirected' ? got.gates.filter(({ answer }) => answer === 'yes') : []
  const wanted: [string, readonly string[] | undefined, readonly string[]][] = [
    [
      'redirected',
      expected.redirected === undefined ? undefined : [expected.redirected],
      open.flatMap(({ id, outcome }) => [id, outcome]),
    ],
    ['responses', expected.responses, codes(got.responses)],
    ['alternatives', expected.alternatives, codes(got.alternatives)],
    ['reasons', expected.reasons, reasons],
    ['reasons', expected.onlyReasons, ids],
    ['questions', expected.questions, got.questions.map(({ id }) => id)],
    ['transitions', expected.transitions, steps],
    ['unmet', expected.unmet, unmet],
    ['alerts', expected.alerts, codes(got.alerts)],
  ]
  const unwanted: [string, readonly string[] | undefined, readonly string[]][] = [
    ['responses', expected.notResponses, codes(got.responses)],
    ['reasons', expected.notReasons, ids],
    ['transitions', expected.notTransitions, steps],
    ['unmet', expected.notUnmet, unmet],
    ['reasons', expected.onlyReasons && ids.filter((id) => !expected.onlyReasons?.includes(id)), ids],
  ]
  return [
    ...wanted.flatMap(([what, list = [], found]) => {
      const missing = list.filter((code) => !found.includes(code))
      return missing.length > 0 ? [`${what}: ${missing.join(', ')} not among ${found.join(', ') || 'none'}`] : []
    }),
    ...unwanted.flatMap(([what, list = [], found]) => {
      const there = list.filter((code) => found.includes(code))
      return there.length > 0 ? [`${what}: ${there.join(', ')} should not be there`] : []
    }),
  ]
}

/** Requirements that apply and are not met. */
export function unmetOf({ practice }: Recommendation): string[] {
  return (practice?.requirements ?? []).filter(({ met }) => !met).map(({ id }) => id)
}
