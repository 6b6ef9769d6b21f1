/** Children decided below the threshold for whom nothing has come about: they are who falls between services. */

import type { SQL } from 'drizzle-orm'
import { alias, and, asc, eq, gt, inArray, isNotNull, isNull, lte, or, sql } from '../../db/drizzle.ts'
import { decisions } from '../../db/tables/decisions.ts'
import { decisionCompletions } from '../../db/tables/front-door.ts'
import { recommendations } from '../../db/tables/recommendations.ts'
import { referrals } from '../../db/tables/referrals.ts'
import type { TenantTx } from '../../db/tenant.ts'
import type { Actor } from '../../kernel/actor.ts'
import type { Cursor } from '../../kernel/page.ts'
import { requireVouched } from '../../kernel/vouch.ts'
import { ABOVE_THRESHOLD } from '../decisions/index.ts'
import type { NothingSecured } from './model.ts'
import { statusNow } from './queries.ts'

const successor = alias(decisions, 'successor')

const noHelpReason = sql<string | null>`decisions.closing::jsonb ->> 'noHelpReason'`

/** Help of the decision for which a condition on the arrangement holds. */
const helpWhere = (condition: SQL) => sql`(
  select count(*)::int from help_arrangements
  where help_arrangements.authority_id = decisions.authority_id and help_arrangements.decision_id = decisions.id
    and ${condition})`

const offered = helpWhere(sql`${statusNow} = 'offered'`)

/** Secured, or declined and said why: by an update, which always says why, or when the decision was made. */
const settled = helpWhere(sql`(${statusNow} = 'secured' or (${statusNow} = 'declined' and (
  ${noHelpReason} is not null or exists (
    select from help_updates said
    where said.authority_id = help_arrangements.authority_id and said.arrangement_id = help_arrangements.id))))`)

const DAY_MS = 86_400_000

export interface SecuredFilter {
  /** Whole days since the decision was complete, at least. */
  readonly days: number
  readonly explained: boolean | undefined
  readonly agency: string | undefined
}

/**
 * Those who have waited longest first. A decision from before there were completions is not looked at.
 * @throws Refusal integrity_violation when the log does not vouch for one of them as it is stored
 */
export async function listNothingSecured(
  tx: TenantTx,
  actor: Actor,
  { filter, now, page }: { filter: SecuredFilter; now: string; page: { first: number; after: Cursor | undefined } },
): Promise<NothingSecured[]> {
  const of = actor.authorityId
  const { completedAt } = decisionCompletions
  const conditions: (SQL | undefined)[] = [
    eq(decisionCompletions.authorityId, of),
    lte(completedAt, new Date(Date.parse(now) - filter.days * DAY_MS).toISOString()),
    isNull(successor.id),
    await isBelowThresholdSql(tx, actor),
    sql`${settled} = 0`,
  ]
  if (filter.explained !== undefined) conditions.push(filter.explained ? isNotNull(noHelpReason) : isNull(noHelpReason))
  if (filter.agency !== undefined) conditions.push(eq(referrals.agency, filter.agency))
  if (page.after) {
    const { at, id } = page.after
    conditions.push(or(gt(completedAt, at), and(eq(completedAt, at), gt(decisions.id, id))))
  }
  const rows = await tx
    .select({
      ...{ decision: decisions, referral: referrals, completion: decisionCompletions },
      ...{ offered: sql<number>`${offered}`, noHelpReason },
    })
    .from(decisionCompletions)
    .innerJoin(decisions, and(eq(decisions.authorityId, of), eq(decisions.id, decisionCompletions.decisionId)))
    .innerJoin(
      recommendations,
      and(eq(recommendations.authorityId, of), eq(recommendations.id, decisions.recommendationId)),
    )
    .innerJoin(referrals, and(eq(referrals.authorityId, of), eq(referrals.id, decisions.referralId)))
    .leftJoin(successor, and(eq(successor.authorityId, of), eq(successor.supersedes, decisions.id)))
    .where(and(...conditions))
    .orderBy(asc(completedAt), asc(decisions.id))
    .limit(page.first + 1)
  await requireVouched(
    tx,
    of,
    rows.flatMap(({ decision, referral, completion }) => [
      { table: decisions, row: decision },
      { table: referrals, row: referral },
      { table: decisionCompletions, row: completion },
    ]),
  )
  return rows.map((row) => listed(row, now))
}

interface Row {
  readonly decision: typeof decisions.$inferSelect
  readonly referral: typeof referrals.$inferSelect
  readonly completion: typeof decisionCompletions.$inferSelect
  readonly offered: number
  readonly noHelpReason: string | null
}

function listed({ decision, referral, completion, offered, noHelpReason }: Row, now: string): NothingSecured {
  const { completedAt } = completion
  return {
    ...{ decisionId: decision.id, referralId: referral.id, reference: referral.reference, child: decision.childKey },
    ...{ agency: referral.agency, level: decision.level, response: decision.response },
    ...{ completedAt, offered, noHelpReason },
    days: Math.floor((Date.parse(now) - Date.parse(completedAt)) / DAY_MS),
  }
}

/** By the type that each version of the policy gives its responses. Each document is read once, however many decisions there are. */
async function isBelowThresholdSql(tx: TenantTx, actor: Actor): Promise<SQL | undefined> {
  const { rows } = await tx.execute<{ version: string; code: string }>(sql`
    select v.id as version, response ->> 'code' as code
    from policy_versions v cross join lateral jsonb_array_elements(v.document::jsonb -> 'responses') response
    where v.authority_id = ${actor.authorityId} and not response ->> 'type' in ${ABOVE_THRESHOLD}`)
  const versions = [...new Set(rows.map(({ version }) => version))]
  const below = versions.map((version) => {
    const codes = rows.filter((row) => row.version === version).map(({ code }) => code)
    return and(eq(recommendations.policyVersionId, version), inArray(decisions.response, codes))
  })
  return below.length === 0 ? sql`false` : or(...below)
}
