/** How a condition can be made to hold, as narrowly as it says: the smallest count, the first and last month of an age. */
import { ageBounds, ageWithin } from '../conditions/age.ts'
import { leaves } from '../conditions/describe.ts'
import { YES } from '../conditions/kleene.ts'
import type { AgeRange, Condition } from '../conditions/shape.ts'
import { levelRanks, type PolicyDocument } from '../policy/shape.ts'
import { combined, type Draft } from './draft.ts'
import { justMet, lowestOf, waysToCount } from './ways-count.ts'

/** More ways than this are not tried: a search that finds nothing has to end. */
const WAYS_MAX = 40

type AssessmentOf = Extract<Condition, { assessment: string }>

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
    const kinds = condition.evidence ?? [undefined]
    return kinds.map((kind) => ({
      present: { [condition.present]: { ...justMet(condition), ...(kind && { evidence: kind }) } },
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
  if ('assessment' in condition) return waysToAssess(condition)
  return reaching(document, condition.reached)
}

function waysToAssess({ assessment, resultAtLeast, versions, withinMonths }: AssessmentOf): Draft[] {
  return (versions ?? [undefined]).map((version) => ({
    assessments: [
      {
        assessment,
        monthsAgo: withinMonths === undefined ? 0 : withinMonths - 1,
        ...(version !== undefined && { version }),
        ...(resultAtLeast !== undefined && { result: resultAtLeast }),
      },
    ],
  }))
}

/** Referrals that reach a level: by findings that do so alone, by a cluster, by a rule that does not itself ask for a level. */
export function reaching(document: PolicyDocument, level: string): Draft[] {
  const ranks = levelRanks(document)
  const single = document.indicators
    .filter((spec) => ranks.get(spec.level) === ranks.get(level))
    .filter((spec) => spec.alone || spec.absolute || spec.kind === 'expected')
    .map((spec) => ({ present: { [spec.code]: lowestOf(spec) } }))
  const spread = single.filter((_, i) => i % Math.max(1, Math.floor(single.length / 12)) === 0)
  const clusters = document.clusters
    .filter(({ atLeast }) => atLeast === level)
    .flatMap((cluster) => waysToCluster(document, cluster).slice(0, 4))
  const rules = document.rules
    .filter(({ then, when }) => then.atLeast === level && !leaves(when).some(({ leaf }) => 'reached' in leaf))
    .flatMap((rule) => ways(document, rule.when).slice(0, 2))
  return [...spread, ...clusters, ...rules]
}

/** Findings that are just enough for a cluster, over as many domains as it asks for, and over one more. */
export function waysToCluster(document: PolicyDocument, cluster: PolicyDocument['clusters'][number]): Draft[] {
  const { count, ofLevel, acrossDomains, categories, matrix } = cluster
  return [acrossDomains, acrossDomains + 1].flatMap((across) =>
    waysToCount(document, { atLeast: count, level: ofLevel, acrossDomains: across, categories, matrix }),
  )
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

/** An age at which everything present is about the child; the plainest where there is a choice. */
export function fittingAge({ indicators }: PolicyDocument, draft: Draft): number {
  const ranges = indicators.flatMap(({ code, age }) => (age && draft.present?.[code] ? [age] : []))
  const tried = [100, ...ranges.flatMap(agesOf), 6, 180, -1]
  return (
    tried.find((age) => ranges.every((range) => ageWithin(ageBounds(range), { low: age, high: age }) === YES)) ?? 100
  )
}
