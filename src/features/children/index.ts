/** What later features read of the history of children. */
export { earlierReferrals, type HeldReferral } from './earlier.ts'
export { historyFor } from './history-for.ts'
export { ChildHistory, ReferralHistory } from './model.ts'
