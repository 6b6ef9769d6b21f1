/** What later features read of decisions. */
export { ABOVE_THRESHOLD, HelpInput, isBelowThreshold, isClosing, requireHelpThatIs } from './closing.ts'
export { completeWhenReady } from './completion.ts'
export { Decision } from './model.ts'
export { decisionsOf, getDecisionBeforeRecording, getDecisionSeen, getDecisionShown } from './queries.ts'
export { requireQualified } from './rules.ts'
export { DECISION_STATES, type DecisionState, stateSql } from './state.ts'
