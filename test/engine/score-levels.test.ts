/** Where a child is placed, and why: tables over the small policy, on each side of every boundary. */
import t from 'tap'
import { child, edited, finding, piece, policyOf, range, SMALL, scoreOne } from '../support/policies.ts'

const policy = policyOf({})
type Found = Parameters<typeof child>[0]
const unknown = (code: string) => finding(code, { state: 'unknown' })
const said = (code: string, known: Parameters<typeof piece>[0]) => finding(code, { evidence: [piece(known)] })
const at = (found: Found, more?: Parameters<typeof child>[1]) => range(scoreOne(policy, child(found, more)))

t.test('findings place a child by clusters, on each side of every number', async (t) => {
  const rows: [string, Found, string][] = [
    ['one of early help', ['R1'], 'E–E'],
    ['two in one domain', ['R2', 'G1'], 'E–E'],
    ['two in two domains', ['R1', 'R2'], 'N–N'],
    ['two in two domains, one unknown', ['R1', unknown('R2')], 'E–N'],
    ['one in need', ['R3'], 'E–E'],
    ['two in need', ['R3', 'R4'], 'P–P'],
    ['two in need, one unknown', ['R3', unknown('R4')], 'E–P'],
    ['the same twice is one', ['R3', 'R3'], 'E–E'],
    ['only ordinary development', ['X1'], 'U–U'],
    ['nothing', [], '-–-'],
    ['only unknown', [unknown('R1')], '-–E'],
    ['only protective', ['PR1'], '-–-'],
    ['absent is as not mentioned', ['R1', finding('R2', { state: 'absent' })], 'E–E'],
    ['present and absent is present', ['R1', 'R2', finding('R2', { state: 'absent' })], 'N–N'],
  ]
  for (const [title, found, expected] of rows) t.equal(at(found), expected, title)
})

t.test('protective factors withhold what is discretionary and nothing else', async (t) => {
  const rows: [string, Found, string][] = [
    ['enough of them', ['R1', 'R2', 'PR1'], 'E–E'],
    ['perhaps enough of them', ['R1', 'R2', unknown('PR1')], 'E–N'],
    ['one that is absent', ['R1', 'R2', finding('PR1', { state: 'absent' })], 'N–N'],
    ['one that is said and denied', ['R1', 'R2', 'PR1', finding('PR1', { state: 'absent' })], 'E–N'],
    ['one that is said, and unknown elsewhere', ['R1', 'R2', 'PR1', unknown('PR1')], 'E–E'],
    ['one said, denied and unknown', ['R1', 'R2', 'PR1', unknown('PR1'), finding('PR1', { state: 'absent' })], 'E–N'],
    ['for harm outside the family, one of the family', ['R1', 'O1', 'PR1'], 'N–N'],
    ['for harm outside the family, one from outside', ['R1', 'O1', 'PR3'], 'E–E'],
    ['for harm that may be outside, one of the family', ['R1', 'R2', unknown('O1'), 'PR1'], 'E–N'],
    ['a cluster without unless', ['R3', 'R4', 'PR1', 'PR2', 'PR3'], 'P–P'],
    ['something absolute', ['A3', 'PR1', 'PR2', 'PR3'], 'N–N'],
    ['an absolute rule', ['R4', 'S1', 'PR1', 'PR2', 'PR3'], 'P–P'],
  ]
  for (const [title, found, expected] of rows) t.equal(at(found), expected, title)
})

t.test('a rule holds at its boundary and is withheld one factor later', async (t) => {
  const young = { age: { low: 59, high: 59 } }
  t.equal(at(['R3', 'R1'], young), 'P–P')
  t.equal(at(['R3', 'R1'], { age: { low: 60, high: 60 } }), 'N–N')
  t.equal(at(['R3', 'R1'], { age: { low: 48, high: 71 } }), 'N–P', 'an estimate that straddles leaves it open')
  t.equal(at(['R3', 'R1'], { age: null }), 'N–P')
  t.equal(at(['R3', 'R1', 'PR1'], young), 'P–P')
  t.equal(at(['R3', 'R1', 'PR1', 'PR2'], young), 'E–E')
})

t.test('grades: by what is known of how often, and at most by what is not', async (t) => {
  const graded = (occurrence: 'once' | 'sometimes' | 'often' | 'persistent') => at([said('G1', { occurrence })])
  // Alone it stays with the cluster of one; together with another in need it shows at which level it counts.
  t.same((['once', 'sometimes', 'often', 'persistent'] as const).map(graded), ['E–E', 'E–E', 'E–E', 'E–E'])
  const withR3 = (known: Parameters<typeof piece>[0]) => at(['R3', said('G1', known)])
  t.same(
    [{ occurrence: 'once' }, { occurrence: 'sometimes' }, { occurrence: 'often' }, {}].map((known) =>
      withR3(known as never),
    ),
    ['E–E', 'E–E', 'P–P', 'E–P'],
  )
  t.equal(
    at(['R3', finding('G1', { evidence: [piece({ occurrence: 'once' }), piece({ occurrence: 'often' })] })]),
    'P–P',
    'the most frequent counts',
  )
})

t.test('evidence of a kind that does not count leaves an indicator unknown', async (t) => {
  const rows: [string, Found, string][] = [
    ['a kind that counts', [said('V1', { kind: 'fact' })], 'N–N'],
    ['another kind', [said('V1', { kind: 'allegation' })], '-–N'],
    ['a kind not known', [said('V1', { kind: null })], '-–N'],
    ['no evidence', ['V1'], '-–N'],
    ['both', [said('V1', { kind: 'allegation' }), said('V1', { kind: 'disclosure' })], 'N–N'],
  ]
  for (const [title, found, expected] of rows) t.equal(at(found), expected, title)
})

t.test('evidence of a kind that does not count leaves its grade as open as a finding that is unknown', async (t) => {
  const graded = policyOf({
    policy: edited(SMALL, ['evidence: [fact, disclosure]', 'evidence: [fact]\n    grades: { once: N, persistent: P }']),
  })
  const of = (...found: Exclude<Found, undefined>) => range(scoreOne(graded, child(found)))
  const heard = said('V1', { kind: 'allegation', occurrence: 'persistent' })
  t.equal(of(unknown('V1')), '-–P')
  t.equal(of(said('V1', { kind: 'allegation', occurrence: 'once' })), '-–P', 'alleged once, it may be so persistently')
  t.equal(of(said('V1', { kind: 'fact', occurrence: 'once' })), 'N–N')
  t.equal(of(said('V1', { kind: 'fact', occurrence: 'once' }), heard), 'N–P', 'seen once, and alleged persistently')
})

t.test('protection is weighed against what counts at each end of the range', async (t) => {
  const outside = policyOf({
    policy: edited(
      SMALL,
      [
        '    grades: { once: E, often: N, persistent: P }',
        '    grades: { once: E, often: N }\n    setting: outside_family',
      ],
      [
        'count: 2, ofLevel: N, atLeast: P,',
        'count: 2, ofLevel: N, atLeast: P, unless: { protective: [PR1], atLeast: 1 },',
      ],
      ['unless: { protective: [PR1, PR2, PR3], atLeast: 1 }', 'unless: { protective: [PR3], atLeast: 1 }'],
    ),
  })
  // At the low end the harm outside the family is below the cluster's level, so the family's protection bears.
  t.equal(range(scoreOne(outside, child(['R3', 'R4', 'G1', 'PR1']))), 'N–P')
})

t.test('an indicator is about children of its age; found of another child, a person has to look', async (t) => {
  const rows: [string, Parameters<typeof child>[1], string, boolean][] = [
    ['unborn', { age: { low: -1, high: -1 } }, 'N–N', false],
    ['eleven months', { age: { low: 11, high: 11 } }, 'N–N', false],
    ['twelve months', { age: { low: 12, high: 12 } }, '-–P', true],
    ['an estimate', { age: { low: 0, high: 23 } }, '-–N', true],
    ['not known', { age: null }, '-–N', true],
  ]
  for (const [title, more, expected, isWithheld] of rows) {
    const result = scoreOne(policy, child(['B1'], more))
    t.equal(range(result), expected, title)
    t.equal(result.level === null, isWithheld, title)
  }
  t.ok(scoreOne(policy, child(['B1'])).alerts.some(({ code }) => code === 'finding_out_of_age'))
})

t.test('a measurement decides its indicator, the limit itself being on the side that the operator says', async (t) => {
  const attendance = (value: number) => at([], { measurements: [{ measure: 'attendance', value }] })
  t.same([79, 80].map(attendance), ['E–E', '-–-'])
  t.equal(at([finding('M1', { state: 'absent' })], { measurements: [{ measure: 'attendance', value: 10 }] }), 'E–E')
  t.equal(
    at([], {
      measurements: [
        { measure: 'attendance', value: 90 },
        { measure: 'attendance', value: 10 },
      ],
    }),
    'E–E',
    'of two numbers the worse',
  )
})

t.test('points count each indicator once, and a cut-off exactly reached counts', async (t) => {
  const scored = policyOf({ policy: withPoints() })
  const points = (found: Found) => scoreOne(scored, child(found))
  t.same(points(['R1', 'R1', 'S1']).points, { low: 4, high: 4 })
  t.equal(range(points(['R1', 'S1'])), 'E–E', 'four of five')
  t.equal(range(points(['R2', 'S1'])), 'N–N', 'five of five')
  t.equal(range(points(['R1', unknown('R2')])), 'E–N', 'two, perhaps five')
  t.ok(
    points(['R2', 'S1']).reasons.some(({ id, kind, decisive }) => id === 'points-5' && kind === 'points' && decisive),
  )
})

/** The small policy with weights, and without the cluster that would reach as far. */
function withPoints(): string {
  const text = smallWith(['R1', 2], ['R2', 3], ['S1', 2])
  return text
    .replace('acrossDomains: 2\n    atLeast: N', 'acrossDomains: 3\n    atLeast: N')
    .replace(
      'gates:',
      'points:\n  cutoffs: [{ points: 5, level: N }]\n  because: Sum.\n  citation: { section: "50" }\ngates:',
    )
}

function smallWith(...weights: readonly [code: string, points: number][]): string {
  return weights.reduce(
    (text, [code, points]) => text.replace(`- { code: ${code},`, `- { code: ${code}, points: ${points},`),
    SMALL,
  )
}
