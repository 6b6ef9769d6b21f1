/** The two surfaces, called alike: an operation by its name, its answer in the same words whichever way it went. */
import { randomUUID } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import type { TAP, Test } from 'tap'
import type { Wrong } from '../../src/kernel/errors.ts'
import { requireDocumented } from './documented.ts'
import { documentOf, operationOf } from './documents.ts'
import type { Account, AccountName, Authority, World } from './world.ts'

// biome-ignore lint/suspicious/noExplicitAny: an answer is looked into; what it holds is what the test asks.
export type Json = any
export type Surface = 'REST' | 'GraphQL'
export const SURFACES: readonly Surface[] = ['REST', 'GraphQL']

export interface Reply {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  readonly text: string
  readonly body: Json
}

/** What an operation answered. Of GraphQL the status is the one that REST has for the same outcome. */
export interface Answer extends Reply {
  readonly code: string | null
  readonly errors: readonly Wrong[]
  /** The output of the operation; null when it was refused. */
  readonly data: Json
}

export interface Request {
  readonly params?: Readonly<Record<string, unknown>>
  readonly body?: unknown
  /** null sends no Idempotency-Key; left out, a write gets a fresh one. */
  readonly key?: string | null
}

type Who = AccountName | Account | null

export interface Caller {
  rest(who: Who, method: string, path: string, body?: unknown, headers?: Headers): Promise<Reply>
  graphql(who: Who, query: string, variables?: unknown, headers?: Headers): Promise<Reply>
  call(surface: Surface, who: Who, operation: string, request?: Request): Promise<Answer>
}

export function callersOf(app: FastifyInstance, accounts: Readonly<Record<AccountName, Account>>): Caller {
  const send = async (who: Who, method: string, url: string, more: Sent): Promise<Reply> => {
    const token = typeof who === 'string' ? accounts[who].token : who?.token
    const headers = { ...(token ? { authorization: `Bearer ${token}` } : {}), ...more.headers }
    const payload = more.body === undefined ? {} : { payload: JSON.stringify(more.body) }
    const type = more.body === undefined ? {} : { 'content-type': 'application/json' }
    const response = await app.inject({
      method: method as 'GET',
      url,
      headers: sent({ ...type, ...headers }),
      ...payload,
    })
    return { status: response.statusCode, headers: response.headers, text: response.body, body: parsed(response.body) }
  }
  const rest: Caller['rest'] = async (who, method, path, body, headers = {}) => {
    const key = method === 'POST' ? { 'idempotency-key': randomUUID() } : {}
    const reply = await send(who, method, path, { body, headers: { ...key, ...headers } })
    requireDocumented(app, method, path, reply)
    return reply
  }
  const graphql: Caller['graphql'] = (who, query, variables, headers = {}) =>
    send(who, 'POST', '/graphql', {
      body: { query, variables },
      headers: { 'idempotency-key': randomUUID(), ...headers },
    })
  return {
    rest,
    graphql,
    call: (surface, who, operation, request = {}) =>
      surface === 'REST' ? overRest(rest, who, operation, request) : overGraphql(send, who, operation, request),
  }
}

interface Sent {
  readonly body?: unknown
  readonly headers: Headers
}

/** null takes away a header that would be sent otherwise. */
type Headers = Readonly<Record<string, string | null>>

function sent(headers: Headers): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter((pair): pair is [string, string] => pair[1] !== null))
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

async function overRest(
  rest: Caller['rest'],
  who: Who,
  name: string,
  { params = {}, body, key }: Request,
): Promise<Answer> {
  const [method, template] = operationOf(name).route.split(' ') as [string, string]
  const left = new Map(Object.entries(params).filter(([, value]) => value !== undefined))
  const path = template.replaceAll(/\{(\w+)\}/g, (_, param: string) => {
    const value = String(left.get(param))
    left.delete(param)
    return encodeURIComponent(value)
  })
  const query = new URLSearchParams(
    [...left].map(([param, value]): [string, string] => [param, String(value)]),
  ).toString()
  const url = query === '' ? path : `${path}?${query}`
  const reply = await rest(who, method, url, body, keyHeader(key))
  const isDone = reply.status < 400
  return {
    ...reply,
    code: isDone ? null : reply.body?.code,
    errors: reply.body?.errors ?? [],
    data: isDone ? reply.body : null,
  }
}

type Send = (who: Who, method: string, url: string, more: Sent) => Promise<Reply>

async function overGraphql(send: Send, who: Who, name: string, request: Request): Promise<Answer> {
  const operation = operationOf(name)
  const given = Object.entries({ ...request.params, ...('body' in request ? { input: request.body } : {}) })
  const variables = Object.fromEntries(given.filter(([, value]) => value !== undefined))
  const query = documentOf(operation, Object.keys(variables))
  const key = request.key === undefined ? randomUUID() : request.key
  const reply = await send(who, 'POST', '/graphql', { body: { query, variables }, headers: keyHeader(key) })
  const error = reply.body?.errors?.[0]
  const problem = error?.extensions ?? (reply.body?.code ? reply.body : undefined)
  return {
    ...reply,
    status: problem?.status ?? (error ? 400 : reply.status === 200 ? (operation.status ?? 200) : reply.status),
    code: problem?.code ?? null,
    errors: problem?.errors ?? [],
    data: reply.body?.data?.[name] ?? null,
  }
}

function keyHeader(key: string | null | undefined): Headers {
  return key === undefined ? {} : { 'idempotency-key': key }
}

/** One call of the surface at hand. */
export type Call = (who: Who, operation: string, request?: Request) => Promise<Answer>

/**
 * Over which surfaces a claim is told: both, unless TEST_TURN says that another run tells it over the other. Where the suite
 * runs on both engines, each claim is so told over one surface on the one and over the other surface on the other; surface
 * and engine have nothing to do with each other, for `execute` stands between them.
 */
export function surfacesOf(claim: string): readonly Surface[] {
  const turn = process.env['TEST_TURN']
  if (turn === undefined) return SURFACES
  return SURFACES.filter((_, i) => i === (claim.length + Number(turn)) % SURFACES.length)
}

/** Runs a claim over the surfaces, each time for an authority of its own. */
export function onBoth(
  t: TAP,
  world: World,
  claim: string,
  run: (t: Test, la: Authority & { readonly on: Call; readonly surface: Surface }) => Promise<unknown>,
): void {
  for (const surface of surfacesOf(claim)) {
    t.test(`${claim} (${surface})`, async (t) => {
      const la = await world.authority()
      await run(t, { ...la, surface, on: (who, operation, request) => la.call(surface, who, operation, request) })
    })
  }
}

/** Runs something over each surface, each time for an authority of its own. */
export async function overEach(
  world: World,
  run: (on: Call, la: Authority, surface: Surface) => Promise<void>,
): Promise<void> {
  for (const surface of SURFACES) {
    const la = await world.authority()
    await run((who, operation, request) => la.call(surface, who, operation, request), la, surface)
  }
}

/** Whether something was refused with this status and code. */
export function is({ status, code }: Answer, expected: number, named: string): boolean {
  return status === expected && code === named
}

/** The answer as it went over the wire, without what tells two requests apart. */
export function bytesOf({ status, headers, text }: Answer): string {
  const { 'x-request-id': _, date: __, ...rest } = headers as Record<string, unknown>
  return JSON.stringify({ status, rest, text: text.replaceAll(/"traceId":"[^"]*"/g, '') })
}
