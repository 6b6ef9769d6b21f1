/** Findings that make a count, picked in several ways: just enough of them, each just at the level. */
import type { Particulars } from '../conditions/pieces.ts'
import type { Condition } from '../conditions/shape.ts'
import { type IndicatorSpec, levelRanks, type PolicyDocument } from '../policy/shape.ts'
import { OCCURRENCES } from '../vocabulary.ts'
import type { Detail, Draft } from './draft.ts'

const PICKS_MAX = 6

type CountOf = Extract<Condition, { count: unknown }>['count']
type Ranks = ReadonlyMap<string, number>

/** Exactly as many indicators as are counted, each just at the level, picked in several ways. */
export function waysToCount(
  document: PolicyDocument,
  count: CountOf & { categories?: readonly string[] | undefined },
): Draft[] {
  const ranks = levelRanks(document)
  const least = ranks.get(count.level ?? '') ?? 0
  const fitting = document.indicators
    .filter((spec) => isCounted(document, spec, count) && reaches(spec, ranks, least) !== undefined)
    .sort((a, b) => plainness(a, ranks) - plainness(b, ranks))
  return Array.from({ length: Math.min(PICKS_MAX, fitting.length) }, (_, start) => {
    const picked = pick(
      document,
      [...fitting.slice(start), ...fitting.slice(0, start)],
      count.atLeast,
      count.acrossDomains,
    )
    return { present: Object.fromEntries(picked.map((spec) => [spec.code, reaches(spec, ranks, least) ?? {}])) }
  })
}

function isCounted(
  { domains }: PolicyDocument,
  { kind, domains: own, categories, matrix }: IndicatorSpec,
  count: CountOf & { categories?: readonly string[] | undefined },
): boolean {
  const parentOf = new Map(domains.map(({ code, parent }) => [code, parent]))
  const isUnder = (code: string | undefined): boolean =>
    code !== undefined && (code === count.domain || isUnder(parentOf.get(code)))
  return (
    (count.kind === undefined ? kind !== 'protective' && kind !== 'expected' : kind === count.kind) &&
    (count.domain === undefined || own.some(isUnder)) &&
    (count.matrix === undefined || matrix === count.matrix) &&
    (count.category === undefined || categories.includes(count.category)) &&
    (count.categories === undefined || count.categories.some((category) => categories.some((one) => one === category)))
  )
}

/** What has to be known of a finding for it to stand at the level or above; nothing where it never does. */
function reaches(spec: IndicatorSpec, ranks: Ranks, least: number): Detail | undefined {
  const isAt = (level: string | undefined): boolean => (ranks.get(level ?? '') ?? -1) >= least
  if (isAt(spec.level)) return lowestOf(spec)
  const grade = OCCURRENCES.find((occurrence) => isAt(spec.grades?.[occurrence]))
  if (grade) return { occurrence: grade }
  const step = spec.raisedBy?.find(({ level }) => isAt(level))
  return step && { ...lowestOf(spec), ...justMet(step) }
}

/** What has to be known of a finding for its first grade to be sure; nothing where it has no grades. */
export function lowestOf({ grades }: IndicatorSpec): Detail {
  const first = OCCURRENCES.find((occurrence) => grades?.[occurrence] !== undefined)
  return first ? { occurrence: first } : {}
}

/** What brings least else with it comes first: low, not enough alone, of every age. */
function plainness(
  { level, alone, absolute, age, grades, raisedBy, urgency, measure }: IndicatorSpec,
  ranks: Ranks,
): number {
  return (
    (ranks.get(level) ?? 0) * 10 +
    (absolute ? 60 : 0) +
    (alone ? 30 : 0) +
    (age ? 4 : 0) +
    (grades ? 3 : 0) +
    (raisedBy ? 3 : 0) +
    (urgency ? 3 : 0) +
    (measure ? 2 : 0)
  )
}

/** As many as are wanted; where domains are counted, over exactly as many top-level domains if that can be. */
function pick(
  { domains }: PolicyDocument,
  from: readonly IndicatorSpec[],
  count: number,
  across: number | undefined,
): IndicatorSpec[] {
  if (across === undefined) return from.slice(0, count)
  const parentOf = new Map(domains.map(({ code, parent }) => [code, parent]))
  const top = (code: string): string => {
    const parent = parentOf.get(code)
    return parent === undefined ? code : top(parent)
  }
  const picked: IndicatorSpec[] = []
  const seen = new Set<string>()
  for (const spec of from) {
    if (picked.length === count) break
    const fresh = new Set(spec.domains.map(top).filter((domain) => !seen.has(domain)))
    const missing = across - seen.size
    // Neither a domain more than are wanted, nor none where each that is still to come has to bring one.
    if (fresh.size > missing || (fresh.size === 0 && missing >= count - picked.length)) continue
    picked.push(spec)
    for (const domain of fresh) seen.add(domain)
  }
  return picked.length === count ? picked : from.slice(0, count)
}

/** What has to be known of one piece of evidence for it to be no more than is asked. */
export function justMet({ occurrence, withinMonths, durationMonths, trend }: Particulars): Detail {
  return {
    ...(occurrence && { occurrence }),
    ...(withinMonths !== undefined && { monthsAgo: withinMonths - 1 }),
    ...(durationMonths !== undefined && { durationMonths }),
    ...(trend && { trend }),
  }
}
