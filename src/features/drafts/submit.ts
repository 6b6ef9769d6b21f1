/** A revision put forward for approval, and taken back. */
import { z } from 'zod'
import { policyReviews, policySubmissions } from '../../db/tables/policy-drafts.ts'
import { canonical } from '../../engine/index.ts'
import { Refusal } from '../../kernel/errors.ts'
import { Id } from '../../kernel/ids.ts'
import { defineOperation } from '../../kernel/operation.ts'
import { Bound, decodeCursor, PAGE_DEFAULT, pageParams, toPage } from '../../kernel/page.ts'
import { insertRecorded } from '../../kernel/record.ts'
import { filesOf } from '../policies/index.ts'
import { casesHash, checkFiles, requireSound } from './check.ts'
import {
  NewSubmission,
  policyFilter,
  SUBMISSION_STATES,
  Submission,
  SubmissionPage,
  SubmissionReceipt,
  Withdrawal,
} from './model.ts'
import { READERS } from './operations.ts'
import { getDraftRevision, getDraftRow, lockDraft } from './queries.ts'
import { requireOpen, requireUnsubmitted } from './rules.ts'
import { shownSubmission } from './shown.ts'
import { getSubmission, listSubmissionRows, submissionsOf } from './submissions.ts'

export const submitDraft = defineOperation({
  name: 'submitPolicyDraft',
  kind: 'command',
  summary: 'Put the latest revision of a draft forward for approval',
  description:
    'It must be without an error, and every case must come out as agreed. What is approved and published later are the bytes named by the hashes in the answer.',
  allow: ['policy_author'],
  route: 'POST /v1/policy-drafts/{draftId}/submissions',
  status: 201,
  params: { draftId: Id },
  body: NewSubmission,
  output: SubmissionReceipt,
  async run(context, { draftId, body }) {
    const { tx, actor, now } = context
    const { authorityId } = actor
    await lockDraft(tx, authorityId, draftId)
    const draft = await getDraftRow(tx, authorityId, draftId)
    requireOpen(draft, body.revision)
    requireUnsubmitted(draft)
    const texts = filesOf(await getDraftRevision(tx, authorityId, { draftId, revision: body.revision }))
    const policy = requireSound(checkFiles(texts))
    const { record, row } = await insertRecorded(tx, policySubmissions, {
      authorityId,
      id: context.newId(),
      draftId,
      revision: body.revision,
      sequence: (await submissionsOf(tx, authorityId, [draftId])).length + 1,
      policyId: policy.id,
      version: policy.version,
      title: policy.document.document.title,
      effective: policy.document.document.effective,
      contentHash: policy.hash,
      casesHash: casesHash(texts),
      filesHash: draft.latest.filesHash,
      document: canonical(policy.document),
      statutoryId: policy.statutory.id,
      statutoryVersion: policy.statutory.version,
      statutoryHash: policy.statutory.hash,
      statutoryDocument: canonical(policy.pack),
      note: body.note ?? null,
      submittedAt: now,
      submittedBy: actor.accountId,
    })
    const { contentHash } = row
    const audit = await context.record({
      event: 'policy.submitted',
      facts: { submission: row.id, draft: draftId, revision: body.revision, contentHash, casesHash: row.casesHash },
      records: [record],
    })
    return { submission: shownSubmission(await getSubmission(tx, authorityId, row.id)), audit }
  },
})

export const withdrawSubmission = defineOperation({
  name: 'withdrawPolicySubmission',
  kind: 'command',
  summary: 'Take a submission back, approved or not, before it is published',
  allow: ['policy_author'],
  route: 'POST /v1/policy-submissions/{submissionId}/withdrawal',
  status: 201,
  params: { submissionId: Id },
  body: Withdrawal,
  output: SubmissionReceipt,
  async run(context, { submissionId, body }) {
    const { tx, actor, now } = context
    const { authorityId } = actor
    const { draftId } = await getSubmission(tx, authorityId, submissionId)
    await lockDraft(tx, authorityId, draftId)
    const { state, contentHash, casesHash: ofCases } = await getSubmission(tx, authorityId, submissionId)
    if (state !== 'submitted' && state !== 'approved')
      throw new Refusal('not_submitted', `The submission is ${state} already.`)
    const { record } = await insertRecorded(tx, policyReviews, {
      authorityId,
      id: context.newId(),
      submissionId,
      outcome: 'withdrawn',
      contentHash,
      casesHash: ofCases,
      reason: body.reason,
      reviewedAt: now,
      reviewedBy: actor.accountId,
    })
    const audit = await context.record({
      event: 'policy.withdrawn',
      facts: { submission: submissionId, draft: draftId, contentHash },
      records: [record],
    })
    return { submission: shownSubmission(await getSubmission(tx, authorityId, submissionId)), audit }
  },
})

export const showSubmission = defineOperation({
  name: 'policySubmission',
  kind: 'query',
  summary: 'A submission and what became of it',
  allow: READERS,
  route: 'GET /v1/policy-submissions/{submissionId}',
  params: { submissionId: Id },
  output: Submission,
  async run({ tx, actor }, { submissionId }) {
    return shownSubmission(await getSubmission(tx, actor.authorityId, submissionId))
  },
})

export const listSubmissions = defineOperation({
  name: 'policySubmissions',
  kind: 'query',
  summary: 'Submissions, newest first',
  allow: READERS,
  route: 'GET /v1/policy-submissions',
  params: {
    ...pageParams,
    ...policyFilter,
    state: z.enum(SUBMISSION_STATES).optional(),
    from: Bound.optional().describe('Submitted at or after this instant.'),
    to: Bound.optional().describe('Submitted before this instant.'),
  },
  output: SubmissionPage,
  async run({ tx, actor }, { first = PAGE_DEFAULT, after, ...filter }) {
    const rows = await listSubmissionRows(tx, actor.authorityId, filter, { first, after: decodeCursor(after) })
    return toPage(rows, first, ({ submittedAt, id }) => ({ at: submittedAt, id }), shownSubmission)
  },
})
