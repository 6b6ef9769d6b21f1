/** What the sections on practice may not do: forbid protection, delay it, lower anything, or contradict the routing. */
import { leaves } from '../conditions/describe.ts'
import { refuseReached } from './check-practice.ts'
import type { Checker } from './checker.ts'
import type { IndicatorSpec } from './shape.ts'

const PROTECTS: readonly string[] = ['immediate_protection', 'strategy_discussion', 'human_review']

export function checkPracticeMeaning(check: Checker): void {
  const { policy } = check
  policy.indicators.forEach((indicator, i) => checkSteps(check, indicator, i))
  policy.rules.forEach(({ id, when, absolute }, r) => {
    if (absolute && leaves(when).some(({ leaf }) => 'reached' in leaf))
      check.error(
        ['rules', r, 'absolute'],
        'absolute-on-reached',
        `${id} rests on the level that is reached, which protective factors may have withheld: it cannot be absolute.`,
      )
  })
  policy.routing.forEach(({ when }, r) => when && refuseReached(check, when, ['routing', r, 'when']))
  policy.responses.forEach(({ code, type, consent }, r) => {
    if (!PROTECTS.includes(type)) return
    const effects = Object.values(consent.effects ?? {})
    if (effects.every((effect) => effect === 'proceed') && consent.holdWorkingDays === undefined) return
    check.error(
      ['responses', r, 'consent'],
      'consent-delays-protection',
      `${code} protects a child: whatever is known of consent, it proceeds and nothing is held.`,
    )
  })
  checkForbidden(check)
}

/** A step names what it rests on, and lifts. */
function checkSteps(check: Checker, { code, kind, level, raisedBy }: IndicatorSpec, i: number): void {
  if (!raisedBy) return
  if (kind === 'protective' || kind === 'expected')
    check.error(['indicators', i, 'raisedBy'], 'kind-cannot-raise', `${code} is ${kind}: it cannot have “raisedBy”.`)
  raisedBy.forEach((step, r) => {
    const { level: to, ...parts } = step
    if (Object.keys(parts).length === 0)
      check.error(
        ['indicators', i, 'raisedBy', r],
        'step-empty',
        `${code}: say by what it is raised: occurrence, durationMonths, withinMonths or trend.`,
      )
    if ((check.levelRank.get(to) ?? 0) <= (check.levelRank.get(level) ?? 0))
      check.error(
        ['indicators', i, 'raisedBy', r, 'level'],
        'step-lowers',
        `${code}: a step leads above the indicator's own level.`,
      )
  })
}

function checkForbidden(check: Checker): void {
  const { policy } = check
  const typeOf = new Map(policy.responses.map(({ code, type }) => [code, type]))
  policy.forbidden?.forEach(({ id, response, atLevels, together }, f) => {
    if (!atLevels && !together)
      check.error(['forbidden', f], 'forbidden-empty', `${id} forbids nothing. Write atLevels or together.`)
    if (PROTECTS.includes(typeOf.get(response) ?? ''))
      check.error(
        ['forbidden', f, 'response'],
        'forbidden-protection',
        `${response} protects a child or has a person look: no policy may forbid it.`,
      )
    policy.routing.forEach((route, r) => {
      const offered = [...route.responses, ...route.alternatives]
      const isAtLevel = atLevels?.includes(route.level) && offered.includes(response)
      const isTogether = route.responses.includes(response) && together?.some((code) => route.responses.includes(code))
      if (!isAtLevel && !isTogether) return
      check.error(
        ['routing', r],
        'forbidden-combination',
        `This route leads to ${response}, which ${id} forbids ${isAtLevel ? `at ${route.level}` : 'together with another'}.`,
      )
    })
  })
}
