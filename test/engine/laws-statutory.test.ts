/** A local policy cannot weaken the statutory pack, whatever it says. */
import assert from 'node:assert/strict'
import t from 'tap'
import { COMMON_SCALE } from '../../src/engine/vocabulary.ts'
import { finding } from '../support/policies.ts'
import { changed, countPairs, ends, law, scored, scoredAt } from './laws-support.ts'

countPairs(t)

law(t, 'a statutory trigger that is found gives its band and one of its responses, whatever else is so', (pair) => {
  const { policy, snapshot, draw } = pair
  const trigger = draw.pick(policy.pack.triggers)
  const express = draw.pick(policy.document.indicators.filter(({ triggers }) => triggers.includes(trigger.code)))
  const protective = policy.document.indicators
    .filter(({ kind }) => kind === 'protective')
    .map(({ code }) => finding(code))
  const open = { ...snapshot, facts: policy.document.gates.map(({ id }) => ({ code: id, answer: 'yes' as const })) }
  const age = express.age
    ? { low: express.age.fromMonths ?? 0, high: express.age.fromMonths ?? 0 }
    : snapshot.children[pair.at]!.age
  if (express.age?.unborn) return
  const after = changed({ ...pair, snapshot: open }, ({ findings }) => ({
    age,
    findings: [...findings, ...protective, finding(express.code)],
  }))
  const result = scoredAt(pair, after)
  assert.ok(
    COMMON_SCALE.indexOf(result.floor?.common ?? 'universal') >= COMMON_SCALE.indexOf(trigger.atLeast),
    'below the band',
  )
  assert.ok(ends(result).low >= ends(result).floor)
  assert.ok(
    result.responses.some(({ type }) => trigger.responses.includes(type)),
    'no response of the trigger',
  )
  assert.notEqual(result.outcome, 'redirected')
  assert.ok(
    result.reasons.some(({ id, kind }) => kind === 'statutory' && id === trigger.code),
    'the reason is not given',
  )
})

law(t, 'immediate danger gives protection to every child of the referral at once', ({ policy, snapshot }) => {
  for (const result of scored(policy, { ...snapshot, immediateDanger: true })) {
    assert.equal(result.responses[0]?.type, 'immediate_protection')
    assert.equal(result.floor?.common, 'child_protection')
    assert.equal(result.alerts[0]?.code, 'immediate_danger')
  }
})

law(t, 'no answer of the local authority takes immediate danger back', ({ policy, snapshot }) => {
  const danger = { ...snapshot, immediateDanger: true }
  const denied = { ...danger, facts: [...danger.facts, { code: 'immediate_danger', answer: 'no' as const }] }
  assert.deepEqual(scored(policy, denied).map(ends), scored(policy, danger).map(ends))
})
