/** Operations → GraphQL over mercurius: POST and JSON only, the same refusals with the same codes. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { NoSchemaIntrospectionCustomRule } from 'graphql'
import mercurius, { type IResolvers, type MercuriusLoaders } from 'mercurius'
import { z } from 'zod'
import type { Priority } from '../db/places.ts'
import type { TenantTx } from '../db/tenant.ts'
import { recordAccess } from '../kernel/access.ts'
import { hasRole } from '../kernel/actor.ts'
import { Refusal } from '../kernel/errors.ts'
import { type Caller, execute } from '../kernel/execute.ts'
import type { Operation } from '../kernel/operation.ts'
import { appendAudit } from '../kernel/record.ts'
import type { Relation } from '../kernel/relation.ts'
import { STRICT_SETTINGS } from '../kernel/settings.ts'
import { answer, chooseType } from './answers.ts'
import { GRAPHQL_LIMITS, requireModest } from './limits.ts'
import { documentOf, type GraphqlRules } from './listed.ts'
import { sdl } from './sdl.ts'
import { requireDeclared } from './variables.ts'
import { wordsOf } from './words.ts'

export interface GraphqlContext {
  readonly caller: Caller
}

export interface GraphqlParts {
  readonly operations: readonly Operation[]
  readonly relations: readonly Relation[]
  readonly rules: GraphqlRules
  callerOf(request: FastifyRequest, priority?: Priority): Promise<Caller>
  /** Counts a document that ran no operation. @throws Refusal too_many_requests */
  countIdle(request: FastifyRequest): void
}

export async function mountGraphql(app: FastifyInstance, parts: GraphqlParts): Promise<void> {
  const { operations, relations, callerOf, rules, countIdle } = parts
  await app.register(mercurius, {
    schema: sdl(operations, relations),
    resolvers: resolversOf(operations),
    loaders: loadersOf(relations),
    routes: false,
    graphiql: false,
    queryDepth: GRAPHQL_LIMITS.depth,
    ...(rules.showsSchema ? {} : { validationRules: [NoSchemaIntrospectionCustomRule] }),
    allowBatchedQueries: false,
    // As they are: mercurius would flatten an error that has a list of its own, as a refusal does, and lose it.
    errorFormatter: (execution) => ({ statusCode: 200, response: execution }),
  })
  const priorityOf = prioritiesOf(operations, rules)
  const words = wordsOf(app.graphql.schema, rules.showsSchema)
  app.post('/graphql', async (request, reply) => {
    const caller = await callerOf(request, priorityOf(request.body))
    const parsed = Body.safeParse(request.body)
    if (!parsed.success || !isNamed(parsed.data))
      throw new Refusal('graphql_request', 'Send {"query": …, "variables": …, "operationName": …} as JSON.')
    const { query, variables, operationName, extensions } = parsed.data
    reply.header('cache-control', 'no-store')
    chooseType(request, reply)
    const told = await answer(request, reply, words, async () => {
      const document = documentOf(rules, { query, hash: extensions?.persistedQuery?.sha256Hash })
      requireDeclared(requireModest(document, variables ?? {}), variables ?? {}, operationName ?? undefined)
      return await reply.graphql(document, { caller }, variables ?? {}, operationName ?? undefined)
    })
    countIdle(request)
    return told
  })
}

/** Read off the text, before anybody has looked at it: it decides who waits for whom to be recognised, and nothing else. */
function prioritiesOf(operations: readonly Operation[], { listed }: GraphqlRules): (body: unknown) => Priority {
  const urgent = operations.filter(({ priority }) => priority === 'urgent').map(({ name }) => name)
  return (body) => {
    const { query: text, extensions } = (body ?? {}) as {
      query?: unknown
      extensions?: { persistedQuery?: { sha256Hash?: unknown } }
    }
    const query = text ?? listed.get(String(extensions?.persistedQuery?.sha256Hash).toLowerCase())
    return typeof query === 'string' && urgent.some((name) => query.includes(name)) ? 'urgent' : 'ordinary'
  }
}

const bag = z.record(z.string(), z.unknown())
/** A document that the service knows, named by its hash alone. */
const PersistedQuery = z.strictObject({ version: z.literal(1), sha256Hash: z.string().regex(/^[0-9a-fA-F]{64}$/) })
const Body = z.strictObject({
  query: z.string().nullish(),
  operationName: z.string().nullish(),
  variables: bag.nullish(),
  extensions: z.looseObject({ persistedQuery: PersistedQuery.optional() }).nullish(),
})

function isNamed({ query, extensions }: z.output<typeof Body>): boolean {
  return typeof query === 'string' || extensions?.persistedQuery !== undefined
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
    if (!hasRole(actor, ...allow)) {
      const denied = { event: 'access.denied', operation: name, told: queries.map(({ obj }) => obj) } as const
      await database.withTenant(actor.authorityId, (tx) => recordAccess(tx, actor, now, denied))
      throw new Refusal('forbidden', `${name} needs one of the roles ${allow.join(', ')}.`)
    }
    const loadIn = async (tx: TenantTx) => {
      const record = (happening: Parameters<typeof appendAudit>[3]) => appendAudit(tx, actor, now, happening)
      const settings = caller.settings ?? STRICT_SETTINGS
      const context = { tx, actor, now, settings, newId: () => caller.newId(), record }
      const told = await load(
        context,
        queries.map(({ obj }) => obj),
      )
      const looked = { event: 'access.viewed', operation: name, told, known: caller.accessed } as const
      return { told, accessed: await recordAccess(tx, actor, now, looked) }
    }
    const { told, accessed } = await database.withTenant(actor.authorityId, loadIn, { accountId: actor.accountId, now })
    for (const id of accessed) caller.accessed?.add(id)
    return told
  }
}
