/** What follows from a level: responses with their clocks, urgency, questions, the quality checklist, services, oversight. */
import { z } from 'zod'
import { Code, Condition } from '../conditions/shape.ts'
import {
  CATEGORIES,
  CLOCK_STARTS,
  CONSENT_EFFECTS,
  CONSENT_RULES,
  QUALIFICATIONS,
  QUALITY_FEATURES,
  RESPONSE_TYPES,
} from '../vocabulary.ts'
import { Citation, Line, Words } from './items.ts'

export const Clock = z.strictObject({
  label: Line,
  workingDays: z.int().min(1).max(365).optional(),
  hours: z.int().min(1).max(1000).optional(),
  from: z.enum(CLOCK_STARTS),
})

export const Response = z.strictObject({
  code: Code,
  label: Line,
  type: z.enum(RESPONSE_TYPES),
  legalBasis: Line,
  lead: Line,
  clock: Clock.optional(),
  /** A clock of the statutory pack, by its code. */
  statutoryClock: Code.optional(),
  consent: z.strictObject({
    rule: z.enum(CONSENT_RULES),
    overrideGrounds: Words.optional(),
    ifMissing: z.enum(CONSENT_EFFECTS).optional(),
    /** Whose consent it is. */
    from: Line.optional(),
    /** What is done by what is known of consent. Stated, the recommendation says which of them applies. */
    effects: z
      .strictObject({
        refused: z.enum(CONSENT_EFFECTS),
        not_sought: z.enum(CONSENT_EFFECTS),
        unknown: z.enum(CONSENT_EFFECTS),
      })
      .optional(),
    /** For so long and no longer is a referral held while consent is asked for. */
    holdWorkingDays: z.int().min(1).max(20).optional(),
  }),
  urgency: Code.optional(),
  nextSteps: z.array(Words).min(1).max(12),
  /** Services of the directory that go with it. */
  services: z.array(Code).min(1).max(30).optional(),
  /** What the referrer is told, in plain words. */
  feedback: Words.optional(),
  /** The outcome in the Standard Safeguarding Dataset that this response is exported as. */
  national: Line.optional(),
})

export const Urgency = z.strictObject({
  default: Code,
  /** Most urgent first. */
  bands: z
    .array(
      z.strictObject({
        code: Code,
        label: Line,
        hours: z.int().min(1).max(1000),
        clock: z.enum(['working', 'calendar']),
        /** Once its time has run over, it is dealt with as this more urgent band. */
        overdueBecomes: Code.optional(),
      }),
    )
    .min(1),
})

export const Question = z.strictObject({
  id: Code,
  ask: Words,
  because: Words,
  /** Asked when an indicator of one of these categories, or one of these indicators, is present or unknown. */
  about: z.strictObject({
    categories: z.array(z.enum(CATEGORIES)).min(1).optional(),
    indicators: z.array(Code).min(1).optional(),
  }),
  /** Indicators that an answer could make present. */
  informs: z.array(Code).max(10).default([]),
  citation: Citation.optional(),
})

export const QualityItem = z.strictObject({
  feature: z.enum(QUALITY_FEATURES),
  weight: z.int().min(1).max(20),
  advice: Words,
})

export const Service = z.strictObject({
  code: Code,
  name: Line,
  description: Words,
  contact: Line,
  levels: z.array(Code).min(1),
  categories: z.array(z.enum(CATEGORIES)).default([]),
  /** Parts of the area that it serves; all where left out. */
  areas: z.array(Line).min(1).max(50).optional(),
})

export const Oversight = z.strictObject({
  blindFirst: z.boolean(),
  decision: z.strictObject({
    qualification: z.enum(QUALIFICATIONS),
    role: Line,
    withinWorkingDays: z.int().min(1).max(20),
  }),
  secondScreening: z.strictObject({
    responses: z.array(Code),
    randomPercent: z.int().min(0).max(100),
    /** Every child for whom this holds or may hold, whatever the response. */
    when: Condition.optional(),
    /** Every decision below the recommendation. */
    whenLowered: z.boolean().optional(),
  }),
  signOff: z.strictObject({
    responses: z.array(Code),
    withinWorkingDays: z.int().min(1).max(20),
    when: Condition.optional(),
    whenLowered: z.boolean().optional(),
  }),
  overrideReasons: z.array(z.strictObject({ code: Code, label: Line })).min(1),
  escalation: z
    .array(
      z.strictObject({
        stage: z.int().min(1).max(10),
        role: Line,
        withinWorkingDays: z.int().min(1).max(30),
        /** Where it cannot wait. */
        urgentHours: z.int().min(1).max(72).optional(),
      }),
    )
    .min(1),
  moderation: z.strictObject({
    frequency: z.enum(['weekly', 'monthly', 'quarterly']),
    sample: z.int().min(1).max(500),
    /** Of how many agencies somebody has to be there. */
    quorumAgencies: z.int().min(1).max(10).optional(),
    /** So many of the sample from each of these outcomes. */
    strata: z
      .array(z.strictObject({ responses: z.array(Code).min(1).max(10), count: z.int().min(1).max(200) }))
      .min(1)
      .max(10)
      .optional(),
    grades: z.array(Line).min(2).max(8).optional(),
  }),
})
