// What every answer says of itself, so that no browser makes more of it than it is.
import t from 'tap'
import { openWorld } from '../support/world.ts'

const world = await openWorld(t)
const la = await world.authority()
const authorization = `Bearer ${la.accounts.screener.token}`

const ANSWERS: readonly [name: string, url: string, headers: Record<string, string>, status: number][] = [
  ['a result', '/v1/me', { authorization }, 200],
  ['a refusal', '/v1/me', {}, 401],
  ['nothing', '/v1/none', { authorization }, 404],
  ['a call from a page elsewhere', '/v1/me', { authorization, origin: 'https://elsewhere.example' }, 200],
  ['health', '/health/live', {}, 200],
  ['the reference', '/docs/', {}, 200],
]

for (const [name, url, headers, status] of ANSWERS) {
  t.test(`${name} says its type, is not guessed at, framed, referred to, or shown to another origin`, async (t) => {
    const answer = await world.app.inject({ url, headers })
    t.equal(answer.statusCode, status)
    t.match(answer.headers['content-type'], /^(application\/(problem\+)?json|text\/html); charset=utf-8$/i)
    t.match(answer.headers, {
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'content-security-policy': /frame-ancestors 'none'/,
    })
    for (const directive of ["object-src 'none'", "base-uri 'none'"])
      t.ok(String(answer.headers['content-security-policy']).split(';').includes(directive), directive)
    const named = Object.keys(answer.headers)
    t.strictSame(
      named.filter((header) => /^access-control-|^set-cookie$/i.test(header)),
      [],
    )
  })
}
