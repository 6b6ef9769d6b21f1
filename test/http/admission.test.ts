import t from 'tap'
import { buildApp } from '../../src/app.ts'
import { developmentVerifier } from '../../src/features/identity/tokens.ts'
import { OPEN_GRAPHQL } from '../../src/graphql/listed.ts'
import { type Admission, openAdmission } from '../../src/http/admission.ts'
import { capturedLog } from '../support/log.ts'
import { low } from '../support/referrals.ts'
import { callersOf, SURFACES } from '../support/surfaces.ts'
import { openWorld } from '../support/world.ts'

t.test('what is not taken on is told so, and nothing is recorded', async (t) => {
  const world = await openWorld(t)
  const la = await world.authority()
  const state = { isStopping: false, isHeldUp: false }
  const admission: Admission = {
    stop: () => {},
    isStopping: () => state.isStopping,
    isHeldUp: () => state.isHeldUp,
  }
  const verify = developmentVerifier(world.key)
  const app = await buildApp({ database: world.database, verify, logger: capturedLog(t).logger, admission })
  t.teardown(() => app.close())
  const send = async (method: 'GET' | 'POST', url: string, payload?: object) => {
    const headers = { authorization: `Bearer ${la.accounts.referrer.token}`, 'idempotency-key': 'admitted' }
    const answer = await app.inject({ method, url, headers, ...(payload ? { payload } : {}) })
    return { status: answer.statusCode, headers: answer.headers, body: answer.json() }
  }
  const graphql = { query: '{ me { displayName } }' }
  const refused = { status: 503, headers: { 'retry-after': /^\d+$/ }, body: { code: 'unavailable', recorded: false } }

  const before = await world.counts()
  for (const held of [{ isHeldUp: true }, { isStopping: true }]) {
    Object.assign(state, { isStopping: false, isHeldUp: false }, held)
    t.match(await send('POST', '/v1/referrals', low()), refused)
    t.match(await send('POST', '/graphql', graphql), refused)
    t.match(await send('GET', '/health/live'), { status: 200 })
  }
  t.match(await send('GET', '/health/ready'), { status: 503, headers: { connection: 'close' } })
  t.strictSame(await world.counts(), before)
  Object.assign(state, { isStopping: false, isHeldUp: false })
  t.match(await send('GET', '/health/ready'), { status: 200 })
  t.match(await send('POST', '/v1/referrals', low()), { status: 201 })
})

t.test('a request that came too long ago is given up before its commit, over both surfaces', async (t) => {
  const world = await openWorld(t)
  const la = await world.authority()
  const parts = { database: world.database, verify: developmentVerifier(world.key), logger: capturedLog(t).logger }
  const app = await buildApp({ ...parts, graphql: OPEN_GRAPHQL, requestMsMax: -1 })
  t.teardown(() => app.close())
  const before = await world.counts()
  const late = callersOf(app, la.accounts)
  for (const surface of SURFACES) {
    const answer = await late.call(surface, 'referrer', 'receiveReferral', { body: low() })
    t.match(answer, { status: 503, code: 'unavailable', headers: { 'retry-after': /^\d+$/ } }, surface)
    t.match(answer.text, /"recorded":false/)
  }
  t.strictSame(await world.counts(), before)
})

t.test('a process that was held up says so until it has come round', async (t) => {
  let now = 0
  const admission = openAdmission(() => now)
  t.notOk(admission.isHeldUp())
  now += 1_000
  t.notOk(admission.isHeldUp(), 'a moment is nothing')
  now += 4_000
  t.ok(admission.isHeldUp())
  for (let looks = 0; looks < 600 && admission.isHeldUp(); looks++)
    await new Promise((resolve) => setTimeout(resolve, 50))
  t.notOk(admission.isHeldUp())
  t.notOk(admission.isStopping())
  admission.stop()
  t.ok(admission.isStopping())
})
