/** Alive: the process answers. Ready: the database answers, has this code's schema, and keeps authorities apart. */
import type { FastifyInstance } from 'fastify'
import type { Database } from '../db/connect.ts'
import { refusing } from '../db/protection.ts'
import { Refusal } from '../kernel/errors.ts'
import { sendProblem } from './problem.ts'

export function mountHealth(app: FastifyInstance, database: Database, options: { isProduction: boolean }): void {
  app.get('/health/live', async () => ({ status: 'ok' }))
  app.get('/health/ready', async (request, reply) => {
    try {
      // What a newer version has added is none of our business: old and new run side by side while one replaces the other.
      const { pending, edited } = await database.schemaState()
      if (pending + edited > 0) return sendProblem(request, reply, OF_ANOTHER_SCHEMA)
      const weaknesses = refusing(await database.weaknesses(), options)
      if (weaknesses.length === 0) return { status: 'ok', database: database.engine }
      request.log.error({ weaknesses: weaknesses.map(({ check, what }) => ({ check, what })) }, 'not ready')
    } catch (error) {
      request.log.warn({ err: error }, 'not ready')
      return sendProblem(request, reply, new Refusal('unavailable', 'The database cannot be reached.'))
    }
    // Whoever may ask whether this is ready need not learn how it could be got at: the log says what is wrong.
    return sendProblem(request, reply, NOT_APART)
  })
}

const OF_ANOTHER_SCHEMA = new Refusal(
  'unavailable',
  'The database does not have the schema of this version. Run `threshold migrate`.',
)
const NOT_APART = new Refusal('unavailable', 'The database does not keep authorities apart. The log says what to mend.')
