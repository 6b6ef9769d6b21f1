/** RFC 9457 answers over HTTP: one place for every error. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Refusal } from '../kernel/errors.ts'
import { problemOf, RETRY_AFTER_SECONDS, refusalOf } from '../kernel/problem.ts'

export function sendProblem(request: FastifyRequest, reply: FastifyReply, error: unknown): FastifyReply {
  const refusal = refusalOf(error)
  if (refusal.status >= 500) request.log.error({ err: error, code: refusal.code }, 'request failed')
  else request.log.info({ code: refusal.code }, 'request refused')
  if (refusal.code === 'unauthenticated') reply.header('www-authenticate', 'Bearer')
  if (refusal.code === 'unavailable') reply.header('retry-after', RETRY_AFTER_SECONDS)
  return reply
    .code(refusal.status)
    .type('application/problem+json; charset=utf-8')
    .send(JSON.stringify(problemOf(refusal, request.id)))
}

export function problems(app: FastifyInstance): void {
  app.setErrorHandler((error, request, reply) => sendProblem(request, reply, error))
  // What has no address is answered before its body is read.
  app.addHook('preParsing', async (request, reply) => {
    if (request.is404) throw nowhere(app, request, reply)
  })
  app.setNotFoundHandler((request, reply) => sendProblem(request, reply, nowhere(app, request, reply)))
}

function nowhere(app: FastifyInstance, request: FastifyRequest, reply: FastifyReply): Refusal {
  const allowed = METHODS.filter((method) => app.findRoute({ method, url: pathOf(request.url) }) !== null)
  // An address under which files lie takes GET, and yet holds nothing.
  if (allowed.length === 0 || (allowed as readonly string[]).includes(request.method))
    return new Refusal('not_found', 'There is nothing at this address.')
  reply.header('allow', allowed.join(', '))
  return new Refusal('method_not_allowed', `This address takes ${allowed.join(', ')}.`)
}

const METHODS = ['GET', 'POST'] as const

export function pathOf(url: string): string {
  return url.split('?')[0] ?? url
}
