import { decisionReturns, judgements, reconciliations, signOffs } from '../../db/tables/front-door.ts'
import { Refusal } from '../../kernel/errors.ts'
import { Id } from '../../kernel/ids.ts'
import { type Context, defineOperation } from '../../kernel/operation.ts'
import { insertRecorded } from '../../kernel/record.ts'
import { completeWhenReady, getDecisionBeforeRecording, getDecisionShown } from '../decisions/index.ts'
import { type Judgement, judgementsById, judgementsOf, ownJudgement, requireKnownIn } from '../judgements/index.ts'
import { compiledPolicy, getVersion } from '../policies/index.ts'
import { getRecommendationRow } from '../recommendations/index.ts'
import { agreementOf } from './agreement.ts'
import {
  Agreement,
  Pickup,
  ReasonsInput,
  ReconciliationInput,
  ScreenedReceipt,
  SecondJudgementInput,
  SecondJudgementReceipt,
  SignOffInput,
} from './model.ts'
import { freeFrom, giveBack, requireHeld, take } from './pickups.ts'
import { type InHand, othersDecision, requireThirdPerson } from './rules.ts'

const params = { decisionId: Id }

export const pickUp = defineOperation({
  name: 'pickUpSecondScreening',
  kind: 'command',
  summary: 'Take a second screening in hand, or go on with it',
  description: 'For 15 minutes from the last time; then it is free for others. What was decided is not shown.',
  allow: ['screener', 'supervisor'],
  route: 'POST /v1/decisions/{decisionId}/pickup',
  status: 201,
  params,
  output: Pickup,
  async run(context, { decisionId }) {
    const { row } = await toBeScreened(context, decisionId)
    const { row: pickup, record } = await take(context, decisionId)
    const audit = await context.record({ event: 'screening.picked_up', facts: factsOf(row), records: [record] })
    const { referralId, childKey: child, revision } = row
    return { decisionId, referralId, child, revision, heldBy: pickup.actedBy, until: freeFrom(pickup.actedAt), audit }
  },
})

export const release = defineOperation({
  name: 'releaseSecondScreening',
  kind: 'command',
  summary: 'Give a second screening back',
  allow: ['screener', 'supervisor'],
  route: 'POST /v1/decisions/{decisionId}/release',
  status: 201,
  params,
  output: Pickup,
  async run(context, { decisionId }) {
    const { row } = await toBeScreened(context, decisionId)
    const { record } = await giveBack(context, decisionId)
    const audit = await context.record({ event: 'screening.released', facts: factsOf(row), records: [record] })
    const { referralId, childKey: child, revision } = row
    return { decisionId, referralId, child, revision, heldBy: null, until: null, audit }
  },
})

/** @throws Refusal not_blind beside what `othersDecision` throws. */
async function toBeScreened(context: Context, decisionId: string): Promise<InHand> {
  const found = await othersDecision(context, decisionId, ['awaiting_second_screening'])
  if (await ownJudgement(context.tx, context.actor, found.row))
    throw new Refusal(
      'not_blind',
      'You have judged this child in this revision, and have seen what was recommended. Somebody else has to screen it.',
    )
  return found
}

export const judgeSecond = defineOperation({
  name: 'judgeSecond',
  kind: 'command',
  summary: 'Write down what you think, without having seen what was decided',
  description:
    'Then the decision, the recommendation and how far you agree are shown. Where you came to another level or response, somebody else settles it.',
  allow: ['screener', 'supervisor'],
  route: 'POST /v1/decisions/{decisionId}/second-judgement',
  status: 201,
  params,
  body: SecondJudgementInput,
  output: SecondJudgementReceipt,
  async run(context, { decisionId, body }) {
    const { tx, actor, now } = context
    const { row } = await toBeScreened(context, decisionId)
    await requireHeld(context, decisionId)
    const { policyVersionId } = await getRecommendationRow(tx, actor, row.recommendationId)
    requireKnownIn(compiledPolicy(await getVersion(tx, actor.authorityId, { id: policyVersionId })), [
      { at: '', ...body },
    ])
    const { row: stored, record } = await insertRecorded(tx, judgements, {
      ...{ authorityId: actor.authorityId, id: context.newId(), referralId: row.referralId, childKey: row.childKey },
      ...{ revision: row.revision, purpose: 'second', decisionId, policyVersionId, level: body.level },
      ...{ response: body.response, indicators: [...new Set(body.indicators)].sort(), reasons: body.reasons },
      ...{ judgedBy: actor.accountId, judgedByName: actor.displayName },
      ...{ judgedByQualification: actor.qualification, judgedAt: now },
    })
    const agreement = await agreementOn(context, decisionId, getDecisionBeforeRecording)
    const facts = { ...factsOf(row), level: agreement.level, response: agreement.response }
    const audit = await context.record({ event: 'screening.judged', facts, records: [record] })
    await completeWhenReady(context, decisionId)
    const [judgement] = await judgementsById(tx, actor, [stored.id])
    if (!judgement) throw new Error('The judgement went away')
    return { judgement, agreement, decision: await getDecisionShown(tx, actor, decisionId), audit }
  },
})

export const getAgreement = defineOperation({
  name: 'screeningAgreement',
  kind: 'query',
  summary: 'How far the two agree who screened a child: on the level, the response and the indicators',
  allow: ['system', 'screener', 'supervisor', 'panel_member', 'auditor'],
  route: 'GET /v1/decisions/{decisionId}/agreement',
  params,
  output: Agreement,
  async run(context, { decisionId }) {
    return await agreementOn(context, decisionId)
  },
})

/** @throws Refusal decision_state before there is a second judgement. */
async function agreementOn(
  { tx, actor }: Context,
  decisionId: string,
  read: typeof getDecisionShown = getDecisionShown,
): Promise<Agreement> {
  const decision = await read(tx, actor, decisionId)
  const all = await judgementsOf(tx, actor, [decision.referralId])
  const isOfChild = ({ child, revision }: Judgement) => child === decision.child && revision === decision.revision
  const second = all.find((judgement) => judgement.decisionId === decisionId)
  const first = all.find(
    (judgement) => isOfChild(judgement) && judgement.judgedBy.accountId === decision.decidedBy.accountId,
  )
  if (!first || !second || decision.level === null || decision.response === null)
    throw new Refusal('decision_state', 'The decision has not been screened a second time.')
  const { policyVersionId } = await getRecommendationRow(tx, actor, decision.recommendationId)
  const policy = compiledPolicy(await getVersion(tx, actor.authorityId, { id: policyVersionId }))
  const { level, response } = decision
  return { decisionId, ...agreementOf(policy, { level, response, indicators: first.indicators }, second) }
}

export const reconcile = defineOperation({
  name: 'reconcileDecision',
  kind: 'command',
  summary: 'Settle a difference between the two who screened a child',
  description: 'By a supervisor who had no part in it. Where the decision does not stand it goes back to be replaced.',
  allow: ['supervisor'],
  route: 'POST /v1/decisions/{decisionId}/reconciliation',
  status: 201,
  params,
  body: ReconciliationInput,
  output: ScreenedReceipt,
  async run(context, { decisionId, body }) {
    const { tx, actor, now } = context
    const found = await othersDecision(context, decisionId, ['awaiting_reconciliation'])
    requireThirdPerson(context, found)
    const { record } = await insertRecorded(tx, reconciliations, {
      ...{ authorityId: actor.authorityId, id: context.newId(), decisionId, ...body },
      ...{ reconciledBy: actor.accountId, reconciledByName: actor.displayName, reconciledAt: now },
    })
    const records = [record, ...(body.stands ? [] : [await storeReturn(context, found, body.reasons)])]
    const facts = { ...factsOf(found.row), stands: body.stands }
    const audit = await context.record({ event: 'decision.reconciled', facts, records })
    await completeWhenReady(context, decisionId)
    return { decision: await getDecisionShown(tx, actor, decisionId), audit }
  },
})

export const returnDecision = defineOperation({
  name: 'returnDecision',
  kind: 'command',
  summary: 'Give a decision back for more work',
  description:
    'Whoever has the second screening in hand, and whoever would settle or sign it. The decision stays as it is; only one that supersedes it goes on.',
  allow: ['screener', 'supervisor'],
  route: 'POST /v1/decisions/{decisionId}/return',
  status: 201,
  params,
  body: ReasonsInput,
  output: ScreenedReceipt,
  async run(context, { decisionId, body }) {
    const { tx, actor } = context
    const found = await othersDecision(context, decisionId, [
      'awaiting_second_screening',
      'awaiting_reconciliation',
      'awaiting_sign_off',
    ])
    if (found.state === 'awaiting_second_screening') await requireHeld(context, decisionId)
    else requireThirdPerson(context, found)
    const record = await storeReturn(context, found, body.reasons)
    const audit = await context.record({ event: 'decision.returned', facts: factsOf(found.row), records: [record] })
    return { decision: await getDecisionShown(tx, actor, decisionId), audit }
  },
})

const STAGES = {
  awaiting_second_screening: 'second_screening',
  awaiting_reconciliation: 'reconciliation',
  awaiting_sign_off: 'sign_off',
} as const

async function storeReturn({ tx, actor, now, newId }: Context, { row, state }: InHand, reasons: string) {
  const stage = STAGES[state as keyof typeof STAGES]
  const { record } = await insertRecorded(tx, decisionReturns, {
    ...{ authorityId: actor.authorityId, id: newId(), decisionId: row.id, stage, reasons },
    ...{ returnedBy: actor.accountId, returnedByName: actor.displayName, returnedAt: now },
  })
  return record
}

export const signOff = defineOperation({
  name: 'signOffDecision',
  kind: 'command',
  summary: 'Answer for a decision that somebody else made',
  description: 'By a social-work-qualified supervisor who neither decided nor screened it. Then it is complete.',
  allow: ['supervisor'],
  route: 'POST /v1/decisions/{decisionId}/sign-off',
  status: 201,
  params,
  body: SignOffInput,
  output: ScreenedReceipt,
  async run(context, { decisionId, body }) {
    const { tx, actor, now } = context
    const found = await othersDecision(context, decisionId, ['awaiting_sign_off'])
    requireThirdPerson(context, found)
    const { record } = await insertRecorded(tx, signOffs, {
      ...{ authorityId: actor.authorityId, id: context.newId(), decisionId, notes: body.notes },
      ...{ signedBy: actor.accountId, signedByName: actor.displayName, signedByQualification: 'social_work' },
      signedAt: now,
    })
    const audit = await context.record({ event: 'decision.signed_off', facts: factsOf(found.row), records: [record] })
    await completeWhenReady(context, decisionId)
    return { decision: await getDecisionShown(tx, actor, decisionId), audit }
  },
})

function factsOf({ id, referralId, childKey, revision }: InHand['row']) {
  return { decision: id, referral: referralId, child: childKey, revision }
}
