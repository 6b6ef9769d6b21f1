/** What decides how long referrals are kept: what came of each child, when, and what they are joined to. */
import { sql } from '../../db/drizzle.ts'
import type { RetentionClass } from '../../db/tables/retention.ts'
import { lookingPast, type TenantTx } from '../../db/tenant.ts'
import { londonDate } from '../../engine/calendar/civil.ts'
import type { Actor } from '../../kernel/actor.ts'
import type { Cursor } from '../../kernel/page.ts'
import { compiledPolicy, getVersion } from '../policies/index.ts'
import { openReferrals } from '../queue/index.ts'
import { contentOfRevision } from '../referrals/index.ts'
import { currentRules } from './rule-queries.ts'
import { classOf, type Due, dueOf, type KeptChild } from './rules.ts'

/** A referral as the list of what is due names it. */
export interface Named {
  readonly id: string
  readonly reference: string
  readonly receivedAt: string
}

/** Referrals that the caller is no subject of and no kin to, restricted or not, oldest first. */
export async function referralsAfter(
  tx: TenantTx,
  { authorityId }: Actor,
  after: Cursor | undefined,
  most: number,
): Promise<Named[]> {
  const later = after ? sql`and (r.received_at, r.id) > (${after.at}::timestamptz, ${after.id}::uuid)` : sql``
  return await named(tx, sql`r.authority_id = ${authorityId} ${later}`, most)
}

/** The same of one; undefined alike where there is none and for kin. */
export async function referralNamed(tx: TenantTx, { authorityId }: Actor, id: string): Promise<Named | undefined> {
  return (await named(tx, sql`r.authority_id = ${authorityId} and r.id = ${id}`, 1))[0]
}

async function named(tx: TenantTx, condition: ReturnType<typeof sql>, most: number): Promise<Named[]> {
  return await lookingPast(tx, async () => {
    const { rows } = await tx.execute<{ id: string; reference: string; received_at: string }>(sql`
      select r.id, r.reference, r.received_at from referrals r
      where ${condition} and not is_own_or_kin(r.id)
      order by r.received_at, r.id limit ${most}`)
    return rows.map(({ id, reference, received_at }) => ({
      ...{ id, reference },
      receivedAt: new Date(received_at).toISOString(),
    }))
  })
}

/** When each of some referrals is due, by the rules as they stand; null for one that is not due on any day. */
export async function dueOfReferrals(
  tx: TenantTx,
  { authorityId }: Actor,
  referralIds: readonly string[],
): Promise<Map<string, Due | null>> {
  const rules = await currentRules(tx, authorityId)
  const due = new Map<string, Due | null>(referralIds.map((id) => [id, null]))
  if (rules.length === 0 || referralIds.length === 0) return due
  return await lookingPast(tx, async () => {
    const joined = await joinedTo(tx, authorityId, referralIds)
    const open = await openReferrals(tx, authorityId, [...new Set([...referralIds, ...[...joined.values()].flat()])])
    const closed = referralIds.filter((id) => !open.has(id) && !(joined.get(id) ?? []).some((other) => open.has(other)))
    const outcomes = await outcomesOf(tx, authorityId, closed)
    const classify = await classifier(tx, authorityId, outcomes)
    for (const one of await contactsOf(tx, authorityId, closed)) {
      const own = outcomes.filter(({ referralId }) => referralId === one.referralId)
      const content = contentOfRevision(one)
      const children = content.children.map(({ id, dateOfBirth, expectedDate }): KeptChild => {
        const decided = own.find(({ child }) => child === id)
        return {
          birth: dateOfBirth ?? expectedDate ?? null,
          classes: decided ? [...new Set([classify(decided), ...decided.added])] : [],
        }
      })
      const last = own
        .map(({ completedAt }) => completedAt)
        .sort()
        .at(-1)
      if (last === undefined) continue
      const days = { lastDecisionOn: londonDate(last), lastContactOn: londonDate(one.lastContactAt) }
      due.set(one.referralId, dueOf({ children, ...days }, rules))
    }
    return due
  })
}

/** What is about the same child or event: not judged different by a person. */
async function joinedTo(
  tx: TenantTx,
  authorityId: string,
  referralIds: readonly string[],
): Promise<Map<string, string[]>> {
  const ids = sql`${sql.param([...referralIds])}::uuid[]`
  const { rows } = await tx.execute<{ id: string; others: string[] }>(sql`
    with pairs as (
      select l.first_referral_id as a, l.second_referral_id as b from referral_links l
      where l.authority_id = ${authorityId} and (l.first_referral_id = any(${ids}) or l.second_referral_id = any(${ids}))
        and 'rejected' is distinct from (
          select v.verdict from referral_link_verdicts v
          where v.authority_id = l.authority_id and v.link_id = l.id order by v.sequence desc limit 1)
      union
      select m.first_referral_id, m.second_referral_id from child_matches m
      where m.authority_id = ${authorityId} and (m.first_referral_id = any(${ids}) or m.second_referral_id = any(${ids}))
        and m.verdict = 'same'
      union
      select i.referral_id, o.referral_id from child_identifiers i
        join child_identifiers o on o.authority_id = i.authority_id and o.scheme = i.scheme and o.value = i.value
      where i.authority_id = ${authorityId} and i.referral_id = any(${ids}) and o.referral_id <> i.referral_id
    )
    select id, array_agg(distinct other) as others from (
      select a as id, b as other from pairs union all select b, a from pairs
    ) both_ways where id = any(${ids}) group by id`)
  return new Map(rows.map(({ id, others }) => [id, others]))
}

interface Outcome {
  readonly referralId: string
  readonly child: string
  readonly level: string
  readonly response: string
  readonly policyVersionId: string
  readonly completedAt: string
  /** What somebody said of the child later. */
  readonly added: readonly RetentionClass[]
}

/** The decision on each child that was completed last. One from before there were completions was complete when it was made. */
async function outcomesOf(tx: TenantTx, authorityId: string, referralIds: readonly string[]): Promise<Outcome[]> {
  const { rows } = await tx.execute<Record<keyof Outcome, string> & { added: RetentionClass[] }>(sql`
    select distinct on (d.referral_id, d.child_key) d.referral_id as "referralId", d.child_key as child, d.level,
      d.response, p.policy_version_id as "policyVersionId", coalesce(c.completed_at, d.decided_at) as "completedAt",
      array(select x.class from retention_classes x
        where x.authority_id = d.authority_id and x.referral_id = d.referral_id and x.child_key = d.child_key) as added
    from decisions d
      join recommendations p on p.authority_id = d.authority_id and p.id = d.recommendation_id
      left join decision_completions c on c.authority_id = d.authority_id and c.decision_id = d.id
    where d.authority_id = ${authorityId} and d.referral_id = any(${sql.param([...referralIds])}::uuid[])
      and (c.id is not null or d.judgement_id is null)
    order by d.referral_id, d.child_key, d.sequence desc`)
  return rows.map((row) => ({ ...row, completedAt: new Date(row.completedAt).toISOString() }))
}

async function classifier(
  tx: TenantTx,
  authorityId: string,
  outcomes: readonly Outcome[],
): Promise<(outcome: Outcome) => RetentionClass> {
  const policies = new Map<string, ReturnType<typeof compiledPolicy>>()
  for (const id of new Set(outcomes.map(({ policyVersionId }) => policyVersionId)))
    policies.set(id, compiledPolicy(await getVersion(tx, authorityId, { id })))
  return ({ policyVersionId, level, response }) => {
    const policy = policies.get(policyVersionId)
    const band = policy?.levels.find(({ code }) => code === level)?.common
    return classOf(band, policy?.responses.get(response)?.type)
  }
}

/** What counts as contact about a referral: what somebody outside or inside did about the child, and not our own housekeeping. */
const CONTACTS = [
  'referral.received',
  'referral.revised',
  'decision.completed',
  'milestone.recorded',
  'help.arranged',
  'help.updated',
  'consent.recorded',
  'sharing.decided',
  'escalation.raised',
  'escalation.answered',
  'escalation.closed',
  'escalation.withdrawn',
  'letter.received',
]

interface Contact {
  readonly referralId: string
  readonly content: string
  readonly contentHash: string
  readonly lastContactAt: string
}

/** The newest revision of each, and when there was contact last. */
async function contactsOf(tx: TenantTx, authorityId: string, referralIds: readonly string[]): Promise<Contact[]> {
  const { rows } = await tx.execute<Record<keyof Contact, string>>(sql`
    select r.id as "referralId", v.content, v.content_hash as "contentHash",
      greatest(v.recorded_at, (
        select max(o.recorded_at) from outbox_events o
        where o.authority_id = r.authority_id and o.subject = 'referrals/' || r.id
          and o.event = any(${sql.param(CONTACTS)}::text[]))) as "lastContactAt"
    from referrals r
      join lateral (
        select * from referral_revisions n
        where n.authority_id = r.authority_id and n.referral_id = r.id order by n.revision desc limit 1
      ) v on true
    where r.authority_id = ${authorityId} and r.id = any(${sql.param([...referralIds])}::uuid[])`)
  return rows.map((row) => ({ ...row, lastContactAt: new Date(row.lastContactAt).toISOString() }))
}
