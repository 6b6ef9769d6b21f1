/** Every code that a policy mentions exists, and none is defined twice. */
import { leaves } from '../conditions/describe.ts'
import type { Condition } from '../conditions/shape.ts'
import type { Path } from '../problem.ts'
import type { Checker } from './checker.ts'

export interface Codes {
  readonly levels: ReadonlySet<string>
  readonly domains: ReadonlySet<string>
  readonly measures: ReadonlySet<string>
  readonly indicators: ReadonlySet<string>
  readonly responses: ReadonlySet<string>
  readonly bands: ReadonlySet<string>
  readonly facts: ReadonlySet<string>
  readonly triggers: ReadonlySet<string>
  readonly clocks: ReadonlySet<string>
  readonly services: ReadonlySet<string>
  readonly assessments: ReadonlySet<string>
  /** Columns of each matrix. */
  readonly matrices: ReadonlyMap<string, ReadonlySet<string>>
}

/** Facts that every policy has without declaring them. */
export const BUILT_IN_FACTS = ['immediate_danger'] as const

export function checkReferences(check: Checker): void {
  checkDuplicates(check)
  const codes = codesOf(check)
  checkIndicators(check, codes)
  checkRules(check, codes)
  checkResponses(check, codes)
  checkRest(check, codes)
}

/** The codes that a policy and its statutory pack define, by what they name. */
export function codesOf({ policy, pack }: Checker): Codes {
  return {
    levels: new Set(policy.levels.map(({ code }) => code)),
    domains: new Set(policy.domains.map(({ code }) => code)),
    measures: new Set(policy.measures.map(({ name }) => name)),
    indicators: new Set(policy.indicators.map(({ code }) => code)),
    responses: new Set(policy.responses.map(({ code }) => code)),
    bands: new Set(policy.urgency.bands.map(({ code }) => code)),
    facts: new Set([...BUILT_IN_FACTS, ...policy.facts.map(({ code }) => code), ...policy.gates.map(({ id }) => id)]),
    triggers: new Set(pack.triggers.map(({ code }) => code)),
    clocks: new Set(pack.clocks.map(({ code }) => code)),
    services: new Set(policy.services.map(({ code }) => code)),
    assessments: new Set((policy.assessments ?? []).map(({ code }) => code)),
    matrices: new Map((policy.matrices ?? []).map(({ id, columns }) => [id, new Set(columns.map(({ code }) => code))])),
  }
}

function checkDuplicates(check: Checker): void {
  const { policy } = check
  const lists = {
    levels: policy.levels.map(({ code }) => code),
    domains: policy.domains.map(({ code }) => code),
    measures: policy.measures.map(({ name }) => name),
    indicators: policy.indicators.map(({ code }) => code),
    facts: policy.facts.map(({ code }) => code),
    gates: policy.gates.map(({ id }) => id),
    responses: policy.responses.map(({ code }) => code),
    questions: policy.questions.map(({ id }) => id),
    quality: policy.quality.map(({ feature }) => feature),
    services: policy.services.map(({ code }) => code),
    matrices: (policy.matrices ?? []).map(({ id }) => id),
    assessments: (policy.assessments ?? []).map(({ code }) => code),
    requirements: (policy.requirements ?? []).map(({ id }) => id),
    forbidden: (policy.forbidden ?? []).map(({ id }) => id),
    transitions: (policy.transitions ?? []).map(({ id }) => id),
    guidance: (policy.guidance ?? []).map(({ id }) => id),
    glossary: (policy.glossary ?? []).map(({ term }) => term),
  }
  for (const [section, codes] of Object.entries<string[]>(lists)) {
    codes.forEach((code, index) => {
      if (codes.indexOf(code) < index)
        check.error([section, index], 'duplicate-code', `“${code}” is defined twice under “${section}”.`)
    })
  }
  // Reasons name indicators, rules and clusters side by side, so the three share one name space.
  const taken = new Set(lists.indicators)
  for (const section of ['rules', 'clusters'] as const) {
    policy[section].forEach(({ id }, index) => {
      if (taken.has(id))
        check.error([section, index, 'id'], 'duplicate-code', `“${id}” already names an indicator, rule or cluster.`)
      taken.add(id)
    })
  }
}

function checkIndicators(check: Checker, codes: Codes): void {
  check.policy.indicators.forEach((indicator, i) => {
    const at = (...rest: Path): Path => ['indicators', i, ...rest]
    const { matrix } = indicator
    const levels = matrix === undefined ? codes.levels : (codes.matrices.get(matrix) ?? codes.levels)
    const what = levels === codes.levels ? 'level' : `column of the matrix ${matrix}`
    check.known(at('matrix'), matrix, new Set(codes.matrices.keys()), 'matrix')
    check.known(at('level'), indicator.level, levels, what)
    indicator.raisedBy?.forEach(({ level }, r) => check.known(at('raisedBy', r, 'level'), level, levels, what))
    indicator.domains.forEach((domain, d) => check.known(at('domains', d), domain, codes.domains, 'domain'))
    for (const [occurrence, level] of Object.entries(indicator.grades ?? {}))
      check.known(at('grades', occurrence), level, levels, what)
    check.known(at('measure', 'name'), indicator.measure?.name, codes.measures, 'measure')
    indicator.triggers.forEach((trigger, t) =>
      check.known(at('triggers', t), trigger, codes.triggers, 'statutory trigger'),
    )
    check.known(at('urgency'), indicator.urgency, codes.bands, 'urgency band')
  })
}

function checkRules(check: Checker, codes: Codes): void {
  const { policy } = check
  policy.rules.forEach((rule, i) => {
    checkCondition(check, rule.when, ['rules', i, 'when'], codes)
    check.known(['rules', i, 'then', 'atLeast'], rule.then.atLeast, codes.levels, 'level')
    check.known(['rules', i, 'then', 'urgency'], rule.then.urgency, codes.bands, 'urgency band')
    check.known(['rules', i, 'then', 'response'], rule.then.response, codes.responses, 'response')
    rule.unless?.protective.forEach((code, p) =>
      check.known(['rules', i, 'unless', 'protective', p], code, codes.indicators, 'indicator'),
    )
  })
  policy.clusters.forEach((cluster, i) => {
    check.known(['clusters', i, 'matrix'], cluster.matrix, new Set(codes.matrices.keys()), 'matrix')
    check.known(['clusters', i, 'ofLevel'], cluster.ofLevel, levelsIn(codes, cluster.matrix), 'level')
    check.known(['clusters', i, 'atLeast'], cluster.atLeast, codes.levels, 'level')
    cluster.unless?.protective.forEach((code, p) =>
      check.known(['clusters', i, 'unless', 'protective', p], code, codes.indicators, 'indicator'),
    )
  })
  policy.points?.cutoffs.forEach(({ level }, i) =>
    check.known(['points', 'cutoffs', i, 'level'], level, codes.levels, 'level'),
  )
}

/** Levels, and the columns of the matrix that is named. */
function levelsIn(codes: Codes, matrix: string | undefined): ReadonlySet<string> {
  return new Set([...codes.levels, ...(codes.matrices.get(matrix ?? '') ?? [])])
}

export function checkCondition(check: Checker, condition: Condition, above: Path, codes: Codes): void {
  for (const { leaf, path } of leaves(condition)) {
    const at = (...rest: Path): Path => [...above, ...path, ...rest]
    if ('present' in leaf) check.known(at('present'), leaf.present, codes.indicators, 'indicator')
    if ('measure' in leaf) check.known(at('measure'), leaf.measure, codes.measures, 'measure')
    if ('assessment' in leaf) check.known(at('assessment'), leaf.assessment, codes.assessments, 'assessment')
    if ('reached' in leaf) check.known(at('reached'), leaf.reached, codes.levels, 'level')
    if ('fact' in leaf) check.known(at('fact'), leaf.fact, codes.facts, 'fact')
    if ('count' in leaf) {
      check.known(at('count', 'matrix'), leaf.count.matrix, new Set(codes.matrices.keys()), 'matrix')
      check.known(at('count', 'level'), leaf.count.level, levelsIn(codes, leaf.count.matrix), 'level')
      check.known(at('count', 'domain'), leaf.count.domain, codes.domains, 'domain')
    }
  }
}

function checkResponses(check: Checker, codes: Codes): void {
  const { policy } = check
  policy.responses.forEach((response, i) => {
    check.known(['responses', i, 'statutoryClock'], response.statutoryClock, codes.clocks, 'statutory clock')
    check.known(['responses', i, 'urgency'], response.urgency, codes.bands, 'urgency band')
  })
  policy.routing.forEach((route, i) => {
    check.known(['routing', i, 'level'], route.level, codes.levels, 'level')
    if (route.when) checkCondition(check, route.when, ['routing', i, 'when'], codes)
    for (const list of ['responses', 'alternatives'] as const) {
      route[list].forEach((code, r) => check.known(['routing', i, list, r], code, codes.responses, 'response'))
    }
  })
  policy.gates.forEach((gate, i) => check.known(['gates', i, 'response'], gate.response, codes.responses, 'response'))
  const { secondScreening, signOff } = policy.oversight
  secondScreening.responses.forEach((code, r) =>
    check.known(['oversight', 'secondScreening', 'responses', r], code, codes.responses, 'response'),
  )
  signOff.responses.forEach((code, r) =>
    check.known(['oversight', 'signOff', 'responses', r], code, codes.responses, 'response'),
  )
}

function checkRest(check: Checker, codes: Codes): void {
  const { policy } = check
  check.known(['urgency', 'default'], policy.urgency.default, codes.bands, 'urgency band')
  const parentOf = new Map(policy.domains.map(({ code, parent }) => [code, parent]))
  policy.domains.forEach(({ code }, i) => {
    const seen = new Set<string>()
    for (let at: string | undefined = code; at !== undefined && !seen.has(at); at = parentOf.get(at)) {
      seen.add(at)
      if (parentOf.get(at) === code)
        check.error(['domains', i, 'parent'], 'domain-cycle', `The domain “${code}” is its own ancestor.`)
    }
  })
  policy.domains.forEach((domain, i) => check.known(['domains', i, 'parent'], domain.parent, codes.domains, 'domain'))
  policy.services.forEach((service, i) => {
    service.levels.forEach((level, l) => check.known(['services', i, 'levels', l], level, codes.levels, 'level'))
  })
  policy.questions.forEach((question, i) => {
    question.about.indicators?.forEach((code, q) =>
      check.known(['questions', i, 'about', 'indicators', q], code, codes.indicators, 'indicator'),
    )
    question.informs.forEach((code, q) =>
      check.known(['questions', i, 'informs', q], code, codes.indicators, 'indicator'),
    )
  })
}
