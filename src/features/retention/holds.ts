/** Legal holds: while one stands nothing that it covers is destroyed, however long ago it was due. */
import { z } from 'zod'
import { legalHoldReleases, legalHolds } from '../../db/tables/retention.ts'
import { requirePerson } from '../../kernel/actor.ts'
import { notFound, Refusal } from '../../kernel/errors.ts'
import { Id } from '../../kernel/ids.ts'
import { defineOperation } from '../../kernel/operation.ts'
import { decodeCursor, PAGE_DEFAULT, pageParams, toPage } from '../../kernel/page.ts'
import { insertRecorded } from '../../kernel/record.ts'
import { referralNamed } from './facts.ts'
import { LegalHoldPage, LegalHoldReceipt, NewHold, Reasoned } from './model.ts'
import { getHold, listHolds, lockRetention } from './queries.ts'

const HOLDERS = ['supervisor', 'administrator'] as const

export const placeHold = defineOperation({
  name: 'placeHold',
  kind: 'command',
  summary: 'Keep a referral, or everything, because an inquiry may ask for it',
  description:
    'It overrides every retention rule until it is released. It can be placed on what is restricted as well.',
  allow: HOLDERS,
  route: 'POST /v1/retention/holds',
  status: 201,
  params: {},
  body: NewHold,
  output: LegalHoldReceipt,
  async run(context, { body }) {
    const { tx, actor, now } = context
    requirePerson(actor)
    await lockRetention(tx, actor)
    if (body.referral !== undefined && !(await referralNamed(tx, actor, body.referral))) throw notFound('referral')
    const { row, record } = await insertRecorded(tx, legalHolds, {
      ...{ authorityId: actor.authorityId, id: context.newId(), referralId: body.referral ?? null },
      ...{ inquiry: body.inquiry, reason: body.reason, placedAt: now, placedBy: actor.accountId },
    })
    const about = row.referralId === null ? {} : { referral: row.referralId }
    const audit = await context.record({ event: 'hold.placed', facts: { hold: row.id, ...about }, records: [record] })
    return { hold: await getHold(tx, actor, row.id), audit }
  },
})

export const releaseHold = defineOperation({
  name: 'releaseHold',
  kind: 'command',
  summary: 'End a legal hold, and say why',
  allow: HOLDERS,
  route: 'POST /v1/retention/holds/{holdId}/release',
  status: 201,
  params: { holdId: Id },
  body: Reasoned,
  output: LegalHoldReceipt,
  async run(context, { holdId, body }) {
    const { tx, actor, now } = context
    requirePerson(actor)
    await lockRetention(tx, actor)
    const { referralId, release } = await getHold(tx, actor, holdId)
    if (release) throw new Refusal('already_withdrawn', 'This hold was released already.')
    const { record } = await insertRecorded(tx, legalHoldReleases, {
      ...{ authorityId: actor.authorityId, id: context.newId(), holdId },
      ...{ reason: body.reason, releasedAt: now, releasedBy: actor.accountId },
    })
    const about = referralId === null ? {} : { referral: referralId }
    const audit = await context.record({ event: 'hold.released', facts: { hold: holdId, ...about }, records: [record] })
    return { hold: await getHold(tx, actor, holdId), audit }
  },
})

export const listLegalHolds = defineOperation({
  name: 'legalHolds',
  kind: 'query',
  summary: 'Legal holds, newest first',
  allow: [...HOLDERS, 'auditor'],
  route: 'GET /v1/retention/holds',
  params: {
    ...pageParams,
    standing: z.boolean().optional().describe('Only those that stand, or only those that were released.'),
    referral: Id.optional().describe('Those that cover this referral.'),
  },
  output: LegalHoldPage,
  async run({ tx, actor }, { first = PAGE_DEFAULT, after, standing, referral }) {
    const rows = await listHolds(tx, actor, { standing, referral }, { first, after: decodeCursor(after) })
    return toPage(
      rows,
      first,
      ({ placedAt, id }) => ({ at: placedAt, id }),
      (hold) => hold,
    )
  },
})
