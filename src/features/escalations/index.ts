/** What later features read of challenges. */
export { type OpenChallenge, openChallenges } from './open.ts'
export { refusalToAnswer } from './rules.ts'
