import { z } from 'zod'
import { helpArrangements } from '../../db/tables/front-door.ts'
import { helpUpdates } from '../../db/tables/help.ts'
import { londonDate } from '../../engine/calendar/civil.ts'
import { CivilDate, line } from '../../engine/text.ts'
import { Refusal, type Wrong } from '../../kernel/errors.ts'
import { Id } from '../../kernel/ids.ts'
import { type Context, defineOperation } from '../../kernel/operation.ts'
import { decodeCursor, PAGE_DEFAULT, pageParams, toPage } from '../../kernel/page.ts'
import { insertRecorded } from '../../kernel/record.ts'
import { getDecisionSeen, HelpInput, isBelowThreshold, requireHelpThatIs } from '../decisions/index.ts'
import { compiledPolicy, getVersion } from '../policies/index.ts'
import { getRecommendationRow } from '../recommendations/index.ts'
import { lockReferral } from '../referrals/index.ts'
import { Help, HelpList, HelpPage, HelpReceipt, HelpUpdateInput, NothingSecuredPage } from './model.ts'
import { getHelp, helpOf, listFollowUps, nextHelpNumber } from './queries.ts'
import { listNothingSecured } from './secured.ts'

const WRITERS = ['screener', 'supervisor'] as const
export const READERS = ['system', 'screener', 'supervisor', 'panel_member', 'auditor'] as const

export const arrangeHelp = defineOperation({
  name: 'arrangeHelp',
  kind: 'command',
  summary: 'Add help to a decision below the threshold that is complete',
  description: 'Help that was arranged with the decision is there already. That somebody will monitor is no help.',
  allow: WRITERS,
  route: 'POST /v1/decisions/{decisionId}/help',
  status: 201,
  params: { decisionId: Id },
  body: HelpInput,
  output: HelpReceipt,
  async run(context, { decisionId, body }) {
    const { tx, actor, now } = context
    const { referralId, child } = await getDecisionSeen(tx, actor, decisionId)
    await lockReferral(tx, actor, referralId)
    await requireOpenForHelp(context, decisionId, body)
    const { row, record } = await insertRecorded(tx, helpArrangements, {
      ...{ authorityId: actor.authorityId, id: context.newId(), decisionId, referralId, childKey: child },
      ...{ number: await nextHelpNumber(tx, actor, decisionId), help: body.help, service: body.service ?? null },
      ...{ heldBy: body.heldBy, status: body.status, consent: body.consent, followUpOn: body.followUpOn ?? null },
      ...{ arrangedBy: actor.accountId, arrangedByName: actor.displayName, arrangedAt: now },
    })
    const facts = { help: row.id, decision: decisionId, referral: referralId, child, status: row.status }
    const audit = await context.record({ event: 'help.arranged', facts, records: [record] })
    return { help: await getHelp(tx, actor, { id: row.id, now }), audit }
  },
})

/** @throws Refusal decision_state unless it stands, is complete, and is one below the threshold; what `requireHelpThatIs` throws */
async function requireOpenForHelp({ tx, actor }: Context, decisionId: string, input: HelpInput): Promise<void> {
  const { state, response, recommendationId } = await getDecisionSeen(tx, actor, decisionId)
  const { policyVersionId } = await getRecommendationRow(tx, actor, recommendationId)
  const policy = compiledPolicy(await getVersion(tx, actor.authorityId, { id: policyVersionId }))
  requireHelpThatIs(policy, [input], () => '')
  if (state !== 'complete')
    throw new Refusal('decision_state', 'Help is added once the decision is complete, and only while it stands.')
  if (!isBelowThreshold(policy, response ?? ''))
    throw new Refusal('decision_state', 'What is above the threshold is planned by those who assess, not here.')
}

export const updateHelp = defineOperation({
  name: 'updateHelp',
  kind: 'command',
  summary: 'Say what became of help, and when somebody looks again',
  allow: WRITERS,
  route: 'POST /v1/help/{helpId}/updates',
  status: 201,
  params: { helpId: Id },
  body: HelpUpdateInput,
  output: HelpReceipt,
  async run(context, { helpId, body }) {
    const { tx, actor, now } = context
    const { referralId, decisionId, child } = await getHelpSeen(context, helpId)
    await lockReferral(tx, actor, referralId)
    requireFollowUp(body, now)
    const { updates } = await getHelp(tx, actor, { id: helpId, now })
    const { row, record } = await insertRecorded(tx, helpUpdates, {
      ...{ authorityId: actor.authorityId, id: context.newId(), arrangementId: helpId, number: updates.length + 1 },
      ...{ status: body.status, notes: body.notes, followUpOn: body.followUpOn ?? null },
      ...{ updatedBy: actor.accountId, updatedByName: actor.displayName, updatedAt: now },
    })
    const facts = { help: helpId, decision: decisionId, referral: referralId, child, status: row.status }
    const audit = await context.record({ event: 'help.updated', facts, records: [record] })
    return { help: await getHelp(tx, actor, { id: helpId, now }), audit }
  },
})

/** @throws Refusal unprocessable for help that is only offered and that nobody will look at, or not in time to come. */
function requireFollowUp({ status, followUpOn }: HelpUpdateInput, now: string): void {
  const wrong = (code: string, detail: string): Wrong => ({ in: 'body', pointer: '/followUpOn', code, detail })
  const errors =
    followUpOn === undefined
      ? status === 'offered'
        ? [wrong('missing_property', 'Say when somebody looks whether it has come about.')]
        : []
      : followUpOn < londonDate(now)
        ? [wrong('date_past', 'The day on which somebody looks again lies before today.')]
        : []
  if (errors.length > 0) throw new Refusal('unprocessable', 'The update does not stand as it is written.', { errors })
}

/** @throws Refusal not_found, own_judgement_first */
async function getHelpSeen({ tx, actor, now }: Context, id: string): Promise<Help> {
  const found = await getHelp(tx, actor, { id, now })
  await getDecisionSeen(tx, actor, found.decisionId)
  return found
}

export const getHelpArranged = defineOperation({
  name: 'help',
  kind: 'query',
  summary: 'Help that was arranged, and what became of it',
  allow: READERS,
  route: 'GET /v1/help/{helpId}',
  params: { helpId: Id },
  output: Help,
  async run(context, { helpId }) {
    return await getHelpSeen(context, helpId)
  },
})

export const listHelp = defineOperation({
  name: 'decisionHelp',
  kind: 'query',
  summary: 'Help of a decision, in the order in which it was arranged',
  allow: READERS,
  route: 'GET /v1/decisions/{decisionId}/help',
  params: { decisionId: Id },
  output: HelpList,
  async run({ tx, actor, now }, { decisionId }) {
    await getDecisionSeen(tx, actor, decisionId)
    return { help: await helpOf(tx, actor, { decisionIds: [decisionId], now }) }
  },
})

export const listHelpFollowUps = defineOperation({
  name: 'helpFollowUps',
  kind: 'query',
  summary: 'Help that somebody has to look at, the earliest day first',
  description: 'Due today or before, unless another day is named. Declined help is not followed up.',
  allow: READERS,
  route: 'GET /v1/help-follow-ups',
  params: {
    ...pageParams,
    from: CivilDate.optional().describe('From this day on.'),
    to: CivilDate.optional().describe('Up to this day, which is included; today where left out.'),
    service: line(60).optional().describe('Code of a service of the directory.'),
    heldBy: line(200).optional(),
    referral: Id.optional(),
  },
  output: HelpPage,
  async run({ tx, actor, now }, { first = PAGE_DEFAULT, after, to = londonDate(now), ...given }) {
    const { from, service, heldBy, referral } = given
    const page = { first, after: decodeCursor(after) }
    const rows = await listFollowUps(tx, actor, { filter: { from, to, service, heldBy, referral }, now, page })
    return toPage(
      rows,
      first,
      ({ followUpOn, id }) => ({ at: `${followUpOn}T00:00:00.000Z`, id }),
      (help) => help,
    )
  },
})

/** Two working weeks: by then a family should have heard from somebody. */
const DAYS = 14

export const listWithoutHelp = defineOperation({
  name: 'nothingSecured',
  kind: 'query',
  summary: 'Children decided below the threshold for whom no help has come about, those who wait longest first',
  description:
    'Neither secured nor declined with a reason, so many days after the decision was complete. Those for whom the decision says why none was offered are listed with that reason.',
  allow: READERS,
  route: 'GET /v1/nothing-secured',
  params: {
    ...pageParams,
    days: z.int().min(0).max(3650).optional().describe(`After so many days; ${DAYS} where left out.`),
    explained: z.boolean().optional().describe('Only those with a reason for no help, or only those without.'),
    agency: line(200).optional().describe('The agency that referred.'),
  },
  output: NothingSecuredPage,
  async run({ tx, actor, now }, { first = PAGE_DEFAULT, after, days = DAYS, explained, agency }) {
    const page = { first, after: decodeCursor(after) }
    const rows = await listNothingSecured(tx, actor, { filter: { days, explained, agency }, now, page })
    return toPage(
      rows,
      first,
      ({ completedAt, decisionId }) => ({ at: completedAt, id: decisionId }),
      (row) => row,
    )
  },
})
