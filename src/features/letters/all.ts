/** The operations of this feature, in the order of the documents. */
import type { Operation } from '../../kernel/operation.ts'
import { confirmLetter, recordDelivery } from './deliveries.ts'
import { getLetter, listLettersDue, listLettersSent, previewLetter, sendLetter } from './operations.ts'

export const letterOperations: readonly Operation[] = [
  previewLetter,
  sendLetter,
  getLetter,
  listLettersSent,
  listLettersDue,
  recordDelivery,
  confirmLetter,
]
