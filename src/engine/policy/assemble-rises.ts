/** Rules and clusters of a checked document, ready to be tried. */
import { enoughOf } from '../conditions/count.ts'
import { conjuncts, leaves } from '../conditions/describe.ts'
import { compileCondition, type Names } from '../conditions/evaluate.ts'
import type { Frame } from '../conditions/frame.ts'
import type { Condition } from '../conditions/shape.ts'
import type { AnswerAt } from './assemble.ts'
import { allGrounds, needs, reaching } from './grounds.ts'
import type { CompiledCluster, CompiledIndicator, CompiledRule, Policy } from './policy.ts'
import { NOWHERE, reachOf } from './reach.ts'
import type { ClusterSpec, PolicyDocument, RuleSpec } from './shape.ts'

export function compileRule(
  spec: RuleSpec,
  { names, indicators, answerAt }: { names: Names; indicators: readonly CompiledIndicator[]; answerAt: AnswerAt },
): CompiledRule {
  return {
    spec,
    answer: answerAt(spec.then.response),
    test: compileCondition(spec.when, names),
    parts: conjuncts(spec.when).map((condition) => ({ condition, test: compileCondition(condition, names) })),
    rank: spec.then.atLeast === undefined ? -1 : names.rank(spec.then.atLeast),
    looksAt: looksAt(spec.when, names, indicators),
    protective: indices(names, spec.unless?.protective),
    withheldBy: spec.unless?.atLeast ?? null,
    isFloor: spec.absolute,
    onReached: leaves(spec.when).some(({ leaf }) => 'reached' in leaf),
    asksOfConcern: leaves(spec.when).some(({ leaf }) => 'history' in leaf && leaf.history.sameConcern),
  }
}

export function compileCluster(spec: ClusterSpec, names: Names): CompiledCluster {
  const matches = selectAny(names, spec)
  const rank = names.rank(spec.ofLevel)
  const { count: atLeast, acrossDomains } = spec
  return {
    spec,
    test: enoughOf({ matches, rank, atLeast, acrossDomains }, names),
    rank: names.rank(spec.atLeast),
    looksAt: Int8Array.from(matches, (match) => (match === 1 ? rank : NOWHERE)),
    protective: indices(names, spec.unless?.protective),
    withheldBy: spec.unless?.atLeast ?? null,
    isFloor: false,
    onReached: false,
    asksOfConcern: false,
  }
}

/** What each rule and cluster rests on: all that it looks at, and the least that it needs. */
export function reachesOf(
  document: PolicyDocument,
  { names, indicators, frame }: { names: Names; indicators: readonly CompiledIndicator[]; frame: Frame },
): Policy['reach'] {
  const around = { names, indicators }
  const clusters = document.clusters.map((cluster) =>
    reaching(selectAny(names, cluster), names.rank(cluster.ofLevel), names),
  )
  const looked = document.rules.map(({ when }) => allGrounds(when, around))
  const needed = document.rules.map(({ when }) => needs(when, around))
  const first = needed.map(([least]) => least ?? null)
  const second = needed.map(([least, next]) => next ?? least ?? null)
  return {
    looked: reachOf([...looked, ...clusters], frame),
    needed: reachOf([...first, ...clusters], frame),
    neededToo: reachOf([...second, ...clusters], frame),
  }
}

/** The least rank at which some leaf of a condition looks at each indicator. */
function looksAt(condition: Condition, names: Names, indicators: readonly CompiledIndicator[]): Int8Array {
  const ranks = new Int8Array(indicators.length).fill(NOWHERE)
  const look = (index: number, rank: number): void => {
    ranks[index] = Math.min(ranks[index] ?? NOWHERE, rank)
  }
  for (const { leaf } of leaves(condition)) {
    if ('present' in leaf) look(names.indicator(leaf.present), 0)
    if ('measure' in leaf)
      for (const { index, spec } of indicators) if (spec.measure?.name === leaf.measure) look(index, 0)
    if ('count' in leaf) {
      const rank = leaf.count.level === undefined ? 0 : names.rank(leaf.count.level)
      names.select(leaf.count).forEach((matches, index) => {
        if (matches === 1) look(index, rank)
      })
    }
  }
  return ranks
}

function selectAny(names: Names, { categories, matrix }: ClusterSpec): Uint8Array {
  if (!categories) return names.select({ matrix })
  const lists = categories.map((category) => names.select({ category, matrix }))
  return Uint8Array.from(lists[0] ?? [], (_, i) => (lists.some((list) => list[i] === 1) ? 1 : 0))
}

export function indices(names: Names, codes: readonly string[] = []): number[] {
  return codes.map((code) => names.indicator(code))
}
