/**
 * The clocks of a child, from what was recorded and the policy that applies. Pure. Nothing is stored: a clock is where it is
 * because of when it started, how long the policy gives it, and what stopped it.
 */
import type { ClockName } from '../../db/tables/queue.ts'
import { bandAt, type ClockLength, type ClockRun, runClock } from '../../engine/calendar/clock.ts'
import type { WorkingCalendar } from '../../engine/calendar/working-time.ts'
import type { Policy } from '../../engine/index.ts'
import { PROTECTIVE_TYPES } from '../../engine/vocabulary.ts'
import type { OpenChallenge } from '../escalations/index.ts'
import type { ChildFacts, Completion, Milestone } from './facts.ts'
import { type Round, roundsOf } from './rounds.ts'

export interface Clock extends ClockRun {
  readonly name: ClockName | 'escalation_step'
  /** The band, the response, the statutory clock or the stage; empty where the clock has only one. */
  readonly code: string
  readonly label: string
  /** Of a step of a challenge: which one, and whether it is about the whole referral. */
  readonly challenge?: Pick<OpenChallenge, 'id' | 'child'>
  readonly isStatutory: boolean
  readonly startedAt: string | null
  readonly metAt: string | null
}

/** The policies by which the clocks of a child run, each with the calendar that knows its office hours. */
export interface Timing {
  /** Of the latest recommendation; otherwise the one that would apply now; none where no policy is in force. */
  readonly policy: Policy | undefined
  /** Of the decision that was completed last. */
  readonly decided: Policy | undefined
  readonly calendar: WorkingCalendar
  readonly now: string
  /** Whether the reader may know what is recommended. */
  readonly sees: boolean
}

/** Working days for acknowledging a referral, and for deciding where no policy is in force (Working Together 2023, chapter 3). */
const STATUTORY_DAYS = 1

/** Every clock of a child that has started or waits for its start, as it stands now. */
export function clocksOf(facts: ChildFacts, timing: Timing): Clock[] {
  return [
    acknowledgement(facts, timing),
    ...decisionClocks(facts, timing),
    ...urgencyClock(facts, timing),
    ...screeningClocks(facts, timing),
    ...responseClocks(facts, timing),
    ...followUps(facts, timing),
    ...challengeClocks(facts, timing),
  ]
}

interface Plan extends Pick<Clock, 'name' | 'challenge'> {
  readonly code?: string
  readonly label: string
  readonly isStatutory?: boolean
  readonly startedAt: string | null
  readonly length: ClockLength
  readonly metAt: string | null
}

function clock({ calendar, now }: Timing, plan: Plan): Clock {
  const { length, code = '', isStatutory = false, ...rest } = plan
  return { ...rest, code, isStatutory, ...runClock(plan, now, calendar) }
}

function acknowledgement(facts: ChildFacts, timing: Timing): Clock {
  return clock(timing, {
    name: 'acknowledgement',
    label: 'Acknowledge the referral to the referrer',
    isStatutory: true,
    startedAt: facts.receivedAt,
    length: { workingDays: STATUTORY_DAYS },
    metAt: acknowledgedAt(facts),
  })
}

/** When the referrer was told that the referral was received, by letter or otherwise; null where nobody has. */
export function acknowledgedAt({ milestones, acknowledgedByLetterAt: letter }: ChildFacts): string | null {
  const told = first(milestones, ({ kind }) => kind === 'acknowledged')
  if (letter === null || told === null) return letter ?? told
  return letter < told ? letter : told
}

function decisionClocks(facts: ChildFacts, timing: Timing): Clock[] {
  const length = { workingDays: timing.policy?.document.oversight.decision.withinWorkingDays ?? STATUTORY_DAYS }
  return roundsOf(facts).map((round, i) =>
    clock(timing, {
      name: i === 0 ? 'decision' : 'new_information',
      label: i === 0 ? 'Decide what happens next' : 'Decide anew, on what came in since',
      isStatutory: i === 0,
      length,
      ...round,
    }),
  )
}

/** How soon it is to be dealt with, by the latest recommendation: a later one rates anew. */
function urgencyClock(facts: ChildFacts, timing: Timing): Clock[] {
  const round = roundsOf(facts).at(-1)
  const band = timing.policy?.document.urgency.bands.find(({ code }) => code === facts.recommendation?.urgency)
  if (!round || !band) return []
  const metAt = dealtWithAt(facts, timing, round)
  return [clock(timing, { name: 'urgency', code: band.code, label: band.label, length: band, ...round, metAt })]
}

/**
 * When the child was dealt with: a decision was complete, or somebody decided to protect the child now, who does not wait for
 * a signature. A second screener does not learn so that it was protection that was decided.
 */
function dealtWithAt({ decision, revisions }: ChildFacts, timing: Timing, round: Round): string | null {
  if (round.metAt !== null || !decision || decision.revision < revisions.length) return round.metAt
  const isShown = timing.sees || decision.state !== 'awaiting_second_screening'
  const type = timing.policy?.responses.get(decision.response)?.type ?? ''
  return isShown && decision.returnedAt === null && PROTECTIVE_TYPES.includes(type) ? decision.decidedAt : null
}

/** The band by which the child is dealt with now, after what ran over; undefined where nothing was scored. */
export function bandNow(facts: ChildFacts, timing: Timing) {
  const { policy, now, calendar } = timing
  const round = roundsOf(facts).at(-1)
  if (!policy || !facts.recommendation || !round) return undefined
  const { bands } = policy.document.urgency
  // What was dealt with is late no longer.
  const at = dealtWithAt(facts, timing, round) ?? now
  return bandAt(bands, facts.recommendation.urgency, { startedAt: round.startedAt, now: at }, calendar)
}

function screeningClocks({ decision, revisions }: ChildFacts, timing: Timing): Clock[] {
  // What newer information came after is decided anew: nobody can screen or sign it any more.
  if (!decision || !timing.policy || decision.revision < revisions.length) return []
  const length = { workingDays: timing.policy.document.oversight.signOff.withinWorkingDays }
  const { decidedAt: startedAt, returnedAt } = decision
  const screenedAt = decision.differed ? decision.reconciledAt : decision.screenedAt
  return [
    ...(decision.needsScreening
      ? [{ name: 'second_screening' as const, label: 'Screen it a second time', metAt: screenedAt ?? returnedAt }]
      : []),
    // That it has to be signed says something of what was decided.
    ...(decision.needsSignOff && (timing.sees || decision.state !== 'awaiting_second_screening')
      ? [{ name: 'sign_off' as const, label: 'Sign the decision off', metAt: decision.signedAt ?? returnedAt }]
      : []),
  ].map((plan) => clock(timing, { ...plan, startedAt, length }))
}

/** What the response gives time for: the one decided; before any decision is complete, the one recommended first. */
function responseClocks(facts: ChildFacts, timing: Timing): Clock[] {
  const completed = facts.completions.at(-1)
  const policy = completed ? timing.decided : timing.policy
  const spec = policy?.responses.get(completed?.response ?? facts.recommendation?.response ?? '')
  if (!policy || !spec) return []
  // A child in danger waits for nobody's own judgement.
  if (!completed && !timing.sees && spec.type !== 'immediate_protection') return []
  const starts = startsOf(facts, completed)
  const statutory = policy.pack.clocks.find(({ code }) => code === spec.statutoryClock)
  const own = spec.clock && {
    name: 'response' as const,
    code: spec.code,
    label: spec.clock.label,
    startedAt: starts[spec.clock.from],
    length: lengthOf(spec.clock),
    metAt: carriedOutAt(facts.milestones, spec),
  }
  const pack = statutory && {
    name: 'statutory' as const,
    code: statutory.code,
    label: statutory.label,
    isStatutory: true,
    startedAt: starts[statutory.from],
    length: { workingDays: statutory.workingDays },
    metAt: first(
      // A conference before the discussion belongs to enquiries that were over.
      facts.milestones.filter(
        ({ at }) => statutory.from === 'referral_received' || at >= (starts[statutory.from] ?? ''),
      ),
      ({ kind }) => (MEETS[statutory.code] ?? []).includes(kind),
    ),
  }
  return [own, pack].flatMap((plan) => (plan ? [clock(timing, plan)] : []))
}

/** A conference comes of a strategy discussion that began enquiries: where there were several, of the last that did. */
function startsOf({ receivedAt, milestones }: ChildFacts, completed: Completion | undefined) {
  const discussion = milestones.filter(({ kind, startsEnquiries }) => kind === 'strategy_discussion' && startsEnquiries)
  return {
    referral_received: receivedAt,
    decision_made: completed?.at ?? null,
    strategy_discussion: discussion.at(-1)?.at ?? null,
    conference: first(milestones, ({ kind }) => kind === 'conference_held'),
  }
}

/** What meets the clocks of the statutory pack, by their codes. */
const MEETS: Readonly<Record<string, readonly string[]>> = {
  assessment: ['assessment_completed'],
  conference: ['conference_held', 'enquiries_ended'],
}

function carriedOutAt(milestones: readonly Milestone[], spec: { code: string; type: string }): string | null {
  return first(
    milestones,
    ({ kind, response }) =>
      (kind === 'response_carried_out' && response === spec.code) ||
      (kind === 'seen' && spec.type === 'immediate_protection') ||
      (kind === 'strategy_discussion' && spec.type === 'strategy_discussion'),
  )
}

function lengthOf({ workingDays, hours }: { workingDays?: number | undefined; hours?: number | undefined }) {
  if (workingDays !== undefined) return { workingDays }
  return { hours: hours ?? 0, clock: 'calendar' as const }
}

/** Help is followed up when somebody has looked, since it was arranged, whether it came about. */
function followUps({ help, milestones }: ChildFacts, timing: Timing): Clock[] {
  return help.map(({ followUpOn, arrangedAt, lookedAt }, i) =>
    clock(timing, {
      name: 'follow_up',
      code: String(i + 1),
      label: 'Look whether the help has come about',
      startedAt: arrangedAt,
      length: { on: followUpOn },
      metAt: lookedAt ?? first(milestones, ({ kind, at }) => kind === 'followed_up' && at >= arrangedAt),
    }),
  )
}

/** The time of a stage was fixed when it was entered, by the policy whose ladder it is. */
function challengeClocks({ challenges }: ChildFacts, timing: Timing): Clock[] {
  return challenges.map(({ id, child, stage, office, enteredAt: startedAt, dueAt, answered }) => {
    const what = { name: 'escalation_step', code: String(stage), label: `Answer the challenge: ${office}` } as const
    const metAt = answered?.at ?? null
    return clock(timing, { ...what, challenge: { id, child }, startedAt, length: { until: dueAt }, metAt })
  })
}

/** Milestones come in the order in which they happened. */
function first(milestones: readonly Milestone[], fits: (milestone: Milestone) => boolean): string | null {
  return milestones.find(fits)?.at ?? null
}
