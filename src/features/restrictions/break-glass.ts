/** Breaking the glass: a restricted referral opened in need, for a while, and looked at afterwards by somebody else. */

import type { SQL } from 'drizzle-orm'
import { z } from 'zod'
import { alias, and, desc, eq, isNotNull, isNull, lt, or } from '../../db/drizzle.ts'
import { accounts } from '../../db/tables/accounts.ts'
import { breakGlassGrants, breakGlassReviews, restrictions } from '../../db/tables/restrictions.ts'
import type { TenantTx } from '../../db/tenant.ts'
import { addWorkingDays } from '../../engine/calendar/working-time.ts'
import { type Actor, requirePerson } from '../../kernel/actor.ts'
import { notFound, Refusal } from '../../kernel/errors.ts'
import { Id } from '../../kernel/ids.ts'
import { defineOperation } from '../../kernel/operation.ts'
import { type Cursor, decodeCursor, PAGE_DEFAULT, pageParams, toPage } from '../../kernel/page.ts'
import { insertRecorded } from '../../kernel/record.ts'
import { readCalendar } from '../policies/index.ts'
import { lockReferral } from '../referrals/index.ts'
import { BREAK_MINUTES, type BreakGlass, BreakGlassPage, BreakGlassReceipt, NewBreakGlass, NewReview } from './model.ts'
import { isOpen, lastRestriction } from './queries.ts'
import { requireOtherThanBreaker } from './rules.ts'

const MINUTE_MS = 60_000

export const breakGlass = defineOperation({
  name: 'breakGlass',
  kind: 'command',
  summary: 'Open a restricted referral in need, for a while',
  description:
    'It is in the log at once, and somebody else reviews it within one working day. It never opens the record of the caller’s own family.',
  allow: ['screener', 'supervisor'],
  priority: 'urgent',
  route: 'POST /v1/referrals/{referralId}/break-glass',
  status: 201,
  params: { referralId: Id },
  body: NewBreakGlass,
  output: BreakGlassReceipt,
  async run(context, { referralId, body }) {
    const { tx, actor, now } = context
    requirePerson(actor)
    await lockReferral(tx, actor, referralId)
    const last = await lastRestriction(tx, actor, referralId)
    const isSeen = await isOpen(tx, actor, referralId)
    if (!last && !isSeen) throw notFound('referral')
    if (!last || last.kind === 'lifted') throw new Refusal('not_restricted', 'No restriction stands on this referral.')
    if (isSeen) throw new Refusal('glass_not_needed', 'You may see this referral: there is nothing to break.')
    const { row, record } = await insertRecorded(tx, breakGlassGrants, {
      authorityId: actor.authorityId,
      id: context.newId(),
      referralId,
      restrictionId: last.id,
      accountId: actor.accountId,
      reason: body.reason,
      grantedAt: now,
      expiresAt: new Date(Date.parse(now) + (body.minutes ?? BREAK_MINUTES) * MINUTE_MS).toISOString(),
    })
    const audit = await context.record({
      event: 'restriction.broken_glass',
      facts: { grant: row.id, referral: referralId, restriction: last.id, expiresAt: row.expiresAt },
      records: [record],
    })
    return { grant: shown(now)(await getGrant(tx, actor, row.id)), audit }
  },
})

export const reviewBreakGlass = defineOperation({
  name: 'reviewBreakGlass',
  kind: 'command',
  summary: 'Find whether the glass was rightly broken',
  description: 'By a supervisor who did not break it. What was not justified ends at once.',
  allow: ['supervisor'],
  route: 'POST /v1/break-glass/{grantId}/review',
  status: 201,
  params: { grantId: Id },
  body: NewReview,
  output: BreakGlassReceipt,
  async run(context, { grantId, body }) {
    const { tx, actor, now } = context
    requirePerson(actor)
    const { grant } = await getGrant(tx, actor, grantId)
    await lockReferral(tx, actor, grant.referralId)
    const { review } = await getGrant(tx, actor, grantId)
    requireOtherThanBreaker(actor, grant.accountId)
    if (review) throw new Refusal('already_reviewed', 'Somebody has reviewed this already.')
    const { record } = await insertRecorded(tx, breakGlassReviews, {
      authorityId: actor.authorityId,
      id: context.newId(),
      grantId,
      outcome: body.outcome,
      note: body.note,
      reviewedAt: now,
      reviewedBy: actor.accountId,
    })
    const audit = await context.record({
      event: 'restriction.break_glass_reviewed',
      facts: { grant: grantId, referral: grant.referralId, outcome: body.outcome },
      records: [record],
    })
    return { grant: shown(now)(await getGrant(tx, actor, grantId)), audit }
  },
})

export const listBreakGlass = defineOperation({
  name: 'breakGlassGrants',
  kind: 'query',
  summary: 'Broken glasses with their reviews, newest first',
  allow: ['supervisor', 'auditor'],
  route: 'GET /v1/break-glass',
  params: {
    ...pageParams,
    referral: Id.optional(),
    account: Id.optional(),
    reviewed: z.boolean().optional(),
    reviewOverdue: z.literal(true).optional().describe('Only those that should have been reviewed by now.'),
  },
  output: BreakGlassPage,
  async run({ tx, actor, now }, { first = PAGE_DEFAULT, after, ...filter }) {
    const rows = await listGrants(tx, actor, { ...filter, now }, { first, after: decodeCursor(after) })
    return toPage(rows, first, ({ grant }) => ({ at: grant.grantedAt, id: grant.id }), shown(now))
  },
})

const breaker = alias(accounts, 'breaker')
const reviewer = alias(accounts, 'reviewer')

async function select(tx: TenantTx, actor: Actor, condition: SQL | undefined, most: number) {
  const own = actor.authorityId
  return await tx
    .select({
      grant: breakGlassGrants,
      review: breakGlassReviews,
      reference: restrictions.reference,
      brokenByName: breaker.displayName,
      reviewedByName: reviewer.displayName,
    })
    .from(breakGlassGrants)
    .innerJoin(
      restrictions,
      and(eq(restrictions.authorityId, own), eq(restrictions.id, breakGlassGrants.restrictionId)),
    )
    .innerJoin(breaker, and(eq(breaker.authorityId, own), eq(breaker.id, breakGlassGrants.accountId)))
    .leftJoin(
      breakGlassReviews,
      and(eq(breakGlassReviews.authorityId, own), eq(breakGlassReviews.grantId, breakGlassGrants.id)),
    )
    .leftJoin(reviewer, and(eq(reviewer.authorityId, own), eq(reviewer.id, breakGlassReviews.reviewedBy)))
    .where(and(eq(breakGlassGrants.authorityId, own), condition))
    .orderBy(desc(breakGlassGrants.grantedAt), desc(breakGlassGrants.id))
    .limit(most)
}

type GrantRow = Awaited<ReturnType<typeof select>>[number]

/** @throws Refusal not_found */
async function getGrant(tx: TenantTx, actor: Actor, id: string): Promise<GrantRow> {
  const [row] = await select(tx, actor, eq(breakGlassGrants.id, id), 1)
  if (!row) throw notFound('broken glass')
  return row
}

interface GrantFilter {
  readonly referral?: string | undefined
  readonly account?: string | undefined
  readonly reviewed?: boolean | undefined
  readonly reviewOverdue?: true | undefined
  readonly now: string
}

/** Newest first, one more than the page shows. */
async function listGrants(
  tx: TenantTx,
  actor: Actor,
  { referral, account, reviewed, reviewOverdue, now }: GrantFilter,
  { first, after }: { first: number; after: Cursor | undefined },
): Promise<GrantRow[]> {
  const { grantedAt, id } = breakGlassGrants
  const conditions: (SQL | undefined)[] = []
  if (referral !== undefined) conditions.push(eq(breakGlassGrants.referralId, referral))
  if (account !== undefined) conditions.push(eq(breakGlassGrants.accountId, account))
  if (reviewed !== undefined) conditions.push(reviewed ? isNotNull(breakGlassReviews.id) : isNull(breakGlassReviews.id))
  if (reviewOverdue) conditions.push(isNull(breakGlassReviews.id), lt(grantedAt, overdueSince(now)))
  if (after) conditions.push(or(lt(grantedAt, after.at), and(eq(grantedAt, after.at), lt(id, after.id))))
  return await select(tx, actor, and(...conditions), first + 1)
}

/** Within one working day of the office hours that hold where a policy says nothing. */
function reviewDue(grantedAt: string): string {
  return addWorkingDays(grantedAt, 1, readCalendar().working)
}

/** No closing of the office lasts longer. */
const LONGEST_WAIT_MS = 30 * 24 * 60 * MINUTE_MS

/** The instant before which whatever was granted should have been reviewed by now: due times never go back, so it is bisected. */
function overdueSince(now: string): string {
  let overdue = Date.parse(now) - LONGEST_WAIT_MS
  let inTime = Date.parse(now)
  while (inTime - overdue > 1) {
    const middle = Math.floor((overdue + inTime) / 2)
    if (reviewDue(new Date(middle).toISOString()) < now) overdue = middle
    else inTime = middle
  }
  return new Date(inTime).toISOString()
}

function shown(now: string) {
  return ({ grant, review, reference, brokenByName, reviewedByName }: GrantRow): z.output<typeof BreakGlass> => {
    const reviewDueAt = reviewDue(grant.grantedAt)
    return {
      id: grant.id,
      referralId: grant.referralId,
      reference,
      brokenBy: { accountId: grant.accountId, displayName: brokenByName },
      reason: grant.reason,
      grantedAt: grant.grantedAt,
      expiresAt: grant.expiresAt,
      reviewDueAt,
      isReviewOverdue: review === null && reviewDueAt < now,
      review: review && {
        outcome: review.outcome,
        note: review.note,
        reviewedAt: review.reviewedAt,
        reviewedBy: { accountId: review.reviewedBy, displayName: reviewedByName ?? '' },
      },
    }
  }
}
