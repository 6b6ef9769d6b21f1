import { authorityId, instant } from '../columns.ts'
import { date, integer, pgTable, text, uuid } from '../drizzle.ts'

/** A policy that is being written; what it says is in its revisions. */
export const policyDrafts = pgTable('policy_drafts', {
  authorityId: authorityId(),
  id: uuid().notNull(),
  fromVersionId: uuid(),
  createdAt: instant().notNull(),
  createdBy: uuid().notNull(),
})

/** The files of a draft, as first given and as changed; the latest counts. */
export const policyDraftRevisions = pgTable('policy_draft_revisions', {
  authorityId: authorityId(),
  id: uuid().notNull(),
  draftId: uuid().notNull(),
  revision: integer().notNull(),
  files: text().notNull(),
  filesHash: text().notNull(),
  policyId: text(),
  version: text(),
  changeReason: text(),
  recordedAt: instant().notNull(),
  recordedBy: uuid().notNull(),
})

/** A revision put forward for approval, with the resolved document that its hash is of. */
export const policySubmissions = pgTable('policy_submissions', {
  authorityId: authorityId(),
  id: uuid().notNull(),
  draftId: uuid().notNull(),
  revision: integer().notNull(),
  sequence: integer().notNull(),
  policyId: text().notNull(),
  version: text().notNull(),
  title: text().notNull(),
  effective: date({ mode: 'string' }).notNull(),
  contentHash: text().notNull(),
  casesHash: text().notNull(),
  filesHash: text().notNull(),
  document: text().notNull(),
  statutoryId: text().notNull(),
  statutoryVersion: text().notNull(),
  statutoryHash: text().notNull(),
  statutoryDocument: text().notNull(),
  note: text(),
  submittedAt: instant().notNull(),
  submittedBy: uuid().notNull(),
})

export const REVIEW_OUTCOMES = ['approved', 'rejected', 'withdrawn'] as const

/** What became of a submission, by whom, of which bytes. */
export const policyReviews = pgTable('policy_reviews', {
  authorityId: authorityId(),
  id: uuid().notNull(),
  submissionId: uuid().notNull(),
  outcome: text({ enum: REVIEW_OUTCOMES }).notNull(),
  contentHash: text().notNull(),
  casesHash: text().notNull(),
  reason: text(),
  reviewedAt: instant().notNull(),
  reviewedBy: uuid().notNull(),
})
