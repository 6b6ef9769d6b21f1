/** Level and conditions → responses, most serious first. A level does not fix a legal basis: the route does. */
import { addHours, addWorkingDays, type WorkingCalendar } from '../calendar/working-time.ts'
import { NO, YES } from '../conditions/kleene.ts'
import type { ChildState } from '../conditions/state.ts'
import type { CompiledRoute, Policy } from '../policy/policy.ts'
import type { Snapshot } from '../referral/snapshot.ts'
import type { Assessment } from './assess.ts'
import type { ResponseRef } from './recommendation.ts'

export interface Routed {
  readonly responses: readonly ResponseRef[]
  readonly alternatives: readonly ResponseRef[]
}

export interface Situation extends Assessment {
  readonly policy: Policy
  readonly snapshot: Snapshot
  readonly calendar: WorkingCalendar
}

/** Hears of a response, by its position in the policy's `answers`, and why; −1 is a response that the policy does not have. */
type Heard = (answer: number, because: string) => void

/**
 * The responses for a child. What a statutory trigger, a rule or an open gate asks for comes with what the route gives.
 * What the higher end of the range would lead to is among the alternatives, so that the low end never stands alone.
 */
export function routeChild(situation: Situation): Routed {
  const first = new Map<number, string[]>()
  recommend(situation.policy, situation, (answer, because) => add(first, answer, because))
  const { alternatives, sure } = alternativesOf(situation)
  for (const answer of first.keys()) alternatives.delete(answer)
  return {
    responses: refs(situation, first, () => false),
    alternatives: refs(situation, alternatives, (answer) => !sure.has(answer)),
  }
}

function add(into: Map<number, string[]>, answer: number, because: string): void {
  const already = into.get(answer)
  if (already) already.push(because)
  else into.set(answer, [because])
}

/** Names every response that is recommended, once for each reason. */
export function recommend(policy: Policy, assessment: Assessment, hear: Heard): void {
  const { reading, weighed, open } = assessment
  demand(policy, assessment, hear)
  for (const { answer, spec } of open) hear(answer, spec.because)
  if (assessment.withheld !== 0)
    hear(policy.review, 'The recommendation is withheld: a person has to look at what could not be mapped.')
  else if (weighed.floorPossible > weighed.low || reading.passedOver.length > 0)
    hear(
      policy.review,
      'Something that could call for protection is not known of this child. A person has to establish it.',
    )
  if (assessment.withheld !== 0 || assessment.isRedirected) return
  const route = routeAt(policy, reading.state, weighed.low)
  if (route) for (const answer of route.responses) hear(answer, route.spec.because)
}

/** Responses that fired triggers and rules ask for by name. */
function demand({ triggers, rules, places }: Policy, { weighed }: Assessment, hear: Heard): void {
  const { count, value, place } = weighed
  for (let at = 0; at < count; at++) {
    if (value[at] !== YES) continue
    const held = place[at] ?? 0
    if (held >= places.clusters) return
    const trigger = held < places.indicators ? triggers[held] : undefined
    const rule = held >= places.rules ? rules[held - places.rules] : undefined
    if (trigger) hear(trigger.answer, trigger.spec.because)
    if (rule && rule.answer >= 0) hear(rule.answer, rule.spec.because)
  }
}

/** The first route of a level that surely holds; none at no level. */
function routeAt({ routes }: Policy, state: ChildState, rank: number): CompiledRoute | undefined {
  if (rank < 0) return undefined
  for (const route of routes[rank] ?? []) if (route.test === null || route.test(state) === YES) return route
  return undefined
}

/** What else may be right, and which of it would be so without anything uncertain. */
function alternativesOf({ policy, reading: { state }, weighed, withheld, isRedirected }: Situation): {
  alternatives: Map<number, string[]>
  sure: ReadonlySet<number>
} {
  const alternatives = new Map<number, string[]>()
  const low = routeAt(policy, state, weighed.low)
  const because = low?.spec.because ?? ''
  if (withheld !== 0 || isRedirected) for (const answer of low?.responses ?? []) add(alternatives, answer, because)
  for (const answer of low?.alternatives ?? []) add(alternatives, answer, because)
  // What earlier routes of the level would have given if they surely held.
  for (const route of weighed.low < 0 ? [] : (policy.routes[weighed.low] ?? [])) {
    if (route === low) break
    if (route.test !== null && route.test(state) !== NO)
      for (const answer of route.responses) add(alternatives, answer, because)
  }
  const high = weighed.high > weighed.low ? routeAt(policy, state, weighed.high) : undefined
  for (const answer of high?.responses ?? [])
    add(alternatives, answer, `If what is uncertain is confirmed: ${high?.spec.because}`)
  return { alternatives, sure: new Set([...(low?.responses ?? []), ...(low?.alternatives ?? [])]) }
}

function refs(
  { policy, snapshot, calendar }: Situation,
  wanted: ReadonlyMap<number, string[]>,
  isConditional: (answer: number) => boolean,
): ResponseRef[] {
  return [...wanted]
    .sort(([a], [b]) => a - b)
    .flatMap(([answer, because]) => {
      const spec = policy.answers[answer]
      if (!spec) return []
      return [
        {
          code: spec.code,
          label: spec.label,
          type: spec.type,
          legalBasis: spec.legalBasis,
          lead: spec.lead,
          clocks: clocksOf(policy, spec, snapshot.receivedAt, calendar),
          consent: {
            rule: spec.consent.rule,
            overrideGrounds: spec.consent.overrideGrounds ?? null,
            ifMissing: spec.consent.ifMissing ?? null,
          },
          nextSteps: spec.nextSteps,
          because: [...new Set(because)],
          isConditional: isConditional(answer),
        },
      ]
    })
}

/** Due times of a response, where a clock starts with the referral; null where it starts with something still to come. */
function clocksOf(
  policy: Policy,
  spec: Policy['document']['responses'][number],
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
