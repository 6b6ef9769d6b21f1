// What numbers and dates may not be: table C, over REST and over GraphQL alike.
import t from 'tap'
import { kept, misshapen, posted, refused, withText, wrapped } from '../support/posting.ts'
import { low, referral, withChild } from '../support/referrals.ts'
import { rowsOf } from '../support/rows.ts'
import { SURFACES } from '../support/surfaces.ts'
import { openWorld } from '../support/world.ts'

const world = await openWorld(t)
const la = await world.authority()
const rows = rowsOf(t, 'test/http/rows-dates.test.ts')

/** A referral in which a number stands as it is written. */
const number = (text: string): string =>
  JSON.stringify(low()).replace('"id":"a"', `"id":"a","measurements":[{"measure":"attendance","value":${text}}]`)
const numbers = (...texts: readonly string[]) => Object.fromEntries(texts.map((text) => [text, number(text)]))

rows.row(42, 'refused, for it could not be given back', async (tried) => {
  await refused(la, tried, numbers('9007199254740993', '-9007199254740993', '12345678901234567890'), 'number_unsafe')
  await refused(la, tried, { 'where nobody looks': withText('"a":9007199254740993') }, 'number_unsafe')
})

rows.row(43, 'refused', (tried) => refused(la, tried, numbers('1e400', '-1e400', '1e-400', '1E+999'), 'number_unsafe'))

rows.row(44, 'refused, for it could not be given back as sent', (tried) =>
  refused(la, tried, numbers('-0', '1.0', '1e0', '70e-1', '0.7e1', '-0.0'), 'number_unsafe'),
)

const AT_BIRTH = '/children/0/dateOfBirth'
const born = (dateOfBirth: unknown) => withChild(low(), { dateOfBirth })
const births = (code: string, ...dates: readonly unknown[]) =>
  Object.fromEntries(dates.map((date) => [JSON.stringify(date), [born(date), AT_BIRTH, code] as const]))

rows.row(45, 'refused', async (tried) => {
  const nowhere = [
    '2026-02-30',
    '2025-02-29',
    '2100-02-29',
    '2026-13-01',
    '2026-00-10',
    '2026-04-31',
    '10000-01-01',
    '-000001-01-01',
  ]
  await misshapen(la, tried, births('invalid_format', ...nowhere))
  await misshapen(la, tried, births('custom', '0000-01-01', '0001-01-01', '1899-12-31'))
})

rows.row(46, 'refused', (tried) =>
  misshapen(
    la,
    tried,
    births(
      'invalid_format',
      ...[
        'infinity',
        '-infinity',
        'epoch',
        'today',
        'now',
        'tomorrow',
        'J2461000',
        '01/02/2026',
        '20260101',
        '2026-1-1',
      ],
      ...['2026-W05', '2026-032', '2018-05-04T00:00:00Z', ' 2018-05-04', '２０１８-05-04', '2018–05–04', ''],
    ),
  ),
)

rows.row(47, 'refused; a child that is expected says when', async (tried) => {
  await misshapen(la, tried, births('date_in_future', '2026-11-25', '2027-06-01'), 'unprocessable')
  const unborn = referral([
    { id: 'baby', expectedDate: '2027-02-01', findings: [{ indicator: 'UNB-04', state: 'present' }] },
  ])
  await kept(la, tried, { 'an expected child': unborn }, (content) => content.children[0].expectedDate)
})

rows.row(48, 'refused as no child, from the month on in which somebody is older than 25', async (tried) => {
  await misshapen(la, tried, births('not_a_child', '2001-10-24', '1999-01-01', '1950-06-01'), 'unprocessable')
  await kept(la, tried, { 'of 25 years': born('2001-10-25') }, (content) => content.children[0].dateOfBirth)
  const withReason = { ...born('1999-01-01'), reason: 'She is a care leaver, and 27.' }
  await misshapen(la, tried.otherwise, { 'with a reason': [withReason, AT_BIRTH, 'not_a_child'] }, 'unprocessable')
})

rows.row(49, 'received with what is known', async (tried) => {
  const { dateOfBirth: _, ...unknown } = low().children[0] ?? { id: 'a' }
  await kept(la, tried, { 'no date of birth': referral([{ ...unknown, id: 'a' }]) }, (content) =>
    String(content.children[0].dateOfBirth ?? 'unknown'),
  )
  await kept(
    la,
    tried,
    { 'an estimate': referral([{ ...unknown, id: 'a', ageEstimate: { fromYears: 5, toYears: 7 } }]) },
    (content) => `${content.children[0].ageEstimate.fromYears} to ${content.children[0].ageEstimate.toYears}`,
  )
})

rows.row(50, 'refused', async (tried) => {
  const instants = ['2026-11-24T10:00:00', '2026-11-24T10:00:00+24:00', '2026-11-24T10:00:60Z', '2026-11-24T24:00:00Z']
  const others = [
    '2026-11-24',
    '2026-02-30T00:00:00Z',
    '0000-01-01T00:00:00Z',
    'now',
    '24/11/2026 10:00',
    '2026-11-24T10:00:00+01:00',
    '1e3',
    '',
  ]
  for (const surface of SURFACES)
    for (const from of [...instants, ...others])
      for (const operation of ['referrals', 'decisions']) {
        const { status, code } = await la.call(surface, 'screener', operation, { params: { from } })
        tried(status === 400 && code === 'invalid_input', `${surface}: ${operation} from ${from}`)
      }
})

rows.row(51, 'the day is that of London, the whole year through', async (tried) => {
  const { now } = world.clock
  // British Summer Time ends on 31 October 2027: at 23:30 UTC on the 30th it is the 31st in London, a night later it is not.
  const days: [string, string, boolean][] = [
    ['2027-10-30T22:59:59Z', '2027-10-31', false],
    ['2027-10-30T23:00:00Z', '2027-10-31', true],
    ['2027-10-31T23:30:00Z', '2027-11-01', false],
    ['2027-11-01T00:00:00Z', '2027-11-01', true],
    ['2027-03-28T23:00:00Z', '2027-03-29', true],
    ['2028-02-29T00:00:00Z', '2028-02-29', true],
    ['2028-02-28T23:59:59Z', '2028-02-29', false],
  ]
  for (const [at, birth, isBorn] of days)
    for (const surface of SURFACES) {
      world.clock.now = Date.parse(at)
      const { status } = await posted(la, surface, wrapped(surface, JSON.stringify(born(birth))))
      tried(status < 300 === isBorn, `${surface}: at ${at} a child of ${birth} is ${isBorn ? '' : 'not '}born`)
    }
  world.clock.now = now
})

rows.row(52, 'a day that was not yet is refused, and what orders is the clock of the service', async (tried) => {
  const noticed = (noticedOn: string) => low({ noticedOn })
  await misshapen(
    la,
    tried.otherwise,
    { tomorrow: [noticed('2026-11-25'), '/noticedOn', 'date_in_future'] },
    'unprocessable',
  )
  const past = { today: noticed('2026-11-24'), yesterday: noticed('2026-11-23'), 'long ago': noticed('2025-11-24') }
  await kept(la, tried, past, (content) => content.noticedOn)
  await misshapen(la, tried, {
    'a time of receipt': [low({ receivedAt: '2020-01-01T00:00:00Z' }), '/receivedAt', 'unknown_property'],
  })
})
rows.end()
