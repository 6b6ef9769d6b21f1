/** What a recommendation says beside its level: reasons, near misses, questions, alerts, quality, services, pins. */
import t from 'tap'
import { canonical, contentHash } from '../../src/engine/hash.ts'
import { calendar, child, finding, piece, policyOf, SMALL, scoreOne, snapshot } from '../support/policies.ts'

const policy = policyOf({})
const unknown = (code: string) => finding(code, { state: 'unknown' })
type Found = Parameters<typeof child>[0]
const of = (found: Found, more?: Parameters<typeof child>[1]) => scoreOne(policy, child(found, more))

t.test('reasons come highest first, with the policy’s words, citation and the evidence that met them', async (t) => {
  const said = finding('A1', { evidence: [piece({ kind: 'disclosure', monthsAgo: 0, text: 'He hit me.' })] })
  const { reasons } = of([said, 'R1', 'R2'])
  t.same(
    reasons.map(({ id, kind, level, decisive }) => `${id} ${kind} ${level?.code} ${decisive}`),
    ['disclosure statutory P true', 'A1 absolute P true', 'C2 cluster N false', 'C1 cluster E false'],
  )
  t.same(reasons[0]?.citation, { document: 'test-pack@1', section: '5', paragraph: null, page: null })
  t.same(reasons[1]?.citation, { document: 'test-policy@1.10', section: '15', paragraph: null, page: null })
  t.equal(reasons[0]?.because, 'What a child says counts.')
  t.match(reasons[1]?.findings, [
    {
      indicator: 'A1',
      text: 'Says a parent hit.',
      state: 'present',
      subjects: ['child'],
      evidence: [{ text: 'He hit me.', kind: 'disclosure' }],
    },
  ])
  t.same(
    reasons[2]?.findings.map(({ indicator }) => indicator),
    ['R1', 'R2', 'A1'],
  )
})

t.test('a finding says whom it was found of, and a measurement that it was measured', async (t) => {
  const { reasons } = of([finding('R1', { subject: 'household' }), 'R1'], {
    measurements: [{ measure: 'attendance', value: 10 }],
  })
  const subjects = new Map(
    reasons.flatMap(({ findings }) => findings).map(({ indicator, subjects: list }) => [indicator, list]),
  )
  t.same(subjects.get('R1')?.toSorted(), ['child', 'household'])
  t.same(subjects.get('M1'), ['measurement'])
})

t.test('near misses: one short with something found, what may hold, and what protection withheld', async (t) => {
  const rows: [string, ReturnType<typeof of>, Record<string, string>][] = [
    ['nothing near', of([]), {}],
    ['one short of a cluster', of(['R1']), { C2: 'no' }],
    ['enough, but of one domain', of(['R2', 'G1']), { C2: 'no' }],
    ['may hold', of(['R1', unknown('R2')]), { C2: 'maybe' }],
    ['withheld', of(['R1', 'R2', 'PR1']), { C2: 'withheld_by_protective_factors' }],
    ['one condition short', of(['R3', 'R1']), { K1: 'no', C3: 'no' }],
  ]
  for (const [title, { notMet }, expected] of rows) {
    const got = Object.fromEntries(notMet.filter(({ level }) => level !== null).map(({ id, value }) => [id, value]))
    t.match(got, expected, title)
    if (title === 'nothing near') t.same(notMet, [])
  }
  t.match(of(['R1']).notMet.find(({ id }) => id === 'C2')?.missing, ['1 more indicator at E or above'])
  t.match(of(['R2', 'G1']).notMet.find(({ id }) => id === 'C2')?.missing, ['indicators across 2 domains'])
  t.match(of(['R3', 'R1']).notMet.find(({ id }) => id === 'K1')?.missing, [/aged 0 to 59 months/])
  t.match(of(['R1', unknown('R2')]).notMet.find(({ id }) => id === 'C2')?.missing, [/Hungry.*\(R2\)/])
})

t.test('what lies below the level is no near miss', async (t) => {
  t.same(
    of(['A1']).notMet.filter(({ level }) => level !== null),
    [],
  )
})

t.test('the level rests on what it cannot do without', async (t) => {
  t.same(of(['R1']).restsOn, ['R1'])
  t.same(of(['R1', 'R2']).restsOn, ['R1', 'R2'])
  t.same(of(['R1', 'S1', 'R2']).restsOn, ['R2'], 'of two that would do neither is needed')
  t.same(of(['A1', 'A2']).restsOn, [])
  t.same(of([]).restsOn, [])
})

t.test('questions: what is unknown, how often, and what the policy asks; the farthest-reaching first', async (t) => {
  const { questions } = of(['R1', unknown('R2'), unknown('A3'), 'G1'])
  t.same(
    questions.map(({ effect }) => effect),
    questions.map(({ effect }) => effect).toSorted((a, b) => b - a),
  )
  const ids = questions.map(({ id }) => id)
  for (const id of ['R2', 'A3', 'G1.occurrence', 'Q1', 'Q2', 'Q3']) t.ok(ids.includes(id), id)
  const about = (found: Found, id: string) => of(found).questions.find((question) => question.id === id)
  t.match(about(['R1'], 'Q2'), { effect: 2, couldRaiseTo: { code: 'P' } })
  t.match(about(['R1'], 'Q1'), { effect: 1, couldRaiseTo: { code: 'N' } })
  t.match(about(['R1'], 'Q3'), { effect: 0, couldRaiseTo: null })
  t.equal(about(['R1', 'A1'], 'Q2'), undefined, 'what is known is not asked')
  t.equal(about(['R4'], 'Q1'), undefined, 'what is not about this is not asked')
  t.match(about([unknown('R1')], 'R1'), { couldRaiseTo: { code: 'E' } })
})

t.test('an answer that would make the same concern come back is known to raise the level', async (t) => {
  const again = policyOf({
    policy: SMALL.replace(
      'when: { history: { referralsAtLeast: 2, withinMonths: 12 } }',
      'when: { history: { referralsAtLeast: 1, withinMonths: 12, sameConcern: true } }',
    ).replace('then: { review: Read everything again. }', 'then: { atLeast: P }'),
  })
  const known = { history: [{ monthsAgo: 1, categories: ['self_harm'] }] }
  t.equal(scoreOne(again, child(['R4'], known)).level?.code, 'P')
  t.same(scoreOne(again, child(['R4'], known)).restsOn, ['R4'])
  t.match(
    scoreOne(again, child(['R1', unknown('R4')], known)).questions.find(({ id }) => id === 'R4'),
    { couldRaiseTo: { code: 'P' } },
  )
})

t.test('at most twenty questions come back', async (t) => {
  const many = policyOf({
    policy: SMALL.replace(
      'questions:\n',
      `questions:\n${Array.from({ length: 30 }, (_, i) => `  - { id: QX${i}, ask: a, because: b, about: { categories: [neglect] } }\n`).join('')}`,
    ),
  })
  t.equal(scoreOne(many, child(['R1'])).questions.length, 20)
})

t.test('alerts say what nobody may overlook', async (t) => {
  const alerts = (...args: Parameters<typeof of>) => of(...args).alerts.map(({ code }) => code)
  const has = (list: readonly string[], code: string, title = code) =>
    t.ok(list.includes(code), `${title} in ${list.join(' ')}`)
  const neglect = (monthsAgo: number) => ({ history: [{ monthsAgo, categories: ['neglect'] }] })
  has(alerts(['R1'], neglect(2)), 'same_concern_within_3_months')
  t.notOk(alerts(['R1'], neglect(4)).includes('same_concern_within_3_months'))
  t.notOk(alerts(['R4'], neglect(1)).includes('same_concern_within_3_months'))
  has(alerts(['R1'], neglect(11)), 'referrals_in_12_months')
  t.notOk(alerts(['R1'], neglect(13)).includes('referrals_in_12_months'))
  has(alerts(['R1'], { age: { low: 11, high: 11 } }), 'under_one')
  has(alerts(['R1'], { age: { low: 6, high: 30 } }), 'under_one', 'may be under one')
  t.notOk(alerts(['R1'], { age: { low: 12, high: 12 } }).includes('under_one'))
  has(alerts(['R1'], { age: { low: -1, high: -1 } }), 'unborn')
  has(alerts(['R1'], { age: null }), 'age_unknown')
  has(alerts(['R1', finding('R1', { state: 'absent' })]), 'contradictory_findings')
  has(alerts(['R1', 'Z9']), 'unknown_indicator')
  has(alerts(['R1'], { unmapped: ['Odd.'] }), 'unmapped_concern')
  const more = (options: Parameters<typeof scoreOne>[2]) =>
    scoreOne(policy, child(['R1']), options).alerts.map(({ code }) => code)
  has(more({ monitoringOnly: true }), 'monitoring_is_no_plan')
  has(more({ suggestedLevel: 'N' }), 'referrer_suggests_higher')
  t.notOk(more({ suggestedLevel: 'E' }).includes('referrer_suggests_higher'))
  t.same(more({ immediateDanger: true })[0], 'immediate_danger')
  t.same(alerts(['R1']), [])
})

t.test('the quality score adds the weights of the features that are there', async (t) => {
  const { quality } = scoreOne(policy, child(['R1']), { quality: ['timely', 'concern_and_rationale'] })
  t.same([quality.score, quality.outOf], [3, 12])
  t.equal(of(['R1', 'PR1']).quality.score, 3, 'a protective factor shows strengths')
  t.equal(of(['R1', 'X1']).quality.score, 0)
  t.ok(quality.features.every(({ advice }) => advice.length > 0))
})

t.test('services are those of the level and the concern', async (t) => {
  t.same(
    of(['R1']).services.map(({ code }) => code),
    ['SV1', 'SV2'],
  )
  t.same(
    of(['S1']).services.map(({ code }) => code),
    ['SV2'],
  )
  t.same(of(['A1']).services, [])
})

t.test('the pins name everything that the result hangs on', async (t) => {
  const all = snapshot([child(['R1'])])
  const { pins } = of(['R1'])
  t.same(pins, {
    policy: 'test-policy',
    policyVersion: '1.10',
    policyHash: contentHash(policy.document),
    statutory: 'test-pack',
    statutoryVersion: '1',
    statutoryHash: contentHash(policy.pack),
    engine: pins.engine,
    calendarHash: calendar.hash,
    snapshotHash: contentHash(all),
  })
  t.not(canonical(of(['R2']).pins), canonical(pins))
})
