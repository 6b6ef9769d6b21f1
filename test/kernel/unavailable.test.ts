// The database goes away and, where there is one, comes back: 503 meanwhile, alive all the while.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import t from 'tap'
import { createVerifier } from '../../src/features/identity/verifier.ts'
import { postgresUrl, runOnServer } from '../support/database.ts'
import { low } from '../support/referrals.ts'
import { SURFACES } from '../support/surfaces.ts'
import { openWorld } from '../support/world.ts'

const health = async (world: Awaited<ReturnType<typeof openWorld>>, url: string) => {
  const response = await world.app.inject({ method: 'GET', url })
  return { status: response.statusCode, type: response.headers['content-type'], body: response.json() }
}

/** What readiness says once it says that: an answer is kept for a second, and within two it is of what is now. */
const readiness = async (world: Awaited<ReturnType<typeof openWorld>>, status: number) => {
  const start = Date.now()
  let answer = await health(world, '/health/ready')
  while (answer.status !== status && Date.now() - start < 2000) {
    await new Promise((resolve) => setTimeout(resolve, 50))
    answer = await health(world, '/health/ready')
  }
  return answer
}

t.test('while the database is away, operations are 503, readiness is 503 and liveness is 200', async (t) => {
  const world = await openWorld(t)
  const la = await world.authority()
  t.match(await health(world, '/health/ready'), {
    status: 200,
    body: { status: 'ok', database: world.database.engine },
  })
  await world.database.close()
  t.match(await health(world, '/health/live'), { status: 200, body: { status: 'ok' } })
  t.match(await readiness(world, 503), { status: 503, type: /problem\+json/, body: { code: 'unavailable' } })
  for (const surface of SURFACES) {
    const read = await la.call(surface, 'screener', 'referrals')
    t.match(read, { status: 503, code: 'unavailable', headers: { 'retry-after': /^\d+$/ } }, surface)
    const write = await la.call(surface, 'referrer', 'receiveReferral', { body: low() })
    t.match(write, { status: 503, code: 'unavailable', body: { recorded: false } }, surface)
    t.notMatch(write.text, /pool|pglite|postgres|ECONN/i, 'and says nothing of what is behind it')
  }
})

t.test('a database that is behind this code is not ready', async (t) => {
  const world = await openWorld(t)
  await world.sql(
    'delete from drizzle.__drizzle_migrations where id = (select max(id) from drizzle.__drizzle_migrations)',
  )
  t.match(await health(world, '/health/ready'), {
    status: 503,
    body: { code: 'unavailable', detail: /threshold migrate/ },
  })
  t.match(await health(world, '/health/live'), { status: 200 })
})

const server = postgresUrl()
t.test(
  'a database that comes back is used again, without a restart',
  { skip: server ? false : 'needs a server' },
  async (t) => {
    const world = await openWorld(t)
    const la = await world.authority()
    const [{ name } = {}] = await world.sql('select current_database() as name')
    const key = 'retried-after-the-outage'
    await runOnServer(server ?? '', `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`)
    await runOnServer(server ?? '', `alter database ${name} rename to ${name}_away`)
    const request = { body: low(), key }
    t.match(await la.call('REST', 'referrer', 'receiveReferral', request), { status: 503, code: 'unavailable' })
    t.match(await readiness(world, 503), { status: 503 })
    await runOnServer(server ?? '', `alter database ${name}_away rename to ${name}`)
    t.match(await readiness(world, 200), { status: 200 })
    t.equal((await la.call('REST', 'referrer', 'receiveReferral', request)).status, 201)
    t.equal((await la.rest('screener', 'GET', '/v1/referrals')).body.edges.length, 1)
  },
)

t.test(
  'connections that die between requests cost at most a request',
  { skip: server ? false : 'needs a server' },
  async (t) => {
    const world = await openWorld(t)
    const la = await world.authority()
    const [{ name } = {}] = await world.sql('select current_database() as name')
    await runOnServer(server ?? '', `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`)
    const first = await la.rest('screener', 'GET', '/v1/referrals')
    t.ok([200, 503].includes(first.status), String(first.status))
    t.equal((await la.rest('screener', 'GET', '/v1/referrals')).status, 200)
  },
)

t.test('an identity provider that cannot answer is 503, never a 401', async (t) => {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true })
  const { d: _, ...jwk } = { ...(await exportJWK(privateKey)), kid: 'k', alg: 'ES256' }
  let answer = { status: 500, body: 'out of order' }
  const provider = createServer((_, response) => response.writeHead(answer.status).end(answer.body)).listen(0)
  t.teardown(() => provider.close())
  const jwksUrl = () => `http://127.0.0.1:${(provider.address() as AddressInfo).port}/jwks`
  const verifier = () =>
    createVerifier([{ issuer: 'i', audience: 'a', algorithm: 'ES256', keys: { jwksUrl: jwksUrl() } }])
  const token = await new SignJWT({ authority: 'northmoor' })
    .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: 'k' })
    .setSubject('s')
    .setIssuer('i')
    .setAudience('a')
    .setIssuedAt()
    .setExpirationTime('5m')
    .sign(privateKey)
  for (const wrong of [
    { status: 500, body: 'out of order' },
    { status: 200, body: '<html>' },
    { status: 200, body: '{"nokeys":1}' },
  ]) {
    answer = wrong
    await t.rejects(verifier()(token), { code: 'unavailable' }, `${wrong.status} ${wrong.body}`)
  }
  answer = { status: 200, body: JSON.stringify({ keys: [jwk] }) }
  t.strictSame(await verifier()(token), { subject: 's', authority: 'northmoor' })
  const keys = { jwksUrl: 'http://127.0.0.1:1/jwks' }
  const closed = createVerifier([{ issuer: 'i', audience: 'a', algorithm: 'ES256', keys }])
  await t.rejects(closed(token), { code: 'unavailable' })
})
