/**
 * The things a policy file is made of, one shape each: levels, domains, indicators, rules, responses …
 * Strict everywhere: an unknown or misspelt property is a problem, never ignored. What they mean is in ../DESIGN.md.
 */
import { z } from 'zod'
import { AgeRange, Code, Condition } from '../conditions/shape.ts'
import {
  CATEGORIES,
  COMMON_SCALE,
  DOMAIN_SUBJECTS,
  EVIDENCE_KINDS,
  INDICATOR_KINDS,
  OCCURRENCES,
  OPERATORS,
  SETTINGS,
} from '../vocabulary.ts'

export const Words = z.string().min(1).max(2000)
export const Line = z.string().min(1).max(300)
const IsoDate = z.iso.date()
/** `id@version`: another document that this one stands on. */
const DocumentRef = z.string().regex(/^[a-z0-9][a-z0-9-]{1,59}@[A-Za-z0-9._-]{1,30}$/, 'written id@version')

/** Where in the published document a thing stands. */
export const Citation = z
  .strictObject({
    section: z.string().min(1).max(120),
    paragraph: z.string().min(1).max(40).optional(),
    page: z.int().min(1).max(2000).optional(),
  })
  .meta({ id: 'PolicyCitation' })
export type Citation = z.output<typeof Citation>

export const DocumentControl = z.strictObject({
  id: z.string().regex(/^[a-z0-9][a-z0-9-]{1,59}$/, 'lower-case letters, digits and dashes'),
  title: Line,
  authority: Line,
  version: z.string().regex(/^[A-Za-z0-9._-]{1,30}$/, 'write the version as a quoted string'),
  owner: Line,
  approved: IsoDate,
  effective: IsoDate,
  reviewDue: IsoDate,
  changeReason: Words,
  /** The statutory pack that the policy stands on. */
  statutory: DocumentRef.optional(),
  /** A base policy that this file adds to (a region's matrix under a borough's own part). */
  extends: DocumentRef.optional(),
  attribution: Words.optional(),
})

export const Level = z.strictObject({
  code: Code,
  label: Line,
  colour: z.string().max(30).optional(),
  description: Words,
  /** The highest band of the common scale that this level reaches; for comparison and exports only. */
  common: z.enum(COMMON_SCALE),
})

export const Domain = z.strictObject({
  code: Code,
  label: Line,
  subject: z.enum(DOMAIN_SUBJECTS),
  parent: Code.optional(),
})

export const Indicator = z.strictObject({
  code: Code,
  kind: z.enum(INDICATOR_KINDS),
  level: Code,
  domains: z.array(Code).min(1).max(6),
  categories: z.array(z.enum(CATEGORIES)).max(8).default([]),
  text: Words,
  definition: Words.optional(),
  citation: Citation,
  age: AgeRange.optional(),
  /** The level by how often it happens; the first grade is the indicator's own level and none is lower than the one before. */
  grades: z.partialRecord(z.enum(OCCURRENCES), Code).optional(),
  measure: z.strictObject({ name: Code, is: z.enum(OPERATORS), value: z.int().min(0).max(1_000_000) }).optional(),
  /** Kinds of evidence that count; all where left out. Others leave the indicator unknown, never absent. */
  evidence: z.array(z.enum(EVIDENCE_KINDS)).min(1).optional(),
  /** One such finding places the child at the indicator's level. */
  alone: z.boolean().default(false),
  /** As `alone`, and nothing may lower or withhold it. */
  absolute: z.boolean().default(false),
  /** Statutory triggers that this indicator expresses. */
  triggers: z.array(Code).max(6).default([]),
  urgency: Code.optional(),
  setting: z.enum(SETTINGS).default('family'),
  points: z.int().min(1).max(100).optional(),
  /** Codes of the children in need census that a practitioner would consider. */
  national: z
    .strictObject({
      factors: z
        .array(z.string().regex(/^(\d{1,2}[A-F]?)$/))
        .max(6)
        .optional(),
      need: z
        .string()
        .regex(/^N[0-9]$/)
        .optional(),
      planCategory: z.enum(['NEG', 'PHY', 'SAB', 'EMO', 'MUL']).optional(),
    })
    .optional(),
})

export const Measure = z.strictObject({ name: Code, label: Line, unit: Line })

/** Protective factors that may withhold a discretionary rise. Never on anything absolute; never for harm outside the family. */
export const Unless = z.strictObject({ protective: z.array(Code).min(1).max(30), atLeast: z.int().min(1).max(10) })

export const Rule = z.strictObject({
  id: Code,
  when: Condition,
  then: z.strictObject({
    atLeast: Code.optional(),
    urgency: Code.optional(),
    response: Code.optional(),
    review: Words.optional(),
  }),
  unless: Unless.optional(),
  absolute: z.boolean().default(false),
  because: Words,
  citation: Citation,
})

export const Cluster = z.strictObject({
  id: Code,
  /** This many different indicators of `ofLevel` or above … */
  count: z.int().min(1).max(20),
  ofLevel: Code,
  /** … across at least this many top-level domains … */
  acrossDomains: z.int().min(1).max(10).default(1),
  categories: z.array(z.enum(CATEGORIES)).min(1).optional(),
  /** … place the child at this level or above. */
  atLeast: Code,
  unless: Unless.optional(),
  because: Words,
  citation: Citation,
})

export const Points = z.strictObject({
  cutoffs: z.array(z.strictObject({ points: z.int().min(1).max(10_000), level: Code })).min(1),
  because: Words,
  citation: Citation,
})

/** A question that the front door answers as a fact: `yes`, `no` or `unknown`. */
export const Fact = z.strictObject({ code: Code, question: Line, citation: Citation.optional() })

export const Gate = z.strictObject({
  id: Code,
  question: Line,
  outcome: z.enum([
    'open_case',
    'child_protection_plan',
    'looked_after',
    'other_authority',
    'allegation_against_professional',
    'private_law',
    'information_only',
    'duplicate',
    'not_a_child',
    'other',
  ]),
  response: Code,
  because: Words,
  citation: Citation,
})

export const Route = z.strictObject({
  level: Code,
  when: Condition.optional(),
  responses: z.array(Code).min(1).max(10),
  alternatives: z.array(Code).max(10).default([]),
  because: Words,
  citation: Citation.optional(),
})
