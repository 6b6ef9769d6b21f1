import { QUALIFICATIONS } from '../../engine/vocabulary.ts'
import { authorityId, instant } from '../columns.ts'
import { boolean, integer, pgTable, text, uuid } from '../drizzle.ts'
import { ROLES } from './accounts.ts'

/** How a decision stands to the recommendation it answers. */
export const DEPARTURES = ['none', 'raised', 'lowered', 'other_response', 'after_withholding'] as const
export type Departure = (typeof DEPARTURES)[number]

/** From the own judgement to the decision, as seen from what was recommended; `moved` where no level was recommended. */
export const MOVEMENTS = [
  'kept',
  'to_recommendation',
  'towards_recommendation',
  'away_from_recommendation',
  'moved',
] as const
export type Movement = (typeof MOVEMENTS)[number]

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
  // Null in decisions from before there was such a thing.
  judgementId: uuid(),
  proposalId: uuid(),
  belowFloor: boolean(),
  secondScreeningBecause: text().array(),
  signOffBecause: text().array(),
  agreesWith: uuid(),
  closing: text(),
  movement: text({ enum: MOVEMENTS }),
})
