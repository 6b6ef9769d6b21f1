/** Conditions in words, and what they rest on: for reasons, near misses and the policy's own check. */
import type { AgeRange, Condition } from './shape.ts'

/** The text of an indicator by its code. */
export type TextOf = (code: string) => string

export function describe(condition: Condition, textOf: TextOf): string {
  if ('all' in condition) return condition.all.map((part) => describe(part, textOf)).join(', and ')
  if ('any' in condition) return `one of: ${condition.any.map((part) => describe(part, textOf)).join('; ')}`
  if ('not' in condition) return `not (${describe(condition.not, textOf)})`
  if ('atLeast' in condition) {
    return `at least ${condition.atLeast.n} of: ${condition.atLeast.of.map((part) => describe(part, textOf)).join('; ')}`
  }
  if ('present' in condition) return describePresent(condition, textOf)
  if ('count' in condition) return describeCount(condition.count)
  if ('measure' in condition) return `${condition.measure} ${OPERATOR_WORDS[condition.is]} ${condition.value}`
  if ('history' in condition) {
    const { referralsAtLeast, withinMonths, sameConcern, category } = condition.history
    const about = category ? ` about ${category.replaceAll('_', ' ')}` : sameConcern ? ' about the same concern' : ''
    return `${referralsAtLeast} or more earlier referrals${about} within ${withinMonths} months`
  }
  if ('assessment' in condition) return describeAssessment(condition)
  if ('reached' in condition) return `everything else places the child at ${condition.reached} or above`
  if ('age' in condition) return describeAge(condition.age)
  if ('fact' in condition) return `the answer to “${condition.fact}” is yes`
  return `consent is ${condition.consent.replaceAll('_', ' ')}`
}

const OPERATOR_WORDS = { below: 'below', atMost: 'at most', atLeast: 'at least', above: 'above' } as const

function describePresent(condition: Extract<Condition, { present: string }>, textOf: TextOf): string {
  const often = condition.occurrence ? `, at least ${condition.occurrence}` : ''
  const kinds = condition.evidence
    ? `, by ${condition.evidence.map((kind) => kind.replaceAll('_', ' ')).join(' or ')}`
    : ''
  const recent = condition.withinMonths ? `, within ${condition.withinMonths} months` : ''
  const lasting = condition.durationMonths ? `, for ${condition.durationMonths} months or longer` : ''
  const going = condition.trend
    ? `, ${condition.trend === 'worsening' ? 'worsening' : `${condition.trend} or worse`}`
    : ''
  return `“${textOf(condition.present)}” (${condition.present})${often}${kinds}${recent}${lasting}${going}`
}

function describeAssessment(condition: Extract<Condition, { assessment: string }>): string {
  const { assessment, resultAtLeast, versions, withinMonths } = condition
  const version = versions ? `, version ${versions.join(' or ')}` : ''
  const result = resultAtLeast === undefined ? '' : ` with a result of ${resultAtLeast} or more`
  const recent = withinMonths === undefined ? '' : `, within ${withinMonths} months`
  return `the assessment ${assessment}${version}${result}${recent}`
}

function describeCount(count: Extract<Condition, { count: unknown }>['count']): string {
  const level = count.level ? ` at ${count.level} or above` : ''
  const about = count.category ? ` about ${count.category.replaceAll('_', ' ')}` : ''
  const domain = count.domain ? ` in ${count.domain}` : ''
  const matrix = count.matrix ? ` of the matrix ${count.matrix}` : ''
  const across = count.acrossDomains ? ` across ${count.acrossDomains} domains` : ''
  return `${count.atLeast} or more indicators${level}${about}${domain}${matrix}${across}`
}

function describeAge(age: AgeRange): string {
  const months =
    age.fromMonths === undefined && age.toMonths === undefined
      ? []
      : [`aged ${age.fromMonths ?? 0} to ${age.toMonths ?? '…'} months`]
  return [...(age.unborn ? ['unborn'] : []), ...months].join(' or ')
}

/** Every leaf of a condition with the number of negations above it: the ground of the polarity check. */
export function leaves(
  condition: Condition,
  path: readonly (string | number)[] = [],
  negations = 0,
): { leaf: Condition; path: readonly (string | number)[]; negations: number }[] {
  if ('all' in condition) return condition.all.flatMap((part, i) => leaves(part, [...path, 'all', i], negations))
  if ('any' in condition) return condition.any.flatMap((part, i) => leaves(part, [...path, 'any', i], negations))
  if ('not' in condition) return leaves(condition.not, [...path, 'not'], negations + 1)
  if ('atLeast' in condition)
    return condition.atLeast.of.flatMap((part, i) => leaves(part, [...path, 'atLeast', 'of', i], negations))
  return [{ leaf: condition, path, negations }]
}

/** The parts that must hold one by one: the members of a top-level `all`, or the condition itself. */
export function conjuncts(condition: Condition): readonly Condition[] {
  return 'all' in condition ? condition.all : [condition]
}
