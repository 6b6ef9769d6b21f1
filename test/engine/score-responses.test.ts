/** What follows from a level: gates, withholding, routes, urgency and due times, over the small policy. */
import t from 'tap'
import { score } from '../../src/engine/index.ts'
import type { Recommendation } from '../../src/engine/scoring/recommendation.ts'
import { calendar, child, edited, finding, PACK, policyOf, SMALL, scoreOne, snapshot } from '../support/policies.ts'

const policy = policyOf({})
const unknown = (code: string) => finding(code, { state: 'unknown' })
const codes = (list: readonly { code: string }[]): string => list.map(({ code }) => code).join(' ')
const alerts = ({ alerts: list }: Recommendation): string[] => list.map(({ code }) => code)
const OPEN = { facts: [{ code: 'open_case', answer: 'yes' as const }] }

t.test('a gate that is open redirects, and shows what was found all the same', async (t) => {
  const result = scoreOne(policy, child(['R1', 'R2']), OPEN)
  t.equal(result.outcome, 'redirected')
  t.equal(codes(result.responses), 'REDIRECT')
  t.equal(result.level?.code, 'N')
  t.match(codes(result.alternatives), /ASSESS/)
  t.ok(alerts(result).includes('gate_open'))
  t.match(result.gates, [{ id: 'open_case', answer: 'yes', outcome: 'open_case' }])
})

t.test('a gate hides nothing that is absolute, statutory, dangerous or calls for protection', async (t) => {
  for (const found of [['A1'], ['A3'], ['R4', 'S1'], ['A2'], ['R3', 'R4']]) {
    const result = scoreOne(policy, child(found), OPEN)
    t.equal(result.outcome, 'recommended', found.join(' '))
    t.match(codes(result.responses), /REDIRECT/)
    t.match(codes(result.responses), /PROTECT|STRATEGY|ASSESS/)
  }
  t.equal(scoreOne(policy, child([]), { ...OPEN, immediateDanger: true }).outcome, 'recommended')
})

t.test('a gate says how it was answered; of two answers the more worrying counts', async (t) => {
  const answer = (...answers: ('yes' | 'no' | 'unknown')[]) =>
    scoreOne(policy, child(['R1']), { facts: answers.map((one) => ({ code: 'open_case', answer: one })) }).gates[0]
      ?.answer
  t.same(
    [answer(), answer('no'), answer('unknown'), answer('no', 'unknown'), answer('yes', 'no')],
    ['not_asked', 'no', 'unknown', 'unknown', 'yes'],
  )
})

t.test('a level is withheld, and a person asked, when what was written cannot be placed', async (t) => {
  const rows: [string, Recommendation, boolean][] = [
    ['nothing found', scoreOne(policy, child([])), true],
    ['only protective', scoreOne(policy, child(['PR1'])), true],
    ['only absent', scoreOne(policy, child([finding('R1', { state: 'absent' })])), true],
    ['only unknown', scoreOne(policy, child([unknown('A1')])), true],
    ['a concern that fits nothing', scoreOne(policy, child(['R3'], { unmapped: ['Odd.'] })), true],
    ['a concern that fits nothing, at the top', scoreOne(policy, child(['A1'], { unmapped: ['Odd.'] })), false],
    ['a code of another policy', scoreOne(policy, child(['R3', 'Z9'])), true],
    ['a code of another policy, absent', scoreOne(policy, child(['R3', finding('Z9', { state: 'absent' })])), true],
    ['found of a child of another age', scoreOne(policy, child(['R3', 'B1'])), true],
    ['ordinary development', scoreOne(policy, child(['X1'])), false],
    ['one finding', scoreOne(policy, child(['R1'])), false],
  ]
  for (const [title, result, isWithheld] of rows) {
    t.equal(result.level === null, isWithheld, title)
    t.equal(result.withheldBecause.length > 0, isWithheld, title)
    t.equal(result.outcome, isWithheld ? 'withheld' : 'recommended', title)
    t.equal(codes(result.responses).includes('REVIEW'), isWithheld, `${title}: ${codes(result.responses)}`)
  }
})

t.test('what could not be placed may be anything: the high end is the highest level', async (t) => {
  t.same(
    [child(['R1'], { unmapped: ['Odd.'] }), child(['R1', 'Z9']), child(['R1', 'B1'])].map(
      (one) => scoreOne(policy, one).high?.code,
    ),
    ['P', 'P', 'P'],
  )
})

t.test('withheld hides neither a floor nor its response', async (t) => {
  const result = scoreOne(policy, child(['A3'], { unmapped: ['Odd.'] }))
  t.equal(result.level, null)
  t.equal(result.floor?.code, 'N')
  t.match(codes(result.alternatives), /ASSESS/)
})

t.test('the first route that surely holds is taken; one that may hold is among the alternatives', async (t) => {
  const rows: [string, Parameters<typeof child>[0], string, RegExp][] = [
    ['the condition holds', ['R3', 'R1'], 'ASSESS EARLY', /STRATEGY/],
    ['it does not', ['R1', 'R2'], 'ASSESS', /^EARLY$/],
    ['a level below', ['R1'], 'EARLY', /^$/],
    ['a level above', ['R3', 'R4'], 'STRATEGY', /^$/],
    ['it may hold', ['R1', 'R2', unknown('R3')], 'ASSESS', /EARLY/],
    ['the level may be higher', ['R1', unknown('R2')], 'EARLY', /ASSESS/],
  ]
  for (const [title, found, responses, alternatives] of rows) {
    const result = scoreOne(policy, child(found))
    t.equal(codes(result.responses), responses, title)
    t.match(codes(result.alternatives), alternatives, title)
  }
})

t.test('what triggers and rules ask for comes first, most serious first, each once with every reason', async (t) => {
  const danger = scoreOne(policy, child(['A1', 'A2', 'R3']), { facts: [{ code: 'not_seen', answer: 'yes' }] })
  t.equal(codes(danger.responses), 'PROTECT STRATEGY')
  t.same(danger.responses[1]?.because, ['What a child says counts.', 'Unseen.', 'Protection.'])
  const unsure = scoreOne(policy, child(['R1', unknown('A1')]))
  t.match(codes(unsure.responses), /REVIEW/, 'what may call for protection is established by a person')
  t.match(codes(unsure.alternatives), /STRATEGY/)
})

t.test('a trigger without an indicator of its type gets the response that the pack names first', async (t) => {
  const pack = edited(PACK, [
    'responses: [strategy_discussion, immediate_protection]',
    'responses: [immediate_protection, strategy_discussion]',
  ])
  t.equal(codes(scoreOne(policyOf({ pack }), child(['A1'])).responses), 'PROTECT STRATEGY')
})

t.test('urgency is the most urgent band that anything certain asks for, and the default otherwise', async (t) => {
  const seen = { facts: [{ code: 'not_seen', answer: 'yes' as const }] }
  const rows: [string, Recommendation, string, string][] = [
    ['nothing asks', scoreOne(policy, child(['R1'])), 'later', '2026-03-17T09:30:00.000Z'],
    ['an indicator', scoreOne(policy, child(['A2'])), 'now', '2026-03-10T10:30:00.000Z'],
    ['a response', scoreOne(policy, child(['A1'])), 'soon', '2026-03-11T09:30:00.000Z'],
    ['a rule', scoreOne(policy, child(['R3']), seen), 'now', '2026-03-10T10:30:00.000Z'],
    ['a rule that does not hold', scoreOne(policy, child(['R3'])), 'later', '2026-03-17T09:30:00.000Z'],
    ['danger', scoreOne(policy, child(['R1']), { immediateDanger: true }), 'now', '2026-03-10T10:30:00.000Z'],
  ]
  for (const [title, { urgency }, code, dueAt] of rows) {
    t.equal(urgency.code, code, title)
    t.equal(urgency.dueAt, dueAt, title)
    t.equal(urgency.because.length > 0, code !== 'later', title)
  }
  const open = scoreOne(policy, child(['R1', unknown('A2')]))
  t.equal(open.urgency.code, 'now', 'what a person has to establish is established as soon as it would matter')
})

t.test('a response is due by its own clock, or has none yet where that starts later', async (t) => {
  const clocks = Object.fromEntries(
    ['A2', 'A1', 'A3', 'R1']
      .flatMap((code) => scoreOne(policy, child([code])).responses)
      .map(({ code, clocks }) => [code, clocks.map(({ dueAt }) => dueAt)]),
  )
  t.same(clocks, {
    PROTECT: ['2026-03-10T10:30:00.000Z'],
    STRATEGY: ['2026-03-11T17:00:00.000Z'],
    ASSESS: ['2026-05-15T16:00:00.000Z'],
    EARLY: [null],
  })
})

t.test('siblings are scored apart, and what is of the household reaches both', async (t) => {
  const household = [finding('R2', { subject: 'household' })]
  const [a, b] = score(
    policy,
    snapshot([child(['A1', ...household], { id: 'a' }), child([...household], { id: 'b' })]),
    calendar,
  )
  t.same([a?.child, a?.level?.code, b?.child, b?.level?.code], ['a', 'P', 'b', 'E'])
})

t.test('a household finding about one child’s age is no riddle for the others', async (t) => {
  const feeding = finding('B1', { subject: 'household' })
  const [baby, girl] = score(
    policy,
    snapshot([child([feeding], { id: 'a', age: { low: 2, high: 2 } }), child(['R1', feeding], { id: 'b' })]),
    calendar,
  )
  t.same([baby?.level?.code, girl?.level?.code], ['N', 'E'])
  const [alone] = score(policy, snapshot([child(['R1', feeding])]), calendar)
  t.equal(alone?.level, null, 'but where it fits nobody a person looks')
  const [, other] = score(
    policy,
    snapshot([
      child([], { id: 'a', age: { low: 2, high: 2 } }),
      child(['R1', finding('B1', { subject: 'context' })], { id: 'b' }),
    ]),
    calendar,
  )
  t.equal(other?.level, null, 'and a context names its children')
})

t.test('the same policy with the levels of another authority is as strict', async (t) => {
  const renamed = policyOf({ policy: SMALL.replaceAll('label: Protection', 'label: Community') })
  t.equal(scoreOne(renamed, child(['A1'])).level?.common, 'child_protection')
})
