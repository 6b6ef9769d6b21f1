import type { SQL } from 'drizzle-orm'
import { and, asc, eq, gt, gte, inArray, lte, max, not, or, sql } from '../../db/drizzle.ts'
import { decisions } from '../../db/tables/decisions.ts'
import { helpArrangements } from '../../db/tables/front-door.ts'
import { helpUpdates } from '../../db/tables/help.ts'
import type { TenantTx } from '../../db/tenant.ts'
import { londonDate } from '../../engine/calendar/civil.ts'
import type { Actor } from '../../kernel/actor.ts'
import { notFound } from '../../kernel/errors.ts'
import type { Cursor } from '../../kernel/page.ts'
import { hiddenFrom } from '../judgements/index.ts'
import type { FOLLOW_UPS, Help } from './model.ts'

type HelpRow = typeof helpArrangements.$inferSelect
type UpdateRow = typeof helpUpdates.$inferSelect

/** Of the last update, or of the arrangement where there is none. */
export const statusNow = sql<Help['status']>`coalesce((
  select latest.status from help_updates latest
  where latest.authority_id = help_arrangements.authority_id and latest.arrangement_id = help_arrangements.id
  order by latest.number desc limit 1), help_arrangements.status)`

/** An update without a day says that nobody has to look again. */
const followUpNow = sql<string | null>`case
  when exists (
    select from help_updates any_update
    where any_update.authority_id = help_arrangements.authority_id and any_update.arrangement_id = help_arrangements.id
  ) then (
    select latest.follow_up_on from help_updates latest
    where latest.authority_id = help_arrangements.authority_id and latest.arrangement_id = help_arrangements.id
    order by latest.number desc limit 1)
  else help_arrangements.follow_up_on
end`

/** Help of some decisions, in the order in which it was arranged. The caller may see these decisions. */
export async function helpOf(
  tx: TenantTx,
  actor: Actor,
  { decisionIds, now }: { decisionIds: readonly string[]; now: string },
): Promise<Help[]> {
  if (decisionIds.length === 0) return []
  const rows = await tx
    .select()
    .from(helpArrangements)
    .where(
      and(eq(helpArrangements.authorityId, actor.authorityId), inArray(helpArrangements.decisionId, [...decisionIds])),
    )
    .orderBy(asc(helpArrangements.decisionId), asc(helpArrangements.number))
  return await withUpdates(tx, actor, { rows, now })
}

/** @throws Refusal not_found */
export async function getHelp(tx: TenantTx, actor: Actor, { id, now }: { id: string; now: string }): Promise<Help> {
  const rows = await tx
    .select()
    .from(helpArrangements)
    .where(and(eq(helpArrangements.authorityId, actor.authorityId), eq(helpArrangements.id, id)))
  const [found] = await withUpdates(tx, actor, { rows, now })
  if (!found) throw notFound('help')
  return found
}

/** The number that the next help of a decision has. */
export async function nextHelpNumber(tx: TenantTx, actor: Actor, decisionId: string): Promise<number> {
  const [row] = await tx
    .select({ last: max(helpArrangements.number) })
    .from(helpArrangements)
    .where(and(eq(helpArrangements.authorityId, actor.authorityId), eq(helpArrangements.decisionId, decisionId)))
  return (row?.last ?? 0) + 1
}

export interface FollowUpFilter {
  /** Days, both included. */
  readonly from: string | undefined
  readonly to: string
  readonly service: string | undefined
  readonly heldBy: string | undefined
  readonly referral: string | undefined
}

/** Help that somebody has to look at, the earliest day first. Of decisions that are complete, and that this reader may see. */
export async function listFollowUps(
  tx: TenantTx,
  actor: Actor,
  { filter, now, page }: { filter: FollowUpFilter; now: string; page: { first: number; after: Cursor | undefined } },
): Promise<Help[]> {
  const day = sql`(${followUpNow})::date`
  const conditions: (SQL | undefined)[] = [
    eq(helpArrangements.authorityId, actor.authorityId),
    sql`${statusNow} <> 'declined'`,
    lte(day, filter.to),
    isComplete,
    not(hiddenFrom(actor)),
  ]
  if (filter.from !== undefined) conditions.push(gte(day, filter.from))
  if (filter.service !== undefined) conditions.push(eq(helpArrangements.service, filter.service))
  if (filter.heldBy !== undefined) conditions.push(eq(helpArrangements.heldBy, filter.heldBy))
  if (filter.referral !== undefined) conditions.push(eq(helpArrangements.referralId, filter.referral))
  if (page.after) {
    const at = page.after.at.slice(0, 10)
    conditions.push(or(gt(day, at), and(eq(day, at), gt(helpArrangements.id, page.after.id))))
  }
  const rows = await tx
    .select({ row: helpArrangements })
    .from(helpArrangements)
    .innerJoin(
      decisions,
      and(eq(decisions.authorityId, helpArrangements.authorityId), eq(decisions.id, helpArrangements.decisionId)),
    )
    .where(and(...conditions))
    .orderBy(asc(day), asc(helpArrangements.id))
    .limit(page.first + 1)
  return await withUpdates(tx, actor, { rows: rows.map(({ row }) => row), now })
}

/** A decision counts from its completion; one from before there were completions always did. */
const isComplete = sql<boolean>`(decisions.judgement_id is null or exists (
  select from decision_completions completed
  where completed.authority_id = decisions.authority_id and completed.decision_id = decisions.id))`

async function withUpdates(
  tx: TenantTx,
  actor: Actor,
  { rows, now }: { rows: readonly HelpRow[]; now: string },
): Promise<Help[]> {
  if (rows.length === 0) return []
  const ids = rows.map(({ id }) => id)
  const updates = await tx
    .select()
    .from(helpUpdates)
    .where(and(eq(helpUpdates.authorityId, actor.authorityId), inArray(helpUpdates.arrangementId, ids)))
    .orderBy(asc(helpUpdates.number))
  return rows.map((row) =>
    shown(
      row,
      updates.filter(({ arrangementId }) => arrangementId === row.id),
      londonDate(now),
    ),
  )
}

function shown(row: HelpRow, updates: readonly UpdateRow[], today: string): Help {
  const { status, followUpOn } = updates.at(-1) ?? row
  return {
    ...{ id: row.id, decisionId: row.decisionId, referralId: row.referralId, child: row.childKey },
    ...{ number: row.number, help: row.help, service: row.service, heldBy: row.heldBy, consent: row.consent },
    ...{ status, followUpOn, followUp: followUpOf(status === 'declined' ? null : followUpOn, today) },
    arrangedBy: { accountId: row.arrangedBy, displayName: row.arrangedByName },
    arrangedAt: row.arrangedAt,
    updates: updates.map((update) => ({
      ...{ number: update.number, status: update.status, notes: update.notes, followUpOn: update.followUpOn },
      by: { accountId: update.updatedBy, displayName: update.updatedByName },
      at: update.updatedAt,
    })),
  }
}

function followUpOf(day: string | null, today: string): (typeof FOLLOW_UPS)[number] {
  if (day === null) return 'none'
  if (day === today) return 'due'
  return day < today ? 'overdue' : 'planned'
}
