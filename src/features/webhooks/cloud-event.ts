/** An entry of the log as it is told outside: a CloudEvent 1.0 with ids and codes and nothing else. */
import { z } from 'zod'
import { Instant } from '../../engine/text.ts'

/** Where the shape of the data is described: schema/event.schema.json carries this name. */
export const EVENT_SCHEMA_URN = 'urn:threshold:schema:event:v1'

export const CloudEvent = z
  .object({
    specversion: z.literal('1.0'),
    id: z.string().describe('The same for each repetition, and as `webhook-id` of each message.'),
    source: z.string().describe('The authority: `urn:threshold:authority:` and its code.'),
    type: z
      .string()
      .describe(
        '`threshold.`, the event of the log, and the version of its data, as in `threshold.referral.received.v1`.',
      ),
    subject: z
      .string()
      .describe(
        '`referrals/{id}`, with `/children/{key}` for one child; otherwise the family of the event, as `policy`.',
      ),
    time: Instant,
    datacontenttype: z.literal('application/json'),
    dataschema: z.string(),
    data: z.unknown().meta({ id: 'JSON' }).describe('The facts of the log entry: ids and codes. Ask the API for more.'),
  })
  .meta({ id: 'Event', description: 'What happened, as a CloudEvent 1.0.' })
export type CloudEvent = z.output<typeof CloudEvent>

export interface OutboxEvent {
  readonly authorityId: string
  readonly position: number
  readonly event: string
  readonly subject: string
  readonly childKey: string | null
  readonly recordedAt: string
  /** Body of the entry of the log. */
  readonly body: Uint8Array
}

/** An id that no other event has, in any authority. */
export function eventId({ authorityId, position }: Pick<OutboxEvent, 'authorityId' | 'position'>): string {
  return `${authorityId}-${position}`
}

export function cloudEvent(row: OutboxEvent, authorityCode: string): CloudEvent {
  const { event, subject, childKey, recordedAt } = row
  return {
    specversion: '1.0',
    id: eventId(row),
    source: `urn:threshold:authority:${authorityCode}`,
    type: `threshold.${event}.v1`,
    subject: childKey === null ? subject : `${subject}/children/${childKey}`,
    time: recordedAt,
    datacontenttype: 'application/json',
    dataschema: EVENT_SCHEMA_URN,
    data: outside((JSON.parse(Buffer.from(row.body).toString('utf8')) as { facts: Facts }).facts),
  }
}

type Facts = Readonly<Record<string, unknown>>

/** Ids, codes, hashes, dates and versions have no spaces; words do. */
const CODE = /^[\w.:@/+-]{1,200}$/

/** The facts of an entry are ids and codes. Text that cannot be one stays here all the same, whoever wrote it there. */
function outside(facts: Facts): Facts {
  return Object.fromEntries(Object.entries(facts).filter(([, fact]) => typeof fact !== 'string' || CODE.test(fact)))
}
