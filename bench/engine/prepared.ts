/**
 * What every peer is given instead of the referral: the set work done in plain JavaScript, since none of them has sets.
 * Found is what is surely found, as none of them has a third value; the low end of the range is what is compared.
 */
import type { Condition } from '../../src/engine/conditions/shape.ts'
import type { Policy, Snapshot } from '../../src/engine/index.ts'

/** A rule as the peers have it; `count` of a condition has become the number of a counter. */
export interface PeerRule {
  readonly id: string
  readonly rank: number
  readonly when: PeerCondition
}

export type PeerCondition =
  | { readonly all: readonly PeerCondition[] }
  | { readonly any: readonly PeerCondition[] }
  | { readonly not: PeerCondition }
  | { readonly present: string }
  | { readonly nOf: number; readonly codes: readonly string[] }
  | { readonly counter: number; readonly atLeast: number }
  | { readonly age: { readonly unborn: boolean; readonly from: number; readonly to: number } }
  | { readonly fact: string }

export interface Prepared {
  /** 1 for each code that is surely found. */
  readonly found: Readonly<Record<string, number>>
  readonly counters: readonly number[]
  readonly ageLow: number
  readonly ageHigh: number
  /** 2 is yes, 1 unknown. */
  readonly facts: Readonly<Record<string, number>>
  /** Rank that indicators by themselves and stated danger come to; −1 is none. */
  readonly base: number
}

export interface PeerModel {
  readonly rules: readonly PeerRule[]
  /** Codes that each counter counts. */
  readonly counted: readonly (readonly string[])[]
  prepare(snapshot: Snapshot): Prepared
}

export interface Answer {
  /** −1 where nothing places the child. */
  readonly rank: number
  /** Ids of the rules and clusters that fired, in the policy's order. */
  readonly fired: readonly string[]
}

type Counted = { level?: string | undefined; domain?: string | undefined; category?: string | undefined }

export function peerModel({ document }: Policy): PeerModel {
  const rankOf = (level: string): number => document.levels.findIndex(({ code }) => code === level)
  const counted: Counted[] = []
  const counter = (wanted: Counted): number => {
    const known = counted.findIndex((other) => JSON.stringify(other) === JSON.stringify(wanted))
    return known >= 0 ? known : counted.push(wanted) - 1
  }
  const rules: PeerRule[] = [
    ...document.rules.map(({ id, when, then }) => ({
      id,
      rank: rankOf(then.atLeast ?? ''),
      when: peerCondition(when, counter),
    })),
    ...document.clusters.map(({ id, count, ofLevel, atLeast }) => ({
      id,
      rank: rankOf(atLeast),
      when: { counter: counter({ level: ofLevel }), atLeast: count },
    })),
  ]
  const items = new Map(
    document.indicators.map((spec) => {
      const scores = spec.kind === 'risk' || spec.kind === 'status'
      const rank = rankOf(spec.level)
      const places = spec.absolute || spec.alone || spec.kind === 'expected'
      const counters = counted.flatMap(({ level, domain, category }, i) =>
        scores &&
        (level === undefined || rank >= rankOf(level)) &&
        (domain === undefined || spec.domains.includes(domain)) &&
        (category === undefined || (spec.categories as string[]).includes(category))
          ? [i]
          : [],
      )
      return [spec.code, { base: places ? rank : -1, counters }]
    }),
  )
  return {
    rules,
    counted: counted.map((_, i) => [...items].flatMap(([code, { counters }]) => (counters.includes(i) ? [code] : []))),
    prepare: (snapshot) => prepare(snapshot, items, { counters: counted.length, top: document.levels.length - 1 }),
  }
}

function prepare(
  { children, facts: answers, immediateDanger }: Snapshot,
  items: ReadonlyMap<string, { base: number; counters: readonly number[] }>,
  { counters: size, top }: { counters: number; top: number },
): Prepared {
  const child = children[0]!
  const found: Record<string, number> = {}
  const counters = new Array<number>(size).fill(0)
  let base = immediateDanger ? top : -1
  for (const { indicator, state } of child.findings) {
    if (state !== 'present' || found[indicator] === 1) continue
    const item = items.get(indicator)!
    found[indicator] = 1
    if (item.base > base) base = item.base
    for (const counter of item.counters) counters[counter]!++
  }
  const facts: Record<string, number> = {}
  for (const { code, answer } of answers)
    if (answer !== 'no') facts[code] = Math.max(facts[code] ?? 0, answer === 'yes' ? 2 : 1)
  return { found, counters, ageLow: child.age?.low ?? 0, ageHigh: child.age?.high ?? 215, facts, base }
}

function peerCondition(condition: Condition, counter: (wanted: Counted) => number): PeerCondition {
  const each = (parts: readonly Condition[]): PeerCondition[] => parts.map((part) => peerCondition(part, counter))
  if ('all' in condition) return { all: each(condition.all) }
  if ('any' in condition) return { any: each(condition.any) }
  if ('not' in condition) return { not: peerCondition(condition.not, counter) }
  if ('present' in condition) return { present: condition.present }
  if ('fact' in condition) return { fact: condition.fact }
  if ('count' in condition) {
    const { atLeast, level, domain, category } = condition.count
    return { counter: counter({ level, domain, category }), atLeast }
  }
  if ('age' in condition) {
    const { unborn = false, fromMonths = 0, toMonths = 9999 } = condition.age
    return { age: { unborn, from: fromMonths, to: toMonths } }
  }
  if ('atLeast' in condition) {
    const codes = condition.atLeast.of.flatMap((part) => ('present' in part ? [part.present] : []))
    return { nOf: condition.atLeast.n, codes }
  }
  throw new Error('The bench has no such condition')
}

/** The answer of an engine that says of each rule whether it holds. */
export function answerOf({ rules }: PeerModel, { base }: Prepared, holds: (rule: number) => boolean): Answer {
  const fired: string[] = []
  let rank = base
  for (let i = 0; i < rules.length; i++) {
    if (!holds(i)) continue
    const rule = rules[i]!
    fired.push(rule.id)
    if (rule.rank > rank) rank = rule.rank
  }
  return { rank, fired }
}
