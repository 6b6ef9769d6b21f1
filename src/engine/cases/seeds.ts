/** Where to look for a referral on which a policy and its mutant differ: beginning with what the mutation names. */
import type { IndicatorSpec, PolicyDocument, RuleSpec } from '../policy/shape.ts'
import { EVIDENCE_KINDS, OCCURRENCES } from '../vocabulary.ts'
import { type Detail, type Draft, merged } from './draft.ts'
import type { Mutant } from './mutants.ts'
import { agesOf, ways, waysToCount, waysToMeasure } from './ways.ts'

/** Referrals that bring the changed thing just into play, before and after the change; the plainest first. */
export function seedsOf(document: PolicyDocument, mutant: Mutant): Draft[] {
  const { section, index, code } = mutant
  const both = (list: (of: PolicyDocument) => readonly Draft[]): Draft[] => [
    ...list(document),
    ...list(mutant.document),
  ]
  switch (section) {
    case 'indicators':
      return both(({ indicators }) => ofIndicator(indicators[index] as IndicatorSpec))
    case 'rules':
      return both((of) => of.rules.filter(({ id }) => id === code).flatMap((rule) => ofRule(of, rule)))
    case 'clusters':
      return both((of) => of.clusters.filter(({ id }) => id === code).flatMap((cluster) => ofCluster(of, cluster)))
    case 'gates':
      return [{ facts: { [code]: 'yes' } }]
    case 'points':
      return both(ofPoints)
    case 'routing':
      return both((of) => ofRoute(of, document.routing[index]?.level ?? '', of.routing[index]))
    case 'responses':
      return document.routing
        .filter(({ responses }) => responses.includes(code))
        .flatMap((route) => ofRoute(document, route.level, route))
  }
}

function ofIndicator(spec: IndicatorSpec): Draft[] {
  const details: Detail[] = [
    {},
    ...OCCURRENCES.filter((occurrence) => spec.grades?.[occurrence] !== undefined).map((occurrence) => ({
      occurrence,
    })),
    ...(spec.evidence ? EVIDENCE_KINDS.map((evidence) => ({ evidence })) : []),
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

function ofRule(document: PolicyDocument, { when, unless }: RuleSpec): Draft[] {
  const plain = ways(document, when)
  return [
    ...plain,
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

function ofCluster(document: PolicyDocument, cluster: PolicyDocument['clusters'][number]): Draft[] {
  const { count, ofLevel, acrossDomains, categories, unless } = cluster
  const plain = [acrossDomains, acrossDomains + 1].flatMap((across) =>
    waysToCount(document, { atLeast: count, level: ofLevel, acrossDomains: across, categories }),
  )
  return [...plain, ...plain.slice(0, 3).flatMap((draft) => shielded(draft, unless))]
}

/** Findings whose points make each cut-off, and one less and one more. */
function ofPoints({ indicators, points }: PolicyDocument): Draft[] {
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
function ofRoute(
  document: PolicyDocument,
  level: string,
  route: PolicyDocument['routing'][number] | undefined,
): Draft[] {
  const reached = reaching(document, level)
  const conditions = route?.when ? ways(document, route.when) : [{}]
  return conditions.flatMap((draft) => [draft, ...reached.flatMap((placed) => merged(draft, placed) ?? [])])
}

/** Referrals that reach a level: by findings that do so alone, by a cluster, by a rule. */
function reaching(document: PolicyDocument, level: string): Draft[] {
  const single = document.indicators
    .filter((spec) => spec.level === level && (spec.alone || spec.absolute || spec.kind === 'expected'))
    .map(({ code }) => ({ present: { [code]: {} } }))
  const spread = single.filter((_, i) => i % Math.max(1, Math.floor(single.length / 12)) === 0)
  const clusters = document.clusters
    .filter(({ atLeast }) => atLeast === level)
    .flatMap((cluster) => ofCluster(document, cluster).slice(0, 4))
  const rules = document.rules
    .filter(({ then }) => then.atLeast === level)
    .flatMap((rule) => ways(document, rule.when).slice(0, 2))
  return [...spread, ...clusters, ...rules]
}

/** What may stand beside a referral for a difference to show: a need, a strength, a gate, company just short of a cluster. */
export function companions(document: PolicyDocument): Draft[] {
  const company = document.clusters.flatMap(({ count, ofLevel, acrossDomains, categories }) =>
    [count - 1, count - 2]
      .filter((fewer) => fewer > 0)
      .flatMap((fewer) =>
        waysToCount(document, {
          atLeast: fewer,
          level: ofLevel,
          acrossDomains: Math.min(fewer, acrossDomains),
          categories,
        }).slice(0, 4),
      ),
  )
  const gates = document.gates.slice(0, 1).map(({ id }) => ({ facts: { [id]: 'yes' as const } }))
  const weighed = document.indicators.filter((spec) => spec.points !== undefined)
  const sums = (document.points?.cutoffs ?? []).flatMap(({ points }) =>
    Array.from({ length: 10 }, (_, less) => summing(weighed, points - less - 1) ?? []).map((chosen) => ({
      present: Object.fromEntries(chosen.map(({ code }) => [code, {}])),
    })),
  )
  const strengths = [...document.clusters, ...document.rules].flatMap(({ unless }) =>
    unless
      ? [{ present: Object.fromEntries(unless.protective.slice(0, unless.atLeast).map((code) => [code, {}])) }]
      : [],
  )
  const hurried = document.urgency.bands.flatMap(({ code }) =>
    document.indicators
      .filter((spec) => spec.urgency === code && !spec.absolute)
      .slice(0, 1)
      .map((spec) => ({ present: { [spec.code]: {} } })),
  )
  const levels = document.levels.flatMap(({ code }) => reaching(document, code).slice(0, 2))
  const unborn: Draft = { age: -1 }
  return [
    {},
    ...levels,
    ...gates,
    { unmapped: true },
    ...hurried,
    ...strengths,
    ...company,
    ...sums,
    unborn,
    { age: 6 },
    { age: 200 },
    { age: null },
  ]
}
