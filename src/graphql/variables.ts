/** Which variables a GraphQL document may be sent with. */
import { type DocumentNode, Kind } from 'graphql'
import { z } from 'zod'
import { Refusal } from '../kernel/errors.ts'
import { wrongsOf } from '../kernel/input.ts'

/**
 * GraphQL leaves unread what the operation does not declare. A name that was mistyped would be lost without a word, and with it
 * perhaps that a child is in danger.
 * @throws Refusal invalid_input that names each variable which the operation does not declare
 */
export function requireDeclared(
  { definitions }: DocumentNode,
  variables: Readonly<Record<string, unknown>>,
  operationName?: string,
): void {
  const operations = definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION)
  // Of several none of which is named none runs.
  const run = operations.filter(({ name }) => operationName === undefined || name?.value === operationName)
  const declared = run.flatMap(({ variableDefinitions = [] }) =>
    variableDefinitions.map(({ variable }) => [variable.name.value, z.unknown().optional()] as const),
  )
  const sent = z.object({ variables: z.strictObject(Object.fromEntries(declared)) }).safeParse({ variables })
  if (!sent.success)
    throw new Refusal('invalid_input', 'A variable is given that the operation does not declare.', {
      errors: wrongsOf(sent.error, 'body'),
    })
}
