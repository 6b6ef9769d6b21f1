/**
 * Referrals → the snapshots that they are scored by, with what came before each: its own earlier versions, and earlier
 * referrals of its children. For any number of referrals in as many questions as for one.
 */
import { and, eq, inArray } from '../../db/drizzle.ts'
import { recommendations } from '../../db/tables/recommendations.ts'
import { referralRevisions } from '../../db/tables/referrals.ts'
import type { TenantTx } from '../../db/tenant.ts'
import { londonDate } from '../../engine/calendar/civil.ts'
import { type Policy, type Snapshot, toSnapshot } from '../../engine/index.ts'
import { earlierReferrals } from '../children/index.ts'
import { contentOfRevision, type ReferralRow, shown } from '../referrals/index.ts'

/** Whose rows are read. */
interface Asking {
  readonly tx: TenantTx
  readonly actor: { readonly authorityId: string }
}

/**
 * The snapshot of each referral as it would be scored now, by its id.
 * @param policy by whose levels earlier floors are ranked
 * @throws Refusal integrity_violation when what is stored is not what was received
 */
export async function snapshotsOf(
  asking: Asking,
  policy: Policy,
  rows: readonly ReferralRow[],
): Promise<Map<string, Snapshot>> {
  const ids = rows.map(({ referral }) => referral.id)
  const history = await historyOf(asking, ids)
  const floors = await earlierFloors(asking, policy, ids)
  const danger = await earlierDanger(asking, rows)
  return new Map(
    rows.map(({ referral, revision }) => {
      const snapshot = toSnapshot(shown({ referral, revision }).content, {
        receivedAt: referral.receivedAt,
        asOf: revision.recordedAt,
        history: history.get(referral.id) ?? new Map(),
        earlier: { danger: danger.has(referral.id), floors: floors.get(referral.id) ?? new Map() },
      })
      return [referral.id, snapshot]
    }),
  )
}

type History = Map<string, { date: string; categories: readonly string[] }[]>

/** Earlier referrals of each child that the authority holds, by referral and child. */
async function historyOf({ tx, actor }: Asking, referralIds: readonly string[]): Promise<Map<string, History>> {
  const found = new Map<string, History>()
  for (const { referralId, childKey, receivedAt, categories } of await earlierReferrals(tx, actor, referralIds)) {
    const byChild = found.get(referralId) ?? new Map()
    byChild.set(childKey, [...(byChild.get(childKey) ?? []), { date: londonDate(receivedAt), categories }])
    found.set(referralId, byChild)
  }
  return found
}

/** The highest floor that any recommendation had for a child, by referral and child: a revision cannot make it vanish unseen. */
async function earlierFloors({ tx, actor }: Asking, policy: Policy, referralIds: readonly string[]) {
  const floors = new Map<string, Map<string, string>>()
  if (referralIds.length === 0) return floors
  const { referralId, childKey, floorLevel } = recommendations
  const rows = await tx
    .select({ referralId, childKey, floorLevel })
    .from(recommendations)
    .where(and(eq(recommendations.authorityId, actor.authorityId), inArray(referralId, [...referralIds])))
  const rank = (code: string | null | undefined): number => policy.rankOf.get(code ?? '') ?? -1
  for (const row of rows) {
    const ofReferral = floors.get(row.referralId) ?? new Map<string, string>()
    floors.set(row.referralId, ofReferral)
    const isHigher = rank(row.floorLevel) > rank(ofReferral.get(row.childKey))
    if (row.floorLevel !== null && isHigher) ofReferral.set(row.childKey, row.floorLevel)
  }
  return floors
}

/** The referrals of which an earlier version said that a child may be in immediate danger. */
async function earlierDanger({ tx, actor }: Asking, rows: readonly ReferralRow[]): Promise<Set<string>> {
  const latest = new Map(rows.map(({ referral, revision }) => [referral.id, revision.revision]))
  const revised = [...latest].flatMap(([id, revision]) => (revision > 1 ? [id] : []))
  if (revised.length === 0) return new Set()
  const { referralId, revision, content, contentHash } = referralRevisions
  const earlier = await tx
    .select({ referralId, revision, content, contentHash })
    .from(referralRevisions)
    .where(and(eq(referralRevisions.authorityId, actor.authorityId), inArray(referralId, revised)))
  const dangerous = earlier.filter(
    (row) => row.revision < (latest.get(row.referralId) ?? 0) && contentOfRevision(row).immediateDanger,
  )
  return new Set(dangerous.map((row) => row.referralId))
}
