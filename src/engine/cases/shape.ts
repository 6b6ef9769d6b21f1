/**
 * Worked examples of a policy, in a companion `<version>.cases.yaml`: what the authority agreed should come out.
 * A case is written in codes rather than as a whole referral, so that a panel can read fifty of them.
 */
import { z } from 'zod'
import { Code } from '../conditions/shape.ts'
import { CATEGORIES, CONSENT_STATES, EVIDENCE_KINDS, OCCURRENCES, TRENDS } from '../vocabulary.ts'

/** `present: [NEG-01, NEG-02: { occurrence: often }]` — a code alone, or a code with what is known of its evidence. */
const PresentItem = z.union([
  Code,
  z.record(
    Code,
    z.strictObject({
      occurrence: z.enum(OCCURRENCES).optional(),
      evidence: z.enum(EVIDENCE_KINDS).optional(),
      monthsAgo: z.int().min(0).max(300).optional(),
      durationMonths: z.int().min(0).max(300).optional(),
      trend: z.enum(TRENDS).optional(),
    }),
  ),
])

const Findings = {
  present: z.array(PresentItem).optional(),
  absent: z.array(Code).optional(),
  unknown: z.array(Code).optional(),
  /** Concerns in words that no indicator of the policy fits. */
  unmapped: z.array(z.string().min(1).max(500)).optional(),
}

/** Look-alike children, one for each entry: the case's child with this one finding more. Each comes out as expected. */
const Each = z
  .strictObject({
    present: z.array(PresentItem).min(1).optional(),
    unknown: z.array(Code).min(1).optional(),
  })
  .refine(({ present, unknown }) => present !== undefined || unknown !== undefined, {
    error: 'name at least one finding under present or unknown',
  })

const CaseChild = z.strictObject({
  ...Findings,
  id: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,40}$/)
    .optional(),
  /** Completed months of age; leave out both this and `unborn` where the age is not known. */
  ageMonths: z.int().min(0).max(300).optional(),
  unborn: z.literal(true).optional(),
  measures: z.record(Code, z.int().min(0).max(1_000_000)).optional(),
  assessments: z
    .array(
      z.strictObject({
        assessment: Code,
        monthsAgo: z.int().min(0).max(300).default(0),
        version: z.string().min(1).max(30).optional(),
        result: z.int().min(0).max(10_000).optional(),
        byTrained: z.boolean().optional(),
      }),
    )
    .optional(),
  history: z
    .array(z.strictObject({ monthsAgo: z.int().min(0).max(300), categories: z.array(z.enum(CATEGORIES)).default([]) }))
    .optional(),
})

const Expectation = z.strictObject({
  /** The child this is about; may be left out where there is one. */
  child: z.string().optional(),
  level: Code.optional(),
  low: Code.optional(),
  high: Code.optional(),
  /** The level below which nothing may bring the child; null where there is none. */
  floor: Code.nullable().optional(),
  withheld: z.boolean().optional(),
  redirected: Code.optional(),
  responses: z.array(Code).optional(),
  urgency: Code.optional(),
  /** The split of the level. */
  split: Code.optional(),
  /** Requirements that apply and are not met; steps up or down that are shown, or the levels to which they lead. */
  unmet: z.array(Code).optional(),
  transitions: z.array(Code).optional(),
  /** Ids of rules, clusters or indicators that must be among the reasons. */
  reasons: z.array(Code).optional(),
  questions: z.array(Code).optional(),
  alerts: z.array(Code).optional(),
  alternatives: z.array(Code).optional(),
  /** Reviews that must be asked for: the id of the rule that asks, or words of what it asks. */
  reviews: z.array(z.string().min(1).max(2000)).optional(),
  /** What must not come out. */
  notResponses: z.array(Code).optional(),
  notReasons: z.array(Code).optional(),
  notUnmet: z.array(Code).optional(),
  notTransitions: z.array(Code).optional(),
  /** Exactly these rules, clusters and indicators place the child, and nothing else does. */
  onlyReasons: z.array(Code).optional(),
})

export const Case = z
  .strictObject({
    id: Code,
    title: z.string().min(1).max(200),
    why: z.string().min(1).max(1000).optional(),
    /** The example as the document tells it. */
    vignette: z.string().min(1).max(4000).optional(),
    immediateDanger: z.boolean().optional(),
    /** Dated events are listed. */
    chronology: z.literal(true).optional(),
    consent: z.enum(CONSENT_STATES).optional(),
    facts: z.record(Code, z.enum(['yes', 'no', 'unknown'])).optional(),
    household: z.strictObject(Findings).optional(),
    /** One child, or several with ids. */
    child: CaseChild.optional(),
    children: z
      .array(CaseChild.required({ id: true }))
      .min(1)
      .optional(),
    each: Each.optional(),
    expect: z.union([Expectation, z.array(Expectation.required({ child: true })).min(1)]),
  })
  .refine(({ each, children, expect }) => each === undefined || (children === undefined && !Array.isArray(expect)), {
    error: '“each” makes children of its own: write one “child” and one expectation beside it',
  })
export type Case = z.output<typeof Case>
export type Expectation = z.output<typeof Expectation>

export const CasesFile = z
  .strictObject({
    format: z.literal('threshold.cases/1'),
    /** `id@version` of the policy. */
    policy: z.string(),
    cases: z.array(Case).min(1).max(2000),
    /** Small changes of the policy that no case can notice, each with the reason; see docs/policies/cases.md. */
    unmutated: z
      .array(z.strictObject({ mutant: z.string().min(1).max(300), why: z.string().min(1).max(1000) }))
      .optional(),
  })
  .meta({ id: 'CasesFile' })
export type CasesFile = z.output<typeof CasesFile>
