/** What comes of a GraphQL document, as GraphQL over HTTP has it: status, media type, and errors that repeat nothing. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { GraphQLError, type GraphQLFormattedError } from 'graphql'
import { problemOf, RETRY_AFTER_SECONDS, refusalOf } from '../kernel/problem.ts'
import type { GraphqlRules } from './listed.ts'

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
export function refusedDocument(
  request: FastifyRequest,
  reply: FastifyReply,
  error: unknown,
): { errors: GraphQLFormattedError[] } {
  const { message, code } = refusalOf(error)
  if (code === 'graphql_request') refuseDocument(request, reply)
  else reply.code(400)
  request.log.info({ code }, 'request refused')
  return { errors: [{ message, extensions: { code, status: 400, traceId: request.id } }] }
}

interface Answer {
  data?: unknown
  errors?: readonly GraphQLError[]
}

/** A document that cannot be run is refused with the errors; one that ran is a 200 with whatever happened in it. */
export async function answer(
  request: FastifyRequest,
  reply: FastifyReply,
  { showsSchema }: GraphqlRules,
  run: () => Promise<unknown>,
): Promise<unknown> {
  const shown = (error: GraphQLError) => formatted(request, error, showsSchema)
  try {
    const { data, errors } = (await run()) as Answer
    if (errors?.some(({ originalError }) => originalError && refusalOf(originalError).code === 'unavailable'))
      reply.header('retry-after', RETRY_AFTER_SECONDS)
    return { data: data ?? null, ...(errors ? { errors: errors.map(shown) } : {}) }
  } catch (error) {
    const { errors, statusCode } = error as { errors?: readonly GraphQLError[]; statusCode?: number }
    if (statusCode === undefined || statusCode >= 500) throw error
    refuseDocument(request, reply)
    const list = errors && errors.length > 0 ? errors : [new GraphQLError((error as Error).message)]
    return { errors: list.map(shown) }
  }
}

/** Only refusals and GraphQL's own complaints keep their words; anything else is a defect and says nothing of itself. */
function formatted(request: FastifyRequest, error: GraphQLError, showsSchema: boolean): GraphQLFormattedError {
  const place = {
    ...(error.locations ? { locations: error.locations } : {}),
    ...(error.path ? { path: error.path } : {}),
  }
  const original = error.originalError
  if (!original || original instanceof GraphQLError) {
    const code = error.path ? 'internal' : 'invalid_input'
    const message = withoutValues(showsSchema ? error.message : withoutSuggestion(error.message))
    return { message, ...place, extensions: { code, traceId: request.id } }
  }
  const refusal = refusalOf(original)
  if (refusal.status >= 500) request.log.error({ err: original, code: refusal.code }, 'field failed')
  else request.log.info({ code: refusal.code }, 'field refused')
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

/** Names that are near a misspelt one tell the schema to whoever guesses. */
function withoutSuggestion(message: string): string {
  return message.replace(/ Did you mean [^?]*\?/, '')
}

/** graphql-js repeats a variable that does not fit, and with it the referral. What is wrong is said without what was sent. */
function withoutValues(message: string): string {
  const [, name] = /^Variable "\$(\w+)" got invalid value/.exec(message) ?? []
  if (!name) return message
  const [, wrong] = /; ((?:Field "\w{1,100}"|Expected) [^;{}]{1,160})$/.exec(message) ?? []
  return `The variable $${name} does not fit its type.${wrong ? ` ${wrong.replace(/(found|value:?) .*$/, '')}`.trimEnd() : ''}`
}
