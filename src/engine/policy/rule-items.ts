/** What a policy does with findings, one shape each: rules, clusters, points, facts, gates, routes. */
import { z } from 'zod'
import { Code, Condition } from '../conditions/shape.ts'
import { CATEGORIES } from '../vocabulary.ts'
import { Citation, Line, Words } from './items.ts'

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
  /** … of this matrix alone … */
  matrix: Code.optional(),
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
