/** What people look at on the way of a referral, so that a journey reads as a story: queue, clocks, letters, events. */
import type { Test } from 'tap'
import type { Task } from '../../src/kernel/task.ts'
import { runnerOf } from './rehearsing.ts'
import type { Call, Json, Request } from './surfaces.ts'
import type { World } from './world.ts'

type Who = Parameters<Call>[0]

export interface Journey {
  /** What an operation answered; a refusal ends the journey. */
  does(who: Who, operation: string, request?: Request): Promise<Json>
  /** What a list holds. */
  list(who: Who, operation: string, params?: Readonly<Record<string, unknown>>): Promise<Json[]>
  /** The rows of the queue that somebody sees, of one referral unless told otherwise. */
  queue(who: Who, params: Readonly<Record<string, unknown>>): Promise<Json[]>
  clock(referralId: string, name: string, code?: string): Promise<Json>
  /** What was told outside of a referral, in its order: `referral.received`. */
  told(referralId: string): Promise<string[]>
  /** The facts of what the log says of an event. */
  facts(event: string): Promise<Json[]>
  /** The service does by itself whatever waits. */
  goesOn(task: Task): Promise<void>
  until(instant: string): void
}

export function journeyOf(
  t: Test,
  world: World,
  la: { readonly id: string; readonly on: Call },
): Journey & { end(): Promise<void> } {
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
      t.match(
        await does('auditor', 'auditVerification'),
        { isIntact: true, faults: [] },
        'the log vouches for all of it',
      )
    },
  }
}

/** A letter with its lines run together, as it is read. */
export const flat = (text: string): string => text.replaceAll(/\s+/g, ' ')
