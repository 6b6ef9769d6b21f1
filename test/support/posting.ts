/** Referrals sent as text over both surfaces, for what no client library would write. */
import { randomUUID } from 'node:crypto'
import { received } from './flow.ts'
import { low, type ReferralBody } from './referrals.ts'
import type { Tried } from './rows.ts'
import { type Call, type Json, SURFACES, type Surface } from './surfaces.ts'
import type { Authority } from './world.ts'

const RECEIVE = 'mutation($input: ReferralContentInput!) { receiveReferral(input: $input) { referral { id } } }'
export const TEXT = JSON.stringify(low())
const ADDRESSES: Readonly<Record<Surface, string>> = { REST: '/v1/referrals', GraphQL: '/graphql' }

/** The text of a referral inside what each surface takes. */
export function wrapped(surface: Surface, text: string): string {
  return surface === 'REST' ? text : `{"query":${JSON.stringify(RECEIVE)},"variables":{"input":${text}}}`
}

/** A referral with a property put before the others, as text: what JSON.stringify would never write. */
export function withText(property: string): string {
  return `{${property},${TEXT.slice(1)}`
}

type Headers = Readonly<Record<string, string | undefined>>

/** Of GraphQL the status is the one that REST has for the same outcome. */
export interface Posted {
  readonly status: number
  /** Empty where it was done. */
  readonly code: string
  /** The problem, or what GraphQL says in its place. */
  readonly error: Json
  readonly text: string
}

/** Whatever bytes as a request to receive a referral. A header that is undefined is left out. */
export async function posted(
  la: Authority,
  surface: Surface,
  payload: string | Buffer,
  headers: Headers = {},
): Promise<Posted> {
  const all = {
    authorization: `Bearer ${la.accounts.referrer.token}`,
    'idempotency-key': randomUUID(),
    'content-type': 'application/json',
    ...headers,
  }
  const kept = Object.fromEntries(Object.entries(all).filter((pair): pair is [string, string] => !!pair[1]))
  const response = await la.world.app.inject({ method: 'POST', url: ADDRESSES[surface], headers: kept, payload })
  const body = response.json()
  const error = body.errors?.[0]?.extensions ?? body
  const status = error.status ?? (body.errors ? 400 : response.statusCode)
  return { status, code: error.code ?? '', error, text: response.body }
}

/** Each text over both surfaces: 400 with the code, a short answer, and nothing stored. */
export async function refused(
  la: Authority,
  tried: Tried,
  texts: Readonly<Record<string, string | Buffer>>,
  code: string,
): Promise<void> {
  const before = JSON.stringify(await la.world.counts())
  for (const surface of SURFACES)
    for (const [name, text] of Object.entries(texts)) {
      const answer = await posted(la, surface, typeof text === 'string' ? wrapped(surface, text) : text)
      const isRight = answer.status === 400 && answer.code === code
      tried(isRight && answer.text.length < 20_000, `${surface}: ${name} (${answer.status} ${answer.code})`)
    }
  tried(JSON.stringify(await la.world.counts()) === before, 'nothing was stored')
}

/** A body, and the pointer and code of what is wrong with it. */
export type Misshapen = readonly [body: unknown, pointer: string, code: string]

/** Each body over both surfaces: 400, with the place over REST, and nothing stored. */
export async function misshapen(
  la: Authority,
  tried: Tried,
  bodies: Readonly<Record<string, Misshapen>>,
  refusal = 'invalid_input',
): Promise<void> {
  const before = JSON.stringify(await la.world.counts())
  for (const [name, [body, pointer, code]] of Object.entries(bodies))
    for (const surface of SURFACES) {
      const answer = await posted(la, surface, wrapped(surface, JSON.stringify(body)))
      const errors: readonly { pointer: string; code: string }[] = answer.error.errors ?? []
      const isPlaced = errors.some((wrong) => wrong.pointer === pointer && wrong.code === code)
      // What the type system of GraphQL stops has no pointer: it names variable and type.
      const isTold = isPlaced || (surface === 'GraphQL' && errors.length === 0)
      tried(
        isTold && answer.code === refusal && answer.status === (refusal === 'invalid_input' ? 400 : 422),
        `${surface}: ${name}`,
      )
    }
  tried(JSON.stringify(await la.world.counts()) === before, 'nothing was stored')
}

/** Each referral is received, and given back with exactly the text that was sent, over either surface. */
export async function kept(
  la: Authority,
  tried: Tried,
  bodies: Readonly<Record<string, ReferralBody>>,
  of: (content: Json) => unknown,
): Promise<void> {
  for (const [name, body] of Object.entries(bodies))
    for (const surface of SURFACES) {
      const on: Call = (who, operation, request) => la.call(surface, who, operation, request)
      const referralId = await received(on, body)
      const { data } = await on('screener', 'referral', { params: { referralId } })
      tried(of(data.content) === of(body), `${surface}: ${name}`)
    }
}
