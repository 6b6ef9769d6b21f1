/** Random changes of a policy, of which some can only raise and some cannot. */
import type { PolicyDocument } from '../../../src/engine/policy/shape.ts'
import { EVIDENCE_KINDS } from '../../../src/engine/vocabulary.ts'
import { ageRange, condition, FEW_CATEGORIES } from './conditions.ts'
import type { Draw } from './draw.ts'
import type { Json } from './indicators.ts'

type Change = (draw: Draw, copy: PolicyDocument) => void

/** A copy with some things changed; mostly such that they could only raise. */
export function changes(draw: Draw, document: PolicyDocument): PolicyDocument {
  const copy = structuredClone(document)
  for (const change of draw.many(1, 3, () => draw.pick(draw.chance(15) ? CHANGES : RAISING))) change(draw, copy)
  return copy
}

/** Routes that lead to more the higher the level, so that a raise leads to nothing less. */
export function rising(levels: readonly { code: string; common: string }[]): Json[] {
  const of = { universal: 'ADVICE', early_help: 'EARLY', child_in_need: 'ASSESS', child_protection: 'STRATEGY' }
  return levels.map(({ code, common }) => ({
    level: code,
    responses: [of[common as keyof typeof of]],
    because: 'Because.',
  }))
}

const level = (draw: Draw, { levels }: PolicyDocument): string => draw.pick(levels).code
const risk = (draw: Draw, { indicators }: PolicyDocument) =>
  draw.pick(indicators.filter(({ kind }) => kind !== 'protective' && kind !== 'expected'))
const any = <T>(draw: Draw, list: readonly T[], change: (item: T) => void): void => {
  if (list.length > 0) change(draw.pick(list))
}

const RAISING: readonly Change[] = [
  (draw, copy) => Object.assign(risk(draw, copy), { alone: true }),
  (draw, copy) => Object.assign(risk(draw, copy), { absolute: true, evidence: undefined }),
  (draw, copy) => risk(draw, copy).categories.push(draw.pick(FEW_CATEGORIES)),
  (draw, copy) => risk(draw, copy).domains.push(draw.pick(copy.domains).code),
  (draw, copy) => copy.indicators.push({ ...risk(draw, copy), code: 'NEW', triggers: [] }),
  (draw, copy) => any(draw, copy.rules, (rule) => Object.assign(rule, { unless: undefined })),
  (draw, copy) =>
    any(draw, copy.rules, ({ unless }) => unless && Object.assign(unless, { atLeast: unless.atLeast + draw.upTo(1) })),
  (draw, copy) =>
    any(draw, copy.rules, ({ unless }) => unless && unless.protective.length > 1 && unless.protective.pop()),
  (draw, copy) =>
    any(draw, copy.rules, (rule) => Object.assign(rule, { when: { any: [rule.when, leaf(draw, copy)] } })),
  (draw, copy) =>
    any(draw, copy.rules, (rule) => Object.assign(rule, { when: 'all' in rule.when ? rule.when.all[0] : rule.when })),
  (draw, copy) => any(draw, copy.rules, (rule) => copy.rules.push({ ...rule, id: 'NEWRULE', when: leaf(draw, copy) })),
  (draw, copy) => any(draw, copy.clusters, (cluster) => Object.assign(cluster, { unless: undefined })),
  (draw, copy) => any(draw, copy.clusters, (cluster) => Object.assign(cluster, { acrossDomains: 1 })),
  (draw, copy) => any(draw, copy.clusters, (cluster) => Object.assign(cluster, { categories: undefined })),
  (draw, copy) => {
    const spec = risk(draw, copy)
    const rank = copy.levels.findIndex(({ code }) => code === spec.level)
    const higher = draw.pick(copy.levels.slice(rank)).code
    Object.assign(spec, { level: higher, grades: undefined })
  },
  (draw, copy) => any(draw, copy.clusters, (cluster) => Object.assign(cluster, { count: 1 })),
  (draw, copy) => any(draw, copy.clusters, (cluster) => Object.assign(cluster, { atLeast: copy.levels.at(-1)?.code })),
  (draw, copy) =>
    any(draw, copy.rules, ({ then }) => Object.assign(then, { atLeast: copy.levels.at(-1)?.code, urgency: 'now' })),
  (draw, copy) => {
    const { measure } = risk(draw, copy)
    if (measure) measure.value += measure.is === 'below' || measure.is === 'atMost' ? 1 : -measure.value
  },
  (draw, copy) => Object.assign(risk(draw, copy), { setting: 'outside_family' }),
  (draw, copy) => any(draw, copy.points?.cutoffs.slice(0, 1) ?? [], (cutoff) => Object.assign(cutoff, { points: 1 })),
]

const CHANGES: readonly Change[] = [
  (draw, copy) => Object.assign(risk(draw, copy), { alone: draw.chance(50) }),
  (draw, copy) => Object.assign(risk(draw, copy), { level: level(draw, copy), grades: undefined }),
  (draw, copy) => Object.assign(risk(draw, copy), { setting: draw.pick(['outside_family', 'family']) }),
  (draw, copy) => Object.assign(risk(draw, copy), { urgency: draw.pick(['now', 'soon', undefined]) }),
  (draw, copy) => Object.assign(risk(draw, copy), { age: draw.chance(50) ? undefined : ageRange(draw) }),
  (draw, copy) =>
    Object.assign(risk(draw, copy), { evidence: draw.chance(50) ? undefined : [draw.pick(EVIDENCE_KINDS)] }),
  (draw, copy) => risk(draw, copy).categories.pop(),
  (draw, copy) => any(draw, copy.indicators, (item) => Object.assign(item, { setting: 'family' })),
  (draw, copy) => {
    const { measure } = risk(draw, copy)
    if (measure) measure.value = draw.upTo(6)
  },
  (draw, copy) => any(draw, copy.rules, ({ then }) => Object.assign(then, { atLeast: level(draw, copy) })),
  (draw, copy) =>
    any(draw, copy.rules, (rule) => Object.assign(rule, { when: { all: [rule.when, leaf(draw, copy)] } })),
  (draw, copy) => any(draw, copy.clusters, (cluster) => Object.assign(cluster, { count: draw.between(1, 3) })),
  (draw, copy) => any(draw, copy.clusters, (cluster) => Object.assign(cluster, { atLeast: level(draw, copy) })),
  (draw, copy) => any(draw, copy.clusters, (cluster) => Object.assign(cluster, { ofLevel: level(draw, copy) })),
  (draw, copy) =>
    any(draw, copy.points?.cutoffs ?? [], (cutoff) => Object.assign(cutoff, { points: draw.between(1, 6) })),
  (_draw, copy) => copy.routing.reverse(),
  (draw, copy) => any(draw, copy.gates, () => copy.gates.pop()),
]

function leaf(draw: Draw, copy: PolicyDocument) {
  const words = {
    levels: copy.levels.map(({ code }) => code),
    domains: copy.domains.map(({ code }) => code),
    measures: copy.measures.map(({ name }) => name),
    facts: copy.facts.map(({ code }) => code),
    assessments: (copy.assessments ?? []).map(({ code }) => code),
    matrices: (copy.matrices ?? []).map(({ id }) => id),
    risks: copy.indicators.filter(({ kind }) => kind !== 'protective' && kind !== 'expected').map(({ code }) => code),
  }
  return condition(draw, words, 0)
}
