/**
 * Mutants of a policy: the policy with one small thing in it wrong. Cases that do not notice the difference do not hold
 * the policy to what the document says there.
 */
import type { PolicyDocument } from '../policy/shape.ts'
import { type Edit, type Scales, scalesOf } from './mutants-edits.ts'
import { indicatorEdits } from './mutants-indicators.ts'
import { itemEdits } from './mutants-items.ts'
import { practiceEdits } from './mutants-practice.ts'
import { ruleEdits } from './mutants-rules.ts'

/** Raised when other mutants are made of the same policy: stored results are then out of date. */
export const MUTANTS_VERSION = 1

/** Sections that are lists, those that a policy may do without, and those that are one thing. */
type Listed = 'levels' | 'indicators' | 'rules' | 'clusters' | 'gates' | 'routing' | 'responses'
type Optional = 'matrices' | 'requirements' | 'transitions'
type Single = 'points' | 'repetition'

export interface Mutant {
  /** Says what is wrong and where: `indicators/NEG-01/level = L3`, `rules/R-03 dropped`. Unique within a policy. */
  readonly id: string
  readonly section: Listed | Optional | Single
  /** The code or id of the thing; for a route its level and its place among the routes of the level, from 1. */
  readonly code: string
  /** Position of the thing in its section; 0 for points and repetition. */
  readonly index: number
  /** The resolved document with the mistake in it. */
  readonly document: PolicyDocument
}

/** Every mutant of a resolved document, in the document's order. */
export function mutantsOf(document: PolicyDocument): Mutant[] {
  const scales = scalesOf(document)
  const section = <K extends Listed | Optional>(
    name: K,
    codeOf: (item: ItemOf<K>) => string,
    edits: (item: ItemOf<K>, scales: Scales) => Edit<ItemOf<K>>[],
  ): Mutant[] => {
    const items: readonly ItemOf<K>[] = document[name] ?? []
    return items.flatMap((item, index) =>
      edits(item, scales).map(({ at, to }) => ({
        id: `${name}/${codeOf(item)}${at}`,
        section: name,
        code: codeOf(item),
        index,
        document: withSection(document, name, replaced(items, index, to)),
      })),
    )
  }
  const places = routePlaces(document)
  return [
    ...section('indicators', ({ code }) => code, indicatorEdits),
    ...section('rules', ({ id }) => id, ruleEdits),
    ...section('clusters', ({ id }) => id, itemEdits.cluster),
    ...single(document, 'points', (points) => itemEdits.points(points, scales)),
    ...section('gates', ({ id }) => id, itemEdits.gate),
    ...section('routing', (route) => places.get(route) ?? route.level, itemEdits.route),
    ...section('responses', ({ code }) => code, itemEdits.response),
    ...section('levels', ({ code }) => code, practiceEdits.level),
    ...section('matrices', ({ id }) => id, practiceEdits.matrix),
    ...single(document, 'repetition', practiceEdits.repetition),
    ...section('requirements', ({ id }) => id, practiceEdits.requirement),
    ...section('transitions', ({ id }) => id, practiceEdits.transition),
  ]
}

/** What a mutant is about, as a document has it: for a list the member at the mutant's place. */
export function changedIn(document: PolicyDocument, { section, index }: Pick<Mutant, 'section' | 'index'>): unknown {
  const part = document[section]
  return Array.isArray(part) ? part[index] : part
}

/** Every text that stands anywhere in a value. */
export function stringsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  if (typeof value !== 'object' || value === null) return []
  return Object.values(value).flatMap(stringsOf)
}

type ItemOf<K extends Listed | Optional> = NonNullable<PolicyDocument[K]>[number]

function replaced<T>(items: readonly T[], index: number, to: T | undefined): T[] {
  return items.flatMap((item, i) => (i !== index ? [item] : to === undefined ? [] : [to]))
}

const OPTIONAL: readonly string[] = ['matrices', 'requirements', 'transitions'] satisfies Optional[]

/** A section that a policy may do without is left out rather than empty. */
function withSection(document: PolicyDocument, name: Listed | Optional, list: readonly unknown[]): PolicyDocument {
  if (list.length > 0 || !OPTIONAL.includes(name)) return { ...document, [name]: list }
  const { [name]: _, ...rest } = document
  return rest as PolicyDocument
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

function single<K extends Single>(
  document: PolicyDocument,
  section: K,
  edits: (part: NonNullable<PolicyDocument[K]>) => Edit<NonNullable<PolicyDocument[K]>>[],
): Mutant[] {
  const { [section]: part, ...rest } = document
  if (!part) return []
  return edits(part).map(({ at, to }) => ({
    id: `${section}${at}`,
    section,
    code: section,
    index: 0,
    document: (to === undefined ? rest : { ...document, [section]: to }) as PolicyDocument,
  }))
}
