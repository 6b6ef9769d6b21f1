/** The queue as a list in order: which children are in it for a reader, by what they are filtered, and which comes first. */
import type { TenantTx } from '../../db/tenant.ts'
import { londonDate } from '../../engine/calendar/civil.ts'
import type { Actor } from '../../kernel/actor.ts'
import { bandNow, type Clock, clocksOf } from './clocks.ts'
import { type ChildFacts, factsOf, type Scope } from './facts.ts'
import { OPEN_STATES } from './model.ts'
import { roundsOf } from './rounds.ts'
import { isFor, type Step, seesChild, stepsOf, waiting } from './steps.ts'
import { type TimingOf, timingFor } from './timing.ts'

export interface QueueFilter {
  readonly scope: Scope
  readonly what?: Step | undefined
  readonly state?: (typeof OPEN_STATES)[number] | undefined
  readonly urgency?: string | undefined
  readonly mine?: boolean | undefined
  readonly agency?: string | undefined
  readonly referral?: string | undefined
}

/** By what children are ordered: less comes first. */
export interface SortKey {
  /** Place of the band in its policy while something is to be decided or answered. */
  readonly urgency: number
  readonly dueAt: string
  /** Minus the rank of the level; what is not known to the reader comes before every level. */
  readonly level: number
  readonly id: string
}

export interface Entry {
  readonly facts: ChildFacts
  readonly clocks: readonly Clock[]
  readonly steps: readonly Step[]
  readonly band: { readonly code: string; readonly label: string } | undefined
  /** The open clock that is due first. */
  readonly next: Clock | undefined
  readonly isMine: boolean
  readonly key: SortKey
}

/** A child as it stands at an instant, for a reader. */
export type EntryOf = (facts: ChildFacts, now: string) => Entry

/** For whom children are looked at, and what of all that is to be done they are asked for; what comes first where left out. */
export interface Reader {
  readonly actor: Actor
  readonly what?: Step | undefined
}

/** The children about whom something is to be done, as they stand at an instant, in order; and how to look at one at another instant. */
export async function entriesAt(
  tx: TenantTx,
  actor: Actor,
  filter: QueueFilter,
  at: string,
): Promise<{ entries: Entry[]; entryOf: EntryOf }> {
  const { scope, what, state, urgency, mine, agency, referral } = filter
  const referralIds = referral === undefined ? undefined : [referral]
  const children = await factsOf(tx, actor.authorityId, { scope, referralIds, agency })
  const entryOf = entriesOf({ actor, what }, await timingFor(tx, actor.authorityId, children, londonDate(at)))
  const entries = children
    .map((facts) => entryOf(facts, at))
    .filter(
      ({ steps, next, band, isMine }) =>
        (what === undefined ? steps.length > 0 : steps.includes(what)) &&
        (state === undefined || next?.state === state) &&
        (urgency === undefined || band?.code === urgency) &&
        (mine === undefined || isMine === mine),
    )
  return { entries: entries.sort((a, b) => compare(a.key, b.key)), entryOf }
}

export function entriesOf({ actor, what }: Reader, timingOf: TimingOf): EntryOf {
  return (facts, now) => {
    const timing = timingOf(facts, now, seesChild(actor, facts))
    const clocks = clocksOf(facts, timing)
    const steps = stepsOf(facts, clocks)
    const step = what ?? steps[0]
    const band = bandNow(facts, timing)
    const next = firstDue(clocks)
    const rank = urgencyRank(facts, timing.policy?.urgencyRank.get(band?.code ?? ''))
    const level = timing.sees ? facts.recommendation?.levelRank : null
    return {
      ...{ facts, clocks, steps, band, next },
      isMine: step !== undefined && isFor(actor, facts, step, now),
      key: { urgency: rank, dueAt: next?.dueAt ?? LAST, level: -(level ?? 999), id: facts.id },
    }
  }
}

/** After every band. */
const DECIDED = 999

/**
 * Nobody knows how urgent it is what has not been scored: until it is, it may be the most urgent, as is a challenge that cannot
 * wait. What is decided, and challenged by nobody, comes after all that is not.
 */
function urgencyRank(facts: ChildFacts, rank: number | undefined): number {
  const isScored = facts.recommendation?.revision === facts.revisions.length
  const isDecided = roundsOf(facts).every(({ metAt }) => metAt !== null)
  const challenges = waiting(facts)
  if (isDecided && challenges.length === 0) return DECIDED
  return isScored && !challenges.some(({ isUrgent }) => isUrgent) ? (rank ?? 0) : 0
}

/** After every instant that can be. */
const LAST = '9999-12-31T00:00:00.000Z'

function firstDue(clocks: readonly Clock[]): Clock | undefined {
  const open: readonly string[] = OPEN_STATES
  return clocks
    .filter(({ state }) => open.includes(state))
    .reduce<Clock | undefined>(
      (first, one) => (first && (first.dueAt ?? '') <= (one.dueAt ?? '') ? first : one),
      undefined,
    )
}

/** Urgency, then what is due first, then the higher level. */
export function compare(a: SortKey, b: SortKey): number {
  return a.urgency - b.urgency || order(a.dueAt, b.dueAt) || a.level - b.level || order(a.id, b.id)
}

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
