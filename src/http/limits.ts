/**
 * Limits of how often a caller may ask, over both surfaces alike: each operation counts, whichever way it came, and a
 * request without any counts as one. What cannot
 * wait for a chatty report, a new referral and the way to its decision, has a share of its own. Nobody is slowed by what
 * others send without a valid token, and nobody is kept from a record about a child: many views are told, not refused.
 */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Actor } from '../kernel/actor.ts'
import { Refusal } from '../kernel/errors.ts'
import type { Operation } from '../kernel/operation.ts'
import { createPace, type Quota, type Verdict } from '../kernel/pace.ts'
import { refusalOf } from '../kernel/problem.ts'
import { sendProblem } from './problem.ts'
import { actorOf, claimsOf } from './who.ts'

/** All a minute but the last. */
export interface Limits {
  readonly human: number
  readonly humanUrgent: number
  readonly system: number
  readonly systemUrgent: number
  /** Requests without a valid token, of one address. */
  readonly unauthenticated: number
  /** Views of a record by one person in an hour, above which a warning is logged. */
  readonly viewsAnHour: number
}

export interface Limiter {
  /** @throws Refusal too_many_requests */
  admit(request: FastifyRequest, actor: Actor, operation: Operation): void
  /**
   * Counts as ordinary what came to its end without any operation: a document that was refused or asks for none, a body
   * that is none. @throws Refusal too_many_requests, instead of the answer that the request deserves
   */
  countIdle(request: FastifyRequest): void
  /** @throws Refusal too_many_requests, instead of the refusal that the request deserves */
  countRefused(request: FastifyRequest): void
}

const HOUR_MS = 3_600_000

/** @param clock milliseconds since 1970 */
export function limitRequests(app: FastifyInstance, limits: Limits, clock: () => number): Limiter {
  const pace = createPace(clock)
  const views = createViews(limits.viewsAnHour, clock)
  const verdicts = new WeakMap<FastifyRequest, Verdict>()
  const require = (request: FastifyRequest, key: string, quota: Quota): void => {
    const verdict = pace(key, quota)
    const earlier = verdicts.get(request)
    // Of several operations in one request the answer tells of the one that was refused, or else of the last.
    if (!earlier || earlier.isAdmitted) verdicts.set(request, verdict)
    if (!verdict.isAdmitted)
      throw new Refusal('too_many_requests', `At most ${quota.perMinute} a minute. Wait as long as Retry-After says.`, {
        recorded: false,
      })
  }
  app.addHook('onSend', async (request, reply) => {
    const verdict = verdicts.get(request)
    if (verdict) reply.headers(headersOf(verdict))
  })
  return {
    admit(request, actor, operation) {
      if (showsRecord(operation) && actor.kind === 'human' && views(actor.accountId))
        request.log.warn({ event: 'views.many', anHour: limits.viewsAnHour }, 'many views')
      require(request, actor.accountId, quotaOf(limits, actor, operation))
    },
    countIdle(request) {
      if (verdicts.has(request)) return
      const actor = actorOf(request)
      const claims = claimsOf(request)
      if (actor) require(request, actor.accountId, quotaOf(limits, actor))
      // Whose account it is has not been asked: that would cost the database more than the request did us.
      else if (claims) require(request, `${claims.authority} ${claims.subject}`, quotaOf(limits, { kind: 'human' }))
    },
    countRefused(request) {
      require(request, request.ip, { name: 'unauthenticated', perMinute: limits.unauthenticated })
    },
  }
}

/** Has what is refused on these routes before any operation counted as well. What failed here is not the caller's. */
export function countRefusals(scope: FastifyInstance, limiter: Limiter | undefined): void {
  scope.setErrorHandler((error, request, reply) => {
    try {
      if (refusalOf(error).status < 500) limiter?.countIdle(request)
    } catch (refusal) {
      return sendProblem(request, reply, refusal)
    }
    return sendProblem(request, reply, error)
  })
}

function quotaOf(limits: Limits, { kind }: Pick<Actor, 'kind'>, { priority }: Pick<Operation, 'priority'> = {}): Quota {
  const [ordinary, urgent] =
    kind === 'human' ? [limits.human, limits.humanUrgent] : [limits.system, limits.systemUrgent]
  return priority === 'urgent' ? { name: 'urgent', perMinute: urgent } : { name: 'ordinary', perMinute: ordinary }
}

/** As draft-ietf-httpapi-ratelimit-headers has it. */
function headersOf({ quota, remaining, resetSeconds, isAdmitted, retrySeconds }: Verdict): Record<string, string> {
  return {
    'ratelimit-policy': `"${quota.name}";q=${quota.perMinute};w=60`,
    ratelimit: `"${quota.name}";r=${remaining};t=${resetSeconds}`,
    ...(isAdmitted ? {} : { 'retry-after': String(retrySeconds) }),
  }
}

const RECORDS = ['{referralId}', '{recommendationId}', '{decisionId}', '{letterId}', '{escalationId}', '{helpId}']

function showsRecord({ kind, route }: Operation): boolean {
  return kind === 'query' && RECORDS.some((id) => route.includes(id))
}

/** Counts a view; true for the one that goes beyond what is usual in an hour, once in that hour. */
function createViews(anHour: number, clock: () => number): (accountId: string) => boolean {
  let hour = -1
  const counts = new Map<string, number>()
  return (accountId) => {
    const current = Math.floor(clock() / HOUR_MS)
    if (current !== hour) counts.clear()
    hour = current
    const count = (counts.get(accountId) ?? 0) + 1
    counts.set(accountId, count)
    return count === anHour + 1
  }
}
