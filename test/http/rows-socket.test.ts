// What a server on a socket is sent that no client library would send: rows 9 to 11, 20, 21, 24, 25, 27 and 28.
import { randomUUID } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import { DECISION_BYTES_MAX, DecisionInput } from '../../src/features/decisions/model.ts'
import { SERVER_LIMITS } from '../../src/http/server.ts'
import { wrapped } from '../support/posting.ts'
import { type RawAnswer, RawConnection, rawRequest } from '../support/raw.ts'
import { longestDecision, low } from '../support/referrals.ts'
import { rowsOf } from '../support/rows.ts'
import { SURFACES, type Surface } from '../support/surfaces.ts'
import { openWorld, type World } from '../support/world.ts'

const CONNECTIONS = 8
const world = await openWorld(t)
/** The same with no patience: what is late is found at once, and few connections are served. */
const strained = await openWorld(t, {
  server: { ...SERVER_LIMITS, requestMs: 300, checkMs: 50, connections: CONNECTIONS },
})
const la = await world.authority()
const port = await listening(world)
const strainedPort = await listening(strained)
const strainedLa = await strained.authority(null)
const rows = rowsOf(t, 'test/http/rows-socket.test.ts')

async function listening({ app }: World): Promise<number> {
  await app.listen({ host: '127.0.0.1', port: 0 })
  return (app.server.address() as AddressInfo).port
}

const TEXT = JSON.stringify(low())
/** Every bad request here goes to both surfaces. */
const ADDRESSES = { REST: '/v1/referrals', GraphQL: '/graphql' } as const
const authorization = (of: typeof la) => `Authorization: Bearer ${of.accounts.referrer.token}`
const AUTHORIZATION = authorization(la)

function head(path: string, ...lines: string[]): string {
  return headOf(la, path, ...lines)
}

function headOf(of: typeof la, path: string, ...lines: string[]): string {
  const all = [`POST ${path} HTTP/1.1`, 'Host: here', authorization(of), 'Content-Type: application/json', ...lines]
  return `${all.join('\r\n')}\r\n\r\n`
}

const key = () => `Idempotency-Key: ${randomUUID()}`
const isProblem = ({ headers, body }: RawAnswer, code: string): boolean =>
  /^application\/problem\+json/.test(headers['content-type'] ?? '') && JSON.parse(body).code === code
const closes = ({ headers }: RawAnswer): boolean => headers['connection'] === 'close'

async function stillServes(of: number, token = la.accounts.referrer.token): Promise<boolean> {
  const response = await fetch(`http://127.0.0.1:${of}/v1/me`, { headers: { authorization: `Bearer ${token}` } })
  await response.text()
  return response.status === 200
}

rows.row(9, 'refused by what it says it holds, and closed', async (tried) => {
  for (const [surface, path] of Object.entries(ADDRESSES)) {
    const answer = await rawRequest(port, head(path, key(), `Content-Length: ${1024 * 1024 + 1}`))
    tried(answer.status === 413 && isProblem(answer, 'payload_too_large') && closes(answer), surface)
  }
  const decision = `/v1/recommendations/${randomUUID()}/decision`
  const long = await rawRequest(port, head(decision, key(), `Content-Length: ${DECISION_BYTES_MAX + 1}`))
  tried(long.status === 413 && isProblem(long, 'payload_too_large') && closes(long), 'REST: a decision')
  const longest = longestDecision()
  tried(Buffer.byteLength(JSON.stringify(longest)) < DECISION_BYTES_MAX, 'no decision is that long')
  tried(DecisionInput.safeParse(longest).success, 'though it says as much as it may')
  const params = { recommendationId: randomUUID() }
  const body = { level: 'L2', response: 'x', rationale: 'x'.repeat(DECISION_BYTES_MAX) }
  const { status, errors } = await la.call('GraphQL', 'supervisor', 'recordDecision', { params, body })
  tried.otherwise(status === 400 && errors[0]?.pointer === '/rationale', 'GraphQL: a decision')
})

rows.row(10, 'refused at the limit', async (tried) => {
  const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`
  for (const [surface, path] of Object.entries(ADDRESSES)) {
    const connection = new RawConnection(port)
    await connection.write(head(path, key(), 'Transfer-Encoding: chunked'))
    for (let sent = 0; sent < 24 && connection.socket.writable; sent++) await connection.write(chunk)
    const answer = await connection.untilClosed()
    tried(answer.status === 413 && isProblem(answer, 'payload_too_large') && closes(answer), surface)
  }
})

rows.row(11, 'ended with 408, wherever it stops', async (tried) => {
  const late = (path: string, ...lines: string[]) => headOf(strainedLa, path, key(), ...lines)
  const stops: [string, string][] = [
    ['in its first line', 'POST /v1/ref'],
    ['in its headers', late('/v1/referrals', 'Content-Length: 10').slice(0, -20)],
    ['before its body', late('/v1/referrals', 'Content-Length: 10')],
    ['in its body', `${late('/v1/referrals', 'Content-Length: 10')}{"a"`],
    ['in a chunk', `${late('/graphql', 'Transfer-Encoding: chunked')}5\r\n{"a`],
    ['in a body for GraphQL', `${late('/graphql', 'Content-Length: 10')}{`],
  ]
  for (const [name, bytes] of stops) {
    const answer = await rawRequest(strainedPort, bytes)
    tried(answer.status === 408 && isProblem(answer, 'request_timeout') && closes(answer), name)
  }
  const drop = new RawConnection(strainedPort)
  await drop.write(late('/v1/referrals', 'Content-Length: 4000'))
  const timer = setInterval(() => void drop.write('x'), 20)
  const dripped = await drop.untilClosed()
  clearInterval(timer)
  tried(dripped.status === 408, 'a byte at a time')
  const { requestMs, checkMs } = SERVER_LIMITS
  tried(requestMs + checkMs <= 15_000, 'and the service itself waits for 15 seconds at most')
})

rows.row(20, 'refused and closed; what comes behind is not carried out', async (tried) => {
  const before = await world.counts()
  const hidden = `${head('/v1/referrals', key(), `Content-Length: ${TEXT.length}`)}${TEXT}`
  for (const [surface, path] of Object.entries(ADDRESSES)) {
    const requests: [string, string][] = [
      ['two lengths', head(path, key(), 'Content-Length: 5', 'Content-Length: 6')],
      ['two lengths in one', head(path, key(), 'Content-Length: 5, 6')],
      ['length and chunks', head(path, key(), 'Content-Length: 4', 'Transfer-Encoding: chunked')],
      ['chunks and length', head(path, key(), 'Transfer-Encoding: chunked', 'Content-Length: 4')],
      ['chunks by another name', head(path, key(), 'Transfer-Encoding: xchunked')],
      ['chunks not last', head(path, key(), 'Transfer-Encoding: chunked, identity')],
      ['a folded header', head(path, key(), 'X-Folded: a\r\n b')],
      ['a folded length', head(path, key(), 'Content-Length: 4\r\n 0')],
      ['a blank before the colon', head(path, key(), 'Content-Length : 4')],
      ['bare line feeds', head(path, key(), 'Content-Length: 0').replaceAll('\r\n', '\n')],
      ['a bare line feed in the headers', head(path, key(), 'X-One: 1\nX-Two: 2')],
      ['a bare return in a header', head(path, key(), 'X-One: 1\rX-Two: 2')],
      ['NUL in a header', head(path, key(), 'X-One: a\u0000b')],
      ['a negative length', head(path, key(), 'Content-Length: -1')],
      ['a length in hexadecimal', head(path, key(), 'Content-Length: 0x10')],
      ['a length beyond all', head(path, key(), 'Content-Length: 99999999999999999999999')],
      ['a chunk of a negative length', `${head(path, key(), 'Transfer-Encoding: chunked')}-1\r\n`],
      [
        'a chunk that is longer than it says',
        `${head(path, key(), 'Transfer-Encoding: chunked')}1\r\nabc\r\n0\r\n\r\n`,
      ],
      ['another protocol', head(path, key()).replace('HTTP/1.1', 'HTTP/9.9')],
      ['no HTTP at all', '\u0016\u0003\u0001\u0002\u0000\u0001hello\r\n\r\n'],
    ]
    for (const [name, bytes] of requests) {
      const answer = await rawRequest(port, bytes + hidden)
      tried(answer.status === 400 && closes(answer) && !answer.body.includes('HTTP/1.1'), `${surface}: ${name}`)
    }
  }
  // Where the first of two requests ends is plain here, so that the second would be one of its own: it is sent alone.
  const nobody = await rawRequest(port, head('/v1/referrals', key()).replace('Host: here\r\n', ''))
  tried(nobody.status === 400 && closes(nobody), 'no host')
  tried(JSON.stringify(await world.counts()) === JSON.stringify(before), 'nothing was stored')
  tried(await stillServes(port), 'and the service goes on')
})

rows.row(21, 'refused before it is kept', async (tried) => {
  const lines = Array.from({ length: 100 }, (_, i) => `X-Long-${i}: ${'x'.repeat(8192)}`)
  for (const [surface, path] of Object.entries(ADDRESSES)) {
    const answer = await rawRequest(port, head(path, ...lines))
    tried(answer.status === 431 && isProblem(answer, 'headers_too_large') && closes(answer), surface)
    const long = await rawRequest(port, head(`${path}?q=${'x'.repeat(20_000)}`))
    tried(long.status === 431, `${surface}: an address beyond it`)
  }
})

rows.row(24, 'refused with what there is', async (tried) => {
  const request = (method: string, path: string) =>
    rawRequest(port, `${method} ${path} HTTP/1.1\r\nHost: here\r\n${AUTHORIZATION}\r\nConnection: close\r\n\r\n`)
  for (const [path, allow] of [
    ['/v1/referrals', 'GET, POST'],
    ['/graphql', 'POST'],
    ['/v1/me', 'GET'],
    ['/v1/score', 'POST'],
  ])
    for (const method of ['HEAD', 'TRACE', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'PROPFIND', 'CONNECT', 'BREW']) {
      const { status, headers } = await request(method, path ?? '')
      // What is no method of HTTP ends before there is a request, and CONNECT asks for a tunnel: neither has an address.
      const isUnknown = method === 'BREW' || method === 'CONNECT'
      const isRefused = status === 405 && headers['allow'] === allow
      tried(isUnknown ? status === 400 || status === 0 : isRefused, `${method} ${path}: ${status}`)
    }
})

rows.row(25, 'refused, or not taken over', async (tried) => {
  const sent = (surface: Surface, line: string) => {
    const body = wrapped(surface, TEXT)
    const lines = [line, `Content-Length: ${body.length}`, 'Connection: close']
    return rawRequest(port, `${head(ADDRESSES[surface], ...lines)}${body}`)
  }
  const keys: [string, string][] = [
    ['empty', 'Idempotency-Key:'],
    ['blanks', 'Idempotency-Key:    '],
    ['300 characters', `Idempotency-Key: ${'x'.repeat(300)}`],
    ['with a blank', 'Idempotency-Key: a b'],
    ['in Unicode', 'Idempotency-Key: schlüssel'],
    ['with a tab', 'Idempotency-Key: a\tb'],
    ['given twice', 'Idempotency-Key: a\r\nIdempotency-Key: b c'],
  ]
  for (const surface of SURFACES) {
    for (const [name, line] of keys) {
      const { status, body } = await sent(surface, line)
      const isRefused = status === 400 || (surface === 'GraphQL' && body.includes('"status":400'))
      tried(isRefused && /"idempotency_key_(invalid|required)"/.test(body), `${surface}: a key ${name}`)
    }
    const forged = `Idempotency-Key: ${randomUUID()}\r\nX-Request-Id: forged\r\nTraceparent: 00-forged`
    const { status, text } = await sent(surface, forged)
    tried.otherwise(status < 300 && !text.includes('forged'), `${surface}: a trace id of the caller is not taken over`)
    const split = await sent(surface, `Idempotency-Key: ${randomUUID()}%0d%0aSet-Cookie:%20a=b`)
    tried(split.status < 300 && !split.headers['set-cookie'], `${surface}: an encoded line end stays text`)
  }
})

rows.row(27, 'the write stands, and the same key gives its answer', async (tried) => {
  const graphql = JSON.stringify({
    query: 'mutation($input: ReferralContentInput!) { receiveReferral(input: $input) { referral { id } } }',
    variables: { input: low() },
  })
  for (const [surface, path] of Object.entries(ADDRESSES)) {
    const body = surface === 'GraphQL' ? graphql : TEXT
    const line = key()
    const count = async () => Number((await world.sql('select count(*)::int as n from referrals'))[0]?.['n'])
    const before = await count()
    const gone = new RawConnection(port)
    await gone.write(`${head(path, line, `Content-Length: ${Buffer.byteLength(body)}`)}${body}`)
    gone.socket.destroy()
    const bytes = `${head(path, line, `Content-Length: ${Buffer.byteLength(body)}`, 'Connection: close')}${body}`
    const again = await rawRequest(port, bytes)
    tried(again.status < 300 && (await count()) === before + 1, `${surface}: one referral`)
    tried((await rawRequest(port, bytes)).body === again.body, `${surface}: and the same answer`)
  }
})

rows.row(28, 'refused beyond the limit, while health is answered', async (tried) => {
  const held = Array.from({ length: CONNECTIONS }, () => new RawConnection(strainedPort))
  const ask = 'GET /health/live HTTP/1.1\r\nHost: here\r\n\r\n'
  for (const connection of held) {
    await connection.write(ask)
    await connection.untilSaid('"ok"')
  }
  for (const path of Object.values(ADDRESSES)) {
    const crowded = await rawRequest(strainedPort, `${head(path, key(), 'Content-Length: 2')}{}`)
    tried(crowded.status === 503 && isProblem(crowded, 'unavailable') && closes(crowded), path)
    tried(crowded.headers['retry-after'] !== undefined, `${path}: and when to try again`)
  }
  tried((await rawRequest(strainedPort, ask)).body.includes('"ok"'), 'health is answered')
  for (const connection of held) {
    connection.socket.end()
    await connection.untilClosed()
  }
  const row = await rawRequest(port, ask.repeat(200).replace(/\r\n\r\n$/, '\r\nConnection: close\r\n\r\n'))
  tried(row.text.split('"ok"').length - 1 === 200, 'requests in a row on one connection are answered one by one')
})
rows.end()
