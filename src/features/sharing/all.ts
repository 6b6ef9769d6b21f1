/** The operations of this feature, in the order of the documents. */
import type { Operation } from '../../kernel/operation.ts'
import { listConsents, recordConsent } from './consents.ts'
import { liftMark, listMarks, listSharing, markWithheld, recordSharing, showSharing } from './operations.ts'

export const sharingOperations: readonly Operation[] = [
  recordConsent,
  listConsents,
  recordSharing,
  showSharing,
  listSharing,
  markWithheld,
  liftMark,
  listMarks,
]
