/**
 * What is about a referral is sealed by a key of its own, so that destroying the key destroys it wherever it was copied to. What
 * belongs to no referral is sealed by a key of the authority, so that nothing of it can be guessed from the log.
 */
import { and, eq, inArray } from '../db/drizzle.ts'
import { auditPayloads, referralKeys } from '../db/tables/audit.ts'
import type { TenantTx } from '../db/tenant.ts'
import { open, VaultError, vaultOf } from '../db/vault.ts'
import { SALT_BYTES } from '../engine/audit/leaf.ts'

/** What a sealed content is bound to: moved to another record or authority it does not open. */
export function sealedAbout(authorityId: string, table: string, id: string): string {
  return `${authorityId}/${table}/${id}`
}

/**
 * Tables of which a record stands in the log by its plain hash, and why that gives nothing of a child away. It is for everything
 * else that there are keys.
 */
export const PLAIN: Readonly<Record<string, string>> = {
  account_records: 'staff and systems; provisioned where there need be no keys',
  account_changes: 'staff and systems; provisioned where there need be no keys',
  policy_versions: 'published; provisioned where there need be no keys',
  policy_sources: 'published; provisioned where there need be no keys',
  policy_drafts: 'about a policy',
  policy_draft_revisions: 'about a policy',
  policy_submissions: 'about a policy',
  policy_reviews: 'about a policy',
  policy_publications: 'about a policy',
  policy_retirements: 'about a policy',
  retention_rules: 'the schedule of the authority',
  disposal_proposals: 'ids, codes and dates, which outlive the referral and its key',
  disposals: 'ids, codes and dates, which outlive the referral and its key',
  webhooks: 'about a receiver',
  webhook_changes: 'about a receiver',
  webhook_secrets: 'about a receiver; nobody guesses the secret',
}

/** The keys of referrals, or of the authority by its own id; made where there are none. @throws VaultError when one cannot be had. */
export async function sealingKeys(
  tx: TenantTx,
  authorityId: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Buffer>> {
  if (ids.length === 0) return new Map()
  const vault = vaultOf(tx)
  const kept = await tx
    .select()
    .from(referralKeys)
    .where(and(eq(referralKeys.authorityId, authorityId), inArray(referralKeys.id, [...ids])))
  const keys = new Map(kept.map((row) => [row.id, vault.unwrap(authorityId, row)]))
  for (const id of ids) if (!keys.has(id)) keys.set(id, await newKey(tx, authorityId, id))
  return keys
}

async function newKey(tx: TenantTx, authorityId: string, id: string): Promise<Buffer> {
  const isFirst = async (): Promise<boolean> => {
    const any = await tx
      .select({ id: referralKeys.id })
      .from(referralKeys)
      .where(eq(referralKeys.authorityId, authorityId))
      .limit(1)
    return any.length === 0
  }
  const { key, wrappedBy, wrapped } = await vaultOf(tx).newKey(authorityId, isFirst)
  await tx.insert(referralKeys).values({ authorityId, id, wrappedBy, wrapped })
  return key
}

export interface Opened {
  readonly salt: Buffer
  readonly content: string
}

type Payload = typeof auditPayloads.$inferSelect

/**
 * What is sealed beside entries of the log, by `position/ordinal`: undefined where it does not open. What is not among it is
 * gone.
 */
export async function openedBeside(
  tx: TenantTx,
  authorityId: string,
  positions: readonly number[],
): Promise<Map<string, Opened | undefined>> {
  if (positions.length === 0) return new Map()
  const payloads = await tx
    .select()
    .from(auditPayloads)
    .where(and(eq(auditPayloads.authorityId, authorityId), inArray(auditPayloads.position, [...positions])))
  const referralIds = [...new Set(payloads.map(({ referralId }) => referralId))]
  if (referralIds.length === 0) return new Map()
  const kept = await tx
    .select()
    .from(referralKeys)
    .where(and(eq(referralKeys.authorityId, authorityId), inArray(referralKeys.id, referralIds)))
  const keys = new Map(kept.map((row) => [row.id, row]))
  return new Map(
    payloads.map((payload) => [
      `${payload.position}/${payload.ordinal}`,
      openPayload(tx, authorityId, payload, keys.get(payload.referralId)),
    ]),
  )
}

/** What one payload holds; undefined where its key is gone, or it was changed. */
export function openPayload(
  tx: TenantTx,
  authorityId: string,
  { tableName, recordId, sealed }: Payload,
  key: typeof referralKeys.$inferSelect | null | undefined,
): Opened | undefined {
  if (!key) return undefined
  const bytes = quietly(() =>
    open(vaultOf(tx).unwrap(authorityId, key), sealed, sealedAbout(authorityId, tableName, recordId)),
  )
  return bytes && { salt: bytes.subarray(0, SALT_BYTES), content: bytes.subarray(SALT_BYTES).toString('utf8') }
}

/** A key that is gone and a content that was changed are answers: whoever asks says what they mean. */
function quietly<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch (error) {
    if (error instanceof VaultError) return undefined
    throw error
  }
}
