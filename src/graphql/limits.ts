/** What a GraphQL document may ask for at once: counted before anything is validated or run. */
import {
  type ArgumentNode,
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLError,
  Kind,
  type OperationDefinitionNode,
  parse,
  type SelectionNode,
  visit,
} from 'graphql'
import { Refusal } from '../kernel/errors.ts'
import { PAGE_DEFAULT } from '../kernel/page.ts'

/** The numbers that docs/API.md states. Depth is counted by mercurius, with fragments written out. */
export const GRAPHQL_LIMITS = {
  /** What is long belongs into variables. */
  characters: 100_000,
  tokens: 3000,
  /** The deepest useful query reaches the evidence behind a reason in a page of referrals. */
  depth: 15,
  /** Brackets within brackets in the text, whatever they mean. */
  nesting: 40,
  aliases: 15,
  directives: 50,
  rootFields: 10,
  mutations: 1,
  /** Fields of an operation with every fragment written out. */
  fields: 1500,
  /** The same, those of a page as often as the page has items. */
  cost: 30_000,
} as const

type Variables = Readonly<Record<string, unknown>>

/**
 * The document, read. `variables` say how long the pages are; a page whose length cannot be told counts as one of the usual length.
 * @throws Refusal graphql_request for what is no document, graphql_limit for what asks for too much
 */
export function requireModest(query: string, variables: Variables = {}): DocumentNode {
  if (query.length > GRAPHQL_LIMITS.characters)
    throw tooMuch(`At most ${GRAPHQL_LIMITS.characters} characters in a document: send long texts as variables.`)
  refuseNested(query)
  const document = parsed(query)
  refuseMany(document)
  const fragments = new Map<string, FragmentDefinitionNode>()
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition)
  }
  for (const definition of document.definitions) {
    if (definition.kind === Kind.OPERATION_DEFINITION) requireModestOperation(definition, fragments, variables)
  }
  return document
}

type Fragments = ReadonlyMap<string, FragmentDefinitionNode>

function requireModestOperation(operation: OperationDefinitionNode, fragments: Fragments, variables: Variables): void {
  if (operation.operation === 'subscription') throw new Refusal('graphql_request', 'There are no subscriptions.')
  const { rootFields, mutations, fields, cost } = GRAPHQL_LIMITS
  const count = (weigh: Weigh): number => weigh.selections(operation.selectionSet.selections, 1)
  const atRoot = count(new Weigh(fragments, () => 1, false))
  if (operation.operation === 'mutation' && atRoot > mutations)
    throw tooMuch('One mutation in a request: they would share one Idempotency-Key, and one could fail alone.')
  if (atRoot > rootFields) throw tooMuch(`At most ${rootFields} fields at the root of an operation.`)
  if (count(new Weigh(fragments, () => 1)) > fields)
    throw tooMuch(`At most ${fields} fields in an operation, fragments written out.`)
  const given = { ...defaultsOf(operation), ...variables }
  if (count(new Weigh(fragments, (argument) => lengthOf(argument, given))) > cost)
    throw tooMuch(`At most ${cost} fields in an answer: ask for shorter pages, or for less of each item.`)
}

function refuseNested(query: string): void {
  let depth = 0
  for (const char of query) {
    if (char === '{' || char === '[' || char === '(') depth++
    else if (char === '}' || char === ']' || char === ')') depth--
    if (depth > GRAPHQL_LIMITS.nesting) throw tooMuch('The document is nested too deeply.')
  }
}

function parsed(query: string): DocumentNode {
  try {
    return parse(query, { noLocation: true, maxTokens: GRAPHQL_LIMITS.tokens })
  } catch (error) {
    const { message, locations } = error as GraphQLError
    if (/^Syntax Error: Document contains more tha[nt] \d+ tokens/.test(message))
      throw tooMuch(`At most ${GRAPHQL_LIMITS.tokens} tokens in a document.`)
    // Where it is, and not what: the parser repeats the text that it stumbled over.
    const place = locations?.[0] ? `: line ${locations[0].line}, column ${locations[0].column}` : ''
    throw new Refusal('graphql_request', `The document is not well-formed GraphQL${place}.`)
  }
}

/** Aliases and directives, wherever in the document they stand. */
function refuseMany(document: DocumentNode): void {
  let aliases = 0
  let directives = 0
  visit(document, {
    Field: ({ alias }) => {
      if (alias) aliases++
    },
    Directive: () => {
      directives++
    },
  })
  if (aliases > GRAPHQL_LIMITS.aliases) throw tooMuch(`At most ${GRAPHQL_LIMITS.aliases} aliases in a document.`)
  if (directives > GRAPHQL_LIMITS.directives)
    throw tooMuch(`At most ${GRAPHQL_LIMITS.directives} directives in a document.`)
}

/** Counts fields. A fragment is counted once and remembered; one that spreads itself is refused by validation, and counts as nothing here. */
class Weigh {
  readonly #known = new Map<string, number>()
  readonly #fragments: Fragments
  readonly #lengthOf: (first: ArgumentNode | undefined) => number
  readonly #goesDown: boolean

  constructor(fragments: Fragments, lengthOf: (first: ArgumentNode | undefined) => number, goesDown = true) {
    this.#fragments = fragments
    this.#lengthOf = lengthOf
    this.#goesDown = goesDown
  }

  /** `length` is how many items the page has in whose fields these stand. */
  selections(selections: readonly SelectionNode[], length: number): number {
    return selections.reduce((sum, selection) => sum + this.#one(selection, length), 0)
  }

  #one(selection: SelectionNode, length: number): number {
    if (selection.kind === Kind.INLINE_FRAGMENT) return this.selections(selection.selectionSet.selections, length)
    if (selection.kind === Kind.FRAGMENT_SPREAD) return this.#fragment(selection.name.value, length)
    const { name, arguments: args, selectionSet } = selection
    if (!selectionSet || !this.#goesDown) return 1
    const first = args?.find((argument) => argument.name.value === 'first')
    const inside = this.selections(selectionSet.selections, this.#lengthOf(first))
    return 1 + (name.value === 'edges' ? length : 1) * inside
  }

  #fragment(name: string, length: number): number {
    const key = `${name} ${length}`
    const known = this.#known.get(key)
    if (known !== undefined) return known
    this.#known.set(key, 0)
    const selections = this.#fragments.get(name)?.selectionSet.selections ?? []
    const count = this.selections(selections, length)
    this.#known.set(key, count)
    return count
  }
}

function defaultsOf({ variableDefinitions = [] }: OperationDefinitionNode): Variables {
  const given = variableDefinitions.flatMap(({ variable, defaultValue }) =>
    defaultValue?.kind === Kind.INT ? [[variable.name.value, Number(defaultValue.value)] as const] : [],
  )
  return Object.fromEntries(given)
}

/** No page is longer; what asks for more is left for the operation to refuse, and counts as a page of the usual length. */
const LONGEST_PAGE = 1000

function lengthOf(first: ArgumentNode | undefined, variables: Variables): number {
  const { value } = first ?? {}
  const asked =
    value?.kind === Kind.INT
      ? Number(value.value)
      : value?.kind === Kind.VARIABLE
        ? variables[value.name.value]
        : undefined
  return typeof asked === 'number' && asked >= 1 && asked <= LONGEST_PAGE ? asked : PAGE_DEFAULT
}

function tooMuch(detail: string): Refusal {
  return new Refusal('graphql_limit', detail)
}
