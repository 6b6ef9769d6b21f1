/** The laws of DESIGN.md §4 that say which way a level may move. */
import assert from 'node:assert/strict'
import t from 'tap'
import { finding } from '../support/policies.ts'
import { anyPiece } from './arbitrary/snapshot.ts'
import {
  assertNotLower,
  changed,
  codesOf,
  countPairs,
  ends,
  law,
  RISKS,
  scoredAt,
  withFindings,
} from './laws-support.ts'

countPairs(t)

law(t, 'a further risk that is found never lowers low, high or floor', (pair) => {
  const { policy, draw, snapshot } = pair
  const more = finding(draw.pick(codesOf(policy, ...RISKS)), { evidence: draw.many(0, 2, () => anyPiece(draw)) })
  assertNotLower(scoredAt(pair, withFindings(pair, [more])), scoredAt(pair, snapshot), `adding ${more.indicator}`)
})

law(t, 'a risk that goes from absent to unknown to present never lowers low, high or floor', (pair) => {
  const code = pair.draw.pick(codesOf(pair.policy, ...RISKS))
  const said = (['absent', 'unknown', 'present'] as const).map((state) =>
    scoredAt(
      pair,
      changed(pair, ({ findings }) => ({
        findings: [...findings.filter(({ indicator }) => indicator !== code), finding(code, { state })],
      })),
    ),
  )
  assertNotLower(said[1]!, said[0]!, `${code} from absent to unknown`)
  assertNotLower(said[2]!, said[1]!, `${code} from unknown to present`)
})

law(t, 'a risk said to be absent counts for no more and no less than one not mentioned', (pair) => {
  const { policy, draw, snapshot } = pair
  const absent = scoredAt(
    pair,
    withFindings(pair, [finding(draw.pick(codesOf(policy, ...RISKS)), { state: 'absent' })]),
  )
  assert.deepEqual(ends(absent), ends(scoredAt(pair, snapshot)))
})

law(t, 'a protective factor, present or unknown, never raises', (pair) => {
  const { policy, draw, snapshot } = pair
  const codes = codesOf(policy, 'protective')
  if (codes.length === 0) return
  const more = finding(draw.pick(codes), { state: draw.pick(['present', 'unknown'] as const) })
  assertNotLower(scoredAt(pair, snapshot), scoredAt(pair, withFindings(pair, [more])), `taking away ${more.indicator}`)
})

law(t, 'no set of protective factors moves a floor, and the level is never below it', (pair) => {
  const { policy, draw, snapshot } = pair
  const all = codesOf(policy, 'protective')
  for (const set of [all, draw.some(all, 50)]) {
    const before = scoredAt(pair, snapshot)
    const after = scoredAt(
      pair,
      withFindings(
        pair,
        set.map((code) => finding(code)),
      ),
    )
    assert.deepEqual(after.floor, before.floor)
    assert.ok(ends(after).low >= ends(after).floor, 'the low end is below the floor')
    assert.ok(ends(after).high >= ends(after).low, 'the high end is below the low end')
  }
})

law(t, 'an ordinary descriptor that is found never lowers, and never lifts beyond the lowest level', (pair) => {
  const { policy, draw, snapshot } = pair
  const codes = codesOf(policy, 'expected')
  if (codes.length === 0) return
  const [before, after] = [
    ends(scoredAt(pair, snapshot)),
    ends(scoredAt(pair, withFindings(pair, [finding(draw.pick(codes))]))),
  ]
  assert.ok(after.low === before.low || (before.low < 0 && after.low === 0), `low from ${before.low} to ${after.low}`)
  assert.ok(
    after.high === before.high || (before.high < 0 && after.high === 0),
    `high from ${before.high} to ${after.high}`,
  )
})

law(t, 'an absolute finding that is certain places the child at least at its own level', (pair) => {
  const { policy, draw } = pair
  const absolute = draw.pick(
    policy.document.indicators.filter((spec) => spec.absolute && !spec.age && !spec.grades && !spec.evidence),
  )
  if (!absolute) return
  const result = scoredAt(pair, withFindings(pair, [finding(absolute.code)]))
  assert.ok(ends(result).floor >= (policy.rankOf.get(absolute.level) ?? 0), `${absolute.code} did not hold the floor`)
  assert.notEqual(result.outcome, 'redirected', 'a gate hid an absolute finding')
})
