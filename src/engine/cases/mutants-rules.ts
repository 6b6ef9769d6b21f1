/** Small changes of a rule. */
import type { RuleSpec } from '../policy/shape.ts'
import { conditionEdits } from './mutants-conditions.ts'
import {
  type Edit,
  hurried,
  moved,
  neighbours,
  nudged,
  type Scales,
  thinned,
  within,
  without,
} from './mutants-edits.ts'

export function ruleEdits(rule: RuleSpec, scales: Scales): Edit<RuleSpec>[] {
  const effects = Object.values(rule.then).filter((effect) => effect !== undefined).length
  // A rule whose only effect is left out is the rule left out.
  const effect = effects > 1 ? without : () => []
  return [
    { at: ' dropped' },
    ...within(rule, 'when', (when) => conditionEdits(when, scales)),
    ...within(rule, 'then', (then) => [
      ...moved(then, 'atLeast', scales.levels),
      ...effect(then, 'atLeast'),
      ...hurried(then, scales).filter(({ at }) => effects > 1 || !at.endsWith('dropped')),
      ...responseEdits(then, 'response', scales),
      ...effect(then, 'response'),
      ...effect(then, 'review'),
    ]),
    // A rule that places nowhere sets no floor.
    ...(rule.then.atLeast === undefined
      ? []
      : [{ at: `/absolute = ${!rule.absolute}`, to: { ...rule, absolute: !rule.absolute } }]),
    ...unlessEdits(rule),
  ]
}

/** What withholds, left out or changed. */
export function unlessEdits<T extends Pick<RuleSpec, 'unless'>>(item: T): Edit<T>[] {
  return [
    ...without(item, 'unless'),
    ...(within(item, 'unless', (unless) => [
      ...nudged(unless, 'atLeast', 1),
      ...thinned(unless, 'protective'),
    ]) as Edit<T>[]),
  ]
}

/** A response given for the next one, more or less serious. */
export function responseEdits<T, K extends keyof T & string>(item: T, key: K, { responses }: Scales): Edit<T>[] {
  return neighbours(responses, String(item[key])).map((to) => ({ at: `/${key} = ${to}`, to: { ...item, [key]: to } }))
}
