/**
 * Mutants of a policy: the policy with one small thing in it wrong. Cases that do not notice the difference do not hold
 * the policy to what the document says there.
 */
import type { PolicyDocument } from '../policy/shape.ts'
import { type Edit, type Scales, scalesOf } from './mutants-edits.ts'
import { indicatorEdits } from './mutants-indicators.ts'
import { itemEdits } from './mutants-items.ts'
import { ruleEdits } from './mutants-rules.ts'

/** Raised when other mutants are made of the same policy: stored results are then out of date. */
export const MUTANTS_VERSION = 1

type Section = 'indicators' | 'rules' | 'clusters' | 'gates' | 'routing' | 'responses' | 'points'

export interface Mutant {
  /** Says what is wrong and where: `indicators/NEG-01/level = L3`, `rules/R-03 dropped`. Unique within a policy. */
  readonly id: string
  readonly section: Section
  /** The code or id of the thing; for a route its level and its place among the routes of the level, from 1. */
  readonly code: string
  /** Position of the thing in its section; 0 for points. */
  readonly index: number
  /** The resolved document with the mistake in it. */
  readonly document: PolicyDocument
}

/** Every mutant of a resolved document, in the document's order. */
export function mutantsOf(document: PolicyDocument): Mutant[] {
  const scales = scalesOf(document)
  const section = <K extends Exclude<Section, 'points'>>(
    name: K,
    codeOf: (item: ItemOf<K>) => string,
    edits: (item: ItemOf<K>, scales: Scales) => Edit<ItemOf<K>>[],
  ): Mutant[] => {
    const items: readonly ItemOf<K>[] = document[name]
    return items.flatMap((item, index) =>
      edits(item, scales).map(({ at, to }) => ({
        id: `${name}/${codeOf(item)}${at}`,
        section: name,
        code: codeOf(item),
        index,
        document: { ...document, [name]: replaced(items, index, to) },
      })),
    )
  }
  const places = routePlaces(document)
  return [
    ...section('indicators', ({ code }) => code, indicatorEdits),
    ...section('rules', ({ id }) => id, ruleEdits),
    ...section('clusters', ({ id }) => id, itemEdits.cluster),
    ...pointsMutants(document, scales),
    ...section('gates', ({ id }) => id, itemEdits.gate),
    ...section('routing', (route) => places.get(route) ?? route.level, itemEdits.route),
    ...section('responses', ({ code }) => code, itemEdits.response),
  ]
}

type ItemOf<K extends Exclude<Section, 'points'>> = PolicyDocument[K][number]

function replaced(items: readonly unknown[], index: number, to: unknown): unknown[] {
  return items.flatMap((item, i) => (i !== index ? [item] : to === undefined ? [] : [to]))
}

/** `L4.2` for the second route of L4. */
function routePlaces({ routing }: PolicyDocument): Map<PolicyDocument['routing'][number], string> {
  return new Map(
    routing.map((route, i) => [
      route,
      `${route.level}.${routing.slice(0, i + 1).filter(({ level }) => level === route.level).length}`,
    ]),
  )
}

function pointsMutants(document: PolicyDocument, scales: Scales): Mutant[] {
  const { points } = document
  if (!points) return []
  return itemEdits.points(points, scales).map(({ at, to }) => ({
    id: `points${at}`,
    section: 'points',
    code: 'points',
    index: 0,
    document: { ...document, points: to },
  }))
}
