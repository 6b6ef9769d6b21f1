/** Small changes of a condition: each number, each member, each all or any. */
import type { Condition, Leaf } from '../conditions/shape.ts'
import { OCCURRENCES, TRENDS } from '../vocabulary.ts'
import {
  aged,
  bounded,
  type Edit,
  each,
  ladder,
  moved,
  nudged,
  type Scales,
  thinned,
  within,
  without,
} from './mutants-edits.ts'

export function conditionEdits(condition: Condition, scales: Scales): Edit<Condition>[] {
  if ('all' in condition) return groupEdits(condition.all, 'all', scales)
  if ('any' in condition) return groupEdits(condition.any, 'any', scales)
  if ('not' in condition)
    return [
      { at: '/not dropped', to: condition.not },
      ...within(condition, 'not', (part) => conditionEdits(part, scales)),
    ]
  if ('atLeast' in condition)
    return within(condition, 'atLeast', (part) => [
      ...nudged(part, 'n', 1),
      ...thinned(part, 'of'),
      ...memberEdits(part.of, scales).map(({ at, to }) => ({ at: `/of${at}`, to: { ...part, of: to ?? [] } })),
    ])
  return leafEdits(condition, scales)
}

function leafEdits(condition: Leaf, scales: Scales): Edit<Leaf>[] {
  if ('present' in condition)
    return [
      ...moved(condition, 'occurrence', OCCURRENCES),
      ...without(condition, 'occurrence'),
      ...without(condition, 'evidence'),
      ...thinned(condition, 'evidence'),
      ...nudged(condition, 'withinMonths', 1),
      ...without(condition, 'withinMonths'),
      ...nudged(condition, 'durationMonths', 1),
      ...without(condition, 'durationMonths'),
      ...moved(condition, 'trend', TRENDS),
      ...without(condition, 'trend'),
    ]
  if ('count' in condition)
    return within(condition, 'count', (count) => [
      ...nudged(count, 'atLeast', 1),
      ...nudged(count, 'acrossDomains', 1),
      ...moved(count, 'level', ladder(scales, count.matrix, count.level)),
      ...without(count, 'level'),
      ...without(count, 'matrix'),
    ])
  if ('measure' in condition) return [...nudged(condition, 'value', 0), ...bounded(condition)]
  if ('history' in condition)
    return within(condition, 'history', (history) => [
      ...nudged(history, 'referralsAtLeast', 1),
      ...nudged(history, 'withinMonths', 1),
      ...without(history, 'sameConcern'),
      ...without(history, 'category'),
    ])
  if ('assessment' in condition)
    return [
      ...nudged(condition, 'resultAtLeast', 0),
      ...without(condition, 'resultAtLeast'),
      ...thinned(condition, 'versions'),
      ...without(condition, 'versions'),
      ...nudged(condition, 'withinMonths', 1),
      ...without(condition, 'withinMonths'),
    ]
  if ('reached' in condition) return moved(condition, 'reached', scales.levels)
  if ('age' in condition) return within(condition, 'age', aged)
  return []
}

/** `all` for `any` and the other way round, each member left out, and each member changed. */
function groupEdits(members: readonly Condition[], key: 'all' | 'any', scales: Scales): Edit<Condition>[] {
  const group = (list: readonly Condition[], name: 'all' | 'any' = key): Condition =>
    name === 'all' ? { all: list } : { any: list }
  const other = key === 'all' ? 'any' : 'all'
  const whole =
    members.length < 2
      ? []
      : [
          { at: `/${key} = ${other}`, to: group(members, other) },
          ...members.map((_, i) => ({ at: `/${key}/${i + 1} dropped`, to: group(members.filter((_, j) => j !== i)) })),
        ]
  return [...whole, ...memberEdits(members, scales).map(({ at, to }) => ({ at: `/${key}${at}`, to: group(to ?? []) }))]
}

function memberEdits(members: readonly Condition[], scales: Scales): Edit<Condition[]>[] {
  return each(members, (member) => conditionEdits(member, scales))
}
