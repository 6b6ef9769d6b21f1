/** Operations and relations → the GraphQL schema text. Types come from the shapes' ids, arguments from the operations' parameters. */
import type { z } from 'zod'
import { type JsonShape, jsonShape, referenced, withoutNull } from '../kernel/json-shape.ts'
import type { Operation } from '../kernel/operation.ts'
import type { Relation } from '../kernel/relation.ts'

interface Writer {
  readonly definitions: Map<string, JsonShape>
  /** Name of type → its text. */
  readonly types: Map<string, string>
  readonly relations: readonly Relation[]
}

export function sdl(operations: readonly Operation[], relations: readonly Relation[]): string {
  const writer: Writer = { definitions: new Map(), types: new Map(), relations }
  const fields = (kind: Operation['kind']): string =>
    operations
      .filter((operation) => operation.kind === kind)
      .map((operation) => operationField(writer, operation))
      .join('\n')
  const root = [`type Query {\n${fields('query')}\n}`, `type Mutation {\n${fields('command')}\n}`]
  const types = [...writer.types].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, text]) => text)
  return `${[...root, ...types].join('\n\n')}\n`
}

function operationField(writer: Writer, operation: Operation): string {
  const args = Object.entries(operation.params).map(([name, schema]) => {
    const { shape, required } = propertyOf(writer, schema, 'input')
    return `${name}: ${typeOf(writer, shape, { owner: operation.name, field: name, io: 'input' })}${required ? '!' : ''}`
  })
  if (operation.body)
    args.push(
      `input: ${typeOf(writer, register(writer, operation.body, 'input'), { owner: operation.name, field: 'input', io: 'input' })}!`,
    )
  const output = typeOf(writer, register(writer, operation.output, 'output'), {
    owner: operation.name,
    field: 'output',
    io: 'output',
  })
  return `${docString(`${operation.summary}. Roles: ${operation.allow.join(', ')}.`)}  ${operation.name}${args.length > 0 ? `(${args.join(', ')})` : ''}: ${output}`
}

function propertyOf(
  writer: Writer,
  schema: z.ZodType,
  io: 'input' | 'output',
): { shape: JsonShape; required: boolean } {
  const required = !schema.safeParse(undefined).success
  return { shape: register(writer, schema, io), required }
}

function register(writer: Writer, schema: z.ZodType, io: 'input' | 'output'): JsonShape {
  const { shape, definitions } = jsonShape(schema, io)
  for (const [name, definition] of Object.entries(definitions)) writer.definitions.set(name, definition)
  return shape
}

interface Place {
  readonly owner: string
  readonly field: string
  readonly io: 'input' | 'output'
}

/** GraphQL type of a shape, without the exclamation mark; writes the types that it needs on the way. */
function typeOf(writer: Writer, given: JsonShape, place: Place): string {
  const { shape } = withoutNull(given)
  const name = referenced(shape)
  if (name !== undefined) return namedType(writer, name, place.io)
  if (shape.type === 'array' && shape.items) return `[${typeOf(writer, shape.items, place)}!]`
  if (shape.enum) return enumType(writer, shape.enum, place)
  if (shape.type === 'integer') return 'Int'
  if (shape.type === 'boolean') return 'Boolean'
  if (shape.type === 'string') return shape.format === 'uuid' ? 'ID' : 'String'
  throw new Error(`GraphQL has no type for ${place.owner}.${place.field}; give its shape an id`)
}

function namedType(writer: Writer, name: string, io: 'input' | 'output'): string {
  const definition = writer.definitions.get(name)
  if (!definition) throw new Error(`No shape is called ${name}`)
  if (definition.type !== 'object') {
    writer.types.set(name, `${docString(definition.description, '')}scalar ${name}`)
    return name
  }
  if (name.endsWith('Input')) throw new Error(`${name}: the input of a shape of another name would be called so`)
  const typeName = io === 'input' ? `${name}Input` : name
  if (writer.types.has(typeName)) return typeName
  writer.types.set(typeName, '')
  const fields = Object.entries(definition.properties ?? {}).map(([field, shape]) => {
    const isRequired = definition.required?.includes(field) && !withoutNull(shape).isNullable
    return `${docString(shape.description)}  ${field}: ${typeOf(writer, shape, { owner: name, field, io })}${isRequired ? '!' : ''}`
  })
  const added =
    io === 'output'
      ? writer.relations.filter(({ on }) => on === name).map((relation) => relationField(writer, relation))
      : []
  writer.types.set(
    typeName,
    `${docString(definition.description, '')}${io === 'input' ? 'input' : 'type'} ${typeName} {\n${[...fields, ...added].join('\n')}\n}`,
  )
  return typeName
}

function relationField(writer: Writer, relation: Relation): string {
  const type = typeOf(writer, register(writer, relation.output, 'output'), {
    owner: relation.on,
    field: relation.name,
    io: 'output',
  })
  return `${docString(`${relation.summary}. Roles: ${relation.allow.join(', ')}.`)}  ${relation.name}: ${type}!`
}

const GRAPHQL_NAME = /^[A-Za-z][A-Za-z0-9_]*$/

/** Values that GraphQL cannot spell (such as the census code 1A) stay text, checked by the operation all the same. */
function enumType(writer: Writer, values: readonly unknown[], { owner, field }: Place): string {
  if (
    !values.every(
      (value) => typeof value === 'string' && GRAPHQL_NAME.test(value) && !['true', 'false', 'null'].includes(value),
    )
  )
    return 'String'
  const name = `${capital(owner)}${capital(field)}`
  const text = `enum ${name} {\n${values.map((value) => `  ${String(value)}`).join('\n')}\n}`
  if ((writer.types.get(name) ?? text) !== text) throw new Error(`Two things are called ${name}`)
  writer.types.set(name, text)
  return name
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

function docString(text: string | undefined, indent = '  '): string {
  return text ? `${indent}"""${text.replaceAll('"""', '”')}"""\n` : ''
}
