/** The published contracts, as text: what `npm run schema` writes to schema/ and a test compares. */
import type { z } from 'zod'
import { CasesFile } from './engine/cases/shape.ts'
import { PolicySource } from './engine/policy/shape.ts'
import { StatutoryPack } from './engine/policy/statutory.ts'
import { Referral } from './engine/referral/shape.ts'
import { operations } from './features/index.ts'
import { relations } from './features/relations.ts'
import { CloudEvent } from './features/webhooks/cloud-event.ts'
import { sdl } from './graphql/sdl.ts'
import { openApi } from './http/openapi.ts'
import { jsonShape, referenced } from './kernel/json-shape.ts'
import { VERSION } from './version.ts'

/** File name → content. */
export function contracts(): Record<string, string> {
  return {
    'schema.graphql': sdl(operations, relations),
    'openapi.json': json(openApi(operations, VERSION)),
    'policy.schema.json': json(editorSchema(PolicySource, 'A Threshold policy file')),
    'statutory.schema.json': json(editorSchema(StatutoryPack, 'A Threshold statutory pack')),
    'cases.schema.json': json(editorSchema(CasesFile, 'Worked examples of a Threshold policy')),
    'referral.schema.json': json(editorSchema(Referral, 'A referral as the API receives it')),
    'event.schema.json': json(editorSchema(CloudEvent, 'An event as webhooks are sent it')),
  }
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`
}

/** JSON Schema for editors: the root inline, named shapes under `$defs`. */
function editorSchema(schema: z.ZodType, title: string): object {
  const { shape, definitions } = jsonShape(schema, 'input')
  const name = referenced(shape)
  const root = name === undefined ? shape : definitions[name]
  return { $schema: 'https://json-schema.org/draft/2020-12/schema', title, ...root, $defs: definitions }
}
