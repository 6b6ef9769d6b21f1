/** Small changes of an indicator: what it weighs, for whom, and how soon. */
import type { IndicatorSpec } from '../policy/shape.ts'
import { OCCURRENCES, TRENDS } from '../vocabulary.ts'
import {
  aged,
  bounded,
  type Edit,
  each,
  hurried,
  ladder,
  moved,
  neighbours,
  nudged,
  type Scales,
  thinned,
  within,
  without,
} from './mutants-edits.ts'

/** What is protective or expected weighs nothing; only its age is a number of it. */
export function indicatorEdits(spec: IndicatorSpec, scales: Scales): Edit<IndicatorSpec>[] {
  const age = within(spec, 'age', aged)
  if (spec.kind === 'protective' || spec.kind === 'expected') return age
  return [
    ...levelEdits(spec, scales),
    ...gradeEdits(spec, scales),
    ...stepEdits(spec, scales),
    // What is absolute places a child whether or not it says that it does so alone.
    ...(spec.absolute ? [] : [flipped(spec, 'alone')]),
    flipped(spec, 'absolute'),
    ...age,
    ...within(spec, 'measure', (measure) => [...nudged(measure, 'value', 0), ...bounded(measure)]),
    ...without(spec, 'evidence'),
    ...nudged(spec, 'points', 1),
    ...triggerEdits(spec),
    ...hurried(spec, scales),
  ]
}

/** The first grade is the indicator's own level, so the two move together. */
function levelEdits(spec: IndicatorSpec, scales: Scales): Edit<IndicatorSpec>[] {
  const first = OCCURRENCES.find((occurrence) => spec.grades?.[occurrence] !== undefined)
  return moved(spec, 'level', ladder(scales, spec.matrix, spec.level)).map(({ at, to }) => ({
    at,
    to: to && first ? { ...to, grades: { ...spec.grades, [first]: to.level } } : to,
  }))
}

function gradeEdits(spec: IndicatorSpec, scales: Scales): Edit<IndicatorSpec>[] {
  const [, ...later] = OCCURRENCES.filter((occurrence) => spec.grades?.[occurrence] !== undefined)
  return later.flatMap((occurrence) =>
    neighbours(ladder(scales, spec.matrix, spec.level), spec.grades?.[occurrence] ?? '').map((level) => ({
      at: `/grades/${occurrence} = ${level}`,
      to: { ...spec, grades: { ...spec.grades, [occurrence]: level } },
    })),
  )
}

/** Each step left out, led to the level beside it, and resting on a little more or less. */
function stepEdits(spec: IndicatorSpec, scales: Scales): Edit<IndicatorSpec>[] {
  const { raisedBy, matrix } = spec
  if (!raisedBy) return []
  return [
    ...(raisedBy.length > 1 ? thinned(spec, 'raisedBy') : without(spec, 'raisedBy')),
    ...within(spec, 'raisedBy', (steps) =>
      each(steps, (step) => {
        const { level, ...asked } = step
        // A step that rests on nothing is no step: the check would refuse it.
        const part = Object.values(asked).filter((value) => value !== undefined).length > 1 ? without : () => []
        return [
          ...moved(step, 'level', ladder(scales, matrix, level)),
          ...moved(step, 'occurrence', OCCURRENCES),
          ...part(step, 'occurrence'),
          ...nudged(step, 'durationMonths', 1),
          ...part(step, 'durationMonths'),
          ...nudged(step, 'withinMonths', 1),
          ...part(step, 'withinMonths'),
          ...moved(step, 'trend', TRENDS),
          ...part(step, 'trend'),
        ]
      }),
    ),
  ]
}

function flipped(spec: IndicatorSpec, key: 'alone' | 'absolute'): Edit<IndicatorSpec> {
  return { at: `/${key} = ${!spec[key]}`, to: { ...spec, [key]: !spec[key] } }
}

function triggerEdits(spec: IndicatorSpec): Edit<IndicatorSpec>[] {
  const [only] = spec.triggers
  if (spec.triggers.length !== 1 || only === undefined) return thinned(spec, 'triggers')
  return [{ at: `/triggers/${only} dropped`, to: { ...spec, triggers: [] } }]
}
