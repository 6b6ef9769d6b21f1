import { authorityId, instant } from '../columns.ts'
import { boolean, pgTable, text, uuid } from '../drizzle.ts'

/** `acknowledged` is of the whole referral; all others are of a child. */
export const MILESTONES = [
  'acknowledged',
  'seen',
  'strategy_discussion',
  'conference_held',
  'enquiries_ended',
  'assessment_completed',
  'response_carried_out',
  'followed_up',
] as const
export type MilestoneKind = (typeof MILESTONES)[number]

export const CLOCKS = [
  'acknowledgement',
  'decision',
  'new_information',
  'urgency',
  'second_screening',
  'sign_off',
  'response',
  'statutory',
  'follow_up',
] as const
export type ClockName = (typeof CLOCKS)[number]

/** What happened to a child after a referral, as somebody recorded it; a correction is a later row. */
export const milestones = pgTable('milestones', {
  authorityId: authorityId(),
  id: uuid().notNull(),
  referralId: uuid().notNull(),
  childKey: text(),
  kind: text({ enum: MILESTONES }).notNull(),
  response: text(),
  startsEnquiries: boolean(),
  happenedAt: instant().notNull(),
  note: text(),
  corrects: uuid(),
  withdrawn: boolean().notNull(),
  recordedBy: uuid().notNull(),
  recordedByName: text().notNull(),
  recordedAt: instant().notNull(),
})

/** Clocks that were found to have run over, each once. */
export const overdueNotices = pgTable('overdue_notices', {
  authorityId: authorityId(),
  id: uuid().notNull(),
  referralId: uuid().notNull(),
  childKey: text(),
  clock: text({ enum: CLOCKS }).notNull(),
  code: text().notNull(),
  startedAt: instant().notNull(),
  dueAt: instant().notNull(),
  noticedAt: instant().notNull(),
})
