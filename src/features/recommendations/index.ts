/** What later features read of recommendations. */
export { getRecommendationRow, type RecommendationRow, shownRecommendation } from './queries.ts'
export { snapshotsOf } from './snapshots.ts'
