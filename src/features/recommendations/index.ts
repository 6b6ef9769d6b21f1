/** What later features read of recommendations. */
export { Alarm } from './model.ts'
export { ownReferral, ownSnapshot } from './own.ts'
export {
  contentOf,
  getRecommendationRow,
  listRecommendationRows,
  type RecommendationRow,
} from './queries.ts'
export { requireSeen, shownRecommendations } from './shown.ts'
export { snapshotsOf } from './snapshots.ts'
