/** What to ask next, ordered by how far an answer would move the level; and what the level rests on. */
import { NO, YES } from '../conditions/kleene.ts'
import type { ChildState } from '../conditions/state.ts'
import type { CompiledQuestion, Policy } from '../policy/policy.ts'
import { bearsOn, lowGraded, lowWith, lowWithout } from './hypothesis.ts'
import type { QuestionRef } from './recommendation.ts'
import { levelRef } from './refer.ts'
import type { Reading } from './state.ts'
import type { Workspace } from './workspace.ts'

/** At most this many questions come back: a screener asks a handful, not a hundred. */
const QUESTIONS_MAX = 20

export function questionsOf(policy: Policy, reading: Reading, workspace: Workspace): QuestionRef[] {
  const all = [
    ...unknownsOf(policy, reading, workspace),
    ...gradingsOf(policy, workspace),
    ...policy.questions.flatMap((question) => asked(policy, workspace, question)),
  ]
  return all
    .map((item, order) => ({ item, order }))
    .sort((a, b) => b.item.effect - a.item.effect || a.order - b.order)
    .slice(0, QUESTIONS_MAX)
    .map(({ item }) => item)
}

function unknownsOf(policy: Policy, { uncertain }: Reading, workspace: Workspace): QuestionRef[] {
  return uncertain.flatMap((index) => {
    const indicator = policy.indicators[index]
    if (!indicator?.scores) return []
    const { code, text } = indicator.spec
    const words = {
      id: code,
      ask: `Establish whether this is so: ${text}`,
      because: 'It is not known, and not known is not absent.',
    }
    return [question(policy, workspace, words, () => lowWith(policy, workspace, [index]))]
  })
}

function gradingsOf(policy: Policy, workspace: Workspace): QuestionRef[] {
  const { state } = workspace
  return state.support.flatMap((index) => {
    if ((state.rankHigh[index] ?? 0) <= (state.rankLow[index] ?? 0) || state.found[index] !== YES) return []
    const spec = policy.indicators[index]?.spec
    const words = {
      id: `${spec?.code}.occurrence`,
      ask: `How often does this happen: ${spec?.text}`,
      because: 'The document grades it by how often it happens.',
    }
    return [question(policy, workspace, words, () => lowGraded(policy, workspace, index))]
  })
}

/** A question of the policy, where it is about something found and its answer is not known already. */
function asked(policy: Policy, workspace: Workspace, { spec, informs, about }: CompiledQuestion): QuestionRef[] {
  const { state } = workspace
  if (!applies(state, about)) return []
  const open = informs.filter((index) => state.found[index] !== YES)
  if (informs.length > 0 && open.length === 0) return []
  const words = { id: spec.id, ask: spec.ask, because: spec.because }
  return [question(policy, workspace, words, open.length > 0 ? () => lowWith(policy, workspace, open) : null)]
}

/** @param raised the level that the worse answer would lead to; null where an answer says nothing of an indicator */
function question(
  policy: Policy,
  { weighed: { low } }: Workspace,
  words: Pick<QuestionRef, 'id' | 'ask' | 'because'>,
  raised: (() => number) | null,
): QuestionRef {
  // Nothing reaches beyond the highest level.
  const reached = raised && low < policy.levels.length - 1 ? raised() : low
  const effect = Math.max(0, reached - Math.max(low, 0))
  return { ...words, couldRaiseTo: reached > low ? levelRef(policy, reached) : null, effect }
}

function applies(state: ChildState, { categories, indicators }: CompiledQuestion['about']): boolean {
  if ((state.possibleConcerns & categories) !== 0) return true
  return indicators.some((index) => (state.found[index] ?? NO) > NO)
}

/** Indicators without any one of which the level would be lower. */
export function restsOn(policy: Policy, workspace: Workspace): string[] {
  const { state, weighed } = workspace
  const { low, count, value, rankLow, place } = weighed
  if (low < 0) return []
  const decisive: number[] = []
  for (let at = 0; at < count; at++) if (value[at] === YES && rankLow[at] === low) decisive.push(place[at] ?? 0)
  return state.support.flatMap((index) => {
    const indicator = policy.indicators[index]
    if (state.found[index] !== YES || !indicator?.scores) return []
    // What does not rest on the indicator holds the level without it.
    if (!decisive.every((held) => bearsOn(policy, index, held))) return []
    return lowWithout(policy, workspace, index) < low ? [indicator.spec.code] : []
  })
}
