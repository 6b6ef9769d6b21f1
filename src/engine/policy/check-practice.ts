/** The sections on practice: every code that they mention exists, and what they say can be so. */
import { leaves } from '../conditions/describe.ts'
import type { Condition } from '../conditions/shape.ts'
import type { Path } from '../problem.ts'
import { type Codes, checkCondition, codesOf } from './check-references.ts'
import type { Checker } from './checker.ts'

export function checkPractice(check: Checker): void {
  const codes = codesOf(check)
  checkSplits(check, codes)
  checkMatrices(check, codes)
  checkRequirements(check, codes)
  checkTransitions(check, codes)
  checkResponsePractice(check, codes)
  checkOversight(check, codes)
}

/** Splits, requirements and the like see a child whose level is known: to ask for it there would be to ask for itself. */
function condition(check: Checker, when: Condition | undefined, at: Path, codes: Codes): void {
  if (!when) return
  checkCondition(check, when, at, codes)
  refuseReached(check, when, at)
}

export function refuseReached(check: Checker, when: Condition, at: Path): void {
  for (const { leaf, path } of leaves(when)) {
    if ('reached' in leaf)
      check.error([...at, ...path], 'reached-outside-rules', '“reached” can stand only in the condition of a rule.')
  }
}

function checkSplits(check: Checker, codes: Codes): void {
  check.policy.levels.forEach(({ label, splits }, l) => {
    if (!splits) return
    splits.forEach(({ when }, s) => {
      condition(check, when, ['levels', l, 'splits', s, 'when'], codes)
      const isLast = s === splits.length - 1
      if ((when === undefined) === isLast) return
      check.error(
        ['levels', l, 'splits', s],
        'split-without-default',
        `${label}: the last split has no “when” and every other one has, so that each child is in one of them.`,
      )
    })
    const names = splits.map(({ code }) => code)
    names.forEach((code, s) => {
      if (names.indexOf(code) < s)
        check.error(['levels', l, 'splits', s, 'code'], 'duplicate-code', `“${code}” is defined twice.`)
    })
  })
}

function checkMatrices(check: Checker, codes: Codes): void {
  const taken = new Set(codes.levels)
  check.policy.matrices?.forEach(({ title, columns }, m) => {
    columns.forEach(({ code, level, response }, c) => {
      const at = (...rest: Path): Path => ['matrices', m, 'columns', c, ...rest]
      check.known(at('level'), level, codes.levels, 'level')
      check.known(at('response'), response, codes.responses, 'response')
      if (taken.has(code))
        check.error(at('code'), 'duplicate-code', `“${code}” already names a level or a column of a matrix.`)
      taken.add(code)
      const before = check.levelRank.get(columns[c - 1]?.level ?? '') ?? -1
      if ((check.levelRank.get(level) ?? before) < before)
        check.error(at('level'), 'column-order', `${title}: a later column cannot stand for a lower level.`)
    })
  })
}

function checkRequirements(check: Checker, codes: Codes): void {
  const { policy } = check
  policy.requirements?.forEach((requirement, r) => {
    const at = (...rest: Path): Path => ['requirements', r, ...rest]
    requirement.levels?.forEach((level, i) => check.known(at('levels', i), level, codes.levels, 'level'))
    requirement.responses?.forEach((code, i) => check.known(at('responses', i), code, codes.responses, 'response'))
    requirement.needs.forEach((code, i) => check.known(at('needs', i), code, codes.assessments, 'assessment'))
    condition(check, requirement.when, at('when'), codes)
    if (!requirement.levels && !requirement.responses && !requirement.when)
      check.error(
        at(),
        'requirement-empty',
        `${requirement.id} does not say when it applies. Write levels, responses or when.`,
      )
  })
  policy.assessments?.forEach(({ label, results = [] }, a) => {
    results.forEach(({ value }, i) => {
      if (i > 0 && value <= (results[i - 1]?.value ?? 0))
        check.error(['assessments', a, 'results', i], 'result-order', `${label}: list results with rising values.`)
    })
  })
}

function checkTransitions(check: Checker, codes: Codes): void {
  const { policy } = check
  policy.transitions?.forEach(({ id, from: start, to: end, when }, t) => {
    const at = (...rest: Path): Path => ['transitions', t, ...rest]
    for (const [property, level] of Object.entries({ from: start, to: end }))
      check.known(at(property), level, codes.levels, 'level')
    condition(check, when, at('when'), codes)
    if (start === end) check.error(at('to'), 'transition-empty', `${id} leads from ${start} to the same level.`)
  })
  policy.guidance?.forEach(({ levels, responses }, g) => {
    levels?.forEach((level, i) => check.known(['guidance', g, 'levels', i], level, codes.levels, 'level'))
    responses?.forEach((code, i) => check.known(['guidance', g, 'responses', i], code, codes.responses, 'response'))
  })
  policy.forbidden?.forEach(({ response, atLevels, together }, f) => {
    check.known(['forbidden', f, 'response'], response, codes.responses, 'response')
    atLevels?.forEach((level, i) => check.known(['forbidden', f, 'atLevels', i], level, codes.levels, 'level'))
    together?.forEach((code, i) => check.known(['forbidden', f, 'together', i], code, codes.responses, 'response'))
  })
}

function checkResponsePractice(check: Checker, codes: Codes): void {
  const { policy } = check
  policy.responses.forEach(({ services }, r) => {
    services?.forEach((code, i) => check.known(['responses', r, 'services', i], code, codes.services, 'service'))
  })
  policy.urgency.bands.forEach(({ label, overdueBecomes }, b) => {
    const at = ['urgency', 'bands', b, 'overdueBecomes']
    check.known(at, overdueBecomes, codes.bands, 'urgency band')
    const becomes = policy.urgency.bands.findIndex(({ code }) => code === overdueBecomes)
    if (becomes >= b)
      check.error(at, 'overdue-order', `${label}: what has run over its time becomes more urgent, not less.`)
  })
  const { officeHours, repetition } = policy
  if (officeHours && officeHours.opens >= officeHours.closes)
    check.error(['officeHours', 'closes'], 'office-hours', 'The office closes before it opens.')
  if (!repetition) return
  const counts = [repetition.sometimes, repetition.often, repetition.persistent].filter((count) => count !== undefined)
  if (counts.length === 0)
    check.error(['repetition'], 'repetition-order', 'Say how many make sometimes, often or persistent.')
  if (counts.some((count, i) => i > 0 && count <= (counts[i - 1] ?? 0)))
    check.error(['repetition'], 'repetition-order', 'What happens more often takes more pieces of evidence.')
}

function checkOversight(check: Checker, codes: Codes): void {
  const { secondScreening, signOff, moderation, escalation } = check.policy.oversight
  condition(check, secondScreening.when, ['oversight', 'secondScreening', 'when'], codes)
  condition(check, signOff.when, ['oversight', 'signOff', 'when'], codes)
  moderation.strata?.forEach(({ responses }, s) => {
    responses.forEach((code, i) =>
      check.known(['oversight', 'moderation', 'strata', s, 'responses', i], code, codes.responses, 'response'),
    )
  })
  const stages = escalation.map(({ stage }) => stage)
  stages.forEach((stage, e) => {
    if (stages.indexOf(stage) < e)
      check.error(
        ['oversight', 'escalation', e, 'stage'],
        'duplicate-stage',
        `The ladder names stage ${stage} twice: a challenge would pass one of them over. Give each a number of its own.`,
      )
  })
}
