/** The laws of DESIGN.md §4 about what a result rests on, and what it does not. */
import assert from 'node:assert/strict'
import t from 'tap'
import type { Policy, Snapshot } from '../../src/engine/index.ts'
import type { SnapshotChild } from '../../src/engine/referral/snapshot.ts'
import { Recommendation } from '../../src/engine/scoring/recommendation.ts'
import type { Draw } from './arbitrary/draw.ts'
import { anyFinding } from './arbitrary/snapshot.ts'
import { changed, codesOf, countPairs, ends, law, scored, scoredAt } from './laws-support.ts'

countPairs(t)

/** What may not change with the order of what was written: the levels, and the ids of everything said about them. */
function essence(result: Recommendation): object {
  const ids = (list: readonly { id: string }[]): string[] => list.map(({ id }) => id).sort()
  return {
    ...ends(result),
    outcome: result.outcome,
    withheld: result.withheldBecause.length,
    urgency: result.urgency,
    responses: result.responses.map(({ code }) => code),
    reasons: ids(result.reasons),
    notMet: ids(result.notMet),
    questions: ids(result.questions),
    alerts: result.alerts.map(({ code }) => code),
    quality: result.quality.score,
  }
}

law(t, 'neither the order nor the repetition of findings, evidence, measurements and answers matters', (pair) => {
  const { snapshot, draw } = pair
  const mixed = changed(
    { ...pair, snapshot: { ...snapshot, facts: draw.shuffled([...snapshot.facts, ...snapshot.facts]) } },
    (child) => ({
      findings: draw.shuffled([...child.findings, ...draw.some(child.findings, 30)]).map((finding) => ({
        ...finding,
        evidence: draw.shuffled([...finding.evidence, ...draw.some(finding.evidence, 30)]),
      })),
      measurements: draw.shuffled([...child.measurements, ...child.measurements]),
      history: draw.shuffled(child.history),
    }),
  )
  assert.deepEqual(essence(scoredAt(pair, mixed)), essence(scoredAt(pair, snapshot)))
})

law(t, 'what is found of one child alone changes nothing for its siblings', (pair) => {
  const { policy, snapshot, at, draw } = pair
  const others = snapshot.children.map((child, i) => (i === at ? child : changedAlone(child, policy, draw)))
  const mine = (result: Snapshot): object => {
    const { pins, ...rest } = scoredAt(pair, result)
    return { ...rest, pins: { ...pins, snapshotHash: '' } }
  }
  assert.deepEqual(mine({ ...snapshot, children: others }), mine(snapshot))
})

function changedAlone(child: SnapshotChild, policy: Policy, draw: Draw): SnapshotChild {
  const shared = child.findings.filter(({ subject }) => subject !== 'child')
  return {
    ...child,
    findings: [...shared, ...draw.many(0, 3, () => anyFinding(draw, policy, 'child'))],
    measurements: [],
    unmapped: draw.some(['Another concern.'], 50),
    history: [],
  }
}

law(
  t,
  'every valid referral gives each child a level or an explicit withholding, in the published shape',
  ({ policy, snapshot }) => {
    const results = scored(policy, snapshot)
    assert.deepEqual(
      results.map(({ child }) => child),
      snapshot.children.map(({ id }) => id),
    )
    for (const result of results) {
      assert.deepEqual(Recommendation.parse(result), result)
      assert.deepEqual(JSON.parse(JSON.stringify(result)), result, 'something of it has no JSON form')
      assert.equal(result.level === null, result.withheldBecause.length > 0)
      assert.ok(result.responses.length > 0, 'nothing is to be done')
      if (result.level === null && result.outcome !== 'redirected')
        assert.ok(
          result.responses.some(({ type }) => type === 'human_review'),
          'withheld, and nobody reads it',
        )
    }
  },
)

law(t, 'no level is stated for which no reason is given', ({ policy, snapshot }) => {
  for (const { low, reasons } of scored(policy, snapshot)) {
    assert.equal(
      low !== null,
      reasons.some(({ decisive }) => decisive),
    )
    for (const { decisive, level } of reasons) assert.equal(decisive, level !== null && level.rank === low?.rank)
  }
})

law(t, 'the findings listed in the reasons suffice for the level, with protective factors as they were', (pair) => {
  const { policy, snapshot } = pair
  const before = scoredAt(pair, snapshot)
  const listed = new Set(before.reasons.flatMap(({ findings }) => findings.map(({ indicator }) => indicator)))
  const isProtective = (code: string): boolean =>
    policy.document.indicators.some((spec) => spec.code === code && spec.kind === 'protective')
  const kept = changed(pair, ({ findings }) => ({
    findings: findings.filter(({ indicator }) => listed.has(indicator) || isProtective(indicator)),
  }))
  const after = scoredAt(pair, kept)
  assert.deepEqual([after.low, after.floor], [before.low, before.floor])
})

law(t, 'without the findings that the decisive reasons list, the level is lower', (pair) => {
  const before = scoredAt(pair, pair.snapshot)
  const decisive = before.reasons.filter((reason) => reason.decisive)
  // A rule may rest on age or history, danger may be stated, and a number may be a measurement: those stay.
  const isOfFindings = decisive.every(
    ({ kind, findings }) =>
      kind !== 'rule' && findings.length > 0 && findings.every(({ subjects }) => !subjects.includes('measurement')),
  )
  if (!before.low || !isOfFindings || pair.snapshot.immediateDanger) return
  const listed = new Set(decisive.flatMap(({ findings }) => findings.map(({ indicator }) => indicator)))
  const without = changed(pair, ({ findings }) => ({
    findings: findings.filter(({ indicator }) => !listed.has(indicator)),
  }))
  assert.ok(ends(scoredAt(pair, without)).low < ends(before).low, `${[...listed].join(', ')} did not decide`)
})

law(t, 'the level rests on exactly those indicators without any one of which it would be lower', (pair) => {
  const { policy, snapshot, at, draw } = pair
  const before = scoredAt(pair, snapshot)
  // A measurement stays when its finding goes, and an ordinary descriptor is no part of what a level rests on.
  const removable = new Set(codesOf(policy, 'risk', 'status'))
  const found = snapshot.children[at]!.findings.map(({ indicator }) => indicator).filter((code) => removable.has(code))
  if (found.length === 0 || before.low === null) return
  const code = draw.pick(found)
  const without = changed(pair, ({ findings }) => ({
    findings: findings.filter(({ indicator }) => indicator !== code),
  }))
  const isLower = ends(scoredAt(pair, without)).low < ends(before).low
  assert.equal(
    before.restsOn.includes(code),
    isLower,
    `${code}: without it the level is ${isLower ? 'lower' : 'the same'}`,
  )
})

law(
  t,
  'questions come in order of effect, and each says how far an answer would raise the level',
  ({ policy, snapshot }) => {
    for (const { questions, low } of scored(policy, snapshot)) {
      const effects = questions.map(({ effect }) => effect)
      assert.deepEqual(
        effects,
        [...effects].sort((a, b) => b - a),
      )
      for (const { couldRaiseTo, effect } of questions) {
        assert.equal(couldRaiseTo === null ? 0 : couldRaiseTo.rank - Math.max(low?.rank ?? 0, 0), effect)
      }
    }
  },
)
