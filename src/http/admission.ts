/** What keeps a process from taking on what it could only do late: it is stopping, it was held up, or the time is over. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Refusal } from '../kernel/errors.ts'

export interface Admission {
  /** From now on nothing new is taken on. */
  stop(): void
  isStopping(): boolean
  /** Whether the process was held up just now, so that what it reads has waited unseen. */
  isHeldUp(): boolean
}

/** The longest that a request may take, from its first line to its commit. */
export const REQUEST_MS_MAX = 15_000
/** Longer than this without coming round, and callers are told to come again. */
const LAG_MS_MAX = 1_000
const LOOK_MS = 100

/** Of a clock that nobody can set, and which goes on while the process is stopped. */
const monotonic = (): number => performance.now()

export function openAdmission(now: () => number = monotonic): Admission {
  let isStopping = false
  let seen = now()
  let lag = 0
  const late = () => now() - seen - LOOK_MS
  const timer = setInterval(() => {
    lag = late()
    seen = now()
  }, LOOK_MS)
  timer.unref()
  return {
    stop() {
      isStopping = true
    },
    isStopping: () => isStopping,
    // The timer comes before what has arrived meanwhile, so that its finding stands until it comes again.
    isHeldUp: () => Math.max(lag, late()) > LAG_MS_MAX,
  }
}

/** Puts admission before every route but the health of the process, and closes connections when it is stopping. */
export function admitRequests(app: FastifyInstance, admission: Admission | undefined): void {
  app.addHook('onRequest', async (request) => {
    arrivals.set(request, monotonic())
    if (!admission || request.url.startsWith('/health/')) return
    if (admission.isStopping()) throw refusal('The service is stopping.')
    if (admission.isHeldUp()) throw refusal('The service was held up.')
  })
  app.addHook('onSend', async (_request, reply) => {
    if (admission?.isStopping()) hangUp(reply)
  })
}

const arrivals = new WeakMap<FastifyRequest, number>()

/** Whether the request came longer ago than it may take, in milliseconds. */
export function isLate(request: FastifyRequest, requestMsMax: number): boolean {
  const now = monotonic()
  return now - (arrivals.get(request) ?? now) > requestMsMax
}

function hangUp(reply: FastifyReply): void {
  reply.header('connection', 'close')
}

function refusal(what: string): Refusal {
  return new Refusal('unavailable', `${what} Nothing was recorded; try again shortly, with the same Idempotency-Key.`, {
    recorded: false,
  })
}
