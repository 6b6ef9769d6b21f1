/** zod shapes → JSON Schema with named definitions: what OpenAPI, the GraphQL types and the editors' schemas are written from. */
import { z } from 'zod'

export interface JsonShape {
  readonly $ref?: string
  readonly type?: string | readonly string[]
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly properties?: Readonly<Record<string, JsonShape>>
  readonly required?: readonly string[]
  readonly items?: JsonShape
  readonly anyOf?: readonly JsonShape[]
  readonly description?: string
  readonly format?: string
  readonly [key: string]: unknown
}

export interface Shaped {
  readonly shape: JsonShape
  /** Every shape with an id, by it. */
  readonly definitions: Readonly<Record<string, JsonShape>>
}

const DEFINITION = '#/$defs/'

/** The name that a reference points to, or undefined for an inline shape. */
export function referenced(shape: JsonShape): string | undefined {
  return shape.$ref?.startsWith(DEFINITION) ? shape.$ref.slice(DEFINITION.length) : undefined
}

const known = { input: new WeakMap<z.ZodType, Shaped>(), output: new WeakMap<z.ZodType, Shaped>() }

/**
 * A shape and what it refers to. `io` says whether it is something taken in or given out. Each is written once: both
 * surfaces ask for the same ones, and it is most of what building the app takes.
 */
export function jsonShape(schema: z.ZodType, io: 'input' | 'output'): Shaped {
  const written = known[io].get(schema) ?? writtenShape(schema, io)
  known[io].set(schema, written)
  return written
}

function writtenShape(schema: z.ZodType, io: 'input' | 'output'): Shaped {
  // A root with an id would be written inline; as a property it is a reference like any other.
  const json = z.toJSONSchema(z.object({ it: schema }), {
    io,
    target: 'draft-2020-12',
    unrepresentable: 'any',
  }) as unknown as {
    properties: { it: JsonShape }
    $defs?: Record<string, JsonShape>
  }
  const definitions = Object.fromEntries(
    Object.entries(json.$defs ?? {}).map(([name, shape]) => [name, withoutId(shape)]),
  )
  return { shape: withoutId(json.properties.it), definitions }
}

function withoutId({ id: _, ...shape }: JsonShape): JsonShape {
  return shape
}

/** A shape that may be null, without the null. */
export function withoutNull(shape: JsonShape): { shape: JsonShape; isNullable: boolean } {
  if (Array.isArray(shape.type) && shape.type.includes('null')) {
    const types = shape.type.filter((type) => type !== 'null')
    const { enum: values, ...rest } = shape
    return {
      shape: {
        ...rest,
        type: types.length === 1 ? types[0] : types,
        ...(values ? { enum: values.filter((value) => value !== null) } : {}),
      } as JsonShape,
      isNullable: true,
    }
  }
  const branches = shape.anyOf?.filter(({ type }) => type !== 'null')
  const [only] = branches ?? []
  if (shape.anyOf && branches?.length === 1 && only && branches.length < shape.anyOf.length)
    return { shape: { ...only, ...(shape.description ? { description: shape.description } : {}) }, isNullable: true }
  return { shape, isNullable: false }
}
