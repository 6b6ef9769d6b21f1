/** What comes of a GraphQL document, as GraphQL over HTTP has it: status, media type, and errors that repeat no value. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { GraphQLError, type GraphQLFormattedError } from 'graphql'
import { REFUSALS, Refusal, type RefusalCode } from '../kernel/errors.ts'
import { problemOf, RETRY_AFTER_SECONDS, refusalOf } from '../kernel/problem.ts'
import type { Words } from './words.ts'

const GRAPHQL_RESPONSE = 'application/graphql-response+json'

/** The media types that `Accept` names outright. */
function named(request: FastifyRequest): readonly string[] {
  return (request.headers.accept ?? '').split(',').map((range) => range.split(';')[0]?.trim().toLowerCase() ?? '')
}

/** The answer is of the type made for it where the caller asks for that, and plain JSON otherwise. */
export function chooseType(request: FastifyRequest, reply: FastifyReply): void {
  if (named(request).includes(GRAPHQL_RESPONSE)) reply.type(`${GRAPHQL_RESPONSE}; charset=utf-8`)
}

/**
 * A document that cannot be run is 400. A caller that names `application/json` and not the type made for GraphQL is one
 * from before that type, which takes any status but 200 for a failure of the transport: it gets 200, as the
 * specification wants.
 */
function refuseDocument(request: FastifyRequest, reply: FastifyReply): void {
  const types = named(request)
  reply.code(types.includes('application/json') && !types.includes(GRAPHQL_RESPONSE) ? 200 : 400)
}

/** A document that is refused unread, in the form in which GraphQL refuses one that is not valid. */
function refusedDocument(
  request: FastifyRequest,
  reply: FastifyReply,
  { message, code, errors }: Refusal,
): { errors: GraphQLFormattedError[] } {
  // What a validator of GraphQL might have said is answered as its refusals are.
  if (code === 'graphql_request' || code === 'invalid_input') refuseDocument(request, reply)
  else reply.code(400)
  request.log.info({ code }, 'request refused')
  const wrong = errors.length > 0 ? { errors } : {}
  return { errors: [{ message, extensions: { code, status: 400, traceId: request.id, ...wrong } }] }
}

interface Answer {
  data?: unknown
  errors?: readonly GraphQLError[]
}

/** A document that cannot be run is refused with the errors; one that ran is a 200 with whatever happened in it. */
export async function answer(
  request: FastifyRequest,
  reply: FastifyReply,
  words: Words,
  run: () => Promise<unknown>,
): Promise<unknown> {
  const shown = (errors: readonly GraphQLError[]) =>
    loggedOnce(
      request,
      errors.map((error) => formatted(request, error, words)),
    )
  try {
    const { data, errors } = (await run()) as Answer
    if (errors?.some(({ originalError }) => originalError && refusalOf(originalError).code === 'unavailable'))
      reply.header('retry-after', RETRY_AFTER_SECONDS)
    return { data: data ?? null, ...(errors ? { errors: shown(errors) } : {}) }
  } catch (error) {
    if (error instanceof Refusal) return refusedDocument(request, reply, error)
    const { errors, statusCode } = error as { errors?: readonly GraphQLError[]; statusCode?: number }
    if (statusCode === undefined || statusCode >= 500) throw error
    refuseDocument(request, reply)
    return { errors: shown(errors && errors.length > 0 ? errors : [new GraphQLError((error as Error).message)]) }
  }
}

/** One line for each code, however many fields were refused with it; what failed has been logged where it is known why. */
function loggedOnce(request: FastifyRequest, errors: GraphQLFormattedError[]): GraphQLFormattedError[] {
  const codes = errors.map(({ extensions }) => extensions?.['code'] as RefusalCode)
  for (const code of new Set(codes)) if (REFUSALS[code][0] < 500) request.log.info({ code }, 'request refused')
  return errors
}

/** Refusals keep their words, GraphQL's own complaints are said in ours; anything else is a defect and says nothing of itself. */
function formatted(request: FastifyRequest, error: GraphQLError, words: Words): GraphQLFormattedError {
  const place = {
    ...(error.locations ? { locations: error.locations } : {}),
    ...(error.path ? { path: error.path } : {}),
  }
  const original = error.originalError
  if (!original || original instanceof GraphQLError) {
    const code = error.path ? 'internal' : 'invalid_input'
    if (error.path) request.log.error({ err: error, code }, 'field failed')
    return { message: words(error), ...place, extensions: { code, traceId: request.id } }
  }
  const refusal = refusalOf(original)
  if (refusal.status >= 500) request.log.error({ err: original, code: refusal.code }, 'field failed')
  const { code, status, errors, recorded } = problemOf(refusal, request.id)
  return {
    message: refusal.message,
    ...place,
    extensions: {
      code,
      status,
      traceId: request.id,
      ...(errors ? { errors } : {}),
      ...(recorded === undefined ? {} : { recorded }),
    },
  }
}
