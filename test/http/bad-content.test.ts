// What a referral cannot say, over both surfaces: the same code, and over REST the place. Nothing is stored.
import t from 'tap'
import { received } from '../support/flow.ts'
import { child, low, type ReferralBody, referral, withChild } from '../support/referrals.ts'
import { type Answer, onBoth } from '../support/surfaces.ts'
import { openWorld } from '../support/world.ts'

const world = await openWorld(t)

/** What is wrong, where, and what it is called. `GraphQL` says that its type system stops it before the operation. */
type Row = readonly [name: string, body: unknown, pointer: string, code: string, stopped?: 'GraphQL']

const { immediateDanger: _, ...undecided } = low()
const born = (dateOfBirth: unknown) => withChild(low(), { dateOfBirth })
const named = (given: string) => withChild(low(), { name: { given } })
const finding = (more: object) =>
  referral([{ id: 'a', findings: [{ indicator: 'EXP-03', state: 'present', ...more }] }])

const SHAPES: readonly Row[] = [
  ['an unknown property', low({ notes: 'x' }), '/notes', 'unknown_property', 'GraphQL'],
  ['a misspelt flag', { ...undecided, immediatedanger: true }, '/immediatedanger', 'unknown_property', 'GraphQL'],
  [
    'an unknown property deep inside',
    finding({ states: 1 }),
    '/children/0/findings/0/states',
    'unknown_property',
    'GraphQL',
  ],
  ['a flag as "false"', low({ immediateDanger: 'false' }), '/immediateDanger', 'wrong_type', 'GraphQL'],
  ['a flag as 0', low({ immediateDanger: 0 }), '/immediateDanger', 'wrong_type', 'GraphQL'],
  ['a flag as null', low({ immediateDanger: null }), '/immediateDanger', 'wrong_type', 'GraphQL'],
  ['a flag in a list', low({ immediateDanger: [true] }), '/immediateDanger', 'wrong_type', 'GraphQL'],
  ['a flag left out', undecided, '/immediateDanger', 'missing_property', 'GraphQL'],
  ['no children', referral([]), '/children', 'too_small'],
  ['text as a number', low({ reason: 7 }), '/reason', 'wrong_type', 'GraphQL'],
  [
    'a state that there is not',
    finding({ state: 'Present' }),
    '/children/0/findings/0/state',
    'invalid_value',
    'GraphQL',
  ],
  [
    'too many children',
    referral(Array.from({ length: 21 }, (_, i) => child([], { id: `c${i}` }))),
    '/children',
    'too_many_items',
  ],
  ['a child key with a space', withChild(low(), { id: 'a b' }), '/children/0/id', 'invalid_format'],
  [
    'a source code that there is not',
    low({ referrer: { agency: 'A', role: 'R', sourceCode: '1Z' } }),
    '/referrer/sourceCode',
    'invalid_value',
  ],
  ['someone else’s tenant', low({ authorityId: world.key.x }), '/authorityId', 'unknown_property', 'GraphQL'],
]

const measured = (value: unknown) => withChild(low(), { measurements: [{ measure: 'attendance', value }] })
const VALUE = '/children/0/measurements/0/value'

const NUMBERS: readonly Row[] = [
  ['a number as text', measured('7'), VALUE, 'wrong_type', 'GraphQL'],
  ['a fraction', measured(1.5), VALUE, 'wrong_type', 'GraphQL'],
  ['a number as null', measured(null), VALUE, 'wrong_type', 'GraphQL'],
  ['a negative percentage', measured(-1), VALUE, 'too_small'],
  ['a number beyond all measure', measured(1_000_001), VALUE, 'too_big'],
]

const AT_BIRTH = '/children/0/dateOfBirth'
const DATES: readonly Row[] = [
  ...[
    '2026-02-30',
    '2025-02-29',
    '2026-13-01',
    '2026-00-10',
    '10000-01-01',
    '-000001-01-01',
    '01/02/2026',
    '20260101',
  ].map((date): Row => [`a birth on ${date}`, born(date), AT_BIRTH, 'invalid_format']),
  ...['infinity', 'epoch', 'today', 'now', 'J2461000', '2018-05-04T00:00:00Z', '', ' 2018-05-04'].map(
    (date): Row => [`a birth on “${date}”`, born(date), AT_BIRTH, 'invalid_format'],
  ),
  ['a birth in year 0', born('0000-01-01'), AT_BIRTH, 'custom'],
  ['a birth before 1900', born('1899-12-31'), AT_BIRTH, 'custom'],
  ['a birth as a number', born(20180504), AT_BIRTH, 'wrong_type'],
]

const lone = '\ud800'
const NAME = '/children/0/name/given'
const TEXTS: readonly Row[] = [
  ['NUL in a name', named('Zo\u0000e'), NAME, 'text_nul'],
  ['NUL in narrative', low({ reason: 'a\u0000b' }), '/reason', 'text_nul'],
  ['half a surrogate pair in a name', named(`Zo${lone}e`), NAME, 'text_ill_formed'],
  ['half a surrogate pair in narrative', low({ reason: `a${lone}` }), '/reason', 'text_ill_formed'],
  ['an escape sequence in narrative', low({ reason: '\u001b[31mred' }), '/reason', 'text_control'],
  ['a C1 control in narrative', low({ reason: 'a\u0085b' }), '/reason', 'text_control'],
  ['two lines in a name', named('Zoe\nSmith'), NAME, 'text_control'],
  ['a right-to-left override in a name', named('Zoe\u202eeoZ'), NAME, 'text_deceptive'],
  ['an isolate in a name', named('Zoe\u2066'), NAME, 'text_deceptive'],
  ['a zero-width space in a name', named('Zo\u200be'), NAME, 'text_deceptive'],
  ['a tag character in a name', named('Zoe\u{e0041}'), NAME, 'text_deceptive'],
  ['an empty name', named(''), NAME, 'text_empty'],
  ['a name of blanks', named('   '), NAME, 'text_empty'],
  ['a name beyond all measure', named('x'.repeat(201)), NAME, 'too_big'],
]

for (const [about, rows] of Object.entries({ shapes: SHAPES, numbers: NUMBERS, dates: DATES, texts: TEXTS })) {
  onBoth(t, world, `${about} that a referral cannot have are refused with their place`, async (t, la) => {
    const before = await world.counts()
    for (const operation of ['receiveReferral', 'scoreReferral'])
      for (const [name, body, pointer, code, stopped] of rows) {
        const refused = await la.on('referrer', operation, { body })
        t.strictSame(facts(refused), { status: 400, code: 'invalid_input', isDone: false }, `${operation}: ${name}`)
        if (!(stopped && la.surface === 'GraphQL'))
          t.match(at(refused, pointer), { in: 'body', code }, `${operation}: ${name}, its place`)
        t.notOk(echoes(refused, body), `${operation}: ${name} is not repeated`)
      }
    t.strictSame(await world.counts(), before)
  })
}

const facts = ({ status, code, data }: Answer) => ({ status, code, isDone: data !== null })

const at = ({ errors }: Answer, pointer: string) => errors.find((wrong) => wrong.pointer === pointer)

/** Whether an answer repeats a text that was sent; short ones stand in every sentence. */
function echoes({ text }: Answer, body: unknown): boolean {
  const sent = JSON.stringify(body).matchAll(/"(?:name|given|reason|dateOfBirth|text)":"([^"]{6,})"/g)
  return [...sent].some(([, words = '']) => text.includes(words))
}

t.test('one item is no list; GraphQL alone, by its specification, takes it for a list of one', async (t) => {
  const la = await world.authority()
  const body = low({ children: child(['EXP-03']) })
  const refused = await la.call('REST', 'referrer', 'scoreReferral', { body })
  t.match(refused, { status: 400, errors: [{ pointer: '/children', code: 'wrong_type' }] })
  t.equal((await la.call('GraphQL', 'referrer', 'scoreReferral', { body })).data.recommendations.length, 1)
})

const MEANINGS: readonly [name: string, body: ReferralBody, pointer: string, code: string, refusal?: string][] = [
  ['a birth tomorrow', born('2026-11-25'), AT_BIRTH, 'date_in_future'],
  ['an adult', born('1999-01-01'), AT_BIRTH, 'not_a_child'],
  ['born and expected', withChild(low(), { expectedDate: '2027-02-01' }), '/children/0', 'age_contradiction'],
  ['two children of one key', referral([child([]), child([])]), '/children/1/id', 'duplicate_child'],
  ['noticed tomorrow', low({ noticedOn: '2026-11-25' }), '/noticedOn', 'date_in_future'],
  [
    'consent obtained unsought',
    low({ consent: { sought: false, obtained: true } }),
    '/consent/obtained',
    'consent_contradiction',
  ],
  ['a level that there is not', low({ suggestedLevel: 'L7' }), '/suggestedLevel', 'unknown_level'],
  ['a fact that there is not', low({ facts: [{ code: 'nosuch', answer: 'yes' }] }), '/facts/0/code', 'unknown_fact'],
  [
    'a measure that there is not',
    withChild(low(), { measurements: [{ measure: 'atendance', value: 1 }] }),
    '/children/0/measurements/0/measure',
    'unknown_measure',
  ],
  [
    'a context of nobody',
    low({ contexts: [{ id: 'x', kind: 'place', description: 'A park', children: ['zz'] }] }),
    '/contexts/0/children/0',
    'unknown_child',
  ],
  [
    'an indicator that there is not',
    referral([child(['PHY-60'])]),
    '/children/0/findings/0/indicator',
    'unknown_indicator',
    'unknown_indicator',
  ],
]

onBoth(
  t,
  world,
  'what cannot be is refused with its place, on receipt, in a revision and in a score',
  async (t, la) => {
    const id = await received(la.on, low())
    const before = await world.counts()
    for (const [name, body, pointer, code, refusal = 'unprocessable'] of MEANINGS) {
      const refused = await la.on('referrer', 'receiveReferral', { body })
      t.match(refused, { status: 422, code: refusal, errors: [{ pointer, code }], data: null }, name)
      t.match(await la.on('referrer', 'scoreReferral', { body }), {
        status: 422,
        code: refusal,
        errors: [{ pointer, code }],
      })
      const revision = { basedOn: 1, reason: 'News', content: body }
      const revised = await la.on('referrer', 'reviseReferral', { params: { referralId: id }, body: revision })
      t.match(revised, { status: 422, errors: [{ pointer: `/content${pointer}`, code }] }, `${name}, revised`)
    }
    t.strictSame(await world.counts(), before)
  },
)

onBoth(
  t,
  world,
  'for an unknown indicator the nearest is named, and everything wrong is named at once',
  async (t, la) => {
    const body = referral([child(['PHY-60', 'NEG-1', 'EXP-03'], { dateOfBirth: '2031-01-01' })])
    const { errors } = await la.on('referrer', 'receiveReferral', { body })
    const details = errors.filter(({ code }) => code === 'unknown_indicator').map(({ detail }) => detail)
    t.equal(details.length, 2)
    t.match(details[0], /PHY-0?6/)
    t.match(details[1], /NEG-1/)
    t.ok(errors.some(({ code }) => code === 'date_in_future'))
  },
)

onBoth(t, world, 'an unborn child is referred by the expected date', async (t, la) => {
  const body = referral([
    { id: 'baby', expectedDate: '2027-02-01', findings: [{ indicator: 'UNB-04', state: 'present' }] },
  ])
  const { status, data } = await la.on('referrer', 'receiveReferral', { body })
  t.equal(status, 201)
  t.equal(data.referral.content.children[0].expectedDate, '2027-02-01')
})
