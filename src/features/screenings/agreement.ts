/** How far two people who looked at the same child agree: on the level, and on what they saw. Pure. */
import type { Policy } from '../../engine/index.ts'
import type { Agreement } from './model.ts'

export interface Seen {
  readonly level: string
  readonly response: string | null
  readonly indicators: readonly string[]
}

/** The same outcome for other reasons is not agreement: sets of indicators are compared as well as levels. */
export function agreementOf(policy: Policy, first: Seen, second: Seen): Omit<Agreement, 'decisionId'> {
  const both = first.indicators.filter((code) => second.indicators.includes(code))
  const onlyFirst = first.indicators.filter((code) => !second.indicators.includes(code))
  const onlySecond = second.indicators.filter((code) => !first.indicators.includes(code))
  const all = both.length + onlyFirst.length + onlySecond.length
  const [a, b] = [policy.rankOf.get(first.level), policy.rankOf.get(second.level)]
  return {
    level: first.level === second.level,
    levelsApart: a === undefined || b === undefined ? null : Math.abs(a - b),
    response: first.response === second.response,
    indicators: { both, onlyFirst, onlySecond, percent: all === 0 ? 100 : Math.floor((both.length * 100) / all) },
  }
}
