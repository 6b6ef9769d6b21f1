import { authorityId, instant } from '../columns.ts'
import { pgTable, text, uuid } from '../drizzle.ts'

/** The answer given to each keyed command of an account, written with what it did. */
export const idempotencyKeys = pgTable('idempotency_keys', {
  authorityId: authorityId(),
  accountId: uuid().notNull(),
  key: text().notNull(),
  operation: text().notNull(),
  requestHash: text().notNull(),
  response: text().notNull(),
  recordedAt: instant().notNull(),
})
