/** What has to hold of every explanation, over random policies and the shipped ones. */
import assert from 'node:assert/strict'
import t from 'tap'
import { withAnswers } from '../../src/engine/explanation/answers.ts'
import { without } from '../../src/engine/explanation/counterfactuals.ts'
import { explain } from '../../src/engine/explanation/index.ts'
import type { Change, ChangeSet, ConditionNode, Considered, Explanation } from '../../src/engine/explanation/shape.ts'
import type { Recommendation } from '../../src/engine/scoring/recommendation.ts'
import { checkPairs, type Pair } from '../support/arbitraries.ts'
import { calendar, compiledPolicies } from '../support/policies.ts'
import { LAWS_RUNS, scored } from './laws-support.ts'

const ORDER = ['no', 'maybe', 'yes'] as const

interface Explained {
  readonly explanation: Explanation
  readonly policy: Pair['policy']
  /** The snapshot with the explained child alone, as it is stored. */
  readonly own: Pair['snapshot']
  readonly child: string
}

function explained({ policy, snapshot, at }: Pair): Explained {
  const child = snapshot.children[at]
  assert.ok(child)
  const own = { ...snapshot, children: [child] }
  const [explanation] = explain(policy, own, calendar)
  assert.ok(explanation)
  return { explanation, policy, own, child: child.id }
}

/** An explanation tries hundreds of changes, so that fewer pairs are looked at, and all laws over each. */
t.test('values agree with scoring; changes do what they say and are the smallest that do', async (t) => {
  const check = (pair: Pair): void => {
    const one = explained(pair)
    for (const holds of [assertValues, assertSmallest, assertComplete, assertAskable]) holds(one)
  }
  let pairs = checkPairs(Math.ceil(LAWS_RUNS / 12), check)
  for (const { policy } of compiledPolicies()) pairs += checkPairs(Math.ceil(LAWS_RUNS / 25), check, policy)
  t.pass(`held for ${pairs} pairs`)
})

/** Every value is the one that scoring has. */
function assertValues({ explanation, policy }: Explained): void {
  const { recommendation, considered } = explanation
  const itemOf = new Map(considered.map((item) => [`${item.kind}/${item.id}`, item]))
  for (const { kind, id } of recommendation.reasons)
    assert.equal(itemOf.get(`${kind}/${id}`)?.value, 'yes', `${kind} ${id} is a reason`)
  const holding = considered.filter(({ kind, value }) => value === 'yes' && kind !== 'gate' && kind !== 'route')
  assert.equal(holding.length, recommendation.reasons.length, 'and nothing else holds')
  for (const { kind, id, value } of recommendation.notMet)
    assert.equal(itemOf.get(`${kind}/${id}`)?.value, value, `${kind} ${id} is a near miss`)
  for (const { id, answer } of recommendation.gates)
    assert.equal(itemOf.get(`gate/${id}`)?.value, answer === 'yes' ? 'yes' : answer === 'unknown' ? 'maybe' : 'no')
  assert.equal(
    considered.filter(({ kind }) => kind === 'rule' || kind === 'cluster').length,
    policy.rules.length + policy.clusters.length,
  )
  for (const item of considered) assertTree(item)
}

/** The value of a whole follows from those of its parts, and the value of the item from that of its condition. */
function assertTree({ id, kind, value, conditions }: Considered): void {
  const [root, ...rest] = conditions
  assert.ok(root && root.depth === 0 && rest.every(({ depth }) => depth > 0), `${id} is one tree`)
  if (value !== 'withheld_by_protective_factors' && kind !== 'absolute')
    assert.equal(root.value, value, `${kind} ${id} is what its condition is`)
  for (const [i, node] of conditions.entries()) {
    const values = partsOf(conditions, i).map((part) => ORDER.indexOf(part.value))
    const expected = composed(node, values)
    if (expected !== null) assert.equal(ORDER.indexOf(node.value), expected, `${id}: ${node.words}`)
  }
}

function partsOf(nodes: readonly ConditionNode[], at: number): ConditionNode[] {
  const depth = nodes[at]!.depth
  const end = nodes.findIndex((node, i) => i > at && node.depth <= depth)
  return nodes.slice(at + 1, end < 0 ? undefined : end).filter((node) => node.depth === depth + 1)
}

function composed({ form, words }: ConditionNode, values: readonly number[]): number | null {
  if (form === 'all') return Math.min(...values)
  if (form === 'any') return Math.max(...values)
  if (form === 'not') return 2 - values[0]!
  if (form === 'at_least') return [...values].sort((a, b) => b - a)[Number(/\d+/.exec(words)?.[0]) - 1] ?? 0
  return null
}

/** Every set one smaller than a set; by induction none smaller does it either, since the search goes by size. */
function subsets(changes: readonly Change[]): Change[][] {
  return Array.from({ length: 2 ** changes.length - 1 }, (_, mask) => changes.filter((_, i) => (mask >> i) & 1))
}

function low(result: Recommendation): number {
  return result.low?.rank ?? -1
}

function responses(result: Recommendation): string {
  return result.responses
    .map(({ code }) => code)
    .sort()
    .join()
}

function reaches(effect: ChangeSet['effect'], after: Recommendation, before: Recommendation): boolean {
  if (effect === 'raises_level') return low(after) > low(before)
  if (effect === 'lowers_level') return low(after) < low(before)
  return responses(after) !== responses(before)
}

/** A set of changes does what it says, and no part of it does. */
function assertSmallest({ explanation, policy, own, child }: Explained): void {
  const before = explanation.recommendation
  const score = (after: Explained['own']): Recommendation => scored(policy, after)[0]!
  const sets = [...explanation.wouldRaise.sets, ...explanation.wouldFall.sets]
  for (const { changes, effect, level, responses: told } of sets) {
    const change = effect === 'lowers_level' ? without : withAnswers
    const what = `${effect} by ${changes.map(({ code }) => code).join(' and ')}`
    const after = score(change(own, child, changes))
    assert.ok(reaches(effect, after, before), what)
    assert.deepEqual(
      [after.low?.code, responses(after)],
      [
        level?.code,
        told
          .map(({ code }) => code)
          .sort()
          .join(),
      ],
      what,
    )
    for (const part of subsets(changes))
      assert.ok(!reaches(effect, score(change(own, child, part)), before), `${what}: a part is enough`)
  }
}

/** One finding without which the level is lower is never passed over. */
function assertComplete({ explanation, policy, own, child }: Explained): void {
  const { wouldFall, recommendation } = explanation
  if (wouldFall.left > 0 || wouldFall.completeTo < 1 || recommendation.low === null) return
  const codes = new Set(
    own.children[0]!.findings.filter(({ state }) => state !== 'absent').map(({ indicator }) => indicator),
  )
  for (const code of codes) {
    const change: Change = {
      kind: 'finding',
      code,
      words: '',
      now: 'found',
      occurrence: null,
      evidence: null,
      value: null,
    }
    const after = scored(policy, without(own, child, [change]))[0]!
    const isTold = wouldFall.sets.some(({ changes }) => changes.length === 1 && changes[0]!.code === code)
    assert.equal(isTold, low(after) < low(recommendation), code)
  }
}

/** No answer that is asked for is known, and no change is told twice in a set. */
function assertAskable({ explanation, own }: Explained): void {
  const absent = own.children[0]!.findings.filter(({ state }) => state === 'absent').map(({ indicator }) => indicator)
  const surely = new Set(
    own.children[0]!.findings.filter(({ state }) => state === 'present').map(({ indicator }) => indicator),
  )
  for (const { changes } of explanation.wouldRaise.sets) {
    assert.equal(new Set(changes.map(({ kind, code }) => `${kind}/${code}`)).size, changes.length)
    for (const { kind, code, now } of changes) {
      if (kind !== 'finding') continue
      assert.ok(!(absent.includes(code) && now === 'not_mentioned'), `${code} was said not to be so`)
      if (now === 'not_mentioned') assert.ok(!surely.has(code), `${code} was found already`)
    }
  }
}
