/** What the document says of practice at the level of a child: shown with the recommendation; it changes no level and no response. */
import { categorySet } from '../conditions/categories.ts'
import { NO, YES } from '../conditions/kleene.ts'
import type { AssessmentResult } from '../conditions/state.ts'
import type { LevelPractice } from './practice-refs.ts'
import type { ResponseRef } from './recommendation.ts'
import { citationOf, levelRef } from './refer.ts'
import type { Situation } from './routing.ts'

type Requirement = LevelPractice['requirements'][number]

/** At the low end of the range, or the lowest level where nothing is established. Undefined for a policy without such sections. */
export function practiceOf(situation: Situation, responses: readonly ResponseRef[]): LevelPractice | undefined {
  const { policy, weighed } = situation
  const { state } = situation.reading
  const { practice } = policy
  if (!practice) return undefined
  const rank = Math.max(weighed.low, 0)
  const level = policy.levels[rank]
  if (!level) return undefined
  const holds = (test: typeof practice.signOff): boolean => test !== null && test(state) !== NO
  return {
    split: splitOf(situation, rank),
    reviewWeeks: level.reviewWeeks ?? null,
    limitWeeks: level.limitWeeks ?? null,
    requirements: requirementsOf(situation, level.code, responses),
    transitions: transitionsOf(situation, level.code),
    forbidden: (policy.document.forbidden ?? [])
      .filter(({ atLevels }) => atLevels?.includes(level.code) ?? true)
      .map(({ id, response, together = [], because, citation }) => ({
        id,
        response,
        together,
        because,
        citation: citationOf(policy, id, citation),
      })),
    guidance: guidanceOf(situation, level.code, responses),
    secondScreening: holds(practice.secondScreening),
    signOff: holds(practice.signOff),
  }
}

/** The first split that surely holds; those before it that may hold are possible. */
function splitOf({ policy, reading: { state } }: Situation, rank: number): LevelPractice['split'] {
  const possible: string[] = []
  for (const { spec, test } of policy.practice?.splits[rank] ?? []) {
    const value = test === null ? YES : test(state)
    if (value === NO) continue
    if (value !== YES) {
      possible.push(spec.code)
      continue
    }
    return {
      code: spec.code,
      label: spec.label,
      description: spec.description ?? null,
      possible,
      citation: spec.citation ? citationOf(policy, spec.code, spec.citation) : null,
    }
  }
  return null
}

function requirementsOf(situation: Situation, level: string, responses: readonly ResponseRef[]): Requirement[] {
  const { policy, reading } = situation
  const { state } = reading
  return (policy.practice?.requirements ?? [])
    .filter(
      ({ spec, test }) =>
        (spec.levels?.includes(level) ?? true) &&
        (spec.responses?.some((code) => responses.some((response) => response.code === code)) ?? true) &&
        (test === null || test(state) !== NO),
    )
    .map(({ spec }) => {
      const needs = spec.needs.map((code) => needOf(situation, code, spec.withinMonths))
      return {
        id: spec.id,
        met: needs.every((need) => need.state === 'there'),
        needs,
        because: spec.because,
        citation: citationOf(policy, spec.id, spec.citation),
      }
    })
}

/** Of several results of one assessment the best counts: one that is recent, of an accepted version, by somebody trained. */
function needOf(situation: Situation, code: string, withinMonths: number | undefined): Requirement['needs'][number] {
  const { policy, snapshot, reading } = situation
  const spec = policy.document.assessments?.find((candidate) => candidate.code === code)
  const order = ['there', 'not_by_trained', 'other_version', 'too_old', 'missing'] as const
  const stateOf = (done: AssessmentResult): (typeof order)[number] => {
    if (withinMonths !== undefined && done.monthsAgo >= withinMonths) return 'too_old'
    if (spec?.versions && !spec.versions.includes(done.version ?? '')) return 'other_version'
    return spec?.needsTraining && done.byTrained !== true ? 'not_by_trained' : 'there'
  }
  const states = reading.state.assessments.filter(({ assessment }) => assessment === code).map(stateOf)
  // Dated events in the referral are a chronology, whether or not somebody calls them so.
  if (spec?.kind === 'chronology' && snapshot.chronology) states.push('there')
  return {
    assessment: code,
    label: spec?.label ?? code,
    state: order.find((candidate) => states.includes(candidate)) ?? 'missing',
  }
}

function transitionsOf({ policy, reading: { state } }: Situation, level: string): LevelPractice['transitions'] {
  return (policy.practice?.transitions ?? []).flatMap(({ spec, test }) => {
    const value = test === null ? YES : test(state)
    const [from, to] = [policy.rankOf.get(spec.from) ?? 0, policy.rankOf.get(spec.to) ?? 0]
    const target = levelRef(policy, to)
    if (spec.from !== level || value === NO || !target) return []
    return [
      {
        id: spec.id,
        direction: to > from ? ('up' as const) : ('down' as const),
        to: target,
        value: value === YES ? ('yes' as const) : ('maybe' as const),
        criteria: spec.criteria,
        approver: spec.approver,
        qualification: spec.qualification ?? null,
        reviewWeeks: spec.reviewWeeks ?? null,
        because: spec.because,
        citation: citationOf(policy, spec.id, spec.citation),
      },
    ]
  })
}

function guidanceOf(
  { policy, reading: { state } }: Situation,
  level: string,
  responses: readonly ResponseRef[],
): LevelPractice['guidance'] {
  return (policy.document.guidance ?? [])
    .filter(
      (item) =>
        (item.levels?.includes(level) ?? true) &&
        (item.categories === undefined || (categorySet(item.categories) & state.possibleConcerns) !== 0) &&
        (item.responses?.some((code) => responses.some((response) => response.code === code)) ?? true),
    )
    .map(({ id, title, text, citation }) => ({
      id,
      title,
      text,
      citation: citation ? citationOf(policy, id, citation) : null,
    }))
}
