/** The shape of the statutory pack, versioned apart from local threshold documents. */
import { z } from 'zod'
import { AgeRange, Code } from '../conditions/shape.ts'
import { CLOCK_STARTS, COMMON_SCALE, QUALIFICATIONS, RESPONSE_TYPES } from '../vocabulary.ts'
import { Citation, DocumentControl, Line, Words } from './items.ts'

/** The statutory pack: what law and national guidance fix. A local policy may add to it and never weaken it. */
export const StatutoryPack = z
  .strictObject({
    format: z.literal('threshold.statutory/1'),
    document: DocumentControl.omit({ statutory: true, extends: true }),
    clocks: z
      .array(
        z.strictObject({
          code: Code,
          label: Line,
          workingDays: z.int().min(1).max(365),
          from: z.enum(CLOCK_STARTS),
          citation: Citation,
        }),
      )
      .min(1),
    /** Who may decide, by type of response. */
    decisionMakers: z
      .array(
        z.strictObject({
          responses: z.array(z.enum(RESPONSE_TYPES)).min(1),
          qualification: z.enum(QUALIFICATIONS),
          role: Line,
          because: Words,
          citation: Citation,
        }),
      )
      .min(1),
    /** Floors: when an indicator that expresses the trigger is present, the level and response can be no less. */
    triggers: z
      .array(
        z.strictObject({
          code: Code,
          label: Line,
          atLeast: z.enum(COMMON_SCALE),
          responses: z.array(z.enum(RESPONSE_TYPES)).min(1),
          /** The ages that the trigger is about; a local policy expresses it for each of them. Left to the policy where left out. */
          age: AgeRange.optional(),
          because: Words,
          citation: Citation,
        }),
      )
      .min(1),
  })
  .meta({ id: 'StatutoryPack' })
export type StatutoryPack = z.output<typeof StatutoryPack>
