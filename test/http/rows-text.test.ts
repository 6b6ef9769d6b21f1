// What text may not be, and what it may: table B, over REST and over GraphQL alike.
import t from 'tap'
import { received } from '../support/flow.ts'
import { narrative, plain } from '../support/hostile-texts.ts'
import { kept, keptInAll, misshapen } from '../support/posting.ts'
import { low, withChild } from '../support/referrals.ts'
import { rowsOf, type Tried } from '../support/rows.ts'
import { type Call, type Json, SURFACES } from '../support/surfaces.ts'
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

const reasonOf = (content: Json) => content.reason
const nameOf = (content: Json) => `${content.children[0].name.given}, ${content.children[0].name.family ?? ''}`

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
  await kept(la, tried, { 'line ends and tabs in narrative': told('One\nTwo\r\n\tThree') }, reasonOf)
})

/** The screener's report of what was told about a child, in both forms, as each surface gives them. */
async function shownForms(text: string): Promise<{ name: string; form: string; isPage: boolean }[]> {
  const evidence = [{ kind: 'observation', source: 'Class teacher', date: '2026-11-20', text }]
  const body = withChild(low(), { findings: [{ indicator: 'PHY-04', state: 'present', evidence }] })
  const page = await la.rest('screener', 'POST', '/v1/score/explanation?format=html', body)
  const lines = await la.rest('screener', 'POST', '/v1/score/explanation?format=text', body)
  const document = `query($input: ReferralContentInput!) { scoreExplanation(input: $input) { explanations { text html } } }`
  const { explanations } = (await la.graphql('screener', document, { input: body })).body.data.scoreExplanation
  return [
    { name: 'REST, a page', form: page.text, isPage: true },
    { name: 'REST, text', form: lines.text, isPage: false },
    { name: 'GraphQL, a page', form: explanations[0].html, isPage: true },
    { name: 'GraphQL, text', form: explanations[0].text, isPage: false },
  ]
}

rows.row(33, 'refused in a name, kept in narrative and shown as what it is', async (tried) => {
  const signs = ['\u202a', '\u202e', '\u2066', '\u2069', '\u200b', '\u200f', '\u2060', '\ufeff', '\u{e0041}']
  for (const sign of signs) {
    const code = `U+${sign.codePointAt(0)?.toString(16)}`
    await misshapen(la, tried, { [`${code} in a name`]: [named(`Zo${sign}e`), NAME, 'text_deceptive'] })
  }
  const text = `a${signs.join('')}b`
  await kept(la, tried, { 'all of them in narrative': told(text) }, reasonOf)
  // A byte order mark counts as a blank.
  const expected = `a${signs.map((sign) => (sign === '\ufeff' ? ' ' : '\ufffd')).join('')}b`
  for (const { name, form } of await shownForms(text)) {
    tried(form.replaceAll(/\s+/g, ' ').includes(expected), `${name}: a sign in the place of each`)
    tried(!signs.some((sign) => form.includes(sign)), `${name}: and none of them`)
  }
  for (const surface of SURFACES) {
    const { data } = await la.call(surface, 'screener', 'scoreReferral', { body: told(text) })
    const plain = await la.call(surface, 'screener', 'scoreReferral', { body: told('ab') })
    const { pins: _, ...scored } = data.recommendations[0]
    const { pins: __, ...unmarked } = plain.data.recommendations[0]
    tried.otherwise(JSON.stringify(scored) === JSON.stringify(unmarked), `${surface}: nothing of it is flagged`)
  }
})

rows.row(34, 'kept as sent, and found as one', async (tried) => {
  await kept(la, tried, { composed: named('Zo\u00eb'), decomposed: named('Zoe\u0308') }, nameOf)
  const other = await world.authority()
  const child = { dateOfBirth: '2016-03-02', name: { given: 'Zo\u00eb', family: 'Quillfeather' } }
  const on: Call = (who, operation, request) => other.call('REST', who, operation, request)
  await received(on, withChild(low(), child))
  const again = withChild(low(), { ...child, name: { given: 'Zoe\u0308', family: 'Quillfeather' } })
  const params = { referralId: await received(on, again), child: 'a' }
  const { data } = await on('screener', 'childMatches', { params })
  tried(data.candidates.length === 1, 'the earlier referral is found')
})

rows.row(35, 'kept as sent, and never taken for one person by itself', async (tried) => {
  const latin = { dateOfBirth: '2016-04-02', name: { given: 'Ava', family: 'Pace' } }
  const cyrillic = { ...latin, name: { given: '\u0410v\u0430', family: '\u0420\u0430\u0441\u0435' } }
  await kept(la, tried, { Cyrillic: withChild(low(), cyrillic) }, nameOf)
  const other = await world.authority()
  for (const surface of SURFACES) {
    const on: Call = (who, operation, request) => other.call(surface, who, operation, request)
    await received(on, withChild(low(), { ...latin, id: 'latin' }))
    const referralId = await received(on, withChild(low(), cyrillic))
    const { data } = await on('screener', 'childMatches', { params: { referralId, child: 'a' } })
    const joined = data.candidates.filter((one: Json) => one.isJoined && one.child === 'latin')
    tried(joined.length === 0, `${surface}: nobody but a person says that two are one`)
  }
})

rows.row(36, 'received, and given back to the byte', async (tried) => {
  const names = [
    'Siân',
    'O’Brien-Ní Dhomhnaill',
    "D'Arcy",
    'Nguyễn Thị Ánh',
    'محمد علي',
    'عائشہ',
    'יוסף',
    '李小龍',
    '𠮷野',
  ]
  names.push('Anna-Lena Müller', 'ਗੁਰਪ੍ਰੀਤ', 'நிலா', 'Zoë 🦊', '👩‍👧‍👦', 'A', 'van der Berg', 'Łukasz Żółć', "N'Golo")
  tried(new Set([...names, ...plain]).size > 300, 'more than 300 of them')
  await keptInAll(la, tried, { names: [...names, ...plain], narratives: [...narrative, ...plain] })
})

rows.row(37, 'counted in code points, as JSON Schema does: the longest is kept, one more is refused', async (tried) => {
  await kept(
    la,
    tried,
    { '200 letters': named('x'.repeat(200)), '200 signs of two units': named('🦊'.repeat(200)) },
    nameOf,
  )
  await misshapen(la, tried, {
    '201 letters': [named('x'.repeat(201)), NAME, 'too_big'],
    '201 signs of two units': [named('🦊'.repeat(201)), NAME, 'too_big'],
    'narrative without end': [told('x'.repeat(20_001)), '/reason', 'too_big'],
  })
  await kept(la, tried, { 'the longest narrative': told('é'.repeat(20_000)) }, reasonOf)
  for (const surface of SURFACES) {
    const agency = '🦊'.repeat(200)
    const body = low({ referrer: { agency, role: 'Teacher', sourceCode: '2A' } })
    const id = await received((...args) => la.call(surface, ...args), body)
    const [row] = await world.sql('select char_length(agency) as n from referrals where id = $1', [id])
    tried(row?.['n'] === 200, `${surface}: the database counts as the service does`)
    for (const [length, status] of [
      [255, 201],
      [256, 400],
    ] as const) {
      const answer = await la.call(surface, 'referrer', 'receiveReferral', { body: low(), key: 'k'.repeat(length) })
      tried(answer.status === status || answer.code === 'idempotency_mismatch', `${surface}: a key of ${length}`)
    }
  }
  const bounds = await world.sql(
    `select conname from pg_constraint where contype = 'c' and pg_get_constraintdef(oid) ~ '(char_|[^_])length\\([^)]*\\) *<=? *[0-9]'`,
  )
  tried.otherwise(bounds.map(({ conname }) => conname).join() === 'idempotency_keys_key_check', 'it bounds keys alone')
})

/** What does harm where somebody takes text for more than text. */
const MARKUP = [
  '<script>alert(1)</script>',
  '=HYPERLINK("http://evil.example")',
  '@SUM(A1)',
  '**bold** [a](javascript:b)',
]

rows.row(38, 'kept as sent, and shown as text', async (tried) => {
  await kept(la, tried, Object.fromEntries(MARKUP.map((text) => [text, told(text)])), reasonOf)
  const body = low({ referrer: { agency: MARKUP[0], role: MARKUP[0], sourceCode: '2A' }, reason: MARKUP[0] })
  const page = await la.rest('screener', 'POST', '/v1/score/explanation?format=html', body)
  tried(page.status === 200 && !page.text.includes('<script>'), 'a page')
  for (const { name, form, isPage } of await shownForms(`${MARKUP[0]} & "so"`)) {
    const shown = isPage ? '&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;so&quot;' : `${MARKUP[0]} & "so"`
    tried(form.includes(shown) && form.includes('<script') === !isPage, `${name}: what was told`)
  }
  const json = await la.rest('referrer', 'POST', '/v1/referrals', body)
  tried(json.headers['x-content-type-options'] === 'nosniff', 'JSON is not taken for a page')
})

rows.row(39, 'kept as sent', async (tried) => {
  const payloads = [
    "'; drop table referrals; --",
    "' or '1'='1",
    '$1 $$ \\x27',
    '{"$gt":""}',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is what somebody sends
    '${jndi:ldap://evil.example/a}',
    '{{7*7}} #{7*7} <%= 7*7 %>',
    '") { referral { id } } mutation { x(',
    '../../../etc/passwd',
    '%s%s%n',
    '`id` $(id) | id',
    '\\u0000 \\\\ \\"',
  ]
  const before = (await world.sql('select count(*)::int as n from pg_tables')).map(({ n }) => n)
  await kept(la, tried, Object.fromEntries(payloads.map((text) => [text, told(text)])), reasonOf)
  await kept(la, tried, Object.fromEntries(payloads.map((text) => [`${text} as a name`, named(text)])), nameOf)
  tried(
    JSON.stringify((await world.sql('select count(*)::int as n from pg_tables')).map(({ n }) => n)) ===
      JSON.stringify(before),
    'all tables are there',
  )
})

rows.row(40, 'names like any other', (tried) => {
  const words = ['Null', 'null', 'undefined', 'true', 'None', 'N/A', 'NaN', '0', '-', 'nil', 'constructor', '__proto__']
  const bodies = words.map((family) => [family, withChild(low(), { name: { given: 'Ada', family } })] as const)
  return kept(la, tried, Object.fromEntries(bodies), nameOf)
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
rows.end()
