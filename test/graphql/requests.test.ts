// GraphQL over HTTP: what is a request, what is none, and that the second time is like the first.
import { randomUUID } from 'node:crypto'
import t from 'tap'
import { low, withheld } from '../support/referrals.ts'
import { openWorld } from '../support/world.ts'

const world = await openWorld(t)
const la = await world.authority()
const ME = '{ me { displayName roles } }'
const RECEIVE = 'mutation($input: ReferralContentInput!) { receiveReferral(input: $input) { referral { id } } }'

t.test('a document that cannot be run is 400, with what is wrong with it', async (t) => {
  const before = await world.counts()
  const documents = {
    'no document': '',
    'no GraphQL': 'hello',
    'a brace too few': '{ me { displayName }',
    'an unknown field': '{ me { password } }',
    'an unknown operation': '{ users { id } }',
    'an unknown argument': '{ referrals(last: 3) { pageInfo { endCursor } } }',
    'no fields of an object': '{ me }',
    'a fragment of itself': '{ me { ...a } } fragment a on Me { ...a }',
    'an undeclared variable': '{ referrals(first: $n) { pageInfo { endCursor } } }',
    'a literal of another type': '{ referrals(first: "1") { pageInfo { endCursor } } }',
    'a subscription': 'subscription { me { displayName } }',
  }
  for (const [name, document] of Object.entries(documents)) {
    for (const time of ['first', 'second', 'third']) {
      const { status, body } = await la.graphql('screener', document)
      t.equal(status, 400, `${name}, the ${time} time`)
      t.match(body.errors, [{ message: /./, extensions: { code: /^[a-z_]+$/ } }], name)
      t.notOk(body.data, name)
    }
  }
  t.strictSame(await world.counts(), before)
})

t.test('variables that do not fit are 400 each time, and their values are not repeated', async (t) => {
  const before = await world.counts()
  const cases: [string, string, unknown][] = [
    ['missing', RECEIVE, {}],
    ['null', RECEIVE, { input: null }],
    ['no object', RECEIVE, { input: 'Canary Wharf' }],
    ['an unknown property', RECEIVE, { input: low({ nickname: 'Canary Wharf' }) }],
    ['a text for a flag', RECEIVE, { input: low({ immediateDanger: 'Canary Wharf' }) }],
    ['a word in other letters', RECEIVE, { input: withheld({ facts: [{ code: 'x', answer: 'Canary Wharf' }] }) }],
    ['a number beyond 32 bits', 'query($n: Int) { referrals(first: $n) { pageInfo { endCursor } } }', { n: 2 ** 31 }],
  ]
  for (const [name, document, variables] of cases) {
    for (const time of ['first', 'second', 'third', 'fourth']) {
      const { status, body, text } = await la.graphql('referrer', document, variables)
      t.match(
        { status, ...body },
        { status: 400, errors: [{ extensions: { code: 'invalid_input' } }] },
        `${name}, ${time} time`,
      )
      t.notMatch(text, /Canary Wharf|We are worried|Hillside/, `${name}, ${time} time: no value`)
    }
  }
  t.notMatch(world.log(), /Canary Wharf|We are worried|Hillside/, 'nor in the log')
  t.strictSame(await world.counts(), before)
})

t.test('a refusal of the operation is a 200 with its code, place and trace, each time', async (t) => {
  for (let time = 0; time < 3; time++) {
    const { status, body, headers } = await la.graphql('referrer', RECEIVE, { input: low({ reason: 'a\u0000' }) })
    t.equal(status, 200)
    t.strictSame(body.data, { receiveReferral: null })
    t.match(body.errors, [
      {
        message: /./,
        path: ['receiveReferral'],
        extensions: {
          code: 'invalid_input',
          status: 400,
          traceId: headers['x-request-id'],
          errors: [{ in: 'body', pointer: '/reason', code: 'text_nul' }],
        },
      },
    ])
    t.equal(body.errors.length, 1)
  }
})

t.test('a field that the role does not reach is refused by its name, and the rest is shown', async (t) => {
  const { body: receipt } = await la.rest('referrer', 'POST', '/v1/referrals', low())
  const document = `query($id: ID!) { referral(referralId: $id) { reference children { key } decisions { id } } }`
  for (let time = 0; time < 3; time++) {
    const { body } = await la.graphql('referrer', document, { id: receipt.referral.id })
    t.match(body.errors, [{ path: ['referral', 'decisions'], extensions: { code: 'forbidden', status: 403 } }])
  }
})

t.test('several operations in one query are answered each for itself', async (t) => {
  const id = randomUUID()
  const { body } = await la.graphql('screener', `{ me { displayName } referral(referralId: "${id}") { id } }`)
  t.strictSame(body.data, { me: { displayName: 'The screener' }, referral: null })
  t.match(body.errors, [{ path: ['referral'], extensions: { code: 'not_found' } }])
})

t.test('only POST of JSON with a query is a request', async (t) => {
  const authorization = `Bearer ${la.accounts.screener.token}`
  const post = (payload: string, type: string) =>
    world.app.inject({ method: 'POST', url: '/graphql', payload, headers: { authorization, 'content-type': type } })
  const query = `query=${encodeURIComponent(ME)}`
  for (const [payload, type] of [
    [ME, 'application/graphql'],
    [RECEIVE, 'application/graphql'],
    [query, 'application/x-www-form-urlencoded'],
    [JSON.stringify({ query: ME }), 'text/plain'],
  ] as const)
    t.equal((await post(payload, type)).statusCode, 415, type)
  const get = await world.app.inject({ method: 'GET', url: `/graphql?${query}`, headers: { authorization } })
  t.match({ status: get.statusCode, allow: get.headers['allow'] }, { status: 405, allow: 'POST' })
  for (const body of [
    [{ query: ME }],
    [{ query: ME }, { query: ME }],
    { query: [ME] },
    {},
    { query: ME, extra: 1 },
    { query: ME, variables: [] },
    { query: ME, variables: 'x' },
    { operationName: 'x' },
  ]) {
    const response = await post(JSON.stringify(body), 'application/json')
    t.match({ ...response.json() }, { status: 400, code: 'graphql_request' }, JSON.stringify(body))
  }
  for (const more of [{ variables: null }, { operationName: null }, { extensions: null }, { extensions: {} }])
    t.equal((await post(JSON.stringify({ query: ME, ...more }), 'application/json')).statusCode, 200)
  t.equal((await world.app.inject({ method: 'GET', url: '/graphiql' })).statusCode, 404)
})

t.test('of several operations in a document the named one runs', async (t) => {
  const query = 'query A { me { displayName } } query B { me { authority } }'
  const post = (operationName?: string) =>
    world.app.inject({
      method: 'POST',
      url: '/graphql',
      headers: { authorization: `Bearer ${la.accounts.screener.token}` },
      payload: { query, operationName },
    })
  for (let time = 0; time < 3; time++) {
    t.strictSame((await post('B')).json(), { data: { me: { authority: la.code } } }, 'B')
    t.strictSame((await post('A')).json(), { data: { me: { displayName: 'The screener' } } }, 'A')
    for (const none of ['C', undefined]) t.equal((await post(none)).statusCode, 400, `${none}`)
  }
})

t.test('a query too deep is refused before it runs', async (t) => {
  const nested = (depth: number) => `{ __schema { types { ${'ofType { '.repeat(depth)} name ${'} '.repeat(depth)} } } }`
  const inFields = (depth: number) =>
    `{ __schema { types { fields { type { ${'ofType { '.repeat(depth)} name ${'} '.repeat(depth)} } } } } }`
  for (const document of [nested(500), inFields(20), inFields(5000)]) {
    const { status, text } = await la.graphql('screener', document)
    t.equal(status, 400)
    t.notMatch(text, /Maximum call stack|node_modules/)
  }
})

t.test('without a good token nothing is said, whatever the document', async (t) => {
  const told = new Set<string>()
  for (const document of [ME, '{ nosuch }', '', '{ __schema { types { name } } }']) {
    const { status, body } = await la.graphql(null, document)
    t.equal(status, 401)
    told.add(JSON.stringify({ ...body, traceId: '' }))
  }
  t.equal(told.size, 1)
})
