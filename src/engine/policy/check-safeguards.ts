/** Nothing takes away what the law, the pack or the base has fixed: gates, routes, oversight, and the pack itself. */
import { BUILT_IN_FACTS } from './check-references.ts'
import type { Checker } from './checker.ts'
import type { Source } from './resolve.ts'

/** Responses by which a referral is closed, or left to everyday services. */
const LIGHT: readonly string[] = ['universal_services', 'information_advice', 'no_further_action_signposting']
/** Outcomes of gates that never redirect a child in need, or are about no child at all. */
const HARMLESS: readonly string[] = ['private_law', 'information_only', 'not_a_child']

export function checkSafeguards(check: Checker, base: Source | undefined): void {
  checkNames(check)
  checkGates(check)
  checkRoutes(check)
  checkOversight(check)
  if (base) checkOverlay(check, base)
}

/** Facts and gates are answered under one name, and one of them would be taken for the other. */
function checkNames(check: Checker): void {
  const { facts, gates } = check.policy
  const reserved: readonly string[] = BUILT_IN_FACTS
  const codes = new Set(facts.map(({ code }) => code))
  facts.forEach(({ code }, i) => {
    if (reserved.includes(code)) refuseReserved(check, ['facts', i, 'code'], code)
  })
  gates.forEach(({ id }, i) => {
    if (reserved.includes(id)) refuseReserved(check, ['gates', i, 'id'], id)
    if (codes.has(id))
      check.error(['gates', i, 'id'], 'duplicate-code', `“${id}” is a fact too: answering it would open the gate.`)
  })
}

function refuseReserved(check: Checker, path: readonly (string | number)[], code: string): void {
  check.error(
    path,
    'reserved-code',
    `Every policy has “${code}” already, and what it means is fixed. Take another code.`,
  )
}

/** A gate sends a referral to somebody who will act; it does not close it over a child in need. */
function checkGates(check: Checker): void {
  const typeOf = new Map(check.policy.responses.map(({ code, type }) => [code, type]))
  check.policy.gates.forEach(({ id, outcome, response }, i) => {
    if (HARMLESS.includes(outcome) || !LIGHT.includes(typeOf.get(response) ?? '')) return
    check.error(
      ['gates', i, 'response'],
      'gate-swallows',
      `${id} answered yes would close the referral of a child in need. Name a response of type redirect or human_review.`,
    )
  })
}

function checkRoutes(check: Checker): void {
  const { levels, responses, routing } = check.policy
  const typeOf = new Map(responses.map(({ code, type }) => [code, type]))
  routing.forEach((route, i) => {
    if (levels.find(({ code }) => code === route.level)?.common !== 'child_in_need') return
    if (!route.responses.every((code) => [...LIGHT, 'redirect'].includes(typeOf.get(code) ?? ''))) return
    check.warn(
      ['routing', i, 'responses'],
      'route-too-light',
      `${route.level} reaches child in need, and this route offers no help or assessment. Name a response that does.`,
    )
  })
}

function checkOversight(check: Checker): void {
  const { oversight, responses } = check.policy
  const protective = responses.filter(({ type }) => type === 'immediate_protection' || type === 'strategy_discussion')
  if (!protective.some(({ code }) => oversight.signOff.responses.includes(code)))
    check.warn(
      ['oversight', 'signOff', 'responses'],
      'sign-off-missing',
      `Nobody signs off what protects a child. Name ${protective.map(({ code }) => code).join(' or ')}.`,
    )
  if (oversight.secondScreening.responses.length === 0 && oversight.secondScreening.randomPercent === 0)
    check.warn(
      ['oversight', 'secondScreening'],
      'second-screening-missing',
      'Nothing is screened a second time. Name the responses that close a referral, or a percentage.',
    )
}

/** What an overlay may replace without adding to it, it may not replace by less. */
function checkOverlay(check: Checker, base: Source): void {
  const { levels, oversight, indicators, rules } = check.policy
  const bands = ['universal', 'early_help', 'child_in_need', 'child_protection']
  levels.forEach(({ code, common }, i) => {
    const before = base.value.levels?.find((level) => level.code === code)?.common
    if (before && bands.indexOf(common) < bands.indexOf(before))
      check.error(
        ['levels', i, 'common'],
        'overlay-lowers-level',
        `${code} reaches ${before.replaceAll('_', ' ')} in the base. An overlay may not lower what a level reaches.`,
      )
  })
  const before = base.value.oversight
  const lost = (list: 'secondScreening' | 'signOff'): string[] =>
    before?.[list].responses.filter((code) => !oversight[list].responses.includes(code)) ?? []
  const missing = [...lost('secondScreening'), ...lost('signOff')]
  if (missing.length > 0 || (before?.blindFirst && !oversight.blindFirst))
    check.warn(
      ['oversight'],
      'overlay-weakens-oversight',
      `The base asks for more: ${missing.join(', ') || 'blindFirst'} is no longer overseen. Keep it, or say in changeReason why not.`,
    )
  const words = (
    items: readonly { code?: string; id?: string; text?: string; because?: string }[],
  ): Map<string, string> =>
    new Map(items.map(({ code, id, text, because }) => [code ?? id ?? '', text ?? because ?? '']))
  const fixed = [...(base.value.indicators ?? []), ...(base.value.rules ?? [])].filter(({ absolute }) => absolute)
  const written = words(fixed)
  const reworded = (section: 'indicators' | 'rules', code: string, text: string, i: number): void => {
    if (!written.has(code) || written.get(code) === text) return
    check.warn(
      [section, i],
      'overlay-rewords-absolute',
      `${code} is absolute in the base, and the overlay gives it other words. Make sure that they still mean all it meant.`,
    )
  }
  indicators.forEach(({ code, text }, i) => reworded('indicators', code, text, i))
  rules.forEach(({ id, because }, i) => reworded('rules', id, because, i))
}
