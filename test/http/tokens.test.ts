// Tokens that are none: each is answered with the same 401, whatever is wrong with it.
import { randomUUID } from 'node:crypto'
import { exportJWK, exportSPKI, generateKeyPair, importJWK, type JWTPayload, SignJWT } from 'jose'
import t from 'tap'
import { low } from '../support/referrals.ts'
import { disable, grantRole, revokeRole } from '../support/roles.ts'
import { openWorld } from '../support/world.ts'

const world = await openWorld(t)
const la = await world.authority()
const { subject } = la.accounts.screener
const own = await importJWK(world.key, 'ES256')
const { d: _, ...publicJwk } = world.key
const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

type Made = {
  payload?: JWTPayload
  header?: Record<string, unknown>
  key?: Parameters<SignJWT['sign']>[0]
  at?: number
}

/** A token that is right in all but what is given. */
async function token({ payload = {}, header = {}, key = own, at = 0 }: Made = {}): Promise<string> {
  const now = Math.floor(Date.now() / 1000) + at
  const claims = {
    sub: subject,
    authority: la.code,
    iss: 'threshold-development',
    aud: 'threshold',
    iat: now,
    exp: now + 600,
    ...payload,
  }
  const kept = Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== undefined))
  return await new SignJWT(kept)
    .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: 'development', ...header } as { alg: string })
    .sign(key)
}

const ask = (authorization: string | undefined, url = '/v1/me') =>
  world.app.inject({ method: 'GET', url, headers: authorization === undefined ? {} : { authorization } })

async function badTokens(): Promise<Record<string, string | undefined>> {
  const good = await token()
  const [header = '', payload = '', signature = ''] = good.split('.')
  const { privateKey: stranger } = await generateKeyPair('ES256')
  const { privateKey: rsa } = await generateKeyPair('RS256')
  const secret = Buffer.from(await exportSPKI((await importJWK(publicJwk, 'ES256')) as never))
  const raw = Buffer.from(JSON.stringify(publicJwk))
  const bearer = async (made: Made) => `Bearer ${await token(made)}`
  const unsigned = { alg: 'none', typ: 'at+jwt' }
  const headed = (other: object) => `Bearer ${encode(other)}.${payload}.${signature}`
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString())
  return {
    missing: undefined,
    empty: '',
    'no scheme': good,
    'another scheme': `Basic ${good}`,
    'no token': 'Bearer ',
    garbage: 'Bearer garbage',
    'three dots': 'Bearer ...',
    expired: await bearer({ at: -3600 }),
    'not yet valid beyond the skew': await bearer({ payload: { nbf: Math.floor(Date.now() / 1000) + 120 } }),
    'another issuer': await bearer({ payload: { iss: 'somebody' } }),
    'no issuer': await bearer({ payload: { iss: undefined } as never }),
    'another audience': await bearer({ payload: { aud: 'something' } }),
    'another type': await bearer({ header: { typ: 'JWT' } }),
    'no type': await bearer({ header: { typ: undefined } }),
    'an unknown key id': await bearer({ header: { kid: 'other' } }),
    'an unknown critical header': headed({ alg: 'ES256', typ: 'at+jwt', crit: ['x'], x: 1 }),
    'algorithm none': `Bearer ${encode(unsigned)}.${payload}.`,
    'algorithm none, signed': `Bearer ${encode(unsigned)}.${payload}.${signature}`,
    'the public key as a secret': await bearer({ header: { alg: 'HS256' }, key: secret }),
    'the public JWK as a secret': await bearer({ header: { alg: 'HS256' }, key: raw }),
    'another algorithm': await bearer({ header: { alg: 'RS256' }, key: rsa }),
    'another key': await bearer({ key: stranger }),
    'a key of its own in the header': await bearer({
      key: stranger,
      header: { jwk: await exportJWK(stranger).catch(() => publicJwk) },
    }),
    'another payload': `Bearer ${header}.${encode({ ...claims, sub: la.accounts.supervisor.subject })}.${signature}`,
    'another header': headed({ alg: 'ES256', typ: 'at+jwt', kid: 'development', x: 1 }),
    'padding added': `Bearer ${good}=`,
    'another segment': `Bearer ${good}.e30`,
    'a segment less': `Bearer ${header}.${payload}`,
    'a blank inside': `Bearer ${header}. ${payload}.${signature}`,
    'standard base64': `Bearer ${header}.${payload}.${signature.replaceAll('-', '+').replaceAll('_', '/')}+/`,
    'a second token': `Bearer ${good}, Bearer ${good}`,
    'no subject': await bearer({ payload: { sub: undefined } as never }),
    'an empty subject': await bearer({ payload: { sub: '' } }),
    'no expiry': await bearer({ payload: { exp: undefined } as never }),
    'no time of issue': await bearer({ payload: { iat: undefined } as never }),
    'no authority': await bearer({ payload: { authority: undefined } }),
    'a list of authorities': await bearer({ payload: { authority: [la.code] } }),
    'an unknown authority': await bearer({ payload: { authority: 'nowhere' } }),
    'an authority that is none': await bearer({ payload: { authority: "x' or 1=1" } }),
    'an unknown subject': await bearer({ payload: { sub: randomUUID() } }),
    'a subject in capitals': await bearer({ payload: { sub: subject.toUpperCase() } }),
    'far too long': await bearer({ payload: { more: 'x'.repeat(9000) } }),
  }
}

t.test('a good token is good, also within the skew', async (t) => {
  for (const made of [{}, { at: 30 }, { payload: { nbf: Math.floor(Date.now() / 1000) + 30 } }, { at: -630 }])
    t.equal((await ask(`Bearer ${await token(made)}`)).statusCode, 200)
  const { body } = await la.rest('screener', 'GET', '/v1/me')
  t.match(body, { displayName: 'The screener', roles: ['screener'], authority: la.code, qualification: 'social_work' })
})

t.test('every bad token is answered alike', async (t) => {
  const answers = new Map<string, string[]>()
  for (const [name, authorization] of Object.entries(await badTokens())) {
    const response = await ask(authorization)
    const { 'x-request-id': _, date: __, ...headers } = response.headers
    const seen = { status: response.statusCode, headers, body: { ...response.json(), traceId: '' } }
    t.equal(response.statusCode, 401, name)
    const text = JSON.stringify(seen)
    answers.set(text, [...(answers.get(text) ?? []), name])
  }
  t.equal(answers.size, 1, [...answers.values()].map((names) => names.join(', ')).join(' | '))
  t.match(JSON.parse([...answers.keys()][0] ?? '{}'), {
    headers: { 'www-authenticate': 'Bearer', 'content-type': 'application/problem+json; charset=utf-8' },
    body: { code: 'unauthenticated', status: 401 },
  })
})

t.test('a signed token whose subject holds NUL is answered as any bad token', async (t) => {
  t.equal((await ask(`Bearer ${await token({ payload: { sub: 'a\u0000' } })}`)).statusCode, 401)
})

t.test('no token opens another door: not in the query, the body or another header', async (t) => {
  const good = await token()
  const tries = [
    ask(undefined, `/v1/me?access_token=${good}`),
    world.app.inject({
      method: 'GET',
      url: '/v1/me',
      headers: { 'x-authorization': `Bearer ${good}`, cookie: `token=${good}` },
    }),
    world.app.inject({
      method: 'GET',
      url: '/v1/me',
      headers: { 'x-user': subject, 'x-tenant': la.code, 'x-authority': la.code },
    }),
  ]
  for (const { statusCode } of await Promise.all(tries)) t.equal(statusCode, 401)
})

t.test('tokens are looked at before anything else is', async (t) => {
  for (const [method, url] of [
    ['GET', '/v1/referrals?first=0'],
    ['GET', `/v1/referrals/${randomUUID()}`],
    ['POST', '/v1/referrals'],
    ['POST', '/v1/score'],
    ['GET', '/v1/audit/verification'],
  ] as const) {
    const response = await world.app.inject({
      method,
      url,
      ...(method === 'POST' ? { payload: { ...low(), x: 1 } } : {}),
    })
    t.equal(response.statusCode, 401, `${method} ${url}`)
  }
})

t.test('roles are those of this moment, not those of the token', async (t) => {
  const fresh = await world.authority()
  const { id } = fresh.accounts.referrer
  t.equal((await fresh.rest('referrer', 'POST', '/v1/referrals', low())).status, 201)
  await revokeRole(world, id, 'referrer')
  await grantRole(world, id, 'auditor')
  t.match(await fresh.rest('referrer', 'POST', '/v1/referrals', low()), { status: 403, body: { code: 'forbidden' } })
  t.equal((await fresh.rest('referrer', 'GET', '/v1/audit/entries')).status, 200)
  await revokeRole(world, id, 'auditor')
  t.match(await fresh.rest('referrer', 'GET', '/v1/me'), { status: 403 }, 'an account without roles does nothing')
  await disable(world, id)
  t.match(await fresh.rest('referrer', 'GET', '/v1/me'), { status: 401 }, 'an account that is disabled is nobody')
})

t.test('no token, nor any part of one, stands in the log', async (t) => {
  await Promise.all(Object.values(await badTokens()).map((authorization) => ask(authorization)))
  const parts = la.accounts.screener.token.split('.')
  for (const part of parts.slice(1)) t.notMatch(world.log(), part)
  t.notMatch(world.log(), /eyJ[A-Za-z0-9_-]{10}/, 'nothing that starts as a token does')
  t.match(world.log(), /"event":"auth.rejected","reason":"expired"/, 'why it was refused does')
})
