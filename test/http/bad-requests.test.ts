// What is no request at all: bytes that are no JSON, the wrong type of body, addresses and parameters that are none.
import { randomUUID } from 'node:crypto'
import t from 'tap'
import { low } from '../support/referrals.ts'
import { openWorld } from '../support/world.ts'

const world = await openWorld(t)
const la = await world.authority()
const authorization = `Bearer ${la.accounts.supervisor.token}`
const text = JSON.stringify(low())
const MIB = 1024 * 1024

async function post(
  url: string,
  payload: string | Buffer | undefined,
  headers: Record<string, string | undefined> = {},
) {
  const sent = { authorization, 'idempotency-key': randomUUID(), 'content-type': 'application/json', ...headers }
  const kept = Object.fromEntries(
    Object.entries(sent).filter((pair): pair is [string, string] => pair[1] !== undefined),
  )
  return await world.app.inject({ method: 'POST', url, headers: kept, ...(payload === undefined ? {} : { payload }) })
}

/** A body with one property put before the others, as text: what JSON.stringify would never write. */
const withText = (property: string): string => `{${property},${text.slice(1)}`

const BODIES: readonly [name: string, payload: string | Buffer, code: string, status?: number][] = [
  ['nothing', '', 'invalid_input'],
  ['blanks', '  ', 'json_malformed'],
  ['a list', '[]', 'invalid_input'],
  ['a text', '"x"', 'invalid_input'],
  ['null', 'null', 'invalid_input'],
  ['a number', '7', 'invalid_input'],
  ['half a body', text.slice(0, 40), 'json_malformed'],
  ['two bodies', text + text, 'json_malformed'],
  ['a comma too many', text.replace(/}$/, ',}'), 'json_malformed'],
  ['a comment', `/* hello */${text}`, 'json_malformed'],
  ['single quotes', text.replaceAll('"', "'"), 'json_malformed'],
  ['NaN', withText('"a":NaN'), 'json_malformed'],
  ['Infinity', withText('"a":Infinity'), 'json_malformed'],
  ['a leading nought', withText('"a":01'), 'json_malformed'],
  ['a byte order mark', `\ufeff${text}`, 'json_malformed'],
  ['a duplicate key', withText('"immediateDanger":true'), 'json_duplicate_key'],
  ['a duplicate key in disguise', withText('"\\u0069mmediateDanger":true'), 'json_duplicate_key'],
  ['a duplicate key deep inside', withText('"a":[{"b":{"c":1,"c":2}}]'), 'json_duplicate_key'],
  ['__proto__', withText('"__proto__":{"immediateDanger":true}'), 'json_forbidden_key'],
  ['__proto__ in disguise', withText('"\\u005f_proto__":{}'), 'json_forbidden_key'],
  ['constructor.prototype', withText('"constructor":{"prototype":{}}'), 'json_forbidden_key'],
  ['33 levels', withText(`"a":${'['.repeat(32)}${']'.repeat(32)}`), 'json_too_deep'],
  ['100,000 levels', '['.repeat(100_000), 'json_too_deep'],
  ['an unsafe integer', withText('"a":9007199254740993'), 'number_unsafe'],
  ['a negative unsafe integer', withText('"a":-9007199254740993'), 'number_unsafe'],
  ['a number beyond all', withText('"a":1e400'), 'number_unsafe'],
  ['a negative nought', withText('"a":-0'), 'number_unsafe'],
  ['a negative nought in disguise', withText('"a":-0.0e1'), 'number_unsafe'],
  [
    'invalid UTF-8',
    Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xff, 0xfe]), Buffer.from('"}')]),
    'json_invalid_utf8',
  ],
  [
    'overlong UTF-8',
    Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xc0, 0xaf]), Buffer.from('"}')]),
    'json_invalid_utf8',
  ],
  [
    'an encoded surrogate',
    Buffer.concat([Buffer.from('"'), Buffer.from([0xed, 0xa0, 0x80]), Buffer.from('"')]),
    'json_invalid_utf8',
  ],
  ['more than a megabyte', JSON.stringify(low({ reason: 'x'.repeat(MIB) })), 'payload_too_large', 413],
  ['100,000 items', JSON.stringify(low({ children: Array.from({ length: 100_000 }, () => 1) })), 'invalid_input'],
  [
    '10,000 unknown keys',
    JSON.stringify(Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`k${i}`, 1]))),
    'invalid_input',
  ],
]

const urls = { REST: '/v1/referrals', GraphQL: '/graphql', 'a score': '/v1/score' }

for (const [surface, url] of Object.entries(urls)) {
  t.test(`a body that is none is refused and stores nothing (${surface})`, async (t) => {
    const before = await world.counts()
    for (const [name, payload, code, status = 400] of BODIES) {
      const response = await post(url, payload)
      const problem = response.json()
      const isOwn = surface === 'GraphQL' && code === 'invalid_input'
      t.match(
        { status: response.statusCode, code: problem.code },
        { status, code: isOwn ? 'graphql_request' : code },
        name,
      )
      t.match(response.headers['content-type'], 'application/problem+json', name)
      t.ok(response.body.length < 20_000, `${name}: a short answer`)
      t.match(problem, { traceId: /./, status, type: /./, title: /./, detail: /./ })
    }
    t.strictSame(await world.counts(), before)
  })

  t.test(`a body of another type is refused (${surface})`, async (t) => {
    const before = await world.counts()
    const types = [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'application/xml',
      'application/graphql',
      'application/jsonp',
      'application/json; charset=utf-16',
      'application/json; charset=iso-8859-1',
      undefined,
    ]
    for (const type of types) {
      const response = await post(url, text, { 'content-type': type })
      t.match(
        { status: response.statusCode, ...response.json() },
        { status: 415, code: 'unsupported_media_type' },
        `${type}`,
      )
    }
    for (const encoding of ['gzip', 'br', 'deflate', 'x-unknown']) {
      const response = await post(url, text, { 'content-encoding': encoding })
      t.match(
        { status: response.statusCode, ...response.json() },
        { status: 415, code: 'unsupported_media_type' },
        encoding,
      )
    }
    t.strictSame(await world.counts(), before)
  })
}

t.test('JSON may say that it is UTF-8, and the largest body is taken', async (t) => {
  for (const type of ['application/json; charset=utf-8', 'application/json;charset="UTF-8"', 'application/json'])
    t.equal((await post('/v1/referrals', text, { 'content-type': type })).statusCode, 201, type)
  const deep = `{"a":${'['.repeat(31)}${']'.repeat(31)}}`
  t.equal((await post('/v1/referrals', deep)).json().code, 'invalid_input', '32 levels are read')
})

t.test('a number that would be kept as another is refused', async (t) => {
  const body = JSON.stringify(low()).replace(
    '"id":"a"',
    '"id":"a","measurements":[{"measure":"attendance","value":VALUE}]',
  )
  t.equal((await post('/v1/score', body.replace('VALUE', '7'))).statusCode, 200)
  for (const value of ['1e-400', '6.99999999999999999999', '7.0', '7e0', '70e-1'])
    t.match((await post('/v1/score', body.replace('VALUE', value))).json(), { status: 400 }, value)
})

t.test('the place of a duplicate, forbidden or unsafe value is named', async (t) => {
  const table = [
    ['{"a":[0,{"b/c":1,"b/c":2}]}', '/a/1/b~1c', 'json_duplicate_key'],
    ['{"a":{"__proto__":1}}', '/a/__proto__', 'json_forbidden_key'],
    ['{"a":[1,2,-0]}', '/a/2', 'number_unsafe'],
  ] as const
  for (const [payload, pointer, code] of table)
    t.match((await post('/v1/referrals', payload)).json(), { code, errors: [{ in: 'body', pointer, code }] })
})

t.test('a write that takes no body refuses one', async (t) => {
  const { body } = await la.rest('referrer', 'POST', '/v1/referrals', low())
  const url = `/v1/referrals/${body.referral.id}/recommendations`
  for (const payload of ['[]', 'null', '7', '{"level":"L1"}'])
    t.match(
      (await post(url, payload)).json(),
      { code: 'invalid_input', errors: [{ code: 'unexpected_body' }] },
      payload,
    )
  for (const payload of ['{}', undefined])
    t.equal((await post(url, payload, payload === undefined ? { 'content-type': undefined } : {})).statusCode, 201)
  t.equal((await la.rest('supervisor', 'POST', url, undefined, { 'content-type': 'text/plain' })).status, 415)
})

t.test('what is not there is 404, what is not done there is 405 with what is', async (t) => {
  const id = randomUUID()
  const table = [
    ['GET', '/nothing', 404, undefined],
    ['GET', '/v1', 404, undefined],
    ['GET', '//v1/me', 404, undefined],
    ['GET', '/v1/../v1/me%2f', 404, undefined],
    ['GET', '/v1/referrals/not-an-id', 404, undefined],
    ['GET', `/v1/referrals/${id}%00`, 404, undefined],
    ['DELETE', '/v1/referrals', 405, 'GET, POST'],
    ['PUT', `/v1/referrals/${id}`, 405, 'GET'],
    ['PATCH', `/v1/decisions/${id}`, 405, 'GET'],
    ['DELETE', `/v1/decisions/${id}`, 405, 'GET'],
    ['GET', `/v1/recommendations/${id}/decision`, 405, 'POST'],
    ['GET', '/graphql', 405, 'POST'],
    ['HEAD', '/v1/me', 405, 'GET'],
    ['OPTIONS', '/v1/me', 405, 'GET'],
    ['TRACE', '/v1/me', 405, 'GET'],
  ] as const
  for (const [method, url, status, allow] of table) {
    const response = await world.app.inject({ method: method as 'GET', url, headers: { authorization } })
    t.match({ status: response.statusCode, allow: response.headers['allow'] }, { status, allow }, `${method} ${url}`)
    t.match(response.headers['content-type'], 'application/problem+json', `${method} ${url}`)
  }
})

t.test('an address that cannot be read is a problem like any other, and is not repeated', async (t) => {
  for (const [url, status] of [
    ['/v1/decisions/%zz', 404],
    [`/v1/decisions/${'canary'.repeat(40)}`, 404],
  ] as const) {
    const response = await world.app.inject({ method: 'GET', url, headers: { authorization } })
    t.equal(response.statusCode, status, url.slice(0, 30))
    t.match(response.headers['content-type'], 'application/problem+json')
    t.match(response.json(), { code: /^[a-z_]+$/, traceId: /./ })
    t.notMatch(response.body, /canary|%zz/)
  }
})
