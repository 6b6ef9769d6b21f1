/** Level and conditions → responses, most serious first. A level does not fix a legal basis: the route does. */
import { addHours, addWorkingDays, type WorkingCalendar } from '../calendar/working-time.ts'
import { MAYBE, NO, YES } from '../conditions/kleene.ts'
import type { ChildState } from '../conditions/state.ts'
import type { Policy } from '../policy/policy.ts'
import type { Snapshot } from '../referral/snapshot.ts'
import type { Placed } from './place.ts'
import { isFloor } from './place.ts'
import { isForbidden } from './practice.ts'
import { isRedirected } from './protection.ts'
import type { ResponseRef } from './recommendation.ts'
import { columnOf } from './refer.ts'
import type { Reading } from './state.ts'

export interface Routed {
  readonly responses: readonly ResponseRef[]
  readonly alternatives: readonly ResponseRef[]
}

export interface Situation {
  readonly policy: Policy
  readonly snapshot: Snapshot
  readonly state: ChildState
  readonly reading: Reading
  readonly placed: Placed
  readonly calendar: WorkingCalendar
}

/**
 * The responses for a child. What a statutory trigger, a rule or an open gate asks for comes with what the route gives.
 * What the higher end of the range would lead to is among the alternatives, so that the low end never stands alone.
 */
export function routeChild(
  situation: Situation,
  withheld: boolean,
  open: readonly { readonly id: string; readonly outcome: string }[],
): Routed {
  const { policy, placed } = situation
  const gateResponses = policy.document.gates.filter(({ id }) => open.some((gate) => gate.id === id))
  const asked = demanded(situation)
  const atLow = placed.low >= 0 ? route(situation, placed.low) : { responses: [], alternatives: [], because: '' }
  const atHigh =
    placed.high > placed.low ? route(situation, placed.high) : { responses: [], alternatives: [], because: '' }
  const redirected = isRedirected(policy, placed, open)
  const review = policy.document.responses.find(({ type }) => type === 'human_review')
  const first = new Map<string, string[]>()
  const add = (into: Map<string, string[]>, code: string, because: string): void => {
    into.set(code, [...(into.get(code) ?? []), because])
  }
  for (const { code, because } of asked) add(first, code, because)
  for (const { response, because } of gateResponses) add(first, response, because)
  if (withheld && review)
    add(first, review.code, 'The recommendation is withheld: a person has to look at what could not be mapped.')
  else if (review && (mayNeedProtection(situation) || situation.reading.passedOver.length > 0))
    add(
      first,
      review.code,
      'Something that could call for protection is not known of this child. A person has to establish it.',
    )
  if (!withheld && !redirected) for (const code of atLow.responses) add(first, code, atLow.because)
  const second = new Map<string, string[]>()
  for (const code of withheld || redirected ? atLow.responses : []) add(second, code, atLow.because)
  for (const code of [...atLow.alternatives, ...(atLow.maybe ?? [])]) add(second, code, atLow.because)
  for (const code of atHigh.responses) add(second, code, `If what is uncertain is confirmed: ${atHigh.because}`)
  for (const code of first.keys()) second.delete(code)
  const sure = new Set([...atLow.responses, ...atLow.alternatives])
  return {
    responses: refs(situation, first, () => false),
    alternatives: refs(situation, second, (code) => !sure.has(code)),
  }
}

/** Something that nothing could lower is possible, and the level that is stated does not reach it. */
function mayNeedProtection({ policy, placed }: Situation): boolean {
  return placed.placements.some((p) => p.value === MAYBE && p.rankHigh > placed.low && isFloor(policy, p))
}

interface Route {
  readonly responses: readonly string[]
  readonly alternatives: readonly string[]
  readonly because: string
  readonly maybe?: readonly string[]
}

/** The first route of the level that surely holds; what earlier routes would have given if they held is kept as `maybe`. */
function route({ policy, state }: Situation, rank: number): Route {
  const maybe: string[] = []
  for (const { spec, test } of policy.routes[rank] ?? []) {
    const value = test === null ? YES : test(state)
    if (value === YES)
      return { responses: spec.responses, alternatives: spec.alternatives, because: spec.because, maybe }
    if (value !== NO) maybe.push(...spec.responses)
  }
  return { responses: [], alternatives: [], because: '', maybe }
}

/** Responses that fired triggers and rules ask for by name. */
function demanded(situation: Situation): { code: string; because: string }[] {
  const { policy, placed } = situation
  const sure = placed.placements.filter(({ value }) => value === YES)
  const columns = situation.state.support.flatMap((index) => columnDemand(situation, index))
  const named = sure.flatMap(({ id, kind }) => {
    if (kind === 'statutory') {
      const trigger = policy.triggers.find(({ spec }) => spec.code === id)
      return trigger ? [{ code: trigger.response, because: trigger.spec.because }] : []
    }
    const rule = kind === 'rule' ? policy.document.rules.find((candidate) => candidate.id === id) : undefined
    return rule?.then.response ? [{ code: rule.then.response, because: rule.because }] : []
  })
  // The routes were checked against what the document forbids; rules and matrices ask whatever the level is.
  const level = policy.levels[placed.low]?.code ?? ''
  return [...named, ...columns].filter(({ code }) => !isForbidden(policy, code, level))
}

/** What the column of a matrix asks for, where an indicator of it is surely found. */
function columnDemand({ policy, state }: Situation, index: number): { code: string; because: string }[] {
  const column = state.found[index] === YES ? columnOf(policy, state, index) : undefined
  return column?.response ? [{ code: column.response, because: `${column.title}: ${column.label}.` }] : []
}

function refs(
  { policy, snapshot, calendar }: Situation,
  wanted: ReadonlyMap<string, string[]>,
  isConditional: (code: string) => boolean,
): ResponseRef[] {
  // Protection first, then review by a person, then the rest as the policy orders them.
  const rank = (code: string): number => {
    const type = policy.responses.get(code)?.type
    const group =
      type === 'immediate_protection' || type === 'strategy_discussion' ? 0 : type === 'human_review' ? 1 : 2
    return group * 100_000 + (policy.responseRank.get(code) ?? 99_999)
  }
  return [...wanted]
    .sort(([a], [b]) => rank(a) - rank(b))
    .flatMap(([code, because]) => {
      const spec = policy.responses.get(code)
      if (!spec) return []
      return [
        {
          code,
          label: spec.label,
          type: spec.type,
          legalBasis: spec.legalBasis,
          lead: spec.lead,
          clocks: clocksOf(policy, spec, snapshot.receivedAt, calendar),
          consent: {
            rule: spec.consent.rule,
            overrideGrounds: spec.consent.overrideGrounds ?? null,
            ifMissing: spec.consent.ifMissing ?? null,
            ...consentNow(spec, snapshot, calendar),
          },
          nextSteps: spec.nextSteps,
          ...(spec.services ? { services: servicesNamed(policy, spec.services) } : {}),
          ...(spec.feedback === undefined ? {} : { feedback: spec.feedback }),
          because: [...new Set(because)],
          isConditional: isConditional(code),
        },
      ]
    })
}

type ResponseSpec = Policy['document']['responses'][number]

/** What the document does for want of consent, where it says so and there is none. */
function consentNow(
  { consent }: ResponseSpec,
  snapshot: Snapshot,
  calendar: WorkingCalendar,
): { now?: ResponseRef['consent']['now'] } {
  if (!consent.effects || snapshot.consent === 'obtained') return {}
  const effect = consent.effects[snapshot.consent]
  const days = effect === 'hold_and_ask' ? consent.holdWorkingDays : undefined
  const heldUntil = days === undefined ? null : addWorkingDays(snapshot.receivedAt, days, calendar)
  return { now: { effect, from: consent.from ?? null, heldUntil } }
}

function servicesNamed(policy: Policy, codes: readonly string[]): NonNullable<ResponseRef['services']> {
  return policy.document.services
    .filter(({ code }) => codes.includes(code))
    .map(({ code, name, description, contact }) => ({ code, name, description, contact }))
}

/** Due times of a response, where a clock starts with the referral; null where it starts with something still to come. */
function clocksOf(
  policy: Policy,
  spec: ResponseSpec,
  receivedAt: string,
  calendar: WorkingCalendar,
): ResponseRef['clocks'] {
  const statutory = policy.pack.clocks.find(({ code }) => code === spec.statutoryClock)
  const own = spec.clock ? [{ ...spec.clock, isStatutory: false }] : []
  return [...own, ...(statutory ? [{ ...statutory, hours: undefined, isStatutory: true }] : [])].map(
    ({ label, from, workingDays, hours, isStatutory }) => {
      const isStarted = from === 'referral_received'
      const days = isStarted && workingDays !== undefined ? addWorkingDays(receivedAt, workingDays, calendar) : null
      const dueAt =
        days ?? (isStarted && hours !== undefined ? addHours(receivedAt, hours, 'calendar', calendar) : null)
      return { label, from, dueAt, isStatutory }
    },
  )
}
