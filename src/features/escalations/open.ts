/** Challenges that are not at their end: where each stands, and by what it is known who may answer it. */
import { and, eq, inArray, isNull, sql } from '../../db/drizzle.ts'
import { escalations } from '../../db/tables/escalations.ts'
import type { TenantTx } from '../../db/tenant.ts'
import { answer, ending, joinsOf, standing } from './queries.ts'

/** Instants are RFC 3339 in UTC; people are ids of accounts. */
export interface OpenChallenge {
  readonly id: string
  readonly referralId: string
  /** Null where it is about all children of the referral. */
  readonly child: string | null
  readonly isUrgent: boolean
  readonly raisedBy: string
  readonly stage: number
  /** Whose answer it is at this stage. */
  readonly office: string
  readonly isFirstStage: boolean
  readonly enteredAt: string
  readonly dueAt: string
  /** The answer at this stage; null while nobody has given it. */
  readonly answered: { readonly by: string; readonly at: string } | null
  readonly answeredBelow: readonly string[]
  /** Who decided on a child that it is about, or signed such a decision, before it came to this stage. */
  readonly decidedBefore: readonly string[]
}

interface OpenFilter {
  readonly ids?: readonly string[] | undefined
  readonly referralIds?: readonly string[] | undefined
}

/** In no order. */
export async function openChallenges(
  tx: TenantTx,
  authorityId: string,
  { ids, referralIds }: OpenFilter = {},
): Promise<OpenChallenge[]> {
  const joins = joinsOf(authorityId)
  const { id, referralId, childKey: child, raisedBy } = escalations
  const { stage, office, actedAt: enteredAt, dueAt } = standing
  const rows = await tx
    .select({
      ...{ id, referralId, child, raisedBy, stage, office, enteredAt, dueAt },
      ...{ isUrgent, answeredBelow, decidedBefore },
      isFirstStage: sql<boolean>`${standing.kind} = 'entered'`,
      answered: { by: answer.actedByName, at: answer.actedAt },
    })
    .from(escalations)
    .innerJoin(standing, joins.standing)
    .leftJoin(answer, joins.answer)
    .leftJoin(ending, joins.ending)
    .where(
      and(
        eq(escalations.authorityId, authorityId),
        isNull(ending.id),
        ids && inArray(id, [...ids]),
        referralIds && inArray(referralId, [...referralIds]),
      ),
    )
  return rows.map(({ answered, office, dueAt, ...row }) => {
    if (office === null || dueAt === null) throw new Error('A stage was entered without being due')
    const { by, at } = answered ?? {}
    return { ...row, office, dueAt, answered: by && at ? { by, at } : null }
  })
}

/** What was skipped ahead cannot wait from then on. */
const isUrgent = sql<boolean>`(escalations.urgent or exists (
  select from escalation_steps s
  where s.authority_id = escalations.authority_id and s.escalation_id = escalations.id and s.kind = 'skipped'))`

const answeredBelow = sql<string[]>`array(
  select s.acted_by::text from escalation_steps s
  where s.authority_id = escalations.authority_id and s.escalation_id = escalations.id and s.kind = 'answered'
    and s.stage < standing.stage)`

const decidedBefore = sql<string[]>`array(
  select people.id::text
  from decisions d
  left join sign_offs g on g.authority_id = d.authority_id and g.decision_id = d.id
  cross join lateral (values (d.decided_by, d.decided_at), (g.signed_by, g.signed_at)) as people (id, acted_at)
  where d.authority_id = escalations.authority_id and d.referral_id = escalations.referral_id
    and (escalations.child_key is null or d.child_key = escalations.child_key)
    and people.acted_at < standing.acted_at)`
