/** Small changes of a condition: each number, each member, each all or any. */
import type { Condition } from '../conditions/shape.ts'
import { OCCURRENCES } from '../vocabulary.ts'
import { aged, bounded, type Edit, moved, nudged, type Scales, thinned, within, without } from './mutants-edits.ts'

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
  if ('present' in condition)
    return [
      ...moved(condition, 'occurrence', OCCURRENCES),
      ...without(condition, 'occurrence'),
      ...without(condition, 'evidence'),
      ...thinned(condition, 'evidence'),
      ...nudged(condition, 'withinMonths', 1),
      ...without(condition, 'withinMonths'),
    ]
  if ('count' in condition)
    return within(condition, 'count', (count) => [
      ...nudged(count, 'atLeast', 1),
      ...nudged(count, 'acrossDomains', 1),
      ...moved(count, 'level', scales.levels),
      ...without(count, 'level'),
    ])
  if ('measure' in condition) return [...nudged(condition, 'value', 0), ...bounded(condition)]
  if ('history' in condition)
    return within(condition, 'history', (history) => [
      ...nudged(history, 'referralsAtLeast', 1),
      ...nudged(history, 'withinMonths', 1),
      ...without(history, 'sameConcern'),
      ...without(history, 'category'),
    ])
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

function memberEdits(members: readonly Condition[], scales: Scales): Edit<readonly Condition[]>[] {
  return members.flatMap((member, i) =>
    conditionEdits(member, scales).map(({ at, to }) => ({
      at: `/${i + 1}${at}`,
      to: members.map((one, j) => (j === i && to ? to : one)),
    })),
  )
}
