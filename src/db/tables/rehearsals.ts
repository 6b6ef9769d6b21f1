import { LISTS } from '../../engine/rehearsal/compare.ts'
import { authorityId, instant } from '../columns.ts'
import { boolean, integer, pgTable, text, uuid } from '../drizzle.ts'

/** That a draft is compared with the policy in force, and over which referrals. */
export const rehearsals = pgTable('rehearsals', {
  authorityId: authorityId(),
  id: uuid().notNull(),
  draftId: uuid(),
  revision: integer(),
  versionId: uuid(),
  policyId: text().notNull(),
  version: text().notNull(),
  contentHash: text().notNull(),
  statutoryHash: text().notNull(),
  againstVersionId: uuid().notNull(),
  againstHash: text().notNull(),
  againstStatutoryHash: text().notNull(),
  receivedFrom: instant(),
  receivedTo: instant().notNull(),
  sampleSize: integer(),
  sampleSeed: integer(),
  sampleCutoff: text(),
  referrals: integer().notNull(),
  coversYear: boolean().notNull(),
  requestedAt: instant().notNull(),
  requestedBy: uuid().notNull(),
})

/** What was counted of some of the referrals, and how far the rehearsal has come. */
export const rehearsalBatches = pgTable('rehearsal_batches', {
  authorityId: authorityId(),
  id: uuid().notNull(),
  rehearsalId: uuid().notNull(),
  number: integer().notNull(),
  referrals: integer().notNull(),
  children: integer().notNull(),
  counts: text().notNull(),
  lastReceivedAt: instant().notNull(),
  lastReferralId: uuid().notNull(),
  recordedAt: instant().notNull(),
})

export const REHEARSAL_EVENTS = ['cancelled', 'resumed', 'completed', 'failed'] as const

/** What became of a rehearsal; its state follows from the last. */
export const rehearsalEvents = pgTable('rehearsal_events', {
  authorityId: authorityId(),
  id: uuid().notNull(),
  rehearsalId: uuid().notNull(),
  sequence: integer().notNull(),
  kind: text({ enum: REHEARSAL_EVENTS }).notNull(),
  reason: text(),
  result: text(),
  recordedAt: instant().notNull(),
  recordedBy: uuid(),
})

/** Children whom the draft would place otherwise in a way that somebody has to look at. */
export const rehearsalChildren = pgTable('rehearsal_children', {
  authorityId: authorityId(),
  id: uuid().notNull(),
  rehearsalId: uuid().notNull(),
  batch: integer().notNull(),
  list: text({ enum: LISTS }).notNull(),
  ways: text().array().notNull(),
  referralId: uuid().notNull(),
  revision: integer().notNull(),
  childKey: text().notNull(),
  content: text().notNull(),
  movementHash: text().notNull(),
  recordedAt: instant().notNull(),
})

/** That an approver accepted that one child would go down, and why. */
export const rehearsalAcceptances = pgTable('rehearsal_acceptances', {
  authorityId: authorityId(),
  id: uuid().notNull(),
  rehearsalChildId: uuid().notNull(),
  movementHash: text().notNull(),
  reason: text().notNull(),
  acceptedAt: instant().notNull(),
  acceptedBy: uuid().notNull(),
})
