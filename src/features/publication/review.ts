/** A second person looks at what was submitted; at a hotfix, after the event. */
import type { z } from 'zod'
import { policyReviews } from '../../db/tables/policy-drafts.ts'
import { requirePerson } from '../../kernel/actor.ts'
import { Refusal } from '../../kernel/errors.ts'
import { Id } from '../../kernel/ids.ts'
import { type Context, defineOperation } from '../../kernel/operation.ts'
import { insertRecorded } from '../../kernel/record.ts'
import { authorsOf, getSubmission, lockDraft, READERS, type SubmissionRow, shownSubmission } from '../drafts/index.ts'
import { type RegisteredVersion, registerOf } from '../policies/index.ts'
import { Approval, Rejection, type Review, ReviewList, ReviewReceipt } from './model.ts'
import { type ReviewRow, reviewsOf } from './queries.ts'
import { requireAnother, requireBytes, requireStanding } from './rules.ts'

export const approve = defineOperation({
  name: 'approvePolicySubmission',
  kind: 'command',
  summary: 'Approve exactly the bytes that were submitted',
  description:
    'By somebody who wrote no revision of the draft and did not submit it. Any later revision makes it void. A hotfix is approved so within 24 hours of its publication, by somebody other than who published it.',
  allow: ['policy_approver'],
  route: 'POST /v1/policy-submissions/{submissionId}/approval',
  status: 201,
  params: { submissionId: Id },
  body: Approval,
  output: ReviewReceipt,
  async run(context, { submissionId, body }) {
    const { submission, publication } = await lockedSubmission(context, submissionId)
    const involved = await authorsOf(context.tx, context.actor.authorityId, submission.draftId)
    involved.add(submission.submittedBy)
    if (publication) involved.add(publication.by)
    requireAnother(context.actor, involved)
    if (submission.state === 'approved') throw new Refusal('already_decided', 'The submission is approved.')
    requireBytes(submission, body)
    return await store(context, submission, { outcome: 'approved', reason: body.note ?? null })
  },
})

export const reject = defineOperation({
  name: 'rejectPolicySubmission',
  kind: 'command',
  summary: 'Reject a submission, with the reason',
  description:
    'Also one that is approved, until it is published. Of a hotfix it is the refusal afterwards: the version stays in force until another is published in its place.',
  allow: ['policy_approver'],
  route: 'POST /v1/policy-submissions/{submissionId}/rejection',
  status: 201,
  params: { submissionId: Id },
  body: Rejection,
  output: ReviewReceipt,
  async run(context, { submissionId, body }) {
    const { submission } = await lockedSubmission(context, submissionId)
    return await store(context, submission, { outcome: 'rejected', reason: body.reason })
  },
})

/** @throws Refusal forbidden, and whatever stands against a review of this submission */
async function lockedSubmission({ tx, actor }: Context, submissionId: string) {
  requirePerson(actor)
  const { draftId } = await getSubmission(tx, actor.authorityId, submissionId)
  await lockDraft(tx, actor.authorityId, draftId)
  const submission = await getSubmission(tx, actor.authorityId, submissionId)
  const register = await registerOf(tx, actor.authorityId)
  const published = register.find(({ publication }) => publication?.submissionId === submissionId)
  if (!published || !isAwaited(published)) requireStanding(submission)
  return { submission, publication: published?.publication ?? null }
}

/** A hotfix that nobody has looked at yet. */
function isAwaited({ isHotfix, isApproved, isRefused }: RegisteredVersion): boolean {
  return isHotfix && !isApproved && !isRefused
}

async function store(
  context: Context,
  { id: submissionId, draftId, contentHash, casesHash }: SubmissionRow,
  { outcome, reason }: { outcome: 'approved' | 'rejected'; reason: string | null },
): Promise<z.output<typeof ReviewReceipt>> {
  const { tx, actor, now } = context
  const { row, record } = await insertRecorded(tx, policyReviews, {
    authorityId: actor.authorityId,
    id: context.newId(),
    submissionId,
    outcome,
    contentHash,
    casesHash,
    reason,
    reviewedAt: now,
    reviewedBy: actor.accountId,
  })
  const audit = await context.record({
    event: `policy.${outcome}`,
    facts: { submission: submissionId, draft: draftId, contentHash, casesHash },
    records: [record],
  })
  const submission = shownSubmission(await getSubmission(tx, actor.authorityId, submissionId))
  return { submission, review: shownReview({ ...row, reviewerName: actor.displayName }), audit }
}

export function shownReview(row: ReviewRow): z.output<typeof Review> {
  return {
    id: row.id,
    submissionId: row.submissionId,
    outcome: row.outcome,
    contentHash: row.contentHash,
    casesHash: row.casesHash,
    reason: row.reason,
    reviewedAt: row.reviewedAt,
    reviewedBy: { accountId: row.reviewedBy, displayName: row.reviewerName },
  }
}

export const listReviews = defineOperation({
  name: 'policySubmissionReviews',
  kind: 'query',
  summary: 'Who approved, rejected or withdrew a submission, newest first',
  allow: READERS,
  route: 'GET /v1/policy-submissions/{submissionId}/reviews',
  params: { submissionId: Id },
  output: ReviewList,
  async run({ tx, actor }, { submissionId }) {
    await getSubmission(tx, actor.authorityId, submissionId)
    return { reviews: (await reviewsOf(tx, actor.authorityId, [submissionId])).map(shownReview) }
  },
})
