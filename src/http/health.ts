/** Alive: the process answers. Ready: the database answers and has this code's schema. */
import type { FastifyInstance } from 'fastify'
import type { Database } from '../db/connect.ts'
import { Refusal } from '../kernel/errors.ts'
import { sendProblem } from './problem.ts'

export function mountHealth(app: FastifyInstance, database: Database): void {
  app.get('/health/live', async () => ({ status: 'ok' }))
  app.get('/health/ready', async (request, reply) => {
    try {
      // What a newer version has added is none of our business: old and new run side by side while one replaces the other.
      const { pending, edited } = await database.schemaState()
      if (pending + edited === 0) return { status: 'ok', database: database.engine }
    } catch (error) {
      request.log.warn({ err: error }, 'not ready')
      return sendProblem(request, reply, new Refusal('unavailable', 'The database cannot be reached.'))
    }
    return sendProblem(
      request,
      reply,
      new Refusal('unavailable', 'The database does not have the schema of this version. Run `threshold migrate`.'),
    )
  })
}
