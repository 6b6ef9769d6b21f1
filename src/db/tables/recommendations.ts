import { authorityId, instant } from '../columns.ts'
import { boolean, integer, pgTable, text, uuid } from '../drizzle.ts'

export const RECOMMENDATION_OUTCOMES = ['recommended', 'redirected', 'withheld'] as const

/** What the policy says of one child in one revision, with everything needed to compute it again. */
export const recommendations = pgTable('recommendations', {
  authorityId: authorityId(),
  id: uuid().notNull(),
  referralId: uuid().notNull(),
  revision: integer().notNull(),
  childKey: text().notNull(),
  sequence: integer().notNull(),
  policyVersionId: uuid().notNull(),
  outcome: text({ enum: RECOMMENDATION_OUTCOMES }).notNull(),
  level: text(),
  low: text(),
  high: text(),
  levelRank: integer(),
  provisional: boolean().notNull(),
  floorLevel: text(),
  primaryResponse: text().notNull(),
  urgency: text().notNull(),
  categories: text().array().notNull(),
  content: text().notNull(),
  contentHash: text().notNull(),
  snapshot: text().notNull(),
  snapshotHash: text().notNull(),
  engineSemantics: text().notNull(),
  createdAt: instant().notNull(),
  createdBy: uuid().notNull(),
})
