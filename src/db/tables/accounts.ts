import { QUALIFICATIONS } from '../../engine/vocabulary.ts'
import { authorityId, instant } from '../columns.ts'
import { pgTable, text, uuid } from '../drizzle.ts'

export const ACCOUNT_KINDS = ['human', 'system'] as const
export type AccountKind = (typeof ACCOUNT_KINDS)[number]

/** What an account may be granted in its authority. */
export const ROLES = [
  'referrer',
  'system',
  'screener',
  'supervisor',
  'panel_member',
  'policy_author',
  'policy_approver',
  'auditor',
  'administrator',
] as const
export type Role = (typeof ROLES)[number]

/** People and systems of one authority, by the subject of their token. */
export const accounts = pgTable('accounts', {
  authorityId: authorityId(),
  id: uuid().notNull(),
  subject: text().notNull(),
  displayName: text().notNull(),
  kind: text({ enum: ACCOUNT_KINDS }).notNull(),
  agency: text(),
  qualification: text({ enum: QUALIFICATIONS }),
  createdAt: instant().notNull(),
})

/** What an account may do, looked up at each request. */
export const accountRoles = pgTable('account_roles', {
  authorityId: authorityId(),
  accountId: uuid().notNull(),
  role: text({ enum: ROLES }).notNull(),
  grantedAt: instant().notNull(),
})
