/**
 * Cursors of the queue. Its order depends on the time, so a cursor keeps the instant of the first page, and the place of the
 * last child seen: while people go on working, nobody is shown twice or passed over who has not changed.
 */
import { Refusal } from '../../kernel/errors.ts'
import type { SortKey } from './entries.ts'

export interface QueueCursor {
  /** The instant as of which the pages are in order. */
  readonly at: string
  readonly key: SortKey
}

const INSTANT = '\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z'
const CURSOR = new RegExp(`^(${INSTANT})\\|(\\d{1,4})\\|(${INSTANT})\\|(-\\d{1,3}|0)\\|([0-9a-f-]{36})$`)

export function encodeQueueCursor({ at, key }: QueueCursor): string {
  return Buffer.from([at, key.urgency, key.dueAt, key.level, key.id].join('|')).toString('base64url')
}

/** @throws Refusal invalid_input for anything that this list did not give. */
export function decodeQueueCursor(cursor: string | undefined, now: string): QueueCursor | undefined {
  if (cursor === undefined) return undefined
  const [, at = '', urgency, dueAt = '', level, id = ''] =
    CURSOR.exec(Buffer.from(cursor, 'base64url').toString('utf8')) ?? []
  if (at === '' || at > now || Number.isNaN(Date.parse(at))) {
    const detail = 'Not a cursor that this list gave.'
    const wrong = { in: 'query', pointer: '/after', code: 'invalid_cursor', detail } as const
    throw new Refusal('invalid_input', 'The cursor is not one of ours.', { errors: [wrong] })
  }
  return { at, key: { urgency: Number(urgency), dueAt, level: Number(level), id } }
}
