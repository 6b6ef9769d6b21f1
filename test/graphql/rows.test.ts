// What a GraphQL request may not be: rows 66 to 74, on a service that is as it is in production where that matters.
import { randomUUID } from 'node:crypto'
import t from 'tap'
import { GRAPHQL_LIMITS } from '../../src/graphql/limits.ts'
import { OPEN_GRAPHQL } from '../../src/graphql/listed.ts'
import { levelFour, low } from '../support/referrals.ts'
import { rowsOf } from '../support/rows.ts'
import { openWorld } from '../support/world.ts'

const world = await openWorld(t)
/** As in production, but for the list of documents: it would refuse everything here before anything else is looked at. */
const closed = await openWorld(t, { graphql: { ...OPEN_GRAPHQL, showsSchema: false } })
const la = await world.authority()
const closedLa = await closed.authority()
const rows = rowsOf(t, 'test/graphql/rows.test.ts')

const repeated = (count: number, text: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => text(i)).join(' ')
const RECEIVE = 'mutation($input: ReferralContentInput!) { receiveReferral(input: $input) { referral { id } } }'
const PAGE = '{ pageInfo { endCursor } }'

/** What came of a document: its status, and the code of its one error. */
async function sent(document: string, variables?: unknown, over = la): Promise<string> {
  const { status, body, text } = await over.graphql('screener', document, variables)
  if (/Maximum call stack|node_modules|\.ts:|at \w+ \(/.test(text)) return 'says how it is made'
  return `${status} ${body.errors?.[0]?.extensions?.code ?? body.code ?? 'done'}`
}

const LIMIT = '400 graphql_limit'

rows.row(66, 'refused before anything runs, and up to the limit they are answered', async (tried) => {
  const aliased = (count: number) => `{ ${repeated(count, (i) => `a${i}: me { displayName }`)} }`
  tried((await sent(aliased(100))) === LIMIT, '100 aliases')
  tried((await sent(aliased(10_000))) === LIMIT, '10,000 aliases')
  const inside = (count: number) => `{ me { ${repeated(count, (i) => `a${i}: displayName`)} } }`
  tried((await sent(inside(GRAPHQL_LIMITS.aliases))) === '200 done', 'as many as are allowed')
  tried((await sent(inside(GRAPHQL_LIMITS.aliases + 1))) === LIMIT, 'one more')
  const hidden = `{ me { ...f } } fragment f on Me { ${repeated(16, (i) => `a${i}: displayName`)} }`
  tried((await sent(hidden)) === LIMIT, 'in a fragment')
})

rows.row(67, 'refused without saying how the service is made', async (tried) => {
  const schema = (depth: number) =>
    `{ __schema { types { fields { type { ${'ofType { '.repeat(depth)} name ${'} '.repeat(depth)} } } } } }`
  const refused = '400 invalid_input'
  tried((await sent(schema(GRAPHQL_LIMITS.depth))) === refused, 'a little too deep')
  // Five fields stand around those within each other.
  tried.otherwise((await sent(schema(GRAPHQL_LIMITS.depth - 5))) === '200 done', 'fifteen deep')
  tried((await sent(schema(GRAPHQL_LIMITS.depth - 4))) === refused, 'sixteen deep')
  tried((await sent(schema(5000))) === LIMIT, '5,000 deep')
  tried((await sent(`{ me { ${'... on Me { '.repeat(500)} displayName ${'} '.repeat(500)} } }`)) === LIMIT, 'in place')
  const chain = repeated(30, (i) => `fragment f${i} on Me { ...f${i + 1} }`)
  tried(
    (await sent(`{ me { ...f0 } } ${chain} fragment f30 on Me { displayName }`)) === '200 done',
    'a chain is no depth',
  )
  const list = `{ referrals(agency: ${'['.repeat(5000)}) ${PAGE} }`
  tried((await sent(list)) === LIMIT, 'a literal 5,000 deep')
  tried((await sent(`{ me { displayName } `.repeat(60))) === LIMIT, 'braces that never close')
})

rows.row(68, 'a list of requests is no request', async (tried) => {
  for (const payload of [[{ query: '{ me { displayName } }' }], []]) {
    const response = await world.app.inject({
      method: 'POST',
      url: '/graphql',
      headers: { authorization: `Bearer ${la.accounts.screener.token}` },
      payload,
    })
    tried(response.statusCode === 400 && response.json().code === 'graphql_request', `${payload.length} in a list`)
  }
})

rows.row(69, 'nothing is done, read or written', async (tried) => {
  const before = await world.counts()
  const headers = { authorization: `Bearer ${la.accounts.screener.token}`, 'idempotency-key': randomUUID() }
  const query = encodeURIComponent('{ me { displayName } }')
  const mutation = encodeURIComponent(RECEIVE.replace('$input', '{}'))
  const get = (text: string) => world.app.inject({ method: 'GET', url: `/graphql?query=${text}`, headers })
  for (const text of [query, mutation]) tried((await get(text)).statusCode === 405, 'GET')
  for (const method of ['PUT', 'PATCH', 'DELETE', 'HEAD'] as const) {
    const { statusCode, headers: answered } = await world.app.inject({ method, url: '/graphql', headers })
    tried(statusCode === 405 && answered['allow'] === 'POST', method)
  }
  const types = [
    ['application/x-www-form-urlencoded', `query=${query}`],
    ['application/graphql', '{ me { displayName } }'],
    [
      'multipart/form-data; boundary=x',
      '--x\r\ncontent-disposition: form-data; name="query"\r\n\r\n{ me { roles } }\r\n--x--',
    ],
    ['text/plain', JSON.stringify({ query: '{ me { displayName } }' })],
  ] as const
  for (const [type, payload] of types) {
    const sent = { ...headers, 'content-type': type }
    const response = await world.app.inject({ method: 'POST', url: '/graphql', headers: sent, payload })
    tried(response.statusCode === 415 && response.json().code === 'unsupported_media_type', type)
  }
  tried(JSON.stringify(await world.counts()) === JSON.stringify(before), 'nothing was stored')
})

rows.row(70, 'neither the schema nor what is near a misspelt name is told', async (tried) => {
  const questions = {
    '{ __schema { types { name } } }': 'the schema',
    '{ __type(name: "Me") { fields { name } } }': 'a type',
    '{ me { ...f } } fragment f on Me { __typename } query B { __schema { queryType { name } } }':
      'in a second operation',
  }
  for (const [document, name] of Object.entries(questions)) {
    const { status, body } = await closedLa.graphql('screener', document)
    tried(status === 400 && !body.data, name)
  }
  const misspelt = [
    '{ mee { displayName } }',
    '{ me { displayNam } }',
    '{ referrals(agenci: "x") { pageInfo { endCursor } } }',
  ]
  for (const document of misspelt) {
    const hidden = (await closedLa.graphql('screener', document)).text
    const shown = (await la.graphql('screener', document)).text
    tried(!/Did you mean/.test(hidden) && /Did you mean/.test(shown), `${document}, and elsewhere it is told`)
  }
  const wrong = await closedLa.graphql('referrer', RECEIVE, { input: low({ immediatDanger: true }) })
  tried(wrong.status === 400 && !/Did you mean|immediateDanger"/.test(wrong.text), 'a misspelt property')
  tried(
    (await sent('{ __typename me { __typename } }', undefined, closedLa)) === '200 done',
    'the name of a type is shown',
  )
})

rows.row(71, 'refused before it costs anything', async (tried) => {
  const me = (inside: string) => `{ me { ${inside} } }`
  const page = (first: number, inside: string) => `{ referrals(first: ${first}) { edges { node { ${inside} } } } }`
  const deep = 'id decisions { id rationale decidedAt } recommendations { id }'
  const literal = (length: number, quote: string) =>
    `{ referrals(agency: ${quote}${'x'.repeat(length)}${quote}) ${PAGE} }`
  const documents: [string, string, string?][] = [
    ['a fragment of itself', '{ me { ...a } } fragment a on Me { ...a }', '400 invalid_input'],
    ['a ring of fragments', '{ me { ...a } } fragment a on Me { ...b } fragment b on Me { ...a }', '400 invalid_input'],
    ['3,000 equal fields', me('displayName '.repeat(3000))],
    ['2,000 directives', me(`displayName ${'@include(if: true) '.repeat(2000)}`)],
    ['51 directives', me(`displayName ${'@include(if: true) '.repeat(51)}`)],
    ['eleven fields at the root', `{ ${'me { displayName } '.repeat(11)} }`],
    ['eleven of them in a fragment', `{ ...f } fragment f on Query { ${'me { displayName } '.repeat(11)} }`],
    [
      'fragments that double each time',
      `{ me { ...f0 } } ${repeated(12, (i) => `fragment f${i} on Me { ...f${i + 1} ...f${i + 1} }`)} fragment f12 on Me { roles }`,
    ],
    [
      'long pages of much',
      `{ ${repeated(
        3,
        (i) =>
          `a${i}: ${page(
            100,
            repeated(101, () => 'id'),
          ).slice(1, -1)}`,
      )} }`,
    ],
    ['a literal of 900 kB', literal(900_000, '"')],
    ['a block text of 900 kB', literal(900_000, '"""')],
    ['a literal that is one too long', literal(GRAPHQL_LIMITS.characters - literal(0, '"').length + 1, '"')],
    ['as long as may be', literal(GRAPHQL_LIMITS.characters - literal(0, '"').length, '"'), '200 invalid_input'],
    ['4,000 tokens', `{ ${'a '.repeat(4000)} }`],
    ['900 kB of brackets', '{'.repeat(900_000)],
    ['a page beyond all', `{ referrals(first: 1000000000) ${PAGE} }`, '200 invalid_input'],
  ]
  for (const [name, document, expected = LIMIT] of documents) tried((await sent(document)) === expected, name)
  const lengthy = `query($n: Int = 100) { a: referrals(first: $n) { edges { node { ${deep} } } } }`
  const wide = `query($n: Int) { ${repeated(3, (i) => `a${i}: referrals(first: $n) { edges { node { ${repeated(101, () => 'id')} } } }`)} }`
  tried((await sent(lengthy)) === '200 done', 'a page as long as there is, with its decisions')
  tried((await sent(wide, { n: 100 })) === LIMIT, 'the length of a page in a variable')
  tried((await sent(wide, { n: 10 })) === '200 done', 'the same with shorter pages')
  const { status, body } = await la.graphql('screener', '{ me { roles } }', { x: 'x'.repeat(1024 * 1024) })
  tried.otherwise(status === 413 && body.code === 'payload_too_large', 'variables of a megabyte')
})

rows.row(72, 'refused, and nothing is repeated', async (tried) => {
  const list =
    'query($n: Int, $on: String) { referrals(first: $n) { pageInfo { endCursor } } policyInForce(on: $on) { id } }'
  const first = 'query($n: Int!) { referrals(first: $n) { pageInfo { endCursor } } }'
  const state = 'query($s: DecisionsState) { decisions(state: $s) { pageInfo { endCursor } } }'
  const bad: [string, string, unknown][] = [
    ['null for what must be given', first, { n: null }],
    ['nothing for what must be given', first, {}],
    ['text for a number', first, { n: 'Canary Wharf' }],
    ['a property too many inside', RECEIVE, { input: low({ canary: 'Canary Wharf' }) }],
    ['a type that there is not', state.replace('DecisionsState', 'Decided'), { s: 'complete' }],
    ['a value in capitals', state, { s: 'COMPLETE' }],
    ['a value with a capital', state, { s: 'Complete' }],
    ['a literal in capitals', '{ decisions(state: COMPLETE) { pageInfo { endCursor } } }', {}],
    ['a value as a text in the document', '{ decisions(state: "complete") { pageInfo { endCursor } } }', {}],
    ['a literal in other letters', '{ decisions(overridden: TRUE) { pageInfo { endCursor } } }', {}],
    ['a list for a number', first, { n: [1] }],
    ['no variables but text', first, 'Canary Wharf'],
    ['variables in a list', first, [1]],
  ]
  for (const [name, document, variables] of bad) {
    const { status, text } = await la.graphql('screener', document, variables)
    tried(status === 400 && !text.includes('Canary'), name)
  }
  tried((await sent(state, { s: 'complete' })) === '200 done', 'and as it is written it is taken')
  const { status, body } = await la.graphql('screener', first, { n: 1, other: 'Canary Wharf' })
  const wrong = body.errors?.[0]?.extensions ?? body
  tried(
    status === 400 && JSON.stringify(wrong).includes('"pointer":"/variables/other"') && wrong.code === 'invalid_input',
    'a variable that nobody declared',
  )
  const both = `${first.replace('query', 'query A')} ${state.replace('query', 'query B')}`
  for (const [operationName, expected] of [
    ['A', 200],
    ['B', 400],
  ] as const) {
    const payload = { query: both, variables: { n: 1 }, operationName }
    const headers = { authorization: `Bearer ${la.accounts.screener.token}` }
    const { statusCode } = await world.app.inject({ method: 'POST', url: '/graphql', headers, payload })
    tried(statusCode === expected, `a variable of the other operation, running ${operationName}`)
  }
  tried(!(await sent(list, { n: 1 })).startsWith('5'), 'two operations, one of them without its variable')
  for (const extensions of [null, {}, { other: 1 }]) {
    const response = await world.app.inject({
      method: 'POST',
      url: '/graphql',
      headers: { authorization: `Bearer ${la.accounts.screener.token}` },
      payload: { query: '{ me { roles } }', variables: null, operationName: null, extensions },
    })
    tried(response.statusCode === 200, `extensions ${JSON.stringify(extensions)}`)
  }
})

rows.row(73, 'answered as what does not exist', async (tried) => {
  const other = await world.authority()
  const { body } = await other.rest('referrer', 'POST', '/v1/referrals', low())
  const document = 'query($id: ID!) { referral(referralId: $id) { id decisions { id } recommendations { id } } }'
  const ask = async (id: string) => {
    const { status, body: answered } = await la.graphql('supervisor', document, { id })
    return JSON.stringify({ status, ...answered }).replaceAll(/"traceId":"[^"]*"/g, '')
  }
  const foreign = await ask(body.referral.id)
  tried(foreign === (await ask(randomUUID())) && foreign.includes('not_found'), 'a referral with all that hangs on it')
})

rows.row(74, 'refused at once, and nothing is done', async (tried) => {
  const before = await world.counts()
  const two = `mutation($a: ReferralContentInput!, $b: ReferralContentInput!) {
    first: receiveReferral(input: $a) { referral { id } } second: receiveReferral(input: $b) { referral { id } } }`
  tried((await sent(two, { a: low(), b: levelFour() })) === LIMIT, 'two under names of their own')
  const hidden = `mutation($a: ReferralContentInput!) { ...m m2: receiveReferral(input: $a) { referral { id } } }
    fragment m on Mutation { receiveReferral(input: $a) { referral { id } } }`
  tried((await sent(hidden, { a: low() })) === LIMIT, 'one of them in a fragment')
  tried(
    (await sent(two, { a: low(), b: low({ suggestedLevel: 'L9' }) })) === LIMIT,
    'whether or not the second would fail',
  )
  tried(JSON.stringify(await world.counts()) === JSON.stringify(before), 'nothing was stored')
  tried((await sent(RECEIVE, { input: low() })) === '200 done', 'one is done')
})
rows.end()
