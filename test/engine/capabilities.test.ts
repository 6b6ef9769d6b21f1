/**
 * What published threshold documents ask of a policy format, one test for each of the 42 capabilities; the numbers are those
 * of docs/policies/coverage.md, whose rows name these tests.
 */
import { readFileSync } from 'node:fs'
import t from 'tap'
import { diffPolicies, runCases } from '../../src/engine/index.ts'
import {
  calendar,
  child,
  compiledPolicies,
  compileTexts,
  edited,
  finding,
  piece,
  policyOf,
  range,
  SMALL,
  scoreOne,
} from '../support/policies.ts'

type Edit = readonly [from: string, to: string]
type Found = Parameters<typeof child>[0]
const CITE = 'citation: { section: "50" }'
/** The small policy with passages replaced and sections added at the end. */
const small = (sections = '', ...edits: readonly Edit[]) =>
  policyOf({ policy: `${edited(SMALL, ...edits)}${sections}` })
const indicator = (words: string): Edit => [
  '  - { code: S1, kind: status',
  `  - { domains: [PA], ${CITE}, ${words} }\n  - { code: S1, kind: status`,
]
const at = (policy: ReturnType<typeof policyOf>, found: Found, more?: Parameters<typeof child>[1]) =>
  range(scoreOne(policy, child(found, more)))
const said = (code: string, ...known: Parameters<typeof piece>[0][]) =>
  finding(code, { evidence: known.map((one) => piece(one)) })
const codes = (list: readonly { code: string }[]) => list.map(({ code }) => code)
const shipped = new Map(compiledPolicies().map(({ file, policy }) => [file, policy]))
const published = (file: string) => {
  const policy = shipped.get(file)
  if (!policy) throw new Error(`${file} does not compile`)
  return policy
}

t.test('1 ordered levels, from three to five, with label, colour and words', async (t) => {
  t.equal(published('saltmere/2026-01.yaml').levels.length, 3)
  t.equal(published('northmoor/2026-04.yaml').levels.length, 4)
  t.equal(published('oakhaven/2026-02.yaml').levels.length, 5)
  const worded = small('', [
    'code: E, label: Early help, description: d,',
    'code: E, label: Early help, shortLabel: EH, colour: green, otherWords: { family: Extra help. }, description: d,',
  ])
  t.match(worded.document.levels[1], { shortLabel: 'EH', colour: 'green', otherWords: { family: 'Extra help.' } })
})

t.test('2 levels that are named and not numbered', async (t) => {
  const policy = small()
  t.same(
    policy.levels.map(({ code, label }) => [code, label]),
    [
      ['U', 'Universal'],
      ['E', 'Early help'],
      ['N', 'In need'],
      ['P', 'Protection'],
    ],
  )
  t.equal(at(policy, [said('V1', { kind: 'fact' })]), 'N–N')
})

t.test('3 a level split in two, by a condition', async (t) => {
  const policy = small('', [
    'label: Protection, description: d, common: child_protection }',
    `label: Protection, description: d, common: child_protection, splits: [
      { code: P-CP, label: Child protection, when: { any: [{ present: A1 }, { present: A2 }] } },
      { code: P-CIN, label: Complex need }] }`,
  ])
  const split = (found: Found) => scoreOne(policy, child(found)).practice?.split
  t.match(split(['A1']), { code: 'P-CP', possible: [] })
  t.match(split(['R3', 'R4']), { code: 'P-CIN', label: 'Complex need', possible: [] })
  t.match(split(['R3', 'R4', finding('A1', { state: 'unknown' })]), { code: 'P-CIN', possible: ['P-CP'] })
})

t.test('4 level and qualifier lead to responses, with services and words for the referrer', async (t) => {
  const policy = small('', [
    'consent: { rule: required }\n    nextSteps: [Offer]',
    'consent: { rule: required }\n    services: [SV2]\n    feedback: We offer early help.\n    nextSteps: [Offer]',
  ])
  const { responses } = scoreOne(policy, child(['R1']))
  t.match(responses[0], { code: 'EARLY', feedback: 'We offer early help.', services: [{ code: 'SV2', name: 'Line' }] })
  t.match(scoreOne(policy, child(['R3', 'R1'])).responses, [{ code: 'ASSESS' }, { code: 'EARLY' }])
  t.match(scoreOne(policy, child(['R4', 'R2'])).responses, [{ code: 'ASSESS', lead: 'Social worker' }])
})

t.test('5 a level is not a service: one level leads to different responses', async (t) => {
  const northmoor = published('northmoor/2026-04.yaml')
  const routes = northmoor.document.routing.filter(({ level }) => level === 'L4')
  t.ok(new Set(routes.map(({ responses }) => responses[0])).size > 1)
})

t.test('6 a tree of domains of any depth, and indicators in several', async (t) => {
  const deep = small(
    '',
    ['  - { code: PA, label', '  - { code: D3, label: Teeth, subject: child, parent: CH.HE }\n  - { code: PA, label'],
    ['code: R1, kind: risk, level: E, domains: [CH.HE]', 'code: R1, kind: risk, level: E, domains: [D3, PA]'],
  )
  t.equal(at(deep, ['R1', 'S1']), 'N–N', 'two indicators over the child and the parents')
  const two = scoreOne(deep, child(['R1', 'X1']))
  t.equal(range(two), 'E–E', 'one indicator in two domains is one indicator')
})

t.test('7 domains about parents, household, surroundings and the unborn', async (t) => {
  const subjects = new Set(published('northmoor/2026-04.yaml').document.domains.map(({ subject }) => subject))
  t.ok(['child', 'parents', 'context'].every((subject) => subjects.has(subject as never)))
  t.ok(compileTexts({ policy: edited(SMALL, ['subject: context }', 'subject: unborn }']) }).policy)
})

const NEGLECT = `matrices:
  - id: neglect
    title: Neglect matrix
    citation: { section: "60" }
    columns:
      - { code: NX1, label: Needs met now and then, level: E }
      - { code: NX2, label: Needs rarely met, level: N }
      - { code: NX3, label: Needs never met, level: P, response: STRATEGY }
`
const matrix = (...edits: readonly Edit[]) =>
  small(
    NEGLECT,
    indicator(
      'code: NM1, kind: risk, matrix: neglect, level: NX1, text: Meals., grades: { sometimes: NX1, often: NX2, persistent: NX3 }',
    ),
    indicator('code: NM2, kind: risk, matrix: neglect, level: NX2, text: Clothes.'),
    ...edits,
  )

t.test('8 several matrices in one policy, each with columns of its own that stand for levels', async (t) => {
  const policy = matrix([
    '  - { code: R4, kind',
    `  - { code: NM3, kind: risk, domains: [PA], text: Dirt., ${CITE}, matrix: neglect, level: NX3, alone: true }\n  - { code: R4, kind`,
  ])
  const one = scoreOne(policy, child(['NM3']))
  t.equal(range(one), 'P–P')
  t.match(one.reasons[0]?.findings[0], {
    level: 'P',
    matrix: { id: 'neglect', column: 'NX3', label: 'Needs never met' },
  })
  t.ok(codes(one.responses).includes('STRATEGY'), 'the outcome of the column')
  t.equal(at(policy, ['NM2', 'R3']), 'P–P', 'a column counts as the level that it stands for')
  const within = matrix(
    ['  - { code: R4, kind', '  - { code: R4, kind'],
    [
      '  - { id: C3, count: 2',
      `  - { id: NC, matrix: neglect, count: 2, ofLevel: NX1, atLeast: N, because: Two of neglect., ${CITE} }\n  - { id: C3, count: 2`,
    ],
  )
  t.equal(at(within, ['NM1', 'NM2']), 'N–P', 'how often is not known')
  t.equal(at(within, [said('NM1', { occurrence: 'sometimes' }), 'NM2']), 'N–N')
  t.equal(at(within, [said('NM1', { occurrence: 'sometimes' }), 'R2']), 'E–E', 'not of the matrix')
})

const GRADED: Edit = indicator(
  `code: LG, kind: risk, level: E, text: Hungry., alone: true, raisedBy: [
    { level: N, durationMonths: 6 }, { level: N, trend: worsening }, { level: P, withinMonths: 1, occurrence: often }]`,
)

t.test('9 grades by occurrence, duration, recency and trend', async (t) => {
  const policy = small('', GRADED)
  const rows: [string, Parameters<typeof piece>[0], string][] = [
    ['nothing is known of it', {}, 'E–P'],
    [
      'for five months, steady, long ago',
      { durationMonths: 5, trend: 'steady', monthsAgo: 3, occurrence: 'often' },
      'E–E',
    ],
    ['for six months', { durationMonths: 6, trend: 'steady', monthsAgo: 3, occurrence: 'often' }, 'N–N'],
    ['worsening', { durationMonths: 0, trend: 'worsening', monthsAgo: 3, occurrence: 'once' }, 'N–N'],
    ['often and lately', { durationMonths: 0, trend: 'improving', monthsAgo: 0, occurrence: 'often' }, 'P–P'],
    ['lately, how often is not known', { durationMonths: 0, trend: 'improving', monthsAgo: 0 }, 'E–P'],
  ]
  for (const [title, known, expected] of rows) t.equal(at(policy, [said('LG', known)]), expected, title)
})

t.test('9 several dated occasions, each once, make it often', async (t) => {
  const policy = small('repetition: { withinMonths: 12, sometimes: 2, often: 4 }\n', [
    'citation: { section: "6" }',
    'alone: true\n    citation: { section: "6" }',
  ])
  const once = (...months: (number | null)[]) => [
    said('G1', ...months.map((monthsAgo, i) => ({ occurrence: 'once' as const, monthsAgo, text: `Time ${i}.` }))),
  ]
  const rows: [string, Found, string][] = [
    ['three months', once(0, 1, 2), 'E–E'],
    ['four months', once(0, 1, 2, 3), 'N–N'],
    ['four times, two of them in one month', once(0, 1, 2, 2), 'E–N'],
    ['four times, one without a date', once(0, 1, 2, null), 'E–N'],
    ['four, one of them too long ago', once(0, 1, 2, 12), 'E–E'],
    ['the same piece twice', [...once(0, 1, 2), ...once(0, 1, 2)], 'E–E'],
  ]
  for (const [title, found, expected] of rows) t.equal(at(policy, found), expected, title)
})

t.test('10 the standing of evidence: what counts, and what leaves it open', async (t) => {
  const policy = small()
  t.equal(at(policy, [said('V1', { kind: 'disclosure' })]), 'N–N', 'disclosed')
  t.equal(at(policy, [said('V1', { kind: 'fact' })]), 'N–N', 'confirmed')
  t.equal(at(policy, [said('V1', { kind: 'allegation' })]), '-–N', 'suspected')
})

t.test('11 numbers with units, where the highest that is met counts once', async (t) => {
  const twoLimits = indicator(
    'code: M2, kind: measure, level: E, text: Attendance below 50., measure: { name: attendance, is: below, value: 50 }',
  )
  const low = { measurements: [{ measure: 'attendance', value: 40 }] }
  t.equal(at(small('', twoLimits), [], low), 'N–N', 'two limits are two indicators')
  const once = small('', twoLimits, ['unit: per cent }', 'unit: per cent, countsOnce: true }'])
  t.equal(at(once, [], low), 'E–E')
  t.equal(at(once, ['R2'], low), 'N–N')
})

t.test('12 age bands that overlap, before birth, and what a child is able to do', async (t) => {
  const policy = small(
    '',
    indicator('code: AG1, kind: risk, level: N, text: Alone at home., alone: true, age: { toMonths: 155 }'),
    [
      '  - id: K1',
      `  - id: K0
    when: { all: [{ present: R1 }, { fact: not_mobile }] }
    then: { atLeast: N }
    because: It cannot have done this itself.
    ${CITE}
  - id: K1`,
    ],
    [
      '  - { code: not_seen,',
      '  - { code: not_mobile, question: Can the child not yet crawl or walk? }\n  - { code: not_seen,',
    ],
  )
  const months = (low: number) => ({ age: { low, high: low } })
  t.equal(at(policy, ['AG1'], months(155)), 'N–N')
  t.equal(at(policy, ['B1', 'AG1'], months(-1)), 'N–P', 'unborn fits one of them; the other is for a person to judge')
  const still = scoreOne(policy, child(['R1']), { facts: [{ code: 'not_mobile', answer: 'yes' }] })
  t.equal(range(still), 'N–N')
})

t.test('13 absolute triggers with a least response, which nothing lowers', async (t) => {
  const one = scoreOne(small(), child(['A1', 'PR1', 'PR2', 'PR3']))
  t.match(one, { floor: { code: 'P' }, low: { code: 'P' } })
  t.ok(codes(one.responses).includes('STRATEGY'))
})

t.test('14 legal status as an indicator', async (t) => {
  const kinds = published('northmoor/2026-04.yaml').document.indicators.filter(({ kind }) => kind === 'status')
  t.ok(kinds.length > 10)
  t.equal(at(small(), ['S1', 'R2']), 'N–N')
})

t.test('15 descriptors of ordinary development never score', async (t) => {
  t.equal(at(small(), ['X1']), 'U–U')
  t.equal(at(small(), ['X1', 'R1']), 'E–E')
})

t.test('16 protective factors withhold what is discretionary, and nothing else', async (t) => {
  const policy = small()
  t.equal(at(policy, ['R1', 'R2', 'PR1']), 'E–E')
  t.equal(at(policy, ['R1', 'O1', 'PR1']), 'N–N', 'the family says nothing of harm outside it')
  t.equal(at(policy, ['A3', 'PR1', 'PR2', 'PR3']), 'N–N')
})

t.test('17 so many indicators across so many domains', async (t) => {
  t.equal(at(small(), ['R1', 'R2']), 'N–N')
  t.equal(at(small(), ['R2', 'G1']), 'E–E')
})

t.test('18 named combinations', async (t) => {
  const trio = scoreOne(
    published('northmoor/2026-04.yaml'),
    child(['DOM-01', 'PSM-01'], { age: { low: 20, high: 20 } }),
  )
  t.ok(
    trio.reasons.some(({ kind }) => kind === 'rule'),
    'a rule of the document fired',
  )
})

const REACHED: Edit = [
  '  - id: K1',
  `  - id: UP
    when: { all: [{ reached: E }, { present: S1 }] }
    then: { atLeast: N, urgency: soon, review: Look at the plan. }
    because: With a plan one level up.
    ${CITE}
  - id: K1`,
]

t.test('19 vulnerability raises urgency and review, and the level only where the document says so', async (t) => {
  const policy = small(
    '',
    REACHED,
    ['code: S1, kind: status, level: E, domains: [CH]', 'code: S1, kind: status, level: U, domains: [CH]'],
    [
      '  - { id: C1, count: 1, ofLevel: E, atLeast: E,',
      `  - { id: C0, count: 1, ofLevel: U, atLeast: U, because: Known., ${CITE} }\n  - { id: C1, count: 1, ofLevel: E, atLeast: E,`,
    ],
  )
  t.equal(at(policy, ['S1']), 'U–U', 'alone it raises nothing')
  const one = scoreOne(policy, child(['S1', 'R2']))
  t.match(one, { low: { code: 'N' }, urgency: { code: 'soon' }, reviews: ['Look at the plan.'] })
  t.equal(at(policy, ['S1', finding('R2', { state: 'unknown' })]), 'U–N')
  const review = small().document.rules.find(({ id }) => id === 'K2')
  t.same(review?.then, { review: 'Read everything again.' })
})

t.test('20 an unclear need leads to a level and a request for information', async (t) => {
  const policy = small(
    '',
    ['  - { code: not_seen,', '  - { code: unclear, question: Is the need still unclear? }\n  - { code: not_seen,'],
    [
      '  - id: K1',
      `  - id: UNCLEAR
    when: { fact: unclear }
    then: { atLeast: E, response: ADVICE }
    because: An unclear need is a level 2 until it is clear.
    ${CITE}
  - id: K1`,
    ],
  )
  const one = scoreOne(policy, child([]), { facts: [{ code: 'unclear', answer: 'yes' }] })
  t.match(one, { low: { code: 'E' }, outcome: 'recommended' })
  t.same(codes(one.responses), ['EARLY', 'ADVICE'])
})

t.test('21 gates redirect with an outcome, and never hide what is absolute', async (t) => {
  const facts = [{ code: 'open_case', answer: 'yes' as const }]
  t.match(scoreOne(small(), child(['R1']), { facts }), { outcome: 'redirected', gates: [{ outcome: 'open_case' }] })
  t.match(scoreOne(small(), child(['A1']), { facts }), { outcome: 'recommended', low: { code: 'P' } })
})

t.test('22 consent: whose, with what effect where it is wanting, and how long it may hold things up', async (t) => {
  const policy = small('', [
    'consent: { rule: required }\n    nextSteps: [Offer]',
    `consent:
      rule: required
      from: A parent, or a young person who understands
      effects: { refused: return_to_referrer, not_sought: hold_and_ask, unknown: hold_and_ask }
      holdWorkingDays: 2
    nextSteps: [Offer]`,
  ])
  const now = (consent: 'obtained' | 'refused' | 'not_sought') =>
    scoreOne(policy, child(['R1']), { consent }).responses[0]?.consent.now
  t.equal(now('obtained'), undefined)
  t.match(now('refused'), { effect: 'return_to_referrer', heldUntil: null })
  t.match(now('not_sought'), { effect: 'hold_and_ask', from: /parent/, heldUntil: '2026-03-12T17:00:00.000Z' })
})

t.test('23 urgency is an axis of its own, and what runs over becomes more urgent', async (t) => {
  const policy = small('', [
    'label: Later, hours: 40, clock: working }',
    'label: Later, hours: 40, clock: working, overdueBecomes: soon }',
  ])
  t.equal(policy.document.urgency.bands[2]?.overdueBecomes, 'soon')
  t.match(scoreOne(policy, child(['B1'], { age: { low: 2, high: 2 } })), {
    urgency: { code: 'soon' },
    low: { code: 'N' },
  })
  t.match(scoreOne(policy, child(['R3'])), { urgency: { code: 'later' } })
})

t.test('24 office hours and closed days of the authority, and the event from which a clock runs', async (t) => {
  const due = (hours: string) => {
    const policy = small(hours, [
      'workingDays: 1, from: referral_received }\n    consent: { rule: inform',
      'workingDays: 1, from: referral_received }\n    consent: { rule: inform',
    ])
    return scoreOne(policy, child(['A1'])).responses.find(({ code }) => code === 'STRATEGY')?.clocks[0]?.dueAt
  }
  t.equal(due(''), '2026-03-11T17:00:00.000Z')
  t.equal(due('officeHours: { opens: "08:30", closes: "18:00" }\n'), '2026-03-11T18:00:00.000Z')
  t.equal(
    due('officeHours: { opens: "09:00", closes: "17:00", closed: [{ date: 2026-03-11, because: Training day }] }\n'),
    '2026-03-12T17:00:00.000Z',
  )
  t.equal(
    due('officeHours: { opens: "09:00", closes: "17:00", weekdays: [tuesday, saturday] }\n'),
    '2026-03-14T17:00:00.000Z',
  )
  t.equal(scoreOne(small(), child(['R1'])).responses[0]?.clocks[0]?.dueAt, null, 'it runs from the decision')
})

t.test('25 a conversation for advice, with a clock of its own', async (t) => {
  const policy = small('', [
    '    statutoryClock: decision\n    consent: { rule: required }\n    nextSteps: [Write]',
    '    clock: { label: Called back, hours: 4, from: referral_received }\n    consent: { rule: required }\n    nextSteps: [Write]',
  ])
  const [advice] = scoreOne(policy, child(['X1'])).responses
  t.match(advice, { type: 'information_advice', clocks: [{ dueAt: '2026-03-10T13:30:00.000Z' }] })
})

const TOOLS = `assessments:
  - { code: eha, label: Early help assessment, kind: early_help_assessment }
  - { code: chron, label: Chronology, kind: chronology }
  - { code: gcp2, label: Graded Care Profile, kind: specialist_tool, versions: ["2"], needsTraining: true,
      results: [{ value: 3, label: Some needs unmet }, { value: 5, label: Needs never met }] }
requirements:
  - { id: RQ1, levels: [N, P], needs: [eha], because: Help was tried first., ${CITE} }
  - { id: RQ2, levels: [N], when: { count: { atLeast: 1, category: neglect } }, needs: [gcp2, chron], withinMonths: 6,
      because: Neglect is seen over time., ${CITE} }
`
const done = (more: object) => ({
  assessments: [{ assessment: 'gcp2', monthsAgo: 0, version: '2', result: 4, byTrained: true, ...more }],
})

t.test('26 evidence that a level asks for, and results of specialist tools with their version', async (t) => {
  const rule: Edit = [
    '  - id: K1',
    `  - id: TOOL
    when: { assessment: gcp2, resultAtLeast: 4, versions: ["2"], withinMonths: 6 }
    then: { atLeast: N }
    because: Care at grade 4.
    ${CITE}
  - id: K1`,
  ]
  const policy = small(TOOLS, rule)
  const rows: [string, object, string][] = [
    ['as asked', {}, 'N–N'],
    ['a lower result', { result: 3 }, 'E–E'],
    ['no result', { result: null }, 'E–N'],
    ['another version', { version: '1' }, 'E–N'],
    ['too old', { monthsAgo: 6 }, 'E–E'],
  ]
  for (const [title, more, expected] of rows) t.equal(at(policy, ['R1'], done(more)), expected, title)
  const needs = (more: object, around = {}) =>
    scoreOne(policy, child(['R1', 'R2'], done(more)), around).practice?.requirements.map(({ id, met, needs }) => [
      id,
      met,
      needs.map(({ state }) => state).join(),
    ])
  t.same(needs({}), [
    ['RQ1', false, 'missing'],
    ['RQ2', false, 'there,missing'],
  ])
  t.same(needs({ monthsAgo: 7 }, { chronology: true })?.[1], ['RQ2', false, 'too_old,there'])
  t.same(needs({ version: '1' }, { chronology: true })?.[1], ['RQ2', false, 'other_version,there'])
  t.same(needs({ byTrained: null }, { chronology: true })?.[1], ['RQ2', false, 'not_by_trained,there'])
  t.same(needs({}, { chronology: true })?.[1], ['RQ2', true, 'there,there'])
})

t.test('27 combinations that the document forbids', async (t) => {
  const forbidden = `forbidden: [{ id: FB1, response: EARLY, atLevels: [N, P], because: No early help here., ${CITE} }]\n`
  const { problems } = compileTexts({ policy: `${SMALL}${forbidden}` })
  t.same(
    problems.map(({ code, line }) => [code, line]),
    [
      [
        'forbidden-combination',
        SMALL.split('\n').findIndex((line) => line.includes('when: { present: R3 }, responses')) + 1,
      ],
      [
        'forbidden-combination',
        SMALL.split('\n').findIndex((line) => line.includes('responses: [ASSESS], alternatives')) + 1,
      ],
    ],
  )
  const policy = small(
    forbidden,
    ['responses: [ASSESS, EARLY], alternatives: [STRATEGY]', 'responses: [ASSESS], alternatives: [STRATEGY]'],
    ['responses: [ASSESS], alternatives: [EARLY]', 'responses: [ASSESS]'],
    ['then: { review: Read everything again. }', 'then: { response: EARLY }'],
  )
  const history = [0, 1].map((monthsAgo) => ({ monthsAgo, categories: [] }))
  const low = scoreOne(policy, child(['R1'], { history }))
  const high = scoreOne(policy, child(['R3', 'R1'], { history }))
  t.same([codes(low.responses), low.practice?.forbidden], [['EARLY'], []])
  t.same(codes(high.responses), ['ASSESS'], 'the rule asks for it, the document forbids it at this level')
  t.match(high.practice?.forbidden, [{ id: 'FB1', response: 'EARLY', because: 'No early help here.' }])
})

t.test('28 stepping up and down, with criteria and approver; levels for a time', async (t) => {
  const policy = small(
    `transitions:
  - { id: DOWN, from: N, to: E, when: { present: PR1 }, criteria: [The plan is met.], approver: Team manager,
      qualification: social_work, reviewWeeks: 12, because: Help goes on., ${CITE} }
  - { id: UP, from: E, to: N, criteria: [No change in twelve weeks.], approver: Front door, because: It drifts., ${CITE} }
`,
    ['code: N, label: In need,', 'code: N, label: In need, reviewWeeks: 6, limitWeeks: 52,'],
  )
  const practice = (found: Found) => scoreOne(policy, child(found)).practice
  t.match(practice(['R1']), {
    transitions: [{ id: 'UP', direction: 'up', to: { code: 'N' }, value: 'yes' }],
    reviewWeeks: null,
  })
  t.match(practice([said('V1', { kind: 'fact' })]), { transitions: [], reviewWeeks: 6, limitWeeks: 52 })
  t.match(practice([said('V1', { kind: 'fact' }), 'PR1']), {
    transitions: [{ id: 'DOWN', direction: 'down', approver: 'Team manager', qualification: 'social_work' }],
  })
})

t.test('29 who decides, and which outcomes a second person looks at', async (t) => {
  const policy = small('', [
    'secondScreening: { responses: [STRATEGY], randomPercent: 5 }',
    'secondScreening: { responses: [STRATEGY], randomPercent: 5, whenLowered: true, when: { age: { unborn: true, toMonths: 11 } } }',
  ])
  const second = (age: { low: number; high: number } | null) =>
    scoreOne(policy, child(['R1'], { age })).practice?.secondScreening
  t.same([second({ low: 11, high: 11 }), second({ low: 12, high: 12 }), second(null)], [true, false, true])
  t.match(policy.document.oversight, {
    decision: { qualification: 'social_work' },
    secondScreening: { whenLowered: true },
  })
})

t.test('30 the ladder of escalation, with an urgent way', async (t) => {
  const ladder = 'escalation: [{ stage: 1, role: Manager, withinWorkingDays: 1 }]'
  const policy = small('', [ladder, ladder.replace('Days: 1 }', 'Days: 1, urgentHours: 2 }')])
  t.same(policy.document.oversight.escalation, [{ stage: 1, role: 'Manager', withinWorkingDays: 1, urgentHours: 2 }])
})

t.test('31 moderation: how often, how many, of which outcomes, with whom', async (t) => {
  const policy = small('', [
    'moderation: { frequency: monthly, sample: 5 }',
    'moderation: { frequency: monthly, sample: 5, quorumAgencies: 3, strata: [{ responses: [ADVICE], count: 2 }], grades: [Agree, Differ] }',
  ])
  t.match(policy.document.oversight.moderation, {
    quorumAgencies: 3,
    strata: [{ count: 2 }],
    grades: ['Agree', 'Differ'],
  })
})

t.test('32 the directory of help by level, category and part of the area', async (t) => {
  const policy = small('', ['levels: [E], categories: [] }', 'levels: [E], categories: [], areas: [Harbour ward] }'])
  t.same(codes(scoreOne(policy, child(['R1'])).services), ['SV1', 'SV2'])
  t.same(codes(scoreOne(policy, child(['S1'])).services), ['SV2'])
  t.same(policy.document.services[1]?.areas, ['Harbour ward'])
})

t.test('33 a base shared by several, with an overlay, and the provenance of its lines', async (t) => {
  const oakhaven = published('oakhaven/2026-02.yaml')
  const from = new Set([...oakhaven.provenance.values()])
  t.same([...from].sort(), ['greatvale@2025-09', 'oakhaven@2026-02'])
})

t.test('34 document control', async (t) => {
  const control = { issue: '7', approvedBy: 'Safeguarding partners', published: '2026-01-01', briefing: 'What is new.' }
  const lines = Object.entries(control).map(([key, value]) => `  ${key}: "${value}"\n`)
  const policy = small('', ['  changeReason: First.\n', `  changeReason: First.\n${lines.join('')}`])
  t.match(policy.document.document, control)
})

t.test('35 the same statement in other words: for the child, for the family, in other languages', async (t) => {
  const policy = small('', [
    'text: Hungry., citation',
    'text: Hungry., otherWords: { child: I am hungry., languages: { cy: Yn llwglyd. } }, citation',
  ])
  t.match(policy.document.indicators.find(({ code }) => code === 'R2')?.otherWords, {
    child: 'I am hungry.',
    languages: { cy: 'Yn llwglyd.' },
  })
})

t.test('36 worked examples of the document are cases', async (t) => {
  const cases = `format: threshold.cases/1
policy: test-policy@1.10
cases:
  - { id: example, title: An example, vignette: Sam is often hungry., child: { present: [R2] }, expect: { level: E } }
`
  const { results, problems } = runCases(small(), { file: 'cases.yaml', text: cases }, calendar)
  t.same([results, problems], [[{ id: 'example', title: 'An example', failures: [] }], []])
})

t.test('37 every reason cites section, paragraph and page', async (t) => {
  const northmoor = published('northmoor/2026-04.yaml')
  for (const { citation } of [...northmoor.document.indicators, ...northmoor.document.rules])
    t.ok(citation.section && citation.paragraph && citation.page)
})

t.test('38 guidance for those who decide: shown, never evaluated', async (t) => {
  const policy = small(
    'guidance: [{ id: GD1, title: Neglect, text: Think of time., categories: [neglect], levels: [E] }]\n',
  )
  t.match(scoreOne(policy, child(['R1'])).practice?.guidance, [{ id: 'GD1', text: 'Think of time.' }])
  t.same(scoreOne(policy, child(['S1'])).practice?.guidance, [])
})

t.test('39 glossary', async (t) => {
  const policy = small('glossary: [{ term: MASH, meaning: Multi-Agency Safeguarding Hub. }]\n')
  t.same(policy.document.glossary, [{ term: 'MASH', meaning: 'Multi-Agency Safeguarding Hub.' }])
})

t.test('40 codes of the national collections', async (t) => {
  const northmoor = published('northmoor/2026-04.yaml')
  t.ok(northmoor.document.indicators.some(({ national }) => national?.factors?.includes('16A')))
  t.ok(northmoor.document.responses.some(({ national }) => national !== undefined))
})

t.test('41 the statutory pack, by version and hash', async (t) => {
  const { pins } = scoreOne(published('northmoor/2026-04.yaml'), child([]))
  t.match(pins, { statutory: 'working-together-2023', statutoryVersion: '1', statutoryHash: /^[0-9a-f]{64}$/ })
})

t.test('42 family help, where early help and child in need are one', async (t) => {
  const types = published('northmoor/2026-04.yaml').document.responses.map(({ type }) => type)
  t.ok(types.includes('family_help'))
})

t.test('a policy without the new parts says nothing of them, and keeps its hash', async (t) => {
  t.notOk('practice' in scoreOne(small(), child(['R1'])))
  const more = small('glossary: [{ term: A, meaning: B. }]\n')
  t.not(small().hash, more.hash)
  t.ok(diffPolicies(small().document, more.document))
})

t.test('docs/policies/coverage.md has a row for each of the 42, and every test that it names exists', async (t) => {
  const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8')
  const rows = [...read('../../docs/policies/coverage.md').matchAll(/^\| (\d+) \|.*\| (“.*”) \|$/gm)]
  t.same(
    rows.map(([, number]) => Number(number)),
    Array.from({ length: 42 }, (_, i) => i + 1),
  )
  const source = read('capabilities.test.ts')
  for (const [, , titles = ''] of rows)
    for (const [, title] of titles.matchAll(/“([^”]+)”/g)) t.ok(source.includes(`'${title}'`), `${title}`)
})
