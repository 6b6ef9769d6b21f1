import { LETTER_KINDS } from '../../engine/letters/facts.ts'
import { authorityId, instant } from '../columns.ts'
import { pgTable, text, uuid } from '../drizzle.ts'

export const DELIVERY_MEANS = ['service', 'secure_email', 'post', 'by_hand', 'telephone'] as const
export const DELIVERY_OUTCOMES = ['sent', 'delivered', 'failed'] as const

/** Letters as they were sent, word for word. */
export const letters = pgTable('letters', {
  authorityId: authorityId(),
  id: uuid().notNull(),
  referralId: uuid().notNull(),
  kind: text({ enum: LETTER_KINDS }).notNull(),
  accountId: uuid(),
  addressee: text().notNull(),
  policyVersionId: uuid(),
  title: text().notNull(),
  text: text().notNull(),
  html: text().notNull(),
  contentHash: text().notNull(),
  tellingIsSafe: text(),
  dueAt: instant().notNull(),
  writtenBy: uuid(),
  writtenByName: text(),
  writtenAt: instant().notNull(),
})

/** Which decisions a letter tells of. */
export const letterDecisions = pgTable('letter_decisions', {
  authorityId: authorityId(),
  id: uuid().notNull(),
  letterId: uuid().notNull(),
  kind: text({ enum: LETTER_KINDS }).notNull(),
  referralId: uuid().notNull(),
  childKey: text().notNull(),
  decisionId: uuid().notNull(),
})

/** By what means a letter went out, and whether it came to its reader. */
export const letterDeliveries = pgTable('letter_deliveries', {
  authorityId: authorityId(),
  id: uuid().notNull(),
  letterId: uuid().notNull(),
  means: text({ enum: DELIVERY_MEANS }).notNull(),
  outcome: text({ enum: DELIVERY_OUTCOMES }).notNull(),
  reason: text(),
  happenedAt: instant().notNull(),
  recordedBy: uuid().notNull(),
  recordedByName: text().notNull(),
  recordedAt: instant().notNull(),
})

/** The reader of a letter says that it came. */
export const letterReceipts = pgTable('letter_receipts', {
  authorityId: authorityId(),
  id: uuid().notNull(),
  letterId: uuid().notNull(),
  confirmedBy: uuid().notNull(),
  confirmedByName: text().notNull(),
  confirmedAt: instant().notNull(),
})
