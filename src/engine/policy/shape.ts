/** The shape of a policy file: an authority's threshold document as data, whole or as base and overlay. */
import { z } from 'zod'
import { Code } from '../conditions/shape.ts'
import { DocumentControl, Domain, Indicator, Level, Matrix, Measure, Repetition } from './items.ts'
import { Letters } from './letter-items.ts'
import { Assessment, Forbidden, Guidance, OfficeHours, Requirement, Term, Transition } from './practice-items.ts'
import { Oversight, QualityItem, Question, Response, Service, Urgency } from './response-items.ts'
import { Cluster, Fact, Gate, Points, Route, Rule } from './rule-items.ts'

/** The sections; a base or an overlay may leave some out, the resolved policy may not. */
const sections = {
  levels: z.array(Level).min(2).max(6),
  domains: z.array(Domain).min(1).max(200),
  measures: z.array(Measure).max(100),
  indicators: z.array(Indicator).min(1).max(2000),
  facts: z.array(Fact).max(100),
  rules: z.array(Rule).max(500),
  clusters: z.array(Cluster).max(100),
  points: Points,
  gates: z.array(Gate).max(50),
  routing: z.array(Route).min(1).max(200),
  responses: z.array(Response).min(1).max(100),
  urgency: Urgency,
  questions: z.array(Question).max(300),
  quality: z.array(QualityItem).min(1).max(9),
  oversight: Oversight,
  services: z.array(Service).max(500),
}

/** Sections that a policy may do without. They have no default, so that a policy without them keeps its hash. */
const practice = {
  matrices: z.array(Matrix).min(1).max(20).optional(),
  repetition: Repetition.optional(),
  assessments: z.array(Assessment).min(1).max(100).optional(),
  requirements: z.array(Requirement).min(1).max(100).optional(),
  forbidden: z.array(Forbidden).min(1).max(100).optional(),
  transitions: z.array(Transition).min(1).max(100).optional(),
  guidance: z.array(Guidance).min(1).max(300).optional(),
  glossary: z.array(Term).min(1).max(500).optional(),
  officeHours: OfficeHours.optional(),
  letters: Letters.optional(),
}

/** Things of the base that an overlay takes out, by code. Absolute things cannot be removed. */
const Remove = z.strictObject({
  indicators: z.array(Code).optional(),
  rules: z.array(Code).optional(),
  clusters: z.array(Code).optional(),
  questions: z.array(Code).optional(),
  services: z.array(Code).optional(),
})

/** A policy file as written: whole, or base or overlay with only some of the sections. */
export const PolicySource = z
  .strictObject({
    format: z.literal('threshold.policy/1'),
    document: DocumentControl,
    remove: Remove.optional(),
    ...sections,
    ...practice,
  })
  .partial({
    levels: true,
    domains: true,
    measures: true,
    indicators: true,
    facts: true,
    rules: true,
    clusters: true,
    points: true,
    gates: true,
    routing: true,
    responses: true,
    urgency: true,
    questions: true,
    quality: true,
    oversight: true,
    services: true,
  })
  .meta({ id: 'PolicyFile' })
export type PolicySource = z.output<typeof PolicySource>

/** A policy with its base resolved into it: everything that scoring needs is there. */
export const PolicyDocument = z.strictObject({
  format: z.literal('threshold.policy/1'),
  document: DocumentControl.required({ statutory: true }),
  ...sections,
  ...practice,
  measures: sections.measures.default([]),
  facts: sections.facts.default([]),
  rules: sections.rules.default([]),
  points: Points.optional(),
  gates: sections.gates.default([]),
  questions: sections.questions.default([]),
  services: sections.services.default([]),
  /** `id@version` of the base for each indicator, rule and cluster that comes from it. */
  provenance: z.record(Code, z.string()).default({}),
})
export type PolicyDocument = z.output<typeof PolicyDocument>
export type LevelSpec = PolicyDocument['levels'][number]
export type IndicatorSpec = PolicyDocument['indicators'][number]
export type RuleSpec = PolicyDocument['rules'][number]
export type ClusterSpec = PolicyDocument['clusters'][number]
export type ResponseSpec = PolicyDocument['responses'][number]
export type RouteSpec = PolicyDocument['routing'][number]

/** Rank of each level by its code, lowest 0, and of each column of a matrix by the level that it stands for. */
export function levelRanks(policy: Pick<PolicyDocument, 'levels' | 'matrices'>): Map<string, number> {
  const ranks = new Map(policy.levels.map(({ code }, rank) => [code, rank]))
  for (const { columns } of policy.matrices ?? [])
    for (const { code, level } of columns) ranks.set(code, ranks.get(code) ?? ranks.get(level) ?? 0)
  return ranks
}
