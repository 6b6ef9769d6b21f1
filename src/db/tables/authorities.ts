import { instant } from '../columns.ts'
import { pgTable, text, uuid } from '../drizzle.ts'

/** The local authorities served here. Public names only; the one table without row-level security. */
export const authorities = pgTable('authorities', {
  id: uuid().notNull(),
  code: text().notNull(),
  name: text().notNull(),
  createdAt: instant().notNull(),
})
