/** Rules and routes that can never hold, say the same twice, contradict each other, or stand in each other's way. */
import { leaves } from '../conditions/describe.ts'
import type { Condition } from '../conditions/shape.ts'
import type { Path } from '../problem.ts'
import { contradiction, intervalOf, type Way, waysOf } from './check-logic.ts'
import type { Checker } from './checker.ts'
import { conditionsOf, type Ground } from './ground.ts'
import type { RuleSpec } from './shape.ts'

export function checkConditions(check: Checker, ground: Ground): void {
  const { rules, routing, levels } = check.policy
  const protection = new Set(levels.filter(({ common }) => common === 'child_protection').map(({ code }) => code))
  for (const { when, path } of conditionsOf(check.policy)) checkCondition(check, ground, when, path)
  rules.forEach((rule, i) => {
    if (rule.absolute && rule.then.atLeast === undefined)
      check.warn(
        ['rules', i, 'absolute'],
        'absolute-without-level',
        `${rule.id} is absolute and places at no level, so nothing is held. Give it “atLeast”, or take “absolute” out.`,
      )
    if (protects(rule, protection)) checkConsent(check, rule.when, ['rules', i, 'when'])
  })
  routing.forEach((route, i) => {
    if (route.when && protection.has(route.level)) checkConsent(check, route.when, ['routing', i, 'when'])
  })
  checkFacts(check)
}

function protects({ absolute, then: { atLeast } }: RuleSpec, protection: ReadonlySet<string>): boolean {
  return absolute || (atLeast !== undefined && protection.has(atLeast))
}

function checkCondition(check: Checker, ground: Ground, when: Condition, path: Path): void {
  const ways = waysOf(when, ground)
  if (ways?.length === 0) {
    const at = impossiblePart(when, path, ground)
    check.error(at.path, 'condition-impossible', `This can never hold: ${whyNot(at.condition, ground)}.`)
    return
  }
  if (ways?.every((way) => isBetweenMeasurements(way)))
    check.warn(
      path,
      'measure-contradicts',
      'This holds only where two measurements of one name differ. Write numbers that one measurement can meet.',
    )
  checkParts(check, ground, when, path)
}

/** Parts of a condition that can hold, which cannot, and parts that are written twice. */
function checkParts(check: Checker, ground: Ground, condition: Condition, path: Path): void {
  const { parts, above } = partsOf(condition, path)
  const written = parts.map((part) => JSON.stringify(part))
  parts.forEach((part, i) => {
    const at = [...above, i]
    if (written.indexOf(written[i] ?? '') < i)
      check.warn(
        at,
        'repeated-condition',
        'The same condition stands here twice. Take one out, or write what was meant.',
      )
    if (waysOf(part, ground)?.length === 0)
      check.warn(at, 'part-impossible', `This part can never hold: ${whyNot(part, ground)}. Take it out, or mend it.`)
    else checkParts(check, ground, part, at)
  })
}

/** The members of a group with the path of their list; a negation counts as a leaf: its inside is judged with it. */
function partsOf(condition: Condition, path: Path): { parts: readonly Condition[]; above: Path } {
  if ('all' in condition) return { parts: condition.all, above: [...path, 'all'] }
  if ('any' in condition) return { parts: condition.any, above: [...path, 'any'] }
  if ('atLeast' in condition) return { parts: condition.atLeast.of, above: [...path, 'atLeast', 'of'] }
  return { parts: [], above: path }
}

/** The smallest part that can be blamed: the only member that can never hold by itself, or else the whole group. */
function impossiblePart(condition: Condition, path: Path, ground: Ground): { condition: Condition; path: Path } {
  const { parts, above } = partsOf(condition, path)
  const blamed = parts.flatMap((part, i) => (waysOf(part, ground)?.length === 0 ? [{ part, i }] : []))
  const [only] = blamed
  return only && blamed.length === 1 ? impossiblePart(only.part, [...above, only.i], ground) : { condition, path }
}

function whyNot(condition: Condition, ground: Ground): string {
  if ('atLeast' in condition && condition.atLeast.n > condition.atLeast.of.length)
    return `it asks for ${condition.atLeast.n} of ${condition.atLeast.of.length} conditions`
  const literals = leaves(condition).map(({ leaf, negations }) => ({ leaf, isNegated: negations % 2 === 1 }))
  const together = 'any' in condition ? literals.slice(0, 1) : literals
  return contradiction(together as Way, ground) ?? 'its parts exclude one another'
}

/** Each measurement can be met, and no single number meets all. */
function isBetweenMeasurements(way: Way): boolean {
  const ranges = new Map<string, readonly [number, number]>()
  for (const { leaf } of way) {
    if (!('measure' in leaf)) continue
    const [low, high] = ranges.get(leaf.measure) ?? [0, Number.POSITIVE_INFINITY]
    const [from, to] = intervalOf(leaf)
    ranges.set(leaf.measure, [Math.max(low, from), Math.min(high, to)])
  }
  return [...ranges.values()].some(([low, high]) => low > high)
}

/** What protects a child may not wait for somebody's agreement, in whatever words. */
function checkConsent(check: Checker, when: Condition, above: Path): void {
  for (const { leaf, path, negations } of leaves(when)) {
    if (!('consent' in leaf)) continue
    const asksForIt = negations % 2 === 0 ? leaf.consent === 'obtained' : leaf.consent !== 'obtained'
    if (!asksForIt) continue
    check.error(
      [...above, ...path],
      'consent-withholds',
      'Protection may not depend on consent being given. Take this condition out, or write what is so without consent.',
    )
  }
}

/** One fact that raises here and holds back there has no worse answer. */
function checkFacts(check: Checker): void {
  const uses = new Map<string, { isNegated: boolean; path: Path }>()
  check.policy.rules.forEach(({ when }, i) => {
    for (const { leaf, path, negations } of leaves(when)) {
      if (!('fact' in leaf)) continue
      const isNegated = negations % 2 === 1
      const at: Path = ['rules', i, 'when', ...path]
      const before = uses.get(leaf.fact)
      if (before && before.isNegated !== isNegated)
        check.warn(
          at,
          'fact-both-ways',
          `“${leaf.fact}” answered yes makes one rule hold and another not. Let the worrying answer be yes everywhere.`,
        )
      uses.set(leaf.fact, before ?? { isNegated, path: at })
    }
  })
}
