/** Rules and clusters can only raise, nothing absolute can be withheld, and no finding is left without a place. */
import { leaves } from '../conditions/describe.ts'
import type { Condition } from '../conditions/shape.ts'
import type { Path } from '../problem.ts'
import type { Checker } from './checker.ts'

export function checkRuleMeaning(check: Checker): void {
  const { policy } = check
  const kindOf = new Map(policy.indicators.map(({ code, kind }) => [code, kind]))
  policy.rules.forEach((rule, i) => {
    if (Object.values(rule.then).every((value) => value === undefined)) {
      check.error(
        ['rules', i, 'then'],
        'rule-without-effect',
        `${rule.id} says nothing under “then”. Give it atLeast, urgency, response or review.`,
      )
    }
    if (rule.absolute && rule.unless)
      check.error(['rules', i, 'unless'], 'absolute-withheld', `${rule.id} is absolute: nothing may withhold it.`)
    checkPolarity(check, rule.when, ['rules', i, 'when'], kindOf)
    checkProtective(check, rule.unless?.protective, ['rules', i], kindOf)
  })
  policy.clusters.forEach((cluster, i) => {
    checkProtective(check, cluster.unless?.protective, ['clusters', i], kindOf)
    const [of, at] = [check.levelRank.get(cluster.ofLevel) ?? 0, check.levelRank.get(cluster.atLeast) ?? 0]
    if (at < of - 1)
      check.error(
        ['clusters', i, 'atLeast'],
        'cluster-too-low',
        `Findings of ${cluster.ofLevel} would place a child at ${cluster.atLeast}: more than one level below. Write a higher atLeast.`,
      )
  })
  policy.routing.forEach((route, i) => route.when && checkPolarity(check, route.when, ['routing', i, 'when'], kindOf))
  checkPlacement(check)
  checkPoints(check)
}

/** The proof that conditions are monotone: nothing that is a sign of risk stands under a negation, nothing protective stands at all. */
function checkPolarity(check: Checker, condition: Condition, above: Path, kindOf: ReadonlyMap<string, string>): void {
  for (const { leaf, path, negations } of leaves(condition)) {
    const at = [...above, ...path]
    if (negations > 0 && !('age' in leaf || 'consent' in leaf || 'fact' in leaf)) {
      check.error(
        at,
        'not-monotone',
        '“not” may stand only before age, consent or a fact: a risk that is found must never lower anything.',
      )
    }
    if (negations > 0 && 'fact' in leaf && leaf.fact === 'immediate_danger') {
      check.error(at, 'not-monotone', '“not” may not stand before immediate danger.')
    }
    const kind = 'present' in leaf ? kindOf.get(leaf.present) : 'count' in leaf ? leaf.count.kind : undefined
    if (kind === 'protective' || kind === 'expected') {
      check.error(
        at,
        'not-monotone',
        `A condition cannot rest on something ${kind}; a protective factor acts only through “unless”.`,
      )
    }
  }
}

function checkProtective(
  check: Checker,
  codes: readonly string[] | undefined,
  above: Path,
  kindOf: ReadonlyMap<string, string>,
): void {
  codes?.forEach((code, i) => {
    const kind = kindOf.get(code)
    if (kind === undefined || kind === 'protective') return
    check.error(
      [...above, 'unless', 'protective', i],
      'unless-not-protective',
      `${code} is ${kind}; only protective factors may withhold a rise.`,
    )
  })
}

/** One finding alone must lead somewhere: by `alone`, or by a cluster of one that nothing narrows or withholds. */
function checkPlacement(check: Checker): void {
  const { policy, levelRank } = check
  const singles = policy.clusters
    .filter(
      ({ count, acrossDomains, categories, unless }) => count === 1 && acrossDomains === 1 && !categories && !unless,
    )
    .map(({ ofLevel }) => levelRank.get(ofLevel) ?? 0)
  policy.indicators.forEach((indicator, i) => {
    if (indicator.kind === 'protective' || indicator.kind === 'expected' || indicator.alone || indicator.absolute)
      return
    const rank = levelRank.get(indicator.level) ?? 0
    if (singles.some((single) => single <= rank)) return
    check.error(
      ['indicators', i],
      'unplaced-indicator',
      `${indicator.code} found alone would lead to no level. Add a cluster with count: 1 and ofLevel: ${indicator.level}, or make it \`alone: true\`.`,
    )
  })
}

function checkPoints(check: Checker): void {
  const { points, indicators } = check.policy
  const carrying = indicators.findIndex(({ points: weight }) => weight !== undefined)
  if (!points && carrying >= 0)
    check.error(
      ['indicators', carrying, 'points'],
      'points-unused',
      'Indicators have points but the policy has no “points” section.',
    )
  if (!points) return
  if (carrying < 0) check.error(['points'], 'points-unused', 'The policy has cut-offs but no indicator has points.')
  points.cutoffs.forEach((cutoff, i) => {
    const before = points.cutoffs[i - 1]
    if (!before) return
    if (
      cutoff.points <= before.points ||
      (check.levelRank.get(cutoff.level) ?? 0) <= (check.levelRank.get(before.level) ?? 0)
    ) {
      check.error(
        ['points', 'cutoffs', i],
        'cutoff-order',
        'Cut-offs rise: each has more points and a higher level than the one before.',
      )
    }
  })
}
