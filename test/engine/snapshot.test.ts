/** A referral becomes what scoring reads: whole months, no names, one order. */
import t from 'tap'
import { canonical } from '../../src/engine/hash.ts'
import { Referral } from '../../src/engine/referral/shape.ts'
import { type Around, ageOf, toSnapshot } from '../../src/engine/referral/snapshot.ts'
import { policyOf, scoreOne } from '../support/policies.ts'

const AROUND: Around = { receivedAt: '2026-03-10T09:30:00.000Z' }
const evidence = (more: object = {}) => ({ kind: 'fact', source: 'Teacher', text: 'Seen.', ...more })

const CHILDREN = [
  {
    id: 'ada',
    name: { given: 'Ada' },
    dateOfBirth: '2019-03-11',
    findings: [
      { indicator: 'R1', state: 'present', evidence: [evidence(), evidence({ date: '2026-01-10' })] },
      { indicator: 'R4', state: 'unknown' },
    ],
    measurements: [
      { measure: 'attendance', value: 71 },
      { measure: 'attendance', value: 90 },
    ],
    otherConcerns: ['Odd.', 'Cold.'],
  },
  {
    id: 'ben',
    expectedDate: '2026-06-01',
    findings: [
      { indicator: 'R3', state: 'present' },
      { indicator: 'S1', state: 'absent' },
    ],
  },
]

/** A referral of two children with a household and a context; every list has at least two things in it. */
function referral(more: object = {}): Referral {
  return Referral.parse({
    referrer: { agency: 'School', role: 'Head', sourceCode: '2A' },
    reason: 'Worried.',
    immediateDanger: false,
    consent: { sought: true, obtained: true },
    children: CHILDREN,
    household: {
      findings: [
        { indicator: 'R2', state: 'present' },
        { indicator: 'PR1', state: 'present' },
      ],
      otherConcerns: ['Dogs.', 'Damp.'],
    },
    contexts: [
      {
        id: 'park',
        kind: 'place',
        description: 'The park.',
        children: ['ada'],
        findings: [
          { indicator: 'O1', state: 'present' },
          { indicator: 'PR3', state: 'unknown' },
        ],
      },
    ],
    facts: [
      { code: 'not_seen', answer: 'yes' },
      { code: 'open_case', answer: 'no' },
    ],
    earlierReferrals: [{ date: '2025-12-10', categories: ['neglect'] }, { date: '2025-01-01' }],
    ...more,
  })
}

t.test('findings of the household reach every child, those of a context only the children it bears on', async (t) => {
  const [ada, ben] = toSnapshot(referral(), AROUND).children
  const codes = (one: typeof ada) => one?.findings.map(({ indicator, subject }) => `${indicator} ${subject}`).sort()
  t.same(codes(ada), ['O1 context', 'PR1 household', 'PR3 context', 'R1 child', 'R2 household', 'R4 child'])
  t.same(codes(ben), ['PR1 household', 'R2 household', 'R3 child', 'S1 child'])
  t.same(ada?.unmapped, ['Cold.', 'Damp.', 'Dogs.', 'Odd.'])
  t.same(ben?.unmapped, ['Damp.', 'Dogs.'])
})

t.test('no name, date of birth, address or narrative is in it', async (t) => {
  const text = canonical(
    toSnapshot(referral({ household: { address: '1 High Street', findings: [] }, parentsViews: 'Cross.' }), AROUND),
  )
  for (const word of ['Ada', '2019', 'High Street', 'Cross', 'Worried', '2026-06-01', '2025'])
    t.notOk(text.includes(word), word)
})

t.test('the same referral written in any order, and with repetitions, has the same bytes', async (t) => {
  const twice = <T>(list: readonly T[] | undefined): T[] => [...(list ?? []), ...(list ?? [])].reverse()
  const one = referral()
  const other: Referral = {
    ...one,
    children: [...one.children].reverse().map((child) => ({
      ...child,
      findings: twice(child.findings).map((finding) => ({
        ...finding,
        ...(finding.evidence && { evidence: twice(finding.evidence) }),
      })),
      ...(child.measurements && { measurements: twice(child.measurements) }),
      ...(child.otherConcerns && { otherConcerns: twice(child.otherConcerns) }),
    })),
    household: {
      ...one.household,
      findings: twice(one.household?.findings),
      otherConcerns: twice(one.household?.otherConcerns),
    },
    contexts: twice(one.contexts),
    facts: twice(one.facts),
    earlierReferrals: twice(one.earlierReferrals),
  }
  t.equal(canonical(toSnapshot(other, AROUND)), canonical(toSnapshot(one, AROUND)))
})

t.test('ages are completed months on the London date; an estimate is a range; unborn is −1', async (t) => {
  const today = '2026-03-10'
  t.same(ageOf({ dateOfBirth: '2019-03-10' }, today), { low: 84, high: 84 })
  t.same(ageOf({ dateOfBirth: '2019-03-11' }, today), { low: 83, high: 83 })
  t.same(ageOf({ dateOfBirth: today }, today), { low: 0, high: 0 })
  t.same(ageOf({ ageEstimate: { fromYears: 3, toYears: 4 } }, today), { low: 36, high: 59 })
  t.same(ageOf({ expectedDate: '2026-06-01' }, today), { low: -1, high: -1 })
  t.same(ageOf({ dateOfBirth: '2019-03-10', ageEstimate: { fromYears: 3, toYears: 4 } }, today), { low: 84, high: 84 })
  t.equal(ageOf({}, today), null)
  const summer = toSnapshot(referral({ children: [{ id: 'a', dateOfBirth: '2025-07-15' }] }), {
    receivedAt: '2026-07-14T23:30:00.000Z',
  })
  t.same(summer.children[0]?.age, { low: 12, high: 12 }, 'half past eleven in UTC is the next day in London')
})

t.test('a date of birth still to come means unborn, be it months or days away', async (t) => {
  for (const dateOfBirth of ['2026-08-01', '2026-04-11', '2026-03-20', '2026-03-11']) {
    const age = ageOf({ dateOfBirth }, '2026-03-10')
    t.ok(age !== null && age.low < 0 && age.high < 0, `${dateOfBirth} gives ${JSON.stringify(age)}`)
  }
})

t.test('earlier referrals of the referrer and of the authority are joined, one of a day being one', async (t) => {
  const history = new Map([
    [
      'ada',
      [
        { date: '2025-12-10', categories: ['self_harm'] },
        { date: '2026-02-01', categories: [] },
      ],
    ],
  ])
  const [ada, ben] = toSnapshot(referral(), { ...AROUND, history }).children
  t.same(ada?.history.map(({ monthsAgo, categories }) => `${monthsAgo} ${categories.join('+')}`).sort(), [
    '1 ',
    '14 ',
    '2 neglect+self_harm',
  ])
  t.equal(ben?.history.length, 2)
})

t.test('evidence keeps what is known: occurrence and completed months, null where nothing was said', async (t) => {
  const [first, second] =
    toSnapshot(referral(), AROUND).children[0]?.findings.find(({ indicator }) => indicator === 'R1')?.evidence ?? []
  t.same([first?.monthsAgo, second?.monthsAgo].sort(), [1, null])
  t.equal(first?.occurrence, null)
})

t.test('consent is what was said of it', async (t) => {
  const state = (consent: object) => toSnapshot(referral({ consent }), AROUND).consent
  t.same(
    [
      { sought: false },
      { sought: true },
      { sought: true, obtained: true },
      { sought: true, obtained: false },
      { sought: false, obtained: true },
    ].map(state),
    ['not_sought', 'unknown', 'obtained', 'refused', 'not_sought'],
  )
})

t.test('the features of a good referral are seen where they are', async (t) => {
  t.same(toSnapshot(referral(), AROUND).quality, [
    'concern_and_rationale',
    'discussed_and_consent',
    'history_and_earlier_help',
  ])
  const timely = (noticedOn: string) => toSnapshot(referral({ noticedOn }), AROUND).quality.includes('timely')
  t.same(['2026-03-10', '2026-03-03', '2026-03-02'].map(timely), [true, true, false])
  const help = (...words: string[]) =>
    toSnapshot(
      referral({ earlierHelp: words.map((text) => ({ help: text, by: 'School', effect: 'unknown' })) }),
      AROUND,
    ).monitoringOnly
  t.same(
    [
      help('School will monitor.'),
      help('Monitoring'),
      help('Mentor'),
      help('Monitor', 'Mentor'),
      toSnapshot(referral(), AROUND).monitoringOnly,
    ],
    [true, true, false, false, false],
  )
})

t.test(
  'an earlier referral exactly three months before is within three months, one a day earlier is not',
  async (t) => {
    const policy = policyOf({})
    const alerts = (date: string) => {
      const { children } = toSnapshot(referral({ earlierReferrals: [{ date, categories: ['neglect'] }] }), AROUND)
      return scoreOne(policy, children[0]!).alerts.some(({ code }) => code === 'same_concern_within_3_months')
    }
    t.same(['2025-12-11', '2025-12-10', '2025-12-09'].map(alerts), [true, true, false])
  },
)
