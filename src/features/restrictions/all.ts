/** The operations of this feature, in the order of the documents. */
import type { Operation } from '../../kernel/operation.ts'
import { breakGlass, listBreakGlass, reviewBreakGlass } from './break-glass.ts'
import { declareConflict, listConflicts, withdrawConflict } from './conflicts.ts'
import {
  liftRestriction,
  listRestrictions,
  restrictionNotice,
  restrictReferral,
  showRestriction,
} from './operations.ts'

export const restrictionOperations: readonly Operation[] = [
  restrictReferral,
  liftRestriction,
  showRestriction,
  listRestrictions,
  restrictionNotice,
  breakGlass,
  reviewBreakGlass,
  listBreakGlass,
  declareConflict,
  withdrawConflict,
  listConflicts,
]
