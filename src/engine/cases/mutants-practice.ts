/** Small changes of splits, matrices, repetition, requirements and steps between levels. What is forbidden changes no result. */
import type { PolicyDocument } from '../policy/shape.ts'
import { conditionEdits } from './mutants-conditions.ts'
import {
  type Edit,
  each,
  moved,
  neighbours,
  nudged,
  type Scales,
  swapped,
  thinned,
  within,
  without,
} from './mutants-edits.ts'
import { responseEdits } from './mutants-rules.ts'

type ItemOf<K extends 'levels' | 'matrices' | 'requirements' | 'transitions'> = NonNullable<PolicyDocument[K]>[number]
type Repetition = NonNullable<PolicyDocument['repetition']>

export const practiceEdits = {
  level: (level: ItemOf<'levels'>, scales: Scales): Edit<ItemOf<'levels'>>[] => [
    // The check refuses a level with one split, and one whose last split has a condition.
    ...((level.splits ?? []).length > 2 ? thinned(level, 'splits').slice(0, -1) : []),
    ...within(level, 'splits', (splits) =>
      each(
        splits,
        (split) => within(split, 'when', (when) => conditionEdits(when, scales)),
        ({ code }) => code,
      ),
    ),
  ],

  matrix: (matrix: ItemOf<'matrices'>, scales: Scales): Edit<ItemOf<'matrices'>>[] =>
    within(matrix, 'columns', (columns) =>
      each(
        columns,
        (column) => [
          ...moved(column, 'level', scales.levels),
          ...responseEdits(column, 'response', scales),
          ...without(column, 'response'),
        ],
        ({ code }) => code,
      ),
    ),

  repetition: (repetition: Repetition): Edit<Repetition>[] => {
    const { withinMonths: _, ...grades } = repetition
    // The check refuses a repetition that makes nothing of any number.
    const grade = Object.values(grades).filter((count) => count !== undefined).length > 1 ? without : () => []
    return [
      { at: ' dropped' },
      ...nudged(repetition, 'withinMonths', 1),
      ...(['sometimes', 'often', 'persistent'] as const).flatMap((key) => [
        ...nudged(repetition, key, 2),
        ...grade(repetition, key),
      ]),
    ]
  },

  requirement: (item: ItemOf<'requirements'>, scales: Scales): Edit<ItemOf<'requirements'>>[] => {
    const grounds = [item.levels, item.responses, item.when].filter((ground) => ground !== undefined).length
    // The check refuses a requirement that does not say when it applies.
    const ground = grounds > 1 ? without : () => []
    return [
      { at: ' dropped' },
      ...thinned(item, 'levels'),
      ...swapped(item, 'levels', scales.levels),
      ...ground(item, 'levels'),
      ...thinned(item, 'responses'),
      ...swapped(item, 'responses', scales.responses),
      ...ground(item, 'responses'),
      ...within(item, 'when', (when) => conditionEdits(when, scales)),
      ...ground(item, 'when'),
      ...thinned(item, 'needs'),
      ...nudged(item, 'withinMonths', 1),
      ...without(item, 'withinMonths'),
    ]
  },

  transition: (item: ItemOf<'transitions'>, scales: Scales): Edit<ItemOf<'transitions'>>[] => [
    { at: ' dropped' },
    // A step from a level to itself is refused by the check.
    ...neighbours(scales.levels, item.from)
      .filter((level) => level !== item.to)
      .map((level) => ({ at: `/from = ${level}`, to: { ...item, from: level } })),
    ...neighbours(scales.levels, item.to)
      .filter((level) => level !== item.from)
      .map((level) => ({ at: `/to = ${level}`, to: { ...item, to: level } })),
    ...within(item, 'when', (when) => conditionEdits(when, scales)),
    ...without(item, 'when'),
  ],
}
