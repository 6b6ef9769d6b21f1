/** Stored referrals → children to be scored under both policies, in parts of bounded size. */
import { and, desc, eq, inArray, sql } from '../../db/drizzle.ts'
import { recommendations } from '../../db/tables/recommendations.ts'
import { referralRevisions } from '../../db/tables/referrals.ts'
import type { TenantTx } from '../../db/tenant.ts'
import { type Policy, type Snapshot, sha256 } from '../../engine/index.ts'
import type { Child } from '../../engine/referral/shape.ts'
import { Refusal } from '../../kernel/errors.ts'
import type { Cursor } from '../../kernel/page.ts'
import { snapshotsOf } from '../recommendations/index.ts'
import { type ReferralRow, shown } from '../referrals/index.ts'
import { nextReferrals, type Scope } from './scope.ts'

/** One child of the latest revision of a referral. */
export interface StoredChild {
  readonly referralId: string
  readonly revision: number
  readonly sourceCode: string
  readonly child: Child
  /** With this child alone, as it is scored. */
  readonly snapshot: Snapshot
}

export interface Batch {
  readonly referrals: number
  readonly children: readonly StoredChild[]
  /** The last referral of the batch. */
  readonly last: Cursor
}

/** Whose referrals, by whose levels earlier floors are ranked, and how many at once. */
export interface Reading {
  readonly authorityId: string
  readonly policy: Policy
  readonly scope: Scope
  readonly most: number
}

/** Text of referrals in memory at once: a batch of long ones is smaller. */
const BATCH_BYTES_MAX = 16 * 1024 * 1024

/**
 * The next referrals after a place; undefined when there are no more.
 * @throws Refusal integrity_violation when something stored is not what was recorded
 */
export async function readBatch(
  tx: TenantTx,
  { authorityId, policy, scope, most }: Reading,
  after: Cursor | undefined,
): Promise<Batch | undefined> {
  const found = await nextReferrals(tx, authorityId, { scope, after, most })
  const revisions = await latestRevisions(
    tx,
    authorityId,
    found.map(({ id }) => id),
  )
  const rows = found.flatMap((referral): ReferralRow[] => {
    const revision = revisions.get(referral.id)
    return revision ? [{ referral, revision }] : []
  })
  const last = rows.at(-1)?.referral
  if (!last) return undefined
  return {
    referrals: rows.length,
    children: await storedChildren(tx, policy, rows),
    last: { at: last.receivedAt, id: last.id },
  }
}

/** The children of referrals, each with its snapshot: the stored one, or the one that scoring would make now. */
export async function storedChildren(
  tx: TenantTx,
  policy: Policy,
  rows: readonly ReferralRow[],
): Promise<StoredChild[]> {
  const [first] = rows
  if (!first) return []
  const { authorityId } = first.referral
  const kept = await keptSnapshots(tx, authorityId, rows)
  const missing = rows.filter((row) => shown(row).children.some(({ key }) => !kept.has(`${row.referral.id}/${key}`)))
  const made = await snapshotsOf({ tx, actor: { authorityId } }, policy, missing)
  return rows.flatMap((row) =>
    shown(row).content.children.map((child) => {
      const { referral, revision } = row
      const snapshot = kept.get(`${referral.id}/${child.id}`) ?? alone(made.get(referral.id), child.id)
      const { id: referralId, sourceCode } = referral
      return { referralId, revision: revision.revision, sourceCode, child, snapshot }
    }),
  )
}

function alone(snapshot: Snapshot | undefined, child: string): Snapshot {
  if (!snapshot) throw new Error('A referral has no snapshot')
  return { ...snapshot, children: snapshot.children.filter(({ id }) => id === child) }
}

/** The latest revision of each referral, by its id: of as many of the first as fit into memory, and of the first in any case. */
async function latestRevisions(
  tx: TenantTx,
  authorityId: string,
  referralIds: readonly string[],
): Promise<Map<string, ReferralRow['revision']>> {
  if (referralIds.length === 0) return new Map()
  const { id, referralId, revision, content } = referralRevisions
  const own = eq(referralRevisions.authorityId, authorityId)
  const sizes = await tx
    .selectDistinctOn([referralId], { id, referralId, bytes: sql<number>`octet_length(${content})` })
    .from(referralRevisions)
    .where(and(own, inArray(referralId, [...referralIds])))
    .orderBy(referralId, desc(revision))
  const sizeOf = new Map(sizes.map((size) => [size.referralId, size]))
  const wanted: string[] = []
  let bytes = 0
  for (const referral of referralIds) {
    const size = sizeOf.get(referral)
    bytes += size?.bytes ?? 0
    if (bytes > BATCH_BYTES_MAX && wanted.length > 0) break
    if (size) wanted.push(size.id)
  }
  const rows = await tx
    .select()
    .from(referralRevisions)
    .where(and(own, inArray(id, wanted)))
  return new Map(rows.map((row) => [row.referralId, row]))
}

/**
 * The snapshots of the newest recommendations, by referral and child. One that was made of an earlier revision is left out:
 * what the referral says since then has to be looked at.
 */
async function keptSnapshots(
  tx: TenantTx,
  authorityId: string,
  rows: readonly ReferralRow[],
): Promise<Map<string, Snapshot>> {
  const { referralId, childKey, sequence, revision, snapshot, snapshotHash } = recommendations
  const latest = new Map(rows.map((row) => [row.referral.id, row.revision.revision]))
  const newest = await tx
    .selectDistinctOn([referralId, childKey], { referralId, childKey, revision, snapshot, snapshotHash })
    .from(recommendations)
    .where(and(eq(recommendations.authorityId, authorityId), inArray(referralId, [...latest.keys()])))
    .orderBy(referralId, childKey, desc(sequence))
  const kept = new Map<string, Snapshot>()
  for (const row of newest) {
    if (row.revision !== latest.get(row.referralId)) continue
    if (sha256(row.snapshot) !== row.snapshotHash)
      throw new Refusal('integrity_violation', 'A stored snapshot is not the one that was scored.')
    kept.set(`${row.referralId}/${row.childKey}`, JSON.parse(row.snapshot) as Snapshot)
  }
  return kept
}
