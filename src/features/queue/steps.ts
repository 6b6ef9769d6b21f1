/** What is to be done next about a child, by whom, and who has it in hand. Pure. */
import type { Role } from '../../db/tables/accounts.ts'
import { type Actor, hasRole, type Person } from '../../kernel/actor.ts'
import { type OpenChallenge, refusalToAnswer } from '../escalations/index.ts'
import { maySee } from '../judgements/index.ts'
import { freeFrom } from '../screenings/index.ts'
import { acknowledgedAt, type Clock } from './clocks.ts'
import type { ChildFacts } from './facts.ts'

/**
 * `recommend`: nobody has asked what the policy says of the latest revision. `judge`: nobody has written down their own view.
 * `new_information` came after the decision that stands. `answer_escalation`: somebody disagrees, and nobody has answered. `carry_out`: a clock of what was decided is at risk or overdue.
 */
export const STEPS = [
  'recommend',
  'judge',
  'decide',
  'second_screening',
  'reconcile',
  'sign_off',
  'returned',
  'new_information',
  'answer_escalation',
  'acknowledge',
  'carry_out',
] as const
export type Step = (typeof STEPS)[number]

interface Who {
  readonly roles: readonly Role[]
  readonly isQualified: boolean
}

/** Who may do a step; beside this, nobody screens, settles or signs what they decided or screened. */
const WHO: Readonly<Record<Step, Who>> = {
  recommend: { roles: ['system', 'screener', 'supervisor'], isQualified: false },
  judge: { roles: ['screener', 'supervisor'], isQualified: false },
  decide: { roles: ['screener', 'supervisor'], isQualified: true },
  second_screening: { roles: ['screener', 'supervisor'], isQualified: true },
  reconcile: { roles: ['supervisor'], isQualified: true },
  sign_off: { roles: ['supervisor'], isQualified: true },
  returned: { roles: ['screener', 'supervisor'], isQualified: true },
  new_information: { roles: ['screener', 'supervisor'], isQualified: true },
  answer_escalation: { roles: ['screener', 'supervisor'], isQualified: false },
  acknowledge: { roles: ['system', 'screener', 'supervisor'], isQualified: false },
  carry_out: { roles: ['screener', 'supervisor'], isQualified: false },
}

/** Above the first stage of its ladder a challenge is for supervisors. */
export function whoMay(step: Step, facts: ChildFacts): Who {
  const isAbove = step === 'answer_escalation' && waiting(facts).every(({ isFirstStage }) => !isFirstStage)
  return isAbove ? { ...WHO[step], roles: ['supervisor'] } : WHO[step]
}

/** Challenges that nobody has answered at the stage at which they are. */
export function waiting({ challenges }: Pick<ChildFacts, 'challenges'>): OpenChallenge[] {
  return challenges.filter(({ answered }) => answered === null)
}

/** Everything that is to be done about a child, what comes first before the rest; nothing where all is done. */
export function stepsOf(facts: ChildFacts, clocks: readonly Clock[]): Step[] {
  const { decision, recommendation, revisions, completions } = facts
  const isStale = decision !== null && decision.revision < revisions.length
  const isScored = recommendation?.revision === revisions.length
  const own = isStale || !decision ? beforeDeciding(facts, isScored) : AFTER[decision.state]
  return [
    ...(isStale ? (['new_information'] as const) : []),
    ...(own ? [own] : []),
    ...(waiting(facts).length > 0 ? (['answer_escalation'] as const) : []),
    ...(acknowledgedAt(facts) === null ? (['acknowledge'] as const) : []),
    ...(completions.length > 0 && clocks.some(isCarriedOutLate) ? (['carry_out'] as const) : []),
  ]
}

function beforeDeciding({ judges }: ChildFacts, isScored: boolean): Step {
  if (!isScored) return 'recommend'
  return judges.length === 0 ? 'judge' : 'decide'
}

const AFTER = {
  awaiting_second_screening: 'second_screening',
  awaiting_reconciliation: 'reconcile',
  awaiting_sign_off: 'sign_off',
  returned: 'returned',
  complete: undefined,
  superseded: undefined,
} as const

/** Clocks of what comes after a decision. */
const CARRIED_OUT: readonly string[] = ['response', 'statutory', 'follow_up']

function isCarriedOutLate({ name, state }: Clock): boolean {
  return CARRIED_OUT.includes(name) && (state === 'at_risk' || state === 'overdue')
}

/** Whether the actor may see what others think of the child. */
export function seesChild(actor: Actor, { recommendation, decision, judges, revisions }: ChildFacts): boolean {
  return maySee(actor, {
    hasJudged: isAmong(judges, actor),
    revision: recommendation?.revision ?? revisions.length,
    decision: decision
      ? {
          revision: decision.revision,
          isComplete: decision.state === 'complete',
          awaitsSecondScreening: decision.state === 'awaiting_second_screening',
        }
      : undefined,
  })
}

const isAmong = (people: readonly Person[], actor: Actor): boolean =>
  people.some(({ accountId }) => accountId === actor.accountId)

/** Whether a step is one that the actor may do now, and nobody else has picked up. */
export function isFor(actor: Actor, facts: ChildFacts, step: Step, now: string): boolean {
  const { roles, isQualified } = whoMay(step, facts)
  if (!hasRole(actor, ...roles)) return false
  if (roles.includes('system') === false && actor.kind !== 'human') return false
  if (isQualified && actor.qualification !== 'social_work') return false
  if (step === 'answer_escalation')
    return waiting(facts).some((challenge) => refusalToAnswer(actor, challenge) === undefined)
  const isDecider = facts.decision?.decidedBy.accountId === actor.accountId
  if (step === 'second_screening') {
    const held = heldBy(facts, now)
    return !isDecider && !isAmong(facts.judges, actor) && (!held || held.accountId === actor.accountId)
  }
  if (step === 'reconcile' || step === 'sign_off') return !isDecider && facts.decision?.secondBy !== actor.accountId
  return true
}

export interface Holder extends Person {
  /** When it frees itself; null where it does not. */
  readonly until: string | null
}

/** Who has it in hand: who picked it up for a second screening, whose decision was returned, who judged it last. */
export function heldBy({ decision, judges, revisions, recommendation }: ChildFacts, now: string): Holder | null {
  const isStale = decision !== null && decision.revision < revisions.length
  if (decision && !isStale) {
    if (decision.state === 'returned') return { ...decision.decidedBy, until: null }
    const { pickup } = decision
    if (decision.state !== 'awaiting_second_screening' || !pickup || pickup.action === 'released') return null
    const until = freeFrom(pickup.at)
    return until > now ? { accountId: pickup.accountId, displayName: pickup.displayName, until } : null
  }
  const last = recommendation?.revision === revisions.length ? judges.at(-1) : undefined
  return last ? { ...last, until: null } : null
}
