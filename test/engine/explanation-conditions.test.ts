/** Every form of condition in an explanation: its value, its words, what it read and what it lacks. */
import t from 'tap'
import type { Condition } from '../../src/engine/conditions/shape.ts'
import { explainCondition } from '../../src/engine/explanation/conditions.ts'
import { asText, explain, reportFor } from '../../src/engine/explanation/index.ts'
import type { ConditionNode, Considered } from '../../src/engine/explanation/shape.ts'
import { viewOf } from '../../src/engine/explanation/view.ts'
import type { Snapshot } from '../../src/engine/referral/snapshot.ts'
import { calendar, child, edited, finding, piece, policyOf, SMALL, scoreOne, snapshot } from '../support/policies.ts'

const policy = policyOf({})
type Child = ReturnType<typeof child>

function nodes(condition: Condition, one: Child, more: Partial<Snapshot> = {}): ConditionNode[] {
  return explainCondition(viewOf(policy, snapshot([one], more), one, scoreOne(policy, one, more)), condition)
}

/** `value | words | what was read | what is missing`, one deeper for each depth. */
const told = (list: readonly ConditionNode[]): string[] =>
  list.map(({ depth, value, words, read, missing }) =>
    [
      `${'  '.repeat(depth)}${value}`,
      words,
      read.map(({ code, answer }) => `${code ?? ''} ${answer}`.trim()).join('; '),
      missing ?? '',
    ]
      .join(' | ')
      .trimEnd(),
  )

const unknown = (code: string) => finding(code, { state: 'unknown' })
const absent = (code: string) => finding(code, { state: 'absent' })
const seen = (code: string, known: Parameters<typeof piece>[0]) => finding(code, { evidence: [piece(known)] })

t.test('each form without parts has its value, its words, what it read and what it lacks', async (t) => {
  const rows: [Condition, Child, string, Partial<Snapshot>?][] = [
    [{ present: 'R1' }, child(['R1']), 'yes | “Unwashed.” (R1) | R1 found |'],
    [
      { present: 'R1' },
      child([unknown('R1')]),
      'maybe | “Unwashed.” (R1) | R1 said not to be known | not known for certain',
    ],
    [{ present: 'R1' }, child([absent('R1')]), 'no | “Unwashed.” (R1) | R1 said not to be so | said not to be so'],
    [{ present: 'R1' }, child([]), 'no | “Unwashed.” (R1) |  | not mentioned'],
    [
      { present: 'V1' },
      child([seen('V1', { kind: 'allegation' })]),
      'maybe | “Hits.” (V1) | V1 said, but the document asks for fact or disclosure | not known for certain',
    ],
    [
      { present: 'B1' },
      child(['B1']),
      'no | “Baby not fed.” (B1) | B1 found, but the document has it for children of another age | found, but the document has it for children of another age',
    ],
    [
      { present: 'R1', occurrence: 'often' },
      child([seen('R1', { occurrence: 'once' })]),
      'no | “Unwashed.” (R1), at least often | R1 found | found, but not at least often',
    ],
    [
      { present: 'R1', withinMonths: 3, evidence: ['fact'] },
      child([seen('R1', { kind: 'fact' })]),
      'maybe | “Unwashed.” (R1), by fact, within 3 months | R1 found | found, but it is not known whether by fact, within 3 months',
    ],
    [
      { count: { atLeast: 2, level: 'E', category: 'neglect', acrossDomains: 2 } },
      child(['R1', unknown('R2')]),
      'maybe | 2 or more indicators at Early help or above about neglect, across at least 2 domains | R1 found; R2 said not to be known | 1 found for certain and 1 more possible, 2 needed, in 1 to 2 of 2 domains',
    ],
    [
      { count: { atLeast: 1, domain: 'CH', kind: 'status' } },
      child(['S1']),
      'yes | 1 or more indicators of the kind status in “Child” | S1 found |',
    ],
    [
      { measure: 'attendance', is: 'below', value: 80 },
      child([], { measurements: [{ measure: 'attendance', value: 85 }] }),
      'no | Attendance below 80 (per cent) | attendance 85 | measured: 85',
    ],
    [
      { measure: 'attendance', is: 'atMost', value: 80 },
      child([]),
      'no | Attendance at most 80 (per cent) |  | no such measurement is given',
    ],
    [
      { history: { referralsAtLeast: 2, withinMonths: 6 } },
      child([], {
        history: [
          { monthsAgo: 1, categories: ['neglect'] },
          { monthsAgo: 9, categories: [] },
        ],
      }),
      'no | 2 or more earlier referrals within 6 months | 1 month before, about neglect | 1 earlier referral in that time; 2 that fit needed',
    ],
    [{ age: { fromMonths: 12 } }, child([]), 'yes | the child is 12 months old or more | 84 months old |'],
    [
      { age: { unborn: true, toMonths: 11 } },
      child([], { age: { low: 6, high: 30 } }),
      'maybe | the child is unborn or at most 11 months old | between 6 and 30 months old | between 6 and 30 months old',
    ],
    [
      { age: { fromMonths: 12, toMonths: 59 } },
      child([], { age: null }),
      'maybe | the child is 12 to 59 months old | age not known | age not known',
    ],
    [{ fact: 'not_seen' }, child([]), 'no | yes to “Has nobody seen the child?” |  | not answered'],
    [
      { fact: 'not_seen' },
      child([]),
      'maybe | yes to “Has nobody seen the child?” | not_seen not known | answered: not known',
      { facts: [{ code: 'not_seen', answer: 'unknown' }] },
    ],
    [
      { fact: 'immediate_danger' },
      child([]),
      'yes | yes to “May a child be in immediate danger?” | immediate_danger yes |',
      { immediateDanger: true },
    ],
    [{ consent: 'refused' }, child([]), 'no | consent is refused | obtained | consent is obtained'],
    [
      { present: 'R1', durationMonths: 6, trend: 'worsening' },
      child([seen('R1', { durationMonths: 6 })]),
      'maybe | “Unwashed.” (R1), for 6 months or longer, worsening | R1 found | found, but it is not known whether for 6 months or longer, worsening',
    ],
    [
      { assessment: 'gcp2', resultAtLeast: 4 },
      child([]),
      'no | the assessment gcp2 with a result of 4 or more |  | no such assessment is named',
    ],
    [
      { assessment: 'gcp2', resultAtLeast: 4, versions: ['2'] },
      child([], { assessments: [{ assessment: 'gcp2', monthsAgo: 2, version: null, result: 5, byTrained: null }] }),
      'maybe | the assessment gcp2, version 2 with a result of 4 or more | gcp2 2 months before, version not stated, result 5 | what is named of it is not what the rule asks for',
    ],
  ]
  for (const [condition, one, expected, more] of rows) t.same(told(nodes(condition, one, more)), [expected.trimEnd()])
})

t.test('parts follow the whole, one deeper; only what still matters is said to be missing', async (t) => {
  t.same(
    told(
      nodes(
        {
          all: [{ any: [{ present: 'R1' }, { present: 'R2' }] }, { not: { age: { toMonths: 90 } } }, { present: 'R3' }],
        },
        child(['R1']),
      ),
    ),
    [
      'no | all of these |  |',
      '  yes | at least one of these |  |',
      '    yes | “Unwashed.” (R1) | R1 found |',
      '    no | “Hungry.” (R2) |  |',
      '  no | this does not hold |  |',
      '    yes | the child is at most 90 months old | 84 months old | 84 months old',
      '  no | “Abuse.” (R3) |  | not mentioned',
    ],
  )
  t.same(
    told(
      nodes({ atLeast: { n: 2, of: [{ present: 'R1' }, { present: 'R2' }, { present: 'R4' }] } }, child(['R1', 'R4'])),
    ),
    [
      'yes | at least 2 of these |  |',
      '  yes | “Unwashed.” (R1) | R1 found |',
      '  no | “Hungry.” (R2) |  |',
      '  yes | “Hurts.” (R4) | R4 found |',
    ],
  )
})

t.test('what a condition read says who saw it, how often and when', async (t) => {
  const [node] = nodes(
    { present: 'R1' },
    child([
      finding('R1', {
        subject: 'household',
        evidence: [piece({ kind: 'observation', occurrence: 'often', monthsAgo: 2 })],
      }),
    ]),
  )
  t.match(node?.read, [
    {
      kind: 'finding',
      words: 'Unwashed.',
      subject: 'household',
      evidence: [{ kind: 'observation', source: 'Teacher', occurrence: 'often', monthsAgo: 2 }],
    },
  ])
})

/** Everything considered by id, of the one child. */
function considered(one: Child, more: Partial<Snapshot> = {}, of = policy): Map<string, Considered> {
  const [explanation] = explain(of, snapshot([one], more), calendar)
  return new Map((explanation?.considered ?? []).map((item) => [item.id, item]))
}

t.test('every part of the policy is there: gates, triggers, rules, clusters, cut-offs and routes', async (t) => {
  const points = policyOf({
    policy: edited(
      SMALL,
      [
        'gates:\n',
        'points:\n  cutoffs: [{ points: 3, level: N }]\n  because: Sum.\n  citation: { section: "33" }\ngates:\n',
      ],
      ['text: Unwashed.,', 'text: Unwashed., points: 2,'],
      ['text: Hungry.,', 'text: Hungry., points: 1,'],
    ),
  })
  const all = considered(child(['R1']), {}, points)
  t.same([...all.values()].map(({ kind, id }) => `${kind} ${id}`).sort(), [
    'cluster C1',
    'cluster C2',
    'cluster C3',
    'gate open_case',
    'points points-3',
    'route route-E-1',
    'route route-N-1',
    'route route-N-2',
    'route route-P-1',
    'route route-U-1',
    'rule K1',
    'rule K2',
    'rule K3',
    'rule K4',
    'statutory disclosure',
    'statutory immediate-danger',
  ])
  t.match(all.get('points-3'), {
    value: 'no',
    conditions: [{ words: '3 points or more', missing: 'the points come to 2' }],
  })
  t.match(all.get('C1'), { value: 'yes', isTaken: true, effect: 'Places the child at Early help at least.' })
  t.match(all.get('route-E-1'), { value: 'yes', isTaken: true, effect: 'At Early help: Early help.' })
  t.match(all.get('route-U-1'), { value: 'yes', isTaken: false }, 'a route of another level holds and is not taken')
  t.match(all.get('K1'), {
    value: 'no',
    effect: 'Places the child at Protection at least; sets the urgency “Soon”.',
    citation: { section: '20' },
  })
  t.same(
    [...all.values()].map(({ citation }) => citation.section).slice(0, 5),
    ['20', '21', '22', '23', '30'],
    'by paragraph',
  )
})

t.test('each value that a part may have, with what held it back', async (t) => {
  t.match(considered(child(['R1', 'R2', 'PR1'])).get('C2'), {
    value: 'withheld_by_protective_factors',
    isTaken: false,
    conditions: [{ value: 'yes' }],
    protection: { value: 'yes', read: [{ code: 'PR1', answer: 'found' }] },
  })
  t.match(considered(child(['R1', 'R2', unknown('PR1')])).get('C2'), {
    value: 'withheld_by_protective_factors',
    protection: { value: 'maybe' },
  })
  t.match(considered(child(['R1', 'R2'])).get('C2'), { value: 'yes', protection: { value: 'no', read: [] } })
  t.match(considered(child(['R1', unknown('R2')])).get('C2'), { value: 'maybe', isTaken: false })
  const found = considered(child(['A1', 'X1', seen('V1', { kind: 'allegation' })]))
  t.match(found.get('A1'), { kind: 'absolute', value: 'yes', effect: /which nothing lowers/ })
  t.match(found.get('disclosure'), { kind: 'statutory', value: 'yes', isTaken: true, effect: /asks for Discuss/ })
  t.match(found.get('X1'), { kind: 'expected', value: 'yes' })
  t.match(found.get('V1'), { kind: 'alone', value: 'maybe', isTaken: false })
  const gate = (answer: 'yes' | 'unknown') => considered(child(['R1']), { facts: [{ code: 'open_case', answer }] })
  t.match(gate('yes').get('open_case'), { value: 'yes', isTaken: true })
  t.match(gate('yes').get('route-E-1'), { value: 'yes', isTaken: false }, 'a gate that redirects comes first')
  t.match(gate('unknown').get('open_case'), { value: 'maybe', isTaken: false })
})

t.test('what a condition read is repeated up to a limit that it tells, and stands once in full', async (t) => {
  const pieces = Array.from({ length: 9 }, (_, i) => piece({ kind: 'fact', monthsAgo: i }))
  const subjects = ['child', 'household', 'context'] as const
  const many = ['R1', 'R2', 'R3', 'R4', 'G1', 'O1', 'S1'].flatMap((code) =>
    subjects.flatMap((subject) => [
      finding(code, { subject, evidence: pieces }),
      finding(code, { subject, evidence: [piece({})] }),
    ]),
  )
  const [explanation] = explain(policy, snapshot([child(many)]), calendar)
  const [node] = explanation?.considered.find(({ id }) => id === 'C1')?.conditions ?? []
  t.match(node, { moreRead: 12, read: { length: 30 } })
  t.match(node?.read[0], { evidence: { length: 6 }, moreEvidence: 3 })
  t.equal(explanation?.said.length, 42)
  t.equal(explanation?.said[0]?.evidence.length, 9)
  const text = asText([reportFor('screener', explanation!)])
  t.match(text, /; and 3 more\)/)
  t.match(text, /- and 12 more/)
})
