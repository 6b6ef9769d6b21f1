import { z } from 'zod'
import { RESTRICTION_CATEGORIES, restrictionAccounts, restrictions } from '../../db/tables/restrictions.ts'
import { londonDate } from '../../engine/calendar/civil.ts'
import { line } from '../../engine/text.ts'
import { requirePerson } from '../../kernel/actor.ts'
import { notFound, Refusal } from '../../kernel/errors.ts'
import { Id } from '../../kernel/ids.ts'
import { type Context, defineOperation } from '../../kernel/operation.ts'
import { decodeCursor, PAGE_DEFAULT, pageParams, toPage } from '../../kernel/page.ts'
import { insertAllRecorded, insertRecorded } from '../../kernel/record.ts'
import { getReferralRow, lockReferral } from '../referrals/index.ts'
import {
  Because,
  NewRestriction,
  Restriction,
  RestrictionNotice,
  RestrictionPage,
  RestrictionReceipt,
} from './model.ts'
import { isBelowFloorSomewhere, leavesOutPanel } from './panel.ts'
import {
  accountsToLetIn,
  getRestriction,
  hasSay,
  isOpen,
  lastRestriction,
  listRestrictionRows,
  type RestrictionRow,
  standingByReference,
} from './queries.ts'
import { requirePanelTold, requireReplaces, requireReviewDay, requireSay, requireSomebodyLeft } from './rules.ts'
import { shownRestrictions } from './shown.ts'

const READERS = ['supervisor', 'auditor'] as const

export const restrictReferral = defineOperation({
  name: 'restrictReferral',
  kind: 'command',
  summary: 'Let only named accounts see a referral, or change whom a restriction lets in',
  description:
    'From then on it is hidden from everybody else, with all that hangs on it. Whoever sent it goes on seeing what they sent. It still counts in the history of its children. Whoever broke the glass changes it only when somebody else has found that justified.',
  allow: ['supervisor'],
  route: 'POST /v1/referrals/{referralId}/restrictions',
  status: 201,
  params: { referralId: Id },
  body: NewRestriction,
  output: RestrictionReceipt,
  async run(context, { referralId, body }) {
    const { tx, actor, now } = context
    requirePerson(actor)
    await lockReferral(tx, actor, referralId)
    const { referral } = await getReferralRow(tx, actor, referralId)
    const last = await lastRestriction(tx, actor, referralId)
    const standing = last?.kind === 'lifted' ? undefined : last
    requireReplaces(standing?.id, body.replaces)
    if (standing) requireSay(await hasSay(tx, actor, now, standing.id))
    requireReviewDay(body.reviewOn, londonDate(now))
    const ids = [...new Set(body.accounts)]
    requireSomebodyLeft(body.accounts, await accountsToLetIn(tx, actor, { referralId, ids }))
    if (await leavesOutPanel(tx, actor, ids)) requirePanelTold(await isBelowFloorSomewhere(tx, actor, referralId))
    const { row, record } = await insertRecorded(tx, restrictions, {
      ...following(context, { referralId, reference: referral.reference, last }),
      kind: standing ? 'changed' : 'set',
      category: body.category,
      reason: body.reason,
      reviewOn: body.reviewOn,
    })
    const letIn = ids.map((accountId) => ({
      authorityId: actor.authorityId,
      id: context.newId(),
      restrictionId: row.id,
      accountId,
    }))
    const records = [record, ...(await insertAllRecorded(tx, restrictionAccounts, letIn))]
    const audit = await context.record({
      event: standing ? 'restriction.changed' : 'restriction.set',
      // Events go outside: why is not for those who receive them.
      facts: { restriction: row.id, referral: referralId, reviewOn: body.reviewOn },
      records,
    })
    return { restriction: await shownById(context, row.id), audit }
  },
})

export const liftRestriction = defineOperation({
  name: 'liftRestriction',
  kind: 'command',
  summary: 'End a restriction, and say why',
  description: 'By a supervisor who is let in by name, or whose breaking of the glass somebody else found justified.',
  allow: ['supervisor'],
  route: 'POST /v1/restrictions/{restrictionId}/lifting',
  status: 201,
  params: { restrictionId: Id },
  body: Because,
  output: RestrictionReceipt,
  async run(context, { restrictionId, body }) {
    const { tx, actor, now } = context
    requirePerson(actor)
    const { row: named } = await getRestriction(tx, actor, restrictionId)
    const { referralId, reference } = named
    await lockReferral(tx, actor, referralId)
    await getReferralRow(tx, actor, referralId)
    const last = await lastRestriction(tx, actor, referralId)
    if (last?.id !== restrictionId) throw new Refusal('not_restricted', 'This restriction stands no longer.')
    requireSay(await hasSay(tx, actor, now, restrictionId))
    const { row, record } = await insertRecorded(tx, restrictions, {
      ...following(context, { referralId, reference, last }),
      kind: 'lifted',
      reason: body.reason,
    })
    const audit = await context.record({
      event: 'restriction.lifted',
      facts: { restriction: row.id, referral: referralId },
      records: [record],
    })
    return { restriction: await shownById(context, restrictionId), audit }
  },
})

/** What every row says that follows from the last. */
function following(
  { actor, now, newId }: Context,
  { referralId, reference, last }: { referralId: string; reference: string; last: RestrictionRow | undefined },
) {
  return {
    authorityId: actor.authorityId,
    id: newId(),
    referralId,
    reference,
    sequence: (last?.sequence ?? 0) + 1,
    recordedAt: now,
    recordedBy: actor.accountId,
  }
}

/** @throws Refusal not_found */
async function shownById({ tx, actor, now }: Context, id: string): Promise<z.output<typeof Restriction>> {
  const [shown] = await shownRestrictions(tx, actor, now, [await getRestriction(tx, actor, id)])
  if (!shown) throw notFound('restriction')
  return shown
}

export const showRestriction = defineOperation({
  name: 'restriction',
  kind: 'query',
  summary: 'A restriction, and what became of it',
  allow: READERS,
  route: 'GET /v1/restrictions/{restrictionId}',
  params: { restrictionId: Id },
  output: Restriction,
  async run(context, { restrictionId }) {
    return await shownById(context, restrictionId)
  },
})

export const listRestrictions = defineOperation({
  name: 'restrictions',
  kind: 'query',
  summary: 'Restrictions, newest first',
  description: 'Never one of a referral of which the caller is a subject, or kin.',
  allow: READERS,
  route: 'GET /v1/restrictions',
  params: {
    ...pageParams,
    referral: Id.optional(),
    reference: line(20).optional(),
    category: z.enum(RESTRICTION_CATEGORIES).optional(),
    standing: z.boolean().optional().describe('Only those that stand, or only those that were changed or lifted.'),
    reviewOverdue: z.literal(true).optional().describe('Only those that stand and should have been looked at again.'),
  },
  output: RestrictionPage,
  async run({ tx, actor, now }, { first = PAGE_DEFAULT, after, reviewOverdue, ...filter }) {
    const overdueOn = reviewOverdue ? londonDate(now) : undefined
    const page = { first, after: decodeCursor(after) }
    const rows = await listRestrictionRows(tx, actor, { ...filter, overdueOn }, page)
    const shown = await shownRestrictions(tx, actor, now, rows)
    return toPage(
      shown,
      first,
      ({ recordedAt, id }) => ({ at: recordedAt, id }),
      (one) => one,
    )
  },
})

export const restrictionNotice = defineOperation({
  name: 'restrictionNotice',
  kind: 'query',
  summary: 'Whether the referral of a reference is restricted, for somebody who was told the reference',
  description:
    'It gives the id with which the glass can be broken. Not found for a referral that is not restricted, and to kin.',
  allow: ['screener', 'supervisor'],
  route: 'GET /v1/restriction-notices/{reference}',
  params: { reference: line(20) },
  output: RestrictionNotice,
  async run({ tx, actor }, { reference }) {
    requirePerson(actor)
    const standing = await standingByReference(tx, actor, reference)
    if (!standing) throw notFound('restriction')
    const { referralId } = standing
    return { reference, referralId, isOpenToCaller: await isOpen(tx, actor, referralId) }
  },
})
