// What a referral, an address or a parameter may not be: rows of table A, over REST and over GraphQL alike.
import { randomUUID } from 'node:crypto'
import t from 'tap'
import { operations } from '../../src/features/index.ts'
import { received } from '../support/flow.ts'
import { misshapen, posted, refused, withText, wrapped } from '../support/posting.ts'
import { child, low, referral, withChild } from '../support/referrals.ts'
import { rowsOf } from '../support/rows.ts'
import { type Json, SURFACES } from '../support/surfaces.ts'
import { CALLERS, openWorld } from '../support/world.ts'

const world = await openWorld(t)
const la = await world.authority()
const rows = rowsOf(t, 'test/http/rows-requests.test.ts')

const { immediateDanger: _, ...undecided } = low()
const measured = (value: unknown) => withChild(low(), { measurements: [{ measure: 'attendance', value }] })
const VALUE = '/children/0/measurements/0/value'

rows.row(4, 'refused by its name', (tried) =>
  misshapen(la, tried, {
    'an unknown one': [low({ notes: 'Canary' }), '/notes', 'unknown_property'],
    'a misspelt flag': [{ ...undecided, immediatedanger: true }, '/immediatedanger', 'unknown_property'],
    'deep inside': [withChild(low(), { nickname: 'Canary' }), '/children/0/nickname', 'unknown_property'],
    'whose it is': [low({ authorityId: randomUUID() }), '/authorityId', 'unknown_property'],
    'who sent it': [low({ accountId: randomUUID() }), '/accountId', 'unknown_property'],
  }),
)

rows.row(5, 'refused, never read as true or false', (tried) =>
  misshapen(
    la,
    tried,
    Object.fromEntries(
      [null, 'false', 0, 1, [true], {}, ''].map((flag) => [
        JSON.stringify(flag),
        [low({ immediateDanger: flag }), '/immediateDanger', 'wrong_type'],
      ]),
    ),
  ),
)

rows.row(6, 'refused over REST; GraphQL takes it for a list of one, as its specification says', async (tried) => {
  const body = JSON.stringify(low({ children: child(['EXP-03']) }))
  const refusedBody = await posted(la, 'REST', body)
  tried(refusedBody.status === 400 && refusedBody.error.errors[0].pointer === '/children', 'REST')
  tried.otherwise((await posted(la, 'GraphQL', wrapped('GraphQL', body))).status === 200, 'GraphQL takes it')
  await misshapen(la, tried, { 'a text for a list': [low({ children: 'a' }), '/children', 'wrong_type'] })
})

rows.row(7, 'refused, never rounded or read from text', (tried) =>
  misshapen(
    la,
    tried,
    Object.fromEntries(
      ['7', 1.5, null, true, [7], {}].map((value) => [JSON.stringify(value), [measured(value), VALUE, 'wrong_type']]),
    ),
  ),
)

rows.row(19, 'refused by number and length, in a short answer', async (tried) => {
  const many = { ...low(), children: Array.from({ length: 21 }, (_, i) => child([], { id: `c${i}` })) }
  const wrong = low({ children: Array.from({ length: 100_000 }, () => 1) })
  await misshapen(la, tried, {
    '21 children': [many, '/children', 'too_many_items'],
    '100,000 that are none': [wrong, '/children', 'too_many_items'],
  })
  const texts = {
    '10,000 keys': JSON.stringify(Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`k${i}`, 1]))),
    'a key of 900 kB': withText(`"${'k'.repeat(900_000)}":1`),
  }
  await refused(la, tried, texts, 'invalid_input')
  for (const [name, text] of Object.entries(texts)) {
    const { errors } = (await posted(la, 'REST', text)).error
    tried.otherwise(
      errors.length <= 50 && errors.some(({ code }: Json) => code === 'unknown_property'),
      `REST: ${name} as unknown`,
    )
  }
})

rows.row(22, 'answered as nothing, and no file is opened', async (tried) => {
  const id = randomUUID()
  const paths = [
    `/v1/referrals/${id}%00`,
    '/v1/referrals/%00',
    '/v1/referrals/%2e%2e%2f%2e%2e%2fetc%2fpasswd',
    '/v1/../../etc/passwd',
    '/docs/static/..%2f..%2fpackage.json',
    '/docs/static/%2e%2e/%2e%2e/package.json',
    '//v1/me',
    '/v1//me',
    '/v1/me/',
    '/v1/referrals/%zz',
    '/v1/referrals/%c0%ae%c0%ae',
    `/v1/referrals/${'x'.repeat(10_000)}`,
    `/v1/referrals/${id};x=1`,
    '/V1/ME',
  ]
  const headers = { authorization: `Bearer ${la.accounts.supervisor.token}` }
  for (const url of paths) {
    const response = await world.app.inject({ method: 'GET', url, headers })
    tried([400, 404].includes(response.statusCode) && !/root:|"dependencies"/.test(response.body), url.slice(0, 50))
  }
  for (const referralId of ['\u0000', '../../etc/passwd', 'x'.repeat(10_000), `${id}\u0000`, '']) {
    const answer = await la.call('GraphQL', 'supervisor', 'referral', { params: { referralId } })
    tried(answer.status === 404 || answer.status === 400, `GraphQL: ${JSON.stringify(referralId.slice(0, 30))}`)
  }
})

rows.row(23, 'refused in every list there is', async (tried) => {
  const lists = operations.filter(({ params, route }) => 'first' in params && !route.includes('{'))
  tried(lists.length >= 8, `${lists.length} lists`)
  for (const { name, allow } of lists) {
    const caller = CALLERS[allow[0] ?? 'screener']
    for (const surface of SURFACES)
      for (const first of [1e9, -1, 0, 'NaN', '1e1']) {
        const { status, code } = await la.call(surface, caller, name, { params: { first } })
        tried(status === 400 && code === 'invalid_input', `${surface}: ${name} first=${first} (${status} ${code})`)
      }
  }
  for (const query of ['first=1&first=2', 'first=1&first=1', 'first[]=1', 'first=', '__proto__=1', 'nosuch=1']) {
    const { status } = await la.rest('screener', 'GET', `/v1/referrals?${query}`)
    tried(status === 400, `REST: ${query}`)
  }
})

rows.row(26, 'whoever calls is who the token says, wherever it comes from', async (tried) => {
  const other = await world.authority()
  const forged = {
    'x-forwarded-for': '127.0.0.1, ::1',
    'x-forwarded-host': 'evil.example',
    'x-forwarded-proto': 'http',
    forwarded: 'for=127.0.0.1;host=evil.example',
    'x-real-ip': '127.0.0.1',
    'x-tenant': other.code,
    'x-authority': other.code,
    'x-user': other.accounts.administrator.subject,
    'x-roles': 'administrator',
    'x-http-method-override': 'DELETE',
    'x-original-url': '/v1/audit/verification',
    'x-rewrite-url': '/v1/audit/verification',
  }
  const plain = await la.rest('referrer', 'GET', '/v1/me')
  const answer = await la.rest('referrer', 'GET', '/v1/me', undefined, forged)
  tried(answer.status === 200 && answer.text === plain.text, 'REST')
  const me = await la.graphql('referrer', '{ me { authority roles } }', undefined, forged)
  tried(me.body.data.me.authority === la.code && me.body.data.me.roles.join() === 'referrer', 'GraphQL')
  tried(
    (await la.rest('referrer', 'GET', '/v1/audit/verification', undefined, forged)).status === 403,
    'no more rights',
  )
  for (const surface of SURFACES) {
    const id = await received((...args) => la.call(surface, ...args), low())
    const { status } = await other.rest('supervisor', 'GET', `/v1/referrals/${id}`, undefined, { 'x-tenant': la.code })
    tried(status === 404, `${surface}: another authority’s stays so`)
  }
  tried(!world.log().includes('evil.example'), 'nothing of it is in the log')
})

rows.row(29, 'refused like any other; that no pattern can be slow is shown in test/patterns.test.ts', async (tried) => {
  const slow = [`${'a'.repeat(50_000)}!`, `${'0'.repeat(50_000)}x`, `${'a.'.repeat(25_000)}@`, ' '.repeat(50_000)]
  for (const text of slow) {
    const bodies: Readonly<Record<string, unknown>> = {
      'a date': withChild(low(), { dateOfBirth: text }),
      'a key': referral([child([], { id: text })]),
      'an indicator': referral([child([text])]),
      'a source code': low({ referrer: { agency: 'A', role: 'R', sourceCode: text } }),
      'an address of mail': low({ referrer: { agency: 'A', role: 'R', sourceCode: '2A', email: text } }),
      'an identifier': withChild(low(), { identifiers: [{ scheme: 'nhs', value: text }] }),
    }
    for (const surface of SURFACES)
      for (const [name, body] of Object.entries(bodies)) {
        const { status } = await posted(la, surface, wrapped(surface, JSON.stringify(body)))
        tried(status === 400 || status === 422, `${surface}: ${name} of ${text.slice(0, 3)}…`)
      }
    const { status } = await la.call('REST', 'screener', 'referrals', { params: { after: text.slice(0, 5000) } })
    tried(status === 400, `a cursor of ${text.slice(0, 3)}…`)
  }
})
rows.end()
