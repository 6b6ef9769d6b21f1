/**
 * How an authority works with its document: assessments and tools, what has to be there at a level, what must not be combined,
 * stepping up and down, guidance, glossary, office hours. None of it lowers a level.
 */
import { z } from 'zod'
import { Code, Condition } from '../conditions/shape.ts'
import { ASSESSMENT_KINDS, CATEGORIES, QUALIFICATIONS } from '../vocabulary.ts'
import { Citation, Line, Words } from './items.ts'

/** An assessment or specialist tool that the document names, with the versions of it that are accepted. */
export const Assessment = z.strictObject({
  code: Code,
  label: Line,
  kind: z.enum(ASSESSMENT_KINDS),
  /** All where left out. A result of another version leaves a condition that asks for one unknown. */
  versions: z.array(z.string().min(1).max(30)).min(1).max(20).optional(),
  /** What its numbers mean, worst last. */
  results: z
    .array(z.strictObject({ value: z.int().min(0).max(10_000), label: Line }))
    .min(1)
    .max(50)
    .optional(),
  /** Only somebody trained in it may use it. */
  needsTraining: z.boolean().optional(),
  citation: Citation.optional(),
})

/** What has to be there for a level or a response. Its lack is said; it never lowers or delays anything. */
export const Requirement = z.strictObject({
  id: Code,
  levels: z.array(Code).min(1).max(6).optional(),
  responses: z.array(Code).min(1).max(10).optional(),
  when: Condition.optional(),
  /** All of these assessments. */
  needs: z.array(Code).min(1).max(6),
  withinMonths: z.int().min(1).max(240).optional(),
  because: Words,
  citation: Citation,
})

/** What the document says must not be done: a response at a level, or two responses together. */
export const Forbidden = z.strictObject({
  id: Code,
  response: Code,
  atLevels: z.array(Code).min(1).max(6).optional(),
  together: z.array(Code).min(1).max(10).optional(),
  because: Words,
  citation: Citation,
})

/** A step up or down between levels: its own criteria, and who approves it. It is shown; people take it. */
export const Transition = z.strictObject({
  id: Code,
  from: Code,
  to: Code,
  /** Where left out it is shown for every child at the level. */
  when: Condition.optional(),
  criteria: z.array(Words).min(1).max(20),
  approver: Line,
  qualification: z.enum(QUALIFICATIONS).optional(),
  reviewWeeks: z.int().min(1).max(104).optional(),
  because: Words,
  citation: Citation,
})

/** Words for whoever decides: shown, never evaluated. */
export const Guidance = z.strictObject({
  id: Code,
  title: Line,
  text: z.string().min(1).max(8000),
  levels: z.array(Code).min(1).max(6).optional(),
  categories: z.array(z.enum(CATEGORIES)).min(1).max(25).optional(),
  responses: z.array(Code).min(1).max(20).optional(),
  citation: Citation.optional(),
})

export const Term = z.strictObject({ term: z.string().min(1).max(120), meaning: Words })

const Clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'hours and minutes, written 08:30')

/** When the front door is open, and days on which it is not, besides the bank holidays of England. */
export const OfficeHours = z.strictObject({
  opens: Clock,
  closes: Clock,
  weekdays: z
    .array(z.enum(['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday']))
    .min(1)
    .max(7)
    .optional(),
  closed: z
    .array(z.strictObject({ date: z.iso.date(), because: Line }))
    .max(100)
    .optional(),
  citation: Citation.optional(),
})
