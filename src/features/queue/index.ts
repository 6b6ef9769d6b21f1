/** What later features read of the queue. */
export { Clock } from './model.ts'
export { clocksOfReferrals } from './relations.ts'
