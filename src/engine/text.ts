/** Text from outside: what is refused, so that what is stored is what was sent. */
import { z } from 'zod'

/** Control characters other than line feed, carriage return and tab. NUL has a code of its own. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL = /[\u0001-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/
/** Direction overrides, isolates, zero-width and tag characters: they make a name read as another. */
const DECEPTIVE = /[\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]|[\u{e0000}-\u{e007f}]/u

function wellFormed(schema: z.ZodString): z.ZodString {
  return schema
    .refine((text) => text.isWellFormed(), {
      params: { code: 'text_ill_formed' },
      error: 'contains half of a surrogate pair',
    })
    .refine((text) => !text.includes('\u0000'), { params: { code: 'text_nul' }, error: 'contains the character NUL' })
    .refine((text) => !CONTROL.test(text), { params: { code: 'text_control' }, error: 'contains a control character' })
    .refine((text) => text.trim().length > 0, { params: { code: 'text_empty' }, error: 'is empty' })
}

/** Narrative: several lines, kept as sent. `most` counts code points, as JSON Schema and PostgreSQL do. */
export function prose(most = 20_000): z.ZodString {
  return wellFormed(z.string().max(most))
}

/** Narrative that gives grounds: it says something, in letters or digits. */
export function words(most = 8000): z.ZodString {
  return prose(most).refine((text) => /[\p{L}\p{N}]/u.test(text.replaceAll(/[\u115f\u1160\u3164\uffa0]/g, '')), {
    params: { code: 'text_empty' },
    error: 'says nothing',
  })
}

/** One line: a name, an agency, a role. */
export function line(most = 200): z.ZodString {
  return wellFormed(z.string().max(most))
    .refine((text) => !/[\n\r\t]/.test(text), { params: { code: 'text_control' }, error: 'must be one line' })
    .refine((text) => !DECEPTIVE.test(text), {
      params: { code: 'text_deceptive' },
      error: 'contains an invisible or direction-changing character',
    })
}

/** A civil date that exists, from 1900 on. Never a time, never a word like “today”. */
export const CivilDate = z.iso
  .date()
  .refine((date) => date >= '1900-01-01' && date < '2200-01-01', { error: 'must lie between 1900 and 2199' })
  .meta({ id: 'Date', description: 'A civil date, YYYY-MM-DD.' })

/** An instant in RFC 3339 UTC with milliseconds, as this service writes it. */
export const Instant = z
  .string()
  .meta({ id: 'DateTime', description: 'An instant, RFC 3339 in UTC.', format: 'date-time' })
