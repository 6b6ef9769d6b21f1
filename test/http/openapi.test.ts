// What the OpenAPI document says, and that answers are as it says. That each answer of the other tests has a documented
// status and media type is checked where they are made, in test/support/documented.ts.
import { Ajv2020 } from 'ajv/dist/2020.js'
import t from 'tap'
import { operations } from '../../src/features/index.ts'
import { REFUSALS } from '../../src/kernel/errors.ts'
import { decided, recommended } from '../support/flow.ts'
import { levelFour, low, siblings, withheld } from '../support/referrals.ts'
import type { Call, Json } from '../support/surfaces.ts'
import { openWorld } from '../support/world.ts'

const world = await openWorld(t)
const la = await world.authority()
const document: Json = (await world.app.inject({ url: '/openapi.json' })).json()
const documented = Object.entries<Json>(document.paths).flatMap(([path, methods]) =>
  Object.entries<Json>(methods).map(([method, operation]) => ({ path, method, ...operation })),
)

t.test('every operation is documented, and nothing else is', async (t) => {
  t.match(document.openapi, /^3\.1\./)
  t.strictSame(documented.map(({ operationId }) => operationId).sort(), operations.map(({ name }) => name).sort())
  for (const { name, route, summary, params, kind, allow, body, forms } of operations) {
    const found = documented.find(({ operationId }) => operationId === name)
    t.equal(`${found.method.toUpperCase()} ${found.path}`, route, name)
    t.match(found.summary, summary)
    for (const role of allow) t.match(found.description, role, `${name}: ${role}`)
    const names = found.parameters.map((parameter: Json) => parameter.name)
    const added = [...(forms ? ['format'] : []), ...(kind === 'command' ? ['Idempotency-Key'] : [])]
    t.strictSame(names, [...Object.keys(params), ...added], name)
    const types = Object.keys(found.responses[200]?.content ?? {})
    if (forms) t.strictSame(types, ['application/json', 'text/plain', 'text/html'], name)
    t.equal(Boolean(found.requestBody), body !== undefined, name)
    t.ok(
      found.tags.every((tag: string) => document.tags.some((known: Json) => known.name === tag)),
      name,
    )
  }
})

t.test('every refusal code is documented, with the operations that may answer so', async (t) => {
  const told = new Set(
    documented.flatMap(({ responses }) =>
      Object.values<Json>(responses).flatMap(({ description }) => description.match(/[a-z0-9_]+/g)),
    ),
  )
  const elsewhere = ['method_not_allowed', 'graphql_request']
  for (const code of Object.keys(REFUSALS).filter((code) => !elsewhere.includes(code))) t.ok(told.has(code), code)
  t.strictSame(document.components.schemas.Problem.properties.code.enum, Object.keys(REFUSALS))
})

t.test('every reference in the document leads somewhere', async (t) => {
  const refs = new Set([...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, path]) => path ?? ''))
  t.ok(refs.size > 20)
  for (const ref of refs)
    t.ok(
      ref.split('/').reduce((node: Json, part) => node?.[part], document),
      ref,
    )
})

t.test('requests and answers fit the shapes that are documented', async (t) => {
  const ajv = new Ajv2020({ strict: false, validateFormats: false })
  ajv.addSchema(document, 'api')
  const pointer = (path: string, method: string, rest: string) =>
    `api#/paths/${encodeURIComponent(path.replaceAll('/', '~1'))}/${method}/${rest}`
  const JSON_TYPE = `content/${encodeURIComponent('application~1json')}/schema`
  const fits = (name: string, value: unknown) => {
    const { path, method, responses } = documented.find(({ operationId }) => operationId === name)
    const status = Object.keys(responses).find((code) => code.startsWith('2'))
    const validate = ajv.getSchema(pointer(path, method, `responses/${status}/${JSON_TYPE}`))
    t.ok(validate?.(value), `${name}: ${JSON.stringify(validate?.errors?.slice(0, 2))}`)
  }
  const on: Call = async (who, name, request) => {
    const answer = await la.call('REST', who, name, request)
    if (answer.status < 300) fits(name, answer.data)
    else t.fail(`${name} answered ${answer.status}`)
    return answer
  }
  for (const body of [low(), levelFour(), siblings(), withheld()]) {
    const takes = ajv.getSchema(pointer('/v1/referrals', 'post', `requestBody/${JSON_TYPE}`))
    t.ok(takes?.(body))
    t.notOk(takes?.({ ...body, immediateDanger: 'false' }), 'what is refused does not fit')
    t.notOk(takes?.({ ...body, more: 1 }))
    const [recommendation] = await recommended(on, body)
    const level = recommendation.content.level ? {} : { level: 'L2', response: 'early-help-assessment' }
    const decision = await decided(on, recommendation, level)
    const params = { referralId: recommendation.referralId }
    await on('referrer', 'reviseReferral', { params, body: { basedOn: 1, reason: 'News', content: body } })
    for (const name of ['referral', 'referralRevisions', 'referralRecommendations'])
      await on('screener', name, { params })
    for (const name of ['recommendation', 'replayRecommendation'])
      await on('panel', name, { params: { recommendationId: recommendation.id } })
    await on('panel', 'decision', { params: { decisionId: decision.id } })
  }
  for (const name of ['referrals', 'decisions', 'policies', 'auditEntries'])
    await on('supervisor', name, { params: { first: 2 } })
  for (const name of ['policyInForce', 'auditVerification', 'me']) await on('supervisor', name)
  await on('supervisor', 'policyVersion', { params: { policy: 'northmoor', version: '2026-04' } })
  await on('referrer', 'scoreReferral', { body: low() })
})

t.test('problems fit theirs', async (t) => {
  const ajv = new Ajv2020({ strict: false, validateFormats: false })
  const validate = ajv.addSchema(document, 'api').getSchema('api#/components/schemas/Problem')
  const answers = [
    await la.rest('referrer', 'POST', '/v1/referrals', { ...low(), more: 1 }),
    await la.rest('referrer', 'POST', '/v1/referrals', low({ suggestedLevel: 'L9' })),
    await la.rest('referrer', 'POST', '/v1/referrals', low(), { 'idempotency-key': null }),
    await la.rest('auditor', 'GET', '/v1/referrals'),
    await la.rest('screener', 'GET', '/v1/referrals/x'),
    await la.rest('screener', 'GET', '/v1/nothing'),
    await la.rest('screener', 'DELETE', '/v1/me'),
    await la.rest(null, 'GET', '/v1/me'),
  ]
  t.strictSame(
    answers.map(({ status }) => status),
    [400, 422, 400, 403, 404, 404, 405, 401],
  )
  for (const { body, status, headers } of answers) {
    t.ok(validate?.(body), JSON.stringify(body))
    t.equal(body.status, status)
    t.ok(body.type.endsWith(body.code), body.type)
    t.equal(body.traceId, headers['x-request-id'], 'the trace id is that of the answer and of the log')
    t.equal(body.title, REFUSALS[body.code as keyof typeof REFUSALS][1])
  }
})

t.test('the reference is served from here alone', async (t) => {
  const page = await world.app.inject({ url: '/docs/' })
  t.equal(page.statusCode, 200)
  t.match(page.headers['content-security-policy'], /default-src 'self'/)
  t.notMatch(page.body, /(?:src|href)="https?:/)
})

t.test('the reference keeps no token in the browser', async (t) => {
  const { body } = await world.app.inject({ url: '/docs/static/swagger-initializer.js' })
  t.match(body, /"deepLinking":true/, 'these are the settings of the page')
  t.match(body, /"persistAuthorization":false/)
})
