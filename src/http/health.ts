/**
 * Alive: the process answers. Ready: it is not stopping; the database answers, has this code's schema, takes writes, and keeps
 * authorities apart.
 */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Database } from '../db/connect.ts'
import { refusing } from '../db/protection.ts'
import { Refusal } from '../kernel/errors.ts'
import type { Admission } from './admission.ts'
import { sendProblem } from './problem.ts'

export interface HealthOptions {
  readonly isProduction: boolean
  readonly admission: Admission | undefined
}

/** How long an answer of the database holds for whoever asks next, in milliseconds. */
const KEEP_MS = 1000

/**
 * Anybody may ask, as often as they like, and what is asked comes before reports: were it ordinary, an instance that is
 * busy with reports would be taken for one that is not ready, and its load be put on the others. So that a crowd takes
 * no places from referrals, one question at most is on its way, and its answer is everybody's for a moment.
 */
export function mountHealth(app: FastifyInstance, database: Database, options: HealthOptions): void {
  const hindrance = shared((request: FastifyRequest) => hindranceOf(request, database, options))
  app.get('/health/live', async () => ({ status: 'ok' }))
  app.get('/health/ready', async (request, reply) => {
    const isStopping = options.admission?.isStopping() ?? false
    const detail = isStopping ? 'The service is stopping.' : await hindrance(request)
    if (detail === undefined) return { status: 'ok', database: database.engine }
    return sendProblem(request, reply, new Refusal('unavailable', detail))
  })
}

/** Asks once for all who ask at the same time, or shortly after the answer. */
function shared<A, T>(ask: (asker: A) => Promise<T>): (asker: A) => Promise<T> {
  let asked: Promise<T> | undefined
  let keptUntil = Number.POSITIVE_INFINITY
  return (asker) => {
    if (asked && performance.now() < keptUntil) return asked
    keptUntil = Number.POSITIVE_INFINITY
    asked = ask(asker).finally(() => {
      keptUntil = performance.now() + KEEP_MS
    })
    return asked
  }
}

async function hindranceOf(
  request: FastifyRequest,
  database: Database,
  options: HealthOptions,
): Promise<string | undefined> {
  try {
    // What a newer version has added is none of our business: old and new run side by side while one replaces the other.
    const { pending, edited } = await database.schemaState()
    if (pending + edited > 0) return 'The database does not have the schema of this version. Run `threshold migrate`.'
    if (!(await database.isWritable())) return 'The database takes no writes.'
    const weaknesses = refusing(await database.weaknesses(), options)
    if (weaknesses.length === 0) return undefined
    request.log.error({ weaknesses: weaknesses.map(({ check, what }) => ({ check, what })) }, 'not ready')
    // Whoever may ask whether this is ready need not learn how it could be got at: the log says what is wrong.
    return 'The database does not keep authorities apart. The log says what to mend.'
  } catch (error) {
    request.log.warn({ err: error }, 'not ready')
    return 'The database cannot be reached.'
  }
}
