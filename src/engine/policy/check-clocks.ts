/** Clocks and consent: nothing that protects a child waits for a date, a band or somebody's agreement. */
import { PROTECTIVE_TYPES } from '../vocabulary.ts'
import type { Checker } from './checker.ts'
import type { ResponseSpec } from './shape.ts'

const ASSESSMENT: readonly string[] = ['section_17_assessment', 'family_help']
/** Hours from receipt within which immediate protection has to be there, and working days for a discussion. */
const IMMEDIATE_HOURS_MAX = 24
const DISCUSSION_DAYS_MAX = 3

export function checkClocks(check: Checker): void {
  check.policy.responses.forEach((response, i) => {
    const { clock, code, type } = response
    if (clock?.hours !== undefined && clock.workingDays !== undefined)
      check.error(
        ['responses', i, 'clock'],
        'clock-ambiguous',
        `${code}: the clock gives both workingDays and hours. Keep the one that the document means.`,
      )
    checkStatutoryClock(check, response, i)
    if (type === 'immediate_protection') checkImmediate(check, response, i)
    if (type === 'strategy_discussion') checkDiscussion(check, response, i)
    checkWaiting(check, response, i)
  })
  checkProtectionConsent(check)
}

/** Immediate protection is a matter of hours from receipt, and asks for the most urgent band: the default may be days. */
function checkImmediate(check: Checker, { clock, code, urgency }: ResponseSpec, i: number): void {
  const { bands } = check.policy.urgency
  if (urgency !== bands[0]?.code)
    check.error(
      ['responses', i, urgency === undefined ? 'code' : 'urgency'],
      'protection-delayed',
      `${code} protects at once: give it \`urgency: ${bands[0]?.code}\`, the most urgent band.`,
    )
  if (clock?.from === 'referral_received' && clock.hours !== undefined && clock.hours <= IMMEDIATE_HOURS_MAX) return
  check.error(
    ['responses', i, clock ? 'clock' : 'code'],
    'protection-delayed',
    `${code} protects at once: give it a clock of at most ${IMMEDIATE_HOURS_MAX} hours from referral_received.`,
  )
}

function checkDiscussion(check: Checker, { clock, code, urgency }: ResponseSpec, i: number): void {
  const isLate = clock?.hours === undefined && (clock?.workingDays ?? DISCUSSION_DAYS_MAX + 1) > DISCUSSION_DAYS_MAX
  const isLater = clock?.from === 'conference' || clock?.from === 'strategy_discussion'
  if (isLate || isLater)
    check.warn(
      ['responses', i, clock ? 'clock' : 'code'],
      'protection-slow',
      `${code}: a strategy discussion is held within ${DISCUSSION_DAYS_MAX} working days of receipt or decision. Give it such a clock.`,
    )
  if (urgency === undefined)
    check.warn(
      ['responses', i, 'code'],
      'protection-slow',
      `${code} asks for no urgency, so that the default band applies to a child who needs protection. Give it one.`,
    )
  for (const { code: name, label, workingDays, from } of check.pack.clocks) {
    if (from !== 'strategy_discussion' || check.policy.responses[i]?.statutoryClock === name) continue
    if (clock?.from === from && clock.workingDays !== undefined && clock.workingDays <= workingDays) continue
    check.warn(
      ['responses', i, 'code'],
      'statutory-clock-missing',
      `${code} starts the statutory clock “${name}” (${label}) and does not show it. Write \`statutoryClock: ${name}\`.`,
    )
  }
}

/** A clock of the pack belongs to what it is about, and an assessment has one that starts by itself. */
function checkStatutoryClock(check: Checker, { statutoryClock, clock, code, type }: ResponseSpec, i: number): void {
  const pack = check.pack.clocks.find((candidate) => candidate.code === statutoryClock)
  const fits =
    pack?.from === 'strategy_discussion' || pack?.from === 'conference'
      ? PROTECTIVE_TYPES.includes(type)
      : statutoryClock !== 'assessment' || [...PROTECTIVE_TYPES, ...ASSESSMENT].includes(type)
  if (!fits)
    check.warn(
      ['responses', i, 'statutoryClock'],
      'clock-wrong-response',
      `The statutory clock “${statutoryClock}” is not about ${code}. Name another, or give it a clock of its own.`,
    )
  if (!ASSESSMENT.includes(type) || statutoryClock === 'assessment') return
  const startsByItself = clock?.from === 'referral_received' || clock?.from === 'decision_made'
  if (!startsByItself)
    check.error(
      ['responses', i, statutoryClock === undefined ? 'clock' : 'statutoryClock'],
      'weakens-statutory-clock',
      `${code} is an assessment: write \`statutoryClock: assessment\`, or a clock from receipt or decision.`,
    )
}

const WAITING: readonly (string | undefined)[] = ['return_to_referrer', 'hold_and_ask']

/** What protects, and the look of a person that stands in for it, neither goes back nor waits for an answer. */
function checkWaiting(check: Checker, { code, consent, type }: ResponseSpec, i: number): void {
  const protects = PROTECTIVE_TYPES.includes(type)
  if (!protects && type !== 'human_review') return
  if (WAITING.includes(consent.ifMissing))
    check.error(
      ['responses', i, 'consent', 'ifMissing'],
      'consent-delays-protection',
      `${code} cannot wait for consent: write \`ifMissing: proceed\`, or leave it out.`,
    )
  if (type === 'human_review' && consent.rule === 'required')
    check.error(
      ['responses', i, 'consent'],
      'consent-delays-protection',
      `${code} is a person reading what was sent: that needs nobody's consent. Write \`rule: not_required\`.`,
    )
}

/** At the level of protection something is done that needs no consent, or can go ahead without. */
function checkProtectionConsent(check: Checker): void {
  const { levels, responses, routing } = check.policy
  const byCode = new Map(responses.map((response) => [response.code, response]))
  const canProceed = ({ type, consent }: ResponseSpec): boolean =>
    PROTECTIVE_TYPES.includes(type) ||
    (ASSESSMENT.includes(type) && consent.rule !== 'required' && consent.ifMissing !== 'return_to_referrer')
  routing.forEach((route, i) => {
    if (levels.find(({ code }) => code === route.level)?.common !== 'child_protection') return
    const specs = route.responses.flatMap((code) => byCode.get(code) ?? [])
    if (
      !specs.some(({ type }) => PROTECTIVE_TYPES.includes(type) || ASSESSMENT.includes(type)) ||
      specs.some(canProceed)
    )
      return
    check.error(
      ['routing', i, 'responses'],
      'consent-delays-protection',
      `${route.level} reaches child protection, and all that protects or assesses on this route waits for consent.`,
    )
  })
}
