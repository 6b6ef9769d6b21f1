/** Every gate, trigger, rule, cluster, cut-off and route of the policy with its answer for the child, and its conditions. */
import { fromBounds, MAYBE, NO, YES } from '../conditions/kleene.ts'
import type { Condition } from '../conditions/shape.ts'
import type { CompiledCluster, CompiledRule } from '../policy/policy.ts'
import type { Placement } from '../scoring/place.ts'
import { citationOf, citationRef, levelRef } from '../scoring/refer.ts'
import { explainCondition, plainNode, valueWord } from './conditions.ts'
import { countedReading, findingsOf, repeated } from './readings.ts'
import type { Considered } from './shape.ts'
import { counted, enoughCounted, lookedFor, type View } from './view.ts'
import { levelLabel, plainly, responseLabel } from './words.ts'

export function consideredOf(view: View): Considered[] {
  return [
    ...gates(view),
    ...triggers(view),
    ...indicators(view),
    ...view.policy.rules.map((rule) => ruleItem(view, rule)),
    ...view.policy.clusters.map((cluster) => clusterItem(view, cluster)),
    ...cutoffs(view),
    ...routes(view),
  ]
}

function gates(view: View): Considered[] {
  const { gates: answers, outcome } = view.recommendation
  return answers.map(({ id, answer, because, citation }) => {
    const response = view.policy.document.gates.find((gate) => gate.id === id)?.response ?? ''
    return {
      id,
      kind: 'gate',
      value: answer === 'yes' ? 'yes' : answer === 'unknown' ? 'maybe' : 'no',
      effect: `Sends the referral elsewhere: ${responseLabel(view.policy, response)}.`,
      isTaken: answer === 'yes' && outcome === 'redirected',
      level: null,
      because,
      citation,
      conditions: explainCondition(view, { fact: id }),
      protection: null,
    }
  })
}

function triggers(view: View): Considered[] {
  const { policy } = view
  return policy.triggers.map(({ spec, rank, indicators: expressing, response }) => {
    const danger: Condition[] = spec.code === 'immediate-danger' ? [{ fact: 'immediate_danger' }] : []
    const expressed = expressing.map((index): Condition => ({ present: policy.indicators[index]?.spec.code ?? '' }))
    const value = view.placement('statutory', spec.code)?.value ?? NO
    return {
      id: spec.code,
      kind: 'statutory',
      value: valueWord(value),
      effect: `${spec.label}: places the child at ${policy.levels[rank]?.label} at least, which nothing lowers, and asks for ${responseLabel(policy, response)}.`,
      isTaken: value === YES,
      level: levelRef(policy, rank),
      because: spec.because,
      citation: citationRef(`${policy.statutory.id}@${policy.statutory.version}`, spec.citation),
      conditions: explainCondition(view, { any: [...danger, ...expressed] }),
      protection: null,
    }
  })
}

/** Indicators that place by themselves are named where something was found of them: the rest of the document would say nothing. */
function indicators(view: View): Considered[] {
  const { policy } = view
  return view.placements.flatMap((placement): Considered[] => {
    const { kind, id, value } = placement
    const spec = policy.indicators[policy.indexOf.get(id) ?? -1]?.spec
    if (!spec || (kind !== 'absolute' && kind !== 'alone' && kind !== 'expected')) return []
    const level = levelRef(policy, value === YES ? placement.rankLow : placement.rankHigh)
    const because = spec.definition ?? spec.text
    return [
      {
        id,
        kind,
        value: valueWord(value),
        effect: `Places the child at ${level?.label}${kind === 'absolute' ? ', which nothing lowers' : ' by itself'}.`,
        isTaken: value === YES,
        level,
        because,
        citation: citationOf(policy, id, spec.citation),
        conditions: explainCondition(view, { present: id }),
        protection: null,
      },
    ]
  })
}

function ruleItem(view: View, { spec, rank }: CompiledRule): Considered {
  const { policy } = view
  const { then } = spec
  const placement = view.placement('rule', spec.id)
  const effects = [
    ...(then.atLeast === undefined ? [] : [`places the child at ${levelLabel(policy, then.atLeast)} at least`]),
    ...(then.urgency === undefined ? [] : [`sets the urgency “${urgencyLabel(view, then.urgency)}”`]),
    ...(then.response === undefined ? [] : [`asks for ${responseLabel(policy, then.response)}`]),
    ...(then.review === undefined ? [] : [`asks a person to look at this: ${then.review}`]),
  ]
  return {
    id: spec.id,
    kind: 'rule',
    value: outcomeWord(placement),
    effect: sentence(effects.join('; ')),
    isTaken: placement?.value === YES,
    level: levelRef(policy, rank),
    because: spec.because,
    citation: citationOf(policy, spec.id, spec.citation),
    conditions: explainCondition(view, spec.when),
    protection: protectionOf(view, spec.unless, placement),
  }
}

function urgencyLabel({ policy }: View, code: string): string {
  return policy.document.urgency.bands.find((band) => band.code === code)?.label ?? code
}

function clusterItem(view: View, { spec, rank }: CompiledCluster): Considered {
  const { policy } = view
  const placement = view.placement('cluster', spec.id)
  const found = counted(view, lookedFor(view, spec))
  const wanted = { count: spec.count, domains: spec.acrossDomains }
  const about = spec.categories ? ` about ${spec.categories.map(plainly).join(' or ')}` : ''
  const across = spec.acrossDomains > 1 ? `, across at least ${spec.acrossDomains} domains` : ''
  const words = `${spec.count} or more indicators at ${levelLabel(policy, spec.ofLevel)} or above${about}${across}`
  return {
    id: spec.id,
    kind: 'cluster',
    value: outcomeWord(placement),
    effect: `Places the child at ${levelLabel(policy, spec.atLeast)} at least.`,
    isTaken: placement?.value === YES,
    level: levelRef(policy, rank),
    because: spec.because,
    citation: citationOf(policy, spec.id, spec.citation),
    conditions: [plainNode('count', enoughCounted(found, wanted), { words, ...countedReading(view, found, wanted) })],
    protection: protectionOf(view, spec.unless, placement),
  }
}

function cutoffs(view: View): Considered[] {
  const { policy, points } = view
  const spec = policy.document.points
  if (!spec || !points) return []
  const weighed = view.support.filter((index) => policy.indicators[index]?.spec.points !== undefined)
  const codes = weighed.map((index) => policy.indicators[index]?.spec.code ?? '')
  const sum = points.low === points.high ? `${points.low}` : `${points.low} to ${points.high}`
  return spec.cutoffs.map((cutoff) => {
    const value = fromBounds(points.low >= cutoff.points, points.high >= cutoff.points)
    const id = `points-${cutoff.points}`
    const words = `${cutoff.points} points or more`
    const read = codes.flatMap((code) => findingsOf(view, code))
    return {
      id,
      kind: 'points',
      value: valueWord(value),
      effect: `Places the child at ${levelLabel(policy, cutoff.level)} at least.`,
      isTaken: value === YES,
      level: levelRef(policy, policy.rankOf.get(cutoff.level) ?? -1),
      because: spec.because,
      citation: citationOf(policy, id, spec.citation),
      conditions: [plainNode('points', value, { words, read, missing: `the points come to ${sum}` })],
      protection: null,
    }
  })
}

/** The first route of the level whose condition surely holds is taken, unless the level is withheld or a gate redirects. */
function routes(view: View): Considered[] {
  const { policy, recommendation } = view
  return policy.levels.flatMap((level, rank) => {
    const items = (policy.routes[rank] ?? []).map(({ spec }, i): Considered => {
      const conditions = spec.when
        ? explainCondition(view, spec.when)
        : [plainNode('always', YES, { words: 'in every other case', read: [], missing: '' })]
      const labels = spec.responses.map((code) => responseLabel(policy, code)).join('; ')
      return {
        id: `route-${level.code}-${i + 1}`,
        kind: 'route',
        value: conditions[0]?.value ?? 'no',
        effect: `At ${level.label}: ${labels}.`,
        isTaken: false,
        level: levelRef(policy, rank),
        because: spec.because,
        citation: citationRef(`${policy.id}@${policy.version}`, spec.citation),
        conditions,
        protection: null,
      }
    })
    const isHere = recommendation.outcome === 'recommended' && recommendation.low?.rank === rank
    const first = isHere ? items.findIndex(({ value }) => value === 'yes') : -1
    return items.map((item, i) => ({ ...item, isTaken: i === first }))
  })
}

function outcomeWord(placement: Placement | undefined): Considered['value'] {
  if (!placement) return 'no'
  return placement.withheld ? 'withheld_by_protective_factors' : valueWord(placement.value)
}

function protectionOf(
  view: View,
  unless: { readonly protective: readonly string[]; readonly atLeast: number } | undefined,
  placement: Placement | undefined,
): Considered['protection'] {
  if (!unless) return null
  const value = placement?.withheld ? (placement.value === MAYBE ? 'maybe' : 'yes') : 'no'
  const words = `held back where at least ${unless.atLeast} of these protective factors are found: ${unless.protective.join(', ')}`
  const { read } = repeated(unless.protective.flatMap((code) => findingsOf(view, code)))
  return { words, value, read }
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.?!]$/.test(text) ? '' : '.'}`
}
