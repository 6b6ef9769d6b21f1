import { authorityId, bytes, instant } from '../columns.ts'
import { bigint, integer, pgTable, sql, text, uuid } from '../drizzle.ts'

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

/** The key of each referral, and of the authority itself, wrapped by the key of the authority that is not in the database. */
export const referralKeys = pgTable('referral_keys', {
  authorityId: authorityId(),
  /** The referral, or the authority for what belongs to no referral. */
  id: uuid().notNull(),
  wrappedBy: text().notNull(),
  wrapped: bytes().notNull(),
  referralId: uuid().generatedAlwaysAs(sql`nullif(id, authority_id)`),
})

/** What an entry commits to, with its salt, sealed by the key of the referral, or by the authority's own. */
export const auditPayloads = pgTable('audit_payloads', {
  authorityId: authorityId(),
  position: bigint({ mode: 'number' }).notNull(),
  ordinal: integer().notNull(),
  tableName: text().notNull(),
  recordId: uuid().notNull(),
  /** Whose key sealed it: the referral, or the authority. */
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
