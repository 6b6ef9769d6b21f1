// Attacks on tokens: each is answered with the same 401 over both surfaces, with its reason in the log and none of its text.
import { setTimeout } from 'node:timers/promises'
import t from 'tap'
import type { TokenVerifier } from '../../src/features/identity/verifier.ts'
import { createVerifier } from '../../src/features/identity/verifier.ts'
import { tally } from '../support/tally.ts'
import { openWorld } from '../support/world.ts'
import { attacks, type Forge, forge, OURS, publicJwk, token, type Whom } from './token-attacks.ts'

const own = forge('https://id.northmoor.example', 'own-1')
const rsa = forge('https://id.rsa.example', 'rsa-1', 'RS256')
const other = forge('https://id.saltmere.example', 'other-1')
/** A provider that cannot write `at+jwt`, for one authority. */
const plain = forge('https://id.plain.example', 'plain-1')
const forges: readonly Forge[] = [own, rsa, other, plain]

let verify: TokenVerifier | undefined
const fetched: string[] = []
const world = await openWorld(t, { verify: (text) => (verify as TokenVerifier)(text) })
const la = await world.authority(null)
const elsewhere = await world.authority(null)
const seconds = Math.floor(world.clock.now / 1000)
const whom: Whom = { subject: la.accounts.screener.subject, authority: la.code, now: seconds }

const issuer = ({ issuer, alg }: Forge, authorities: readonly string[]) => ({
  issuer,
  audience: OURS,
  algorithm: alg,
  authorities,
  keys: { jwksUrl: `${issuer}/keys` },
})
verify = createVerifier(
  [
    issuer(own, [la.code, elsewhere.code]),
    issuer(rsa, [la.code]),
    issuer(other, [elsewhere.code]),
    { ...issuer(plain, [la.code]), tokenType: 'JWT', lifetimeMinutesMax: 30 },
  ],
  {
    clock: () => world.clock.now,
    fetch: async (url) => {
      fetched.push(String(url))
      const keys = forges.filter(({ issuer }) => `${issuer}/keys` === String(url)).map(publicJwk)
      return Response.json({ keys })
    },
  },
)

const ask = {
  REST: (text: string) =>
    world.app.inject({ method: 'GET', url: '/v1/me', headers: { authorization: `Bearer ${text}` } }),
  GraphQL: (text: string) =>
    world.app.inject({
      method: 'POST',
      url: '/graphql',
      headers: { authorization: `Bearer ${text}`, 'content-type': 'application/json' },
      payload: JSON.stringify({ query: '{ me { accountId authority roles } }' }),
    }),
} as const
const SURFACES = ['REST', 'GraphQL'] as const

t.test('good tokens are taken, so that refusing everything would not do', async (t) => {
  const good: Record<string, string> = {
    plain: token(own, whom),
    'RSA, of an issuer with one authority that is not named': token(rsa, whom, { claims: { authority: undefined } }),
    'a list with our audience alone': token(own, whom, { claims: { aud: [OURS] } }),
    'the type in full and in capitals': token(own, whom, { header: { typ: 'application/AT+JWT' } }),
    'a thumbprint, as Entra sends': token(own, whom, { header: { x5t: 'abc' } }),
    'issued by a clock that is ahead': token(own, whom, { claims: { iat: seconds + 60, nbf: seconds + 60 } }),
    'expired within the skew': token(own, whom, { claims: { exp: seconds - 59 } }),
    'a provider of plain JWT': token(plain, whom, { header: { typ: 'JWT' } }),
    'members that we do not know': token(own, whom, { claims: { scope: 'a b', groups: ['x'], jti: '1' } }),
    'spread by blanks before it was signed': token(own, whom, { claimsText: (text) => text.replace('{', '{ \n') }),
  }
  for (const [name, text] of Object.entries(good)) {
    for (const surface of SURFACES) {
      const response = await ask[surface](text)
      t.equal(response.statusCode, 200, `${name} (${surface})`)
      t.match(response.body, la.code)
    }
  }
})

t.test('every attack is refused alike, and the log says why without a word of it', async (t) => {
  const table = attacks({ own, rsa, other, whom })
  const bodies = new Map<string, string>()
  const answers: { name: string; reason: string; status: number; id: unknown }[] = []
  for (const [name, text, reason] of table) {
    for (const surface of SURFACES) {
      const response = await ask[surface](text)
      const { traceId: _, ...body } = response.json()
      bodies.set(JSON.stringify(body), name)
      const { 'x-request-id': id } = response.headers
      answers.push({ name: `${name} (${surface})`, reason, status: response.statusCode, id })
    }
  }
  // The log is written behind the answers.
  while (!world.log().includes(`${answers.at(-1)?.id}","event"`)) await setTimeout(10)
  const log = world.log()
  const lines = log.split('\n').filter((line) => line.includes('"auth.rejected"'))
  const reasons = new Map(lines.map((line) => JSON.parse(line)).map(({ reqId, reason }) => [reqId, reason]))
  const held = answers.filter(({ name, reason, status, id }) => {
    t.same({ status, reason: reasons.get(id) }, { status: 401, reason }, name)
    return status === 401 && reasons.get(id) === reason
  }).length
  for (const text of table.flatMap(([, token]) => token.split('.').filter((part) => part.length > 20)))
    if (log.includes(text.slice(0, 200))) t.fail('a part of a token stands in the log')
  t.equal(bodies.size, 1, [...bodies].join('\n'))
  t.equal(new Set(table.map(([name]) => name)).size, table.length, 'each attack has a name of its own')
  tally(t, 'jwt_attacks', { held, of: answers.length })
})

t.test('keys are fetched once for each issuer, whatever key ids the attacks named', async (t) => {
  t.same([...new Set(fetched)].sort(), [own, rsa, other, plain].map(({ issuer }) => `${issuer}/keys`).sort())
  t.equal(fetched.length, 4, 'the clock stood still, so none was fetched twice')
})

t.test('a role in the token is none', async (t) => {
  const claims = { roles: ['administrator'], role: 'Administrator', scope: 'administrator', authority_roles: '*' }
  for (const surface of SURFACES) {
    const { body } = await ask[surface](token(own, whom, { claims }))
    t.match(body, '"roles":["screener"]', surface)
  }
})

t.test('a provider of plain JWT gives no longer tokens than it may, and no ID tokens', async (t) => {
  const typ = 'JWT'
  const tries: [string, string][] = [
    ['lifetime', token(plain, whom, { header: { typ }, claims: { exp: seconds + 1801 } })],
    ['id_token', token(plain, whom, { header: { typ }, claims: { nonce: 'n' } })],
    ['type', token(plain, whom, { header: { typ: 'logout+jwt' } })],
  ]
  for (const [reason, text] of tries) t.same(await (verify as TokenVerifier)(text), { refused: reason })
})

t.test('a token of one authority opens nothing of another, though the subject were the same', async (t) => {
  await world.sql(
    'insert into account_records select $1, gen_random_uuid(), subject, display_name, kind, agency, qualification, created_at from accounts where id = $2',
    [elsewhere.id, la.accounts.screener.id],
  )
  const { body } = await ask.REST(token(own, { ...whom, authority: elsewhere.code }))
  t.match(body, '"code":"forbidden"', 'there the same subject has no roles')
  t.match((await ask.REST(token(rsa, { ...whom, authority: elsewhere.code }))).body, '"code":"unauthenticated"')
})
