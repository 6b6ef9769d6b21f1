import { authorityId, instant } from '../columns.ts'
import { bigint, boolean, date, integer, pgTable, text, uuid } from '../drizzle.ts'

/** What came of a referral for a child, least first. It decides how long the referral is kept. */
export const RETENTION_CLASSES = [
  'no_further_action',
  'early_help',
  'child_in_need',
  'child_protection',
  'looked_after',
] as const
export type RetentionClass = (typeof RETENTION_CLASSES)[number]

/** The day from which years are counted. */
export const COUNTED_FROM = ['last_decision', 'last_contact', 'birth'] as const
export type CountedFrom = (typeof COUNTED_FROM)[number]

/** How long referrals of a class are kept, and on which legal basis; of each code the latest counts. */
export const retentionRules = pgTable('retention_rules', {
  authorityId: authorityId(),
  id: uuid().notNull(),
  code: text().notNull(),
  sequence: integer().notNull(),
  class: text({ enum: RETENTION_CLASSES }).notNull(),
  years: integer().notNull(),
  countedFrom: text({ enum: COUNTED_FROM }).notNull(),
  legalBasis: text().notNull(),
  source: text().notNull(),
  note: text().notNull(),
  withdrawn: boolean().notNull(),
  recordedAt: instant().notNull(),
  recordedBy: uuid().notNull(),
})

/** What became of a child later that decides how long the referral is kept. It only adds. */
export const retentionClasses = pgTable('retention_classes', {
  authorityId: authorityId(),
  id: uuid().notNull(),
  referralId: uuid().notNull(),
  childKey: text().notNull(),
  class: text({ enum: RETENTION_CLASSES }).notNull(),
  reason: text().notNull(),
  recordedAt: instant().notNull(),
  recordedBy: uuid().notNull(),
})

/** That nothing is disposed of while an inquiry may ask for it; of everything where no referral is named. */
export const legalHolds = pgTable('legal_holds', {
  authorityId: authorityId(),
  id: uuid().notNull(),
  referralId: uuid(),
  inquiry: text().notNull(),
  reason: text().notNull(),
  placedAt: instant().notNull(),
  placedBy: uuid().notNull(),
})

/** That a hold ended, and why. */
export const legalHoldReleases = pgTable('legal_hold_releases', {
  authorityId: authorityId(),
  id: uuid().notNull(),
  holdId: uuid().notNull(),
  reason: text().notNull(),
  releasedAt: instant().notNull(),
  releasedBy: uuid().notNull(),
})

/** That an administrator found a referral to be past its time. Outlives the referral. */
export const disposalProposals = pgTable('disposal_proposals', {
  authorityId: authorityId(),
  id: uuid().notNull(),
  referralId: uuid().notNull(),
  ruleId: uuid().notNull(),
  class: text({ enum: RETENTION_CLASSES }).notNull(),
  dueOn: date({ mode: 'string' }).notNull(),
  asOfPosition: bigint({ mode: 'number' }).notNull(),
  proposedBy: uuid().notNull(),
  proposedByName: text().notNull(),
  proposedAt: instant().notNull(),
})

/** That a referral was destroyed: when, by whom, by which rule and on which basis. Outlives the referral. */
export const disposals = pgTable('disposals', {
  authorityId: authorityId(),
  id: uuid().notNull(),
  referralId: uuid().notNull(),
  proposalId: uuid().notNull(),
  ruleId: uuid().notNull(),
  ruleCode: text().notNull(),
  class: text({ enum: RETENTION_CLASSES }).notNull(),
  legalBasis: text().notNull(),
  dueOn: date({ mode: 'string' }).notNull(),
  proposedBy: uuid().notNull(),
  proposedByName: text().notNull(),
  proposedAt: instant().notNull(),
  carriedOutBy: uuid().notNull(),
  carriedOutByName: text().notNull(),
  carriedOutAt: instant().notNull(),
  auditPosition: bigint({ mode: 'number' }).notNull(),
  erasedElsewhere: text().array().notNull(),
})
