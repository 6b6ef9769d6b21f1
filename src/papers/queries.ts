/** What the papers ask of the database: counts and configuration, and nothing of a person. */
import { and, count, eq, gte, sql } from '../db/drizzle.ts'
import { accountRoles, accounts } from '../db/tables/accounts.ts'
import { decisions } from '../db/tables/decisions.ts'
import { escalations } from '../db/tables/escalations.ts'
import { recommendations } from '../db/tables/recommendations.ts'
import { referrals } from '../db/tables/referrals.ts'
import { webhooks } from '../db/tables/webhooks.ts'
import type { TenantTx } from '../db/tenant.ts'
import type { Transaction } from '../db/transaction.ts'
import { webhookState } from '../features/webhooks/queries.ts'
import { hostOf } from './configuration.ts'
import type { Grants } from './data-map.ts'

/** An authority, and the instant from which on is counted. */
export interface Period {
  readonly authorityId: string
  readonly since: string
}

export interface Volumes {
  readonly referrals: number
  readonly recommendations: number
  readonly withheld: number
  readonly challenges: number
  /** Decisions by how they stand to what was recommended. */
  readonly decisions: Readonly<Record<string, number>>
  /** Decisions by how they stand to the judgement that the decider wrote down before. */
  readonly movements: Readonly<Record<string, number>>
}

export async function volumesOf(tx: TenantTx, { authorityId, since }: Period): Promise<Volumes> {
  const { referralCount, challengeCount } = {
    referralCount: await tx.$count(
      referrals,
      and(eq(referrals.authorityId, authorityId), gte(referrals.receivedAt, since)),
    ),
    challengeCount: await tx.$count(
      escalations,
      and(eq(escalations.authorityId, authorityId), gte(escalations.raisedAt, since)),
    ),
  }
  const outcomes = await tx
    .select({ key: recommendations.outcome, count: count() })
    .from(recommendations)
    .where(and(eq(recommendations.authorityId, authorityId), gte(recommendations.createdAt, since)))
    .groupBy(recommendations.outcome)
  const decided = and(eq(decisions.authorityId, authorityId), gte(decisions.decidedAt, since))
  const departures = await tx
    .select({ key: decisions.departure, count: count() })
    .from(decisions)
    .where(decided)
    .groupBy(decisions.departure)
  const movements = await tx
    .select({ key: decisions.movement, count: count() })
    .from(decisions)
    .where(decided)
    .groupBy(decisions.movement)
  return {
    referrals: referralCount,
    challenges: challengeCount,
    recommendations: outcomes.reduce((sum, each) => sum + each.count, 0),
    withheld: outcomes.find(({ key }) => key === 'withheld')?.count ?? 0,
    decisions: byKey(departures),
    movements: byKey(movements),
  }
}

function byKey(rows: readonly { key: string | null; count: number }[]): Record<string, number> {
  return Object.fromEntries(rows.flatMap(({ key, count }) => (key === null ? [] : [[key, count]])))
}

/** How many accounts hold each role, people and systems apart. */
export async function holdersOf(
  tx: TenantTx,
  authorityId: string,
): Promise<{ role: string; kind: string; accounts: number }[]> {
  return await tx
    .select({ role: accountRoles.role, kind: accounts.kind, accounts: count() })
    .from(accountRoles)
    .innerJoin(
      accounts,
      and(eq(accounts.authorityId, accountRoles.authorityId), eq(accounts.id, accountRoles.accountId)),
    )
    .where(eq(accountRoles.authorityId, authorityId))
    .groupBy(accountRoles.role, accounts.kind)
    .orderBy(accountRoles.role, accounts.kind)
}

/** What the role of the service may do with each table, from the catalogue. */
export async function grantsOf(tx: TenantTx): Promise<Grants> {
  const { rows } = await tx.execute<{ name: string; privileges: string }>(sql`
    select table_name as name, string_agg(distinct privilege_type, ' ' order by privilege_type) as privileges
    from information_schema.role_table_grants
    where grantee = 'threshold_app' and table_schema = 'public' group by table_name`)
  return Object.fromEntries(rows.map(({ name, privileges }) => [name, privileges.split(' ')]))
}

/** Every column of the database as it is, `table.column`. */
export async function liveColumns(tx: Transaction): Promise<string[]> {
  const { rows } = await tx.execute<{ name: string }>(sql`
    select c.relname || '.' || a.attname as name
    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'f') order by name`)
  return rows.map(({ name }) => name)
}

/** A system that is sent events, by its host alone: what stands behind it in the address can be a secret. */
export interface Receiver {
  readonly host: string
  /** Null: all that go out. */
  readonly events: readonly string[] | null
  readonly state: string
}

export async function receiversOf(tx: TenantTx, authorityId: string): Promise<Receiver[]> {
  const rows = await tx
    .select({ url: webhooks.url, events: webhooks.events, state: webhookState })
    .from(webhooks)
    .where(and(eq(webhooks.authorityId, authorityId), sql`${webhookState} <> 'removed'`))
    .orderBy(webhooks.addedAt, webhooks.id)
  return rows.map(({ url, events, state }) => ({ host: hostOf(url), events, state }))
}

/** How many, and nothing of whom. */
export interface RestrictionCounts extends Record<string, number> {
  readonly 'in force': number
  readonly 'past the day of review': number
  readonly 'broken glasses without a review': number
  readonly 'conflicts of interest declared': number
}

export async function restrictionsOf(tx: TenantTx, authorityId: string, today: string): Promise<RestrictionCounts> {
  const { rows } = await tx.execute<RestrictionCounts>(sql`
    with standing as (
      select review_on from restrictions r
      where r.authority_id = ${authorityId} and r.kind <> 'lifted' and not exists (
        select from restrictions later where later.authority_id = r.authority_id
          and later.referral_id = r.referral_id and later.sequence > r.sequence))
    select (select count(*)::int from standing) as "in force",
      (select count(*)::int from standing where review_on < ${today}) as "past the day of review",
      (select count(*)::int from break_glass_grants g where g.authority_id = ${authorityId} and not exists (
        select from break_glass_reviews v where v.authority_id = g.authority_id and v.grant_id = g.id)
      ) as "broken glasses without a review",
      (select count(*)::int from account_conflicts c where c.authority_id = ${authorityId} and not exists (
        select from account_conflict_withdrawals w where w.authority_id = c.authority_id and w.conflict_id = c.id)
      ) as "conflicts of interest declared"`)
  const [counts] = rows
  if (!counts) throw new Error('The database counted nothing')
  return counts
}
