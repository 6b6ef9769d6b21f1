/** What a snapshot says of each indicator, read plainly: the first half of the naive evaluator. */
import type { AgeRange } from '../../src/engine/conditions/shape.ts'
import type { PolicyDocument } from '../../src/engine/index.ts'
import type { Snapshot, SnapshotChild } from '../../src/engine/referral/snapshot.ts'

export type Answer = 'yes' | 'maybe' | 'no'
export type Spec = PolicyDocument['indicators'][number]

/** One thing said of an indicator: `isSure` where it may be counted on, else it may yet turn out so. */
export interface Saying {
  readonly isSure: boolean
  readonly kind: string | null
  readonly occurrence: string | null
  readonly monthsAgo: number | null
  readonly durationMonths?: number | undefined
  readonly trend?: string | undefined
}

export interface Sighting {
  readonly spec: Spec
  answer: Answer
  readonly sayings: Saying[]
}

export interface World {
  readonly document: PolicyDocument
  readonly snapshot: Snapshot
  readonly child: SnapshotChild
  /** Everything that is or may be so, by code. */
  readonly seen: Map<string, Sighting>
  /** What everything but the rules that ask for it comes to. */
  reached?: { low: number; high: number }
}

/** The least of what is sure, or the most of what is possible. */
export type End = 'low' | 'high'

export const OFTEN = ['once', 'sometimes', 'often', 'persistent']

export const both = (low: boolean, high: boolean): Answer => (low ? 'yes' : high ? 'maybe' : 'no')
export const isRisky = ({ kind }: Spec): boolean => kind === 'risk' || kind === 'status' || kind === 'measure'
/** Rank of a level, or of the level that a column of a matrix stands for. */
export function rankOf(document: PolicyDocument, code: string): number {
  const column = (document.matrices ?? []).flatMap(({ columns }) => columns).find((one) => one.code === code)
  return document.levels.findIndex((level) => level.code === (column?.level ?? code))
}

const WORSE = ['improving', 'steady', 'worsening']
export const isAsBad = (trend: string, asked: string): boolean => WORSE.indexOf(trend) >= WORSE.indexOf(asked)

/** What findings and measurements say of each indicator; and whether something was said that cannot be placed. */
export function look(
  document: PolicyDocument,
  snapshot: Snapshot,
  child: SnapshotChild,
): { seen: World['seen']; isUnplaceable: boolean; isPassedOver: boolean } {
  const seen: World['seen'] = new Map()
  const denied = new Set<string>()
  const said = new Set<string>()
  let isPassedOver = false
  let isUnplaceable = child.unmapped.length > 0
  const say = (spec: Spec, answer: Answer, sayings: readonly Saying[]): void => {
    const sighting = seen.get(spec.code) ?? { spec, answer, sayings: [] }
    if (answer === 'yes') sighting.answer = 'yes'
    sighting.sayings.push(...sayings)
    seen.set(spec.code, sighting)
  }
  for (const finding of child.findings) {
    const spec = document.indicators.find(({ code }) => code === finding.indicator)
    if (!spec) isUnplaceable = true
    if (spec && finding.state === 'absent') denied.add(spec.code)
    if (!spec || finding.state === 'absent') continue
    const fits = fit(spec, child.age)
    if (fits === 'no') {
      // What was found in the household may be about a sibling: then it is placed there, and open here.
      const isTakenUp =
        finding.subject === 'household' && snapshot.children.some((other) => fit(spec, other.age) !== 'no')
      if (isRisky(spec) && finding.state === 'present' && !isTakenUp) isUnplaceable = true
      if (isRisky(spec) && finding.state === 'present' && isTakenUp) isPassedOver = true
      continue
    }
    if (finding.state === 'present') said.add(spec.code)
    const counts = (kind: string | null): boolean =>
      !spec.evidence || (kind !== null && (spec.evidence as string[]).includes(kind))
    const counting = finding.evidence.filter(({ kind }) => counts(kind))
    const isSure = finding.state === 'present' && (!spec.evidence || counting.length > 0)
    const isBare = !isSure || finding.evidence.length === 0
    const blank = { isSure, kind: null, occurrence: null, monthsAgo: null }
    say(
      spec,
      isSure ? fits : 'maybe',
      isBare ? [blank] : finding.evidence.map((piece) => ({ ...piece, isSure: counts(piece.kind) })),
    )
  }
  for (const spec of document.indicators) {
    const { measure } = spec
    const isMet =
      measure &&
      child.measurements.some((m) => m.measure === measure.name && reaches(m.value, measure.is, measure.value))
    const fits = fit(spec, child.age)
    if (isMet && fits !== 'no') say(spec, fits, [{ isSure: true, kind: null, occurrence: null, monthsAgo: null }])
  }
  if (document.repetition)
    for (const { sayings } of seen.values()) sayings.push(...onceAndAgain(sayings, document.repetition))
  // A strength that is both said and denied is only possible.
  for (const [code, sighting] of seen)
    if (sighting.spec.kind === 'protective' && said.has(code) && denied.has(code)) sighting.answer = 'maybe'
  return { seen, isUnplaceable, isPassedOver }
}

/** What several sayings of “once” come to: different months are different times; the same month, or none, may be. */
function onceAndAgain(sayings: readonly Saying[], repetition: NonNullable<PolicyDocument['repetition']>): Saying[] {
  const distinct = sayings.filter(
    (s, i) => sayings.findIndex((other) => JSON.stringify(other) === JSON.stringify(s)) === i,
  )
  const once = distinct.filter(
    (s) => s.occurrence === 'once' && (s.monthsAgo === null || s.monthsAgo < repetition.withinMonths),
  )
  const dated = once.filter((s) => s.isSure && s.monthsAgo !== null)
  const months = [...new Set(dated.map((s) => s.monthsAgo))].sort((a, b) => (a ?? 0) - (b ?? 0))
  const frequency = (times: number): string | null => {
    if (repetition.persistent !== undefined && times >= repetition.persistent) return 'persistent'
    if (repetition.often !== undefined && times >= repetition.often) return 'often'
    return repetition.sometimes !== undefined && times >= repetition.sometimes ? 'sometimes' : null
  }
  const [sure, possible] = [frequency(months.length), frequency(once.length)]
  const isOneKind = new Set(dated.map((s) => s.kind)).size === 1
  const again: Saying[] = []
  if (sure)
    again.push({
      isSure: true,
      occurrence: sure,
      monthsAgo: months[0] ?? null,
      kind: isOneKind ? (dated[0]?.kind ?? null) : null,
    })
  if (possible && possible !== sure) again.push({ isSure: false, occurrence: possible, monthsAgo: null, kind: null })
  return again
}

/** Whether the indicator is about a child of that age; what is absolute is given the benefit of the doubt. */
function fit(spec: Spec, age: SnapshotChild['age']): Answer {
  const answer = spec.age ? ageAnswer(spec.age, age) : 'yes'
  return answer === 'maybe' && spec.absolute ? 'yes' : answer
}

export function reaches(value: number, is: string, limit: number): boolean {
  return (
    (is === 'below' && value < limit) ||
    (is === 'above' && value > limit) ||
    (is === 'atMost' && value <= limit) ||
    (is === 'atLeast' && value >= limit)
  )
}

/** Month by month: whether every age that the child may have lies in the range, or some. Not known: born, under 18. */
export function ageAnswer(range: AgeRange, age: SnapshotChild['age']): Answer {
  const months = []
  for (let month = Math.max(-1, age?.low ?? 0); month <= Math.max(-1, age?.high ?? 215); month++) months.push(month)
  const isBorn = range.fromMonths !== undefined || range.toMonths !== undefined || range.unborn !== true
  const isIn = (month: number): boolean =>
    month < 0 ? range.unborn === true : isBorn && month >= (range.fromMonths ?? 0) && month <= (range.toMonths ?? 9999)
  return both(months.every(isIn), months.some(isIn))
}

/** Rank of the level of an indicator: by its own sure sayings, or by what may be so. */
export function rank(document: PolicyDocument, { spec, sayings }: Sighting, end: End): number {
  let own = rankOf(document, spec.level)
  for (const step of spec.raisedBy ?? []) {
    const isMet = sayings.some((saying) => {
      const known: [unknown, unknown, boolean][] = [
        [
          step.occurrence,
          saying.occurrence,
          OFTEN.indexOf(saying.occurrence ?? '') >= OFTEN.indexOf(step.occurrence ?? ''),
        ],
        [step.durationMonths, saying.durationMonths, (saying.durationMonths ?? 0) >= (step.durationMonths ?? 0)],
        [step.withinMonths, saying.monthsAgo, (saying.monthsAgo ?? 0) < (step.withinMonths ?? 0)],
        [step.trend, saying.trend, isAsBad(saying.trend ?? '', step.trend ?? '')],
      ]
      return (
        known
          .filter(([asked]) => asked !== undefined)
          .every(([, said, holds]) => (said === undefined || said === null ? end === 'high' : holds)) &&
        (end === 'high' || saying.isSure)
      )
    })
    if (isMet) own = Math.max(own, rankOf(document, step.level))
  }
  if (!spec.grades) return own
  const grades: Record<string, string | undefined> = spec.grades
  let best = own
  for (const { isSure, occurrence } of sayings) {
    if (end === 'low' && (!isSure || occurrence === null)) continue
    for (const often of OFTEN.slice(0, occurrence === null ? 4 : OFTEN.indexOf(occurrence) + 1)) {
      const grade = grades[often]
      if (grade !== undefined) best = Math.max(best, rankOf(document, grade))
    }
  }
  return best
}

export function topDomains(document: PolicyDocument, spec: Spec): string[] {
  return spec.domains.map((code) => lineage(document, code).at(-1) ?? code)
}

function lineage(document: PolicyDocument, code: string): string[] {
  const parent = document.domains.find((domain) => domain.code === code)?.parent
  return parent === undefined ? [code] : [code, ...lineage(document, parent)]
}

export interface Wanted {
  level?: string | undefined
  domain?: string | undefined
  kind?: string | undefined
  categories?: readonly string[] | undefined
  matrix?: string | undefined
}

/** Sightings that a count takes in, at the low end (sure) or at the high end (possible). */
export function counted({ document, seen }: World, wanted: Wanted, end: End): Sighting[] {
  return [...seen.values()].filter((sighting) => {
    const { spec, answer } = sighting
    if (end === 'low' && answer !== 'yes') return false
    if (!isRisky(spec) || (wanted.kind !== undefined && spec.kind !== wanted.kind)) return false
    if (wanted.matrix !== undefined && spec.matrix !== wanted.matrix) return false
    if (wanted.level !== undefined && rank(document, sighting, end) < rankOf(document, wanted.level)) return false
    if (wanted.categories && !spec.categories.some((category) => wanted.categories?.includes(category))) return false
    return (
      wanted.domain === undefined || spec.domains.some((code) => lineage(document, code).includes(wanted.domain ?? ''))
    )
  })
}
