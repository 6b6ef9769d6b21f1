/** What later features read of recommendations. */
export { contentOf, getRecommendationRow, type RecommendationRow } from './queries.ts'
export { requireSeen } from './shown.ts'
export { snapshotsOf } from './snapshots.ts'
