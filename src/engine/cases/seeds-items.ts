/** Referrals that bring one indicator, rule, cluster, cut-off or route just into play. */
import type { IndicatorSpec, PolicyDocument, RuleSpec } from '../policy/shape.ts'
import { EVIDENCE_KINDS, OCCURRENCES, TRENDS } from '../vocabulary.ts'
import { type Detail, type Done, type Draft, merged } from './draft.ts'
import { agesOf, reaching, ways, waysToCluster, waysToMeasure } from './ways.ts'
import { justMet, lowestOf } from './ways-count.ts'

export function ofIndicator(spec: IndicatorSpec): Draft[] {
  const details: Detail[] = [
    {},
    ...OCCURRENCES.filter((occurrence) => spec.grades?.[occurrence] !== undefined).map((occurrence) => ({
      occurrence,
    })),
    ...(spec.evidence ? EVIDENCE_KINDS.map((evidence) => ({ evidence })) : []),
    ...ofSteps(spec),
  ]
  const ages: { age?: number }[] = spec.age
    ? agesOf(spec.age).flatMap((age) => [{ age }, { age: age - 1 }, { age: age + 1 }])
    : [{}]
  const found = [
    ...(spec.measure ? waysToMeasure(spec.measure.name, spec.measure) : []),
    ...details.map((detail) => ({ present: { [spec.code]: detail } })),
    { unknown: [spec.code] },
  ]
  return found.flatMap((draft) =>
    ages.flatMap((age) => (age.age !== undefined && age.age < -1 ? [] : (merged(draft, age) ?? []))),
  )
}

/** Evidence on which each step just rests, alone and beside what the lowest grade and the kinds that count ask for. */
function ofSteps(spec: IndicatorSpec): Detail[] {
  const beside = { ...lowestOf(spec), ...(spec.evidence && { evidence: spec.evidence[0] }) } as Detail
  return (spec.raisedBy ?? []).flatMap((step) => {
    const just = justMet(step)
    return [just, { ...beside, ...just }]
  })
}

export function ofRule(document: PolicyDocument, { when, unless }: RuleSpec): Draft[] {
  const plain = ways(document, when)
  return [
    ...plain,
    ...plain.slice(0, 12).flatMap(short),
    ...plain.slice(0, 6).flatMap((draft) => shielded(draft, unless)),
    ...plain.slice(0, 6).flatMap(doubted),
  ]
}

/** With one finding that nobody is sure of. */
function doubted(draft: Draft): Draft[] {
  return Object.keys(draft.present ?? {}).map((code) => ({
    ...draft,
    present: Object.fromEntries(Object.entries(draft.present ?? {}).filter(([other]) => other !== code)),
    unknown: [...(draft.unknown ?? []), code],
  }))
}

/** With protective factors one short of those that withhold, just enough of them, and each of them among those. */
function shielded(draft: Draft, unless: RuleSpec['unless']): Draft[] {
  if (!unless) return []
  const { protective, atLeast } = unless
  return protective.flatMap((_, i) =>
    [atLeast - 1, atLeast].flatMap((count) => {
      const chosen = protective.map((_, j) => protective[(i + j) % protective.length] as string).slice(0, count)
      return merged(draft, { present: Object.fromEntries(chosen.map((code) => [code, {}])) }) ?? []
    }),
  )
}

export function ofCluster(document: PolicyDocument, cluster: PolicyDocument['clusters'][number]): Draft[] {
  const plain = waysToCluster(document, cluster)
  return [...plain, ...plain.slice(0, 3).flatMap((draft) => shielded(draft, cluster.unless))]
}

/** Findings whose points make each cut-off, and one less and one more. */
export function ofPoints({ indicators, points }: PolicyDocument): Draft[] {
  const weighed = indicators.filter((spec) => spec.points !== undefined)
  return (points?.cutoffs ?? []).flatMap((cutoff) =>
    [cutoff.points, cutoff.points - 1, cutoff.points + 1].flatMap((total) =>
      weighed.slice(0, 12).flatMap((_, start) => {
        const chosen = summing([...weighed.slice(start), ...weighed.slice(0, start)], total)
        return chosen ? [{ present: Object.fromEntries(chosen.map(({ code }) => [code, {}])) }] : []
      }),
    ),
  )
}

/** Indicators whose points make exactly the total; the first that is found, few large ones rather than many. */
export function summing(from: readonly IndicatorSpec[], total: number): IndicatorSpec[] | undefined {
  const reach = new Map<number, IndicatorSpec[]>([[0, []]])
  for (const spec of from)
    for (const [sum, chosen] of [...reach]) {
      const next = sum + (spec.points ?? 0)
      if (next <= total && !reach.has(next)) reach.set(next, [...chosen, spec])
    }
  return reach.get(total)
}

/** What makes the route's condition hold, beside something that reaches its level. */
export function ofRoute(
  document: PolicyDocument,
  level: string,
  route: PolicyDocument['routing'][number] | undefined,
): Draft[] {
  const reached = reaching(document, level)
  const conditions = route?.when ? ways(document, route.when) : [{}]
  return conditions.flatMap((draft) => [draft, ...reached.flatMap((placed) => merged(draft, placed) ?? [])])
}

/** The same referral with one thing just short of what was asked: a month older, a month less long, a step less bad. */
export function short(draft: Draft): Draft[] {
  const { present = {}, assessments = [] } = draft
  return [
    ...Object.entries(present).flatMap(([code, detail]) =>
      shortDetails(detail).map((less) => ({ ...draft, present: { ...present, [code]: less } })),
    ),
    ...assessments.flatMap((done, i) =>
      shortResults(done).map((less) => ({
        ...draft,
        assessments: assessments.map((one, j) => (j === i ? less : one)),
      })),
    ),
  ]
}

function shortDetails(detail: Detail): Detail[] {
  const { occurrence, evidence, monthsAgo, durationMonths, trend } = detail
  const before = <T>(scale: readonly T[], item: T): T[] => scale.slice(0, Math.max(0, scale.indexOf(item))).slice(-1)
  return [
    ...(occurrence ? before(OCCURRENCES, occurrence).map((less) => ({ ...detail, occurrence: less })) : []),
    ...(trend ? before(TRENDS, trend).map((less) => ({ ...detail, trend: less })) : []),
    ...(monthsAgo === undefined ? [] : [{ ...detail, monthsAgo: monthsAgo + 1 }]),
    ...(durationMonths ? [{ ...detail, durationMonths: durationMonths - 1 }] : []),
    ...(evidence
      ? EVIDENCE_KINDS.filter((kind) => kind !== evidence).map((kind) => ({ ...detail, evidence: kind }))
      : []),
  ]
}

function shortResults(done: Done): Done[] {
  return [{ ...done, monthsAgo: done.monthsAgo + 1 }, ...(done.result ? [{ ...done, result: done.result - 1 }] : [])]
}
