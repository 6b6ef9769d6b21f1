import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { type Policy, score } from '../../src/engine/index.ts'
import { onlyRaises } from '../../src/engine/policy/raises.ts'
import { isImplied } from '../../src/engine/policy/raises-conditions.ts'
import type { PolicyDocument } from '../../src/engine/policy/shape.ts'
import type { Recommendation } from '../../src/engine/scoring/recommendation.ts'
import { RESPONSE_TYPES } from '../../src/engine/vocabulary.ts'
import { calendar, compiledPolicies, compileTexts, policyOf } from '../support/policies.ts'
import { changes, rising } from './arbitrary/changes.ts'
import { type Draw, drawFrom } from './arbitrary/draw.ts'
import { wholePolicy } from './arbitrary/repair.ts'
import { anySnapshot } from './arbitrary/snapshot.ts'

const document = compiledPolicies().find(({ file }) => file === 'northmoor/2026-04.yaml')?.policy
  ?.document as PolicyDocument

type Change = (copy: PolicyDocument) => void

function changed(change: Change, from = document): PolicyDocument {
  const copy = structuredClone(from)
  change(copy)
  return copy
}

const indicator = (copy: PolicyDocument, code: string) => {
  const found = copy.indicators.find((spec) => spec.code === code)
  if (!found) throw new Error(`no indicator ${code}`)
  return found
}
const rule = (copy: PolicyDocument, find: (spec: PolicyDocument['rules'][number]) => boolean) => {
  const found = copy.rules.find(find)
  if (!found) throw new Error('no such rule')
  return found
}
const withUnless = (spec: { unless?: unknown }) => spec.unless !== undefined
const response = (copy: PolicyDocument, code: string) => {
  const found = copy.responses.find((spec) => spec.code === code)
  if (!found) throw new Error(`no response ${code}`)
  return found
}
const LETTER = { subject: 's', opening: ['o'], child: ['{{decision}}'], closing: ['{{escalation}}'] }
const set = (target: object | undefined, more: object) =>
  Object.assign(target ?? assert.fail('nothing to change'), more)

t.test('what can only raise is proved to', async (t) => {
  const raising: [string, Change][] = [
    ['nothing', () => {}],
    [
      'another version, later, for a reason',
      ({ document: control }) => set(control, { version: '9', effective: '2027-01-01', changeReason: 'So.' }),
    ],
    ['words', (copy) => set(indicator(copy, 'NEG-01'), { text: 'Other words.', definition: 'More.' })],
    ['enough on its own', (copy) => set(indicator(copy, 'NEG-01'), { alone: true })],
    ['a new indicator', (copy) => copy.indicators.push({ ...indicator(copy, 'NEG-01'), code: 'NEW-01' })],
    ['another category', (copy) => indicator(copy, 'NEG-01').categories.push('missing')],
    ['a new rule', (copy) => copy.rules.push({ ...rule(copy, () => true), id: 'R-NEW' })],
    ['a new cluster', (copy) => copy.clusters.push({ ...(copy.clusters[0] ?? assert.fail()), id: 'C-NEW' })],
    ['strengths that hold nothing back', (copy) => set(copy.clusters.find(withUnless), { unless: undefined })],
    [
      'fewer of a cluster',
      (copy) =>
        set(
          copy.clusters.find(({ count }) => count > 1),
          { count: 1 },
        ),
    ],
    [
      'a more urgent response',
      (copy) => set(response(copy, 'strategy-discussion'), { urgency: copy.urgency.bands[0]?.code }),
    ],
    ['a new question', (copy) => copy.questions.push({ ...(copy.questions[0] ?? assert.fail()), id: 'Q-NEW' })],
    ['a new service', (copy) => copy.services.push({ ...(copy.services[0] ?? assert.fail()), code: 'SV-NEW' })],
    ['more second screening', ({ oversight }) => set(oversight.secondScreening, { randomPercent: 100 })],
  ]
  const worded = changed((copy) => set(copy, { letters: { family: LETTER } }))
  t.ok(
    onlyRaises(
      worded,
      changed((copy) => set(indicator(copy, 'NEG-01'), { alone: true }), worded),
    ).ok,
    'the same letter',
  )
  for (const [name, change] of raising)
    t.strictSame(onlyRaises(document, changed(change)), { ok: true, because: [] }, name)
})

t.test('whatever could lower anything stands against it, and is named', async (t) => {
  const lowering: [string, Change, RegExp][] = [
    ['an indicator taken out', (copy) => copy.indicators.shift(), /indicator .* is taken out/],
    ['an indicator lower', (copy) => set(indicator(copy, 'PHY-06'), { level: 'L3' }), /PHY-06 is at a lower level/],
    ['no longer absolute', (copy) => set(indicator(copy, 'PHY-06'), { absolute: false }), /no longer absolute/],
    ['out of a category', (copy) => set(indicator(copy, 'NEG-01'), { categories: [] }), /leaves a category/],
    ['for other ages', (copy) => set(indicator(copy, 'NEG-01'), { age: { fromMonths: 12 } }), /“age” is changed/],
    ['by less evidence', (copy) => set(indicator(copy, 'NEG-01'), { evidence: ['fact'] }), /“evidence” is changed/],
    [
      'a new strength',
      (copy) => copy.indicators.push({ ...indicator(copy, 'NEG-01'), code: 'NEW', kind: 'protective' }),
      /raises nothing/,
    ],
    [
      'a new indicator with what nobody knows',
      (copy) => copy.indicators.push({ ...indicator(copy, 'NEG-01'), code: 'NEW', halves: true } as never),
      /“halves” cannot be judged/,
    ],
    ['a rule gone', (copy) => copy.rules.shift(), /rule .* is taken out/],
    [
      'a rule held back',
      (copy) =>
        set(
          rule(copy, (spec) => !withUnless(spec)),
          { unless: { protective: ['x'], atLeast: 1 } },
        ),
      /held back/,
    ],
    [
      'a rule on more',
      (copy) => {
        const one = rule(copy, (spec) => 'present' in spec.when || 'all' in spec.when || 'any' in spec.when)
        one.when = { all: [one.when, { present: 'PHY-06' }] }
      },
      /does not hold wherever it held/,
    ],
    [
      'a rule that reaches less',
      (copy) => set(rule(copy, ({ id }) => id === 'R-03').then, { atLeast: 'L1' }),
      /lower level/,
    ],
    ['a cluster of more', (copy) => set(copy.clusters[0], { count: 9 }), /needs more/],
    [
      'a new gate',
      (copy) => copy.gates.push({ ...(copy.gates[0] ?? assert.fail()), id: 'G-NEW' }),
      /could send a child elsewhere/,
    ],
    ['another route', (copy) => set(copy.routing[0], { responses: ['universal-services'] }), /fewer responses/],
    ['routes in another order', (copy) => copy.routing.reverse(), /route of/],
    [
      'a response later',
      (copy) => set(response(copy, 'section-17-assessment'), { statutoryClock: undefined, clock: undefined }),
      /section-17-assessment/,
    ],
    ['a question gone', (copy) => copy.questions.shift(), /question .* is taken out/],
    ['less second screening', ({ oversight }) => set(oversight.secondScreening, { responses: [] }), /second time/],
    [
      'another reason to override',
      ({ oversight }) => oversight.overrideReasons.push({ code: 'x', label: 'Any.' }),
      /overridden/,
    ],
    ['slower', ({ urgency }) => set(urgency.bands[0], { hours: 100 }), /more time/],
    ['another pack', ({ document: control }) => set(control, { statutory: 'other@1' }), /“statutory” is other@1/],
    ['a letter', (copy) => set(copy, { letters: { family: LETTER } }), /The letter “family” is changed.* approval/],
    ['another document', ({ document: control }) => set(control, { id: 'other' }), /“id” is other/],
    ['fewer levels', ({ levels }) => levels.pop(), /levels are not the same/],
    ['a level of another band', ({ levels }) => set(levels[3], { common: 'universal' }), /“common” is changed/],
    ['a section that nobody knows', (copy) => set(copy, { waivers: [] }), /“waivers” is changed/],
  ]
  for (const [name, change, says] of lowering) {
    const { ok, because } = onlyRaises(document, changed(change))
    t.equal(ok, false, name)
    t.match(because.join('\n'), says, name)
  }
})

t.test('a condition that is looser holds wherever the other does; a tighter one need not', async (t) => {
  const rank = (level: string | undefined) => (level === undefined ? -1 : Number(level.slice(1)))
  const a = { present: 'A' }
  const b = { present: 'B' }
  const looser: [object, object][] = [
    [{ all: [a, b] }, a],
    [a, { any: [b, a] }],
    [{ all: [a, b] }, { any: [b, { fact: 'f' }] }],
    [{ atLeast: { n: 2, of: [a, b] } }, { atLeast: { n: 1, of: [b, { fact: 'f' }, a] } }],
    [
      { present: 'A', occurrence: 'often' },
      { present: 'A', occurrence: 'once' },
    ],
    [
      { present: 'A', withinMonths: 3 },
      { present: 'A', withinMonths: 6 },
    ],
    [
      { present: 'A', evidence: ['fact'] },
      { present: 'A', evidence: ['fact', 'observation'] },
    ],
    [{ count: { atLeast: 3, level: 'L3', category: 'neglect' } }, { count: { atLeast: 2, level: 'L2' } }],
    [
      { measure: 'm', is: 'below', value: 80 },
      { measure: 'm', is: 'atMost', value: 79 },
    ],
    [
      { measure: 'm', is: 'above', value: 3 },
      { measure: 'm', is: 'atLeast', value: 4 },
    ],
    [
      { history: { referralsAtLeast: 3, withinMonths: 6, sameConcern: true } },
      { history: { referralsAtLeast: 2, withinMonths: 12 } },
    ],
    [{ not: { any: [{ fact: 'f' }, { fact: 'g' }] } }, { not: { fact: 'f' } }],
  ]
  for (const [strong, weak] of looser) {
    t.ok(isImplied(strong as never, weak as never, rank), `${JSON.stringify(strong)} → ${JSON.stringify(weak)}`)
    const isSame = JSON.stringify(strong) === JSON.stringify(weak) || 'measure' in strong
    if (!isSame) t.notOk(isImplied(weak as never, strong as never, rank), `not the other way: ${JSON.stringify(weak)}`)
  }
})

/** The most serious type among the responses, as a number; less is more serious. */
const seriousness = ({ responses }: Recommendation): number =>
  Math.min(...responses.map(({ type }) => RESPONSE_TYPES.indexOf(type)))

function assertNoLess(from: Policy, to: Policy, draw: Draw): void {
  const snapshot = anySnapshot(draw, from)
  const before = score(from, snapshot, calendar)
  const after = score(to, snapshot, calendar)
  before.forEach((then, i) => {
    const now = after[i] ?? assert.fail('a child is lost')
    for (const end of ['low', 'high', 'floor'] as const)
      assert.ok((now[end]?.rank ?? -1) >= (then[end]?.rank ?? -1), `${end} went down`)
    assert.ok(now.outcome !== 'redirected' || then.outcome === 'redirected', 'the child is sent elsewhere now')
    // Where a person has to look, it is as soon as it could matter; where the level is plain by now, nobody has to.
    const isReviewed = then.responses.some(({ type }) => type === 'human_review')
    const bands = to.urgencyRank
    const isAsUrgent = (bands.get(now.urgency.code) ?? 0) <= (bands.get(then.urgency.code) ?? 0)
    assert.ok(isReviewed || isAsUrgent, 'less urgent')
    if (then.outcome === 'recommended' && now.outcome === 'recommended')
      assert.ok(seriousness(now) <= seriousness(then), 'the response is less serious')
  })
}

const RUNS = Number(process.env['LAWS_RUNS'] ?? 25) * 4

t.test('whatever the proof says, nothing comes out lower for any referral', async (t) => {
  t.setTimeout(RUNS > 800 ? 0 : 110_000)
  let proved = 0
  let told = 0
  const property = fc.property(fc.gen(), (gen) => {
    const draw = drawFrom(gen)
    const written = wholePolicy(draw)
    const { levels } = written.policy as unknown as PolicyDocument
    const routing = draw.chance(80) ? rising(levels) : written.policy['routing']
    const texts = { pack: JSON.stringify(written.pack) }
    const rerouted = compileTexts({ ...texts, policy: JSON.stringify({ ...written.policy, routing }) }).policy
    const from = rerouted ?? policyOf({ ...texts, policy: JSON.stringify(written.policy) })
    const { provenance: _, ...other } = changes(draw, from.document)
    const { policy: to } = compileTexts({ ...texts, policy: JSON.stringify(other) })
    if (!to || to.hash === from.hash) return
    told += 1
    if (!onlyRaises(from.document, to.document).ok) return
    proved += 1
    for (let i = 0; i < 8; i++) assertNoLess(from, to, draw)
  })
  fc.assert(property, { numRuns: RUNS })
  t.comment(`${proved} of ${told} changed policies were proved to raise`)
  t.ok(proved > RUNS / 20, `the proof is found often enough to mean something: ${proved} of ${told}`)
  t.ok(told - proved > RUNS / 20, 'and refused often enough')
})
