/** Each form of condition, three-valued: yes, perhaps, no. */
import t from 'tap'
import { compileCondition, type Names } from '../../src/engine/conditions/evaluate.ts'
import { and, atLeast, fromBounds, type Kleene, not, or } from '../../src/engine/conditions/kleene.ts'
import type { Condition } from '../../src/engine/conditions/shape.ts'
import type { Snapshot } from '../../src/engine/referral/snapshot.ts'
import { read } from '../../src/engine/scoring/state.ts'
import { child, finding, piece, policyOf, snapshot } from '../support/policies.ts'

const [N, M, Y] = [0, 1, 2] as const
const ALL: readonly Kleene[] = [N, M, Y]

t.test('not, and, or and at least follow Kleene in every combination', async (t) => {
  t.same(ALL.map(not), [Y, M, N])
  const table = (of: (values: Kleene[]) => Kleene) => ALL.map((a) => ALL.map((b) => of([a, b])))
  t.same(table(and), [
    [N, N, N],
    [N, M, M],
    [N, M, Y],
  ])
  t.same(table(or), [
    [N, M, Y],
    [M, M, Y],
    [Y, Y, Y],
  ])
  t.same(
    table((values) => atLeast(1, values)),
    table(or),
  )
  t.same(
    table((values) => atLeast(2, values)),
    table(and),
  )
  t.same([and([]), or([]), atLeast(1, []), atLeast(3, [Y, Y])], [Y, N, N, N])
  t.same([atLeast(2, [Y, M, N]), atLeast(2, [Y, M, Y]), atLeast(3, [Y, M, Y])], [M, Y, M])
  t.same([fromBounds(true, true), fromBounds(false, true), fromBounds(false, false)], [Y, M, N])
})

t.test('de Morgan holds for any three values', async (t) => {
  for (const a of ALL)
    for (const b of ALL) for (const c of ALL) t.equal(not(and([a, b, c])), or([not(a), not(b), not(c)]))
})

const policy = policyOf({})
const names: Names = {
  indicator: (code) => policy.indexOf.get(code) as number,
  fact: (code) => policy.frame.factAt.get(code) as number,
  rank: (level) => policy.rankOf.get(level) as number,
  topDomains: policy.topDomains,
  countsAs: policy.countsAs,
  ranksOf: (index) => [policy.indicators[index]!.rank, ...(policy.indicators[index]!.gradeRanks ?? [])],
  select: ({ kind, domain, category }) =>
    Uint8Array.from(policy.indicators, ({ spec, scores }) =>
      (kind === undefined ? scores : spec.kind === kind) &&
      (domain === undefined || spec.domains.some((code) => code === domain || code.startsWith(`${domain}.`))) &&
      (category === undefined || spec.categories.includes(category))
        ? 1
        : 0,
    ),
}

type Child = ReturnType<typeof child>
function answer(condition: Condition, one: Child, more: Partial<Snapshot> = {}): Kleene {
  const all = snapshot([one], more)
  return compileCondition(condition, names)(read(policy, all, one).state)
}

t.test('present: unknown is perhaps, absent and not mentioned are no', async (t) => {
  const present = { present: 'R1' }
  t.equal(answer(present, child(['R1'])), Y)
  t.equal(answer(present, child([finding('R1', { state: 'unknown' })])), M)
  t.equal(answer(present, child([finding('R1', { state: 'absent' })])), N)
  t.equal(answer(present, child([])), N)
  t.equal(answer(present, child(['R1', finding('R1', { state: 'absent' })])), Y, 'said both, it is taken as present')
})

t.test(
  'present with occurrence, evidence and recency: known particulars decide, unknown ones leave it open',
  async (t) => {
    const rows: [Condition, Parameters<typeof piece>[0], Kleene][] = [
      [{ present: 'R1', occurrence: 'often' }, { occurrence: 'sometimes' }, N],
      [{ present: 'R1', occurrence: 'often' }, { occurrence: 'often' }, Y],
      [{ present: 'R1', occurrence: 'often' }, { occurrence: 'persistent' }, Y],
      [{ present: 'R1', occurrence: 'often' }, {}, M],
      [{ present: 'R1', evidence: ['fact', 'disclosure'] }, { kind: 'disclosure' }, Y],
      [{ present: 'R1', evidence: ['fact'] }, { kind: 'allegation' }, N],
      [{ present: 'R1', evidence: ['fact'] }, { kind: null }, M],
      [{ present: 'R1', withinMonths: 3 }, { monthsAgo: 2 }, Y],
      [{ present: 'R1', withinMonths: 3 }, { monthsAgo: 4 }, N],
      [{ present: 'R1', withinMonths: 3 }, { monthsAgo: null }, M],
      [{ present: 'R1', occurrence: 'often', withinMonths: 3 }, { occurrence: 'often', monthsAgo: 9 }, N],
    ]
    for (const [condition, known, expected] of rows) {
      t.equal(
        answer(condition, child([finding('R1', { evidence: [piece(known)] })])),
        expected,
        JSON.stringify([condition, known]),
      )
    }
    t.equal(answer({ present: 'R1', occurrence: 'often' }, child(['R1'])), M, 'present without evidence may be often')
    const apart = child([
      finding('R1', {
        evidence: [piece({ kind: 'fact', occurrence: 'once' }), piece({ kind: 'allegation', occurrence: 'often' })],
      }),
    ])
    t.equal(
      answer({ present: 'R1', evidence: ['fact'], occurrence: 'often' }, apart),
      N,
      'one piece has to meet all that is asked',
    )
  },
)

t.test('count: different indicators, by level, domain, category and kind, exactly enough counting', async (t) => {
  const two = child(['R1', 'R2', 'R2', 'PR1', 'X1'])
  const count = (more: object): Condition => ({ count: { atLeast: 2, ...more } })
  t.equal(answer(count({}), two), Y)
  t.equal(answer({ count: { atLeast: 3 } }, two), N, 'neither repetition nor protective nor expected count')
  t.equal(answer(count({ level: 'N' }), two), N)
  t.equal(answer(count({ acrossDomains: 2 }), two), Y)
  t.equal(answer(count({ acrossDomains: 3 }), two), N)
  t.equal(answer(count({ category: 'neglect' }), two), Y)
  t.equal(answer(count({ category: 'self_harm' }), two), N)
  t.equal(answer({ count: { atLeast: 1, domain: 'CH' } }, child(['R1'])), Y, 'a domain takes in what is below it')
  t.equal(answer({ count: { atLeast: 1, domain: 'CH.HE' } }, child(['R4'])), N, 'but not what is above it')
  t.equal(answer({ count: { atLeast: 1, kind: 'status' } }, child(['S1'])), Y)
  t.equal(answer({ count: { atLeast: 1, kind: 'status' } }, child(['R1'])), N)
  t.equal(answer(count({}), child(['R1', finding('R2', { state: 'unknown' })])), M)
  t.equal(answer({ count: { atLeast: 1, level: 'N' } }, child(['G1'])), M, 'a grade not known may reach the level')
  t.equal(
    answer(
      { count: { atLeast: 1, level: 'N' } },
      child([finding('G1', { evidence: [piece({ occurrence: 'often' })] })]),
    ),
    Y,
  )
})

t.test('measure: the limit itself counts for at most and at least, and not for below and above', async (t) => {
  const at = (value: number) => child([], { measurements: [{ measure: 'attendance', value }] })
  for (const [is, below, exact, above] of [
    ['below', Y, N, N],
    ['atMost', Y, Y, N],
    ['atLeast', N, Y, Y],
    ['above', N, N, Y],
  ] as const) {
    const condition: Condition = { measure: 'attendance', is, value: 80 }
    t.same([answer(condition, at(79)), answer(condition, at(80)), answer(condition, at(81))], [below, exact, above], is)
    t.equal(answer(condition, child([])), N, `${is}: no number is no answer`)
  }
  t.equal(answer({ measure: 'other', is: 'atLeast', value: 0 }, at(80)), N)
})

t.test('history: how many, how long ago, and whether about the same concern', async (t) => {
  const history = (...months: number[]) => months.map((monthsAgo) => ({ monthsAgo, categories: ['neglect'] }))
  const two: Condition = { history: { referralsAtLeast: 2, withinMonths: 12 } }
  t.equal(answer(two, child([], { history: history(1) })), N)
  t.equal(answer(two, child([], { history: history(1, 11) })), Y)
  t.equal(answer(two, child([], { history: history(1, 13) })), N)
  const same: Condition = { history: { referralsAtLeast: 1, withinMonths: 3, sameConcern: true } }
  t.equal(answer(same, child(['R1'], { history: history(1) })), Y)
  t.equal(answer(same, child(['R4'], { history: history(1) })), N)
  t.equal(
    answer(same, child([finding('R1', { state: 'unknown' })], { history: history(1) })),
    M,
    'a concern not known may be the same',
  )
  t.equal(
    answer(same, child(['R1'], { history: [{ monthsAgo: 1, categories: [] }] })),
    M,
    'a concern not recorded may be the same',
  )
  t.equal(answer(same, child(['PR1'], { history: history(1) })), N)
  const about = (category: 'neglect' | 'self_harm'): Condition => ({
    history: { referralsAtLeast: 1, withinMonths: 3, category },
  })
  t.equal(answer(about('neglect'), child([], { history: history(1) })), Y)
  t.equal(answer(about('self_harm'), child([], { history: history(1) })), N)
  t.equal(answer(about('self_harm'), child([], { history: [{ monthsAgo: 1, categories: [] }] })), M)
})

t.test('facts and consent: yes, perhaps and no; of two answers the more worrying counts', async (t) => {
  const said = (...answers: ('yes' | 'no' | 'unknown')[]) => ({
    facts: answers.map((answer) => ({ code: 'not_seen', answer })),
  })
  t.same(
    [said('yes'), said('unknown'), said('no'), said(), said('no', 'unknown'), said('yes', 'no')].map((more) =>
      answer({ fact: 'not_seen' }, child([]), more),
    ),
    [Y, M, N, N, M, Y],
  )
  t.same(
    [said('yes'), said('unknown'), said('no')].map((more) => answer({ not: { fact: 'not_seen' } }, child([]), more)),
    [N, M, Y],
  )
  t.equal(answer({ fact: 'immediate_danger' }, child([]), { immediateDanger: true }), Y)
  t.equal(answer({ fact: 'immediate_danger' }, child([])), N)
  t.same(
    (['obtained', 'refused', 'not_sought', 'unknown'] as const).map((consent) =>
      answer({ consent: 'refused' }, child([]), { consent }),
    ),
    [N, Y, N, M],
  )
  t.same(
    (['obtained', 'refused', 'not_sought', 'unknown'] as const).map((consent) =>
      answer({ consent: 'unknown' }, child([]), { consent }),
    ),
    [N, N, N, Y],
  )
})

t.test('all, any, not and at least join what is below them', async (t) => {
  const one = child(['R1', finding('R2', { state: 'unknown' })])
  const [yes, maybe, no]: Condition[] = [{ present: 'R1' }, { present: 'R2' }, { present: 'R3' }]
  t.same([answer({ all: [yes!, maybe!] }, one), answer({ all: [yes!, no!] }, one)], [M, N])
  t.same([answer({ any: [no!, maybe!] }, one), answer({ any: [yes!, no!] }, one)], [M, Y])
  t.equal(answer({ not: { age: { fromMonths: 84 } } }, one), N)
  t.same(
    [1, 2, 3].map((n) => answer({ atLeast: { n, of: [yes!, maybe!, no!] } }, one)),
    [Y, M, N],
  )
})
