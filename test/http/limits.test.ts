// How often a caller may ask, over both surfaces, by a clock that the tests move.
import { randomUUID } from 'node:crypto'
import t from 'tap'
import type { Limits } from '../../src/http/limits.ts'
import { createPace } from '../../src/kernel/pace.ts'
import { received } from '../support/flow.ts'
import { low } from '../support/referrals.ts'
import { SURFACES } from '../support/surfaces.ts'
import { openWorld, START } from '../support/world.ts'

const LIMITS: Limits = {
  ...{ human: 6, humanUrgent: 3, system: 12, systemUrgent: 4, unauthenticated: 5, viewsAnHour: 4 },
}
const limited = { status: 429, code: 'too_many_requests', data: null }

const world = await openWorld(t, { limits: LIMITS })

for (const surface of SURFACES) {
  t.test(`each account has a share of its own, and is told when there is more (${surface})`, async (t) => {
    const la = await world.authority()
    const ask = (who: 'auditor' | 'approver') => la.call(surface, who, 'me')
    for (let left = 5; left >= 0; left--) {
      const { status, headers } = await ask('auditor')
      t.equal(status, 200)
      t.match(headers, {
        'ratelimit-policy': '"ordinary";q=6;w=60',
        ratelimit: `"ordinary";r=${left};t=${60 - left * 10}`,
      })
    }
    const refused = await ask('auditor')
    t.match(refused, limited)
    t.match(refused.headers, { 'retry-after': '10', ratelimit: '"ordinary";r=0;t=60' })
    t.equal((await ask('approver')).status, 200, 'another account is not held up')
    world.clock.now += 10_000
    t.equal((await ask('auditor')).status, 200, 'after as long as it said')
    t.match(await ask('auditor'), limited)
    world.clock.now += 60_000
    for (let i = 0; i < 6; i++) t.equal((await ask('auditor')).status, 200, 'and all is there again after a minute')
  })

  t.test(`a chatty report does not hold up a new referral, nor the other way round (${surface})`, async (t) => {
    const la = await world.authority()
    for (let i = 0; i < 12; i++) t.equal((await la.call(surface, 'system', 'referrals')).status, 200)
    t.match(await la.call(surface, 'system', 'referrals'), limited)
    for (let i = 0; i < 4; i++) {
      const sent = await la.call(surface, 'system', 'receiveReferral', { body: low() })
      t.equal(sent.status, 201)
      t.match(sent.headers, { 'ratelimit-policy': '"urgent";q=4;w=60' })
    }
    const refused = await la.call(surface, 'system', 'receiveReferral', { body: low() })
    t.match(refused, limited)
    t.equal(
      (await world.sql('select id from referrals where authority_id = $1', [la.id])).length,
      4,
      'nothing was stored',
    )
  })

  t.test(`without a valid token an address is slowed down, and whoever has one is not (${surface})`, async (t) => {
    world.clock.now += 60_000
    const la = await world.authority()
    for (let i = 0; i < 5; i++) t.equal((await la.call(surface, null, 'me')).status, 401)
    const refused = await la.call(surface, null, 'me')
    t.match(refused, { status: 429, code: 'too_many_requests' })
    t.equal(refused.headers['retry-after'], '12')
    t.equal((await la.call(surface, 'screener', 'me')).status, 200)
  })
}

t.test('each field at the root of a document counts', async (t) => {
  const la = await world.authority()
  const query = `{ ${Array.from({ length: 8 }, (_, i) => `a${i}: me { accountId }`).join(' ')} }`
  const { body, headers } = await la.graphql('auditor', query)
  t.equal(body.errors.length, 2)
  t.match(body.errors[0], { extensions: { code: 'too_many_requests', status: 429 } })
  t.ok(headers['retry-after'])
})

/** What is no operation, and what it is answered with while there is a share left. */
const IDLE: Readonly<Record<string, readonly [url: string, payload: string | undefined, status: number]>> = {
  'a document without an operation': ['/graphql', '{"query":"{ __typename }"}', 200],
  'a document that does not fit': ['/graphql', '{"query":"{ nosuch }"}', 400],
  'a document that is none': ['/graphql', '{"query":"{"}', 400],
  'a document that asks for too much': [
    '/graphql',
    JSON.stringify({ query: `{ ${'me { roles } '.repeat(11)} }` }),
    400,
  ],
  'a document without an operation of that name': ['/graphql', '{"query":"{ me { roles } }","operationName":"x"}', 400],
  'no document': ['/graphql', '{}', 400],
  'no JSON, at /graphql': ['/graphql', '{', 400],
  'no JSON': ['/v1/score', '{', 400],
  'a body where there is none': ['/v1/referrals/x/recommendations', '{"level":"L1"}', 400],
  'a parameter given twice': ['/v1/referrals?first=1&first=2', undefined, 400],
  'a form that there is not': ['/v1/letters/x?format=x', undefined, 400],
}

t.test('what comes to its end without an operation counts as one', async (t) => {
  for (const [name, [url, payload, status]] of Object.entries(IDLE)) {
    const la = await world.authority(null)
    const ask = (token: string) =>
      world.app.inject({
        method: payload === undefined ? 'GET' : 'POST',
        url,
        headers: {
          authorization: `Bearer ${token}`,
          'idempotency-key': randomUUID(),
          'content-type': 'application/json',
        },
        ...(payload === undefined ? {} : { payload }),
      })
    for (let left = 5; left >= 0; left--) {
      const { statusCode, headers } = await ask(la.accounts.auditor.token)
      t.equal(statusCode, status, name)
      t.match(headers, { 'ratelimit-policy': '"ordinary";q=6;w=60', ratelimit: new RegExp(`r=${left};`) }, name)
    }
    const refused = await ask(la.accounts.auditor.token)
    t.match(refused.json(), { status: 429, code: 'too_many_requests' }, name)
    t.match(refused.headers, { 'retry-after': '10', 'content-type': /problem\+json/ }, name)
    t.equal((await ask(la.accounts.approver.token)).statusCode, status, `${name}: another account is not held up`)
  }
})

t.test('a document whose operations were counted is not counted once more', async (t) => {
  const la = await world.authority(null)
  const { headers } = await la.graphql('auditor', '{ me { roles } __typename }')
  t.match(headers['ratelimit'], /r=5;/)
  const { headers: after } = await la.rest('auditor', 'GET', '/v1/me')
  t.match(after['ratelimit'], /r=4;/)
})

t.test('without a good token nothing of a body is read, and each try counts', async (t) => {
  world.clock.now += 60_000
  const text = `{"a":"${'x'.repeat(1000)}`
  const post = (url: string, authorization?: string) =>
    world.app.inject({
      method: 'POST',
      url,
      payload: text,
      headers: { 'content-type': 'application/json', ...(authorization ? { authorization } : {}) },
    })
  const codes: string[] = []
  for (const url of ['/v1/referrals', '/graphql', '/v1/score', '/graphql', '/v1/referrals', '/graphql'])
    codes.push((await post(url, url === '/graphql' ? 'Bearer abc' : undefined)).json().code)
  t.strictSame(codes, [...Array(5).fill('unauthenticated'), 'too_many_requests'])
  for (const [url, code] of [
    ['/nowhere', 'not_found'],
    ['/v1/me', 'method_not_allowed'],
  ] as const)
    t.match((await post(url)).json(), { code }, 'nor is it where there is nothing')
})

t.test('health is not limited', async (t) => {
  for (let i = 0; i < 30; i++) t.equal((await world.app.inject({ method: 'GET', url: '/health/live' })).statusCode, 200)
})

t.test('many views of records are told to the operator, and none of them is refused', async (t) => {
  const la = await world.authority()
  const sent = await received((...args) => la.call('REST', ...args), low())
  for (let i = 0; i < 8; i++) {
    world.clock.now += 60_000
    t.equal((await la.call('REST', 'screener', 'referral', { params: { referralId: sent } })).status, 200)
  }
  while (!world.log().includes('"event":"views.many"')) await new Promise(setImmediate)
  const told = world
    .log()
    .split('\n')
    .filter((line) => line.includes('"event":"views.many"'))
  t.equal(told.length, 1, 'once in the hour')
  t.match(JSON.parse(told[0] ?? '{}'), { level: 40, accountId: la.accounts.screener.id, anHour: 4 })
})

t.test('without limits nobody is told of any', async (t) => {
  const open = await openWorld(t)
  const la = await open.authority(null)
  for (let i = 0; i < 50; i++) t.equal((await la.rest('auditor', 'GET', '/v1/me')).headers['ratelimit'], undefined)
})

t.test('what is remembered is bounded, and a clock that is put back locks nobody out', async (t) => {
  let now = START
  const pace = createPace(() => now, 100)
  const quota = { name: 'q', perMinute: 7 }
  const newcomers = Array.from({ length: 5000 }, () => pace(randomUUID(), quota))
  t.ok(newcomers.every(({ isAdmitted }) => isAdmitted))
  for (let i = 0; i < 7; i++) pace('one', quota)
  t.notOk(pace('one', quota).isAdmitted)
  now -= 3_600_000
  const { retrySeconds } = pace('one', quota)
  t.ok(retrySeconds > 0 && retrySeconds <= 60)
  now += 60_000
  t.ok(pace('one', quota).isAdmitted)
  for (const perMinute of [1, 3, 7, 600, 9_999_999]) {
    const each = createPace(() => now)
    const admitted = Array.from({ length: Math.min(perMinute, 1000) }, () => each('k', { name: 'q', perMinute }))
    t.ok(
      admitted.every(({ isAdmitted }) => isAdmitted),
      `${perMinute} are ${perMinute}`,
    )
    if (perMinute <= 1000) t.notOk(each('k', { name: 'q', perMinute }).isAdmitted)
  }
})
