import { authorityId, bytes, instant } from '../columns.ts'
import { bigint, pgTable, text, uuid } from '../drizzle.ts'

/** Everything that happened, in order, each entry bound to the one before by its hash. */
export const auditEntries = pgTable('audit_entries', {
  authorityId: authorityId(),
  position: bigint({ mode: 'number' }).notNull(),
  recordedAt: instant().notNull(),
  actorId: uuid(),
  event: text().notNull(),
  body: bytes().notNull(),
  entryHash: bytes().notNull(),
  previousHash: bytes().notNull(),
})

/** Where the log of an authority ends; the row is locked to append. */
export const auditHeads = pgTable('audit_heads', {
  authorityId: authorityId(),
  size: bigint({ mode: 'number' }).notNull(),
  headHash: bytes().notNull(),
})
