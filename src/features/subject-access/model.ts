import { z } from 'zod'
import { Instant } from '../../engine/text.ts'
import { Person } from '../../kernel/actor.ts'

export const MARKS = [
  'referrer_identity',
  'third_party',
  'restricted_sharing',
  'serious_harm_review',
  'professional',
] as const
export type MarkKind = (typeof MARKS)[number]

export const VIEWS = ['marked', 'redacted'] as const

export const SubjectField = z
  .object({
    name: z.string().describe('The column of the record, or the place in the content of a revision (RFC 6901).'),
    value: z.string().nullable().describe('Null where the redacted view withholds it.'),
    marks: z.array(
      z
        .object({ kind: z.enum(MARKS), because: z.string() })
        .meta({ id: 'RedactionMark' })
        .describe('What whoever answers the request has to decide before this is released.'),
    ),
  })
  .meta({ id: 'SubjectField' })
export type SubjectField = z.output<typeof SubjectField>

export const SubjectItem = z
  .object({
    what: z.string(),
    table: z.string(),
    recordId: z.string(),
    recordedAt: Instant.nullable(),
    recordedBy: z.string().nullable().describe('Name of the member of staff; null for what the service did by itself.'),
    fields: z.array(SubjectField),
  })
  .meta({ id: 'SubjectItem' })
export type SubjectItem = z.output<typeof SubjectItem>

export const SubjectAccess = z
  .object({
    referralId: z.string(),
    reference: z.string(),
    child: z.string(),
    view: z.enum(VIEWS),
    preparedAt: Instant,
    preparedFor: Person.describe('Who asked for it.'),
    items: z.array(SubjectItem),
    leftOut: z.array(z.string()).describe('What is held and is not here, and why.'),
    notice: z.string(),
  })
  .meta({ id: 'SubjectAccess' })
