/** What to ask next, ordered by how far an answer would move the level; and what the level rests on. */
import { NO, YES } from '../conditions/kleene.ts'
import type { ChildState } from '../conditions/state.ts'
import type { Policy } from '../policy/policy.ts'
import { type Placed, place } from './place.ts'
import type { QuestionRef } from './recommendation.ts'
import { levelRef } from './refer.ts'
import { type Reading, withFound } from './state.ts'

/** At most this many questions come back: a screener asks a handful, not a hundred. */
const QUESTIONS_MAX = 20

export function questionsOf(policy: Policy, reading: Reading, placed: Placed): QuestionRef[] {
  const { state } = reading
  const unknowns = reading.uncertain
    .filter((index) => policy.indicators[index]?.scores)
    .map((index) => ({ index, spec: policy.indicators[index]?.spec }))
    .map(({ index, spec }) =>
      question(policy, placed, {
        id: spec?.code ?? '',
        ask: `Establish whether this is so: ${spec?.text}`,
        because: 'It is not known, and not known is not absent.',
        raised: assume(policy, state, [index]),
      }),
    )
  const gradings = state.support
    .filter((index) => (state.rankHigh[index] ?? 0) > (state.rankLow[index] ?? 0) && state.found[index] === YES)
    .map((index) =>
      question(policy, placed, {
        id: `${policy.indicators[index]?.spec.code}.occurrence`,
        ask: `How often does this happen: ${policy.indicators[index]?.spec.text}`,
        because: 'The document grades it by how often it happens.',
        raised: {
          ...state,
          rankLow: state.rankLow.map((rank, i) => (i === index ? (state.rankHigh[i] ?? rank) : rank)),
        },
      }),
    )
  const asked = policy.document.questions
    .filter(({ about }) => applies(policy, state, about))
    .map((spec) => ({
      spec,
      open: spec.informs.map((code) => policy.indexOf.get(code) ?? -1).filter((index) => state.found[index] !== YES),
    }))
    .filter(({ spec, open }) => spec.informs.length === 0 || open.length > 0)
    .map(({ spec, open }) =>
      question(policy, placed, {
        id: spec.id,
        ask: spec.ask,
        because: spec.because,
        raised: open.length > 0 ? assume(policy, state, open) : null,
      }),
    )
  return [...unknowns, ...gradings, ...asked]
    .map((item, order) => ({ item, order }))
    .sort((a, b) => b.item.effect - a.item.effect || a.order - b.order)
    .slice(0, QUESTIONS_MAX)
    .map(({ item }) => item)
}

function question(
  policy: Policy,
  placed: Placed,
  spec: { id: string; ask: string; because: string; raised: ChildState | null },
): QuestionRef {
  const { raised, ...words } = spec
  const reached = raised ? place(policy, raised).low : placed.low
  const effect = Math.max(0, reached - Math.max(placed.low, 0))
  return { ...words, couldRaiseTo: reached > placed.low ? levelRef(policy, reached) : null, effect }
}

function applies(
  policy: Policy,
  state: ChildState,
  about: { categories?: readonly string[] | undefined; indicators?: readonly string[] | undefined },
): boolean {
  const named = (about.indicators ?? []).some((code) => (state.found[policy.indexOf.get(code) ?? -1] ?? NO) > NO)
  return named || (about.categories ?? []).some((category) => state.possibleCategories.has(category))
}

/** The same child with these indicators surely present, each at the level that it would have at the least. */
function assume(policy: Policy, state: ChildState, indices: readonly number[]): ChildState {
  const found = Uint8Array.from(state.found)
  for (const index of indices) found[index] = YES
  return withFound(policy, state, found)
}

/** Indicators without any one of which the level would be lower. */
export function restsOn(policy: Policy, state: ChildState, placed: Placed): string[] {
  if (placed.low < 0) return []
  return state.support
    .filter((index) => state.found[index] === YES && policy.indicators[index]?.scores)
    .filter((index) => place(policy, without(policy, state, index)).low < placed.low)
    .map((index) => policy.indicators[index]?.spec.code ?? '')
}

function without(policy: Policy, state: ChildState, removed: number): ChildState {
  const found = Uint8Array.from(state.found)
  found[removed] = NO
  return withFound(policy, state, found)
}
