/** Referrals that bring a matrix, repetition, a requirement or a step between levels just into play. */
import { leaves } from '../conditions/describe.ts'
import type { Condition } from '../conditions/shape.ts'
import type { PolicyDocument } from '../policy/shape.ts'
import { EVIDENCE_KINDS } from '../vocabulary.ts'
import { combined, type Detail, type Done, type Draft } from './draft.ts'
import { ofCluster, ofIndicator, ofRoute, ofRule, short } from './seeds-items.ts'
import { reaching, ways } from './ways.ts'
import { justMet } from './ways-count.ts'

type ItemOf<K extends 'requirements' | 'transitions'> = NonNullable<PolicyDocument[K]>[number]

/** More referrals than this are not tried for one requirement or step; they are picked evenly. */
const PLACED_MAX = 120
const TRIED_MAX = 500
const INDICATORS_MAX = 12

/** The indicators of a matrix, and what counts them. */
export function ofMatrix(document: PolicyDocument, id: string): Draft[] {
  const own = document.indicators.filter(({ matrix }) => matrix === id)
  const step = Math.ceil(own.length / INDICATORS_MAX)
  return [
    ...own.filter((_, i) => i % step === 0).flatMap(ofIndicator),
    ...document.clusters.filter(({ matrix }) => matrix === id).flatMap((cluster) => ofCluster(document, cluster)),
    ...document.rules
      .filter(({ when }) => leaves(when).some(({ leaf }) => 'count' in leaf && leaf.count.matrix === id))
      .flatMap((rule) => ofRule(document, rule)),
  ]
}

/** What is asked of how often, each with as many occasions as count as a grade, the earliest of them just within the time. */
export function ofRepetition(document: PolicyDocument): Draft[] {
  const { repetition } = document
  if (!repetition) return []
  const { withinMonths, ...grades } = repetition
  const counts = Object.values(grades).filter((count) => count !== undefined)
  return frequent(document).flatMap((draft) => counts.map((count) => occasions(draft, count, withinMonths)))
}

/** Findings of which it matters how often: with grades, with steps by occurrence, and those of which a rule asks it. */
function frequent(document: PolicyDocument): Draft[] {
  const indicators = document.indicators.flatMap(({ code, grades, raisedBy = [] }): Draft[] => [
    ...(grades ? [{ present: { [code]: {} } }] : []),
    ...raisedBy.filter(({ occurrence }) => occurrence).map((step) => ({ present: { [code]: justMet(step) } })),
  ])
  const step = Math.ceil(indicators.length / INDICATORS_MAX)
  const rules = document.rules
    .filter(({ when }) => leaves(when).some(({ leaf }) => 'present' in leaf && leaf.occurrence !== undefined))
    .flatMap(({ when }) => ways(document, when).slice(0, 4))
  return [...indicators.filter((_, i) => i % step === 0), ...rules]
}

/** Everything found is said so many times, each time to have happened once: month by month, and then by another kind of evidence. */
function occasions(draft: Draft, count: number, withinMonths: number): Draft {
  const pieces = (detail: Detail): Detail[] =>
    Array.from({ length: count }, (_, i): Detail => {
      const kind = EVIDENCE_KINDS[Math.floor(i / withinMonths) - 1]
      const monthsAgo = withinMonths - 1 - (i % withinMonths)
      return { ...detail, occurrence: 'once', monthsAgo, ...(kind && { evidence: kind }) }
    })
  const found = Object.entries(draft.present ?? {}).map(([code, detail]) => [code, pieces(detail)] as const)
  return {
    ...draft,
    present: Object.fromEntries(found.map(([code, [first = {}]]) => [code, first])),
    again: Object.fromEntries(found.map(([code, [, ...further]]) => [code, further])),
  }
}

/** A child to whom the requirement applies: with nothing that it needs, with all of it, with all but one, and with one too old. */
export function ofRequirement(document: PolicyDocument, requirement: ItemOf<'requirements'>): Draft[] {
  const { levels, responses, when, needs, withinMonths } = requirement
  const placed = [
    {},
    ...(levels ?? []).flatMap((level) => reaching(document, level).slice(0, 6)),
    ...asking(document, responses ?? [], levels),
  ]
  const met = needs.map((code) => accepted(document, code, withinMonths))
  const made: Draft[] = [
    {},
    { assessments: met },
    ...(needs.length > 1 ? needs.map((_, i) => ({ assessments: met.filter((_, j) => j !== i) })) : []),
    ...short({ assessments: met }),
  ]
  const conditions = when ? around(document, when) : [{}]
  return combined(combined(conditions, placed, PLACED_MAX), made, TRIED_MAX)
}

/** Referrals that lead to one of the responses, at one of the levels where they are given. */
function asking(
  document: PolicyDocument,
  responses: readonly string[],
  levels: readonly string[] | undefined,
): Draft[] {
  const routes = document.routing.filter(
    (route) => (levels?.includes(route.level) ?? true) && route.responses.some((code) => responses.includes(code)),
  )
  const rules = document.rules.filter(({ then }) => responses.includes(then.response ?? ''))
  return [
    ...routes.flatMap((route) => ofRoute(document, route.level, route).slice(0, 6)),
    ...rules.flatMap(({ when }) => ways(document, when).slice(0, 4)),
  ]
}

/** An assessment as the document accepts it, just recent enough. */
function accepted({ assessments = [] }: PolicyDocument, code: string, withinMonths: number | undefined): Done {
  const spec = assessments.find((one) => one.code === code)
  return {
    assessment: code,
    monthsAgo: withinMonths === undefined ? 0 : withinMonths - 1,
    ...(spec?.versions?.[0] !== undefined && { version: spec.versions[0] }),
    ...(spec?.needsTraining && { byTrained: true }),
  }
}

/** A child at the level from which the step leads, of whom its condition holds. */
export function ofTransition(document: PolicyDocument, { from: level, when }: ItemOf<'transitions'>): Draft[] {
  const conditions = when ? around(document, when) : [{}]
  return combined(conditions, [{}, ...reaching(document, level)], TRIED_MAX)
}

/** A child at the level, of whom the condition of each split just holds, and just does not. */
export function ofLevel(document: PolicyDocument, level: string): Draft[] {
  const splits = document.levels.find(({ code }) => code === level)?.splits ?? []
  const conditions = splits.flatMap(({ when }) => (when ? around(document, when) : []))
  return combined([...conditions, {}], [{}, ...reaching(document, level)], TRIED_MAX)
}

/** Ways in which a condition just holds, and in which it just does not. */
function around(document: PolicyDocument, when: Condition): Draft[] {
  const just = ways(document, when)
  return [...just, ...just.slice(0, 12).flatMap(short)]
}
