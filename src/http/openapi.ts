/** Operations → an OpenAPI 3.1 document. */
import { z } from 'zod'
import { REFUSALS } from '../kernel/errors.ts'
import { type JsonShape, jsonShape } from '../kernel/json-shape.ts'
import { FORMATS, MEDIA_TYPES, type Operation } from '../kernel/operation.ts'

type Json = Record<string, unknown>

const TAGS = {
  referrals: 'Referrals as the front door receives them.',
  recommendations: 'What the policy says of each child. It recommends; people decide.',
  decisions: 'What qualified people decided, and the history of it.',
  policies: 'The authority’s threshold document as a policy.',
  audit: 'The log of the authority, and its verification.',
  identity: 'Who is calling.',
} as const

export function openApi(operations: readonly Operation[], version: string): Json {
  const schemas: Record<string, JsonShape> = { Problem: problemShape() }
  const use = (schema: z.ZodType, io: 'input' | 'output'): JsonShape => {
    const { shape, definitions } = jsonShape(schema, io)
    for (const [name, definition] of Object.entries(definitions)) addSchema(schemas, name, relocate(definition))
    return relocate(shape)
  }
  const paths: Record<string, Json> = {}
  for (const operation of operations) {
    const [method, path] = operation.route.split(' ') as ['GET' | 'POST', string]
    const entry = paths[path] ?? {}
    entry[method.toLowerCase()] = describeOperation(operation, path, use)
    paths[path] = entry
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Threshold',
      version,
      summary: 'Decision support for children’s social care front doors in England',
      description:
        'Scores referrals, child by child, against the authority’s own threshold document, and keeps what qualified people decided. It recommends; people decide.',
      license: { name: 'Proprietary', identifier: 'LicenseRef-Proprietary' },
    },
    servers: [{ url: '/' }],
    security: [{ bearer: [] }],
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
    paths,
    components: {
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
      schemas: Object.fromEntries(Object.entries(schemas).sort(([a], [b]) => (a < b ? -1 : 1))),
    },
  }
}

function describeOperation(
  operation: Operation,
  path: string,
  use: (schema: z.ZodType, io: 'input' | 'output') => JsonShape,
): Json {
  const { name, summary, description, allow, body, output, kind } = operation
  const status = String(operation.status ?? 200)
  return {
    operationId: name,
    summary,
    description: `${description ? `${description}\n\n` : ''}Roles: ${allow.join(', ')}.`,
    tags: [tagOf(path)],
    parameters: [
      ...parameters(operation, path, use),
      ...(operation.forms ? [FORMAT] : []),
      ...(kind === 'command' ? [IDEMPOTENCY_KEY] : []),
    ],
    ...(body
      ? { requestBody: { required: true, content: { 'application/json': { schema: use(body, 'input') } } } }
      : {}),
    responses: {
      [status]: {
        description: 'Done.',
        content: { 'application/json': { schema: use(output, 'output') }, ...(operation.forms ? WRITTEN_FORMS : {}) },
      },
      ...refusals(operation),
    },
  }
}

function parameters(
  { params }: Operation,
  path: string,
  use: (schema: z.ZodType, io: 'input' | 'output') => JsonShape,
): Json[] {
  return Object.entries(params).map(([name, schema]) => {
    const isInPath = path.includes(`{${name}}`)
    const { description, ...shape } = use(schema, 'input')
    return {
      name,
      in: isInPath ? 'path' : 'query',
      required: isInPath,
      schema: shape,
      ...(description ? { description } : {}),
    }
  })
}

const WRITTEN_FORMS: Json = {
  [MEDIA_TYPES.text]: { schema: { type: 'string' } },
  [MEDIA_TYPES.html]: { schema: { type: 'string' } },
}

const FORMAT: Json = {
  name: 'format',
  in: 'query',
  required: false,
  description: 'The form of the answer. Comes before the Accept header, which chooses among the same.',
  schema: { type: 'string', enum: FORMATS },
}

const IDEMPOTENCY_KEY: Json = {
  name: 'Idempotency-Key',
  in: 'header',
  required: true,
  description:
    'Of your own making, new for each intent. The same key and request again gives the same answer and acts once.',
  schema: { type: 'string', minLength: 1, maxLength: 255 },
}

/** Which refusals an operation can answer with, by status. */
function refusals({ kind, body, route }: Operation): Json {
  const statuses = new Set([400, 401, 403, 408, 429, 431, 503, 500])
  // One thing may stand so that it is not shown, or cannot be.
  if (route.includes('{')) for (const status of [404, 409]) statuses.add(status)
  if (route.startsWith('POST')) for (const status of [413, 415]) statuses.add(status)
  if (body) statuses.add(422)
  if (kind === 'command' || /policy|score|comparison|result/.test(route))
    for (const status of [404, 409, 422]) statuses.add(status)
  return Object.fromEntries(
    [...statuses].sort().map((status) => {
      const codes = Object.entries(REFUSALS)
        .filter(([, [code]]) => code === status)
        .map(([code]) => code)
      return [
        String(status),
        {
          description: `Refused: ${codes.join(', ')}.`,
          content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
        },
      ]
    }),
  )
}

function problemShape(): JsonShape {
  const Problem = z.object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.enum(Object.keys(REFUSALS) as [string, ...string[]]),
    detail: z.string(),
    traceId: z.string(),
    errors: z
      .array(
        z.object({
          in: z.enum(['body', 'query', 'path', 'header']),
          pointer: z.string(),
          code: z.string(),
          detail: z.string(),
        }),
      )
      .optional(),
    recorded: z.union([z.boolean(), z.literal('unknown')]).optional(),
  })
  return {
    ...jsonShape(Problem, 'output').shape,
    description: 'An RFC 9457 problem. The code is stable; errors point at everything that is wrong.',
  }
}

function tagOf(path: string): keyof typeof TAGS {
  if (path.includes('decision')) return 'decisions'
  if (path.includes('recommendation') || path.includes('/score')) return 'recommendations'
  if (path.includes('referral')) return 'referrals'
  if (path.includes('polic')) return 'policies'
  return path.includes('audit') ? 'audit' : 'identity'
}

/** The same id has one meaning: a second, different shape under it is a defect. */
function addSchema(schemas: Record<string, JsonShape>, name: string, shape: JsonShape): void {
  const known = schemas[name]
  if (known && JSON.stringify(known) !== JSON.stringify(shape))
    throw new Error(`Two different shapes are called ${name}`)
  schemas[name] = shape
}

function relocate(shape: JsonShape): JsonShape {
  return JSON.parse(JSON.stringify(shape).replaceAll('"#/$defs/', '"#/components/schemas/')) as JsonShape
}
