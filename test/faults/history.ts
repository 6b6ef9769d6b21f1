/**
 * Writers that keep a history of what they meant to do and what they were told, whatever happens to the service meanwhile.
 * Each intent has one Idempotency-Key for all its attempts. Afterwards the history is held against the database.
 */
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import type { Teardown } from '../support/database.ts'
import { documentOf, operationOf } from '../support/documents.ts'
import type { Json, Surface } from '../support/surfaces.ts'
import type { Service } from './service.ts'

export type Outcome = 'ok' | 'failed' | 'unknown'

/** Something that a client wants to happen once. */
export interface Intent {
  readonly id: number
  readonly operation: 'receiveReferral' | 'judge' | 'recommendReferral' | 'recordDecision'
  readonly key: string
  readonly surface: Surface
  readonly params: Readonly<Record<string, string>>
  readonly body: unknown
  /** `failed`: it is said that nothing was recorded. `unknown`: no answer, or one that says so. */
  readonly attempts: Outcome[]
  /** What was answered when it was acknowledged. */
  answer: Json
}

export interface History {
  readonly intents: readonly Intent[]
  /** Answers that no fault explains. */
  readonly wrong: readonly string[]
  acknowledged(): number
  /** Starts so many writers; what it returns lets them finish what they are at. */
  write(t: Teardown, writers: number): () => Promise<void>
  /** Waits until so many more were acknowledged. */
  more(count: number): Promise<void>
  /** One intent of its own, tried once. */
  once(request: Wish): Promise<Intent>
  /** Tries everything that is open until it is acknowledged, and says how many answers changed when asked for again. */
  settle(): Promise<number>
}

export type Wish = Pick<Intent, 'operation' | 'surface' | 'params' | 'body'>

export const REFERRAL: Json = JSON.parse(
  readFileSync(new URL('../../examples/first-request.json', import.meta.url), 'utf8'),
)
export const RECEIVE = { operation: 'receiveReferral', surface: 'REST', params: {}, body: REFERRAL } as const
const VIEWS = REFERRAL.children.map(({ id: child }: { id: string }) => ({
  child,
  level: 'L3',
  indicators: [],
  reasons: 'Read.',
}))

/** Turns a hang into a failure; nothing is expected to take so long. */
const ANSWER_MS_MAX = 60_000
const SETTLE_MS_MAX = 90_000
const PAUSE_MS = 100
const ASKED_AGAIN = 40
/** So many answers that no fault explains are no accident. */
const WRONG_MAX = 20

export function openHistory(service: Pick<Service, 'url'>, token: string): History {
  const intents: Intent[] = []
  const wrong: string[] = []
  const acknowledged = () => intents.filter(({ answer }) => answer !== undefined).length
  const begin = (wish: Wish): Intent => {
    const intent = { ...wish, id: intents.length, key: randomUUID(), attempts: [], answer: undefined }
    intents.push(intent)
    return intent
  }
  const attempt = async (intent: Intent): Promise<Json> => {
    const { outcome, answer, complaint } = await send(service.url, token, intent)
    intent.attempts.push(outcome)
    if (complaint) wrong.push(`${intent.operation} over ${intent.surface}: ${complaint}`)
    if (wrong.length > WRONG_MAX) throw new Error(`What no fault explains: ${wrong.at(-1)}`)
    if (outcome === 'ok') intent.answer ??= answer
    return answer
  }
  return {
    intents,
    wrong,
    acknowledged,
    write(t, writers) {
      const stopping = new AbortController()
      const running = Array.from({ length: writers }, (_, lane) =>
        write(lane, stopping.signal, async (wish) => {
          const intent = begin(wish)
          for (;;) {
            await attempt(intent)
            if (intent.answer !== undefined) return intent.answer
            if (stopping.signal.aborted) throw new Error('stopped')
            await pause(PAUSE_MS)
          }
        }),
      )
      const stop = async () => {
        stopping.abort()
        await Promise.all(running)
      }
      // A test that fails before it stops them would never end.
      t.teardown(stop)
      return stop
    },
    async more(count) {
      const enough = acknowledged() + count
      for (const start = Date.now(); acknowledged() < enough; await pause(PAUSE_MS))
        if (Date.now() - start > SETTLE_MS_MAX || wrong.length > WRONG_MAX)
          throw new Error(`Nothing is written any more: ${wrong.slice(-3)}`)
    },
    async once(wish) {
      const intent = begin(wish)
      await attempt(intent)
      return intent
    },
    async settle() {
      const before = intents.filter(({ answer }) => answer !== undefined)
      for (const start = Date.now(); acknowledged() < intents.length; await pause(PAUSE_MS)) {
        if (Date.now() - start > SETTLE_MS_MAX) throw new Error(`Not everything can be done: ${wrong.slice(-3)}`)
        for (const intent of intents) if (intent.answer === undefined) await attempt(intent)
      }
      let changed = 0
      const step = Math.max(1, Math.floor(before.length / ASKED_AGAIN))
      for (const intent of before.filter((_, index) => index % step === 0))
        if (JSON.stringify(await attempt(intent)) !== JSON.stringify(intent.answer)) changed += 1
      return changed
    },
  }
}

type Do = (wish: Wish) => Promise<Json>

/** Receives, judges, asks for recommendations and decides, over and over; every other writer over GraphQL. */
async function write(lane: number, signal: AbortSignal, act: Do): Promise<void> {
  const surface: Surface = lane % 2 === 0 ? 'REST' : 'GraphQL'
  const step = (operation: Intent['operation'], params: Record<string, string>, body?: unknown) =>
    act({ operation, surface, params, body })
  try {
    while (!signal.aborted) {
      const { referral } = await step('receiveReferral', {}, REFERRAL)
      await step('judge', { referralId: referral.id }, { revision: 1, children: VIEWS })
      const { recommendations } = await step('recommendReferral', { referralId: referral.id })
      for (const { id, content } of recommendations) {
        const agreed = { level: content.level.code, response: content.responses[0]?.code, rationale: 'I agree.' }
        await step('recordDecision', { recommendationId: id }, agreed)
      }
    }
  } catch (error) {
    if (!signal.aborted) throw error
  }
}

interface Attempt {
  readonly outcome: Outcome
  readonly answer?: Json
  readonly complaint?: string
}

async function send(url: string, token: string, intent: Intent): Promise<Attempt> {
  const { path, body } = intent.surface === 'REST' ? overRest(intent) : overGraphql(intent)
  const headers = {
    authorization: `Bearer ${token}`,
    'idempotency-key': intent.key,
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
  }
  try {
    const response = await fetch(`${url}${path}`, {
      method: 'POST',
      headers,
      signal: AbortSignal.timeout(ANSWER_MS_MAX),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    return told(intent, response, JSON.parse(await response.text()))
  } catch (error) {
    const { code } = ((error as Error).cause ?? {}) as NodeJS.ErrnoException
    // Whoever does not take the call was not told anything.
    return { outcome: code === 'ECONNREFUSED' ? 'failed' : 'unknown' }
  }
}

function told({ operation, surface }: Intent, response: Response, body: Json): Attempt {
  const problem = surface === 'REST' ? body : (body.errors?.[0]?.extensions ?? body)
  if (response.ok && (surface === 'REST' || !body.errors))
    return { outcome: 'ok', answer: surface === 'REST' ? body : body.data[operation] }
  if (problem.status !== 503 || problem.code !== 'unavailable')
    return { outcome: 'failed', complaint: `${response.status} ${JSON.stringify(body).slice(0, 300)}` }
  if (!/^\d+$/.test(response.headers.get('retry-after') ?? ''))
    return { outcome: 'failed', complaint: '503 without Retry-After' }
  if (problem.recorded !== false && problem.recorded !== 'unknown')
    return { outcome: 'unknown', complaint: '503 does not say whether it was recorded' }
  return { outcome: problem.recorded === false ? 'failed' : 'unknown' }
}

function overRest({ operation, params, body }: Intent): { path: string; body: unknown } {
  const [, route = ''] = operationOf(operation).route.split(' ')
  return { path: route.replaceAll(/\{(\w+)\}/g, (_, name: string) => params[name] ?? ''), body }
}

function overGraphql({ operation, params, body }: Intent): { path: string; body: unknown } {
  const variables = { ...params, ...(body === undefined ? {} : { input: body }) }
  return { path: '/graphql', body: { query: documentOf(operationOf(operation), Object.keys(variables)), variables } }
}
