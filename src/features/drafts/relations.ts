/** Revisions and submissions as fields of a draft. */
import { z } from 'zod'
import { defineRelation } from '../../kernel/relation.ts'
import { DraftRevision, Submission } from './model.ts'
import { READERS } from './operations.ts'
import { listDraftRevisions } from './queries.ts'
import { shownRevision, shownSubmission } from './shown.ts'
import { submissionsOf } from './submissions.ts'

export const draftRevisions = defineRelation({
  on: 'PolicyDraft',
  name: 'revisions',
  summary: 'Its revisions, first to last',
  allow: READERS,
  output: z.array(DraftRevision),
  async load({ tx, actor }, parents) {
    const ids = parents.map(({ id }) => String(id))
    const rows = await listDraftRevisions(tx, actor.authorityId, ids)
    return ids.map((id) => rows.filter(({ draftId }) => draftId === id).map(shownRevision))
  },
})

export const draftSubmissions = defineRelation({
  on: 'PolicyDraft',
  name: 'submissions',
  summary: 'Its submissions, newest first',
  allow: READERS,
  output: z.array(Submission),
  async load({ tx, actor }, parents) {
    const ids = parents.map(({ id }) => String(id))
    const rows = await submissionsOf(tx, actor.authorityId, ids)
    return ids.map((id) => rows.filter(({ draftId }) => draftId === id).map(shownSubmission))
  },
})
