/**
 * Whatever is sent to an operation, over REST and over GraphQL: never a 5xx, and never an answer that the OpenAPI document does
 * not describe. Each operation meets over each surface at least one request that is valid in shape, one that is spoiled and one that
 * is hostile. FUZZ_RUNS is how often of each, FUZZ_SEED which requests are made up: by chance where left out, and told.
 */
import { randomInt, randomUUID } from 'node:crypto'
import { Ajv2020 } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import t from 'tap'
import { operations } from '../../src/features/index.ts'
import { REFUSALS } from '../../src/kernel/errors.ts'
import type { Operation } from '../../src/kernel/operation.ts'
import { documentOf } from '../support/documents.ts'
import { decided, recommended } from '../support/flow.ts'
import { hostile, makerOf, spoiled, written } from '../support/fuzz.ts'
import { levelFour, levelThree, levelTwo } from '../support/referrals.ts'
import type { Call, Json } from '../support/surfaces.ts'
import { tally } from '../support/tally.ts'
import { type AccountName, CALLERS, openWorld } from '../support/world.ts'

const RUNS = Number(process.env['FUZZ_RUNS'] ?? 1)
const SEED = Number(process.env['FUZZ_SEED'] || randomInt(2 ** 31))
if (RUNS > 1) t.setTimeout(RUNS * 60_000)
const world = await openWorld(t)
const la = await world.authority()
const document: Json = (await world.app.inject({ url: '/openapi.json' })).json()
const ajv = new Ajv2020({ strict: false, validateFormats: false })
ajv.addSchema(document, 'api')

/** Ids that the service has given. */
const ids: string[] = []
const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/g
function harvest(text: string): void {
  for (const [id] of text.matchAll(UUID)) if (!ids.includes(id) && ids.length < 400) ids.push(id)
}

/** Something of everything, so that what is made up finds it. */
async function furnish(): Promise<void> {
  const on: Call = async (...args) => {
    const answer = await la.call('REST', ...args)
    harvest(answer.text)
    return answer
  }
  for (const body of [levelTwo(), levelThree(), levelFour()]) {
    const [recommendation] = await recommended(on, body)
    if (body.children[0]?.id === 'a') await decided(on, recommendation)
  }
}

interface Made {
  readonly who: AccountName
  readonly params: unknown
  readonly body: unknown
}

const KINDS = ['valid', 'spoiled', 'hostile'] as const
type Kind = (typeof KINDS)[number]

/** Valid in shape; with one thing wrong in the body, or in the parameters where there is no body; or hostile in that place. */
function requestsOf(operation: Operation, described: Json, kind: Kind): fc.Arbitrary<Made> {
  const maker = makerOf(document, ids)
  const callers = operation.allow.map((role) => CALLERS[role])
  const shapes = described.parameters.filter((one: Json) => one.in !== 'header')
  const required = shapes.filter((one: Json) => one.required).map((one: Json) => one.name)
  const record = (value: (shape: Json) => fc.Arbitrary<unknown>) =>
    fc.record(Object.fromEntries(shapes.map((one: Json) => [one.name, value(one.schema)])), { requiredKeys: required })
  const params = record((shape) => maker.value(shape))
  const schema = described.requestBody?.content['application/json'].schema
  const wrong = (sound: fc.Arbitrary<unknown>, bad: fc.Arbitrary<unknown>) =>
    kind === 'valid' ? sound : kind === 'spoiled' ? sound.chain(spoiled) : bad
  return fc.record({
    who: fc.oneof(
      { weight: 9, arbitrary: fc.constantFrom(...callers) },
      { weight: 1, arbitrary: fc.constant('officer' as const) },
    ),
    params: schema
      ? fc.oneof({ weight: 9, arbitrary: params }, { weight: 1, arbitrary: params.chain(spoiled) })
      : wrong(
          params,
          record(() => hostile),
        ),
    body: schema ? wrong(maker.value(schema), hostile) : fc.constant(undefined),
  })
}

const headersOf = (who: AccountName) => ({
  authorization: `Bearer ${la.accounts[who].token}`,
  'idempotency-key': randomUUID(),
  'content-type': 'application/json',
})

/** Whether an answer is as described. @throws Error that says what was sent otherwise. */
async function overRest(operation: Operation, described: Json, { who, params, body }: Made): Promise<void> {
  const [method = 'GET', template = ''] = operation.route.split(' ')
  const left = new Map(Object.entries((params ?? {}) as Record<string, unknown>))
  let isOwnPath = true
  const path = template.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const text = encoded(left.get(name))
    isOwnPath &&= isSegment(text)
    left.delete(name)
    return text
  })
  const query = [...left].map(([name, value]) => `${encoded(name)}=${encoded(value)}`).join('&')
  const url = query === '' ? path : `${path}?${query}`
  const { 'content-type': type, ...headers } = headersOf(who)
  const sent = body === undefined ? {} : { payload: written(body) }
  const response = await world.app.inject({
    method: method as 'GET',
    url,
    headers: body === undefined ? headers : { ...headers, 'content-type': type },
    ...sent,
  })
  harvest(response.body)
  const about = `${who} ${method} ${url.slice(0, 300)} ${sent.payload?.slice(0, 2000) ?? ''}: ${response.statusCode} ${response.body.slice(0, 500)}`
  if (response.statusCode >= 500) throw new Error(`5xx: ${about}`)
  // Another address than the one of the operation: nothing is there, or what takes another method.
  if (!isOwnPath && [404, 405].includes(response.statusCode)) return
  const answer = described.responses[response.statusCode]
  if (!answer) throw new Error(`not described: ${about}`)
  const media = String(response.headers['content-type']).split(';')[0] ?? ''
  const schema = answer.content[media]?.schema
  if (!schema) throw new Error(`not described as ${media}: ${about}`)
  if (media.endsWith('json') && !check(schema, response.json())) throw new Error(`not of its shape: ${about}`)
}

/** Whether a text is a part of a path as the router takes it: an empty one, dots, or what is very long makes another address. */
const isSegment = (text: string): boolean => text !== '' && !/^\.\.?$/.test(text) && text.length <= PARAMETER_MAX

/** As src/app.ts has it. */
const PARAMETER_MAX = 200

const encoded = (value: unknown): string => {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
  return encodeURIComponent(text.toWellFormed())
}

const checks = new Map<string, ReturnType<typeof ajv.compile>>()

/** Each schema is compiled once. */
function check(schema: Json, value: unknown): boolean {
  const text = JSON.stringify(schema).replaceAll('"#/', '"api#/')
  const known = checks.get(text) ?? ajv.compile(JSON.parse(text))
  checks.set(text, known)
  return known(value) as boolean
}

async function overGraphql(operation: Operation, { who, params, body }: Made): Promise<void> {
  const isBag = typeof params === 'object' && params !== null && !Array.isArray(params)
  const given = { ...(isBag ? params : {}), ...(operation.body ? { input: body } : {}) } as Record<string, unknown>
  const names = Object.keys(given).filter((name) => name in operation.params || name === 'input')
  const query = documentOf(operation, names)
  const payload = written({ query, variables: Object.fromEntries(names.map((name) => [name, given[name]])) })
  const response = await world.app.inject({ method: 'POST', url: '/graphql', headers: headersOf(who), payload })
  harvest(response.body)
  const { errors, code } = response.json()
  const about = `${who} ${payload.slice(0, 2000)}: ${response.statusCode} ${response.body.slice(0, 500)}`
  if (response.statusCode >= 500) throw new Error(`5xx: ${about}`)
  for (const told of code ? [code] : (errors ?? []).map((error: Json) => error.extensions.code)) {
    const [status] = REFUSALS[told as keyof typeof REFUSALS] ?? []
    if (status === undefined || status >= 500) throw new Error(`${told}: ${about}`)
  }
}

t.test('whatever is sent to an operation is answered as described', async (t) => {
  console.error(`FUZZ_SEED=${SEED}`)
  await furnish()
  let held = 0
  let of = 0
  for (const operation of operations) {
    const [method = '', path = ''] = operation.route.split(' ')
    const described = document.paths[path][method.toLowerCase()]
    for (const surface of ['REST', 'GraphQL'] as const)
      for (const kind of KINDS) {
        const run = async (made: Made) => {
          of++
          await (surface === 'REST' ? overRest(operation, described, made) : overGraphql(operation, made))
          held++
        }
        const property = fc.asyncProperty(requestsOf(operation, described, kind), run)
        const found = await fc.check(property, { numRuns: RUNS, seed: SEED, endOnFailure: true })
        const reason = (found.errorInstance as Error | null)?.message ?? ''
        t.notOk(found.failed, `${operation.name} over ${surface}, ${kind}, FUZZ_SEED=${SEED} ${reason}`)
      }
  }
  tally(t, 'fuzzed', { held, of })
})
