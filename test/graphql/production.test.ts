// GraphQL with the settings of production: only listed documents run, and the usual probes of an attacker find nothing.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { readConfig } from '../../src/config.ts'
import { type GraphqlRules, sha256Of } from '../../src/graphql/listed.ts'
import { graphqlRulesOf } from '../../src/start.ts'
import { temporaryFolder } from '../support/command.ts'
import { low } from '../support/referrals.ts'
import type { Json } from '../support/surfaces.ts'
import { tally } from '../support/tally.ts'
import { openWorld } from '../support/world.ts'

const ME = '{ me { displayName } }'
const RECEIVE = 'mutation($input: ReferralContentInput!) { receiveReferral(input: $input) { referral { id } } }'
const PRODUCTION = {
  NODE_ENV: 'production',
  DATABASE_URL: 'postgres://u:p@localhost/db',
  AUTH_JWKS_URL: 'https://id.example/jwks',
  AUTH_ISSUER: 'https://id.example',
  AUTH_AUDIENCE: 'threshold',
}

const folder = temporaryFolder(t)
const file = join(folder, 'operations.json')
writeFileSync(file, JSON.stringify({ me: ME, receive: RECEIVE }))

/** The rules that a service in production would have. */
const rulesOf = (more: Record<string, string>): GraphqlRules =>
  graphqlRulesOf(readConfig({ ...PRODUCTION, KEYS_DIR: folder, ...more }))

const listed = await openWorld(t, { graphql: rulesOf({ GRAPHQL_OPERATIONS: file }) })
const any = await openWorld(t, { graphql: rulesOf({ GRAPHQL_ALLOW: 'any' }) })
const listedLa = await listed.authority()
const anyLa = await any.authority()

/** What came of a body at /graphql of the service with the list. */
async function posted(payload: object): Promise<{ status: number; code: string | undefined; body: Json }> {
  const headers = {
    authorization: `Bearer ${listedLa.accounts.referrer.token}`,
    'idempotency-key': sha256Of(`${Math.random()}`),
  }
  const response = await listed.app.inject({ method: 'POST', url: '/graphql', headers, payload })
  const body = response.json()
  return { status: response.statusCode, code: body.errors?.[0]?.extensions?.code ?? body.code, body }
}

const byHash = (sha256Hash: string) => ({ extensions: { persistedQuery: { version: 1, sha256Hash } } })

t.test('a listed document runs, given by its text or by its hash', async (t) => {
  t.match(await posted({ query: ME }), { status: 200, body: { data: { me: { displayName: /./ } } } })
  t.match(await posted(byHash(sha256Of(ME))), { status: 200, body: { data: { me: { displayName: /./ } } } })
  t.match(await posted({ query: ME, ...byHash(sha256Of(ME).toUpperCase()) }), { status: 200 })
  const { body } = await posted({ ...byHash(sha256Of(RECEIVE)), variables: { input: low() } })
  t.ok(body.data.receiveReferral.referral.id)
})

t.test('any other document is refused before it is read, and nothing is done', async (t) => {
  const before = await listed.counts()
  const others = [
    { query: '{ me { roles } }' },
    { query: `${ME} ` },
    { query: `# a comment\n${ME}` },
    { query: RECEIVE.replace('{ id }', '{ id reference }'), variables: { input: low() } },
    { query: '{' },
    { query: '' },
    { query: '{ __typename }' },
    byHash(sha256Of('{ me { roles } }')),
    { query: '{ me { roles } }', ...byHash(sha256Of('{ me { roles } }')) },
  ]
  for (const payload of others)
    t.match(await posted(payload), { status: 400, code: 'operation_not_allowed' }, JSON.stringify(payload).slice(0, 60))
  const wrong = [
    { query: ME, ...byHash(sha256Of('other')) },
    { extensions: { persistedQuery: { version: 1, sha256Hash: 'abc' } } },
    { extensions: { persistedQuery: { version: 2, sha256Hash: sha256Of(ME) } } },
    { extensions: { persistedQuery: { version: 1, sha256Hash: '__proto__'.padEnd(64, '0') } } },
    {},
  ]
  for (const payload of wrong) t.match(await posted(payload), { status: 400, code: 'graphql_request' })
  t.strictSame(await listed.counts(), before)
})

t.test('the list is read at the start, and a list that cannot serve stops it', async (t) => {
  t.strictSame([rulesOf({}).listed.size, rulesOf({}).takesOthers, rulesOf({}).showsSchema], [0, false, false])
  t.equal(rulesOf({ GRAPHQL_ALLOW: 'any' }).takesOthers, true)
  const development = graphqlRulesOf(readConfig({}))
  t.match(development, { takesOthers: true, showsSchema: true })
  const documents = join(folder, 'documents')
  mkdirSync(documents)
  writeFileSync(join(documents, 'me.graphql'), ME)
  writeFileSync(join(documents, 'notes.txt'), 'no document')
  t.strictSame([...rulesOf({ GRAPHQL_OPERATIONS: documents }).listed], [[sha256Of(ME), ME]])
  const bad: [object | string, RegExp][] = [
    [{ a: '{ nosuch }', b: '{ me' }, /a: .*nosuch.*\nb: .*not well-formed GraphQL: line 1, column 5/s],
    [{ many: `mutation { ${'receiveReferral { referral { id } } '.repeat(2)} }` }, /many: One mutation/],
    [{ schema: '{ __schema { types { name } } }' }, /schema: .*introspection/],
    ['no json', /GRAPHQL_OPERATIONS: .*JSON/],
    [{ a: 7 }, /GRAPHQL_OPERATIONS: /],
  ]
  for (const [content, says] of bad) {
    const path = join(folder, 'bad.json')
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
    t.throws(() => rulesOf({ GRAPHQL_OPERATIONS: path }), { name: 'ConfigurationError', message: says })
  }
  t.throws(() => rulesOf({ GRAPHQL_OPERATIONS: join(folder, 'nowhere') }), { message: /GRAPHQL_OPERATIONS: .*nowhere/ })
  t.throws(() => readConfig({ GRAPHQL_ALLOW: 'some' }), /GRAPHQL_ALLOW/)
})

/** Each probe says whether it found something. They are sent where any document is run, which is the weaker of the two. */
const PROBES: Readonly<Record<string, () => Promise<boolean>>> = {
  'overloading with aliases': async () => runs(`{ ${repeated(101, (i) => `alias${i}: __typename`)} }`),
  'a batch of queries': async () =>
    (await raw('POST', '/graphql', JSON.stringify(Array(10).fill({ query: '{ __typename }' })))).includes('"data"'),
  'overloading with directives': async () => runs('{ __typename @aa@aa@aa@aa@aa@aa@aa@aa@aa@aa }'),
  'overloading with known directives': async () => runs(`{ __typename ${'@skip(if: false) '.repeat(60)} }`),
  'overloading with fields': async () => runs(`{ ${'__typename '.repeat(500)} }`),
  'suggestions of fields': async () => (await asked('{ mee { displayNam } }')).includes('Did you mean'),
  'queries by GET': async () => (await raw('GET', '/graphql?query=%7B__typename%7D')).includes('"data"'),
  'a page to query with': async () =>
    (await Promise.all(['/graphiql', '/playground', '/console', '/graphql'].map((path) => raw('GET', path)))).some(
      (text) => /graphiql|playground|<html/i.test(text),
    ),
  introspection: async () => (await asked('{ __schema { types { name fields { name } } } }')).includes('"types"'),
  'introspection in a circle': async () =>
    (await asked(`{ __schema { types { ${'fields { type { '.repeat(8)} name ${'} } '.repeat(8)} } } }`)).includes(
      '"data"',
    ),
  'mutations by GET': async () => (await raw('GET', '/graphql?query=mutation%7B__typename%7D')).includes('"data"'),
  'forms by POST': async () =>
    (await raw('POST', '/graphql', 'query=%7B__typename%7D', 'application/x-www-form-urlencoded')).includes('"data"'),
  tracing: async () => (await asked('{ __typename }')).includes('"tracing"'),
  'errors that nobody handled': async () => /exception|stack|\.ts:|node_modules/i.test(await asked('qwerty { abc }')),
}

t.test('the usual probes find nothing', async (t) => {
  const probes = Object.entries(PROBES)
  t.ok((await asked('{ __typename }')).includes('"data"'), 'the service they are sent to does answer')
  let held = 0
  for (const [name, probe] of probes) if (t.notOk(await probe(), name)) held++
  tally(t, 'audits', { held, of: probes.length })
})

const repeated = (count: number, text: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => text(i)).join(' ')

async function asked(query: string): Promise<string> {
  return (await anyLa.graphql('screener', query)).text
}

async function runs(query: string): Promise<boolean> {
  return (await asked(query)).includes('"data"')
}

async function raw(method: 'GET' | 'POST', url: string, payload?: string, type = 'application/json'): Promise<string> {
  const headers = {
    authorization: `Bearer ${anyLa.accounts.screener.token}`,
    accept: 'text/html,application/json',
    ...(payload === undefined ? {} : { 'content-type': type }),
  }
  return (await any.app.inject({ method, url, headers, ...(payload === undefined ? {} : { payload }) })).body
}
