/** What happened after a referral, as somebody records it. It starts and stops clocks; nothing is ever edited. */
import { and, asc, eq, sql } from '../../db/drizzle.ts'
import { milestones } from '../../db/tables/queue.ts'
import { dayNumber, londonDate } from '../../engine/calendar/civil.ts'
import { isWorkingDay } from '../../engine/calendar/working-time.ts'
import { notFound, Refusal, type Wrong } from '../../kernel/errors.ts'
import { Id } from '../../kernel/ids.ts'
import { type Context, defineOperation } from '../../kernel/operation.ts'
import { insertRecorded } from '../../kernel/record.ts'
import { compiledPolicy, getVersion, readCalendar, registerOf } from '../policies/index.ts'
import { getReferralRow, lockReferral, type ReferralRow, shown as shownReferral } from '../referrals/index.ts'
import { type Milestone, MilestoneInput, MilestoneReceipt, Milestones } from './model.ts'

export const recordMilestone = defineOperation({
  name: 'recordMilestone',
  kind: 'command',
  summary: 'Record what happened after a referral: it starts and stops clocks',
  description:
    'The referrer was told that it was received; the child was seen; a strategy discussion, a conference; an assessment or another response was completed; help was followed up. A correction is a later record that names the one it puts right.',
  allow: ['system', 'screener', 'supervisor'],
  route: 'POST /v1/referrals/{referralId}/milestones',
  status: 201,
  params: { referralId: Id },
  body: MilestoneInput,
  output: MilestoneReceipt,
  async run(context, { referralId, body }) {
    const { tx, actor, now } = context
    await lockReferral(tx, actor, referralId)
    const found = await getReferralRow(tx, actor, referralId)
    const happenedAt = new Date(body.happenedAt).toISOString()
    const wrongs = [...wrongParts(found, body), ...wrongTimes(found, { ...body, happenedAt }, now)]
    if (wrongs.length > 0) throw new Refusal('unprocessable', 'What is recorded cannot be so.', { errors: wrongs })
    if (body.response !== undefined) await requireResponse(context, body.response)
    if (body.corrects !== undefined) await requireCorrectable(context, referralId, { ...body, corrects: body.corrects })
    const { row, record } = await insertRecorded(tx, milestones, {
      ...{ authorityId: actor.authorityId, id: context.newId(), referralId, childKey: body.child ?? null },
      ...{ kind: body.kind, response: body.response ?? null, startsEnquiries: body.startsEnquiries ?? null },
      ...{ happenedAt, note: body.note ?? null, corrects: body.corrects ?? null, withdrawn: body.withdrawn ?? false },
      ...{ recordedBy: actor.accountId, recordedByName: actor.displayName, recordedAt: now },
    })
    const { id, childKey, kind, corrects, withdrawn } = row
    const facts = { milestone: id, referral: referralId, child: childKey, kind, corrects, withdrawn }
    const audit = await context.record({ event: 'milestone.recorded', facts, records: [record] })
    const milestone = (await milestonesOf(context, referralId)).find((one) => one.id === id)
    if (!milestone) throw new Error('The milestone went away')
    return { milestone, audit }
  },
})

function wrong(property: string, code: string, detail: string): Wrong {
  return { in: 'body', pointer: `/${property}`, code, detail }
}

/** Parts that a kind needs, and parts that it cannot have. */
function wrongParts(found: ReferralRow, body: MilestoneInput): Wrong[] {
  const wrongs: Wrong[] = []
  const keys = shownReferral(found).content.children.map(({ id }) => id)
  const belongs = (property: keyof MilestoneInput, isNeeded: boolean, to: string): void => {
    const isGiven = body[property] !== undefined
    if (isNeeded && !isGiven) wrongs.push(wrong(property, 'missing_property', `Needed of ${to}.`))
    if (!isNeeded && isGiven) wrongs.push(wrong(property, 'not_of_this_kind', `It belongs to ${to}.`))
  }
  belongs('child', body.kind !== 'acknowledged', 'everything but an acknowledgement')
  belongs('response', body.kind === 'response_carried_out', 'a response that was carried out')
  belongs('startsEnquiries', body.kind === 'strategy_discussion', 'a strategy discussion')
  if (body.child !== undefined && !keys.includes(body.child))
    wrongs.push(wrong('child', 'unknown_child', `The referral has the children ${keys.join(', ')}.`))
  if (body.withdrawn && body.corrects === undefined)
    wrongs.push(wrong('withdrawn', 'missing_property', 'Name in “corrects” what did not happen.'))
  return wrongs
}

function wrongTimes({ referral }: ReferralRow, { kind, happenedAt, withdrawn }: MilestoneInput, now: string): Wrong[] {
  if (happenedAt > now) return [wrong('happenedAt', 'in_the_future', 'Record it when it has happened.')]
  if (happenedAt < referral.receivedAt)
    return [wrong('happenedAt', 'before_receipt', 'That was before the referral was received.')]
  const isHeld = kind === 'conference_held' && !withdrawn
  if (isHeld && !isWorkingDay(dayNumber(londonDate(happenedAt)), readCalendar().working))
    return [wrong('happenedAt', 'not_a_working_day', 'No conference is held at a weekend or on a bank holiday.')]
  return []
}

/** @throws Refusal unprocessable for a response that no policy of the authority has. */
async function requireResponse({ tx, actor }: Context, response: string): Promise<void> {
  for (const { id } of (await registerOf(tx, actor.authorityId)).toReversed())
    if (compiledPolicy(await getVersion(tx, actor.authorityId, { id })).responses.has(response)) return
  const detail = 'No policy of this authority has such a response.'
  throw new Refusal('unprocessable', detail, { errors: [wrong('response', 'unknown_response', detail)] })
}

/** @throws Refusal not_found; revision_conflict where it was put right already; unprocessable for another child or kind. */
async function requireCorrectable(
  context: Context,
  referralId: string,
  { corrects, kind, child }: MilestoneInput & { corrects: string },
): Promise<void> {
  const earlier = (await milestonesOf(context, referralId)).find(({ id }) => id === corrects)
  if (!earlier) throw notFound('milestone')
  if (earlier.correctedBy !== null)
    throw new Refusal('revision_conflict', 'It was put right already. Correct the later record.')
  if (earlier.kind === kind && earlier.child === (child ?? null)) return
  const detail =
    'A correction is of the same kind and the same child. Withdraw the other, and record this one by itself.'
  throw new Refusal('unprocessable', detail, { errors: [wrong('corrects', 'another_milestone', detail)] })
}

async function milestonesOf({ tx, actor }: Context, referralId: string): Promise<Milestone[]> {
  const correctedBy = sql<string | null>`(select later.id from milestones later
    where later.authority_id = milestones.authority_id and later.corrects = milestones.id)`
  const rows = await tx
    .select({ row: milestones, correctedBy })
    .from(milestones)
    .where(and(eq(milestones.authorityId, actor.authorityId), eq(milestones.referralId, referralId)))
    .orderBy(asc(milestones.recordedAt), asc(milestones.id))
  return rows.map(({ row, correctedBy: by }) => ({
    id: row.id,
    referralId: row.referralId,
    child: row.childKey,
    kind: row.kind,
    happenedAt: row.happenedAt,
    response: row.response,
    startsEnquiries: row.startsEnquiries,
    note: row.note,
    corrects: row.corrects,
    correctedBy: by,
    withdrawn: row.withdrawn,
    recordedBy: { accountId: row.recordedBy, displayName: row.recordedByName },
    recordedAt: row.recordedAt,
  }))
}

export const listMilestones = defineOperation({
  name: 'milestones',
  kind: 'query',
  summary: 'What happened after a referral, in the order in which it was recorded',
  allow: ['system', 'screener', 'supervisor', 'panel_member'],
  route: 'GET /v1/referrals/{referralId}/milestones',
  params: { referralId: Id },
  output: Milestones,
  async run(context, { referralId }) {
    await getReferralRow(context.tx, context.actor, referralId)
    return { milestones: await milestonesOf(context, referralId) }
  },
})
