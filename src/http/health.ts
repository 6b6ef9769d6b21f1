/** Alive: the process answers. Ready: it is not stopping; the database answers, has this code's schema and takes writes. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Database } from '../db/connect.ts'
import { Refusal } from '../kernel/errors.ts'
import type { Admission } from './admission.ts'
import { sendProblem } from './problem.ts'

export function mountHealth(app: FastifyInstance, database: Database, admission?: Admission): void {
  app.get('/health/live', async () => ({ status: 'ok' }))
  app.get('/health/ready', async (request, reply) => {
    const hindrance = admission?.isStopping() ? 'The service is stopping.' : await hindranceOf(request, database)
    if (hindrance === undefined) return { status: 'ok', database: database.engine }
    return sendProblem(request, reply, new Refusal('unavailable', hindrance))
  })
}

async function hindranceOf(request: FastifyRequest, database: Database): Promise<string | undefined> {
  try {
    // What a newer version has added is none of our business: old and new run side by side while one replaces the other.
    const { pending, edited } = await database.schemaState()
    if (pending + edited > 0) return 'The database does not have the schema of this version. Run `threshold migrate`.'
    return (await database.isWritable()) ? undefined : 'The database takes no writes.'
  } catch (error) {
    request.log.warn({ err: error }, 'not ready')
    return 'The database cannot be reached.'
  }
}
