/** The form in which an answer is sent: JSON, or for operations that say so also text or a page, by `format` or by `Accept`. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { PAGE_SECURITY } from '../engine/explanation/index.ts'
import { Refusal } from '../kernel/errors.ts'
import { FORMATS, type Format, MEDIA_TYPES, type Operation } from '../kernel/operation.ts'

/**
 * What the caller asks for. `format` comes before `Accept`; what `Accept` asks for and cannot have is JSON.
 * @throws Refusal invalid_input for a format that there is not.
 */
export function formatOf({ forms }: Operation, request: FastifyRequest): Format {
  if (!forms) return 'json'
  const { format } = request.query as { format?: string }
  if (format === undefined) return accepted(request.headers.accept ?? '')
  const known = FORMATS.find((one) => one === format)
  if (known === undefined)
    throw new Refusal('invalid_input', 'There is no such format.', {
      errors: [{ in: 'query', pointer: '/format', code: 'invalid_value', detail: `One of ${FORMATS.join(', ')}.` }],
    })
  return known
}

/** The form that `Accept` ranks highest; the first of ours among equals (RFC 9110, 12.5.1). */
function accepted(accept: string): Format {
  const ranges = accept.split(',').map((range) => {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase())
    const quality = Number(parameters.find((parameter) => parameter.startsWith('q='))?.slice(2) ?? 1)
    return { type, quality: Number.isFinite(quality) ? quality : 0 }
  })
  const rank = (format: Format): number => {
    const type = MEDIA_TYPES[format]
    const patterns = [type, `${type.split('/')[0]}/*`, '*/*']
    const range = patterns.flatMap((pattern) => ranges.filter((one) => one.type === pattern))[0]
    return range?.quality ?? 0
  }
  return FORMATS.reduce((best, format) => (rank(format) > rank(best) ? format : best))
}

/** The parameters of an operation, without the one that chooses the form. */
export function withoutFormat<T>({ forms }: Operation, query: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(query).filter(([name]) => !forms || name !== 'format'))
}

/** Sets the headers of a form and gives the body. */
export function formed({ forms }: Operation, format: Format, reply: FastifyReply, output: unknown): unknown {
  if (!forms) return output
  reply.header('vary', 'accept')
  if (format === 'json') return output
  if (format === 'html')
    reply.header(
      'content-security-policy',
      `${PAGE_SECURITY}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    )
  reply.type(`${MEDIA_TYPES[format]}; charset=utf-8`)
  return forms[format](output)
}
