/**
 * Whether one condition holds wherever another does, told from how the two are written. In three values: the weaker one is
 * never less than the stronger, whatever is known of a child.
 */
import type { Condition } from '../conditions/shape.ts'
import { canonical } from '../hash.ts'
import { OCCURRENCES, type Operator } from '../vocabulary.ts'

type Rank = (level: string | undefined) => number

/** @param rank of a level, −1 where none is named */
export function isImplied(strong: Condition, weak: Condition, rank: Rank): boolean {
  if (canonical(strong) === canonical(weak)) return true
  const implies = (one: Condition, other: Condition): boolean => isImplied(one, other, rank)
  if ('any' in strong) return strong.any.every((part) => implies(part, weak))
  if ('all' in weak) return weak.all.every((part) => implies(strong, part))
  if ('all' in strong && strong.all.some((part) => implies(part, weak))) return true
  if ('any' in weak) return weak.any.some((part) => implies(strong, part))
  if ('not' in strong && 'not' in weak) return implies(weak.not, strong.not)
  if ('atLeast' in strong && 'atLeast' in weak) return isFewerOf(strong.atLeast, weak.atLeast, implies)
  return isLooserLeaf(strong, weak, rank)
}

interface Some {
  readonly n: number
  readonly of: readonly Condition[]
}

/** As many or fewer of conditions among which each of the others has a weaker one of its own. */
function isFewerOf(strong: Some, weak: Some, implies: (one: Condition, other: Condition) => boolean): boolean {
  const free = [...weak.of]
  const isMatched = strong.of.every((part) => {
    const index = free.findIndex((other) => implies(part, other))
    if (index < 0) return false
    free.splice(index, 1)
    return true
  })
  return isMatched && weak.n <= strong.n
}

function isLooserLeaf(strong: Condition, weak: Condition, rank: Rank): boolean {
  if ('present' in strong && 'present' in weak) {
    const isOften = weak.occurrence === undefined || often(weak.occurrence) <= often(strong.occurrence)
    const isKind = isWider(strong.evidence, weak.evidence)
    const isRecent = isLonger(strong.withinMonths, weak.withinMonths)
    const isCourse = isSameOrFree(strong, weak, 'durationMonths') && isSameOrFree(strong, weak, 'trend')
    return strong.present === weak.present && isOften && isKind && isRecent && isCourse
  }
  if ('count' in strong && 'count' in weak) {
    const [old, now] = [strong.count, weak.count]
    const isFreed = (['domain', 'category', 'kind', 'matrix'] as const).every(
      (name) => now[name] === undefined || now[name] === old[name],
    )
    const isFewer = now.atLeast <= old.atLeast && (now.acrossDomains ?? 1) <= (old.acrossDomains ?? 1)
    return isFreed && isFewer && rank(now.level) <= rank(old.level)
  }
  if ('measure' in strong && 'measure' in weak) return strong.measure === weak.measure && isLooserMeasure(strong, weak)
  if ('history' in strong && 'history' in weak) {
    const [old, now] = [strong.history, weak.history]
    const isFreed =
      (now.category === undefined || now.category === old.category) && (!now.sameConcern || old.sameConcern)
    return Boolean(isFreed) && now.referralsAtLeast <= old.referralsAtLeast && now.withinMonths >= old.withinMonths
  }
  return false
}

function isSameOrFree<T extends object>(old: T, now: T, name: keyof T): boolean {
  return now[name] === undefined || now[name] === old[name]
}

function often(occurrence: (typeof OCCURRENCES)[number] | undefined): number {
  return occurrence === undefined ? -1 : OCCURRENCES.indexOf(occurrence)
}

function isWider(old: readonly string[] | undefined, now: readonly string[] | undefined): boolean {
  return now === undefined || (old?.every((kind) => now.includes(kind)) ?? false)
}

function isLonger(old: number | undefined, now: number | undefined): boolean {
  return now === undefined || (old !== undefined && now >= old)
}

interface Limit {
  readonly is: Operator
  readonly value: number
}

/** Whether every whole number that meets the one limit meets the other. */
export function isLooserMeasure(old: Limit, now: Limit): boolean {
  const isUpper = ({ is }: Limit): boolean => is === 'below' || is === 'atMost'
  const bound = ({ is, value }: Limit): number => (is === 'below' ? value - 1 : is === 'above' ? value + 1 : value)
  if (isUpper(old) !== isUpper(now)) return false
  return isUpper(old) ? bound(now) >= bound(old) : bound(now) <= bound(old)
}
