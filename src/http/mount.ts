/** Operations → REST routes. A table: an `if` about a single operation belongs in the operation. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { z } from 'zod'
import type { Priority } from '../db/places.ts'
import { Refusal } from '../kernel/errors.ts'
import { type Caller, execute, type RawInput } from '../kernel/execute.ts'
import { jsonShape, withoutNull } from '../kernel/json-shape.ts'
import type { Format, Operation } from '../kernel/operation.ts'
import { formatOf, formed, withoutFormat } from './forms.ts'

export type CallerOf = (request: FastifyRequest, priority?: Priority) => Promise<Caller>

export function mountRest(app: FastifyInstance, operations: readonly Operation[], callerOf: CallerOf): void {
  for (const operation of operations) {
    const [method, path] = operation.route.split(' ') as ['GET' | 'POST', string]
    const read = readerOf(operation)
    app.route({
      method,
      url: path.replaceAll(/\{(\w+)\}/g, ':$1'),
      ...(operation.bodyBytesMax === undefined ? {} : { bodyLimit: operation.bodyBytesMax }),
      handler: async (request, reply) => {
        const caller = await callerOf(request, operation.priority)
        const input = read(request)
        const format = formatOf(operation, request)
        const { output, replayed } = await execute(operation, caller, input)
        return send(reply, operation, { output, replayed, format })
      },
    })
  }
}

function send(
  reply: FastifyReply,
  operation: Operation,
  { output, replayed, format }: { output: unknown; replayed: boolean; format: Format },
): FastifyReply {
  if (operation.kind === 'command') reply.header('idempotent-replayed', String(replayed))
  const page = (output as { pageInfo?: { hasNextPage: boolean; endCursor: string | null } }).pageInfo
  if (page?.hasNextPage && page.endCursor) {
    const next = new URL(reply.request.url, 'http://here')
    next.searchParams.set('after', page.endCursor)
    reply.header('link', `<${next.pathname}${next.search}>; rel="next"`)
  }
  return reply
    .code(operation.status ?? 200)
    .header('cache-control', 'no-store')
    .send(formed(operation, format, reply, output))
}

/** What arrives as text in path and query, in the types that the operation takes. Only whole forms are turned; the rest is left to be refused. */
function readerOf(operation: Operation): (request: FastifyRequest) => RawInput {
  const types = new Map(Object.entries(operation.params).map(([name, schema]) => [name, typeOf(schema)]))
  return (request) => {
    const query = request.query as Record<string, string | string[]>
    const path = request.params as Record<string, string>
    for (const name of Object.keys(query)) {
      if (Array.isArray(query[name]))
        throw new Refusal('invalid_input', 'A query parameter is given twice.', {
          errors: [{ in: 'query', pointer: `/${name}`, code: 'repeated', detail: 'Give it once.' }],
        })
    }
    const params = Object.fromEntries(
      Object.entries({ ...withoutFormat(operation, query), ...path }).map(([name, text]) => [
        name,
        typed(String(text), types.get(name)),
      ]),
    )
    if (!operation.body && request.body !== undefined && JSON.stringify(request.body) !== '{}') {
      throw new Refusal('invalid_input', 'This operation takes no body.', {
        errors: [{ in: 'body', pointer: '', code: 'unexpected_body', detail: 'Send none.' }],
      })
    }
    return { params, body: request.body }
  }
}

function typeOf(schema: z.ZodType): string | undefined {
  const { type } = withoutNull(jsonShape(schema, 'input').shape).shape
  return typeof type === 'string' ? type : undefined
}

function typed(text: string, type: string | undefined): unknown {
  if (type === 'integer' && /^-?(0|[1-9]\d{0,14})$/.test(text)) return Number(text)
  if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true'
  return text
}
