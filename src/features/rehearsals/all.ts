/** The operations of this feature, in the order of the documents. */
import type { Operation } from '../../kernel/operation.ts'
import { compareReferral } from './comparison.ts'
import { cancelRehearsal, listRehearsals, resumeRehearsal, showRehearsal, startRehearsal } from './operations.ts'
import { acceptDowngrade, listRehearsalChildren, rehearsalResult } from './results.ts'

export const rehearsalOperations: readonly Operation[] = [
  startRehearsal,
  showRehearsal,
  listRehearsals,
  cancelRehearsal,
  resumeRehearsal,
  rehearsalResult,
  listRehearsalChildren,
  acceptDowngrade,
  compareReferral,
]
