/** Every answer that a test gets over REST has to be one that the OpenAPI document speaks of. */
import { operations } from '../../src/features/index.ts'
import { openApi } from '../../src/http/openapi.ts'
import type { Reply } from './surfaces.ts'

interface Documented {
  readonly responses: Readonly<Record<string, { readonly content: Readonly<Record<string, unknown>> }>>
}

const paths = openApi(operations, '0')['paths'] as Record<string, Record<string, Documented>>
const table = Object.entries(paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, documented]) => ({
    method: method.toUpperCase(),
    pattern: new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`),
    path,
    documented,
  })),
)

/** @throws Error when the operation is known and its answer is not documented, in status or in media type. */
export function requireDocumented(method: string, url: string, { status, headers }: Reply): void {
  const path = url.split('?')[0] ?? ''
  const found = table.find((entry) => entry.method === method && entry.pattern.test(path))
  if (!found) return
  const response = found.documented.responses[String(status)]
  if (!response) throw new Error(`${method} ${found.path} answered ${status}, which is not documented`)
  const type = String(headers['content-type']).split(';')[0] ?? ''
  if (!(type in response.content)) throw new Error(`${method} ${found.path} answered ${status} as ${type}`)
}
