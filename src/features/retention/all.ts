/** The operations of this feature, in the order of the documents. */
import type { Operation } from '../../kernel/operation.ts'
import { disposeReferral, listDisposalProposals, listOfDisposals, proposeDisposal } from './disposal.ts'
import { retentionDue } from './due.ts'
import { listLegalHolds, placeHold, releaseHold } from './holds.ts'
import { classifyForRetention, listRetentionRules, setRetentionRule, withdrawRetentionRule } from './schedule.ts'

export const retentionOperations: readonly Operation[] = [
  setRetentionRule,
  withdrawRetentionRule,
  listRetentionRules,
  classifyForRetention,
  retentionDue,
  placeHold,
  releaseHold,
  listLegalHolds,
  proposeDisposal,
  disposeReferral,
  listDisposalProposals,
  listOfDisposals,
]
