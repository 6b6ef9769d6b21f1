/** Children of the queue as a reader may see them: what is recommended and its alarms are read for one page alone. */
import { and, eq, inArray, sql } from '../../db/drizzle.ts'
import { referralRevisions } from '../../db/tables/referrals.ts'
import type { TenantTx } from '../../db/tenant.ts'
import type { Actor } from '../../kernel/actor.ts'
import { listRecommendationRows, shownRecommendations } from '../recommendations/index.ts'
import type { Clock as RunningClock } from './clocks.ts'
import type { Entry } from './entries.ts'
import type { ChildFacts } from './facts.ts'
import type { Clock, QueueRow } from './model.ts'
import { heldBy, whoMay } from './steps.ts'

export async function shownEntries(
  tx: TenantTx,
  actor: Actor,
  entries: readonly Entry[],
  now: string,
): Promise<QueueRow[]> {
  const wanted = new Set(entries.flatMap(({ facts }) => facts.recommendation?.id ?? []))
  const referralIds = [...new Set(entries.map(({ facts }) => facts.referralId))]
  const rows = await listRecommendationRows(tx, actor, referralIds)
  const shown = await shownRecommendations(
    tx,
    actor,
    rows.filter(({ id }) => wanted.has(id)),
  )
  const recommendations = new Map(shown.map((recommendation) => [recommendation.id, recommendation]))
  const dangerous = await saidToBeInDanger(tx, actor, entries)
  return entries.map((entry) => {
    const recommendation = recommendations.get(entry.facts.recommendation?.id ?? '')
    const said = dangerous.has(entry.facts.referralId) ? [UNSCORED_DANGER] : []
    return {
      ...whatIsKnown(entry, now),
      level: recommendation?.content?.level ?? null,
      hidden: recommendation?.hidden ?? null,
      alarms: [...said, ...(recommendation?.alarms ?? [])],
      recommendationId: recommendation?.id ?? null,
    }
  })
}

function whatIsKnown({ facts, steps, isMine, band, next }: Entry, now: string) {
  const who = whoMay(steps[0] ?? 'carry_out', facts)
  const recommended = facts.recommendation?.urgency ?? ''
  return {
    referralId: facts.referralId,
    reference: facts.reference,
    child: facts.child,
    revision: facts.revisions.length,
    agency: facts.agency,
    receivedAt: facts.receivedAt,
    steps: [...steps],
    by: { roles: [...who.roles], qualification: who.isQualified ? ('social_work' as const) : null },
    mine: isMine,
    heldBy: heldBy(facts, now),
    urgency: band ? { code: band.code, label: band.label, recommended, ranOver: band.code !== recommended } : null,
    clock: next ? shownClock(facts, next) : null,
    decisionId: facts.decision?.id ?? null,
  }
}

/** An acknowledgement is of the whole referral, and so is a challenge that names no child. */
export function shownClock({ child }: Pick<ChildFacts, 'child'>, { challenge, ...clock }: RunningClock): Clock {
  const isOfAll = clock.name === 'acknowledgement' || challenge?.child === null
  return { ...clock, child: isOfAll ? null : child, escalationId: challenge?.id ?? null }
}

const UNSCORED_DANGER = {
  code: 'immediate_danger' as const,
  text: 'The referral says that a child may be in immediate danger, and its latest version has not been scored.',
}

/** Of the children whose latest revision has not been scored, the referrals of which some version spoke of immediate danger. */
async function saidToBeInDanger(tx: TenantTx, actor: Actor, entries: readonly Entry[]): Promise<Set<string>> {
  const unscored = entries.flatMap(({ facts }) =>
    facts.recommendation?.revision === facts.revisions.length ? [] : facts.referralId,
  )
  if (unscored.length === 0) return new Set()
  const rows = await tx
    .selectDistinct({ referralId: referralRevisions.referralId })
    .from(referralRevisions)
    .where(
      and(
        eq(referralRevisions.authorityId, actor.authorityId),
        inArray(referralRevisions.referralId, [...new Set(unscored)]),
        sql`(${referralRevisions.content}::jsonb ->> 'immediateDanger')::boolean`,
      ),
    )
  return new Set(rows.map(({ referralId }) => referralId))
}
