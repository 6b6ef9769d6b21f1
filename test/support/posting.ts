/** Referrals sent as text over both surfaces, for what no client library would write. */
import { randomUUID } from 'node:crypto'
import { fitsGraphql } from './documents.ts'
import { received } from './flow.ts'
import { child, low, type ReferralBody, referral } from './referrals.ts'
import type { Tell } from './rows.ts'
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
  /** The words of it. */
  readonly message: string
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
  const message = body.errors?.[0]?.message ?? body.detail ?? ''
  return { status, code: error.code ?? '', error, message, text: response.body }
}

/** Each text over both surfaces: 400 with the code, a short answer, and nothing stored. */
export async function refused(
  la: Authority,
  tried: Tell,
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

/** What the type system of GraphQL stops never comes to the operation: it names variable and type, and no place. */
const STOPPED = /^A variable does not fit its type\./

/** Each body over both surfaces: 400 with the place, or stopped by GraphQL's types where it does not fit them, and nothing stored. */
export async function misshapen(
  la: Authority,
  tried: Tell,
  bodies: Readonly<Record<string, Misshapen>>,
  refusal = 'invalid_input',
): Promise<void> {
  const before = JSON.stringify(await la.world.counts())
  for (const [name, [body, pointer, code]] of Object.entries(bodies))
    for (const surface of SURFACES) {
      const answer = await posted(la, surface, wrapped(surface, JSON.stringify(body)))
      const errors: readonly { pointer: string; code: string }[] = answer.error.errors ?? []
      const isPlaced = errors.some((wrong) => wrong.pointer === pointer && wrong.code === code)
      const isStopped = errors.length === 0 && STOPPED.test(answer.message)
      const isTold = surface === 'REST' || fitsGraphql('receiveReferral', body) ? isPlaced : isStopped
      tried(
        isTold && answer.code === refusal && answer.status === (refusal === 'invalid_input' ? 400 : 422),
        `${surface}: ${name} (${answer.code} ${errors.map((wrong) => `${wrong.pointer} ${wrong.code}`).join()})`,
      )
    }
  tried(JSON.stringify(await la.world.counts()) === before, 'nothing was stored')
}

/** Each referral is received, and given back with exactly the text that was sent, over either surface. */
export async function kept(
  la: Authority,
  tried: Tell,
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

/** As many as a referral has children. */
const AT_ONCE = 20

/** Texts as names and as narratives of many children, over either surface: each is given back as sent, and stored so. */
export async function keptInAll(
  la: Authority,
  tried: Tell,
  { names, narratives }: { readonly names: readonly string[]; readonly narratives: readonly string[] },
): Promise<void> {
  const count = Math.max(names.length, narratives.length)
  const children = Array.from({ length: count }, (_, i) => {
    const [given = 'A', narrative = 'A'] = [names[i], narratives[i]]
    return child([], { id: `c${i}`, name: { given }, narrative })
  })
  // Told by their number: some of the texts would mean something to who reads the output of the test.
  for (const surface of SURFACES)
    for (let i = 0; i < count; i += AT_ONCE) {
      const some = children.slice(i, i + AT_ONCE)
      const on: Call = (who, operation, request) => la.call(surface, who, operation, request)
      const referralId = await received(on, referral(some))
      const { data } = await on('screener', 'referral', { params: { referralId } })
      const [row] = await la.world.sql('select content from referral_revisions where referral_id = $1', [referralId])
      const stored: Json = JSON.parse(String(row?.['content']))
      for (const [n, { name, narrative }] of (some as Json[]).entries())
        for (const [where, of] of [
          ['given back', data.content.children[n]],
          ['stored', stored.children[n]],
        ])
          tried(of.name.given === name.given && of.narrative === narrative, `${surface}: ${where}, text ${i + n}`)
    }
}
