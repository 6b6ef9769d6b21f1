/** What later features read of drafts. */
export { draftPolicy } from './check.ts'
export { Person, Submission, SubmissionReceipt } from './model.ts'
export { authorsOf, type DraftRevisionRow, getDraftRevision, getDraftRow, lockDraft } from './queries.ts'
export { shownSubmission } from './shown.ts'
export { getSubmission, type SubmissionRow } from './submissions.ts'
