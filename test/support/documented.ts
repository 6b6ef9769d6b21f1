/** Every answer that a test gets over REST has to be one that the OpenAPI document speaks of. */
import type { FastifyInstance } from 'fastify'
import type { Reply } from './surfaces.ts'

interface Documented {
  readonly responses: Readonly<Record<string, { readonly content: Readonly<Record<string, unknown>> }>>
}

interface Entry {
  readonly method: string
  readonly pattern: RegExp
  readonly path: string
  readonly documented: Documented
}

/** The document is that of the app, which made it already; all apps have the same. */
let known: readonly Entry[] | undefined

function entriesOf(app: FastifyInstance): Entry[] {
  const { paths } = app.swagger() as unknown as { paths: Record<string, Record<string, Documented>> }
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, documented]) => ({
      method: method.toUpperCase(),
      pattern: new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`),
      path,
      documented,
    })),
  )
}

/** @throws Error when the operation is known and its answer is not documented, in status or in media type. */
export function requireDocumented(app: FastifyInstance, method: string, url: string, { status, headers }: Reply): void {
  const path = url.split('?')[0] ?? ''
  known ??= entriesOf(app)
  const found = known.find((entry) => entry.method === method && entry.pattern.test(path))
  if (!found) return
  const response = found.documented.responses[String(status)]
  if (!response) throw new Error(`${method} ${found.path} answered ${status}, which is not documented`)
  const type = String(headers['content-type']).split(';')[0] ?? ''
  if (!(type in response.content)) throw new Error(`${method} ${found.path} answered ${status} as ${type}`)
}
