import assert from 'node:assert/strict'
import t from 'tap'
import type { Policy } from '../../src/engine/index.ts'
import { onCommonScale } from '../../src/engine/rehearsal/common.ts'
import { compareVerdicts, comparisonOf, type Movement, stateOf } from '../../src/engine/rehearsal/compare.ts'
import { type AGE_BANDS, ageBand, groupsOf } from '../../src/engine/rehearsal/groups.ts'
import { ladderOf } from '../../src/engine/rehearsal/ladder.ts'
import { lostReasons } from '../../src/engine/rehearsal/lost.ts'
import { type Verdict, verdicts } from '../../src/engine/scoring/verdicts.ts'
import { checkPairs } from '../support/arbitraries.ts'
import { child, edited, finding, piece, policyOf, SMALL, scoreOne } from '../support/policies.ts'

/** Policies, each with twenty snapshots. */
const RUNS = Number(process.env['LAWS_RUNS'] ?? 8)
const small = policyOf({})
const same = comparisonOf(small, small)

const verdict = (more: Partial<Verdict>): Verdict => ({
  child: 'a',
  outcome: 'recommended',
  level: more.low ?? null,
  low: null,
  high: null,
  floor: null,
  responses: [],
  fired: [],
  ...more,
})
const withheld = (more: Partial<Verdict> = {}): Verdict =>
  verdict({ responses: ['REVIEW'], ...more, outcome: 'withheld', level: null })

const [LOW, MIDDLE, HIGH] = small.levels.map(({ code }) => code) as [string, string, string]
const ofType = (type: string): string =>
  small.document.responses.find((response) => response.type === type)?.code ?? type
const SERIOUS = ofType('section_17_assessment')
const LIGHT = ofType('universal_services')
const REVIEW = ofType('human_review')

t.test('what is less than before is said, and on which list the child goes', async (t) => {
  const at = (low: string, more: Partial<Verdict> = {}) => verdict({ low, responses: [SERIOUS], ...more })
  const rows: [claim: string, before: Verdict, after: Verdict, ways: Movement['ways'], list: Movement['list']][] = [
    ['nothing changes', at(MIDDLE), at(MIDDLE), [], null],
    ['a higher level', at(LOW), at(MIDDLE), [], null],
    ['a lower level', at(MIDDLE), at(LOW), ['level'], 'down'],
    ['a floor that is gone', at(HIGH, { floor: HIGH }), at(HIGH), ['floor'], 'down'],
    ['a lower floor', at(HIGH, { floor: HIGH }), at(HIGH, { floor: LOW }), ['floor'], 'down'],
    ['less at the same level', at(MIDDLE), at(MIDDLE, { responses: [LIGHT] }), ['response'], 'down'],
    ['less at a higher level', at(LOW), at(MIDDLE, { responses: [LIGHT] }), ['response'], 'down'],
    ['no response at all', at(LOW), at(LOW, { responses: [] }), ['response'], 'down'],
    ['more at the same level', at(LOW, { responses: [LIGHT] }), at(LOW), [], null],
    ['a second response is gone', at(LOW, { responses: [SERIOUS, LIGHT] }), at(LOW), [], null],
    ['nobody looks any more', at(LOW, { responses: [REVIEW, SERIOUS] }), at(LOW), ['review'], 'down'],
    ['nobody looks, and it is higher', at(LOW, { responses: [REVIEW, SERIOUS] }), at(MIDDLE), [], null],
    ['level to withheld', at(MIDDLE), withheld({ low: LOW, responses: [REVIEW] }), [], 'withheld'],
    ['floor to withheld', at(MIDDLE, { floor: LOW }), withheld({ responses: [REVIEW] }), ['floor'], 'down'],
    ['withheld, and less is established', withheld({ low: MIDDLE }), withheld({ low: LOW }), ['level'], 'down'],
    ['withheld to what was established', withheld({ low: LOW }), at(LOW), ['review'], 'down'],
    ['withheld to more than was established', withheld(), at(LOW), [], 'stated'],
    ['withheld to less than was established', withheld({ low: MIDDLE }), at(LOW), ['level', 'review'], 'down'],
    [
      'sent elsewhere',
      at(MIDDLE),
      verdict({ outcome: 'redirected', level: MIDDLE, low: MIDDLE, responses: [ofType('redirect')] }),
      ['response'],
      'down',
    ],
  ]
  for (const [claim, before, after, ways, list] of rows)
    t.match(compareVerdicts(same, before, after), { ways, list }, claim)
})

/** The small policy with the levels of another ladder. */
function withLevels(...levels: readonly (readonly [code: string, common: string])[]): Policy {
  return {
    ...small,
    levels: levels.map(([code, common]) => ({ ...small.levels[0], code, common })) as unknown as Policy['levels'],
    rankOf: new Map(levels.map(([code], rank) => [code, rank])),
  }
}

t.test('levels of two policies are compared by code where codes mean the same, and on the common scale', async (t) => {
  const four = withLevels(
    ['L1', 'universal'],
    ['L2', 'early_help'],
    ['L3', 'child_in_need'],
    ['L4', 'child_protection'],
  )
  const five = withLevels(
    ['L1', 'universal'],
    ['L2', 'early_help'],
    ['L2b', 'early_help'],
    ['L3', 'child_in_need'],
    ['L4', 'child_protection'],
  )
  const renumbered = withLevels(
    ['L1', 'universal'],
    ['L2', 'early_help'],
    ['L3', 'early_help'],
    ['L4', 'child_in_need'],
    ['L5', 'child_protection'],
  )
  const remapped = withLevels(
    ['L1', 'universal'],
    ['L2', 'early_help'],
    ['L3', 'early_help'],
    ['L4', 'child_protection'],
  )
  const rows: [Policy, Policy, string, string, 'lower' | 'higher' | 'neither'][] = [
    [four, four, 'L3', 'L2', 'lower'],
    [four, four, 'L2', 'L3', 'higher'],
    [four, four, 'L2', 'L2', 'neither'],
    [four, five, 'L3', 'L2b', 'lower'],
    [five, four, 'L2b', 'L2', 'neither'],
    [four, renumbered, 'L4', 'L4', 'lower'],
    [four, renumbered, 'L3', 'L4', 'neither'],
    [four, renumbered, 'L4', 'L5', 'neither'],
    [renumbered, four, 'L5', 'L4', 'neither'],
    [four, remapped, 'L3', 'L3', 'lower'],
    [remapped, four, 'L3', 'L3', 'higher'],
  ]
  for (const [before, after, from, to, expected] of rows) {
    const ladder = ladderOf(before, after)
    const found = ladder.isLower(from, to) ? 'lower' : ladder.isHigher(from, to) ? 'higher' : 'neither'
    t.equal(found, expected, `${from} of ${before.levels.length} → ${to} of ${after.levels.length}`)
  }
  t.equal(ladderOf(four, four).isSame, true)
  for (const other of [five, renumbered, remapped]) t.equal(ladderOf(four, other).isSame, false)
  t.ok(ladderOf(four, five).isLower('L1', null) && ladderOf(four, five).isHigher(null, 'L1'), 'none is the lowest')
})

t.test('a policy beside itself moves nobody', async (t) => {
  const held = checkPairs(RUNS, ({ policy, snapshot }) => {
    const comparison = comparisonOf(policy, policy)
    for (const one of verdicts(policy, snapshot)) {
      const { level, response, ways, list } = compareVerdicts(comparison, one, one)
      assert.deepEqual([level[0], response[0], ways, list], [level[1], response[1], [], null])
    }
  })
  t.ok(held > 0, `${held} snapshots`)
})

t.test(
  'whoever goes down by level, range or floor is found, under any two policies with the same levels',
  async (t) => {
    let down = 0
    const held = checkPairs(RUNS, ({ policy, snapshot, draw }) => {
      // The same child with something forgotten: what a draft without an indicator would make of it.
      const poorer = {
        ...snapshot,
        children: snapshot.children.map((one) => ({ ...one, findings: one.findings.filter(() => draw.chance(60)) })),
      }
      const comparison = comparisonOf(policy, policy)
      const after = verdicts(policy, poorer)
      for (const [i, before] of verdicts(policy, snapshot).entries()) {
        const now = after[i]!
        const rank = (code: string | null): number => (code === null ? -1 : (policy.rankOf.get(code) ?? -1))
        const { list, ways } = compareVerdicts(comparison, before, now)
        const isFloorLower = rank(now.floor) < rank(before.floor)
        const isLevelLower =
          rank(now.low) < rank(before.low) && (now.outcome !== 'withheld' || before.outcome === 'withheld')
        assert.equal(ways.includes('floor'), isFloorLower)
        assert.equal(ways.includes('level'), isLevelLower)
        if (isFloorLower || isLevelLower) assert.equal(list, 'down')
        if (list === 'withheld') assert.equal(stateOf(now), '(withheld)')
        if (list === 'down') down += 1
      }
    })
    t.ok(down > 0, `${down} of the children of ${held} snapshots go down`)
  },
)

t.test('reasons that no longer hold are named, and those that hold at a lower level', async (t) => {
  const found = child([finding('V1', { evidence: [piece({ kind: 'fact' })] })])
  const hits = 'code: V1\n    kind: risk\n    level: '
  const before = scoreOne(small, found)
  const under = (draft: Policy) => lostReasons(ladderOf(small, draft), before, scoreOne(draft, found))
  const without = policyOf({ policy: edited(SMALL, ['code: V1', 'code: V2']) })
  t.match(under(without), [{ id: 'V1', kind: 'alone', level: 'N', now: null, because: 'Hits.' }])
  const lower = policyOf({ policy: edited(SMALL, [`${hits}N`, `${hits}E`]) })
  t.match(under(lower), [{ id: 'V1', level: 'N', now: 'E' }])
  t.strictSame(lostReasons(ladderOf(small, small), before, before), [])
})

t.test('groups are few whatever is sent, and everybody is in one of each', async (t) => {
  const grouped = (more: object, snapshot: object = {}) =>
    groupsOf(small, { sourceCode: '2A', child: more, snapshot: { ...child(), ...snapshot } })
  t.match(grouped({}), {
    source: ['2A'],
    age_band: ['5_to_9'],
    category: ['none_named'],
    ethnicity: ['not_stated'],
    disability: ['not_stated'],
  })
  t.match(grouped({ ethnicity: 'WBRI', disabilities: ['LD', 'AUT'] }), {
    ethnicity: ['WBRI'],
    disability: ['AUT', 'LD'],
  })
  t.match(grouped({ ethnicity: 'ZZZZ', disabilities: ['XX', 'YY'] }), {
    ethnicity: ['other_code'],
    disability: ['other_code'],
  })
  const ages: [number, number, (typeof AGE_BANDS)[number]][] = [
    [-1, -1, 'unborn'],
    [0, 0, 'under_1'],
    [11, 11, 'under_1'],
    [12, 12, '1_to_4'],
    [59, 59, '1_to_4'],
    [60, 119, '5_to_9'],
    [120, 191, '10_to_15'],
    [192, 215, '16_to_17'],
    [216, 216, '18_and_over'],
    [48, 71, 'not_known'],
  ]
  for (const [low, high, band] of ages) t.equal(ageBand({ low, high }), band, `${low}–${high} months`)
  t.equal(ageBand(null), 'not_known')
})

t.test('on the common scale a band is shown where all of its levels are', async (t) => {
  const five = withLevels(['A', 'universal'], ['B', 'early_help'], ['C', 'early_help'], ['D', 'child_protection'])
  const cell = (from: string, to: string, children: number | null) => ({ from, to, children })
  const { whole } = onCommonScale(ladderOf(five, five), {
    whole: [cell('B', 'B', 7), cell('B', 'C', 9), cell('C', 'A', null), cell('B', 'A', 20), cell('D', '(withheld)', 5)],
    groups: [],
  })
  t.strictSame(whole, [
    cell('child_protection', '(withheld)', 5),
    cell('early_help', 'early_help', 16),
    cell('early_help', 'universal', null),
  ])
})
