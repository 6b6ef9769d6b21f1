/** The operations of this feature, in the order of the documents. */
import type { Operation } from '../../kernel/operation.ts'
import { judgeLink, judgeMatch, listCandidates, listLinks, listVerdicts, referralHistory } from './operations.ts'

export const childrenOperations: readonly Operation[] = [
  referralHistory,
  listCandidates,
  judgeMatch,
  listVerdicts,
  listLinks,
  judgeLink,
]
