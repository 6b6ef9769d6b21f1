import { z } from 'zod'
import { CivilDate, Instant } from '../../engine/text.ts'
import { pageOf } from '../../kernel/page.ts'

export const PolicyVersion = z
  .object({
    id: z.string(),
    policy: z.string().describe('Id of the policy document.'),
    version: z.string(),
    title: z.string(),
    contentHash: z.string().describe('SHA-256 of the canonical JSON of the resolved document.'),
    statutory: z.string(),
    statutoryVersion: z.string(),
    statutoryHash: z.string(),
    effectiveFrom: CivilDate,
    recordedAt: Instant,
    levels: z.array(
      z
        .object({ code: z.string(), label: z.string(), description: z.string(), common: z.string() })
        .meta({ id: 'PolicyLevel' }),
    ),
  })
  .meta({ id: 'PolicyVersion' })

export const PolicyDetail = z
  .object({
    ...PolicyVersion.shape,
    document: z.unknown().meta({ id: 'JSON' }).describe('The resolved document, as it is scored with.'),
  })
  .meta({ id: 'PolicyDetail' })

export const PolicyPage = pageOf(PolicyVersion, 'PolicyVersion')
export type PolicyVersion = z.output<typeof PolicyVersion>

/** The files of a policy as they were given, byte for byte. */
export const PolicyFilesShown = z
  .object({
    policy: z.string(),
    base: z.string().nullable().describe('The policy that it extends; null where it extends none.'),
    cases: z.string().nullable().describe('Its worked examples; null where it has none.'),
  })
  .meta({ id: 'PolicyFiles' })
