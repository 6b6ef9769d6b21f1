/**
 * What a policy file is made of: document control, levels, matrices, domains, measures, indicators.
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
  TRENDS,
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
  /** Number or letter of the issue as printed, and when and by whom it was approved and published. */
  issue: z.string().min(1).max(30).optional(),
  approvedBy: Line.optional(),
  published: IsoDate.optional(),
  changeReason: Words,
  /** What practitioners are told about the change, in the partnership's own words. */
  briefing: z.string().min(1).max(20_000).optional(),
  /** The statutory pack that the policy stands on. */
  statutory: DocumentRef.optional(),
  /** A base policy that this file adds to (a region's matrix under a borough's own part). */
  extends: DocumentRef.optional(),
  attribution: Words.optional(),
})

/** The same statement for other readers: in the child's own voice, for a family, in other languages. Never scored. */
export const OtherWords = z.strictObject({
  child: Words.optional(),
  family: Words.optional(),
  /** By language tag, for example `cy` or `pl`. */
  languages: z.record(z.string().regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})?$/), Words).optional(),
})

/** A part of a level that the document tells apart, such as child in need and child protection within level 4. */
export const Split = z.strictObject({
  code: Code,
  label: Line,
  description: Words.optional(),
  /** The last split of a level has no condition. */
  when: Condition.optional(),
  citation: Citation.optional(),
})

export const Level = z.strictObject({
  code: Code,
  label: Line,
  colour: z.string().max(30).optional(),
  description: Words,
  /** The highest band of the common scale that this level reaches; for comparison and exports only. */
  common: z.enum(COMMON_SCALE),
  shortLabel: z.string().min(1).max(40).optional(),
  otherWords: OtherWords.optional(),
  splits: z.array(Split).min(2).max(6).optional(),
  /** Help at this level is looked at again after so many weeks, and lasts no longer than so many. */
  reviewWeeks: z.int().min(1).max(104).optional(),
  limitWeeks: z.int().min(1).max(260).optional(),
})

/** A matrix of its own beside the general one: its columns are mapped to the policy's levels. */
export const Matrix = z.strictObject({
  id: Code,
  title: Line,
  columns: z
    .array(
      z.strictObject({
        code: Code,
        label: Line,
        /** The level of the policy that this column stands for. */
        level: Code,
        /** What a finding of this column asks for besides the response of the level. */
        response: Code.optional(),
      }),
    )
    .min(2)
    .max(10),
  citation: Citation,
})

/** A step up by what is known of one piece of evidence; everything that is named has to hold. */
export const RaisedBy = z.strictObject({
  level: Code,
  occurrence: z.enum(OCCURRENCES).optional(),
  durationMonths: z.int().min(1).max(300).optional(),
  withinMonths: z.int().min(1).max(240).optional(),
  trend: z.enum(TRENDS).optional(),
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
  /** A level; of an indicator in a matrix of its own, a column of that. */
  level: Code,
  matrix: Code.optional(),
  domains: z.array(Code).min(1).max(6),
  categories: z.array(z.enum(CATEGORIES)).max(8).default([]),
  text: Words,
  definition: Words.optional(),
  otherWords: OtherWords.optional(),
  citation: Citation,
  age: AgeRange.optional(),
  /** The level by how often it happens; the first grade is the indicator's own level and none is lower than the one before. */
  grades: z.partialRecord(z.enum(OCCURRENCES), Code).optional(),
  /** Higher levels by how long, how recent and which way it is going, each in one piece of evidence. */
  raisedBy: z.array(RaisedBy).min(1).max(8).optional(),
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

export const Measure = z.strictObject({
  name: Code,
  label: Line,
  unit: Line,
  /** Of the indicators on this measure only the highest that is met counts where indicators are counted. */
  countsOnce: z.boolean().optional(),
})

/** So many dated pieces of evidence of one thing, each said to have happened once, count as this often. */
export const Repetition = z.strictObject({
  withinMonths: z.int().min(1).max(240),
  sometimes: z.int().min(2).max(50).optional(),
  often: z.int().min(2).max(100).optional(),
  persistent: z.int().min(2).max(200).optional(),
})
