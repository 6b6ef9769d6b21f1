/** What a well-formed referral cannot mean is refused with a pointer, all of it at once. */
import t from 'tap'
import { checkReferral } from '../../src/engine/referral/check.ts'
import { Referral } from '../../src/engine/referral/shape.ts'
import { policyOf } from '../support/policies.ts'

const policy = policyOf({})
const RECEIVED = '2026-03-10T09:30:00.000Z'
const PLAIN = {
  referrer: { agency: 'School', role: 'Head', sourceCode: '2A' },
  reason: 'Worried.',
  immediateDanger: false,
  consent: { sought: true },
  children: [{ id: 'a' }],
}
const problems = (more: object, receivedAt = RECEIVED): string[] =>
  checkReferral(Referral.parse({ ...PLAIN, ...more }), receivedAt, policy).map(
    ({ pointer, code }) => `${pointer} ${code}`,
  )
const child = (more: object) => ({ children: [{ id: 'a', ...more }] })

t.test('a plain referral has no problem', async (t) => {
  t.same(problems({}), [])
})

const context = (...children: string[]) => ({
  contexts: [
    { id: 'park', kind: 'place', description: 'p', children, findings: [{ indicator: 'A2', state: 'present' }] },
  ],
})
const evidence = { kind: 'fact', source: 's', text: 't', date: '2026-03-11' }
const IMPOSSIBLE: [string, object, string[]][] = [
  [
    'two children of one name',
    { children: [{ id: 'a' }, { id: 'a', dateOfBirth: '2020-01-01' }] },
    ['/children/1/id duplicate_child'],
  ],
  ['a context of nobody', context('a', 'b'), ['/contexts/0/children/1 unknown_child']],
  ['born tomorrow', child({ dateOfBirth: '2026-03-11' }), ['/children/0/dateOfBirth date_in_future']],
  ['born today', child({ dateOfBirth: '2026-03-10' }), []],
  ['an adult', child({ dateOfBirth: '2000-03-09' }), ['/children/0/dateOfBirth not_a_child']],
  ['twenty-five', child({ dateOfBirth: '2001-03-10' }), []],
  ['two ages', child({ dateOfBirth: '2020-01-01', expectedDate: '2026-06-01' }), ['/children/0 age_contradiction']],
  [
    'an estimate the wrong way round',
    child({ ageEstimate: { fromYears: 5, toYears: 3 } }),
    ['/children/0/ageEstimate age_contradiction'],
  ],
  ['noticed tomorrow', { noticedOn: '2026-03-11' }, ['/noticedOn date_in_future']],
  ['referred tomorrow', { earlierReferrals: [{ date: '2026-03-11' }] }, ['/earlierReferrals/0/date date_in_future']],
  [
    'seen tomorrow',
    child({ findings: [{ indicator: 'R1', state: 'present', evidence: [evidence] }] }),
    ['/children/0/findings/0/evidence/0/date date_in_future'],
  ],
  ['consent from nobody', { consent: { sought: false, obtained: true } }, ['/consent/obtained consent_contradiction']],
  [
    'an indicator of another policy',
    { household: { findings: [{ indicator: 'Z9', state: 'absent' }] } },
    ['/household/findings/0/indicator unknown_indicator'],
  ],
  [
    'a measure of another policy',
    child({ measurements: [{ measure: 'absences', value: 1 }] }),
    ['/children/0/measurements/0/measure unknown_measure'],
  ],
  ['an answer to no question', { facts: [{ code: 'unheard', answer: 'yes' }] }, ['/facts/0/code unknown_fact']],
  ['a level of another policy', { suggestedLevel: 'L9' }, ['/suggestedLevel unknown_level']],
]

t.test('each thing that cannot be is named at its place', async (t) => {
  for (const [title, more, expected] of IMPOSSIBLE) t.same(problems(more), expected, title)
})

t.test('today is the day in London', async (t) => {
  t.same(problems({ noticedOn: '2026-07-15' }, '2026-07-14T23:30:00.000Z'), [])
  t.same(problems({ noticedOn: '2026-01-15' }, '2026-01-14T23:30:00.000Z'), ['/noticedOn date_in_future'])
})

t.test('all problems are named at once', async (t) => {
  t.equal(
    problems({ ...child({ dateOfBirth: '2030-01-01' }), noticedOn: '2030-01-01', suggestedLevel: 'L9' }).length,
    3,
  )
})

t.test('the shape takes nothing for something else', async (t) => {
  const rows: [string, object][] = [
    ['danger not answered', { immediateDanger: undefined }],
    ['danger as a word', { immediateDanger: 'false' }],
    ['danger as a number', { immediateDanger: 0 }],
    ['danger as nothing', { immediateDanger: null }],
    ['no child', { children: [] }],
    ['a misspelt property', { imediateDanger: true }],
    ['a day that does not exist', child({ dateOfBirth: '2025-02-29' })],
    ['an instant as a date', child({ dateOfBirth: '2025-02-28T00:00:00Z' })],
    ['blank text', { reason: '  ' }],
    ['half of a character', { reason: '\ud800' }],
    ['NUL', { reason: 'a\u0000b' }],
    ['a control character', { reason: 'a\u0007b' }],
    ['a name that runs backwards', { referrer: { ...PLAIN.referrer, role: 'a\u202eb' } }],
    ['a role on two lines', { referrer: { ...PLAIN.referrer, role: 'a\nb' } }],
    ['a state of its own', child({ findings: [{ indicator: 'R1', state: 'maybe' }] })],
    ['a fraction', child({ measurements: [{ measure: 'attendance', value: 79.5 }] })],
    ['a number in words', child({ measurements: [{ measure: 'attendance', value: '79' }] })],
  ]
  for (const [title, more] of rows) t.notOk(Referral.safeParse({ ...PLAIN, ...more }).success, title)
})
