/** The operations of this feature, in the order of the documents. */
import type { Operation } from '../../kernel/operation.ts'
import {
  checkDraft,
  checkPolicy,
  createDraft,
  getDraft,
  getRevision,
  listRevisions as listDraftRevisions,
  listDrafts,
  reviseDraft,
} from './operations.ts'
import { listSubmissions, showSubmission, submitDraft, withdrawSubmission } from './submit.ts'

export const draftOperations: readonly Operation[] = [
  checkPolicy,
  createDraft,
  reviseDraft,
  getDraft,
  listDrafts,
  listDraftRevisions,
  getRevision,
  checkDraft,
  submitDraft,
  withdrawSubmission,
  showSubmission,
  listSubmissions,
]
