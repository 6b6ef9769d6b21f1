/** The operations of this feature, in the order of the documents. */
import type { Operation } from '../../kernel/operation.ts'
import { arrangeHelp, getHelpArranged, listHelp, listHelpFollowUps, listWithoutHelp, updateHelp } from './operations.ts'

export const helpOperations: readonly Operation[] = [
  arrangeHelp,
  updateHelp,
  getHelpArranged,
  listHelp,
  listHelpFollowUps,
  listWithoutHelp,
]
