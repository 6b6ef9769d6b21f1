/** The engine against an independent reading of the design. */
import assert from 'node:assert/strict'
import t from 'tap'
import { countPairs, ends, law, scored } from './laws-support.ts'
import { naiveScore } from './naive.ts'

countPairs(t)

law(
  t,
  'the naive evaluator agrees on low, high, floor, withholding and everything that surely holds',
  ({ policy, snapshot }) => {
    const engine = scored(policy, snapshot).map((recommendation) => ({
      ...ends(recommendation),
      isWithheld: recommendation.withheldBecause.length > 0,
      holding: [...new Set(recommendation.reasons.map(({ id }) => id))].sort(),
    }))
    assert.deepEqual(engine, naiveScore(policy.document, policy.pack, snapshot))
  },
)
