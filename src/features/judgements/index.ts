/** What later features read of judgements. */
export { Judgement, View } from './model.ts'
export { requireKnownIn, requireUnjudged } from './operations.ts'
export { judgementsById, judgementsOf, ownJudgement } from './queries.ts'
export { hiddenFrom, maySee, type Sight, type Subject, sightOf } from './sight.ts'
