// A client made from the OpenAPI document by the usual tools: types that the compiler accepts, and requests that work.
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import createClient from 'openapi-fetch'
import openapiTS, { astToString, type OpenAPI3 } from 'openapi-typescript'
import t from 'tap'
import ts from 'typescript'
import { operations } from '../src/features/index.ts'
import { openApi } from '../src/http/openapi.ts'
import { ROOT } from './support/command.ts'
import { levelThree, withheld } from './support/referrals.ts'
import type { Json } from './support/surfaces.ts'
import { openWorld } from './support/world.ts'

const document = openApi(operations, '0') as unknown as OpenAPI3

/** Every path, as the types would have it; what the client is checked with at compile time is the test below. */
interface Paths {
  [path: `/v1/${string}`]: { get: Json; post: Json }
}

t.test('a typed client receives, recommends and decides', async (t) => {
  const world = await openWorld(t)
  const la = await world.authority()
  const baseUrl = await world.app.listen({ port: 0, host: '127.0.0.1' })
  const as = (who: 'referrer' | 'screener') =>
    createClient<Paths>({ baseUrl, headers: { authorization: `Bearer ${la.accounts[who].token}` } })
  const header = () => ({ 'Idempotency-Key': randomUUID() })
  const post = async (
    who: 'referrer' | 'screener',
    path: `/v1/${string}`,
    params: object,
    body?: unknown,
  ): Promise<Json> => await as(who).POST(path, { params: { header: header(), ...params }, body } as never)

  const received = await post('referrer', '/v1/referrals', {}, levelThree())
  t.equal(received.response.status, 201)
  const { id: referralId } = received.data.referral
  const made = await post('screener', '/v1/referrals/{referralId}/recommendations', { path: { referralId } })
  const [recommendation] = made.data.recommendations
  t.match(recommendation, { content: null, hidden: 'own_judgement_first' }, 'not before the own judgement')
  const view = { child: 'a', level: 'L3', indicators: ['PHY-04'], reasons: 'She says what she fears.' }
  const referralPath = { path: { referralId } }
  const input = { revision: 1, children: [view] }
  const judged = await post('screener', '/v1/referrals/{referralId}/judgements', referralPath, input)
  t.match(judged, { response: { status: 201 }, data: { judgements: [{ level: 'L3', purpose: 'own' }] } })
  const path = { recommendationId: recommendation.id }
  const body = { level: 'L3', response: 'section-17-assessment', rationale: 'Read and agreed.' }
  const decided = await post('screener', '/v1/recommendations/{recommendationId}/decision', { path }, body)
  t.match(decided, { response: { status: 201 }, data: { decision: { departure: 'none', child: 'a' } } })
  const again = await post('screener', '/v1/recommendations/{recommendationId}/decision', { path }, body)
  t.match(again, { response: { status: 409 }, error: { code: 'already_decided', status: 409 } })
  const { data: page }: Json = await as('screener').GET('/v1/decisions', { params: { query: { first: 1 } } } as never)
  t.equal(page.edges[0].node.id, decided.data.decision.id)
})

t.test('the types made from the document cover every operation, and hold a caller to them', async (t) => {
  const types = astToString(await openapiTS(document))
  for (const { name, route } of operations) {
    t.match(types, `"${route.split(' ')[1]}"`, route)
    t.match(types, new RegExp(`\\b${name}: \\{`), name)
  }
  const good = JSON.stringify(withheld())
  const post = (body: string, path = '/v1/referrals') =>
    `await client.POST('${path}', { params: { header: { 'Idempotency-Key': 'k' } }, body: ${body} })`
  const wrong = [
    post(good.replace('"immediateDanger":false', '"immediateDanger":"false"')),
    post(good.replace('"immediateDanger":false,', '')),
    post(good.replace('"reason"', '"raeson"')),
    post(good, '/v1/referals'),
    `await client.POST('/v1/referrals', { body: ${good} })`,
    `await client.GET('/v1/decisions', { params: { query: { overriden: true } } })`,
  ]
  const program = `
    import createClient from 'openapi-fetch'
    import type { paths } from './types.ts'
    const client = createClient<paths>({ baseUrl: '' })
    const { data, error } = ${post(good)}
    export const reference: string | undefined = data?.referral.reference
    export const code: string | undefined = error?.code
    ${wrong.map((line) => `// @ts-expect-error\n${line}`).join('\n')}`
  t.strictSame(mistakes(types, program), [], 'what is right is taken, and each thing that is wrong is not')
})

/** What the compiler has against a program that uses the types. */
function mistakes(types: string, program: string): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'threshold-client-'))
  try {
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
    writeFileSync(join(folder, 'types.ts'), types)
    const main = join(folder, 'main.ts')
    writeFileSync(main, program)
    const compiled = ts.createProgram([main], {
      strict: true,
      noEmit: true,
      skipLibCheck: true,
      types: [],
      target: ts.ScriptTarget.ES2022,
      lib: ['lib.es2023.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
      module: ts.ModuleKind.NodeNext,
      moduleResolution: ts.ModuleResolutionKind.NodeNext,
      allowImportingTsExtensions: true,
    })
    return ts
      .getPreEmitDiagnostics(compiled)
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
