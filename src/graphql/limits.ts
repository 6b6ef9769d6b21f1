/** What a GraphQL document may ask for at once: counted before anything is validated or run. */
import { type DocumentNode, type FragmentDefinitionNode, Kind, parse, type SelectionSetNode } from 'graphql'
import { Refusal } from '../kernel/errors.ts'

const TOKENS_MAX = 3000
/** Braces within braces in the text; the deepest useful query has some fifteen. */
const NESTING_MAX = 40
const ROOT_FIELDS_MAX = 10
/** Fields of an operation with every fragment written out. */
const FIELDS_MAX = 1500

/** @throws Refusal graphql_request for what is too much, or not a document. */
export function requireModest(query: string): void {
  refuseNested(query)
  const document = parsed(query)
  const fragments = new Map<string, FragmentDefinitionNode>()
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition)
  }
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue
    if (definition.operation === 'subscription') throw tooMuch('There are no subscriptions.')
    if (definition.selectionSet.selections.length > ROOT_FIELDS_MAX)
      throw tooMuch(`At most ${ROOT_FIELDS_MAX} fields at the root of an operation.`)
    if (fieldsIn(definition.selectionSet, fragments, new Map()) > FIELDS_MAX)
      throw tooMuch(`At most ${FIELDS_MAX} fields in an operation, fragments written out.`)
  }
}

function refuseNested(query: string): void {
  let depth = 0
  for (const char of query) {
    if (char === '{' || char === '[' || char === '(') depth++
    else if (char === '}' || char === ']' || char === ')') depth--
    if (depth > NESTING_MAX) throw tooMuch('The document is nested too deeply.')
  }
}

function parsed(query: string): DocumentNode {
  try {
    return parse(query, { noLocation: true, maxTokens: TOKENS_MAX })
  } catch (error) {
    throw tooMuch((error as Error).message)
  }
}

/** A fragment is counted once and remembered; one that spreads itself is refused by validation, and counts as nothing here. */
function fieldsIn(
  { selections }: SelectionSetNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  known: Map<string, number>,
): number {
  let count = 0
  for (const selection of selections) {
    if (selection.kind === Kind.FIELD) {
      count += 1 + (selection.selectionSet ? fieldsIn(selection.selectionSet, fragments, known) : 0)
    } else if (selection.kind === Kind.INLINE_FRAGMENT) count += fieldsIn(selection.selectionSet, fragments, known)
    else {
      const name = selection.name.value
      const fragment = fragments.get(name)
      if (!known.has(name)) {
        known.set(name, 0)
        if (fragment) known.set(name, fieldsIn(fragment.selectionSet, fragments, known))
      }
      count += known.get(name) ?? 0
    }
  }
  return count
}

function tooMuch(detail: string): Refusal {
  return new Refusal('graphql_request', detail)
}
