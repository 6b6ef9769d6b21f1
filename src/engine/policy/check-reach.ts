/** Everything leads somewhere: levels that a child can be placed at, responses that can come out, words that are used. */
import { leaves } from '../conditions/describe.ts'
import { COMMON_SCALE } from '../vocabulary.ts'
import { agesIn } from './age-set.ts'
import { ownColumns } from './assemble-indicators.ts'
import type { Checker } from './checker.ts'
import { conditionsOf, type Ground, isScoring } from './ground.ts'

export function checkReach(check: Checker, ground: Ground): void {
  checkLevels(check, ground)
  checkCutoffs(check, ground)
  checkResponses(check)
  checkUnused(check)
  checkQuestions(check)
}

function checkLevels(check: Checker, ground: Ground): void {
  const { policy, pack } = check
  const single = policy.indicators.filter(({ alone, absolute, kind }) => alone || absolute || kind === 'expected')
  const bands = policy.levels.map(({ common }) => COMMON_SCALE.indexOf(common))
  const floors = pack.triggers.flatMap(
    ({ atLeast }) => policy.levels[bands.findIndex((band) => band >= COMMON_SCALE.indexOf(atLeast))]?.code ?? [],
  )
  const reached = new Set(
    [
      ...single.flatMap(ownColumns),
      ...policy.rules.flatMap(({ then }) => then.atLeast ?? []),
      ...policy.clusters.map(({ atLeast }) => atLeast),
      ...(policy.points?.cutoffs ?? []).map(({ level }) => level),
      ...floors,
    ].map(ground.rank),
  )
  policy.levels.forEach(({ code, label }, i) => {
    if (reached.has(ground.rank(code))) return
    const at = ground.rank(code) === 0 ? 'an indicator of kind expected' : 'a rule, a cluster or an indicator'
    check.error(['levels', i], 'unreachable-level', `Nothing places a child at ${label}. Write ${at} that does.`)
  })
}

/** The most points that one child of any age could have. */
function checkCutoffs(check: Checker, ground: Ground): void {
  const { points, indicators } = check.policy
  const weighted = indicators.filter(({ points: weight }) => weight !== undefined)
  if (!points || weighted.length === 0) return
  const sums = agesIn(weighted.reduce((ages, spec) => ages | ground.ages(spec), 0n)).map((age) =>
    weighted
      .filter((spec) => spec.absolute || (ground.ages(spec) >> BigInt(age + 1)) & 1n)
      .reduce((sum, spec) => sum + (spec.points ?? 0), 0),
  )
  const most = Math.max(0, ...sums)
  points.cutoffs.forEach((cutoff, i) => {
    if (cutoff.points <= most) return
    check.error(
      ['points', 'cutoffs', i, 'points'],
      'cutoff-unreachable',
      `No child can have ${cutoff.points} points: all indicators with points come to ${most}. Write a lower cut-off.`,
    )
  })
}

function checkResponses(check: Checker): void {
  const { policy, pack } = check
  const firstOf = (type: string): string[] =>
    policy.responses
      .filter((response) => response.type === type)
      .map(({ code }) => code)
      .slice(0, 1)
  const led = new Set([
    ...policy.routing.flatMap(({ responses, alternatives }) => [...responses, ...alternatives]),
    ...policy.rules.flatMap(({ then }) => then.response ?? []),
    ...policy.gates.map(({ response }) => response),
    ...(policy.matrices ?? []).flatMap(({ columns }) => columns.flatMap(({ response }) => response ?? [])),
    ...pack.triggers.flatMap(({ responses }) => responses.flatMap(firstOf).slice(0, 1)),
    ...firstOf('human_review'),
  ])
  policy.responses.forEach(({ code }, i) => {
    if (!led.has(code))
      check.warn(
        ['responses', i],
        'unreachable-response',
        `No route, rule, gate or trigger leads to ${code}. Name it in one of them, or take it out.`,
      )
  })
}

function checkUnused(check: Checker): void {
  const { policy } = check
  const conditions = conditionsOf(policy).flatMap(({ when }) => leaves(when).map(({ leaf }) => leaf))
  const facts = new Set(conditions.flatMap((leaf) => ('fact' in leaf ? [leaf.fact] : [])))
  const measures = new Set([
    ...conditions.flatMap((leaf) => ('measure' in leaf ? [leaf.measure] : [])),
    ...policy.indicators.flatMap(({ measure }) => measure?.name ?? []),
  ])
  const bands = new Set([
    policy.urgency.default,
    ...policy.indicators.flatMap(({ urgency }) => urgency ?? []),
    ...policy.rules.flatMap(({ then }) => then.urgency ?? []),
    ...policy.responses.flatMap(({ urgency }) => urgency ?? []),
    ...policy.urgency.bands.flatMap(({ overdueBecomes }) => overdueBecomes ?? []),
  ])
  const assessments = new Set([
    ...conditions.flatMap((leaf) => ('assessment' in leaf ? [leaf.assessment] : [])),
    ...(policy.requirements ?? []).flatMap(({ needs }) => needs),
  ])
  const matrices = new Set(policy.indicators.flatMap(({ matrix }) => matrix ?? []))
  const parents = new Set(policy.domains.flatMap(({ parent }) => parent ?? []))
  const domains = new Set([...parents, ...policy.indicators.flatMap((spec) => spec.domains)])
  const unused = (path: readonly (string | number)[], what: string): void =>
    check.warn(path, 'never-used', `Nothing uses ${what}. Use it, or take it out.`)
  policy.facts.forEach(({ code }, i) => facts.has(code) || unused(['facts', i], `the fact “${code}”`))
  policy.measures.forEach(({ name }, i) => measures.has(name) || unused(['measures', i], `the measure “${name}”`))
  policy.domains.forEach(({ code }, i) => domains.has(code) || unused(['domains', i], `the domain “${code}”`))
  policy.assessments?.forEach(
    ({ code }, i) => assessments.has(code) || unused(['assessments', i], `the assessment “${code}”`),
  )
  policy.matrices?.forEach(({ id }, i) => matrices.has(id) || unused(['matrices', i], `the matrix “${id}”`))
  policy.urgency.bands.forEach(
    ({ code }, i) => bands.has(code) || unused(['urgency', 'bands', i], `the urgency band “${code}”`),
  )
}

/** A question about what no indicator is about is never asked. */
function checkQuestions(check: Checker): void {
  const { questions, indicators } = check.policy
  const categories = new Set(indicators.filter(isScoring).flatMap((spec) => spec.categories))
  questions.forEach(({ id, about }, i) => {
    const isAsked = about.indicators !== undefined || about.categories?.some((category) => categories.has(category))
    if (!isAsked)
      check.warn(
        ['questions', i, 'about'],
        'question-never-asked',
        `${id} is never asked: no indicator is of a category that it is about. Name indicators, or other categories.`,
      )
  })
}
