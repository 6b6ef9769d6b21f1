import { z } from 'zod'
import { referrals } from '../../db/tables/referrals.ts'
import { londonDate } from '../../engine/calendar/civil.ts'
import { addWorkingDays } from '../../engine/calendar/working-time.ts'
import { line } from '../../engine/text.ts'
import { Refusal } from '../../kernel/errors.ts'
import { Id } from '../../kernel/ids.ts'
import { type Context, defineOperation } from '../../kernel/operation.ts'
import { Bound, decodeCursor, PAGE_DEFAULT, pageParams, toPage } from '../../kernel/page.ts'
import { insertRecorded } from '../../kernel/record.ts'
import { compiledPolicy, readCalendar, versionInForce } from '../policies/index.ts'
import { linkRelated } from './links.ts'
import { Referral, ReferralContent, ReferralPage, ReferralReceipt, Revision } from './model.ts'
import { getReferralRow, listReferralRows, listRevisionRows, lockReferral } from './queries.ts'
import { requireMeaningful, shown, storeRevision } from './receive.ts'

const SENDERS = ['referrer', 'system', 'screener', 'supervisor'] as const
const READERS = [...SENDERS, 'panel_member'] as const

export const receiveReferral = defineOperation({
  name: 'receiveReferral',
  kind: 'command',
  priority: 'urgent',
  summary: 'Receive a referral',
  description: 'Stored and acknowledged at once. Nothing is scored yet; ask for its recommendations next.',
  allow: SENDERS,
  route: 'POST /v1/referrals',
  status: 201,
  params: {},
  body: ReferralContent,
  output: ReferralReceipt,
  async run(context, { body }) {
    const { tx, actor, now } = context
    await requireMeaningful(context, body, { at: '', receivedAt: now })
    const id = context.newId()
    const { row: referral, record } = await insertRecorded(tx, referrals, {
      authorityId: actor.authorityId,
      id,
      reference: referenceOf(id),
      receivedAt: now,
      receivedBy: actor.accountId,
      sourceCode: body.referrer.sourceCode,
      agency: body.referrer.agency,
    })
    const { row: revision, records } = await storeRevision(context, {
      referralId: id,
      revision: 1,
      content: body,
      reason: null,
    })
    const audit = await context.record({
      event: 'referral.received',
      facts: {
        referral: id,
        reference: referral.reference,
        sourceCode: referral.sourceCode,
        immediateDanger: body.immediateDanger,
        children: body.children.length,
      },
      records: [record, ...records],
    })
    await linkRelated(context, id, now)
    return { referral: shown({ referral, revision }), audit, ...(await acknowledgement(context, referral)) }
  },
})

export const reviseReferral = defineOperation({
  name: 'reviseReferral',
  kind: 'command',
  priority: 'urgent',
  summary: 'Add new information to a referral, or correct it',
  description:
    'Makes a new revision; the earlier ones stay. Recommendations made before it can no longer be decided on.',
  allow: SENDERS,
  route: 'POST /v1/referrals/{referralId}/revisions',
  status: 201,
  params: { referralId: Id },
  body: Revision,
  output: ReferralReceipt,
  async run(context, { referralId, body }) {
    const { tx, actor } = context
    await lockReferral(tx, actor, referralId)
    const { referral, revision: last } = await getReferralRow(tx, actor, referralId)
    if (body.basedOn !== last.revision)
      throw new Refusal(
        'revision_conflict',
        `The referral is at revision ${last.revision} by now. Read it, and send your information on that.`,
      )
    await requireMeaningful(context, body.content, { at: '/content', receivedAt: referral.receivedAt })
    requireNobodyLost(shown({ referral, revision: last }), body.content)
    const { row: revision, records } = await storeRevision(context, {
      referralId,
      revision: last.revision + 1,
      content: body.content,
      reason: body.reason,
    })
    const audit = await context.record({
      event: 'referral.revised',
      facts: { referral: referralId, revision: revision.revision, immediateDanger: body.content.immediateDanger },
      records,
    })
    await linkRelated(context, referralId, referral.receivedAt)
    return { referral: shown({ referral, revision }), audit, ...(await acknowledgement(context, referral)) }
  },
})

/** A child who was referred stays in the referral: nobody disappears by being left out of a revision. */
function requireNobodyLost(before: Referral, content: ReferralContent): void {
  const kept = new Set(content.children.map(({ id }) => id))
  const lost = before.children.filter(({ key }) => !kept.has(key))
  if (lost.length === 0) return
  throw new Refusal('unprocessable', 'A revision cannot leave out a child.', {
    errors: lost.map(({ key }) => ({
      in: 'body',
      pointer: '/content/children',
      code: 'child_left_out',
      detail: `The child ${key} is in the referral and has to stay in it.`,
    })),
  })
}

export const getReferral = defineOperation({
  name: 'referral',
  kind: 'query',
  summary: 'A referral as it stands now',
  allow: READERS,
  route: 'GET /v1/referrals/{referralId}',
  params: { referralId: Id },
  output: Referral,
  async run({ tx, actor }, { referralId }) {
    return shown(await getReferralRow(tx, actor, referralId))
  },
})

export const listReferrals = defineOperation({
  name: 'referrals',
  kind: 'query',
  summary: 'Referrals, newest first',
  allow: READERS,
  route: 'GET /v1/referrals',
  params: {
    ...pageParams,
    from: Bound.optional().describe('Received at or after this instant.'),
    to: Bound.optional().describe('Received before this instant.'),
    agency: line(200).optional(),
    sourceCode: line(2).optional(),
  },
  output: ReferralPage,
  async run({ tx, actor }, { first = PAGE_DEFAULT, after, from, to, agency, sourceCode }) {
    const rows = await listReferralRows(
      tx,
      actor,
      { from, to, agency, sourceCode },
      { first, after: decodeCursor(after) },
    )
    return toPage(rows, first, ({ referral }) => ({ at: referral.receivedAt, id: referral.id }), shown)
  },
})

const RevisionList = z.object({ revisions: z.array(Referral) }).meta({ id: 'ReferralRevisions' })

export const listRevisions = defineOperation({
  name: 'referralRevisions',
  kind: 'query',
  summary: 'Every revision of a referral, first to last',
  allow: READERS,
  route: 'GET /v1/referrals/{referralId}/revisions',
  params: { referralId: Id },
  output: RevisionList,
  async run({ tx, actor }, { referralId }) {
    const { referral } = await getReferralRow(tx, actor, referralId)
    const rows = await listRevisionRows(tx, actor, referralId)
    return { revisions: rows.map((revision) => shown({ referral, revision })) }
  },
})

/** Ten characters of the id that are easy to say on the telephone: no vowels, nothing that looks like something else. */
function referenceOf(id: string): string {
  const letters = '23456789BCDFGHJKMNPQRSTVWXZ'
  let number = BigInt(`0x${id.replaceAll('-', '').slice(-16)}`)
  let text = ''
  for (let i = 0; i < 10; i++) {
    text += letters[Number(number % BigInt(letters.length))]
    number /= BigInt(letters.length)
  }
  return `${text.slice(0, 5)}-${text.slice(5)}`
}

async function acknowledgement(
  { tx, actor, now }: Context,
  { reference, receivedAt }: typeof referrals.$inferSelect,
): Promise<{ acknowledgement: string; decisionDueAt: string }> {
  // The clock runs from receipt: new information does not put the decision off.
  const decisionDueAt = addWorkingDays(receivedAt, 1, readCalendar().working)
  const row = await versionInForce(tx, actor.authorityId, londonDate(now))
  const first = row && compiledPolicy(row).document.oversight.escalation[0]
  const route = first ? ` You can challenge what is decided; the first step is: ${first.role}.` : ''
  return {
    decisionDueAt,
    acknowledgement: `Your referral ${reference} was received. A social-work-qualified manager decides what happens next within one working day, and you will be told. If a child is in immediate danger, telephone 999 now.${route}`,
  }
}
