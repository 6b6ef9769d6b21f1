/** What is known of each child of a referral that bears on what is to be done next and by when: one question for any number. */

import type { SQL } from 'drizzle-orm'
import { sql } from '../../db/drizzle.ts'
import type { MilestoneKind } from '../../db/tables/queue.ts'
import type { TenantTx } from '../../db/tenant.ts'
import type { Person } from '../../kernel/actor.ts'
import { type DecisionState, stateSql } from '../decisions/index.ts'
import { type OpenChallenge, openChallenges } from '../escalations/index.ts'
import { acknowledged, helped, iso } from './facts-after.ts'

/** Instants are RFC 3339 in UTC with milliseconds. */
export interface ChildFacts {
  /** Id of the row of the child; orders children who are alike in all else. */
  readonly id: string
  readonly referralId: string
  readonly child: string
  readonly reference: string
  readonly agency: string
  readonly receivedAt: string
  /** When each revision was recorded, first to last. */
  readonly revisions: readonly string[]
  /** The latest recommendation, whatever revision it is of. */
  readonly recommendation: {
    readonly id: string
    readonly revision: number
    readonly policyVersionId: string
    readonly urgency: string
    readonly levelRank: number | null
    readonly response: string
  } | null
  /** Who wrote down their own view of the revision that was scored last, first to last. */
  readonly judges: readonly Person[]
  /** The decision that nothing supersedes. */
  readonly decision: {
    readonly id: string
    readonly revision: number
    readonly state: DecisionState
    readonly decidedBy: Person
    readonly decidedAt: string
    readonly response: string
    readonly needsScreening: boolean
    readonly needsSignOff: boolean
    readonly secondBy: string | null
    readonly screenedAt: string | null
    readonly differed: boolean
    readonly reconciledAt: string | null
    readonly returnedAt: string | null
    readonly signedAt: string | null
    readonly pickup: (Person & { readonly action: 'picked_up' | 'renewed' | 'released'; readonly at: string }) | null
  } | null
  /** Every decision that was complete once, first to last. */
  readonly completions: readonly Completion[]
  readonly milestones: readonly Milestone[]
  /** When the first letter to the sender of the referral was written: an acknowledgement, or what was decided. */
  readonly acknowledgedByLetterAt: string | null
  /**
   * Each day on which somebody is to look whether help has come about, of the decision that was completed last: since when it
   * is so, and when somebody looked.
   */
  readonly help: readonly {
    readonly followUpOn: string
    readonly arrangedAt: string
    readonly lookedAt: string | null
  }[]
  /** Challenges that concern the child and are not at their end. */
  readonly challenges: readonly OpenChallenge[]
}

export interface Completion {
  readonly revision: number
  readonly at: string
  readonly response: string
  readonly policyVersionId: string
}

/** What happened, without what was put right since. */
export interface Milestone {
  readonly kind: MilestoneKind
  readonly response: string | null
  readonly startsEnquiries: boolean | null
  readonly at: string
  readonly recordedAt: string
}

/** `open`: something is left to be done at the front door; otherwise the clocks of what was decided may still run. */
export type Scope = 'open' | 'all'

export interface FactsFilter {
  readonly scope: Scope
  readonly referralIds?: readonly string[] | undefined
  readonly agency?: string | undefined
  /** A part of them in the order of their ids: so many after an id. */
  readonly part?: { readonly after: string; readonly most: number } | undefined
}

/** In no order, unless a part is asked for. */
export async function factsOf(tx: TenantTx, authorityId: string, filter: FactsFilter): Promise<ChildFacts[]> {
  if (filter.referralIds?.length === 0) return []
  const challenges = await openChallenges(tx, authorityId, filter)
  const { rows } = await tx.execute<{ facts: Omit<ChildFacts, 'challenges'> }>(sql`
    select json_build_object(
      'id', rc.id, 'referralId', rc.referral_id, 'child', rc.child_key, 'reference', r.reference, 'agency', r.agency,
      'receivedAt', ${iso('r.received_at')}, 'revisions', revised.times, 'recommendation', scored.facts,
      'judges', coalesce(judged.people, '[]'), 'decision', ${decisionJson},
      'completions', coalesce(completed.list, '[]'), 'milestones', coalesce(passed.list, '[]'),
      'help', coalesce(helped.list, '[]'), 'acknowledgedByLetterAt', ${iso('acknowledged.at')}
    ) as facts
    from referral_children rc
    join referrals r on r.authority_id = rc.authority_id and r.id = rc.referral_id
    ${revised} ${standing} ${scored} ${judged} ${pickedUp} ${completed} ${passed} ${helped} ${acknowledged}
    where rc.authority_id = ${authorityId} and ${conditionOf(filter, challenges)}
    ${filter.part ? sql`order by rc.id limit ${filter.part.most}` : sql``}`)
  return rows.map(({ facts }) => ({ ...facts, challenges: challenges.filter((one) => concerns(one, facts)) }))
}

/** Those of some referrals of which something is left to be done at the front door, or is challenged. */
export async function openReferrals(
  tx: TenantTx,
  authorityId: string,
  referralIds: readonly string[],
): Promise<Set<string>> {
  const open = await factsOf(tx, authorityId, { scope: 'open', referralIds })
  return new Set(open.map(({ referralId }) => referralId))
}

function concerns(challenge: OpenChallenge, { referralId, child }: Pick<ChildFacts, 'referralId' | 'child'>): boolean {
  return challenge.referralId === referralId && (challenge.child === null || challenge.child === child)
}

const isAmong = (referralIds: readonly string[]): SQL =>
  sql`rc.referral_id = any(${sql.param([...referralIds])}::uuid[])`

function conditionOf({ scope, referralIds, agency, part }: FactsFilter, challenges: readonly OpenChallenge[]): SQL {
  const conditions = [sql`true`]
  // What is challenged is not done with, whatever was decided.
  const challenged = challenges.map(({ referralId }) => referralId)
  if (scope === 'open') conditions.push(sql`(not (${isDone}) or ${isAmong(challenged)})`)
  if (referralIds) conditions.push(isAmong(referralIds))
  if (agency !== undefined) conditions.push(sql`r.agency = ${agency}`)
  if (part) conditions.push(sql`rc.id > ${part.after}`)
  return sql.join(conditions, sql` and `)
}

/** Decided on what is known now, with everything that the decision needs, and the referrer told that it was received. */
const isDone = sql`decisions.id is not null and ${stateSql} = 'complete'
  and decisions.revision = cardinality(revised.instants)
  and (acknowledged.at is not null or exists (
    select from milestones a
    where a.authority_id = rc.authority_id and a.referral_id = rc.referral_id and a.kind = 'acknowledged' and ${stands('a')}
  ))`

/** Nothing that came later puts the milestone right, and it is not itself the word that nothing happened. */
function stands(name: string): SQL {
  return sql.raw(`not ${name}.withdrawn and not exists (
    select from milestones later where later.authority_id = ${name}.authority_id and later.corrects = ${name}.id)`)
}

const revised = sql`
  cross join lateral (
    select json_agg(${iso('v.recorded_at')} order by v.revision) as times, array_agg(v.recorded_at) as instants
    from referral_revisions v where v.authority_id = rc.authority_id and v.referral_id = rc.referral_id
  ) revised`

/** The names are those over which the state of a decision is defined. */
const standing = sql`
  left join decisions on decisions.authority_id = rc.authority_id and decisions.referral_id = rc.referral_id
    and decisions.child_key = rc.child_key and not exists (
      select from decisions later
      where later.authority_id = decisions.authority_id and later.supersedes = decisions.id)
  left join decisions successor on successor.authority_id = decisions.authority_id and successor.supersedes = decisions.id
  left join decision_completions completion
    on completion.authority_id = decisions.authority_id and completion.decision_id = decisions.id
  left join decision_returns returned
    on returned.authority_id = decisions.authority_id and returned.decision_id = decisions.id
  left join judgements seconded on seconded.authority_id = decisions.authority_id and seconded.decision_id = decisions.id
  left join reconciliations reconciled
    on reconciled.authority_id = decisions.authority_id and reconciled.decision_id = decisions.id
  left join sign_offs signed on signed.authority_id = decisions.authority_id and signed.decision_id = decisions.id`

const decisionJson = sql`case when decisions.id is not null then json_build_object(
  'id', decisions.id, 'revision', decisions.revision, 'state', ${stateSql},
  'decidedBy', json_build_object('accountId', decisions.decided_by, 'displayName', decisions.decided_by_name),
  'decidedAt', ${iso('decisions.decided_at')}, 'response', decisions.response,
  'needsScreening', cardinality(coalesce(decisions.second_screening_because, '{}')) > 0 and decisions.agrees_with is null,
  'needsSignOff', cardinality(coalesce(decisions.sign_off_because, '{}')) > 0,
  'secondBy', seconded.judged_by, 'screenedAt', ${iso('seconded.judged_at')},
  'differed', coalesce(seconded.level <> decisions.level or seconded.response <> decisions.response, false),
  'reconciledAt', ${iso('reconciled.reconciled_at')}, 'returnedAt', ${iso('returned.returned_at')},
  'signedAt', ${iso('signed.signed_at')}, 'pickup', picked_up.facts
) end`

const scored = sql`
  left join lateral (
    select p.revision, json_build_object(
      'id', p.id, 'revision', p.revision, 'policyVersionId', p.policy_version_id, 'urgency', p.urgency,
      'levelRank', p.level_rank, 'response', p.primary_response) as facts
    from recommendations p
    where p.authority_id = rc.authority_id and p.referral_id = rc.referral_id and p.child_key = rc.child_key
    order by p.sequence desc limit 1
  ) scored on true`

const judged = sql`
  left join lateral (
    select json_agg(
      json_build_object('accountId', j.judged_by, 'displayName', j.judged_by_name) order by j.judged_at, j.id) as people
    from judgements j
    where j.authority_id = rc.authority_id and j.referral_id = rc.referral_id and j.child_key = rc.child_key
      and j.revision = coalesce(scored.revision, cardinality(revised.instants))
  ) judged on true`

const pickedUp = sql`
  left join lateral (
    select json_build_object(
      'accountId', u.acted_by, 'displayName', u.acted_by_name, 'action', u.action, 'at', ${iso('u.acted_at')}) as facts
    from screening_pickups u
    where u.authority_id = decisions.authority_id and u.decision_id = decisions.id
    order by u.sequence desc limit 1
  ) picked_up on true`

/** A decision from before there were completions was complete when it was made. */
const completed = sql`
  left join lateral (
    select json_agg(json_build_object(
        'revision', d.revision, 'at', ${iso('coalesce(c.completed_at, d.decided_at)')},
        'response', d.response, 'policyVersionId', p.policy_version_id
      ) order by coalesce(c.completed_at, d.decided_at), d.sequence) as list,
      (array_agg(d.id order by coalesce(c.completed_at, d.decided_at) desc, d.sequence desc))[1] as last
    from decisions d
    join recommendations p on p.authority_id = d.authority_id and p.id = d.recommendation_id
    left join decision_completions c on c.authority_id = d.authority_id and c.decision_id = d.id
    where d.authority_id = rc.authority_id and d.referral_id = rc.referral_id and d.child_key = rc.child_key
      and (c.id is not null or d.judgement_id is null)
  ) completed on true`

const passed = sql`
  left join lateral (
    select json_agg(json_build_object(
      'kind', m.kind, 'response', m.response, 'startsEnquiries', m.starts_enquiries,
      'at', ${iso('m.happened_at')}, 'recordedAt', ${iso('m.recorded_at')}) order by m.happened_at, m.id) as list
    from milestones m
    where m.authority_id = rc.authority_id and m.referral_id = rc.referral_id
      and (m.child_key is null or m.child_key = rc.child_key) and ${stands('m')}
  ) passed on true`
