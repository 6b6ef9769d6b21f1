/** What later features read of referrals. */
export { AuditReceipt } from '../audit/index.ts'
export { earlierReferrals, getReferralRow, listRevisionRows, lockReferral, type ReferralRow } from './queries.ts'
export { plainIdentifier, requireMeaningfulUnder, shown } from './receive.ts'
