/** Where to look for a referral on which a policy and its mutant differ: beginning with what the mutation names. */
import type { IndicatorSpec, PolicyDocument } from '../policy/shape.ts'
import type { Draft } from './draft.ts'
import type { Mutant } from './mutants.ts'
import { ofCluster, ofIndicator, ofPoints, ofRoute, ofRule, summing } from './seeds-items.ts'
import { ofLevel, ofMatrix, ofRepetition, ofRequirement, ofTransition } from './seeds-practice.ts'
import { reaching } from './ways.ts'
import { waysToCount } from './ways-count.ts'

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
    case 'levels':
      return both((of) => ofLevel(of, code))
    case 'matrices':
      return both((of) => ofMatrix(of, code))
    case 'repetition':
      return both(ofRepetition)
    case 'requirements':
      return both((of) =>
        (of.requirements ?? []).filter(({ id }) => id === code).flatMap((one) => ofRequirement(of, one)),
      )
    case 'transitions':
      return both((of) =>
        (of.transitions ?? []).filter(({ id }) => id === code).flatMap((one) => ofTransition(of, one)),
      )
  }
}

/** What may stand beside a referral for a difference to show: a need, a strength, a gate, company just short of a cluster. */
export function companions(document: PolicyDocument): Draft[] {
  const company = document.clusters.flatMap(({ count, ofLevel, acrossDomains, categories, matrix }) =>
    [count - 1, count - 2]
      .filter((fewer) => fewer > 0)
      .flatMap((fewer) =>
        waysToCount(document, {
          atLeast: fewer,
          level: ofLevel,
          acrossDomains: Math.min(fewer, acrossDomains),
          categories,
          matrix,
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
