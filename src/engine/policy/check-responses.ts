/** Every level leads to a response, every response has a clock and a consent rule that delays nobody's protection. */
import { COMMON_SCALE, PROTECTIVE_TYPES, QUALITY_FEATURES } from '../vocabulary.ts'
import type { Checker } from './checker.ts'

const ASSESSMENT_TYPES: readonly string[] = ['section_17_assessment', 'family_help', 'strategy_discussion']

export function checkResponseMeaning(check: Checker): void {
  checkLevels(check)
  checkRouting(check)
  checkProtectionRoutes(check)
  checkBands(check)
  check.policy.responses.forEach((response, i) => {
    if (!response.clock && !response.statutoryClock) {
      check.error(
        ['responses', i],
        'response-without-clock',
        `${response.code} has no clock. Give it \`clock\` or \`statutoryClock\`.`,
      )
    }
    if (response.clock && response.clock.workingDays === undefined && response.clock.hours === undefined) {
      check.error(['responses', i, 'clock'], 'clock-empty', `${response.code}: the clock needs workingDays or hours.`)
    }
    if (
      PROTECTIVE_TYPES.includes(response.type) &&
      !['not_required', 'inform_unless_risk'].includes(response.consent.rule)
    ) {
      check.error(
        ['responses', i, 'consent'],
        'consent-delays-protection',
        `${response.code} protects a child: its consent rule must be not_required or inform_unless_risk.`,
      )
    }
    if (ASSESSMENT_TYPES.includes(response.type)) checkAssessmentClock(check, i)
  })
  checkStatutory(check)
  for (const feature of QUALITY_FEATURES) {
    if (check.policy.quality.some((item) => item.feature === feature)) continue
    check.warn(['quality'], 'quality-feature-missing', `The referral-quality checklist leaves out “${feature}”.`)
  }
}

function checkLevels(check: Checker): void {
  const { levels, urgency } = check.policy
  levels.forEach((level, i) => {
    const before = levels[i - 1]
    if (before && COMMON_SCALE.indexOf(level.common) < COMMON_SCALE.indexOf(before.common)) {
      check.error(
        ['levels', i, 'common'],
        'level-order',
        `${level.label} comes after ${before.label} but reaches a lower band of the common scale. List levels lowest first.`,
      )
    }
  })
  if (!levels.some(({ common }) => common === 'child_protection')) {
    check.error(['levels'], 'level-missing', 'No level reaches child_protection on the common scale.')
  }
  if (urgency.bands.length > 1 && urgency.bands[0]?.code === urgency.default) {
    check.error(
      ['urgency', 'default'],
      'urgency-default',
      'The default band is the most urgent one; bands are listed most urgent first.',
    )
  }
}

/** A level that reaches child protection leads to protection or to an assessment by a social worker, whatever the route. */
function checkProtectionRoutes(check: Checker): void {
  const { levels, responses, routing } = check.policy
  const typeOf = new Map(responses.map(({ code, type }) => [code, type]))
  const enough: readonly string[] = [...PROTECTIVE_TYPES, ...ASSESSMENT_TYPES]
  routing.forEach((route, i) => {
    if (levels.find(({ code }) => code === route.level)?.common !== 'child_protection') return
    if (route.responses.some((code) => enough.includes(typeOf.get(code) ?? ''))) return
    check.error(
      ['routing', i, 'responses'],
      'route-too-low',
      `${route.level} reaches child protection: this route needs a response that protects or assesses.`,
    )
  })
}

/** Bands stand most urgent first, and the most urgent is a matter of hours. An office is open for a third of the day. */
function checkBands(check: Checker): void {
  const { bands } = check.policy.urgency
  const hours = bands.map((band) => (band.clock === 'calendar' ? band.hours : band.hours * 3))
  hours.forEach((slow, i) => {
    if (i > 0 && slow < (hours[i - 1] ?? 0))
      check.error(
        ['urgency', 'bands', i],
        'urgency-order',
        `The band “${bands[i]?.label}” is quicker than the one before it. List bands most urgent first.`,
      )
  })
  if ((hours[0] ?? 0) > 24)
    check.error(['urgency', 'bands', 0], 'urgency-order', 'The most urgent band allows more than a day.')
}

function checkRouting(check: Checker): void {
  const { levels, routing } = check.policy
  levels.forEach((level, l) => {
    const routes = routing.map((route, i) => ({ route, i })).filter(({ route }) => route.level === level.code)
    const always = routes.findIndex(({ route }) => route.when === undefined)
    if (always < 0) {
      check.error(
        ['levels', l],
        'level-without-response',
        `${level.label}: the last route of a level has no “when”, so that every child has a response.`,
      )
    }
    for (const { i } of always < 0 ? [] : routes.slice(always + 1)) {
      check.error(
        ['routing', i],
        'unreachable-route',
        `A route without “when” for ${level.label} stands before this one, so it is never taken.`,
      )
    }
  })
}

function checkAssessmentClock(check: Checker, i: number): void {
  const response = check.policy.responses[i]
  const statutory = check.pack.clocks.find(({ code }) => code === 'assessment')
  const clock = response?.clock
  const days = clock?.workingDays
  // A clock that starts with the decision comes on top of the time that the decision may take.
  const before =
    clock?.from === 'decision_made' ? (check.pack.clocks.find(({ code }) => code === 'decision')?.workingDays ?? 0) : 0
  if (!response || !statutory || days === undefined || days + before <= statutory.workingDays) return
  check.error(
    ['responses', i, 'clock', 'workingDays'],
    'weakens-statutory-clock',
    `${response.code} allows ${days + before} working days from receipt; the statutory pack allows ${statutory.workingDays}.`,
  )
}

function checkStatutory(check: Checker): void {
  const { policy, pack } = check
  for (const trigger of pack.triggers) {
    if (policy.responses.some(({ type }) => trigger.responses.includes(type))) continue
    check.error(
      ['responses'],
      'response-missing',
      `The statutory trigger “${trigger.code}” needs a response of type ${trigger.responses.join(' or ')}.`,
    )
  }
  for (const type of ['immediate_protection', 'human_review'] as const) {
    if (policy.responses.some((response) => response.type === type)) continue
    check.error(['responses'], 'response-missing', `The policy needs a response of type ${type}.`)
  }
  const decision = pack.clocks.find(({ code }) => code === 'decision')
  if (decision && policy.oversight.decision.withinWorkingDays > decision.workingDays) {
    check.error(
      ['oversight', 'decision', 'withinWorkingDays'],
      'weakens-statutory-clock',
      `A decision is due within ${decision.workingDays} working day; ${policy.oversight.decision.withinWorkingDays} is longer.`,
    )
  }
}
