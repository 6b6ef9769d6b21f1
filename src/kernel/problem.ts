/** Whatever is thrown → a refusal that may be shown, and its RFC 9457 form. Never a stack, SQL or a submitted value. */
import { DatabaseError, DatabaseUnavailable } from '../db/errors.ts'
import { REFUSALS, Refusal, type RefusalCode, type Wrong } from './errors.ts'

export interface Problem {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly code: RefusalCode
  readonly detail: string
  readonly traceId: string
  readonly errors?: readonly Wrong[]
  readonly recorded?: boolean | 'unknown'
}

/** When to try again what was unavailable. */
export const RETRY_AFTER_SECONDS = '2'

const FASTIFY_CODES: Readonly<Record<string, RefusalCode>> = {
  FST_ERR_MAX_PARAM_LENGTH: 'not_found',
  FST_ERR_BAD_URL: 'not_found',
  FST_ERR_CTP_BODY_TOO_LARGE: 'payload_too_large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported_media_type',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'json_malformed',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'json_malformed',
}

/** Whatever was thrown, as a refusal that may be shown. */
export function refusalOf(error: unknown): Refusal {
  if (error instanceof Refusal) return error
  if (error instanceof DatabaseUnavailable) {
    return new Refusal(
      'unavailable',
      'The database cannot be reached at the moment. Try again shortly, with the same Idempotency-Key.',
      { recorded: error.recorded === 'no' ? false : 'unknown' },
    )
  }
  if (error instanceof DatabaseError) return ofDatabase(error)
  const { code, statusCode } = error as { code?: string; statusCode?: number }
  const known = FASTIFY_CODES[code ?? '']
  if (known) return new Refusal(known, REFUSALS[known][1])
  if (statusCode === 400) return new Refusal('invalid_input', 'The request is not well-formed.')
  return new Refusal('internal', 'Something went wrong here. Nothing was recorded; the trace id helps us find it.')
}

/** A constraint that stopped what the rules should have stopped before it: two at once, or a defect of ours. */
function ofDatabase({ sqlstate }: DatabaseError): Refusal {
  if (sqlstate === '23505') return new Refusal('already_decided', 'Somebody else did this at the same moment.')
  if (sqlstate === '40001' || sqlstate === '40P01')
    return new Refusal('unavailable', 'Too much happened at once. Try again.', { recorded: false })
  return new Refusal('internal', 'Something went wrong here. Nothing was recorded; the trace id helps us find it.')
}

export function problemOf(refusal: Refusal, traceId: string): Problem {
  const [status, title] = REFUSALS[refusal.code]
  return {
    type: `urn:threshold:problem:${refusal.code}`,
    title,
    status,
    code: refusal.code,
    detail: refusal.message,
    traceId,
    ...(refusal.errors.length > 0 ? { errors: refusal.errors } : {}),
    ...(refusal.recorded === undefined ? {} : { recorded: refusal.recorded }),
  }
}
