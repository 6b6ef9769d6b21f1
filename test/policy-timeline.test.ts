// Which version applies to a referral of a day on a day, and what each version is, from facts alone.
import t from 'tap'
import { appliesOn, stateOn, type VersionFacts } from '../src/features/policies/timeline.ts'

type Told = Partial<Pick<VersionFacts, 'isHotfix' | 'legacyUntil' | 'retirement' | 'recordedAt'>>

function version(id: string, effectiveFrom: string, told: Told = {}): VersionFacts {
  const recordedAt = `${effectiveFrom}T09:00:00.000Z`
  return { id, effectiveFrom, recordedAt, retirement: null, isHotfix: false, legacyUntil: null, ...told }
}

const A = version('a', '2026-01-01')
const B = version('b', '2026-04-01')
const LEGACY = version('b', '2026-04-01', { legacyUntil: '2026-06-30' })
const C = version('c', '2026-07-01', { legacyUntil: '2026-12-31' })
const FIX = version('fix', '2026-05-01', { isHotfix: true })
const retired = (one: VersionFacts, from: string, at: string) => ({
  ...one,
  retirement: { from, at: `${at}T12:00:00.000Z` },
})

t.test('the version that applies, day by day', async (t) => {
  const rows: [string, VersionFacts[], string, string, string | undefined][] = [
    ['before the first', [A, B], '2025-12-31', '2025-12-31', undefined],
    ['on its first day', [A, B], '2026-01-01', '2026-01-01', 'a'],
    ['on its last day', [A, B], '2026-03-31', '2026-03-31', 'a'],
    ['on the day of the next', [B, A], '2026-04-01', '2026-04-01', 'b'],
    ['an older referral, where nobody said that it goes on', [A, B], '2026-04-01', '2026-03-31', 'b'],
    ['an older referral that goes on', [A, LEGACY], '2026-04-01', '2026-03-31', 'a'],
    ['on the last day that was said', [A, LEGACY], '2026-06-30', '2026-03-31', 'a'],
    ['the day after', [A, LEGACY], '2026-07-01', '2026-03-31', 'b'],
    ['a new referral meanwhile', [A, LEGACY], '2026-06-30', '2026-04-01', 'b'],
    ['one referral through two changes', [A, LEGACY, C], '2026-07-01', '2026-03-31', 'b'],
    ['one from between', [A, LEGACY, C], '2026-12-31', '2026-05-01', 'b'],
    ['one that came before the first', [A, LEGACY], '2026-05-01', '2025-12-31', 'a'],
    ['a hotfix', [A, B, FIX], '2026-05-01', '2026-05-01', 'fix'],
    ['a hotfix, and a referral of before it', [A, B, FIX], '2026-05-01', '2026-04-15', 'fix'],
    ['a hotfix leaves alone what goes on under an earlier one', [A, LEGACY, FIX], '2026-05-01', '2026-03-31', 'a'],
    ['as long as it goes on', [A, LEGACY, FIX], '2026-07-01', '2026-03-31', 'fix'],
    ['and not what came in under the one in its place', [A, LEGACY, FIX], '2026-05-01', '2026-04-15', 'fix'],
    [
      'two of one day: the one recorded last',
      [A, B, { ...version('b2', '2026-04-01'), recordedAt: '2026-04-01T10:00:00.000Z' }],
      '2026-04-01',
      '2026-04-01',
      'b2',
    ],
    [
      'retired: the one before does not come back',
      [A, retired(B, '2026-05-01', '2026-04-10')],
      '2026-05-01',
      '2026-05-01',
      undefined,
    ],
    ['the day before it retires', [A, retired(B, '2026-05-01', '2026-04-10')], '2026-04-30', '2026-04-30', 'b'],
    [
      'retired on its first day, too late to be called off',
      [A, retired(B, '2026-04-01', '2026-04-01')],
      '2026-04-01',
      '2026-04-01',
      undefined,
    ],
    ['called off the day before', [A, retired(B, '2026-04-01', '2026-03-31')], '2026-04-01', '2026-04-01', 'a'],
    [
      'said beforehand, but from a later day',
      [A, retired(B, '2026-04-02', '2026-03-31')],
      '2026-04-01',
      '2026-04-01',
      'b',
    ],
    [
      'what goes on ends with its own retirement',
      [retired(A, '2026-05-01', '2026-04-10'), LEGACY],
      '2026-05-01',
      '2026-03-31',
      'b',
    ],
  ]
  for (const [name, versions, on, receivedOn, id] of rows)
    t.equal(appliesOn(versions, { on, receivedOn })?.id, id, name)
})

t.test('what each version is on a day', async (t) => {
  const rows: [string, VersionFacts[], string, string[]][] = [
    ['one to come', [A, B], '2026-03-31', ['in_force', 'scheduled']],
    ['one after the other', [A, B], '2026-04-01', ['superseded', 'in_force']],
    ['while some go on', [A, LEGACY], '2026-06-30', ['legacy', 'in_force']],
    ['and after', [A, LEGACY], '2026-07-01', ['superseded', 'in_force']],
    ['two steps', [A, LEGACY, C], '2026-07-01', ['superseded', 'legacy', 'in_force']],
    ['a hotfix beside what goes on', [A, LEGACY, FIX], '2026-05-01', ['legacy', 'superseded', 'in_force']],
    ['called off', [A, retired(B, '2026-03-01', '2026-03-01')], '2026-03-01', ['in_force', 'retired']],
    ['retired', [A, retired(B, '2026-05-01', '2026-04-10')], '2026-05-01', ['superseded', 'retired']],
  ]
  for (const [name, versions, on, states] of rows)
    t.strictSame(
      versions.map((one) => stateOn(versions, one, on)),
      states,
      name,
    )
})
