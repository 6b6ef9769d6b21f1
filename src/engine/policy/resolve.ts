/**
 * A base and its overlay → one document in which every line keeps its provenance.
 * Lists merge by code: an overlay's item replaces the base's item of the same code whole, and new ones are appended.
 * `points`, `urgency`, `oversight`, `repetition`, `officeHours` and `letters` replace whole; routes replace all the base's routes of their level.
 */
import { canonical } from '../hash.ts'
import type { Path, Problem } from '../problem.ts'
import { problemAt, type ReadFile } from './read.ts'
import { levelRanks, type PolicySource } from './shape.ts'

export interface Source {
  readonly read: ReadFile
  readonly value: PolicySource
}

/** Where a line of the resolved document was written. */
export interface Origin {
  readonly source: Source
  readonly path: Path
}

export interface Resolved {
  readonly value: Record<string, unknown>
  /** The place of a path of the resolved document. */
  origin(path: Path): Origin
  readonly problems: readonly Problem[]
}

const KEY_OF = {
  levels: 'code',
  domains: 'code',
  measures: 'name',
  indicators: 'code',
  facts: 'code',
  rules: 'id',
  clusters: 'id',
  gates: 'id',
  responses: 'code',
  questions: 'id',
  quality: 'feature',
  services: 'code',
  matrices: 'id',
  assessments: 'code',
  requirements: 'id',
  forbidden: 'id',
  transitions: 'id',
  guidance: 'id',
  glossary: 'term',
} as const
type ListSection = keyof typeof KEY_OF
const WHOLE = ['points', 'urgency', 'oversight', 'repetition', 'officeHours', 'letters'] as const

type Item = Record<string, unknown>
interface Placed {
  readonly item: Item
  readonly origin: Origin
}

export function resolve(own: Source, base: Source | undefined): Resolved {
  const sources = base === undefined ? [own] : [base, own]
  const problems: Problem[] = []
  const value: Record<string, unknown> = { format: own.value.format, document: own.value.document }
  const origins = new Map<string, readonly Origin[]>()
  const keep = (section: string, placed: readonly Placed[] | undefined): void => {
    if (placed === undefined) return
    value[section] = placed.map(({ item }) => item)
    origins.set(
      section,
      placed.map(({ origin }) => origin),
    )
  }
  for (const section of Object.keys(KEY_OF) as ListSection[]) keep(section, mergeList(sources, section, problems))
  keep('routing', mergeRouting(sources))
  for (const section of WHOLE) {
    const source = [...sources].reverse().find((candidate) => candidate.value[section] !== undefined)
    if (source === undefined) continue
    value[section] = source.value[section]
    origins.set(section, [{ source, path: [section] }])
  }
  value.provenance = provenance(value, origins, own)
  return { value, problems, origin: (path) => originOf(origins, own, path) }
}

/** The documents that indicators, rules and clusters come from, where that is not the policy's own file. */
function provenance(
  value: Record<string, unknown>,
  origins: ReadonlyMap<string, readonly Origin[]>,
  own: Source,
): Record<string, string> {
  const entries = (['indicators', 'rules', 'clusters'] as const).flatMap((section) =>
    ((value[section] ?? []) as Item[]).flatMap((item, index) => {
      const source = origins.get(section)?.[index]?.source
      if (!source || source === own) return []
      const { id, version } = source.value.document
      return [[String(item[KEY_OF[section]]), `${id}@${version}`] as const]
    }),
  )
  return Object.fromEntries(entries)
}

function originOf(origins: ReadonlyMap<string, readonly Origin[]>, own: Source, path: Path): Origin {
  const [section, index, ...rest] = path
  const list = origins.get(String(section))
  if (list === undefined) return { source: own, path }
  const whole = (WHOLE as readonly string[]).includes(String(section))
  const origin = whole ? list[0] : list[Number(index)]
  if (origin === undefined) return { source: own, path }
  return { source: origin.source, path: [...origin.path, ...(whole ? path.slice(1) : rest)] }
}

function placedItems(source: Source, section: string): Placed[] {
  const items = ((source.value as Record<string, unknown>)[section] ?? []) as Item[]
  return items.map((item, index) => ({ item, origin: { source, path: [section, index] } }))
}

function mergeList(sources: readonly Source[], section: ListSection, problems: Problem[]): Placed[] | undefined {
  const written = sources.filter(({ value }) => value[section] !== undefined)
  if (written.length === 0) return undefined
  const key = KEY_OF[section]
  const [first, second] = [
    placedItems(sources[0] as Source, section),
    sources[1] ? placedItems(sources[1], section) : [],
  ]
  refuseTwice(second, key, problems)
  const replacements = new Map(second.map((placed) => [placed.item[key], placed]))
  const known = new Set(first.map(({ item }) => item[key]))
  const removed = removals(sources[1], section, known, problems)
  const bands = (sources.findLast(({ value }) => value.urgency)?.value.urgency?.bands ?? []).map(({ code }) => code)
  const ranks = ranksOf(sources)
  for (const { item } of first) {
    const code = item[key]
    const instead = removed.has(code) ? undefined : replacements.get(code)
    if (item.absolute !== true || sources.length < 2) continue
    const now = removed.has(code) ? undefined : (instead?.item ?? item)
    if (now && !isLess(item, now, { ...ranks, bands })) continue
    const elsewhere = { source: sources[1] as Source, path: removed.has(code) ? ['remove', section] : ['matrices'] }
    const { source, path } = instead?.origin ?? elsewhere
    problems.push(
      problemAt(source.read, path, {
        code: 'overlay-weakens-absolute',
        message: `${String(code)} is absolute in ${source.value.document.extends ?? 'the base'}; an overlay may not remove it or make it less.`,
      }),
    )
  }
  return [
    ...first
      .filter(({ item }) => !removed.has(item[key]))
      .map((placed) => replacements.get(placed.item[key]) ?? placed),
    ...second.filter(({ item }) => !known.has(item[key])),
  ]
}

/** Of two items of one code in an overlay only the last would count, and nobody would know. New ones are reported later. */
function refuseTwice(items: readonly Placed[], key: string, problems: Problem[]): void {
  const codes = items.map(({ item }) => item[key])
  items.forEach(({ item, origin: { source, path } }, index) => {
    if (codes.indexOf(item[key]) === index) return
    const message = `“${String(item[key])}” is defined twice.`
    problems.push(problemAt(source.read, path, { code: 'duplicate-code', message }))
  })
}

/** Ranks of levels and columns of matrices, in the base and with the overlay over it. */
function ranksOf(sources: readonly Source[]): Pick<Order, 'before' | 'after'> {
  const levels = [...new Map(sources.flatMap(({ value }) => (value.levels ?? []).map((one) => [one.code, one])))]
  const ranks = (over: readonly Source[]): ReadonlyMap<string, number> => {
    const matrices = new Map(over.flatMap(({ value }) => (value.matrices ?? []).map((one) => [one.id, one])))
    return levelRanks({ levels: levels.map(([, level]) => level), matrices: [...matrices.values()] })
  }
  return { before: ranks(sources.slice(0, 1)), after: ranks(sources) }
}

/** Ranks before and after, and urgency bands most urgent first. */
interface Order {
  readonly before: ReadonlyMap<string, number>
  readonly after: ReadonlyMap<string, number>
  readonly bands: readonly string[]
}

/** Whether what replaces something absolute is less: lower, for fewer ages, on other conditions, later, or without a trigger. */
function isLess(old: Item, now: Item, order: Order): boolean {
  const rank = ({ level, then }: Item, ranks: ReadonlyMap<string, number>): number =>
    ranks.get(String(level ?? (then as Item | undefined)?.atLeast)) ?? -1
  const triggers = (item: Item): string[] => (item.triggers ?? []) as string[]
  const same = (property: string): boolean => canonical(old[property] ?? null) === canonical(now[property] ?? null)
  const isNarrowed = (now.age !== undefined && !same('age')) || !same('when')
  const hasLost = triggers(old).some((trigger) => !triggers(now).includes(trigger))
  return (
    now.absolute !== true ||
    rank(now, order.after) < rank(old, order.before) ||
    isNarrowed ||
    hasLost ||
    hasLostEffect(old, now, order)
  )
}

/** Whether it is less urgent, or the response that came with it is gone. */
function hasLostEffect(old: Item, now: Item, { bands }: Order): boolean {
  const then = ({ then: effect }: Item): Item => (effect ?? {}) as Item
  const urgency = (item: Item): unknown => item.urgency ?? then(item).urgency
  // What asks for no band, or for one that is no longer there, comes after all of them.
  const place = (band: unknown): number => (bands.includes(String(band)) ? bands.indexOf(String(band)) : bands.length)
  const response = then(old).response
  return place(urgency(now)) > place(urgency(old)) || (response !== undefined && response !== then(now).response)
}

function removals(
  overlay: Source | undefined,
  section: ListSection,
  known: ReadonlySet<unknown>,
  problems: Problem[],
): Set<unknown> {
  const list = (overlay?.value.remove as Record<string, string[]> | undefined)?.[section] ?? []
  list.forEach((code, index) => {
    if (overlay === undefined || known.has(code)) return
    problems.push(
      problemAt(overlay.read, ['remove', section, index], {
        code: 'unknown-code',
        message: `The base has no ${code} among its ${section}.`,
      }),
    )
  })
  return new Set(list)
}

function mergeRouting(sources: readonly Source[]): Placed[] | undefined {
  const lists = sources.map((source) => placedItems(source, 'routing'))
  if (lists.every((list) => list.length === 0)) return undefined
  const [first = [], second = []] = lists
  const replaced = new Set(second.map(({ item }) => item.level))
  return [...first.filter(({ item }) => !replaced.has(item.level)), ...second]
}
