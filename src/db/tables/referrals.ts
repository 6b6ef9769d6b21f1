import { authorityId, instant } from '../columns.ts'
import { integer, pgTable, text, uuid } from '../drizzle.ts'

/** One contact from one referrer; what it says is in its revisions. */
export const referrals = pgTable('referrals', {
  authorityId: authorityId(),
  id: uuid().notNull(),
  reference: text().notNull(),
  receivedAt: instant().notNull(),
  receivedBy: uuid().notNull(),
  sourceCode: text().notNull(),
  agency: text().notNull(),
})

/** What a referral says, as first received and as corrected; the latest counts. */
export const referralRevisions = pgTable('referral_revisions', {
  authorityId: authorityId(),
  id: uuid().notNull(),
  referralId: uuid().notNull(),
  revision: integer().notNull(),
  content: text().notNull(),
  contentHash: text().notNull(),
  changeReason: text(),
  recordedAt: instant().notNull(),
  recordedBy: uuid().notNull(),
})

/** The children of a referral, by the key its revisions give them. */
export const referralChildren = pgTable('referral_children', {
  authorityId: authorityId(),
  id: uuid().notNull(),
  referralId: uuid().notNull(),
  childKey: text().notNull(),
})

/** Identifiers given for a child, by which earlier referrals of the same child are found. */
export const childIdentifiers = pgTable('child_identifiers', {
  authorityId: authorityId(),
  id: uuid().notNull(),
  referralId: uuid().notNull(),
  childKey: text().notNull(),
  scheme: text().notNull(),
  value: text().notNull(),
})
