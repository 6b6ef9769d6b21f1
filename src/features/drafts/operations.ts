import { z } from 'zod'
import { policyDraftRevisions, policyDrafts } from '../../db/tables/policy-drafts.ts'
import { Refusal } from '../../kernel/errors.ts'
import { Id } from '../../kernel/ids.ts'
import { type Context, defineOperation } from '../../kernel/operation.ts'
import { Bound, decodeCursor, PAGE_DEFAULT, pageParams, toPage } from '../../kernel/page.ts'
import { insertRecorded } from '../../kernel/record.ts'
import { filesOf, getVersion, namedDocuments, type PolicyTexts, sourceOf, storedFiles } from '../policies/index.ts'
import { checkFiles, requireReadable, shownCheck, textsOf } from './check.ts'
import {
  DRAFT_STATES,
  Draft,
  DraftPage,
  DraftReceipt,
  DraftRevisionDetail,
  DraftRevisionList,
  NewDraft,
  NewRevision,
  PolicyCheck,
  PolicyFilesInput,
  policyFilter,
} from './model.ts'
import { getDraftRevision, getDraftRow, listDraftRevisions, listDraftRows, lockDraft } from './queries.ts'
import { requireOpen } from './rules.ts'
import { shownDraft, shownRevision } from './shown.ts'

export const READERS = ['policy_author', 'policy_approver', 'supervisor', 'auditor'] as const

export const checkPolicy = defineOperation({
  name: 'checkPolicy',
  kind: 'query',
  summary: 'Find every problem of a policy, and run its cases; nothing is stored',
  allow: READERS,
  route: 'POST /v1/policy-check',
  params: {},
  body: PolicyFilesInput,
  output: PolicyCheck,
  async run(_context, { body }) {
    return shownCheck(checkFiles(textsOf(body)))
  },
})

export const createDraft = defineOperation({
  name: 'createPolicyDraft',
  kind: 'command',
  summary: 'Begin a draft of a policy, from files or from a published version',
  description:
    'The files are kept byte for byte. They have to be readable as YAML, and may have errors otherwise: checking says which, and only submitting needs none.',
  allow: ['policy_author'],
  route: 'POST /v1/policy-drafts',
  status: 201,
  params: {},
  body: NewDraft,
  output: DraftReceipt,
  async run(context, { body }) {
    const { tx, actor, now } = context
    const texts = await startingTexts(context, body)
    const { record: ofDraft, row } = await insertRecorded(tx, policyDrafts, {
      authorityId: actor.authorityId,
      id: context.newId(),
      fromVersionId: body.fromVersion ?? null,
      createdAt: now,
      createdBy: actor.accountId,
    })
    const { record, hash } = await storeDraftRevision(context, { draftId: row.id, revision: 1, texts, reason: null })
    const audit = await context.record({
      event: 'policy.drafted',
      facts: { draft: row.id, revision: 1, filesHash: hash, fromVersion: body.fromVersion ?? null },
      records: [ofDraft, record],
    })
    return { draft: shownDraft(await getDraftRow(tx, actor.authorityId, row.id)), audit }
  },
})

/**
 * @throws Refusal invalid_input for both or neither, and for files that cannot be read; not_found for a version that is not
 *   there or whose files were not kept.
 */
async function startingTexts(
  { tx, actor }: Context,
  { files, fromVersion }: { files?: PolicyFilesInput | undefined; fromVersion?: string | undefined },
): Promise<PolicyTexts> {
  if (files && fromVersion === undefined) return requireReadable(textsOf(files))
  if (fromVersion === undefined || files)
    throw new Refusal('invalid_input', 'Give either the files or the version to start from.', {
      errors: [{ in: 'body', pointer: '/files', code: 'either', detail: 'One of “files” and “fromVersion”.' }],
    })
  const { id } = await getVersion(tx, actor.authorityId, { id: fromVersion })
  const source = await sourceOf(tx, actor.authorityId, id)
  if (!source) throw new Refusal('not_found', 'The files of this version were not kept. Give them.')
  return filesOf(source)
}

async function storeDraftRevision(
  { tx, actor, now, newId }: Context,
  given: { draftId: string; revision: number; texts: PolicyTexts; reason: string | null },
) {
  const { draftId, revision, texts, reason } = given
  const { id, version } = namedDocuments(texts.policy)
  const { record, row } = await insertRecorded(tx, policyDraftRevisions, {
    authorityId: actor.authorityId,
    id: newId(),
    draftId,
    revision,
    ...storedFiles(texts),
    policyId: id ?? null,
    version: version ?? null,
    changeReason: reason,
    recordedAt: now,
    recordedBy: actor.accountId,
  })
  return { record, hash: row.filesHash }
}

export const reviseDraft = defineOperation({
  name: 'revisePolicyDraft',
  kind: 'command',
  summary: 'Add a revision to a draft',
  description: 'The earlier revisions stay. A submission of an earlier one, approved or not, stands no longer.',
  allow: ['policy_author'],
  route: 'POST /v1/policy-drafts/{draftId}/revisions',
  status: 201,
  params: { draftId: Id },
  body: NewRevision,
  output: DraftReceipt,
  async run(context, { draftId, body }) {
    const { tx, actor } = context
    const texts = requireReadable(textsOf(body.files))
    await lockDraft(tx, actor.authorityId, draftId)
    const row = await getDraftRow(tx, actor.authorityId, draftId)
    requireOpen(row, body.basedOn)
    const revision = body.basedOn + 1
    const stored = { draftId, revision, texts, reason: body.reason }
    const { record, hash } = await storeDraftRevision(context, stored)
    const audit = await context.record({
      event: 'policy.revised',
      facts: { draft: draftId, revision, filesHash: hash },
      records: [record],
    })
    return { draft: shownDraft(await getDraftRow(tx, actor.authorityId, draftId)), audit }
  },
})

export const getDraft = defineOperation({
  name: 'policyDraft',
  kind: 'query',
  summary: 'A draft as it stands now',
  allow: READERS,
  route: 'GET /v1/policy-drafts/{draftId}',
  params: { draftId: Id },
  output: Draft,
  async run({ tx, actor }, { draftId }) {
    return shownDraft(await getDraftRow(tx, actor.authorityId, draftId))
  },
})

export const listDrafts = defineOperation({
  name: 'policyDrafts',
  kind: 'query',
  summary: 'Drafts, newest first',
  allow: READERS,
  route: 'GET /v1/policy-drafts',
  params: {
    ...pageParams,
    ...policyFilter,
    state: z.enum(DRAFT_STATES).optional(),
    from: Bound.optional().describe('Begun at or after this instant.'),
    to: Bound.optional().describe('Begun before this instant.'),
  },
  output: DraftPage,
  async run({ tx, actor }, { first = PAGE_DEFAULT, after, ...filter }) {
    const rows = await listDraftRows(tx, actor.authorityId, filter, { first, after: decodeCursor(after) })
    return toPage(rows, first, ({ draft }) => ({ at: draft.createdAt, id: draft.id }), shownDraft)
  },
})

export const listRevisions = defineOperation({
  name: 'policyDraftRevisions',
  kind: 'query',
  summary: 'All revisions of a draft, first to last, without their files',
  allow: READERS,
  route: 'GET /v1/policy-drafts/{draftId}/revisions',
  params: { draftId: Id },
  output: DraftRevisionList,
  async run({ tx, actor }, { draftId }) {
    await getDraftRow(tx, actor.authorityId, draftId)
    return { revisions: (await listDraftRevisions(tx, actor.authorityId, [draftId])).map(shownRevision) }
  },
})

const ofRevision = { draftId: Id, revision: z.int().min(1).optional().describe('The latest where left out.') }

export const getRevision = defineOperation({
  name: 'policyDraftFiles',
  kind: 'query',
  summary: 'The files of a draft, byte for byte as they were given',
  allow: READERS,
  route: 'GET /v1/policy-drafts/{draftId}/files',
  params: ofRevision,
  output: DraftRevisionDetail,
  async run({ tx, actor }, { draftId, revision }) {
    const row = await getDraftRevision(tx, actor.authorityId, { draftId, revision })
    return { ...shownRevision(row), files: filesOf(row) }
  },
})

export const checkDraft = defineOperation({
  name: 'checkPolicyDraft',
  kind: 'query',
  summary: 'Find every problem of a draft, and run its cases',
  allow: READERS,
  route: 'GET /v1/policy-drafts/{draftId}/check',
  params: ofRevision,
  output: PolicyCheck,
  async run({ tx, actor }, { draftId, revision }) {
    return shownCheck(checkFiles(filesOf(await getDraftRevision(tx, actor.authorityId, { draftId, revision }))))
  },
})
