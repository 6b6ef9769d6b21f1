/** Operations → GraphQL over mercurius: POST and JSON only, the same refusals with the same codes. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { GraphQLError, type GraphQLFormattedError } from 'graphql'
import mercurius, { type IResolvers, type MercuriusLoaders } from 'mercurius'
import { z } from 'zod'
import type { Priority } from '../db/places.ts'
import type { TenantTx } from '../db/tenant.ts'
import { hasRole } from '../kernel/actor.ts'
import { Refusal } from '../kernel/errors.ts'
import { type Caller, execute, type Operation } from '../kernel/operation.ts'
import { problemOf, RETRY_AFTER_SECONDS, refusalOf } from '../kernel/problem.ts'
import { appendAudit } from '../kernel/record.ts'
import type { Relation } from '../kernel/relation.ts'
import { STRICT_SETTINGS } from '../kernel/settings.ts'
import { requireModest } from './limits.ts'
import { sdl } from './sdl.ts'

/** The deepest useful query reaches the evidence behind a reason in a page of referrals. */
const DEPTH_MAX = 15

export interface GraphqlContext {
  readonly caller: Caller
}

export async function mountGraphql(
  app: FastifyInstance,
  {
    operations,
    relations,
    callerOf,
  }: {
    operations: readonly Operation[]
    relations: readonly Relation[]
    callerOf(request: FastifyRequest, priority?: Priority): Promise<Caller>
  },
): Promise<void> {
  await app.register(mercurius, {
    schema: sdl(operations, relations),
    resolvers: resolversOf(operations),
    loaders: loadersOf(relations),
    routes: false,
    graphiql: false,
    queryDepth: DEPTH_MAX,
    allowBatchedQueries: false,
    // As they are: mercurius would flatten an error that has a list of its own, as a refusal does, and lose it.
    errorFormatter: (execution) => ({ statusCode: 200, response: execution }),
  })
  const priorityOf = prioritiesOf(operations)
  app.post('/graphql', async (request, reply) => {
    const caller = await callerOf(request, priorityOf(request.body))
    const parsed = Body.safeParse(request.body)
    if (!parsed.success)
      throw new Refusal('graphql_request', 'Send {"query": …, "variables": …, "operationName": …} as JSON.')
    const { query, variables, operationName } = parsed.data
    reply.header('cache-control', 'no-store')
    const refused = refusedDocument(request, query)
    if (refused) return reply.code(400).send(refused)
    return await answer(request, reply, () =>
      reply.graphql(query, { caller }, variables ?? {}, operationName ?? undefined),
    )
  })
}

/** Read off the text, before anybody has looked at it: it decides who waits for whom to be recognised, and nothing else. */
function prioritiesOf(operations: readonly Operation[]): (body: unknown) => Priority {
  const urgent = operations.filter(({ priority }) => priority === 'urgent').map(({ name }) => name)
  return (body) => {
    const { query } = (body ?? {}) as { query?: unknown }
    return typeof query === 'string' && urgent.some((name) => query.includes(name)) ? 'urgent' : 'ordinary'
  }
}

const bag = z.record(z.string(), z.unknown()).nullish()
const Body = z.strictObject({ query: z.string(), operationName: z.string().nullish(), variables: bag, extensions: bag })

/** A document that is too much is refused as GraphQL refuses one that is not valid. */
function refusedDocument(request: FastifyRequest, query: string): { errors: GraphQLFormattedError[] } | undefined {
  try {
    requireModest(query)
    return undefined
  } catch (error) {
    const { message, code } = refusalOf(error)
    return { errors: [{ message, extensions: { code, status: 400, traceId: request.id } }] }
  }
}

interface Answer {
  data?: unknown
  errors?: readonly GraphQLError[]
}

/** A document that cannot be run is a 400 with the errors; one that ran is a 200 with whatever happened in it. */
async function answer(request: FastifyRequest, reply: FastifyReply, run: () => Promise<unknown>): Promise<unknown> {
  try {
    const { data, errors } = (await run()) as Answer
    if (errors?.some(({ originalError }) => originalError && refusalOf(originalError).code === 'unavailable'))
      reply.header('retry-after', RETRY_AFTER_SECONDS)
    return { data: data ?? null, ...(errors ? { errors: errors.map((error) => formatted(request, error)) } : {}) }
  } catch (error) {
    const { errors, statusCode } = error as { errors?: readonly GraphQLError[]; statusCode?: number }
    if (statusCode === undefined || statusCode >= 500) throw error
    reply.code(400)
    const list = errors && errors.length > 0 ? errors : [new GraphQLError((error as Error).message)]
    return { errors: list.map((one) => formatted(request, one)) }
  }
}

/** Only refusals and GraphQL's own complaints keep their words; anything else is a defect and says nothing of itself. */
function formatted(request: FastifyRequest, error: GraphQLError): GraphQLFormattedError {
  const place = {
    ...(error.locations ? { locations: error.locations } : {}),
    ...(error.path ? { path: error.path } : {}),
  }
  const original = error.originalError
  if (!original || original instanceof GraphQLError) {
    const code = error.path ? 'internal' : 'invalid_input'
    return { message: withoutValues(error.message), ...place, extensions: { code, traceId: request.id } }
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

/** graphql-js repeats a variable that does not fit, and with it the referral. What is wrong is said without what was sent. */
function withoutValues(message: string): string {
  const [, name] = /^Variable "\$(\w+)" got invalid value/.exec(message) ?? []
  if (!name) return message
  const [, wrong] = /; ((?:Field "\w+"|Expected) [^;{}]{1,160})$/.exec(message) ?? []
  return `The variable $${name} does not fit its type.${wrong ? ` ${wrong.replace(/(found|value:?) .*$/, '')}`.trimEnd() : ''}`
}

function resolversOf(operations: readonly Operation[]): IResolvers {
  const of = (kind: Operation['kind']) =>
    Object.fromEntries(
      operations
        .filter((operation) => operation.kind === kind)
        .map((operation) => [operation.name, resolverOf(operation)]),
    )
  return { Query: of('query'), Mutation: of('command') } as unknown as IResolvers
}

function resolverOf(operation: Operation) {
  return async (
    _root: unknown,
    { input, ...params }: Record<string, unknown>,
    context: GraphqlContext,
  ): Promise<unknown> => {
    const given = Object.fromEntries(Object.entries(params).filter(([, value]) => value !== null))
    return (await execute(operation, context.caller, { params: given, body: input })).output
  }
}

/** One transaction for a relation of all parents in the answer, as the role and tenant of the caller. */
function loadersOf(relations: readonly Relation[]): MercuriusLoaders {
  const loaders: Record<string, Record<string, unknown>> = {}
  for (const relation of relations) {
    const { on, name } = relation
    loaders[on] = { ...loaders[on], [name]: loaderOf(relation) }
  }
  return loaders as unknown as MercuriusLoaders
}

function loaderOf({ allow, name, load }: Relation) {
  return async (
    queries: readonly { obj: Record<string, unknown> }[],
    { caller }: GraphqlContext,
  ): Promise<readonly unknown[]> => {
    const { actor, now, database } = caller
    if (!hasRole(actor, ...allow)) throw new Refusal('forbidden', `${name} needs one of the roles ${allow.join(', ')}.`)
    const loadIn = async (tx: TenantTx): Promise<readonly unknown[]> => {
      const record = (happening: Parameters<typeof appendAudit>[3]) => appendAudit(tx, actor, now, happening)
      const settings = caller.settings ?? STRICT_SETTINGS
      const context = { tx, actor, now, settings, newId: () => caller.newId(), record }
      return await load(
        context,
        queries.map(({ obj }) => obj),
      )
    }
    return await database.withTenant(actor.authorityId, loadIn, { accountId: actor.accountId, now })
  }
}
