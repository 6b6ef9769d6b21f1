import { z } from 'zod'
import { escalations } from '../../db/tables/escalations.ts'
import { stagesOf } from '../../engine/policy/ladder.ts'
import { line } from '../../engine/text.ts'
import type { EventName } from '../../kernel/event.ts'
import { Id } from '../../kernel/ids.ts'
import { type Context, defineOperation } from '../../kernel/operation.ts'
import { Bound, decodeCursor, PAGE_DEFAULT, pageParams, toPage } from '../../kernel/page.ts'
import { insertRecorded, type StoredRecord } from '../../kernel/record.ts'
import { compiledPolicy } from '../policies/index.ts'
import { getReferralRow, lockReferral } from '../referrals/index.ts'
import { type Contested, contested } from './contested.ts'
import { Escalation, EscalationInput, EscalationPage, EscalationReceipt } from './model.ts'
import { getEscalationRow, listEscalationRows } from './queries.ts'
import { shownEscalations } from './shown.ts'
import { ESCALATION_STATES } from './state.ts'
import { type Acting, enterStage } from './steps.ts'

/** Whoever may challenge: the referrer, and everybody who works with the referral. */
export const CHALLENGERS = ['referrer', 'system', 'screener', 'supervisor', 'panel_member'] as const

export const raiseEscalation = defineOperation({
  name: 'raiseEscalation',
  kind: 'command',
  summary: 'Challenge what is thought of a child, what was decided, or that nothing was heard',
  description:
    'It goes up the ladder of the policy, stage by stage, until it is answered. Where nobody answers in time it goes up by itself. If a child is in immediate danger, telephone 999: nothing of this is waited for.',
  allow: CHALLENGERS,
  route: 'POST /v1/referrals/{referralId}/escalations',
  status: 201,
  params: { referralId: Id },
  body: EscalationInput,
  output: EscalationReceipt,
  async run(context, { referralId, body }) {
    const { tx, actor } = context
    await lockReferral(tx, actor, referralId)
    const what = await contested(context, await getReferralRow(tx, actor, referralId), body)
    const policy = compiledPolicy(what.policy)
    const [rung] = stagesOf(policy)
    if (!rung) throw new Error('The ladder has no stage')
    const { row, record } = await storeEscalation(context, { referralId, body, what })
    const entry = { policy, rung, kind: 'entered', isUrgent: body.urgent } as const
    const entered = await enterStage(actingIn(context), row.id, entry)
    const facts = { about: body.about, ground: body.ground, urgent: body.urgent, stage: rung.stage }
    const decision = what.decision?.id ?? null
    return await receipt(context, row.id, {
      event: 'escalation.raised',
      facts: { child: row.childKey, decision, ...facts },
      records: [record, entered],
    })
  },
})

interface ToStore {
  readonly referralId: string
  readonly body: EscalationInput
  readonly what: Contested
}

async function storeEscalation(context: Context, { referralId, body, what }: ToStore) {
  const { tx, actor, now } = context
  const { about, ground, concern, wanted, urgent, challenger } = body
  return await insertRecorded(tx, escalations, {
    ...{ authorityId: actor.authorityId, id: context.newId(), referralId },
    ...{ childKey: what.child, decisionId: what.decision?.id ?? null, policyVersionId: what.policy.id },
    ...{ about, ground, concern, wanted, urgent },
    ...{ challengerName: challenger.name, challengerRole: challenger.role },
    agency: challenger.agency ?? actor.agency,
    ...{ raisedBy: actor.accountId, raisedByName: actor.displayName, raisedAt: now },
  })
}

/** The person of the request, acting. */
export function actingIn(context: Context): Acting {
  const { tx, actor, now } = context
  return { tx, authorityId: actor.authorityId, person: actor, now, newId: () => context.newId() }
}

interface Happened {
  readonly event: EventName
  readonly facts: Readonly<Record<string, string | number | boolean | null>>
  readonly records: readonly StoredRecord[]
}

/** Records what happened, and shows where the challenge stands now. */
export async function receipt(context: Context, id: string, { event, facts, records }: Happened) {
  const { tx, actor, now } = context
  const found = await getEscalationRow(tx, actor, now, id)
  const of = { escalation: id, referral: found.row.referralId }
  const audit = await context.record({ event, facts: { ...of, ...facts }, records })
  const [escalation] = await shownEscalations(tx, actor, [found])
  if (!escalation) throw new Error('The challenge is not there')
  return { escalation, audit }
}

export const getEscalation = defineOperation({
  name: 'escalation',
  kind: 'query',
  summary: 'A challenge, with everything that happened to it and the ladder that it goes up',
  allow: [...CHALLENGERS, 'auditor'],
  route: 'GET /v1/escalations/{escalationId}',
  params: { escalationId: Id },
  output: Escalation,
  async run({ tx, actor, now }, { escalationId }) {
    const [found] = await shownEscalations(tx, actor, [await getEscalationRow(tx, actor, now, escalationId)])
    if (!found) throw new Error('The challenge is not there')
    return found
  },
})

export const listEscalations = defineOperation({
  name: 'escalations',
  kind: 'query',
  summary: 'Challenges, newest first',
  description: 'A referrer sees those that they raised themselves.',
  allow: [...CHALLENGERS, 'auditor'],
  route: 'GET /v1/escalations',
  params: {
    ...pageParams,
    state: z.enum(ESCALATION_STATES).optional(),
    stage: z.int().min(1).max(10).optional().describe('At this stage now, or at its end there.'),
    overdue: z.boolean().optional().describe('Whether at some stage nobody answered in time.'),
    referral: Id.optional(),
    agency: line(200).optional().describe('The agency that challenges.'),
    from: Bound.optional().describe('Raised at or after this instant.'),
    to: Bound.optional().describe('Raised before this instant.'),
  },
  output: EscalationPage,
  async run({ tx, actor, now }, { first = PAGE_DEFAULT, after, referral, overdue, ...given }) {
    const filter = { ...given, missed: overdue, ...(referral === undefined ? {} : { referrals: [referral] }) }
    const rows = await listEscalationRows({ tx, actor, now }, filter, { first, after: decodeCursor(after) })
    const shown = await shownEscalations(tx, actor, rows)
    return toPage(
      shown,
      first,
      ({ raisedAt, id }) => ({ at: raisedAt, id }),
      (escalation) => escalation,
    )
  },
})
