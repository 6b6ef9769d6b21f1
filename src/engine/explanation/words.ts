/** Conditions and periods in words, with the policy's own labels and questions in place of codes. */
import { instantOf, londonDate, londonOffset, utcMinutes } from '../calendar/civil.ts'
import { describe } from '../conditions/describe.ts'
import type { AgeRange, Condition, Leaf } from '../conditions/shape.ts'
import type { AgeInMonths } from '../conditions/state.ts'
import type { Policy } from '../policy/policy.ts'
import type { CitationRef } from '../scoring/refs.ts'
import type { Operator } from '../vocabulary.ts'

export const plainly = (code: string): string => code.replaceAll('_', ' ')

export function textOf(policy: Policy, code: string): string {
  return policy.indicators[policy.indexOf.get(code) ?? -1]?.spec.text ?? code
}

export function levelLabel(policy: Policy, code: string): string {
  const column = (policy.document.matrices ?? []).flatMap(({ columns }) => columns).find((one) => one.code === code)
  return column?.label ?? policy.levels[policy.rankOf.get(code) ?? -1]?.label ?? code
}

export function responseLabel(policy: Policy, code: string): string {
  return policy.responses.get(code)?.label ?? code
}

/** The question behind a fact; immediate danger is asked of every referral and stands in no policy. */
export function questionOf(policy: Policy, code: string): string {
  if (code === 'immediate_danger') return 'May a child be in immediate danger?'
  const { facts, gates } = policy.document
  return facts.find((fact) => fact.code === code)?.question ?? gates.find(({ id }) => id === code)?.question ?? code
}

/** A condition without parts, in words. */
export function leafWords(policy: Policy, leaf: Leaf): string {
  if ('count' in leaf) return countWords(policy, leaf.count)
  if ('measure' in leaf) return `${measureLabel(policy, leaf.measure)} ${limitWords(policy, leaf)}`
  if ('age' in leaf) return `the child is ${ageRangeWords(leaf.age)}`
  if ('fact' in leaf) return `yes to “${questionOf(policy, leaf.fact)}”`
  if ('assessment' in leaf) return describe({ ...leaf, assessment: assessmentLabel(policy, leaf.assessment) }, String)
  if ('reached' in leaf) return `everything else places the child at ${levelLabel(policy, leaf.reached)} or above`
  if ('consent' in leaf) return `consent is ${plainly(leaf.consent)}`
  return describe(leaf, (code) => textOf(policy, code))
}

export function assessmentLabel(policy: Policy, code: string): string {
  return policy.document.assessments?.find((assessment) => assessment.code === code)?.label ?? code
}

export type CountOf = Extract<Condition, { count: unknown }>['count']

function countWords(
  policy: Policy,
  { atLeast, level, domain, category, kind, matrix, acrossDomains }: CountOf,
): string {
  const things = kind === undefined ? 'indicators' : `indicators of the kind ${kind}`
  const at = level === undefined ? '' : ` at ${levelLabel(policy, level)} or above`
  const about = category === undefined ? '' : ` about ${plainly(category)}`
  const label = policy.document.domains.find(({ code }) => code === domain)?.label
  const inDomain = domain === undefined ? '' : ` in “${label ?? domain}”`
  const across = acrossDomains === undefined ? '' : `, across at least ${acrossDomains} domains`
  const title = policy.document.matrices?.find(({ id }) => id === matrix)?.title
  const inMatrix = matrix === undefined ? '' : ` of the ${title ?? matrix}`
  return `${atLeast} or more ${things}${inMatrix}${at}${about}${inDomain}${across}`
}

export function measureLabel(policy: Policy, name: string): string {
  return policy.document.measures.find((measure) => measure.name === name)?.label ?? name
}

const LIMITS = { below: 'below', atMost: 'at most', atLeast: 'at least', above: 'above' } as const

export function limitWords(
  policy: Policy,
  { measure, is, value }: { measure: string; is: Operator; value: number },
): string {
  const unit = policy.document.measures.find(({ name }) => name === measure)?.unit
  return `${LIMITS[is]} ${value}${unit === undefined ? '' : ` (${unit})`}`
}

function ageRangeWords({ unborn, fromMonths, toMonths }: AgeRange): string {
  const born =
    fromMonths === undefined && toMonths === undefined
      ? []
      : toMonths === undefined
        ? [`${fromMonths} months old or more`]
        : [fromMonths === undefined ? `at most ${toMonths} months old` : `${fromMonths} to ${toMonths} months old`]
  return [...(unborn ? ['unborn'] : []), ...born].join(' or ') || 'born'
}

export function ageWords(age: AgeInMonths | null): string {
  if (age === null) return 'age not known'
  if (age.high < 0) return 'unborn'
  return age.low === age.high ? `${age.low} months old` : `between ${age.low} and ${age.high} months old`
}

export function monthsAgoWords(monthsAgo: number): string {
  if (monthsAgo === 0) return 'within the last month'
  return monthsAgo === 1 ? '1 month before' : `${monthsAgo} months before`
}

const MONTHS = 'January February March April May June July August September October November December'.split(' ')

/** `17:00 on 24 November 2026`, by the clock in London. */
export function londonTime(instant: string): string {
  const minutes = utcMinutes(instant)
  return `${instantOf(minutes + londonOffset(minutes)).slice(11, 16)} on ${londonDay(instant)}`
}

/** `24 November 2026`, by the calendar in London. */
export function londonDay(instant: string): string {
  const [year, month, day] = londonDate(instant).split('-')
  return `${Number(day)} ${MONTHS[Number(month) - 1]} ${year}`
}

/** `C7 Physical abuse, paragraph C7.6, page 28`; what stands in another document than `home` names it. */
export function citationWords({ document, section, paragraph, page }: CitationRef, home: string): string {
  const place = [
    section,
    ...(paragraph === null ? [] : [`paragraph ${paragraph}`]),
    ...(page === null ? [] : [`page ${page}`]),
  ]
  const words = place.filter((part) => part !== '').join(', ')
  return document === home ? words : `${document}: ${words}`
}

export function several(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`
}
