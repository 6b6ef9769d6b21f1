import { authorityId, bytes, instant } from '../columns.ts'
import { bigint, integer, pgTable, text, uuid } from '../drizzle.ts'

const entryColumns = () => ({
  authorityId: authorityId(),
  position: bigint({ mode: 'number' }).notNull(),
  recordedAt: instant().notNull(),
  actorId: uuid(),
  event: text().notNull(),
  body: bytes().notNull(),
  leafHash: bytes().notNull(),
  subtrees: bytes().notNull(),
})

const headColumns = () => ({
  authorityId: authorityId(),
  size: bigint({ mode: 'number' }).notNull(),
  frontier: bytes().notNull(),
  checkpoint: text(),
})

/** What was done, in order: the leaves of the tree, as the bytes that were hashed. */
export const auditEntries = pgTable('audit_entries', entryColumns())

/** Where the log of an authority ends; the row is locked to append. */
export const auditHeads = pgTable('audit_heads', headColumns())

/** Who looked at what, in order: the leaves of a second tree. */
export const accessEntries = pgTable('access_entries', entryColumns())

/** Where the second log of an authority ends. */
export const accessHeads = pgTable('access_heads', headColumns())

/** The key of each referral, wrapped by the key of the authority, which is not in the database. */
export const referralKeys = pgTable('referral_keys', {
  authorityId: authorityId(),
  id: uuid().notNull(),
  wrappedBy: text().notNull(),
  wrapped: bytes().notNull(),
})

/** What an entry commits to, with its salt, sealed by the key of the referral. */
export const auditPayloads = pgTable('audit_payloads', {
  authorityId: authorityId(),
  position: bigint({ mode: 'number' }).notNull(),
  ordinal: integer().notNull(),
  tableName: text().notNull(),
  recordId: uuid().notNull(),
  referralId: uuid().notNull(),
  sealed: bytes().notNull(),
})

/** What the signer has signed: so much of a log had this root then. */
export const auditCheckpoints = pgTable('audit_checkpoints', {
  authorityId: authorityId(),
  log: text({ enum: ['decisions', 'access'] }).notNull(),
  size: bigint({ mode: 'number' }).notNull(),
  root: bytes().notNull(),
  note: text().notNull(),
  signedAt: instant().notNull(),
})

/** Where a checkpoint was put outside this database. */
export const auditAnchorings = pgTable('audit_anchorings', {
  authorityId: authorityId(),
  log: text({ enum: ['decisions', 'access'] }).notNull(),
  size: bigint({ mode: 'number' }).notNull(),
  anchor: text().notNull(),
  anchoredAt: instant().notNull(),
})
