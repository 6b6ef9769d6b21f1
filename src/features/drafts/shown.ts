/** Rows → what is shown of them. */
import type { z } from 'zod'
import type { Draft, DraftRevision, Submission } from './model.ts'
import type { DraftRow, RevisionSummary } from './queries.ts'
import type { SubmissionSummary } from './submissions.ts'

export function shownDraft({ draft, state, creatorName, latest }: DraftRow): z.output<typeof Draft> {
  return {
    id: draft.id,
    state,
    fromVersion: draft.fromVersionId,
    createdAt: draft.createdAt,
    createdBy: { accountId: draft.createdBy, displayName: creatorName },
    latest: shownRevision(latest),
  }
}

export function shownRevision(row: RevisionSummary): z.output<typeof DraftRevision> {
  return {
    draftId: row.draftId,
    revision: row.revision,
    policy: row.policyId,
    version: row.version,
    filesHash: row.filesHash,
    reason: row.changeReason,
    recordedAt: row.recordedAt,
    recordedBy: { accountId: row.recordedBy, displayName: row.authorName },
  }
}

export function shownSubmission(row: SubmissionSummary): z.output<typeof Submission> {
  return {
    id: row.id,
    draftId: row.draftId,
    revision: row.revision,
    state: row.state,
    policy: row.policyId,
    version: row.version,
    title: row.title,
    effective: row.effective,
    contentHash: row.contentHash,
    casesHash: row.casesHash,
    statutory: row.statutoryId,
    statutoryVersion: row.statutoryVersion,
    statutoryHash: row.statutoryHash,
    note: row.note,
    submittedAt: row.submittedAt,
    submittedBy: { accountId: row.submittedBy, displayName: row.submitterName },
  }
}
