/** What later features read of drafts. */
export { draftPolicy, soundPolicy } from './check.ts'
export { Submission } from './model.ts'
export { READERS } from './operations.ts'
export { authorsOf, type DraftRevisionRow, getDraftRevision, lockDraft } from './queries.ts'
export { shownSubmission } from './shown.ts'
export { getSubmission, getSubmissions, type SubmissionRow } from './submissions.ts'
