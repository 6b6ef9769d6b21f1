/**
 * The closed language of conditions. There is no way to write code, text comparison or arithmetic in it:
 * a policy is data to the last. `conditions/evaluate.ts` gives each form its three-valued meaning.
 */
import { z } from 'zod'
import {
  CATEGORIES,
  CONSENT_STATES,
  EVIDENCE_KINDS,
  INDICATOR_KINDS,
  OCCURRENCES,
  OPERATORS,
  TRENDS,
} from '../vocabulary.ts'

/** A code in a policy: letters, digits, dot, dash, underscore; at most 60 characters. */
export const Code = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,59}$/, 'a code is letters, digits, dots, dashes and underscores, at most 60')

/** Completed months of age; `unborn` is before birth. Both ends included. */
export const AgeRange = z.strictObject({
  unborn: z.boolean().optional(),
  fromMonths: z.int().min(0).max(300).optional(),
  toMonths: z.int().min(0).max(300).optional(),
})
export type AgeRange = z.output<typeof AgeRange>

const Present = z.strictObject({
  present: Code,
  /** At least this often. */
  occurrence: z.enum(OCCURRENCES).optional(),
  /** Evidence of one of these kinds. */
  evidence: z.array(z.enum(EVIDENCE_KINDS)).min(1).optional(),
  /** Seen or said within this many completed months before the referral. */
  withinMonths: z.int().min(1).max(240).optional(),
  /** It has gone on for at least so many completed months. */
  durationMonths: z.int().min(1).max(300).optional(),
  /** This or worse. */
  trend: z.enum(TRENDS).optional(),
})

const Count = z.strictObject({
  count: z.strictObject({
    atLeast: z.int().min(1).max(50),
    /** At this level or above; every level where left out. */
    level: Code.optional(),
    domain: Code.optional(),
    category: z.enum(CATEGORIES).optional(),
    kind: z.enum(INDICATOR_KINDS).optional(),
    /** Only indicators of this matrix. */
    matrix: Code.optional(),
    acrossDomains: z.int().min(1).max(20).optional(),
  }),
})

const Measure = z.strictObject({
  measure: Code,
  is: z.enum(OPERATORS),
  value: z.int().min(0).max(1_000_000),
})

const History = z.strictObject({
  history: z.strictObject({
    /** Earlier referrals of the child, this one not counted. */
    referralsAtLeast: z.int().min(1).max(50),
    withinMonths: z.int().min(1).max(240),
    /** Only those that shared a category of concern with this referral. */
    sameConcern: z.boolean().optional(),
    /** Only those about this category of concern. */
    category: z.enum(CATEGORIES).optional(),
  }),
})

/** The result of an assessment or specialist tool, as the referral states it. */
const Assessment = z.strictObject({
  assessment: Code,
  resultAtLeast: z.int().min(0).max(10_000).optional(),
  /** Only of one of these versions of the tool. */
  versions: z.array(z.string().min(1).max(30)).min(1).max(10).optional(),
  withinMonths: z.int().min(1).max(240).optional(),
})

/** Everything but the rules that ask this places the child at this level or above. Only in rules. */
const Reached = z.strictObject({ reached: Code })

const Age = z.strictObject({ age: AgeRange })
const Fact = z.strictObject({ fact: Code })
const Consent = z.strictObject({ consent: z.enum(CONSENT_STATES) })

export interface AllOf {
  readonly all: readonly Condition[]
}
export interface AnyOf {
  readonly any: readonly Condition[]
}
export interface Not {
  readonly not: Condition
}
export interface AtLeast {
  readonly atLeast: { readonly n: number; readonly of: readonly Condition[] }
}
export type Leaf = z.output<
  | typeof Present
  | typeof Count
  | typeof Measure
  | typeof History
  | typeof Assessment
  | typeof Reached
  | typeof Age
  | typeof Fact
  | typeof Consent
>
export type Condition = AllOf | AnyOf | Not | AtLeast | Leaf

/** Every form of condition by its distinguishing key. The key is looked at first, so that a problem names the right form. */
const FORMS = {
  present: Present,
  count: Count,
  measure: Measure,
  history: History,
  assessment: Assessment,
  reached: Reached,
  age: Age,
  fact: Fact,
  consent: Consent,
  get all() {
    return z.strictObject({ all: z.array(Condition).min(1).max(50) })
  },
  get any() {
    return z.strictObject({ any: z.array(Condition).min(1).max(50) })
  },
  get not() {
    return z.strictObject({ not: Condition })
  },
  get atLeast() {
    return z.strictObject({
      atLeast: z.strictObject({ n: z.int().min(1).max(50), of: z.array(Condition).min(1).max(50) }),
    })
  },
}

export const Condition: z.ZodType<Condition> = z
  .lazy(() =>
    z.union([
      FORMS.present,
      FORMS.count,
      FORMS.measure,
      FORMS.history,
      FORMS.assessment,
      FORMS.reached,
      FORMS.age,
      FORMS.fact,
      FORMS.consent,
      FORMS.all,
      FORMS.any,
      FORMS.not,
      FORMS.atLeast,
    ]),
  )
  .meta({ id: 'Condition' }) as z.ZodType<Condition>
