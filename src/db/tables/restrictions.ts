import { authorityId, instant } from '../columns.ts'
import { date, integer, pgTable, text, uuid } from '../drizzle.ts'

export const RESTRICTION_KINDS = ['set', 'changed', 'lifted'] as const

/** Why only some may see a record. */
export const RESTRICTION_CATEGORIES = [
  'staff_or_family',
  'public_interest',
  'high_risk_address',
  'police_operation',
  'court_order',
  'adoption',
  'other',
] as const

/** That only some accounts may see a referral, until when that is reviewed, and that it ended; the latest counts. */
export const restrictions = pgTable('restrictions', {
  authorityId: authorityId(),
  id: uuid().notNull(),
  referralId: uuid().notNull(),
  reference: text().notNull(),
  sequence: integer().notNull(),
  kind: text({ enum: RESTRICTION_KINDS }).notNull(),
  category: text({ enum: RESTRICTION_CATEGORIES }),
  reason: text().notNull(),
  reviewOn: date({ mode: 'string' }),
  recordedAt: instant().notNull(),
  recordedBy: uuid().notNull(),
})

/** The accounts that a restriction lets in. */
export const restrictionAccounts = pgTable('restriction_accounts', {
  authorityId: authorityId(),
  id: uuid().notNull(),
  restrictionId: uuid().notNull(),
  accountId: uuid().notNull(),
})

/** That somebody opened a restricted referral in need, why, and until when. */
export const breakGlassGrants = pgTable('break_glass_grants', {
  authorityId: authorityId(),
  id: uuid().notNull(),
  referralId: uuid().notNull(),
  restrictionId: uuid().notNull(),
  accountId: uuid().notNull(),
  reason: text().notNull(),
  grantedAt: instant().notNull(),
  expiresAt: instant().notNull(),
})

export const BREAK_GLASS_OUTCOMES = ['justified', 'not_justified'] as const

/** What somebody else found of a broken glass; one that was not justified ends at once. */
export const breakGlassReviews = pgTable('break_glass_reviews', {
  authorityId: authorityId(),
  id: uuid().notNull(),
  grantId: uuid().notNull(),
  outcome: text({ enum: BREAK_GLASS_OUTCOMES }).notNull(),
  note: text().notNull(),
  reviewedAt: instant().notNull(),
  reviewedBy: uuid().notNull(),
})

export const RELATIONSHIPS = ['self', 'family', 'household', 'close_friend'] as const

/** That an account is a subject of a referral, or kin of a child: it never sees the record. */
export const accountConflicts = pgTable('account_conflicts', {
  authorityId: authorityId(),
  id: uuid().notNull(),
  accountId: uuid().notNull(),
  relationship: text({ enum: RELATIONSHIPS }).notNull(),
  referralId: uuid(),
  scheme: text(),
  value: text(),
  declaredAt: instant().notNull(),
  declaredBy: uuid().notNull(),
})

/** That a conflict had been declared by mistake, found by somebody else. */
export const accountConflictWithdrawals = pgTable('account_conflict_withdrawals', {
  authorityId: authorityId(),
  id: uuid().notNull(),
  conflictId: uuid().notNull(),
  reason: text().notNull(),
  withdrawnAt: instant().notNull(),
  withdrawnBy: uuid().notNull(),
})
