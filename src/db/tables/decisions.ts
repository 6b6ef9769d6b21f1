import { QUALIFICATIONS } from '../../engine/vocabulary.ts'
import { authorityId, instant } from '../columns.ts'
import { integer, pgTable, text, uuid } from '../drizzle.ts'
import { ROLES } from './accounts.ts'

/** How a decision stands to the recommendation it answers. */
export const DEPARTURES = ['none', 'raised', 'lowered', 'other_response', 'after_withholding'] as const
export type Departure = (typeof DEPARTURES)[number]

/** What a named, qualified person decided for a child, and why; superseded, never edited. */
export const decisions = pgTable('decisions', {
  authorityId: authorityId(),
  id: uuid().notNull(),
  recommendationId: uuid().notNull(),
  referralId: uuid().notNull(),
  childKey: text().notNull(),
  revision: integer().notNull(),
  sequence: integer().notNull(),
  level: text().notNull(),
  response: text().notNull(),
  departure: text({ enum: DEPARTURES }).notNull(),
  overrideReason: text(),
  rationale: text().notNull(),
  statutoryReason: text(),
  decidedBy: uuid().notNull(),
  decidedByName: text().notNull(),
  decidedByRole: text({ enum: ROLES }).notNull(),
  decidedByQualification: text({ enum: QUALIFICATIONS }).notNull(),
  decidedAt: instant().notNull(),
  supersedes: uuid(),
})
