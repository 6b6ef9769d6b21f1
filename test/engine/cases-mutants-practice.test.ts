// Mutants of the parts that a document may do without: each is made, a case notices it, and one is suggested where none does.
import assert from 'node:assert/strict'
import t from 'tap'
import { bare } from '../../src/engine/cases/bare.ts'
import { concerns } from '../../src/engine/cases/concerned.ts'
import { isEquivalent } from '../../src/engine/cases/equivalent.ts'
import { mutantsOf } from '../../src/engine/cases/mutants.ts'
import { conditionEdits } from '../../src/engine/cases/mutants-conditions.ts'
import { scalesOf } from '../../src/engine/cases/mutants-edits.ts'
import { fails, trialOf, trialsOf } from '../../src/engine/cases/trials.ts'
import type { Condition } from '../../src/engine/conditions/shape.ts'
import { caseText, measure, readCases, score, suggestFor } from '../../src/engine/index.ts'
import { assemble } from '../../src/engine/policy/assemble.ts'
import { refusals } from '../../src/engine/policy/compile.ts'
import { checkPairs } from '../support/arbitraries.ts'
import { calendar, edited, policyOf, words } from '../support/policies.ts'
import { PRACTICE, result } from './fixtures/practice.ts'

const policy = policyOf({ policy: PRACTICE })
const base = assemble(bare(policy.document), policy.pack)
const mutants = mutantsOf(base.document)
const RUNS = Number(process.env['LAWS_RUNS'] ?? 10)

/** Everything that is made of a section, or of one thing in it. */
const SECTIONS: Record<string, string> = {
  matrices: `neglect/columns/NX0/level = E, neglect/columns/NX1/level = U, neglect/columns/NX1/level = N,
    neglect/columns/NX2/level = E, neglect/columns/NX2/level = P, neglect/columns/NX3/level = E,
    neglect/columns/NX3/level = P, neglect/columns/NX3/response = PROTECT, neglect/columns/NX3/response = ASSESS,
    neglect/columns/NX3/response dropped, neglect/columns/NX4/level = N`,
  requirements: `RQ1 dropped, RQ1/levels/N dropped, RQ1/levels/P dropped, RQ1/levels/N = E, RQ2 dropped,
    RQ2/responses/ASSESS dropped, RQ2/responses/EARLY dropped, RQ2/responses/ASSESS = STRATEGY,
    RQ2/responses/EARLY = ADVICE, RQ2/responses dropped, RQ2/when dropped, RQ2/needs/AS0 dropped,
    RQ2/needs/AS1 dropped, RQ2/withinMonths = 2, RQ2/withinMonths = 4, RQ2/withinMonths dropped`,
  // The last split has no condition, and is not left out.
  levels: `N/splits/1 dropped, N/splits/2 dropped, N/splits/baby/when/age/unborn = true,
    N/splits/baby/when/age/toMonths = 10, N/splits/baby/when/age/toMonths = 12`,
  // Neither step is made to lead from a level to itself.
  transitions: `T1 dropped, T1/from = U, T1/to = P, T1/when/resultAtLeast = 0, T1/when/resultAtLeast = 2,
    T1/when/resultAtLeast dropped, T1/when dropped, T2 dropped, T2/from = P, T2/to = U`,
  'indicators/LG/raisedBy': `1 dropped, 2 dropped, 1/level = E, 1/level = P, 1/durationMonths = 1, 1/durationMonths = 3,
    1/durationMonths dropped, 1/trend = improving, 1/trend = worsening, 1/trend dropped, 2/level = N,
    2/occurrence = sometimes, 2/occurrence = persistent, 2/occurrence dropped, 2/withinMonths = 1, 2/withinMonths = 3,
    2/withinMonths dropped`,
  'indicators/NM1/grades': 'sometimes = NX1, sometimes = NX3, often = NX2, often = NX4, persistent = NX3',
}

t.test('each kind of mistake is made, and no other', async (t) => {
  const made = (start: string): string[] =>
    mutants.flatMap(({ id }) => (id.startsWith(`${start}`) ? [id.slice(start.length)] : []))
  for (const [start, list] of Object.entries(SECTIONS)) t.same(made(`${start}/`), list.split(/,\s+/), start)
  t.same(made('repetition'), [
    ...[' dropped', '/withinMonths = 5', '/withinMonths = 7', '/sometimes = 3', '/sometimes dropped'],
    ...['/often = 2', '/often = 4', '/often dropped', '/persistent = 4', '/persistent = 6', '/persistent dropped'],
  ])
  t.same(made('indicators/LX/raisedBy'), [...[' dropped', '/1/level = E', '/1/level = P', '/1/trend = steady']])
})

t.test('conditions of the newer forms are changed', async (t) => {
  const table: [Condition, string[]][] = [
    [
      { assessment: 'AS0', resultAtLeast: 2, versions: ['1', '2'], withinMonths: 1 },
      [
        ...['/resultAtLeast = 1', '/resultAtLeast = 3', '/resultAtLeast dropped'],
        ...['/versions/1 dropped', '/versions/2 dropped', '/versions dropped'],
        ...['/withinMonths = 2', '/withinMonths dropped'],
      ],
    ],
    [{ assessment: 'AS0' }, []],
    [{ reached: 'E' }, ['/reached = U', '/reached = N']],
    [
      { present: 'R4', durationMonths: 1, trend: 'steady' },
      [
        ...['/durationMonths = 2', '/durationMonths dropped'],
        ...['/trend = improving', '/trend = worsening', '/trend dropped'],
      ],
    ],
    [
      { count: { atLeast: 1, matrix: 'neglect', level: 'NX4' } },
      ['/count/atLeast = 2', '/count/level = NX3', '/count/level dropped', '/count/matrix dropped'],
    ],
    [
      { count: { atLeast: 1, matrix: 'neglect', level: 'U' } },
      ['/count/atLeast = 2', '/count/level = E', '/count/level dropped', '/count/matrix dropped'],
    ],
  ]
  for (const [when, expected] of table) {
    const edits = conditionEdits(when, scalesOf(policy.document))
    t.same(
      edits.map(({ at }) => at),
      expected,
      JSON.stringify(when),
    )
  }
})

const once = (code: string, ...months: number[]): string =>
  months.map((monthsAgo) => `${code}: { occurrence: once, monthsAgo: ${monthsAgo} }`).join(', ')

/** Cases as somebody would write them from the document, and a mutant that only the case notices. */
const WRITTEN: [title: string, child: string, expect: string, mutant: string][] = [
  [
    'Two steady months',
    '{ present: [LG: { occurrence: once, durationMonths: 2, trend: steady }] }',
    '{ level: N }',
    'indicators/LG/raisedBy/1/durationMonths = 3',
  ],
  [
    'One month',
    '{ present: [LG: { occurrence: once, durationMonths: 1, trend: steady }] }',
    '{ level: E }',
    'indicators/LG/raisedBy/1/durationMonths = 1',
  ],
  [
    'Getting better',
    '{ present: [LX: { trend: improving }, LG: { occurrence: once, durationMonths: 9, trend: improving }] }',
    '{ level: E }',
    'indicators/LG/raisedBy/1/trend = improving',
  ],
  ['Three occasions are often', `{ present: [${once('R4', 0, 2, 5)}] }`, '{ urgency: soon }', 'repetition/often = 4'],
  [
    'The first of them too long ago',
    `{ present: [${once('R4', 0, 2, 6)}] }`,
    '{ urgency: later }',
    'repetition/withinMonths = 7',
  ],
  ['Two occasions are not once', `{ present: [${once('NM1', 0, 2)}] }`, '{ level: N }', 'repetition/sometimes dropped'],
  [
    'The column of needs met now and then',
    '{ present: [NM1: { occurrence: once }] }',
    '{ level: E }',
    'matrices/neglect/columns/NX1/level = N',
  ],
  [
    'Rated two',
    '{ assessments: [{ assessment: AS0, version: "2", result: 2, monthsAgo: 2 }] }',
    '{ level: N, unmet: [RQ1], notTransitions: [T1] }',
    'rules/TOOL/when/resultAtLeast = 3',
  ],
  [
    'Eleven months old',
    '{ ageMonths: 11, present: [LG: { occurrence: once, durationMonths: 2, trend: steady }] }',
    '{ split: baby }',
    'levels/N/splits/baby/when/age/toMonths = 10',
  ],
  ['With a plan, in need', '{ present: [S1, R3] }', '{ reviews: [UP] }', 'rules/UP/when/all/1/reached = P'],
  [
    'What is needed, three months old',
    '{ present: [R1], assessments: [{ assessment: AS1, monthsAgo: 3 }, { assessment: AS0, version: "1", byTrained: true }] }',
    '{ unmet: [RQ2], transitions: [T1, N] }',
    'requirements/RQ2/withinMonths = 4',
  ],
  [
    'What is needed, two months old',
    '{ present: [R1], assessments: [{ assessment: AS1, monthsAgo: 2 }, { assessment: AS0, version: "1", byTrained: true, result: 0 }] }',
    '{ notUnmet: [RQ2, RQ1], notTransitions: [T1] }',
    'requirements/RQ2/withinMonths = 2',
  ],
]

t.test('a case notices a mutant of each kind', async (t) => {
  const text = WRITTEN.map(
    ([title, child, expect], i) => `  - { id: c${i}, title: "${title}", child: ${child}, expect: ${expect} }`,
  )
  const file = `format: threshold.cases/1\npolicy: test-policy@1.10\ncases:\n${text.join('\n')}`
  const { cases, problems } = readCases(policy, { file: 'cases.yaml', text: file })
  t.equal(words(problems), '')
  assert.ok(cases)
  for (const trial of trialsOf(policy, cases.cases, calendar)) t.notOk(fails(policy, trial, calendar), trial.case)
  const fates = new Map(measure(policy, cases, calendar).fates.map((fate) => [fate.mutant.id, fate]))
  for (const [title, , , mutant] of WRITTEN) t.match(fates.get(mutant), { fate: 'noticed' }, `${title}: ${mutant}`)
  for (const mutant of ['transitions/T1/to = P', 'transitions/T1 dropped', 'transitions/T1/when/resultAtLeast = 0'])
    t.match(fates.get(mutant), { fate: 'noticed' }, mutant)
})

t.test('for every mutant that the check lets through a case is suggested, or it means the same', async (t) => {
  const small = new Set(mutantsOf(policyOf({}).document).map(({ id }) => id))
  const same: string[] = []
  const texts: string[] = []
  for (const mutant of mutants) {
    if (small.has(mutant.id) || refusals(mutant.document, policy.pack).length > 0) continue
    if (isEquivalent(base, mutant)) same.push(mutant.id)
    else {
      const found = suggestFor(policy, mutant, calendar)
      const [trial] = found ? trialsOf(base, [found], calendar) : []
      if (!found || !trial) t.fail(`nothing is suggested for ${mutant.id}`)
      else {
        texts.push(caseText({ ...found, id: `s${texts.length}` }))
        const changed = assemble(mutant.document, policy.pack, mutant.id)
        t.ok(concerns(base.document, mutant)(trial), mutant.id)
        t.notOk(fails(base, trial, calendar), `${mutant.id}: ${caseText(found)}`)
        t.ok(fails(changed, trial, calendar), `${mutant.id}: ${caseText(found)}`)
      }
    }
  }
  t.same(same, [
    // NX2 and NX3 stand for one level, and a finding of that level is always in the later column; nothing is in NX0.
    'indicators/NM1/grades/sometimes = NX3',
    'rules/MANY/when/count/level = NX3',
    'clusters/NC/ofLevel = NX0',
    'matrices/neglect/columns/NX0/level = E',
  ])
  const text = `format: threshold.cases/1\npolicy: test-policy@1.10\ncases:\n${texts.join('')}`
  t.equal(words(readCases(policy, { file: 'cases.yaml', text }).problems), '', 'they can be pasted as they are')
})

t.test('a count that keeps to a matrix is not taken for one of everything', async (t) => {
  const count = '{ count: { atLeast: 1, matrix: neglect, level: NX2 } }'
  const other = policyOf({ policy: edited(PRACTICE, [count, `{ any: [${count}, { present: R4 }] }`]) })
  const mutant = mutantsOf(other.document).find(({ id }) => id === 'rules/MANY/when/any/2 dropped')
  assert.ok(mutant)
  t.notOk(isEquivalent(other, mutant))
  t.ok(suggestFor(other, mutant, calendar))
})

t.test('what is not concerned comes out the same, of every mutant', async (t) => {
  const compiled = mutants.map((mutant) => ({
    id: mutant.id,
    isConcerned: concerns(base.document, mutant),
    changed: assemble(mutant.document, policy.pack, mutant.id),
  }))
  let compared = 0
  checkPairs(
    3 * RUNS,
    ({ snapshot, at }) => {
      const one = { ...snapshot, children: snapshot.children.slice(at, at + 1) }
      const trial = trialOf(base, { case: 'one', snapshot: one, expected: [] }, calendar)
      const expected = score(base, one, calendar).map(result)
      for (const { id, isConcerned, changed } of compiled) {
        if (isConcerned(trial)) continue
        compared += 1
        assert.deepEqual(score(changed, one, calendar).map(result), expected, id)
      }
    },
    base,
  )
  t.ok(compared > 100, `${compared} results compared`)
})

t.test('a code that is misspelt among assessments, requirements and steps is named', async (t) => {
  const child = '{ assessments: [{ assessment: AS9 }] }'
  const expect = '{ unmet: [RQ9], notUnmet: [RQ8], transitions: [T9, N], notTransitions: [T8, T1] }'
  const text = `format: threshold.cases/1\npolicy: test-policy@1.10\ncases: [{ id: a, title: A, child: ${child}, expect: ${expect} }]`
  const { problems } = readCases(policy, { file: 'cases.yaml', text })
  t.same(
    problems.map(({ code, message }) => [code, /“(.+?)”/.exec(message)?.[1]]),
    ['AS9', 'RQ9', 'RQ8', 'T9', 'T8'].map((code) => ['unknown-code', code]),
  )
})
