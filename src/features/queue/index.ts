/** What later features read of the queue. */
export { openReferrals } from './facts.ts'
