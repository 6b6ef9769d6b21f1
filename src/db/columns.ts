/** The columns every table shares, and the two types that need a word about how they cross the driver. */

import { customType, uuid } from './drizzle.ts'

/** The tenant key: first column of every key of a tenant table. */
export const authorityId = () => uuid().notNull()

/**
 * A moment, as RFC 3339 in UTC with milliseconds (`2026-11-21T09:30:00.000Z`), the form in which the API shows it.
 * PostgreSQL answers in the time zone of the session and drops trailing zeros, so the text is put in one form here.
 * The column is `timestamptz(3)`: a cursor made from the shown value compares equal to the stored one.
 * Only columns are converted: a raw `sql` expression of a moment still comes as PostgreSQL writes it.
 */
export const instant = customType<{ data: string; driverData: string }>({
  dataType: () => 'timestamp (3) with time zone',
  fromDriver: (value) => new Date(value).toISOString(),
})

/** Bytes; inside a relational query they arrive as hexadecimal text. */
export const bytes = customType<{ data: Uint8Array; driverData: Buffer | string }>({
  dataType: () => 'bytea',
  toDriver: (value) => Buffer.from(value.buffer, value.byteOffset, value.byteLength),
  fromDriver: (value) => (typeof value === 'string' ? Buffer.from(value.slice('\\x'.length), 'hex') : value),
})
