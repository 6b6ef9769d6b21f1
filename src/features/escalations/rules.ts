/** Who may answer a challenge, move it, and end it. Pure. */
import type { Policy } from '../../engine/index.ts'
import { stagesOf } from '../../engine/policy/ladder.ts'
import { type Actor, hasRole } from '../../kernel/actor.ts'
import { Refusal } from '../../kernel/errors.ts'
import type { CloseInput } from './model.ts'
import type { OpenChallenge } from './open.ts'
import type { EscalationRow } from './queries.ts'

type Found = Pick<EscalationRow, 'row' | 'standing' | 'answer' | 'ending' | 'state'>
export type Rung = ReturnType<typeof stagesOf>[number]

/** @throws Refusal escalation_closed */
export function requireOpen({ ending }: Found): void {
  if (!ending) return
  throw new Refusal('escalation_closed', `It came to its end on ${ending.actedAt}: ${ending.outcome}. Raise another.`)
}

/** @throws Refusal stage_conflict: nobody acts on a stage that has passed. */
export function requireAtStage({ standing }: Found, seen: number): void {
  if (standing.stage === seen) return
  throw new Refusal(
    'stage_conflict',
    `It is at stage ${standing.stage} by now (${standing.office}). Read it, and act on that.`,
  )
}

/** The next stage of the ladder; undefined at its top. */
export function stageAbove(policy: Policy, { standing }: Pick<Found, 'standing'>): Rung | undefined {
  return stagesOf(policy).find(({ stage }) => stage > standing.stage)
}

export function lastStage({ standing }: Pick<Found, 'standing'>): Refusal {
  return new Refusal('last_stage', `Stage ${standing.stage} is the last of the ladder: ${standing.office}.`)
}

/**
 * At the first stage those who screen talk to each other, the decider among them. Above it a supervisor answers who had not
 * decided on the child, nor signed such a decision, before the challenge came to the stage: nobody answers a challenge to
 * their own decision, and whoever puts it right may say so. Nor does whoever answered at a stage below: going up is to
 * somebody else.
 * @returns forbidden, own_challenge, own_decision or already_answered; undefined for whoever may answer
 */
export function refusalToAnswer(actor: Actor, challenge: OpenChallenge): Refusal | undefined {
  const { raisedBy, stage, isFirstStage, answered, answeredBelow, decidedBefore } = challenge
  if (actor.kind !== 'human') return new Refusal('forbidden', 'A challenge is answered by a person.')
  if (raisedBy === actor.accountId)
    return new Refusal('own_challenge', 'You raised this challenge. Somebody else has to answer it.')
  if (!isFirstStage && !hasRole(actor, 'supervisor'))
    return new Refusal('forbidden', `Stage ${stage} is answered by a supervisor or above.`)
  if (!isFirstStage && decidedBefore.includes(actor.accountId))
    return new Refusal(
      'own_decision',
      `You decided on this child, or signed it. From stage ${stage} on somebody else has to answer.`,
    )
  if (answeredBelow.includes(actor.accountId))
    return new Refusal('own_decision', 'You answered at a stage below. Going up means that somebody else answers.')
  if (answered)
    return new Refusal(
      'already_answered',
      `${answered.by} answered at this stage. The challenger accepts it or moves it up.`,
    )
  return undefined
}

/** Up goes what was answered and does not do, or what nobody answered in time. @throws Refusal not_answered */
export function requireMayMoveUp({ standing, answer, state }: Found): void {
  if (answer || state === 'overdue') return
  throw new Refusal(
    'not_answered',
    `Stage ${standing.stage} has until ${standing.dueAt} to answer. Where it cannot wait, skip to a later stage and say why.`,
  )
}

/**
 * The challenger closes by accepting; where they do not, they move it up. A supervisor other than the one who answered may
 * write down what the challenger said. That it was not accepted closes only what has no stage above.
 * @throws Refusal not_answered, forbidden, unprocessable
 */
export function requireMayClose(
  actor: Actor,
  { row, standing, answer }: Found,
  { accepted, isLast }: Pick<CloseInput, 'accepted'> & { isLast: boolean },
): NonNullable<Found['answer']> {
  if (!answer)
    throw new Refusal(
      'not_answered',
      `Nobody has answered at stage ${standing.stage}. What was not answered stays open.`,
    )
  const isChallenger = row.raisedBy === actor.accountId
  const isOtherSupervisor = actor.kind === 'human' && hasRole(actor, 'supervisor') && answer.actedBy !== actor.accountId
  if (!isChallenger && !isOtherSupervisor)
    throw new Refusal(
      'forbidden',
      'It is closed by whoever raised it, or by a supervisor other than the one who answered.',
    )
  if (accepted || isLast) return answer
  const detail = 'What is not accepted goes up: there is a stage above.'
  const errors = [{ in: 'body' as const, pointer: '/accepted', code: 'stage_above', detail }]
  throw new Refusal('unprocessable', detail, { errors })
}
