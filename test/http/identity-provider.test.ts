// A real OpenID provider: tokens of systems that ask in their own name, keys that change, and a provider that is away.
import { randomUUID } from 'node:crypto'
import { exportJWK, generateKeyPair, type JWK } from 'jose'
import t from 'tap'
import { KEY_TIMES } from '../../src/features/identity/keys.ts'
import { provideAccount } from '../../src/features/identity/provision.ts'
import { createVerifier, type TokenVerifier } from '../../src/features/identity/verifier.ts'
import { identityProvider } from '../support/identity-provider.ts'
import { low } from '../support/referrals.ts'
import { SURFACES } from '../support/surfaces.ts'
import { type Account, openWorld } from '../support/world.ts'

const AUDIENCE = 'https://threshold.northmoor.example'
let verify: TokenVerifier | undefined
const world = await openWorld(t, { verify: (token) => (verify as TokenVerifier)(token) })
const la = await world.authority()
const other = await world.authority(null)
const client = `case-management-${randomUUID()}`
const clients = { [client]: la.code, stranger: other.code }
const provider = await identityProvider(t, { audience: AUDIENCE, clients })
/** The tokens of a real provider are of today; from there the clock is moved. */
let ahead = 0
let fetches = 0
verify = createVerifier(
  [
    {
      issuer: provider.issuer,
      audience: AUDIENCE,
      algorithm: 'ES256',
      authorities: [la.code],
      keys: { jwksUrl: provider.jwksUrl },
    },
  ],
  {
    clock: () => Date.now() + ahead,
    fetch: (...args) => {
      fetches++
      return fetch(...args)
    },
  },
)
const id = await provideAccount(
  world.database,
  { id: la.id, code: la.code, name: la.code },
  { subject: client, displayName: 'Case management', kind: 'system', roles: ['system'] },
  { now: new Date(world.clock.now).toISOString(), newId: randomUUID },
)

async function signingKey(kid: string): Promise<JWK> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true })
  return { ...(await exportJWK(privateKey)), kid, alg: 'ES256', use: 'sig' }
}
const first = await signingKey('first')
const second = await signingKey('second')
const as = (token: string): Account => ({ id, subject: client, token })
const status = async (token: string): Promise<number> => (await la.rest(as(token), 'GET', '/v1/me')).status

await provider.start([first])
const early = await provider.tokenFor(client)

t.test('a system works with the tokens that it is given for itself, over both surfaces', async (t) => {
  for (const surface of SURFACES) {
    t.match(await la.call(surface, as(early), 'me'), { status: 200, data: { kind: 'system', roles: ['system'] } })
    const sent = await la.call(surface, as(early), 'receiveReferral', { body: low() })
    t.equal(sent.status, 201, surface)
  }
  t.equal(fetches, 1)
})

t.test('what the provider gives for other uses is refused', async (t) => {
  const tokens = {
    'for another service': await provider.tokenFor(client, 'https://another.example'),
    'of a client for another authority': await provider.tokenFor('stranger'),
    'opaque, for nobody in particular': await provider.tokenFor(client, ''),
  }
  for (const [name, token] of Object.entries(tokens))
    for (const surface of SURFACES) {
      const answer = await la.call(surface, as(token), 'me')
      t.match(answer, { status: 401, code: 'unauthenticated' }, `${name} (${surface})`)
    }
})

t.test('a new key is taken up when a token first names it, at most once in a while', async (t) => {
  await provider.start([second, first])
  const late = await provider.tokenFor(client)
  t.equal(await status(late), 401, 'keys were fetched a moment ago, and not again so soon')
  ahead += KEY_TIMES.pauseMs
  t.equal(await status(late), 200)
  t.equal(await status(early), 200, 'the former key is published still')
  const before = fetches
  const unknown = `${Buffer.from('{"alg":"ES256","typ":"at+jwt","kid":"none"}').toString('base64url')}.${late.split('.').slice(1).join('.')}`
  ahead += KEY_TIMES.pauseMs
  for (const answer of await Promise.all(Array.from({ length: 20 }, () => status(unknown)))) t.equal(answer, 401)
  for (let i = 0; i < 20; i++) t.equal(await status(unknown), 401)
  t.equal(fetches, before + 1, 'forty tokens with an unknown key fetch once')
})

t.test('a retired key ends when the keys are renewed', async (t) => {
  await provider.start([second])
  t.equal(await status(early), 200, 'the keys that are kept are fresh')
  ahead += KEY_TIMES.renewMs
  t.equal(await status(early), 401)
  t.equal(await status(await provider.tokenFor(client)), 200)
})

t.test('while the provider is away its keys are used, not for long, and then nobody is let in', async (t) => {
  const token = await provider.tokenFor(client)
  t.equal(await status(token), 200)
  await provider.stop()
  ahead += KEY_TIMES.renewMs
  t.equal(await status(token), 200, 'away for a moment')
  ahead += KEY_TIMES.pauseMs
  t.equal(await status(early), 503, 'whether a key that is not known is one now cannot be said')
  ahead += KEY_TIMES.keepMs
  for (const surface of SURFACES) {
    const answer = await la.call(surface, as(token), 'me')
    t.match(answer, { status: 503, code: 'unavailable' }, surface)
    t.ok(answer.headers['retry-after'], surface)
  }
  await provider.start([second])
  ahead += KEY_TIMES.pauseMs
  t.equal(await status(token), 200, 'and all is well when it is back')
})
