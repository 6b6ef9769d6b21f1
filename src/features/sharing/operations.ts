import { z } from 'zod'
import {
  AUDIENCES_WITHHELD,
  RECIPIENT_KINDS,
  SHARING_BASES,
  SHARING_OUTCOMES,
  sharingDecisions,
  sharingMarkLiftings,
  sharingMarks,
  WITHHOLDING_GROUNDS,
} from '../../db/tables/sharing.ts'
import { londonDate } from '../../engine/calendar/civil.ts'
import { words } from '../../engine/text.ts'
import { requirePerson } from '../../kernel/actor.ts'
import { Refusal } from '../../kernel/errors.ts'
import { Id } from '../../kernel/ids.ts'
import { type Context, defineOperation } from '../../kernel/operation.ts'
import { Bound, decodeCursor, PAGE_DEFAULT, pageParams, toPage } from '../../kernel/page.ts'
import { insertRecorded } from '../../kernel/record.ts'
import { contentOfRevision, getReferralRow, listRevisionRows, lockReferral, shown } from '../referrals/index.ts'
import { MarkPage, MarkReceipt, NewMark, NewSharing, SharingDecision, SharingPage, SharingReceipt } from './model.ts'
import { getMark, getSharing, listMarksShown, listSharingShown } from './queries.ts'
import { refusal, requireChild, requireMarked, requireWholeSharing, wrong } from './rules.ts'
import { valueAt } from './withheld.ts'

const WRITERS = ['screener', 'supervisor'] as const
const READERS = ['screener', 'supervisor', 'panel_member', 'auditor'] as const

export const recordSharing = defineOperation({
  name: 'recordSharing',
  kind: 'command',
  summary: 'Record that information was shared, or that it was decided not to share it',
  description:
    'Section 16LA of the Children Act 2004 asks to share what safeguards a child, unless that does the child more harm. Not sharing is decided by a qualified person, with its ground and a day on which it is looked at again.',
  allow: WRITERS,
  route: 'POST /v1/referrals/{referralId}/sharing',
  status: 201,
  params: { referralId: Id },
  body: NewSharing,
  output: SharingReceipt,
  async run(context, { referralId, body }) {
    const { tx, actor, now } = context
    requirePerson(actor)
    await lockReferral(tx, actor, referralId)
    requireChild(shown(await getReferralRow(tx, actor, referralId)).children, body.child)
    const today = londonDate(now)
    requireWholeSharing(actor, body, today)
    if (body.supersedes !== undefined) await requireStanding(context, { referralId, id: body.supersedes })
    const { row, record } = await insertRecorded(tx, sharingDecisions, {
      authorityId: actor.authorityId,
      id: context.newId(),
      referralId,
      childKey: body.child ?? null,
      outcome: body.outcome,
      information: body.information,
      recipient: body.recipient,
      recipientKind: body.recipientKind,
      basis: body.basis ?? null,
      withheldBecause: body.withheldBecause ?? null,
      reason: body.reason,
      reviewOn: body.reviewOn ?? null,
      supersedes: body.supersedes ?? null,
      decidedAt: now,
      decidedBy: actor.accountId,
      decidedByName: actor.displayName,
      decidedByQualification: actor.qualification,
    })
    const { outcome, recipientKind, basis, withheldBecause } = row
    const audit = await context.record({
      event: 'sharing.decided',
      facts: { sharing: row.id, referral: referralId, outcome, recipientKind, basis, withheldBecause },
      records: [record],
    })
    return { sharing: await getSharing(context, row.id, today), audit }
  },
})

/** @throws Refusal not_found; already_decided where another took its place before */
async function requireStanding(context: Context, { referralId, id }: { referralId: string; id: string }) {
  const before = await getSharing(context, id, londonDate(context.now))
  if (before.referralId !== referralId)
    throw refusal(
      [wrong('/supersedes', 'other_referral', 'It is about another referral.')],
      'It cannot be replaced here.',
    )
  if (before.supersededBy !== null)
    throw new Refusal('already_decided', 'Another decision of the register took the place of this one.')
}

export const showSharing = defineOperation({
  name: 'sharingDecision',
  kind: 'query',
  summary: 'A decision to share information, or not to share it',
  allow: READERS,
  route: 'GET /v1/sharing/{sharingId}',
  params: { sharingId: Id },
  output: SharingDecision,
  async run(context, { sharingId }) {
    return await getSharing(context, sharingId, londonDate(context.now))
  },
})

export const listSharing = defineOperation({
  name: 'sharingDecisions',
  kind: 'query',
  summary: 'The register of what was shared and of what was not, newest first',
  allow: READERS,
  route: 'GET /v1/sharing',
  params: {
    ...pageParams,
    referral: Id.optional(),
    outcome: z.enum(SHARING_OUTCOMES).optional(),
    recipientKind: z.enum(RECIPIENT_KINDS).optional(),
    basis: z.enum(SHARING_BASES).optional(),
    withheldBecause: z.enum(WITHHOLDING_GROUNDS).optional(),
    decider: Id.optional(),
    from: Bound.optional().describe('Decided at or after this instant.'),
    to: Bound.optional().describe('Decided before this instant.'),
    reviewOverdue: z.literal(true).optional().describe('Only those that should have been looked at again.'),
  },
  output: SharingPage,
  async run(context, { first = PAGE_DEFAULT, after, ...filter }) {
    const asked = { filter, today: londonDate(context.now) }
    const rows = await listSharingShown(context, asked, { first, after: decodeCursor(after) })
    return toPage(
      rows,
      first,
      ({ decidedAt, id }) => ({ at: decidedAt, id }),
      (row) => row,
    )
  },
})

export const markWithheld = defineOperation({
  name: 'markWithheld',
  kind: 'command',
  summary: 'Mark what must not be shared with the family, the referrer or others',
  description:
    'A place in a revision of the referral, or words. Letters leave it out, wherever a later revision puts it.',
  allow: WRITERS,
  route: 'POST /v1/referrals/{referralId}/sharing-marks',
  status: 201,
  params: { referralId: Id },
  body: NewMark,
  output: MarkReceipt,
  async run(context, { referralId, body }) {
    const { tx, actor, now } = context
    requirePerson(actor)
    await getReferralRow(tx, actor, referralId)
    requireMarked(body)
    await requirePlace(context, referralId, body)
    const { row, record } = await insertRecorded(tx, sharingMarks, {
      authorityId: actor.authorityId,
      id: context.newId(),
      referralId,
      audience: body.audience,
      revision: body.revision ?? null,
      pointer: body.pointer ?? null,
      words: body.words ?? null,
      reason: body.reason,
      markedAt: now,
      markedBy: actor.accountId,
    })
    const audit = await context.record({
      event: 'sharing.marked',
      facts: { mark: row.id, referral: referralId, audience: row.audience },
      records: [record],
    })
    return { mark: await getMark(context, row.id), audit }
  },
})

/** @throws Refusal unprocessable for a place where nothing stands */
async function requirePlace({ tx, actor }: Context, referralId: string, { revision, pointer }: NewMark): Promise<void> {
  if (pointer === undefined) return
  const rows = await listRevisionRows(tx, actor, referralId)
  const marked = rows.find((row) => row.revision === revision)
  if (marked && valueAt(contentOfRevision(marked), pointer) !== undefined) return
  throw refusal(
    [wrong('/pointer', 'nothing_there', 'Nothing stands there in this revision.')],
    'The mark marks nothing.',
  )
}

export const liftMark = defineOperation({
  name: 'liftSharingMark',
  kind: 'command',
  summary: 'Say that something may be shared again, and why',
  allow: ['supervisor'],
  route: 'POST /v1/sharing-marks/{markId}/lifting',
  status: 201,
  params: { markId: Id },
  body: z.strictObject({ reason: words(2000) }).meta({ id: 'NewSharingMarkLifting' }),
  output: MarkReceipt,
  async run(context, { markId, body }) {
    const { tx, actor, now } = context
    requirePerson(actor)
    await lockReferral(tx, actor, (await getMark(context, markId)).referralId)
    const mark = await getMark(context, markId)
    if (mark.lifted) throw new Refusal('already_withdrawn', 'This mark was lifted already.')
    const { record } = await insertRecorded(tx, sharingMarkLiftings, {
      authorityId: actor.authorityId,
      id: context.newId(),
      markId,
      reason: body.reason,
      liftedAt: now,
      liftedBy: actor.accountId,
    })
    const { referralId: referral, audience } = mark
    const audit = await context.record({
      event: 'sharing.mark_lifted',
      facts: { mark: markId, referral, audience },
      records: [record],
    })
    return { mark: await getMark(context, markId), audit }
  },
})

export const listMarks = defineOperation({
  name: 'sharingMarks',
  kind: 'query',
  summary: 'What must not be shared with whom, newest first',
  allow: ['screener', 'supervisor', 'panel_member'],
  route: 'GET /v1/sharing-marks',
  params: {
    ...pageParams,
    referral: Id.optional(),
    audience: z.enum(AUDIENCES_WITHHELD).optional(),
    standing: z.boolean().optional(),
  },
  output: MarkPage,
  async run(context, { first = PAGE_DEFAULT, after, ...filter }) {
    const rows = await listMarksShown(context, filter, { first, after: decodeCursor(after) })
    return toPage(
      rows,
      first,
      ({ markedAt, id }) => ({ at: markedAt, id }),
      (row) => row,
    )
  },
})
