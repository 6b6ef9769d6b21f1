import { authorityId, instant } from '../columns.ts'
import { date, pgTable, text, uuid } from '../drizzle.ts'

/** Published versions of an authority's threshold document; never changed. */
export const policyVersions = pgTable('policy_versions', {
  authorityId: authorityId(),
  id: uuid().notNull(),
  policyId: text().notNull(),
  version: text().notNull(),
  title: text().notNull(),
  contentHash: text().notNull(),
  statutoryId: text().notNull(),
  statutoryVersion: text().notNull(),
  statutoryHash: text().notNull(),
  document: text().notNull(),
  statutoryDocument: text().notNull(),
  effectiveFrom: date({ mode: 'string' }).notNull(),
  recordedAt: instant().notNull(),
})
