/** What was submitted becomes a version: after its approval, or at once where it only raises. */
import type { z } from 'zod'
import { policyPublications, policyRetirements } from '../../db/tables/policy-publications.ts'
import { londonDate } from '../../engine/calendar/civil.ts'
import type { Policy } from '../../engine/index.ts'
import { onlyRaises } from '../../engine/policy/raises.ts'
import { line } from '../../engine/text.ts'
import { requirePerson } from '../../kernel/actor.ts'
import { Refusal } from '../../kernel/errors.ts'
import { Id } from '../../kernel/ids.ts'
import { type Context, defineOperation } from '../../kernel/operation.ts'
import { insertRecorded } from '../../kernel/record.ts'
import {
  authorsOf,
  getDraftRevision,
  getSubmission,
  lockDraft,
  type SubmissionRow,
  soundPolicy,
} from '../drafts/index.ts'
import {
  compiledPolicy,
  filesOf,
  getVersion,
  type PolicyTexts,
  registerOf,
  shownVersion,
  storeVersion,
} from '../policies/index.ts'
import { requireRehearsed } from './gate.ts'
import { NewHotfix, NewPublication, NewRetirement, VersionReceipt } from './model.ts'
import { isPublished, lockRegister, nextSequence, reviewsOf } from './queries.ts'
import {
  headOf,
  requireAnother,
  requireApproved,
  requireBytes,
  requireEffective,
  requireInForce,
  requireRetirable,
  requireStanding,
  requireSuccession,
} from './rules.ts'

export const publish = defineOperation({
  name: 'publishPolicy',
  kind: 'command',
  summary: 'Publish an approved submission, in the place of the version that goes before',
  description:
    'By somebody who wrote no revision of it. Every case has to come out as agreed, and where referrals are stored, the same bytes have to be rehearsed against the version that goes before, with each child who would go down accepted.',
  allow: ['policy_approver', 'supervisor'],
  route: 'POST /v1/policy-submissions/{submissionId}/publication',
  status: 201,
  params: { submissionId: Id },
  body: NewPublication,
  output: VersionReceipt,
  async run(context, { submissionId, body }) {
    const { tx, actor, now } = context
    const { authorityId } = actor
    const submission = await lockedSubmission(context, submissionId)
    const involved = await authorsOf(tx, authorityId, submission.draftId)
    requireAnother(actor, involved.add(submission.submittedBy))
    requireApproved(submission)
    requireBytes(submission, body)
    const sound = await requireSame(context, submission)
    const head = headOf(await registerOf(tx, authorityId))
    requireSuccession(head, body.supersedes)
    const when = { documented: submission.effective, today: londonDate(now), head }
    const effectiveFrom = requireEffective(body, when)
    await requireRehearsed(context, { contentHash: submission.contentHash, against: head?.id })
    const approval = (await reviewsOf(tx, authorityId, [submissionId])).find(({ outcome }) => outcome === 'approved')
    return await store(context, submission, {
      ...sound,
      effectiveFrom,
      kind: 'approved',
      approvalId: approval?.id ?? null,
      supersedes: body.supersedes ?? null,
      legacyUntil: body.legacyUntil ?? null,
      reason: null,
    })
  },
})

export const publishHotfix = defineOperation({
  name: 'publishPolicyHotfix',
  kind: 'command',
  summary: 'Publish at once a change that provably only raises; somebody else approves it within 24 hours',
  description:
    'Takes effect today, in the place of the version in force. Refused where anything could come out lower, with what stands against the proof.',
  allow: ['policy_author', 'policy_approver', 'supervisor'],
  route: 'POST /v1/policy-submissions/{submissionId}/hotfix',
  status: 201,
  params: { submissionId: Id },
  body: NewHotfix,
  output: VersionReceipt,
  async run(context, { submissionId, body }) {
    const { tx, actor, now } = context
    const today = londonDate(now)
    const submission = await lockedSubmission(context, submissionId)
    requireStanding(submission)
    requireBytes(submission, body)
    const sound = await requireSame(context, submission)
    const register = await registerOf(tx, actor.authorityId)
    const { supersedes, reason } = body
    const head = requireInForce(register, { supersedes, documented: submission.effective, today })
    requireRaising(compiledPolicy(await getVersion(tx, actor.authorityId, { id: head.id })), sound.policy)
    return await store(context, submission, {
      ...sound,
      effectiveFrom: today,
      kind: 'hotfix',
      approvalId: null,
      supersedes,
      legacyUntil: null,
      reason,
    })
  },
})

/** @throws Refusal not_raising, with everything that stands against the proof */
function requireRaising(from: Policy, to: Policy): void {
  const { ok, because } = onlyRaises(from.document, to.document)
  const against =
    from.statutory.hash === to.statutory.hash ? because : ['It stands on another statutory pack.', ...because]
  if (ok && against.length === 0) return
  throw new Refusal(
    'not_raising',
    'It is not proved that nothing comes out lower. A second person has to approve it.',
    {
      errors: against.slice(0, 50).map((detail) => ({ in: 'body', pointer: '', code: 'not_raising', detail })),
    },
  )
}

/** @throws Refusal forbidden, not_found */
async function lockedSubmission({ tx, actor }: Context, submissionId: string): Promise<SubmissionRow> {
  requirePerson(actor)
  const { draftId } = await getSubmission(tx, actor.authorityId, submissionId)
  await lockDraft(tx, actor.authorityId, draftId)
  await lockRegister(tx, actor.authorityId)
  return await getSubmission(tx, actor.authorityId, submissionId)
}

/**
 * What was submitted, checked again: the service may have learnt to find more since then.
 * @throws Refusal already_published, bytes_changed, policy_has_errors, cases_fail
 */
async function requireSame(
  { tx, actor }: Context,
  submission: SubmissionRow,
): Promise<{ policy: Policy; texts: PolicyTexts }> {
  if (await isPublished(tx, actor.authorityId, submission))
    throw new Refusal(
      'already_published',
      'These bytes, or others of that version, are published. Give it a new version.',
    )
  const texts = filesOf(await getDraftRevision(tx, actor.authorityId, submission))
  const policy = soundPolicy(texts)
  if (policy.hash !== submission.contentHash || policy.statutory.hash !== submission.statutoryHash)
    throw new Refusal(
      'bytes_changed',
      'The files mean something else than when they were submitted. Submit them again.',
    )
  return { policy, texts }
}

type Publishing = Pick<
  typeof policyPublications.$inferInsert,
  'kind' | 'approvalId' | 'supersedes' | 'legacyUntil' | 'reason'
> & { readonly policy: Policy; readonly texts: PolicyTexts; readonly effectiveFrom: string }

async function store(
  context: Context,
  submission: SubmissionRow,
  { policy, texts, effectiveFrom, ...publication }: Publishing,
): Promise<z.output<typeof VersionReceipt>> {
  const { tx, actor, now } = context
  const { authorityId } = actor
  const { row, records } = await storeVersion(tx, { authorityId, policy, texts, effectiveFrom }, context)
  const { record } = await insertRecorded(tx, policyPublications, {
    authorityId,
    id: context.newId(),
    policyVersionId: row.id,
    submissionId: submission.id,
    contentHash: submission.contentHash,
    sequence: await nextSequence(tx, authorityId),
    ...publication,
    publishedAt: now,
    publishedBy: actor.accountId,
  })
  const audit = await context.record({
    event: 'policy.published',
    facts: {
      policy: policy.id,
      version: policy.version,
      contentHash: policy.hash,
      submission: submission.id,
      kind: publication.kind,
      supersedes: publication.supersedes ?? null,
      effectiveFrom,
      legacyUntil: publication.legacyUntil ?? null,
    },
    records: [...records, record],
  })
  const version = shownVersion(row, await registerOf(tx, authorityId), { on: londonDate(now), now })
  return { version, audit }
}

export const retire = defineOperation({
  name: 'retirePolicy',
  kind: 'command',
  summary: 'Use a version no more, from a day on; before it took effect, call it off',
  description:
    'A version that it superseded does not come back: publish what is to apply. Called off before it took effect, it never applied and the version before it goes on.',
  allow: ['policy_approver', 'supervisor'],
  route: 'POST /v1/policies/{policy}/versions/{version}/retirement',
  status: 201,
  params: { policy: line(60), version: line(30) },
  body: NewRetirement,
  output: VersionReceipt,
  async run(context, { policy, version, body }) {
    const { tx, actor, now } = context
    const { authorityId } = actor
    requirePerson(actor)
    await lockRegister(tx, authorityId)
    const row = await getVersion(tx, authorityId, { policy, version })
    const register = await registerOf(tx, authorityId)
    const registered = register.find(({ id }) => id === row.id)
    if (!registered) throw new Error('A version is not in the register')
    const { from, reason, leaveNoneInForce = false } = body
    requireRetirable(register, registered, { from, leaveNoneInForce, now })
    const { record } = await insertRecorded(tx, policyRetirements, {
      authorityId,
      id: context.newId(),
      policyVersionId: row.id,
      retiredFrom: from,
      reason,
      retiredAt: now,
      retiredBy: actor.accountId,
    })
    const audit = await context.record({
      event: 'policy.retired',
      facts: { policy, version, contentHash: row.contentHash, from, leaveNoneInForce },
      records: [record],
    })
    return { version: shownVersion(row, await registerOf(tx, authorityId), { on: londonDate(now), now }), audit }
  },
})
