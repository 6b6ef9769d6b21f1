/** What later features read of decisions. */
export { isBelowThreshold, isClosing } from './closing.ts'
export { completeWhenReady } from './completion.ts'
export { Decision } from './model.ts'
export { decisionsOf, getDecisionShown } from './queries.ts'
export { requireQualified } from './rules.ts'
export { type DecisionState, stateSql } from './state.ts'
