import { z } from 'zod'
import { CivilDate, Instant } from '../../engine/text.ts'
import { pageOf } from '../../kernel/page.ts'
import { APPROVALS } from './register.ts'
import { VERSION_STATES } from './timeline.ts'

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
    state: z
      .enum(VERSION_STATES)
      .describe('On the day asked about; today where none is. `legacy`: for referrals that came in under it.'),
    approval: z
      .enum(APPROVALS)
      .describe('`provided` at set-up. Of a hotfix: `awaited`, `overdue` after a day, or `refused` afterwards.'),
    approvalDueAt: Instant.nullable().describe('By when a hotfix has to be approved; null where nothing is awaited.'),
    isHotfix: z.boolean().describe('Published at once, since it only raises.'),
    supersedes: z.string().nullable().describe('Id of the version in whose place it was published.'),
    legacyUntil: CivilDate.nullable().describe(
      'Until this day, referrals received before it took effect are scored under the version before it.',
    ),
    retiredFrom: CivilDate.nullable(),
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

/** The files of a policy as they were given, byte for byte. */
export const PolicyFilesShown = z
  .object({
    policy: z.string(),
    base: z.string().nullable().describe('The policy that it extends; null where it extends none.'),
    cases: z.string().nullable().describe('Its worked examples; null where it has none.'),
  })
  .meta({ id: 'PolicyFiles' })

export const VersionSource = z
  .object({
    policy: z.string(),
    version: z.string(),
    contentHash: z.string(),
    filesHash: z.string().describe('SHA-256 of the canonical JSON of the files.'),
    files: PolicyFilesShown,
  })
  .meta({ id: 'PolicyVersionFiles' })

export const PolicyPage = pageOf(PolicyVersion, 'PolicyVersion')
export type PolicyVersion = z.output<typeof PolicyVersion>
