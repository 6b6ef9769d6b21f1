/** The operations of this feature, in the order of the documents. */
import type { Operation } from '../../kernel/operation.ts'
import { answerEscalation, closeEscalation, moveEscalationUp, skipEscalation, withdrawEscalation } from './moves.ts'
import { getEscalation, listEscalations, raiseEscalation } from './operations.ts'

export const escalationOperations: readonly Operation[] = [
  raiseEscalation,
  answerEscalation,
  moveEscalationUp,
  skipEscalation,
  closeEscalation,
  withdrawEscalation,
  getEscalation,
  listEscalations,
]
