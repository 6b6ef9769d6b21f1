/**
 * Children received before there were traits are found by identifiers alone. This makes theirs, of every revision as if it came
 * in today, so that they are found as all others are. Referrals are not linked in retrospect: that is for the later of two.
 */
import { and, asc, eq, gt, inArray, sql } from '../../db/drizzle.ts'
import { referralRevisions, referrals } from '../../db/tables/referrals.ts'
import type { TenantTx } from '../../db/tenant.ts'
import { Refusal } from '../../kernel/errors.ts'
import { appendAudit, destroyedWith, type StoredRecord } from '../../kernel/record.ts'
import type { Task, TaskContext } from '../../kernel/task.ts'
import { storeTraits } from './links.ts'
import { type ReferralRow, tryLockReferral } from './queries.ts'
import { shown } from './receive.ts'

/** Revisions in one step, so that requests do not wait long. */
const BATCH = 20
/** How often a process looks again when it has been through all, in milliseconds. */
const EVERY = 3_600_000

/** Before every id. */
const NONE = '00000000-0000-0000-0000-000000000000'

/** A task that remembers where it is: what comes in meanwhile has its traits from receipt. */
export function makingTraits(): Task {
  /** Id of the revision after which to go on. */
  const places = new Map<string, string>()
  const finishedAt = new Map<string, number>()
  return {
    name: 'child traits',
    async step(context, authorityId) {
      const now = Date.parse(context.now())
      if (now - (finishedAt.get(authorityId) ?? -EVERY) < EVERY) return false
      const after = places.get(authorityId) ?? NONE
      const next = await context.database.withTenant(authorityId, (tx) => makeNext(context, tx, { authorityId, after }))
      places.set(authorityId, next ?? NONE)
      if (next === undefined) finishedAt.set(authorityId, now)
      return next !== undefined
    },
  }
}

interface Place {
  readonly authorityId: string
  readonly after: string
}

/** Makes the traits of the next revisions that lack them; the id after which to go on, undefined when nothing is left. */
async function makeNext(
  context: TaskContext,
  tx: TenantTx,
  { authorityId, after }: Place,
): Promise<string | undefined> {
  const found = await lacking(tx, authorityId, { after })
  const last = found.at(-1)?.revision.id
  if (last === undefined) return undefined
  const held = new Map<string, boolean>()
  // What another process holds it is making itself, or revising; the next time round looks at it again.
  for (const { referral } of found)
    if (!held.has(referral.id)) held.set(referral.id, await tryLockReferral(tx, { authorityId }, referral.id))
  const mine = found.filter(({ referral }) => held.get(referral.id)).map(({ revision }) => revision.id)
  // Read again under the locks: somebody may have made them meanwhile.
  const records: StoredRecord[] = []
  const revisions = mine.length === 0 ? [] : await lacking(tx, authorityId, { ids: mine })
  for (const row of revisions) {
    const made = await make(context, tx, row)
    records.push(...made.map((record) => destroyedWith(row.referral.id, record)))
  }
  if (records.length > 0) {
    const facts = { revisions: revisions.length, children: records.length }
    const who = { authorityId, accountId: null }
    await appendAudit(tx, who, context.now(), { event: 'child.traits_made', facts, records })
  }
  return last
}

/** A referral that is not as it was received is told of, and does not keep the others waiting. */
async function make(context: TaskContext, tx: TenantTx, row: ReferralRow): Promise<StoredRecord[]> {
  const { referral, revision } = row
  try {
    const { content } = shown(row)
    const acting = { tx, actor: referral, newId: () => context.newId() }
    return await storeTraits(acting, { referralId: referral.id, revision: revision.revision, content })
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    context.onFailure(error)
    return []
  }
}

/** Revisions that no traits were made of: those of some ids, or the next after an id. */
async function lacking(
  tx: TenantTx,
  authorityId: string,
  which: { readonly after: string } | { readonly ids: readonly string[] },
): Promise<ReferralRow[]> {
  const { id, referralId } = referralRevisions
  return await tx
    .select({ referral: referrals, revision: referralRevisions })
    .from(referralRevisions)
    .innerJoin(referrals, and(eq(referrals.authorityId, referralRevisions.authorityId), eq(referrals.id, referralId)))
    .where(
      and(
        eq(referralRevisions.authorityId, authorityId),
        'ids' in which ? inArray(id, [...which.ids]) : gt(id, which.after),
        sql`not exists (
          select from child_traits made
          where made.authority_id = ${referralRevisions.authorityId} and made.referral_id = ${referralId}
            and made.revision = ${referralRevisions.revision})`,
      ),
    )
    .orderBy(asc(id))
    .limit(BATCH)
}
