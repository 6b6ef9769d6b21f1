/** What later features read of recommendations. */
export { ownReferral, ownSnapshot } from './own.ts'
export { contentOf, getRecommendationRow, type RecommendationRow } from './queries.ts'
export { requireSeen } from './shown.ts'
export { snapshotsOf } from './snapshots.ts'
