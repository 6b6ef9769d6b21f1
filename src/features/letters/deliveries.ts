/** What became of a letter: by what means it went out, whether it came, and its reader's word that it did. */
import { letterDeliveries, letterReceipts } from '../../db/tables/letters.ts'
import { Refusal, type Wrong } from '../../kernel/errors.ts'
import { Id } from '../../kernel/ids.ts'
import { defineOperation } from '../../kernel/operation.ts'
import { insertRecorded } from '../../kernel/record.ts'
import { lockReferral } from '../referrals/index.ts'
import { DeliveryInput, LetterDone } from './model.ts'
import { WRITERS } from './operations.ts'
import { getLetterShown } from './queries.ts'

export const recordDelivery = defineOperation({
  name: 'recordDelivery',
  kind: 'command',
  summary: 'Say by what means a letter went out, and whether it came',
  allow: ['system', ...WRITERS],
  route: 'POST /v1/letters/{letterId}/deliveries',
  status: 201,
  params: { letterId: Id },
  body: DeliveryInput,
  output: LetterDone,
  async run(context, { letterId, body }) {
    const { tx, actor, now } = context
    const { referralId, kind, writtenAt } = await getLetterShown(tx, actor, { id: letterId, now })
    const happenedAt = body.at === undefined ? now : new Date(body.at).toISOString()
    requireDelivery(body, { happenedAt, writtenAt, now })
    const { record } = await insertRecorded(tx, letterDeliveries, {
      ...{ authorityId: actor.authorityId, id: context.newId(), letterId, means: body.means, outcome: body.outcome },
      ...{ reason: body.reason ?? null, happenedAt },
      ...{ recordedBy: actor.accountId, recordedByName: actor.displayName, recordedAt: now },
    })
    const facts = { letter: letterId, referral: referralId, kind, means: body.means, outcome: body.outcome }
    const audit = await context.record({ event: 'letter.delivery_recorded', facts, records: [record] })
    return { letter: await getLetterShown(tx, actor, { id: letterId, now }), audit }
  },
})

/** @throws Refusal unprocessable for a failure without a reason, a reason without a failure, and a time that cannot be. */
function requireDelivery(
  { outcome, reason }: DeliveryInput,
  { happenedAt, writtenAt, now }: { happenedAt: string; writtenAt: string; now: string },
): void {
  if (outcome === 'failed' && reason === undefined)
    throw unprocessable({ pointer: '/reason', code: 'missing_property', detail: 'Say why it failed.' })
  if (outcome !== 'failed' && reason !== undefined)
    throw unprocessable({ pointer: '/reason', code: 'unprocessable', detail: 'Only a failure has a reason.' })
  if (happenedAt > now || happenedAt < writtenAt)
    throw unprocessable({
      pointer: '/at',
      code: 'unprocessable',
      detail: 'It happened after the letter was written, and not in time to come.',
    })
}

function unprocessable(wrong: Omit<Wrong, 'in'>): Refusal {
  return new Refusal('unprocessable', wrong.detail, { errors: [{ in: 'body', ...wrong }] })
}

export const confirmLetter = defineOperation({
  name: 'confirmLetter',
  kind: 'command',
  summary: 'Say that a letter came, as the one whom it is for',
  allow: ['referrer', 'system', ...WRITERS],
  route: 'POST /v1/letters/{letterId}/receipt',
  status: 201,
  params: { letterId: Id },
  output: LetterDone,
  async run(context, { letterId }) {
    const { tx, actor, now } = context
    // Whatever else they are, only the reader of a letter confirms it: to anybody else it does not exist.
    const found = await getLetterShown(tx, { ...actor, roles: ['referrer'] }, { id: letterId, now })
    await lockReferral(tx, actor, found.referralId)
    const { receipt, referralId, kind } = await getLetterShown(tx, actor, { id: letterId, now })
    if (receipt) throw new Refusal('already_confirmed', 'You have said already that the letter came.')
    const { record } = await insertRecorded(tx, letterReceipts, {
      ...{ authorityId: actor.authorityId, id: context.newId(), letterId },
      ...{ confirmedBy: actor.accountId, confirmedByName: actor.displayName, confirmedAt: now },
    })
    const facts = { letter: letterId, referral: referralId, kind }
    const audit = await context.record({ event: 'letter.received', facts, records: [record] })
    return { letter: await getLetterShown(tx, actor, { id: letterId, now }), audit }
  },
})
