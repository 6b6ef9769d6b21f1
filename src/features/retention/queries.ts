import type { SQL } from 'drizzle-orm'
import { alias, and, desc, eq, inArray, isNotNull, isNull, lt, or, sql } from '../../db/drizzle.ts'
import { accounts } from '../../db/tables/accounts.ts'
import { disposalProposals, disposals, legalHoldReleases, legalHolds } from '../../db/tables/retention.ts'
import type { TenantTx } from '../../db/tenant.ts'
import type { Actor } from '../../kernel/actor.ts'
import { notFound } from '../../kernel/errors.ts'
import { referralSubject } from '../../kernel/outbox.ts'
import type { Cursor } from '../../kernel/page.ts'
import type { Disposal, DisposalProposal, LegalHold } from './model.ts'

interface Page {
  readonly first: number
  readonly after: Cursor | undefined
}

/** Held by whoever places a hold, sets a rule or destroys: of two at once the second sees what the first did. */
export async function lockRetention(tx: TenantTx, { authorityId }: Actor): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`${authorityId}:retention`}, 0))`)
}

const placer = alias(accounts, 'placer')
const releaser = alias(accounts, 'releaser')

async function selectHolds(tx: TenantTx, { authorityId: own }: Actor, condition: SQL | undefined, most: number) {
  const { releasedBy } = legalHoldReleases
  return await tx
    .select({ hold: legalHolds, release: legalHoldReleases, placedBy: placer.displayName, by: releaser.displayName })
    .from(legalHolds)
    .innerJoin(placer, and(eq(placer.authorityId, own), eq(placer.id, legalHolds.placedBy)))
    .leftJoin(
      legalHoldReleases,
      and(eq(legalHoldReleases.authorityId, own), eq(legalHoldReleases.holdId, legalHolds.id)),
    )
    .leftJoin(releaser, and(eq(releaser.authorityId, own), eq(releaser.id, releasedBy)))
    .where(and(eq(legalHolds.authorityId, own), condition))
    .orderBy(desc(legalHolds.placedAt), desc(legalHolds.id))
    .limit(most)
}

/** @throws Refusal not_found */
export async function getHold(tx: TenantTx, actor: Actor, id: string): Promise<LegalHold> {
  const [found] = await selectHolds(tx, actor, eq(legalHolds.id, id), 1)
  if (!found) throw notFound('legal hold')
  return shownHold(found)
}

/** Newest first, one more than the page shows. */
export async function listHolds(
  tx: TenantTx,
  actor: Actor,
  { standing, referral }: { standing: boolean | undefined; referral: string | undefined },
  { first, after }: Page,
): Promise<LegalHold[]> {
  const { placedAt, id, referralId } = legalHolds
  const conditions: (SQL | undefined)[] = []
  if (standing !== undefined) conditions.push(standing ? isNull(legalHoldReleases.id) : isNotNull(legalHoldReleases.id))
  if (referral !== undefined) conditions.push(or(eq(referralId, referral), isNull(referralId)))
  if (after) conditions.push(or(lt(placedAt, after.at), and(eq(placedAt, after.at), lt(id, after.id))))
  return (await selectHolds(tx, actor, and(...conditions), first + 1)).map(shownHold)
}

function shownHold({ hold, release, placedBy, by }: Awaited<ReturnType<typeof selectHolds>>[number]): LegalHold {
  const { id, referralId, inquiry, reason, placedAt } = hold
  return {
    ...{ id, referralId, inquiry, reason, placedAt },
    placedBy: { accountId: hold.placedBy, displayName: placedBy },
    release: release && {
      reason: release.reason,
      at: release.releasedAt,
      by: { accountId: release.releasedBy, displayName: by ?? '' },
    },
  }
}

/** Those of some referrals that a hold keeps. */
export async function heldAmong(
  tx: TenantTx,
  { authorityId }: Actor,
  referralIds: readonly string[],
): Promise<Set<string>> {
  const rows = await tx
    .select({ referralId: legalHolds.referralId })
    .from(legalHolds)
    .leftJoin(
      legalHoldReleases,
      and(eq(legalHoldReleases.authorityId, authorityId), eq(legalHoldReleases.holdId, legalHolds.id)),
    )
    .where(
      and(
        eq(legalHolds.authorityId, authorityId),
        isNull(legalHoldReleases.id),
        or(isNull(legalHolds.referralId), inArray(legalHolds.referralId, [...referralIds])),
      ),
    )
  const isAll = rows.some(({ referralId }) => referralId === null)
  return new Set(isAll ? referralIds : rows.flatMap(({ referralId }) => (referralId === null ? [] : [referralId])))
}

async function selectProposals(tx: TenantTx, { authorityId: own }: Actor, condition: SQL | undefined, most: number) {
  return await tx
    .select({ row: disposalProposals, disposalId: disposals.id })
    .from(disposalProposals)
    .leftJoin(disposals, and(eq(disposals.authorityId, own), eq(disposals.proposalId, disposalProposals.id)))
    .where(and(eq(disposalProposals.authorityId, own), condition))
    .orderBy(desc(disposalProposals.proposedAt), desc(disposalProposals.id))
    .limit(most)
}

/** @throws Refusal not_found */
export async function getProposal(tx: TenantTx, actor: Actor, id: string) {
  const [found] = await selectProposals(tx, actor, eq(disposalProposals.id, id), 1)
  if (!found) throw notFound('disposal proposal')
  return { row: found.row, shown: shownProposal(found) }
}

/** Newest first, one more than the page shows. */
export async function listProposals(
  tx: TenantTx,
  actor: Actor,
  { referral, open }: { referral: string | undefined; open: boolean | undefined },
  { first, after }: Page,
): Promise<DisposalProposal[]> {
  const { proposedAt, id, referralId } = disposalProposals
  const conditions: (SQL | undefined)[] = []
  if (referral !== undefined) conditions.push(eq(referralId, referral))
  if (open !== undefined) conditions.push(open ? isNull(disposals.id) : isNotNull(disposals.id))
  if (after) conditions.push(or(lt(proposedAt, after.at), and(eq(proposedAt, after.at), lt(id, after.id))))
  return (await selectProposals(tx, actor, and(...conditions), first + 1)).map(shownProposal)
}

function shownProposal({ row, disposalId }: Awaited<ReturnType<typeof selectProposals>>[number]): DisposalProposal {
  const { id, referralId, ruleId, dueOn, proposedAt, proposedBy, proposedByName } = row
  return {
    ...{ id, referralId, ruleId, class: row.class, dueOn, proposedAt, disposalId },
    proposedBy: { accountId: proposedBy, displayName: proposedByName },
  }
}

/** The newest proposal of each of some referrals. */
export async function newestProposals(
  tx: TenantTx,
  { authorityId }: Actor,
  referralIds: readonly string[],
): Promise<Map<string, string>> {
  if (referralIds.length === 0) return new Map()
  const { id, referralId, proposedAt } = disposalProposals
  const rows = await tx
    .select({ id, referralId })
    .from(disposalProposals)
    .where(and(eq(disposalProposals.authorityId, authorityId), inArray(referralId, [...referralIds])))
    .orderBy(proposedAt, id)
  return new Map(rows.map((row) => [row.referralId, row.id]))
}

/** Newest first, one more than the page shows. */
export async function listDisposals(
  tx: TenantTx,
  { authorityId }: Actor,
  { referral }: { referral: string | undefined },
  { first, after }: Page,
): Promise<Disposal[]> {
  const { carriedOutAt, id, referralId } = disposals
  const conditions: (SQL | undefined)[] = [eq(disposals.authorityId, authorityId)]
  if (referral !== undefined) conditions.push(eq(referralId, referral))
  if (after) conditions.push(or(lt(carriedOutAt, after.at), and(eq(carriedOutAt, after.at), lt(id, after.id))))
  const rows = await tx
    .select()
    .from(disposals)
    .where(and(...conditions))
    .orderBy(desc(carriedOutAt), desc(id))
    .limit(first + 1)
  return rows.map(shownDisposal)
}

export function shownDisposal(row: typeof disposals.$inferSelect): Disposal {
  const { id, referralId, ruleId, ruleCode, legalBasis, dueOn, proposedAt, carriedOutAt, auditPosition } = row
  return {
    ...{ id, referralId, ruleId, ruleCode, class: row.class, legalBasis, dueOn, proposedAt, carriedOutAt },
    proposedBy: { accountId: row.proposedBy, displayName: row.proposedByName },
    carriedOutBy: { accountId: row.carriedOutBy, displayName: row.carriedOutByName },
    position: auditPosition,
  }
}

/** The newest entry of the log about a referral, proposals to destroy it aside. */
export async function newestPosition(tx: TenantTx, { authorityId }: Actor, referralId: string): Promise<number> {
  const { rows } = await tx.execute<{ position: string | null }>(sql`
    select max(o.position) as position from outbox_events o
    where o.authority_id = ${authorityId} and o.subject = ${referralSubject(referralId)}
      and o.event <> 'disposal.proposed'`)
  return Number(rows[0]?.position ?? -1)
}

/**
 * `table/id` of what goes with a referral although entries of the log about something else may vouch for it: rows that join it
 * to another referral, and what was recorded for many referrals at once.
 */
export async function vouchedElsewhere(tx: TenantTx, { authorityId }: Actor, referralId: string): Promise<string[]> {
  const { rows } = await tx.execute<{ name: string }>(sql`
    with links as (
      select id from referral_links
      where authority_id = ${authorityId} and ${referralId}::uuid in (first_referral_id, second_referral_id)
    ), conflicts as (
      select id from account_conflicts where authority_id = ${authorityId} and referral_id = ${referralId}
    ), rehearsed as (
      select id from rehearsal_children where authority_id = ${authorityId} and referral_id = ${referralId}
    )
    select 'referral_links/' || id as name from links
    union all select 'referral_link_verdicts/' || id from referral_link_verdicts
      where authority_id = ${authorityId} and link_id in (table links)
    union all select 'child_matches/' || id from child_matches
      where authority_id = ${authorityId} and ${referralId}::uuid in (first_referral_id, second_referral_id)
    union all select 'account_conflicts/' || id from conflicts
    union all select 'account_conflict_withdrawals/' || id from account_conflict_withdrawals
      where authority_id = ${authorityId} and conflict_id in (table conflicts)
    union all select 'rehearsal_children/' || id from rehearsed
    union all select 'rehearsal_acceptances/' || id from rehearsal_acceptances
      where authority_id = ${authorityId} and rehearsal_child_id in (table rehearsed)
    union all select 'child_traits/' || id from child_traits
      where authority_id = ${authorityId} and referral_id = ${referralId}
    order by 1`)
  return rows.map(({ name }) => name)
}
