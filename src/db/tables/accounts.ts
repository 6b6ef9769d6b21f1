import { QUALIFICATIONS } from '../../engine/vocabulary.ts'
import { authorityId, instant } from '../columns.ts'
import { boolean, integer, pgTable, text, uuid } from '../drizzle.ts'

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

/** What a system may be granted: all else is done by people, and what systems do is not for them. */
export const SYSTEM_ROLES = ['system', 'referrer'] as const satisfies readonly Role[]

/** Whether an account of a kind may be granted a role; `0021_account_changes.sql` asks the same. */
export function fitsKind(kind: AccountKind, role: Role): boolean {
  return kind === 'system' ? (SYSTEM_ROLES as readonly Role[]).includes(role) : role !== 'system'
}

/** What an account was made as. */
export const accountRecords = pgTable('account_records', {
  authorityId: authorityId(),
  id: uuid().notNull(),
  subject: text().notNull(),
  displayName: text().notNull(),
  kind: text({ enum: ACCOUNT_KINDS }).notNull(),
  agency: text(),
  qualification: text({ enum: QUALIFICATIONS }),
  createdAt: instant().notNull(),
  createdBy: uuid(),
})

export const ACCOUNT_CHANGES = [
  'role_granted',
  'role_revoked',
  'qualified',
  'unqualified',
  'disabled',
  'enabled',
  'renamed',
] as const

/** What became of it; the latest of each kind counts. */
export const accountChanges = pgTable('account_changes', {
  authorityId: authorityId(),
  id: uuid().notNull(),
  accountId: uuid().notNull(),
  sequence: integer().notNull(),
  kind: text({ enum: ACCOUNT_CHANGES }).notNull(),
  role: text({ enum: ROLES }),
  qualification: text({ enum: QUALIFICATIONS }),
  registration: text(),
  displayName: text(),
  reason: text(),
  changedAt: instant().notNull(),
  changedBy: uuid(),
})

/** A view: people and systems of one authority as they are now, by the subject of their token. */
export const accounts = pgTable('accounts', {
  authorityId: authorityId(),
  id: uuid().notNull(),
  subject: text().notNull(),
  displayName: text().notNull(),
  kind: text({ enum: ACCOUNT_KINDS }).notNull(),
  agency: text(),
  qualification: text({ enum: QUALIFICATIONS }),
  createdAt: instant().notNull(),
  isEnabled: boolean().notNull(),
})

/** A view: what an account may do, looked up at each request. */
export const accountRoles = pgTable('account_roles', {
  authorityId: authorityId(),
  accountId: uuid().notNull(),
  role: text({ enum: ROLES }).notNull(),
  grantedAt: instant().notNull(),
})
