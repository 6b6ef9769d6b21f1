/** What a recommendation names of the policy: a level, a place in the document, a service. */
import { z } from 'zod'
import { COMMON_SCALE } from '../vocabulary.ts'

/** A level of the policy. */
export const LevelRef = z
  .object({
    code: z.string(),
    label: z.string(),
    rank: z.int().describe('0 is the lowest.'),
    common: z.enum(COMMON_SCALE),
  })
  .meta({ id: 'LevelRef' })

/** Where the words stand: the document, and the place in it. */
export const CitationRef = z
  .object({ document: z.string(), section: z.string(), paragraph: z.string().nullable(), page: z.int().nullable() })
  .meta({ id: 'Citation' })

export const ServiceRef = z
  .object({ code: z.string(), name: z.string(), description: z.string(), contact: z.string() })
  .meta({ id: 'Service' })

export type LevelRef = z.output<typeof LevelRef>
export type CitationRef = z.output<typeof CitationRef>
