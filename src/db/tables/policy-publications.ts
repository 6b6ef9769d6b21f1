import { authorityId, instant } from '../columns.ts'
import { date, integer, pgTable, text, uuid } from '../drizzle.ts'

/** The files that a published version was made from, byte for byte. */
export const policySources = pgTable('policy_sources', {
  authorityId: authorityId(),
  id: uuid().notNull(),
  policyVersionId: uuid().notNull(),
  files: text().notNull(),
  filesHash: text().notNull(),
  recordedAt: instant().notNull(),
})

/** `hotfix`: raises only, and is approved afterwards. */
export const PUBLICATION_KINDS = ['approved', 'hotfix'] as const

/** That a submission became a published version: by whom, in whose place, on whose approval. */
export const policyPublications = pgTable('policy_publications', {
  authorityId: authorityId(),
  id: uuid().notNull(),
  policyVersionId: uuid().notNull(),
  submissionId: uuid().notNull(),
  contentHash: text().notNull(),
  sequence: integer().notNull(),
  kind: text({ enum: PUBLICATION_KINDS }).notNull(),
  approvalId: uuid(),
  supersedes: uuid(),
  legacyUntil: date({ mode: 'string' }),
  reason: text(),
  publishedAt: instant().notNull(),
  publishedBy: uuid().notNull(),
})

/** From which day a published version is used no more, and why. */
export const policyRetirements = pgTable('policy_retirements', {
  authorityId: authorityId(),
  id: uuid().notNull(),
  policyVersionId: uuid().notNull(),
  retiredFrom: date({ mode: 'string' }).notNull(),
  reason: text().notNull(),
  retiredAt: instant().notNull(),
  retiredBy: uuid().notNull(),
})
