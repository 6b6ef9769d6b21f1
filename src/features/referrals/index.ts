/** What later features read of referrals. */
export { AuditReceipt } from '../audit/index.ts'
export {
  type ChildRef,
  compared,
  type FoundMatch,
  identifierPairs,
  type Pair,
  possiblePairs,
  refKey,
} from './candidates.ts'
export { ReferralContent } from './model.ts'
export { categoriesOf, getReferralRow, listRevisionRows, lockReferral, type ReferralRow } from './queries.ts'
export { contentOfRevision, plainIdentifier, requireMeaningfulUnder, shown } from './receive.ts'
