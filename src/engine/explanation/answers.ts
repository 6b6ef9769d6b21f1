/** Answers that are plausible to ask for: what is unknown, what the policy's questions ask, and what near misses lack. */

import { leaves } from '../conditions/describe.ts'
import { compare } from '../conditions/evaluate.ts'
import { MAYBE, NO, YES } from '../conditions/kleene.ts'
import type { Condition, Leaf } from '../conditions/shape.ts'
import { factsOf, type Snapshot, type SnapshotChild } from '../referral/snapshot.ts'
import { OCCURRENCES } from '../vocabulary.ts'
import type { Change } from './shape.ts'
import { lookedFor, type View } from './view.ts'
import { measureLabel, questionOf, textOf } from './words.ts'

/** The nearest answers first; what is asked for twice comes once. */
export function plausibleAnswers(view: View): Change[] {
  const { policy, recommendation } = view
  const unknown = view.support.filter((index) => view.found(index) === MAYBE)
  const asked = new Set(recommendation.questions.map(({ id }) => id))
  const informed = policy.document.questions.filter(({ id }) => asked.has(id)).flatMap(({ informs }) => informs)
  const near = recommendation.notMet.map(({ id }) => id)
  const all = [
    ...unknown.flatMap((index) => findingAnswer(view, policy.indicators[index]?.spec.code ?? '')),
    ...gradeAnswers(view),
    ...factsOf(view.snapshot, view.child.id).flatMap(({ code, answer }) =>
      answer === 'unknown' ? factAnswer(view, code) : [],
    ),
    ...informed.flatMap((code) => findingAnswer(view, code)),
    ...openRoutes(view).flatMap((condition) => lacking(view, condition)),
    ...policy.rules.filter(({ spec }) => near.includes(spec.id)).flatMap(({ spec }) => lacking(view, spec.when)),
    ...policy.clusters
      .filter(({ spec }) => near.includes(spec.id))
      .flatMap(({ spec }) => related(view, lookedFor(view, spec))),
  ]
  return [...new Map(all.map((change) => [JSON.stringify(change), change])).values()]
}

function openRoutes({ policy, recommendation }: View): Condition[] {
  return (policy.routes[recommendation.low?.rank ?? -1] ?? []).flatMap(({ spec }) => (spec.when ? [spec.when] : []))
}

/** Answers that would make a part of a condition hold which does not hold now. */
function lacking(view: View, condition: Condition): Change[] {
  return leaves(condition)
    .filter(({ leaf, negations }) => negations === 0 && view.valueOf(leaf) !== YES)
    .flatMap(({ leaf }) => leafAnswers(view, leaf as Leaf))
}

function leafAnswers(view: View, leaf: Leaf): Change[] {
  if ('present' in leaf) {
    const { present, occurrence, evidence } = leaf
    return findingAnswer(view, present, {
      occurrence: occurrence ?? null,
      evidence: evidence?.[0] ?? null,
      isNarrowed: true,
    })
  }
  if ('fact' in leaf) return factAnswer(view, leaf.fact)
  if ('measure' in leaf) {
    const { measure, is, value } = leaf
    const met = [value, value - 1, value + 1].find((number) => number >= 0 && compare(number, is, value))
    const isGiven = view.child.measurements.some((one) => one.measure === measure)
    return isGiven || met === undefined
      ? []
      : [
          {
            ...BARE,
            kind: 'measurement',
            code: measure,
            words: `${measureLabel(view.policy, measure)}: ${met}`,
            value: met,
          },
        ]
  }
  if ('count' in leaf) {
    const rank = leaf.count.level === undefined ? 0 : view.rankOf(leaf.count.level)
    return related(view, { matches: view.matching(leaf.count), rank })
  }
  return []
}

/** Of everything that would count, what has to do with the concerns that are there. */
function related(view: View, { matches, rank }: { matches: Uint8Array; rank: number }): Change[] {
  return view.policy.indicators
    .filter(({ index, rank: own, spec }) => {
      const isRelated = spec.categories.some((category) => view.categories.has(category))
      return matches[index] === 1 && own >= rank && isRelated
    })
    .flatMap(({ spec }) => findingAnswer(view, spec.code))
}

const BARE = { now: 'not_mentioned', occurrence: null, evidence: null, value: null } as const

/** That an indicator is present. Not what somebody said is absent, what is there already, or what is about another age. */
function findingAnswer(
  view: View,
  code: string,
  {
    occurrence = null,
    evidence = null,
    isNarrowed = false,
  }: { occurrence?: Change['occurrence']; evidence?: Change['evidence']; isNarrowed?: boolean } = {},
): Change[] {
  const index = view.policy.indexOf.get(code) ?? -1
  const indicator = view.policy.indicators[index]
  if (!indicator?.scores) return []
  const { spec } = indicator
  const said = view.child.findings.filter((finding) => finding.indicator === code).map(({ state }) => state)
  const isDenied = said.includes('absent') && view.found(index) === NO
  const isOther = spec.age !== undefined && view.valueOf({ age: spec.age }) === NO
  const isKnown = view.found(index) === YES && !(isNarrowed && (occurrence !== null || evidence !== null))
  if (isDenied || isOther || isKnown) return []
  const kind = evidence ?? spec.evidence?.[0] ?? null
  const often = occurrence === null ? '' : ` (${occurrence})`
  return [
    {
      ...BARE,
      kind: 'finding',
      code,
      words: `${textOf(view.policy, code)}${often}`,
      now: said.length === 0 ? 'not_mentioned' : 'unknown',
      occurrence,
      evidence: kind,
    },
  ]
}

/** How often, for a graded finding of which that is not said. */
function gradeAnswers(view: View): Change[] {
  return view.support
    .filter((index) => view.found(index) === YES && view.ranks(index).high > view.ranks(index).low)
    .flatMap((index) => {
      const spec = view.policy.indicators[index]?.spec
      const grades = OCCURRENCES.filter((occurrence) => spec?.grades?.[occurrence] !== undefined)
      return findingAnswer(view, spec?.code ?? '', { occurrence: grades.at(-1) ?? null, isNarrowed: true })
    })
}

/** Yes to a question. A gate counts only where somebody asked and did not learn: it leads away from the child. */
function factAnswer(view: View, code: string): Change[] {
  const answers = factsOf(view.snapshot, view.child.id).filter((fact) => fact.code === code)
  if (code === 'immediate_danger' || answers.some(({ answer }) => answer !== 'unknown')) return []
  if (answers.length === 0 && view.policy.document.gates.some(({ id }) => id === code)) return []
  return [
    {
      ...BARE,
      kind: 'fact',
      code,
      words: `yes to “${questionOf(view.policy, code)}”`,
      now: answers.length > 0 ? 'unknown' : 'not_mentioned',
    },
  ]
}

/** The snapshot with answers added to what is said of a child. */
export function withAnswers(snapshot: Snapshot, childId: string, changes: readonly Change[]): Snapshot {
  const facts = changes.filter(({ kind }) => kind === 'fact').map(({ code }) => ({ code, answer: 'yes' as const }))
  return {
    ...snapshot,
    facts: [...snapshot.facts, ...facts.map((fact) => ({ ...fact, children: [childId] }))],
    children: snapshot.children.map((child) => (child.id === childId ? answered(child, changes) : child)),
  }
}

function answered(child: SnapshotChild, changes: readonly Change[]): SnapshotChild {
  const findings = changes
    .filter(({ kind }) => kind === 'finding')
    .map(({ code, occurrence, evidence }) => ({
      indicator: code,
      state: 'present' as const,
      subject: 'child' as const,
      evidence: [{ kind: evidence, occurrence, monthsAgo: 0, source: '', text: '' }],
    }))
  const measurements = changes.flatMap(({ kind, code, value }) =>
    kind === 'measurement' && value !== null ? [{ measure: code, value }] : [],
  )
  return {
    ...child,
    findings: [...child.findings, ...findings],
    measurements: [...child.measurements, ...measurements],
  }
}
