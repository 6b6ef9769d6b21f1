import { authorityId, instant } from '../columns.ts'
import { date, integer, pgTable, text, uuid } from '../drizzle.ts'
import { HELP_STATUSES } from './front-door.ts'

/** What became of help that was arranged, and when somebody looks again. */
export const helpUpdates = pgTable('help_updates', {
  authorityId: authorityId(),
  id: uuid().notNull(),
  arrangementId: uuid().notNull(),
  number: integer().notNull(),
  status: text({ enum: HELP_STATUSES }).notNull(),
  notes: text().notNull(),
  followUpOn: date(),
  updatedBy: uuid().notNull(),
  updatedByName: text().notNull(),
  updatedAt: instant().notNull(),
})
