/** How a condition can be made to hold, as narrowly as it says: the smallest count, the first and last month of an age. */
import { ageBounds, ageWithin } from '../conditions/age.ts'
import { YES } from '../conditions/kleene.ts'
import type { AgeRange, Condition } from '../conditions/shape.ts'
import type { IndicatorSpec, PolicyDocument } from '../policy/shape.ts'
import { OCCURRENCES } from '../vocabulary.ts'
import { combined, type Detail, type Draft } from './draft.ts'

/** More ways than this are not tried: a search that finds nothing has to end. */
const WAYS_MAX = 40
const PICKS_MAX = 6

type CountOf = Extract<Condition, { count: unknown }>['count']

/** Drafts that make the condition hold, and hold no more than just. */
export function ways(document: PolicyDocument, condition: Condition): Draft[] {
  const inner = (part: Condition): Draft[] => ways(document, part)
  if ('all' in condition) return together(condition.all.map(inner))
  if ('any' in condition) return condition.any.flatMap((part) => inner(part).slice(0, 4))
  if ('atLeast' in condition) {
    const { n, of } = condition.atLeast
    return of.flatMap((_, i) =>
      together(
        of
          .map((_, j) => of[(i + j) % of.length] as Condition)
          .slice(0, n)
          .map(inner),
      ),
    )
  }
  if ('not' in condition) return waysNot(condition.not)
  if ('present' in condition) {
    const { present: code, occurrence, evidence, withinMonths } = condition
    const kinds = evidence ?? [undefined]
    return kinds.map((kind) => ({
      present: {
        [code]: {
          ...(occurrence && { occurrence }),
          ...(kind && { evidence: kind }),
          ...(withinMonths !== undefined && { monthsAgo: withinMonths - 1 }),
        },
      },
    }))
  }
  if ('count' in condition) return waysToCount(document, condition.count)
  if ('measure' in condition) return waysToMeasure(condition.measure, condition)
  if ('history' in condition) {
    const { referralsAtLeast, withinMonths, category, sameConcern } = condition.history
    // The concern of now is put in when the rest of the referral is known.
    const categories = category ? [category] : sameConcern ? ['*'] : []
    return [{ history: Array.from({ length: referralsAtLeast }, () => ({ monthsAgo: withinMonths - 1, categories })) }]
  }
  if ('age' in condition) return agesOf(condition.age).map((age) => ({ age }))
  if ('fact' in condition)
    return condition.fact === 'immediate_danger'
      ? [{ immediateDanger: true }]
      : [{ facts: { [condition.fact]: 'yes' } }]
  if ('consent' in condition) return [{ consent: condition.consent }]
  // Results of assessments, and what everything else reaches, are left to whoever writes the case.
  return []
}

function together(lists: readonly (readonly Draft[])[]): Draft[] {
  return lists.reduce<Draft[]>((so, list) => combined(so, list, WAYS_MAX), [{}])
}

function waysNot(condition: Condition): Draft[] {
  if ('age' in condition)
    return agesOf(condition.age)
      .flatMap((age) => [{ age: age - 1 }, { age: age + 1 }])
      .filter(({ age }) => age >= -1)
  if ('fact' in condition) return [{ facts: { [condition.fact]: 'no' } }]
  if ('consent' in condition) return [{ consent: condition.consent === 'refused' ? 'obtained' : 'refused' }]
  return [{}]
}

export function waysToMeasure(name: string, { is, value }: { is: string; value: number }): Draft[] {
  const just = is === 'below' ? value - 1 : is === 'above' ? value + 1 : value
  return just < 0 ? [] : [{ measures: { [name]: just } }]
}

/** The first and the last month of an age, and unborn where it counts. */
export function agesOf({ unborn, fromMonths, toMonths }: AgeRange): number[] {
  return [
    ...new Set([...(unborn ? [-1] : []), fromMonths ?? (toMonths === undefined && unborn ? -1 : 0), toMonths ?? 180]),
  ]
}

/** Exactly as many indicators as are counted, each just at the level, picked in several ways. */
export function waysToCount(
  document: PolicyDocument,
  count: CountOf & { categories?: readonly string[] | undefined },
): Draft[] {
  const levels = document.levels.map(({ code }) => code)
  const least = count.level === undefined ? 0 : levels.indexOf(count.level)
  const fitting = document.indicators
    .filter((spec) => isCounted(document, spec, count) && reaches(spec, levels, least) !== undefined)
    .sort((a, b) => plainness(a, levels) - plainness(b, levels))
  return Array.from({ length: Math.min(PICKS_MAX, fitting.length) }, (_, start) => {
    const picked = pick(
      document,
      [...fitting.slice(start), ...fitting.slice(0, start)],
      count.atLeast,
      count.acrossDomains,
    )
    return { present: Object.fromEntries(picked.map((spec) => [spec.code, reaches(spec, levels, least) ?? {}])) }
  })
}

function isCounted(
  { domains }: PolicyDocument,
  { kind, domains: own, categories }: IndicatorSpec,
  count: CountOf & { categories?: readonly string[] | undefined },
): boolean {
  const parentOf = new Map(domains.map(({ code, parent }) => [code, parent]))
  const isUnder = (code: string | undefined): boolean =>
    code !== undefined && (code === count.domain || isUnder(parentOf.get(code)))
  return (
    (count.kind === undefined ? kind !== 'protective' && kind !== 'expected' : kind === count.kind) &&
    (count.domain === undefined || own.some(isUnder)) &&
    (count.category === undefined || categories.includes(count.category)) &&
    (count.categories === undefined || count.categories.some((category) => categories.some((one) => one === category)))
  )
}

/** What has to be known of a finding for it to stand at the level or above; nothing where it never does. */
export function reaches(
  { level, grades }: IndicatorSpec,
  levels: readonly string[],
  least: number,
): Detail | undefined {
  const graded = OCCURRENCES.filter((occurrence) => grades?.[occurrence] !== undefined)
  if (levels.indexOf(level) >= least) return graded[0] ? { occurrence: graded[0] } : {}
  const grade = graded.find((occurrence) => levels.indexOf(grades?.[occurrence] ?? '') >= least)
  return grade && { occurrence: grade }
}

/** What brings least else with it comes first: low, not enough alone, of every age. */
function plainness(
  { level, alone, absolute, age, grades, urgency, measure }: IndicatorSpec,
  levels: readonly string[],
): number {
  return (
    levels.indexOf(level) * 10 +
    (absolute ? 60 : 0) +
    (alone ? 30 : 0) +
    (age ? 4 : 0) +
    (grades ? 3 : 0) +
    (urgency ? 3 : 0) +
    (measure ? 2 : 0)
  )
}

/** As many as are wanted; where domains are counted, over exactly as many top-level domains if that can be. */
function pick(
  { domains }: PolicyDocument,
  from: readonly IndicatorSpec[],
  count: number,
  across: number | undefined,
): IndicatorSpec[] {
  if (across === undefined) return from.slice(0, count)
  const parentOf = new Map(domains.map(({ code, parent }) => [code, parent]))
  const top = (code: string): string => {
    const parent = parentOf.get(code)
    return parent === undefined ? code : top(parent)
  }
  const picked: IndicatorSpec[] = []
  const seen = new Set<string>()
  for (const spec of from) {
    if (picked.length === count) break
    const fresh = new Set(spec.domains.map(top).filter((domain) => !seen.has(domain)))
    const missing = across - seen.size
    // Neither a domain more than are wanted, nor none where each that is still to come has to bring one.
    if (fresh.size > missing || (fresh.size === 0 && missing >= count - picked.length)) continue
    picked.push(spec)
    for (const domain of fresh) seen.add(domain)
  }
  return picked.length === count ? picked : from.slice(0, count)
}

/** An age at which everything present is about the child; the plainest where there is a choice. */
export function fittingAge({ indicators }: PolicyDocument, draft: Draft): number {
  const ranges = indicators.flatMap(({ code, age }) => (age && draft.present?.[code] ? [age] : []))
  const tried = [100, ...ranges.flatMap(agesOf), 6, 180, -1]
  return (
    tried.find((age) => ranges.every((range) => ageWithin(ageBounds(range), { low: age, high: age }) === YES)) ?? 100
  )
}
