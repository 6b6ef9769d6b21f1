/** GraphQL documents written from the schema: each operation with all its fields, as REST shows them. */
import {
  buildSchema,
  type GraphQLField,
  type GraphQLOutputType,
  getNamedType,
  getVariableValues,
  isObjectType,
  Kind,
  parse,
} from 'graphql'
import { operations } from '../../src/features/index.ts'
import { relations } from '../../src/features/relations.ts'
import { sdl } from '../../src/graphql/sdl.ts'
import type { Operation } from '../../src/kernel/operation.ts'

// The app validates the same text when it is mounted.
const schema = buildSchema(sdl(operations, relations), { assumeValidSDL: true })
const added = new Set(relations.map(({ on, name }) => `${on}.${name}`))

export function operationOf(name: string): Operation {
  const found = operations.find((operation) => operation.name === name)
  if (!found) throw new Error(`There is no operation ${name}`)
  return found
}

/** Whether GraphQL itself lets a body through to the operation: whether it fits the type of the argument. */
export function fitsGraphql(operation: string, input: unknown): boolean {
  const [definition] = parse(documentOf(operationOf(operation), ['input'])).definitions
  if (definition?.kind !== Kind.OPERATION_DEFINITION) throw new Error('a document of ours has one operation')
  return getVariableValues(schema, definition.variableDefinitions ?? [], { input }).errors === undefined
}

/** The document that calls one operation, with a variable for each argument given. */
export function documentOf(operation: Operation, given: readonly string[]): string {
  const root = operation.kind === 'command' ? schema.getMutationType() : schema.getQueryType()
  const field = root?.getFields()[operation.name]
  if (!field) throw new Error(`GraphQL has no ${operation.name}`)
  const used = field.args.filter(({ name }) => given.includes(name))
  const unknown = given.filter((name) => !used.some((arg) => arg.name === name))
  const variables = [...used.map(({ name, type }) => `$${name}: ${type}`), ...unknown.map((name) => `$${name}: String`)]
  const args = given.map((name) => `${name}: $${name}`)
  const keyword = operation.kind === 'command' ? 'mutation' : 'query'
  const head = `${keyword}${variables.length > 0 ? `(${variables.join(', ')})` : ''}`
  return `${head} { ${operation.name}${args.length > 0 ? `(${args.join(', ')})` : ''}${selection(field.type)} }`
}

function selection(type: GraphQLOutputType): string {
  const named = getNamedType(type)
  if (!isObjectType(named)) return ''
  const fields = Object.values(named.getFields()).filter(({ name }) => !added.has(`${named.name}.${name}`))
  return ` { ${fields.map(shownField).join(' ')} }`
}

function shownField(field: GraphQLField<unknown, unknown>): string {
  return `${field.name}${selection(field.type)}`
}
