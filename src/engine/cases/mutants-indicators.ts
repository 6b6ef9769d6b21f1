/** Small changes of an indicator: what it weighs, for whom, and how soon. */
import type { IndicatorSpec } from '../policy/shape.ts'
import { OCCURRENCES } from '../vocabulary.ts'
import {
  aged,
  bounded,
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

/** What is protective or expected weighs nothing; only its age is a number of it. */
export function indicatorEdits(spec: IndicatorSpec, scales: Scales): Edit<IndicatorSpec>[] {
  const age = within(spec, 'age', aged)
  if (spec.kind === 'protective' || spec.kind === 'expected') return age
  return [
    ...levelEdits(spec, scales),
    ...gradeEdits(spec, scales),
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
  return moved(spec, 'level', scales.levels).map(({ at, to }) => ({
    at,
    to: to && first ? { ...to, grades: { ...spec.grades, [first]: to.level } } : to,
  }))
}

function gradeEdits(spec: IndicatorSpec, { levels }: Scales): Edit<IndicatorSpec>[] {
  const [, ...later] = OCCURRENCES.filter((occurrence) => spec.grades?.[occurrence] !== undefined)
  return later.flatMap((occurrence) =>
    neighbours(levels, spec.grades?.[occurrence] ?? '').map((level) => ({
      at: `/grades/${occurrence} = ${level}`,
      to: { ...spec, grades: { ...spec.grades, [occurrence]: level } },
    })),
  )
}

function flipped(spec: IndicatorSpec, key: 'alone' | 'absolute'): Edit<IndicatorSpec> {
  return { at: `/${key} = ${!spec[key]}`, to: { ...spec, [key]: !spec[key] } }
}

function triggerEdits(spec: IndicatorSpec): Edit<IndicatorSpec>[] {
  const [only] = spec.triggers
  if (spec.triggers.length !== 1 || only === undefined) return thinned(spec, 'triggers')
  return [{ at: `/triggers/${only} dropped`, to: { ...spec, triggers: [] } }]
}
