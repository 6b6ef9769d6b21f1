/**
 * What the referrer has not been told: that a referral came, and what was decided. Derived from what is stored, so that
 * nothing has to run for it to be known, and nothing that did not run can hide it.
 */

import type { SQL } from 'drizzle-orm'
import { and, asc, eq, inArray, sql } from '../../db/drizzle.ts'
import { decisions } from '../../db/tables/decisions.ts'
import { decisionCompletions } from '../../db/tables/front-door.ts'
import { referrals } from '../../db/tables/referrals.ts'
import type { TenantTx } from '../../db/tenant.ts'
import type { LetterKind } from '../../engine/letters/facts.ts'
import type { Cursor } from '../../kernel/page.ts'
import { withheld } from './withheld.ts'

/** Whose rows are read. */
type Of = { readonly authorityId: string }

/** Over rows of decisions: it stands, and no such letter tells of it. */
const isUntold = (kind: LetterKind): SQL => sql`not exists (
    select from decisions later
    where later.authority_id = decisions.authority_id and later.supersedes = decisions.id
  ) and not exists (
    select from letter_decisions told
    where told.authority_id = decisions.authority_id and told.decision_id = decisions.id and told.kind = ${kind}
  )`

export interface Untold {
  readonly decisionId: string
  readonly referralId: string
  readonly childKey: string
  readonly completedAt: string
}

/** Decisions that are complete, stand, and have not been told to the reader of such letters. By child. */
export async function untoldDecisions(
  tx: TenantTx,
  { authorityId: of }: Of,
  { kind, referralIds }: { kind: LetterKind; referralIds: readonly string[] },
): Promise<Untold[]> {
  if (referralIds.length === 0) return []
  return await tx
    .select({
      decisionId: decisions.id,
      referralId: decisions.referralId,
      childKey: decisions.childKey,
      completedAt: decisionCompletions.completedAt,
    })
    .from(decisionCompletions)
    .innerJoin(decisions, and(eq(decisions.authorityId, of), eq(decisions.id, decisionCompletions.decisionId)))
    .innerJoin(referrals, and(eq(referrals.authorityId, of), eq(referrals.id, decisions.referralId)))
    .where(
      and(
        eq(decisionCompletions.authorityId, of),
        inArray(decisions.referralId, [...referralIds]),
        isUntold(kind),
        sql`not (${withheld(kind)})`,
      ),
    )
    .orderBy(asc(decisions.childKey))
}

/** Over rows of referrals: nothing has been written to the sender, and nothing is decided that they would be told instead. */
export const isUnacknowledged = sql<boolean>`not exists (
  select from letters written
  where written.authority_id = referrals.authority_id and written.referral_id = referrals.id
    and written.account_id is not null
) and not exists (
  select from decisions made
  left join decision_completions completed
    on completed.authority_id = made.authority_id and completed.decision_id = made.id
  where made.authority_id = referrals.authority_id and made.referral_id = referrals.id
    and (completed.id is not null or made.judgement_id is null)
)`

export interface Owed {
  readonly kind: Extract<LetterKind, 'acknowledgement' | 'feedback'>
  readonly referralId: string
  readonly reference: string
  readonly agency: string
  /** Instant. */
  readonly since: string
}

export interface OwedFilter {
  readonly kind: LetterKind | undefined
  readonly referral: string | undefined
  readonly agency: string | undefined
  /** Owed since before this instant, and since this instant or later. */
  readonly before: string | undefined
  readonly from: string | undefined
}

/** What is owed, longest first. What was decided before there were letters is owed no more. */
export async function listOwed(
  tx: TenantTx,
  { authorityId: of }: Of,
  { filter, page }: { filter: OwedFilter; page: { first: number; after: Cursor | undefined } },
): Promise<Owed[]> {
  const { kind, referral, agency, before, from } = filter
  const conditions = [
    sql`true`,
    ...(kind === undefined ? [] : [sql`kind = ${kind}`]),
    ...(referral === undefined ? [] : [sql`"referralId" = ${referral}`]),
    ...(agency === undefined ? [] : [sql`agency = ${agency}`]),
    ...(before === undefined ? [] : [sql`since < ${before}`]),
    ...(from === undefined ? [] : [sql`since >= ${from}`]),
    ...(page.after === undefined
      ? []
      : [sql`(since, "referralId") > (${page.after.at}::timestamptz, ${page.after.id}::uuid)`]),
  ]
  const { rows } = await tx.execute<Owed & Record<string, unknown>>(sql`
    select kind, "referralId", reference, agency,
      to_char(since at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as since
    from (
      select 'acknowledgement' as kind, id as "referralId", reference, agency, received_at as since
      from referrals where authority_id = ${of} and ${isUnacknowledged}
      union all
      select 'feedback', referrals.id, referrals.reference, referrals.agency, min(decisions.completed_at)
      from (
        select decisions.*, completed.completed_at
        from decision_completions completed
        join decisions on decisions.authority_id = ${of} and decisions.id = completed.decision_id
        where completed.authority_id = ${of} and ${isUntold('feedback')}
        -- What referrals say is read for the few that are left, and not for every decision ever made.
        offset 0
      ) decisions
      join referrals on referrals.authority_id = ${of} and referrals.id = decisions.referral_id
      where not (${withheld('feedback')})
      group by referrals.id, referrals.reference, referrals.agency
    ) owed
    where ${sql.join(conditions, sql` and `)}
    order by owed.since, "referralId"
    limit ${page.first + 1}`)
  return rows
}
