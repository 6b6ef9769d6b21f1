/** The complaints of graphql-js in words that repeat nothing of what was sent: they name types and fields of our own schema. */
import { type GraphQLError, type GraphQLSchema, isEnumType, isInputObjectType, isObjectType } from 'graphql'
import { GRAPHQL_LIMITS } from './limits.ts'

export type Words = (error: GraphQLError) => string

/**
 * What graphql-js says of a document, with … for each name in quotes. Only what stands here is passed on: everything else
 * may hold a value, a line of text or an error of somebody else.
 */
const KNOWN = new Set([
  'Cannot query field … on type ….',
  'Directive … argument … of type … is required, but it was not provided.',
  'Expected non-nullable type … not to be null.',
  'Expected type … to be an object.',
  'Field … argument … of type … is required, but it was not provided.',
  'Field … is not defined by type ….',
  'Field … must not have a selection since type … has no subfields.',
  'Field … of required type … was not provided.',
  'Field … of type … must have a selection of subfields.',
  'Field … of type … must have at least one field selected.',
  'Fragment … cannot be spread here as objects of type … can never be of type ….',
  'Fragment … cannot condition on non composite type ….',
  'Fragment … is never used.',
  'Fragment cannot be spread here as objects of type … can never be of type ….',
  'Fragment cannot condition on non composite type ….',
  'GraphQL introspection has been disabled, but the requested query contained the field ….',
  'Maximum introspection depth exceeded',
  'Must provide an operation.',
  'Must provide operation name if query contains multiple operations.',
  'The directive … can only be used once at this location.',
  'There can be only one argument named ….',
  'There can be only one fragment named ….',
  'There can be only one input field named ….',
  'There can be only one operation named ….',
  'There can be only one variable named ….',
  'This anonymous operation must be the only defined operation.',
  'Unknown argument … on directive ….',
  'Unknown argument … on field ….',
  'Unknown directive ….',
  'Unknown fragment ….',
  'Unknown operation named ….',
  'Unknown type ….',
  'Variable … cannot be non-input type ….',
  'Variable … is never used in operation ….',
  'Variable … is never used.',
  'Variable … is not defined by operation ….',
  'Variable … is not defined.',
  'Variable … of type … used in position expecting type ….',
])

/** What is said in words of ours, because theirs repeat the value. The name is that of a type. */
const OF_VALUES = [
  /^(Int|Float|String|Boolean|ID) cannot represent /,
  /^Enum "(\w{1,100})" cannot represent /,
  /^Value "[^"]*" does not exist in "(\w{1,100})" enum\./,
  /^Expected value of type "([\w[\]!]{1,100})", found /,
  /^Expected type "(\w{1,100})"\./,
]

/** What repeats names that the document made up. */
const IN_WORDS_OF_OURS: readonly (readonly [RegExp, string])[] = [
  [/^Fields ".*" conflict because /s, 'Two different fields have one name. Give each an alias of its own.'],
  [/^Cannot spread fragment "\w+" within itself/, 'A fragment spreads itself.'],
  [/^\w+ query depth \(/, `The document is deeper than ${GRAPHQL_LIMITS.depth} levels.`],
]

const SUGGESTION = / Did you mean (?:to use an inline fragment on |the enum value )?("[^?]{1,300})\?$/
const NAME = /"([$@]?[\w.[\]!]{1,200})"/g

/** @param showsSchema whether the names that are near a misspelt one are told: they tell the schema to whoever guesses */
export function wordsOf(schema: GraphQLSchema, showsSchema: boolean): Words {
  const names = namesIn(schema)
  const isOurs = (name: string): boolean =>
    name
      .replace(/^@|[[\]!]/g, '')
      .split('.')
      .every((part) => names.has(part))
  const suggestion = (message: string): string => {
    const [all = '', list = ''] = SUGGESTION.exec(message) ?? []
    const suggested = [...list.matchAll(NAME)].map(([, name = '']) => name)
    return showsSchema && suggested.length > 0 && suggested.every(isOurs) ? all : ''
  }
  const saidOf = (message: string): string | undefined => {
    const said = message.replace(SUGGESTION, '')
    if (KNOWN.has(said.replaceAll(NAME, '…')))
      return said.replaceAll(/ ?"([$@]?[\w.[\]!]{1,200})"/g, (all, name: string) => (isOurs(name) ? all : ''))
    const type = OF_VALUES.flatMap((pattern) => pattern.exec(said)?.slice(1) ?? [])[0]
    if (type !== undefined && isOurs(type)) return `A value of type "${type}" is expected.`
    return IN_WORDS_OF_OURS.find(([theirs]) => theirs.test(said))?.[1]
  }
  const words = ({ message, originalError }: GraphQLError): string => {
    const said = saidOf(message)
    if (said !== undefined) return `${said}${suggestion(message)}`
    // What is wrong with a variable is told after the whole of what was sent, and by itself in the error within.
    if (message.startsWith('Variable "$')) {
      const within = originalError ? saidOf(originalError.message) : undefined
      return within === undefined
        ? 'A variable does not fit its type.'
        : `A variable does not fit its type. ${within}${suggestion(originalError?.message ?? '')}`
    }
    return 'The document cannot be run as it is.'
  }
  return words
}

/** The names of types, fields, arguments, words of enumerations, and directives. */
function namesIn(schema: GraphQLSchema): ReadonlySet<string> {
  const names = new Set<string>()
  for (const { name, args } of schema.getDirectives()) for (const one of [name, ...args.map(nameOf)]) names.add(one)
  for (const type of Object.values(schema.getTypeMap())) {
    names.add(type.name)
    if (isEnumType(type)) for (const { name } of type.getValues()) names.add(name)
    if (isInputObjectType(type)) for (const name of Object.keys(type.getFields())) names.add(name)
    if (!isObjectType(type)) continue
    for (const { name, args } of Object.values(type.getFields()))
      for (const one of [name, ...args.map(nameOf)]) names.add(one)
  }
  for (const name of ['__schema', '__type', '__typename']) names.add(name)
  return names
}

function nameOf({ name }: { readonly name: string }): string {
  return name
}
