/**
 * `score(policy, snapshot)`: what the policy says of each child. Pure: no I/O, clock, locale, randomness or floating point,
 * and no dependence on the order of anything. It recommends; it never decides.
 */

import type { z } from 'zod'
import { type CalendarFile, type WorkingCalendar, withOfficeHours, workingCalendar } from '../calendar/working-time.ts'
import { categoriesIn, categorySet } from '../conditions/categories.ts'
import { contentHash } from '../hash.ts'
import type { Policy } from '../policy/policy.ts'
import { type FactAnswer, factsOf, type Snapshot, type SnapshotChild } from '../referral/snapshot.ts'
import { CURRENT_SEMANTICS, type Semantics, semanticsOf } from '../semantics.ts'
import { alertsOf } from './alerts.ts'
import { type Assessment, assess, NOT_PLACED, OUT_OF_AGE, outcomeOf, UNKNOWN_CODE, UNMAPPED } from './assess.ts'
import { JsonBytes } from './json-bytes.ts'
import { type Placed, place } from './place.ts'
import { practiceOf } from './practice.ts'
import { questionsOf, restsOn } from './questions.ts'
import { notMet, reasonsOf } from './reasons.ts'
import { addReasons } from './reasons-json.ts'
import type { Recommendation } from './recommendation.ts'
import { citationRef, levelRef } from './refer.ts'
import { routeChild } from './routing.ts'
import type { Reading } from './state.ts'
import { urgencyOf } from './urgency.ts'
import { type Workspace, withWorkspace } from './workspace.ts'

export interface Calendar {
  readonly working: WorkingCalendar
  readonly hash: string
}

export function calendarOf(file: z.output<typeof CalendarFile>): Calendar {
  return { working: workingCalendar(file), hash: contentHash(file) }
}

/** One recommendation for each child, in the snapshot's order. Total: every child has a level or an explicit withholding. */
export function score(
  policy: Policy,
  snapshot: Snapshot,
  calendar: Calendar,
  semantics: Semantics = CURRENT_SEMANTICS,
): Recommendation[] {
  return withWorkspace(policy, (workspace) => {
    const around = prepared(policy, snapshot, { calendar, semantics, workspace })
    return snapshot.children.map((child) => scoreChild(policy, snapshot, child, around))
  })
}

/** With the hash of the snapshot, and the office hours of the authority. */
function prepared(policy: Policy, snapshot: Snapshot, given: Omit<With, 'snapshotHash'>): With {
  const working = withOfficeHours(given.calendar.working, policy.document.officeHours)
  return { ...given, calendar: { ...given.calendar, working }, snapshotHash: contentHash(snapshot) }
}

/**
 * The same as an earlier version of the engine had it, or this one.
 * @throws RangeError for a version that this engine does not have.
 */
export function scoreUnder(version: string, policy: Policy, snapshot: Snapshot, calendar: Calendar): Recommendation[] {
  const semantics = semanticsOf(version)
  if (!semantics) throw new RangeError(`This engine does not have the semantics ${version}.`)
  return score(policy, snapshot, calendar, semantics)
}

/**
 * The same as the text of a JSON array, byte for byte what `JSON.stringify` makes of it. What a recommendation says at most
 * length is never made into objects.
 */
export function scoreJson(policy: Policy, snapshot: Snapshot, calendar: Calendar): string {
  return withWorkspace(policy, (workspace) => {
    const around = prepared(policy, snapshot, { calendar, semantics: CURRENT_SEMANTICS, workspace, isSilent: true })
    const reasons = new JsonBytes()
    const each = snapshot.children.map((child) => {
      const silent = scoreChild(policy, snapshot, child, around)
      // A quotation mark inside of a text is escaped, so that this is the property and nothing that somebody wrote.
      const [before = '', after = ''] = JSON.stringify(silent).split(NO_REASONS, 2)
      reasons.clear()
      addReasons(reasons, policy, workspace)
      return `${before}"reasons":${reasons},"notMet":${after}`
    })
    return `[${each.join(',')}]`
  })
}

const NO_REASONS = '"reasons":[],"notMet":'

interface With {
  readonly calendar: Calendar
  readonly snapshotHash: string
  readonly semantics: Semantics
  readonly workspace: Workspace
  /** Leaves the reasons out. */
  readonly isSilent?: boolean
}

function scoreChild(
  policy: Policy,
  snapshot: Snapshot,
  child: SnapshotChild,
  { calendar, snapshotHash, semantics, workspace, isSilent = false }: With,
): Recommendation {
  const assessment = assess(policy, snapshot, child, workspace)
  const { reading, open } = assessment
  // What could not be mapped may have raised the high end.
  const placed = { ...place(policy, reading.state, workspace.tried), high: assessment.weighed.high }
  const situation = { ...assessment, policy, snapshot, placed, calendar: calendar.working }
  const { responses, alternatives } = routeChild(situation)
  const { urgency, possible } = urgencyOf(situation, responses)
  const gateOpen = open.length > 0
  const practice = practiceOf(situation, responses)
  const withdrawn = levelRef(policy, earlierFloor(policy, snapshot, child, placed))
  return {
    child: child.id,
    outcome: outcomeOf(assessment),
    ...levelsOf(policy, placed, assessment.withheld !== 0),
    earlierFloor: withdrawn,
    withheldBecause: withheldBecause(policy, assessment),
    responses: [...responses],
    alternatives: [...alternatives],
    urgency,
    reasons: isSilent ? [] : reasonsOf(policy, reading, placed),
    notMet: notMet(policy, reading, placed),
    restsOn: restsOn(policy, workspace),
    questions: questionsOf(policy, reading, workspace),
    gates: gatesOf(policy, factsOf(snapshot, child.id)),
    reviews: reviewsOf(policy, placed),
    alerts: alertsOf({ policy, snapshot, child, reading, placed, gateOpen, possibleUrgency: possible, withdrawn }),
    services: servicesOf(policy, reading, placed),
    quality: qualityOf(policy, snapshot, reading),
    points: placed.points ? { ...placed.points } : null,
    categories: categoriesIn(reading.state.possibleConcerns),
    ...(practice ? { practice } : {}),
    pins: { ...pinsOf(policy), engine: semantics.version, calendarHash: calendar.hash, snapshotHash },
  }
}

function levelsOf(policy: Policy, { low, high, floor }: Placed, isWithheld: boolean) {
  return {
    level: isWithheld ? null : levelRef(policy, low),
    low: levelRef(policy, low),
    high: levelRef(policy, high),
    floor: levelRef(policy, floor),
    provisional: high > low,
  }
}

function pinsOf({ id, version, hash, statutory }: Policy) {
  return {
    policy: id,
    policyVersion: version,
    policyHash: hash,
    statutory: statutory.id,
    statutoryVersion: statutory.version,
    statutoryHash: statutory.hash,
  }
}

/** Rank of the floor that earlier versions of the referral had, where it is higher than this one's; else −1. */
function earlierFloor({ rankOf, levels }: Policy, snapshot: Snapshot, child: SnapshotChild, { floor }: Placed): number {
  const danger = snapshot.earlierDanger ? levels.findIndex(({ common }) => common === 'child_protection') : -1
  const earlier = Math.max(danger, rankOf.get(child.earlierFloor ?? '') ?? -1)
  return earlier > floor ? earlier : -1
}

/** Why no level is stated. */
function withheldBecause(policy: Policy, { withheld, reading }: Assessment): string[] {
  const { state, unknownCodes, outOfAge } = reading
  const because: string[] = []
  if (withheld & NOT_PLACED) {
    because.push(
      state.support.some((index) => policy.indicators[index]?.scores)
        ? 'What was found is not certain enough to place the child at any level.'
        : 'Nothing was found that the policy can place. What was written has to be read by a person.',
    )
  }
  if (withheld & UNMAPPED) because.push('A concern was written that fits no indicator of the policy.')
  if (withheld & UNKNOWN_CODE) because.push(`The policy does not have the indicator ${unknownCodes.join(', ')}.`)
  if (withheld & OUT_OF_AGE)
    because.push(`Found, but the document has it for children of another age: ${outOfAge.join(', ')}.`)
  return because
}

function gatesOf(policy: Policy, facts: readonly FactAnswer[]): Recommendation['gates'] {
  const severity = { not_asked: 0, no: 1, unknown: 2, yes: 3 } as const
  return policy.document.gates.map(({ id, question, outcome, because, citation }) => {
    const answers = facts.filter(({ code }) => code === id).map(({ answer }) => answer)
    const answer = answers.sort((a, b) => severity[b] - severity[a])[0] ?? ('not_asked' as const)
    return { id, question, answer, outcome, because, citation: citationRef(`${policy.id}@${policy.version}`, citation) }
  })
}

/** Reviews that rules ask for; one that may hold asks as well, since a review harms nobody. */
function reviewsOf(policy: Policy, placed: Placed): string[] {
  const ids = new Set(placed.placements.filter(({ kind }) => kind === 'rule').map(({ id }) => id))
  return policy.document.rules
    .filter(({ id, then }) => ids.has(id) && then.review !== undefined)
    .map(({ then }) => then.review ?? '')
}

function servicesOf(policy: Policy, { state }: Reading, placed: Placed): Recommendation['services'] {
  const level = policy.levels[Math.max(placed.low, 0)]?.code ?? ''
  return policy.document.services
    .filter(
      ({ levels, categories }) =>
        levels.includes(level) && (categories.length === 0 || (categorySet(categories) & state.possibleConcerns) !== 0),
    )
    .map(({ code, name, description, contact }) => ({ code, name, description, contact }))
}

function qualityOf(policy: Policy, snapshot: Snapshot, { state }: Reading): Recommendation['quality'] {
  const strengths = state.support.some((index) => policy.indicators[index]?.spec.kind === 'protective')
  const features = policy.document.quality.map(({ feature, weight, advice }) => ({
    feature,
    weight,
    advice,
    met: snapshot.quality.includes(feature) || (feature === 'strengths_and_risks' && strengths),
  }))
  return {
    score: features.reduce((sum, { met, weight }) => sum + (met ? weight : 0), 0),
    outOf: features.reduce((sum, { weight }) => sum + weight, 0),
    features,
  }
}
