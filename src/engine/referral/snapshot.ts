/**
 * A referral → what scoring reads: ages and periods resolved to whole months, names and identifiers left out,
 * everything in one order. Equal referrals have equal snapshots whatever the order in which they were written.
 */
import { civilDate, completedMonths, dayNumber, londonDate } from '../calendar/civil.ts'
import type { AgeInMonths, AssessmentResult, EarlierReferral, EvidencePiece } from '../conditions/state.ts'
import { canonical } from '../hash.ts'
import type { ConsentState, FindingState, QualityFeature } from '../vocabulary.ts'
import { monitoringOnly, qualityFeatures } from './quality.ts'
import type { AssessmentDone, Child, Finding, Referral } from './shape.ts'

export type Subject = 'child' | 'household' | 'context'

export interface SnapshotEvidence extends EvidencePiece {
  readonly source: string
  readonly text: string
}

export interface SnapshotFinding {
  readonly indicator: string
  readonly state: FindingState
  readonly subject: Subject
  readonly evidence: readonly SnapshotEvidence[]
}

export interface SnapshotChild {
  readonly id: string
  /** Null where the referral says nothing of the child's age. */
  readonly age: AgeInMonths | null
  readonly findings: readonly SnapshotFinding[]
  readonly measurements: readonly { readonly measure: string; readonly value: number }[]
  /** Concerns in words that fit no indicator. */
  readonly unmapped: readonly string[]
  readonly history: readonly EarlierReferral[]
  /** Assessments and tools of the child and the household. Left out where there is none. */
  readonly assessments?: readonly AssessmentResult[] | undefined
  /** Code of the highest floor that an earlier version of this referral had for the child. */
  readonly earlierFloor?: string | undefined
}

export interface FactAnswer {
  readonly code: string
  readonly answer: 'yes' | 'no' | 'unknown'
  /** The children it is about; all where left out. */
  readonly children?: readonly string[] | undefined
}

/** Answers that are about a child. */
export function factsOf({ facts }: Pick<Snapshot, 'facts'>, child: string): FactAnswer[] {
  return facts.filter(({ children }) => children?.includes(child) ?? true)
}

export interface Snapshot {
  /** RFC 3339 UTC. Clocks start here. */
  readonly receivedAt: string
  readonly immediateDanger: boolean
  readonly consent: ConsentState
  readonly facts: readonly FactAnswer[]
  /** Features of a good referral that this one shows; strengths are judged by scoring, which knows the policy. */
  readonly quality: readonly QualityFeature[]
  readonly suggestedLevel: string | null
  /** An earlier version of this referral said that a child may be in immediate danger. */
  readonly earlierDanger?: boolean | undefined
  /** The only help named is that somebody will monitor. */
  readonly monitoringOnly: boolean
  /** Dated events are listed. Left out where there are none. */
  readonly chronology?: true | undefined
  /** Ages of all children of the referral: a household finding about one of them says nothing of another. */
  readonly ages: readonly (AgeInMonths | null)[]
  readonly children: readonly SnapshotChild[]
}

export interface Around {
  /** RFC 3339 UTC instant at which the referral was received. */
  readonly receivedAt: string
  /** RFC 3339 UTC instant at which it said what it says now: ages and periods are counted to it. Receipt where left out. */
  readonly asOf?: string | undefined
  /** What earlier versions of the same referral said: new information adds, and does not make danger vanish. */
  readonly earlier?: { readonly danger: boolean; readonly floors: ReadonlyMap<string, string> } | undefined
  /** Earlier referrals of each child that the authority itself holds. */
  readonly history?: ReadonlyMap<string, readonly { date: string; categories: readonly string[] }[]> | undefined
}

export function toSnapshot(referral: Referral, { receivedAt, asOf, history, earlier }: Around): Snapshot {
  const today = londonDate(asOf ?? receivedAt)
  return {
    receivedAt,
    immediateDanger: referral.immediateDanger,
    consent: consentState(referral),
    facts: inOrder(
      (referral.facts ?? []).map((fact) => (fact.children ? { ...fact, children: [...fact.children].sort() } : fact)),
    ),
    quality: qualityFeatures(referral, today),
    suggestedLevel: referral.suggestedLevel ?? null,
    ...(earlier?.danger ? { earlierDanger: true } : {}),
    monitoringOnly: monitoringOnly(referral),
    ...((referral.chronology?.length ?? 0) > 0 ? { chronology: true as const } : {}),
    ages: inOrder(referral.children.map((child) => ageOf(child, today))),
    children: referral.children
      .map((child) => ({
        ...snapshotChild(referral, child, today, history?.get(child.id) ?? []),
        ...(earlier?.floors.has(child.id) ? { earlierFloor: earlier.floors.get(child.id) } : {}),
      }))
      .sort((a, b) => (a.id < b.id ? -1 : 1)),
  }
}

function snapshotChild(
  referral: Referral,
  child: Child,
  today: string,
  held: readonly { date: string; categories: readonly string[] }[],
): SnapshotChild {
  const contexts = (referral.contexts ?? []).filter((context) => context.children.includes(child.id))
  const about = (referral.earlierReferrals ?? []).filter(({ children }) => children?.includes(child.id) ?? true)
  const told = about.map(({ date, categories }) => ({ date, categories: categories ?? [] }))
  return {
    id: child.id,
    age: ageOf(child, today),
    findings: inOrder([
      ...(child.findings ?? []).map((finding) => snapshotFinding(finding, 'child', today)),
      ...(referral.household?.findings ?? []).map((finding) => snapshotFinding(finding, 'household', today)),
      ...contexts.flatMap((context) =>
        (context.findings ?? []).map((finding) => snapshotFinding(finding, 'context', today)),
      ),
    ]),
    measurements: inOrder(child.measurements ?? []),
    unmapped: inOrder([
      ...(child.otherConcerns ?? []),
      ...(referral.household?.otherConcerns ?? []),
      ...contexts.flatMap((context) => context.otherConcerns ?? []),
    ]),
    history: inOrder(onceEach([...held, ...told], today)),
    ...assessmentsOf([...(child.assessments ?? []), ...(referral.household?.assessments ?? [])], today),
  }
}

function assessmentsOf(done: readonly AssessmentDone[], today: string): Pick<SnapshotChild, 'assessments'> {
  if (done.length === 0) return {}
  return {
    assessments: inOrder(
      done.map(({ assessment, date, version, result, byTrained }) => ({
        assessment,
        monthsAgo: monthsBefore(date, today),
        version: version ?? null,
        result: result ?? null,
        byTrained: byTrained ?? null,
      })),
    ),
  }
}

/** The referrer and the authority may both know of the same earlier referral; one of a day is one. */
function onceEach(
  earlier: readonly { date: string; categories: readonly string[] }[],
  today: string,
): EarlierReferral[] {
  const byDate = new Map<string, Set<string>>()
  for (const { date, categories } of earlier) {
    const known = byDate.get(date) ?? new Set()
    for (const category of categories) known.add(category)
    byDate.set(date, known)
  }
  return [...byDate].map(([date, categories]) => ({
    monthsAgo: monthsBefore(date, today),
    categories: [...categories].sort(),
  }))
}

function snapshotFinding(finding: Finding, subject: Subject, today: string): SnapshotFinding {
  return {
    indicator: finding.indicator,
    state: finding.state,
    subject,
    evidence: inOrder(
      (finding.evidence ?? []).map((piece) => ({
        kind: piece.kind,
        source: piece.source,
        occurrence: piece.occurrence ?? null,
        monthsAgo: piece.date === undefined ? null : monthsBefore(piece.date, today),
        ...(piece.durationMonths === undefined ? {} : { durationMonths: piece.durationMonths }),
        ...(piece.trend === undefined ? {} : { trend: piece.trend }),
        text: piece.text,
      })),
    ),
  }
}

/**
 * Months that had passed on the day before: what happened exactly three months ago is still within three months, since a
 * limit that is just met counts as met.
 */
export function monthsBefore(date: string, today: string): number {
  return Math.max(0, completedMonths(date, civilDate(dayNumber(today) - 1)))
}

/** Completed months at a civil date; an estimate becomes a range; before birth is −1. */
export function ageOf(
  child: Pick<Child, 'dateOfBirth' | 'expectedDate' | 'ageEstimate'>,
  today: string,
): AgeInMonths | null {
  if (child.dateOfBirth !== undefined) {
    // A date still to come is an expected one.
    if (child.dateOfBirth > today) return { low: -1, high: -1 }
    const months = completedMonths(child.dateOfBirth, today)
    return { low: months, high: months }
  }
  if (child.expectedDate !== undefined) return { low: -1, high: -1 }
  if (child.ageEstimate !== undefined)
    return { low: child.ageEstimate.fromYears * 12, high: child.ageEstimate.toYears * 12 + 11 }
  return null
}

/** What a referral says of consent, taken as a whole. */
export function consentState({ consent }: Referral): ConsentState {
  if (!consent.sought) return 'not_sought'
  if (consent.obtained === undefined) return 'unknown'
  return consent.obtained ? 'obtained' : 'refused'
}

/** Sorted by canonical form and without repetitions, so that neither order nor duplication can matter. */
function inOrder<T>(list: readonly T[]): T[] {
  const byForm = new Map(list.map((item) => [canonical(item), item]))
  return [...byForm.keys()].sort().map((form) => byForm.get(form) as T)
}
