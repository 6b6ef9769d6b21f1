import { z } from 'zod'
import { CONSENT_ANSWERS, consents } from '../../db/tables/sharing.ts'
import { londonDate } from '../../engine/calendar/civil.ts'
import { line } from '../../engine/text.ts'
import { requirePerson } from '../../kernel/actor.ts'
import { Refusal } from '../../kernel/errors.ts'
import { Id } from '../../kernel/ids.ts'
import { defineOperation } from '../../kernel/operation.ts'
import { decodeCursor, PAGE_DEFAULT, pageParams, toPage } from '../../kernel/page.ts'
import { insertRecorded } from '../../kernel/record.ts'
import { compiledPolicy, versionInForce } from '../policies/index.ts'
import { getReferralRow, lockReferral, shown } from '../referrals/index.ts'
import { lastConsentSequence, latestConsent, listConsentsShown } from './consent-queries.ts'
import { ConsentPage, ConsentReceipt, NewConsent } from './model.ts'
import { consentStands, refusal, requireChild, requireResponse, requireWholeConsent, wrong } from './rules.ts'

export const recordConsent = defineOperation({
  name: 'recordConsent',
  kind: 'command',
  summary: 'Record what was said of consent to a response for a child, and on what ground it is overridden',
  description:
    'The latest counts, and the earlier stay. What is missing is said; what protects a child does not wait for it.',
  allow: ['screener', 'supervisor'],
  route: 'POST /v1/referrals/{referralId}/consents',
  status: 201,
  params: { referralId: Id },
  body: NewConsent,
  output: ConsentReceipt,
  async run(context, { referralId, body }) {
    const { tx, actor, now } = context
    requirePerson(actor)
    await lockReferral(tx, actor, referralId)
    const found = await getReferralRow(tx, actor, referralId)
    requireChild(shown(found).children, body.child)
    requireWholeConsent(body)
    const today = londonDate(now)
    if (body.statedOn > today)
      throw refusal([wrong('/statedOn', 'in_the_future', 'It was said today or before.')], 'That day has not come.')
    const version = await versionInForce(tx, actor.authorityId, today, londonDate(found.referral.receivedAt))
    if (!version) throw new Refusal('no_policy_in_force', 'No policy is in force that says what consent is for.')
    const response = requireResponse(compiledPolicy(version), body.response)
    const about = { referralId, child: body.child, response: body.response }
    const { row, record } = await insertRecorded(tx, consents, {
      authorityId: actor.authorityId,
      id: context.newId(),
      referralId,
      childKey: body.child,
      response: body.response,
      sequence: (await lastConsentSequence(context, about)) + 1,
      state: body.state,
      givenBy: body.by ?? null,
      manner: body.manner ?? null,
      statedOn: body.statedOn,
      reason: body.reason ?? null,
      overrideGround: body.override?.ground ?? null,
      overrideReason: body.override?.reason ?? null,
      recordedAt: now,
      recordedBy: actor.accountId,
    })
    const { state, overrideGround } = row
    const audit = await context.record({
      event: 'consent.recorded',
      facts: {
        consent: row.id,
        referral: referralId,
        child: body.child,
        response: body.response,
        state,
        overrideGround,
      },
      records: [record],
    })
    const consent = await latestConsent(context, about)
    if (!consent) throw new Error('The consent was not stored')
    const { stands, missing } = consentStands(response, row)
    return { consent, stands, missing, audit }
  },
})

export const listConsents = defineOperation({
  name: 'consents',
  kind: 'query',
  summary: 'What was said of consent, newest first',
  allow: ['system', 'screener', 'supervisor', 'panel_member', 'auditor'],
  route: 'GET /v1/consents',
  params: {
    ...pageParams,
    referral: Id.optional(),
    response: line(60).optional(),
    state: z.enum(CONSENT_ANSWERS).optional(),
    overridden: z.boolean().optional(),
    latest: z.literal(true).optional().describe('Only what counts now.'),
  },
  output: ConsentPage,
  async run(context, { first = PAGE_DEFAULT, after, ...filter }) {
    const rows = await listConsentsShown(context, filter, { first, after: decodeCursor(after) })
    return toPage(
      rows,
      first,
      ({ recordedAt, id }) => ({ at: recordedAt, id }),
      (row) => row,
    )
  },
})
