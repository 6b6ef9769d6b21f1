/** What is done to a challenge while it is open: it is answered, moved up, skipped ahead, closed or withdrawn. */
import type { Policy } from '../../engine/index.ts'
import { stagesOf } from '../../engine/policy/ladder.ts'
import { Refusal } from '../../kernel/errors.ts'
import { Id } from '../../kernel/ids.ts'
import { type Context, defineOperation } from '../../kernel/operation.ts'
import { compiledPolicy } from '../policies/index.ts'
import { requireSuperseding } from './contested.ts'
import { AnswerInput, CloseInput, EscalationReceipt, MoveUpInput, SkipInput, WithdrawInput } from './model.ts'
import { openChallenges } from './open.ts'
import { actingIn, CHALLENGERS, receipt } from './operations.ts'
import { type EscalationRow, getEscalationRow, lockEscalation, type StepRow, stepsOf } from './queries.ts'
import {
  lastStage,
  refusalToAnswer,
  requireAtStage,
  requireMayClose,
  requireMayMoveUp,
  requireOpen,
  stageAbove,
} from './rules.ts'
import { isUrgent } from './shown.ts'
import { enterStage, storeStep } from './steps.ts'

const params = { escalationId: Id }

interface InHand {
  readonly found: EscalationRow
  readonly policy: Policy
  readonly steps: readonly StepRow[]
}

/** @throws Refusal not_found, escalation_closed, stage_conflict */
async function inHand(context: Context, id: string, seen?: number): Promise<InHand> {
  const { tx, actor, now } = context
  await getEscalationRow(tx, actor, now, id)
  await lockEscalation(tx, actor.authorityId, id)
  const found = await getEscalationRow(tx, actor, now, id)
  requireOpen(found)
  if (seen !== undefined) requireAtStage(found, seen)
  return { found, policy: compiledPolicy(found.policy), steps: await stepsOf(tx, actor, [id]) }
}

export const answerEscalation = defineOperation({
  name: 'answerEscalation',
  kind: 'command',
  summary: 'Answer a challenge at the stage at which it is',
  description:
    'Where the decision was changed, the one that supersedes it is named. From the second stage on nobody answers who had decided on the child, or signed it, before the challenge came there, nor who answered below. The challenger then accepts the answer or moves it up.',
  allow: ['screener', 'supervisor'],
  route: 'POST /v1/escalations/{escalationId}/answer',
  status: 201,
  params,
  body: AnswerInput,
  output: EscalationReceipt,
  async run(context, { escalationId, body }) {
    const { found } = await inHand(context, escalationId, body.stage)
    await requireMayAnswer(context, escalationId)
    await requireFitting(context, found, body)
    const { stage, outcome, reasons, as: actedAs, newDecision = null } = body
    const given = { kind: 'answered', stage, outcome, reasons, actedAs, newDecisionId: newDecision } as const
    const records = [await storeStep(actingIn(context), escalationId, given)]
    return await receipt(context, escalationId, {
      event: 'escalation.answered',
      facts: { child: found.row.childKey, stage, outcome, newDecision },
      records,
    })
  },
})

/** @throws Refusal forbidden, own_challenge, own_decision, already_answered */
async function requireMayAnswer({ tx, actor }: Context, id: string): Promise<void> {
  const [challenge] = await openChallenges(tx, actor.authorityId, { ids: [id] })
  if (!challenge) throw new Error('The challenge is not there')
  const refusal = refusalToAnswer(actor, challenge)
  if (refusal) throw refusal
}

/** @throws Refusal unprocessable, not_found, not_superseding */
async function requireFitting(context: Context, { row }: EscalationRow, { outcome, newDecision }: AnswerInput) {
  const missing = outcome === 'changed' && newDecision === undefined
  if (missing || (outcome === 'upheld' && newDecision !== undefined)) {
    const detail = missing
      ? 'Name the decision that was made instead. Until there is one, nothing has changed.'
      : 'A decision that stands is not replaced by another.'
    const code = missing ? 'missing_property' : 'unexpected_property'
    throw new Refusal('unprocessable', detail, { errors: [{ in: 'body', pointer: '/newDecision', code, detail }] })
  }
  if (newDecision !== undefined) await requireSuperseding(context, row, { outcome, newDecision })
}

export const moveEscalationUp = defineOperation({
  name: 'moveEscalationUp',
  kind: 'command',
  summary: 'Take a challenge to the next stage, because the answer does not do or none came in time',
  allow: CHALLENGERS,
  route: 'POST /v1/escalations/{escalationId}/move-up',
  status: 201,
  params,
  body: MoveUpInput,
  output: EscalationReceipt,
  async run(context, { escalationId, body }) {
    const { found, policy, steps } = await inHand(context, escalationId, body.stage)
    requireMayMoveUp(found)
    const rung = stageAbove(policy, found)
    if (!rung) throw lastStage(found)
    const { childKey: child, urgent } = found.row
    const entry = { policy, rung, kind: 'moved_up', isUrgent: isUrgent(urgent, steps), reasons: body.reasons } as const
    const records = [await enterStage(actingIn(context), escalationId, entry)]
    const facts = { child, from: body.stage, to: rung.stage, automatic: false }
    return await receipt(context, escalationId, { event: 'escalation.moved_up', facts, records })
  },
})

export const skipEscalation = defineOperation({
  name: 'skipEscalation',
  kind: 'command',
  summary: 'Take a challenge that cannot wait to a later stage at once',
  description: 'From then on the shorter times of the ladder hold.',
  allow: CHALLENGERS,
  route: 'POST /v1/escalations/{escalationId}/skip',
  status: 201,
  params,
  body: SkipInput,
  output: EscalationReceipt,
  async run(context, { escalationId, body }) {
    const { found, policy } = await inHand(context, escalationId, body.stage)
    if (!stageAbove(policy, found)) throw lastStage(found)
    const above = stagesOf(policy).filter(({ stage }) => stage > body.stage)
    const rung = above.find(({ stage }) => stage === body.to)
    if (!rung) {
      const detail = `The stages above are ${above.map(({ stage }) => stage).join(', ')}.`
      const errors = [{ in: 'body' as const, pointer: '/to', code: 'unknown_stage', detail }]
      throw new Refusal('unprocessable', detail, { errors })
    }
    const entry = { policy, rung, kind: 'skipped', isUrgent: true, reasons: body.reasons } as const
    const records = [await enterStage(actingIn(context), escalationId, entry)]
    const facts = { child: found.row.childKey, from: body.stage, to: rung.stage }
    return await receipt(context, escalationId, { event: 'escalation.skipped', facts, records })
  },
})

export const closeEscalation = defineOperation({
  name: 'closeEscalation',
  kind: 'command',
  summary: 'End a challenge that was answered',
  description:
    'By whoever raised it, who accepts the answer; or by a supervisor other than the one who answered, who writes down what the challenger said. What is not accepted goes up; only at the last stage is it closed all the same.',
  allow: CHALLENGERS,
  route: 'POST /v1/escalations/{escalationId}/closure',
  status: 201,
  params,
  body: CloseInput,
  output: EscalationReceipt,
  async run(context, { escalationId, body }) {
    const { found, policy } = await inHand(context, escalationId, body.stage)
    const isLast = stageAbove(policy, found) === undefined
    const { stage, accepted, notes: reasons } = body
    const { outcome, newDecisionId } = requireMayClose(context.actor, found, { accepted, isLast })
    const given = { kind: 'closed', stage, outcome, newDecisionId, reasons, accepted } as const
    const records = [await storeStep(actingIn(context), escalationId, given)]
    const facts = { child: found.row.childKey, stage, outcome, accepted, newDecision: newDecisionId }
    return await receipt(context, escalationId, {
      event: 'escalation.closed',
      facts: { ...facts, decisionChanged: newDecisionId !== null },
      records,
    })
  },
})

export const withdrawEscalation = defineOperation({
  name: 'withdrawEscalation',
  kind: 'command',
  summary: 'Take back a challenge',
  description: 'Only by whoever raised it. It stays on the record.',
  allow: CHALLENGERS,
  route: 'POST /v1/escalations/{escalationId}/withdrawal',
  status: 201,
  params,
  body: WithdrawInput,
  output: EscalationReceipt,
  async run(context, { escalationId, body }) {
    const { found } = await inHand(context, escalationId)
    if (found.row.raisedBy !== context.actor.accountId)
      throw new Refusal('forbidden', 'A challenge is withdrawn by whoever raised it, and by nobody else.')
    const { stage } = found.standing
    const given = { kind: 'withdrawn', stage, outcome: 'withdrawn', reasons: body.reasons } as const
    const records = [await storeStep(actingIn(context), escalationId, given)]
    const facts = { child: found.row.childKey, stage }
    return await receipt(context, escalationId, { event: 'escalation.withdrawn', facts, records })
  },
})
