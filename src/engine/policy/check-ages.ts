/** Age bands that agree: with the words beside them, with their domain, and with the bands of the same statement. */
import { ageSet, CHILDHOOD_MONTHS, EVERY_AGE } from './age-set.ts'
import { agesOf, intervalOf, isInside, waysOf } from './check-logic.ts'
import type { Checker } from './checker.ts'
import type { Ground } from './ground.ts'
import type { IndicatorSpec } from './shape.ts'

export function checkAges(check: Checker, ground: Ground): void {
  checkUnborn(check, ground)
  check.policy.indicators.forEach((spec, i) => {
    const { age, code, text } = spec
    if (!age) return
    const path = ['indicators', i, 'age']
    if ((age.fromMonths ?? 0) >= CHILDHOOD_MONTHS && age.unborn !== true)
      check.warn(path, 'age-beyond-childhood', `${code} is about nobody under eighteen. Write fromMonths in months.`)
    const stated = ageInWords(text)
    if (stated !== null && age.toMonths !== undefined && age.toMonths !== stated)
      check.warn(
        [...path, 'toMonths'],
        'age-differs-from-text',
        `The text of ${code} means up to ${stated} completed months, and toMonths is ${age.toMonths}. Make them agree.`,
      )
  })
  checkBands(check)
  checkTriggerAges(check, ground)
  checkUnless(check, ground)
  checkMeasures(check, ground)
}

/** Something in a domain about the unborn child can be found of one. */
function checkUnborn(check: Checker, ground: Ground): void {
  const { domains, indicators } = check.policy
  domains.forEach(({ code, subject }, i) => {
    const own = indicators.filter((spec) => subject === 'unborn' && spec.domains.includes(code))
    if (own.length === 0 || own.some((spec) => ground.ages(spec) & 1n)) return
    check.warn(
      ['domains', i],
      'age-excludes-unborn',
      `“${code}” is about the unborn child, and the ages of its indicators leave the unborn out. Add \`unborn: true\`.`,
    )
  })
}

const NUMBERS =
  'one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen'.split(
    ' ',
  )
const UNDER = new RegExp(
  `\\b(?:under|below|younger than) (?:the age of )?(\\d{1,2}|${NUMBERS.join('|')})\\b(?: (months?|weeks?|days?|hours?|per cent|percent|%))?`,
  'giu',
)

/** The last completed month of “under five” or “under six months”; null where the words name none, or more than one. */
export function ageInWords(text: string): number | null {
  const found = [...text.matchAll(UNDER)]
  const [, word = '', unit = 'years'] = found[0] ?? []
  if (found.length !== 1) return null
  const number = NUMBERS.indexOf(word.toLowerCase()) + 1 || Number(word)
  if (/^month/i.test(unit)) return number - 1
  return unit === 'years' && number <= 18 ? number * 12 - 1 : null
}

/** One statement for several ages: its bands leave no child out, and none is in two of them. */
function checkBands(check: Checker): void {
  const families = new Map<string, { spec: IndicatorSpec; i: number }[]>()
  check.policy.indicators.forEach((spec, i) => {
    if (!spec.age || spec.age.unborn) return
    const key = JSON.stringify([spec.kind, spec.measure ?? null, withoutNumbers(spec.text)])
    families.set(key, [...(families.get(key) ?? []), { spec, i }])
  })
  for (const family of families.values()) {
    const sorted = [...family].sort((a, b) => (a.spec.age?.fromMonths ?? 0) - (b.spec.age?.fromMonths ?? 0))
    sorted.forEach(({ spec, i }, at) => {
      const before = sorted[at - 1]?.spec
      if (!before) return
      const [end, start] = [before.age?.toMonths ?? Number.POSITIVE_INFINITY, spec.age?.fromMonths ?? 0]
      if (end + 1 === start) return
      const what = end + 1 < start ? `leave out the months ${end + 1} to ${start - 1}` : 'overlap'
      check.warn(
        ['indicators', i, 'age'],
        'age-bands',
        `${before.code} and ${spec.code} say the same of two ages, and their bands ${what}.`,
      )
    })
  }
}

function withoutNumbers(text: string): string {
  const words = text.toLowerCase().match(/\p{L}+/gu) ?? []
  return words.filter((word) => !NUMBERS.includes(word)).join(' ')
}

/** The pack may say which ages a trigger is about; then the indicators that express it leave none of them out. */
function checkTriggerAges(check: Checker, ground: Ground): void {
  const { indicators } = check.policy
  for (const { code, label, age } of check.pack.triggers) {
    const expressing = indicators.flatMap((spec, i) => (spec.triggers.includes(code) ? [{ spec, i }] : []))
    const [first] = expressing
    if (!first) continue
    const ages = expressing.reduce((set, { spec }) => set | ground.ages(spec), 0n)
    const wanted = age ? ageSet(age) : ages
    const isForNobody = (ages & CHILDHOOD) === 0n
    if (!isForNobody && (wanted & ~ages) === 0n) continue
    check.error(
      ['indicators', first.i, 'age'],
      'trigger-narrowed',
      `The indicators that express the trigger “${code}” (${label}) ${isForNobody ? 'are about nobody under eighteen' : 'leave out ages that it is about'}. Widen “age”, or take it out.`,
    )
  }
}

const CHILDHOOD = (1n << BigInt(CHILDHOOD_MONTHS + 1)) - 1n

/** Protective factors that could never be found beside the rule that they are to withhold. */
function checkUnless(check: Checker, ground: Ground): void {
  const { rules, clusters } = check.policy
  const look = (section: 'rules' | 'clusters', i: number, ages: bigint): void => {
    const { unless, id } = (section === 'rules' ? rules[i] : clusters[i]) ?? {}
    if (!unless) return
    const distinct = [...new Set(unless.protective)]
    if (distinct.length < unless.protective.length)
      check.error(
        [section, i, 'unless', 'protective'],
        'unless-counted-twice',
        `${id} lists a protective factor twice, so that one finding would count as two.`,
      )
    const bearing = distinct.filter((code) => {
      const spec = ground.indicators.get(code)
      return spec && (ground.ages(spec) & ages) !== 0n
    })
    if (bearing.length < unless.atLeast)
      check.warn(
        [section, i, 'unless'],
        'unless-never',
        `${id} asks for ${unless.atLeast} protective factors, and only ${bearing.length} could be found of such a child.`,
      )
  }
  rules.forEach(({ when }, i) => {
    const ways = waysOf(when, ground)
    look('rules', i, ways?.reduce((ages, way) => ages | agesOf(way, ground), 0n) ?? EVERY_AGE)
  })
  clusters.forEach((_, i) => look('clusters', i, EVERY_AGE))
}

/** A number that is harder to meet stands at no lower level than one that is easier. */
function checkMeasures(check: Checker, ground: Ground): void {
  const { indicators } = check.policy
  indicators.forEach((spec, i) => {
    const { measure } = spec
    if (!measure) return
    const easier = indicators.find(
      (other) =>
        other.measure?.name === measure.name &&
        ground.rank(other.level) > ground.rank(spec.level) &&
        isInside(intervalOf(measure), intervalOf(other.measure)) &&
        (ground.ages(spec) & ~ground.ages(other)) === 0n,
    )
    if (easier)
      check.warn(
        ['indicators', i, 'measure', 'value'],
        'measure-order',
        `Whoever meets ${spec.code} meets ${easier.code} too, which stands at a higher level. Put the numbers in order.`,
      )
  })
}
