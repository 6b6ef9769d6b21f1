/** What people look at on the way of a referral, so that a journey reads as a story: queue, clocks, letters, events. */
import type { Test } from 'tap'
import type { Task } from '../../src/kernel/task.ts'
import { laidBare } from './laid-bare.ts'
import { runnerOf } from './rehearsing.ts'
import type { Call, Json, Request } from './surfaces.ts'
import type { World } from './world.ts'

type Who = Parameters<Call>[0]

export interface Journey {
  /** As `match` of a test, and no list holds more than is expected of it. */
  shows(found: unknown, wanted: unknown, claim?: string): void
  /** What an operation answered; a refusal ends the journey. */
  does(who: Who, operation: string, request?: Request): Promise<Json>
  /** What a list holds. */
  list(who: Who, operation: string, params?: Readonly<Record<string, unknown>>): Promise<Json[]>
  /** The rows of the queue that somebody sees. */
  queue(who: Who, params: Readonly<Record<string, unknown>>): Promise<Json[]>
  clock(referralId: string, name: string, code?: string): Promise<Json>
  /** What was told outside of a referral, in its order: `referral.received`. */
  told(referralId: string): Promise<string[]>
  /** The facts of what the log says of an event. */
  facts(event: string): Promise<Json[]>
  /** The service does by itself whatever waits. */
  goesOn(task: Task): Promise<void>
  until(instant: string): void
  /** The log vouches for all of it. */
  end(): Promise<void>
}

export function journeyOf(t: Test, world: World, la: { readonly id: string; readonly on: Call }): Journey {
  const { on, id } = la
  const does: Journey['does'] = async (who, operation, request) => {
    const { data, text } = await on(who, operation, request)
    if (!data) throw new Error(`${operation}: ${text}`)
    return data
  }
  const list: Journey['list'] = async (who, operation, params = {}) =>
    (await does(who, operation, { params: { first: 100, ...params } })).edges.map(({ node }: Json) => node)
  const onFailure = (error: unknown): void => {
    throw error
  }
  return {
    shows: (found, wanted, claim = 'it is as the story goes') => {
      t.match({ found, sizes: sizesOf(found, wanted) }, { found: wanted, sizes: sizesOf(wanted, wanted) }, claim)
    },
    does,
    list,
    queue: (who, params) => list(who, 'queue', params),
    async clock(referralId, name, code = '') {
      const { clocks } = await does('panel', 'clocks', { params: { referralId } })
      return clocks.find((clock: Json) => clock.name === name && clock.code === code)
    },
    told: async (referral) =>
      (await list('system', 'events', { referral })).map(({ type }) => type.slice('threshold.'.length, -'.v1'.length)),
    facts: async (event) =>
      (await list('auditor', 'auditEntries', { event })).map(({ body }) => JSON.parse(body).facts).reverse(),
    async goesOn(task) {
      while (await task.step({ ...runnerOf(world), signal: new AbortController().signal, onFailure }, id));
    },
    until: (instant) => {
      world.clock.now = Date.parse(instant)
    },
    async end() {
      const { isIntact, faults } = await does('auditor', 'auditVerification')
      t.strictSame([isIntact, faults], [true, []], 'the log vouches for all of it')
      t.strictSame(await laidBare(world, id), [], 'and lays nobody bare')
    },
  }
}

/** How long the lists are of which something is expected. */
function sizesOf(found: Json, wanted: Json): Json {
  if (typeof wanted !== 'object' || wanted === null || wanted instanceof RegExp) return null
  const sizes = Object.entries(wanted).map(([key, inner]) => [key, sizesOf(found?.[key], inner)])
  return { ...Object.fromEntries(sizes), ...(Array.isArray(wanted) ? { length: found?.length } : {}) }
}

/** A letter with its lines run together, as it is read. */
export const flat = (text: string): string => text.replaceAll(/\s+/g, ' ')
