/** Which documents are run: every valid one, or only those on a list that the operator gives. */
import { createHash } from 'node:crypto'
import { buildSchema, NoSchemaIntrospectionCustomRule, parse, specifiedRules, validate } from 'graphql'
import { Refusal } from '../kernel/errors.ts'
import type { Operation } from '../kernel/operation.ts'
import type { Relation } from '../kernel/relation.ts'
import { GRAPHQL_LIMITS, requireModest } from './limits.ts'
import { sdl } from './sdl.ts'

export interface GraphqlRules {
  /** SHA-256 in hex → the text of a document that is on the list. */
  readonly listed: ReadonlyMap<string, string>
  /** Whether documents are run that are not on the list. */
  readonly takesOthers: boolean
  /** Whether the schema can be asked for, and messages name what is nearest to a misspelt name. */
  readonly showsSchema: boolean
}

/** What holds in production where nothing was set: no document at all. */
export const STRICT_GRAPHQL: GraphqlRules = { listed: new Map(), takesOthers: false, showsSchema: false }
export const OPEN_GRAPHQL: GraphqlRules = { listed: new Map(), takesOthers: true, showsSchema: true }

export function sha256Of(document: string): string {
  return createHash('sha256').update(document, 'utf8').digest('hex')
}

/** A request names its document by its text, by its hash, or by both. */
export interface Named {
  readonly query?: string | null | undefined
  readonly hash?: string | undefined
}

/** @throws Refusal operation_not_allowed for what is not on the list; graphql_request where text and hash do not fit. */
export function documentOf({ listed, takesOthers }: GraphqlRules, { query, hash }: Named): string {
  if (query === undefined || query === null) {
    const known = hash === undefined ? undefined : listed.get(hash.toLowerCase())
    if (known === undefined) throw notListed()
    return known
  }
  const own = hash !== undefined || !takesOthers ? sha256Of(query) : undefined
  if (hash !== undefined && hash.toLowerCase() !== own)
    throw new Refusal('graphql_request', 'The hash is not the SHA-256 of the document.')
  if (!takesOthers && !listed.has(own ?? '')) throw notListed()
  return query
}

function notListed(): Refusal {
  return new Refusal('operation_not_allowed', 'This document is not on the list of those that the operator allows.')
}

/**
 * The list of documents by their hash.
 * @throws Error that names every document that could never run, so that a service does not start with it.
 */
export function listOf(
  documents: Readonly<Record<string, string>>,
  { operations, relations }: { operations: readonly Operation[]; relations: readonly Relation[] },
): ReadonlyMap<string, string> {
  const schema = buildSchema(sdl(operations, relations))
  const wrong = Object.entries(documents).flatMap(([name, text]) => {
    try {
      requireModest(text)
      const document = parse(text, { maxTokens: GRAPHQL_LIMITS.tokens })
      const [error] = validate(schema, document, [...specifiedRules, NoSchemaIntrospectionCustomRule])
      return error ? [`${name}: ${error.message}`] : []
    } catch (error) {
      return [`${name}: ${(error as Error).message}`]
    }
  })
  if (wrong.length > 0) throw new Error(`Documents that cannot run:\n${wrong.join('\n')}`)
  return new Map(Object.values(documents).map((text) => [sha256Of(text), text]))
}
