/** What a condition read in the referral, and what it lacks. */
import { MAYBE, NO, YES } from '../conditions/kleene.ts'
import type { Leaf } from '../conditions/shape.ts'
import { factsOf, type SnapshotFinding } from '../referral/snapshot.ts'
import type { ReadValue, SaidValue } from './shape.ts'
import { type Counted, counted, type View } from './view.ts'
import {
  ageWords,
  assessmentLabel,
  type CountOf,
  measureLabel,
  monthsAgoWords,
  plainly,
  questionOf,
  several,
  textOf,
} from './words.ts'

/** So much is repeated with each condition that read it; everything stands once under `said`. */
const EVIDENCE_MAX = 6
const READ_MAX = 30

export interface LeafReading {
  readonly read: readonly ReadValue[]
  /** What is wanting where the condition does not surely hold. */
  readonly missing: string
}

type PresentOf = Extract<Leaf, { present: string }>
type MeasureOf = Extract<Leaf, { measure: string }>
type HistoryOf = Extract<Leaf, { history: unknown }>['history']

export function readingOf(view: View, leaf: Leaf): LeafReading {
  if ('present' in leaf) return presentReading(view, leaf)
  if ('count' in leaf) return countReading(view, leaf.count)
  if ('measure' in leaf) return measureReading(view, leaf)
  if ('history' in leaf) return historyReading(view, leaf.history)
  if ('age' in leaf) return ageReading(view)
  if ('fact' in leaf) return factReading(view, leaf.fact)
  if ('consent' in leaf) return consentReading(view)
  if ('assessment' in leaf) return assessmentReading(view, leaf.assessment)
  if ('reached' in leaf) return reachedReading(view)
  return { read: [], missing: 'it does not surely hold' }
}

/** Something read that is no finding: it has neither a subject nor evidence of its own. */
function plainRead(kind: ReadValue['kind'], code: string | null, words: string, answer: string): ReadValue {
  return { kind, code, words, answer, subject: null, evidence: [], moreEvidence: 0 }
}

/** Whatever the referral says of an indicator: findings of any state, and measurements that speak for it. */
export function findingsOf(view: View, code: string): ReadValue[] {
  const { policy, child } = view
  const index = policy.indexOf.get(code) ?? -1
  const words = textOf(policy, code)
  const measure = policy.indicators[index]?.spec.measure
  const measured = measure ? measurementsOf(view, measure.name) : []
  return [
    ...child.findings
      .filter(({ indicator }) => indicator === code)
      .map((finding) => ({
        kind: 'finding' as const,
        code,
        words,
        answer: findingAnswer(view, index, finding),
        subject: finding.subject,
        evidence: finding.evidence
          .slice(0, EVIDENCE_MAX)
          .map(({ kind, source, occurrence, monthsAgo, durationMonths, trend }) => ({
            kind,
            source,
            occurrence,
            monthsAgo,
            ...(durationMonths === undefined ? {} : { durationMonths }),
            ...(trend === undefined ? {} : { trend }),
          })),
        moreEvidence: Math.max(0, finding.evidence.length - EVIDENCE_MAX),
      })),
    ...measured,
  ]
}

/** What a condition read, as far as it is repeated with it. */
export function repeated(read: readonly ReadValue[]): { read: ReadValue[]; moreRead: number } {
  return { read: read.slice(0, READ_MAX), moreRead: Math.max(0, read.length - READ_MAX) }
}

/** All that the referral says of indicators and measures; a code that the policy does not have stands for itself. */
export function saidOf(view: View): SaidValue[] {
  const { policy, child } = view
  const measures = [...new Set(child.measurements.map(({ measure }) => measure))]
  return [
    ...child.findings.map((finding) => ({
      kind: 'finding' as const,
      code: finding.indicator,
      words: textOf(policy, finding.indicator),
      answer: findingAnswer(view, policy.indexOf.get(finding.indicator) ?? -1, finding),
      subject: finding.subject,
      evidence: finding.evidence.map(({ kind, source, occurrence, monthsAgo, text }) => ({
        kind,
        source,
        occurrence,
        monthsAgo,
        text,
      })),
    })),
    ...measures.flatMap((name) =>
      measurementsOf(view, name).map(({ moreEvidence: _, ...said }) => ({ ...said, evidence: [] })),
    ),
  ]
}

function findingAnswer(view: View, index: number, { state, evidence }: SnapshotFinding): string {
  if (state === 'absent') return 'said not to be so'
  if (state === 'unknown') return 'said not to be known'
  if (index < 0) return 'found, but this policy does not have it'
  if (isOutOfAge(view, index)) return 'found, but the document has it for children of another age'
  if (view.found(index) === YES) return 'found'
  const { evidence: counting } = view.policy.indicators[index]?.spec ?? {}
  const isUncounted = counting && !evidence.some(({ kind }) => kind !== null && counting.includes(kind))
  if (isUncounted) return `said, but the document asks for ${counting.map(plainly).join(' or ')}`
  return 'said, but not certain'
}

function isOutOfAge(view: View, index: number): boolean {
  const age = view.policy.indicators[index]?.spec.age
  return age !== undefined && view.valueOf({ age }) === NO
}

function presentReading(view: View, leaf: PresentOf): LeafReading {
  const read = findingsOf(view, leaf.present)
  const value = view.found(view.policy.indexOf.get(leaf.present) ?? -1)
  if (value === NO) return { read, missing: read[0]?.answer ?? 'not mentioned' }
  const narrowing = narrowingWords(leaf)
  if (narrowing === '' || value === MAYBE) return { read, missing: 'not known for certain' }
  return {
    read,
    missing: `found, but ${view.valueOf(leaf) === MAYBE ? 'it is not known whether' : 'not'} ${narrowing}`,
  }
}

function narrowingWords({ occurrence, evidence, withinMonths, durationMonths, trend }: PresentOf): string {
  return [
    ...(occurrence === undefined ? [] : [`at least ${occurrence}`]),
    ...(evidence === undefined ? [] : [`by ${evidence.map(plainly).join(' or ')}`]),
    ...(withinMonths === undefined ? [] : [`within ${several(withinMonths, 'month')}`]),
    ...(durationMonths === undefined ? [] : [`for ${several(durationMonths, 'month')} or longer`]),
    ...(trend === undefined ? [] : [trend === 'worsening' ? trend : `${trend} or worse`]),
  ].join(', ')
}

function countReading(view: View, count: CountOf): LeafReading {
  const rank = count.level === undefined ? 0 : view.rankOf(count.level)
  const found = counted(view, { matches: view.matching(count), rank })
  return countedReading(view, found, { count: count.atLeast, domains: count.acrossDomains ?? 1 })
}

/** What was counted for a `count` or a cluster, and how much is wanting. */
export function countedReading(
  view: View,
  { possible, sureCount, possibleCount, sureDomains, possibleDomains }: Counted,
  wanted: { count: number; domains: number },
): LeafReading {
  const uncertain = possibleCount - sureCount
  const perhaps = uncertain > 0 ? ` and ${uncertain} more possible` : ''
  const spread =
    wanted.domains > 1
      ? `, in ${possibleDomains > sureDomains ? `${sureDomains} to ${possibleDomains}` : sureDomains} of ${several(wanted.domains, 'domain')}`
      : ''
  const codes = possible.map((index) => view.policy.indicators[index]?.spec.code ?? '')
  return {
    read: codes.flatMap((code) => findingsOf(view, code)),
    missing: `${sureCount} found for certain${perhaps}, ${wanted.count} needed${spread}`,
  }
}

function measurementsOf({ policy, child }: View, name: string): ReadValue[] {
  return child.measurements
    .filter(({ measure }) => measure === name)
    .map(({ value }) => plainRead('measurement', name, measureLabel(policy, name), String(value)))
}

function measureReading(view: View, { measure }: MeasureOf): LeafReading {
  const read = measurementsOf(view, measure)
  const numbers = read.map(({ answer }) => answer).join(', ')
  return { read, missing: read.length === 0 ? 'no such measurement is given' : `measured: ${numbers}` }
}

function historyReading({ child }: View, { referralsAtLeast, withinMonths }: HistoryOf): LeafReading {
  const recent = child.history.filter(({ monthsAgo }) => monthsAgo < withinMonths)
  const concern = (categories: readonly string[]): string =>
    categories.length === 0 ? 'no concern recorded' : `about ${categories.map(plainly).join(', ')}`
  return {
    read: recent.map(({ monthsAgo, categories }) =>
      plainRead('history', null, 'earlier referral', `${monthsAgoWords(monthsAgo)}, ${concern(categories)}`),
    ),
    missing: `${several(recent.length, 'earlier referral')} in that time; ${referralsAtLeast} that fit needed`,
  }
}

function ageReading({ child }: View): LeafReading {
  const answer = ageWords(child.age)
  return { read: [plainRead('age', null, 'age of the child', answer)], missing: answer }
}

function factReading({ policy, snapshot, child }: View, code: string): LeafReading {
  const danger = code === 'immediate_danger'
  const given = factsOf(snapshot, child.id).filter((fact) => fact.code === code)
  const answers = danger
    ? [snapshot.immediateDanger ? 'yes' : 'no', ...given.map(({ answer }) => answer)]
    : given.map(({ answer }) => answer)
  const said = [...new Set(answers)].map((answer) => (answer === 'unknown' ? 'not known' : answer))
  return {
    read: said.map((answer) => plainRead(danger ? 'immediate_danger' : 'fact', code, questionOf(policy, code), answer)),
    missing: said.length === 0 ? 'not answered' : `answered: ${said.join(', ')}`,
  }
}

function consentReading({ snapshot }: View): LeafReading {
  const answer = plainly(snapshot.consent)
  return { read: [plainRead('consent', null, 'consent', answer)], missing: `consent is ${answer}` }
}

function assessmentReading({ policy, child }: View, code: string): LeafReading {
  const label = assessmentLabel(policy, code)
  const done = (child.assessments ?? []).filter(({ assessment }) => assessment === code)
  return {
    read: done.map(({ monthsAgo, version, result }) => {
      const which = version === null ? 'version not stated' : `version ${version}`
      const cameTo = result === null ? 'result not stated' : `result ${result}`
      return plainRead('assessment', code, label, `${monthsAgoWords(monthsAgo)}, ${which}, ${cameTo}`)
    }),
    missing: done.length === 0 ? 'no such assessment is named' : 'what is named of it is not what the rule asks for',
  }
}

function reachedReading({ policy, reached }: View): LeafReading {
  const label = (rank: number): string => policy.levels[rank]?.label ?? 'no level'
  const perhaps = reached.high > reached.low ? `, perhaps ${label(reached.high)}` : ''
  const answer = `${label(reached.low)}${perhaps}`
  return { read: [plainRead('level', null, 'what everything else places the child at', answer)], missing: answer }
}
