/** What the checks of conditions need to know of the policy: who can be found, at what age, how high, and where. */
import type { Condition } from '../conditions/shape.ts'
import type { Path } from '../problem.ts'
import { ageSet } from './age-set.ts'
import { ownColumns } from './assemble-indicators.ts'
import type { Checker } from './checker.ts'
import type { IndicatorSpec, PolicyDocument } from './shape.ts'

type CountOf = Extract<Condition, { count: unknown }>['count']

export interface Ground {
  readonly indicators: ReadonlyMap<string, IndicatorSpec>
  readonly rank: (level: string | undefined) => number
  /** The ages at which an indicator can be found. */
  readonly ages: (spec: IndicatorSpec) => bigint
  /** Indicators that a count could count, at the highest level that each can have. */
  readonly matching: (count: Omit<CountOf, 'atLeast'>) => readonly IndicatorSpec[]
  /** Whether there is time for one more comparison of conditions: a hostile file could ask for billions of them. */
  readonly mayCompare: () => boolean
  readonly topDomains: (specs: readonly IndicatorSpec[]) => ReadonlySet<string>
}

/** The largest document that we know needs some hundreds. */
const COMPARISONS_MAX = 100_000

export const isScoring = ({ kind }: Pick<IndicatorSpec, 'kind'>): boolean =>
  kind !== 'protective' && kind !== 'expected'

export function groundOf({ policy, levelRank }: Checker): Ground {
  const rank = (level: string | undefined): number => levelRank.get(level ?? '') ?? 0
  const parentOf = new Map(policy.domains.map(({ code, parent }) => [code, parent]))
  const ancestry = (code: string): string[] => {
    const line = [code]
    for (let parent = parentOf.get(code); parent !== undefined && !line.includes(parent); parent = parentOf.get(parent))
      line.push(parent)
    return line
  }
  const lines = new Map(policy.domains.map(({ code }) => [code, ancestry(code)]))
  const ages = new Map(policy.indicators.map((spec) => [spec, ageSet(spec.age)]))
  const linesOf = (spec: IndicatorSpec): string[][] => spec.domains.map((code) => lines.get(code) ?? [code])
  const match = ({ level, kind, domain, category, matrix }: Omit<CountOf, 'atLeast'>): readonly IndicatorSpec[] =>
    policy.indicators.filter(
      (spec) =>
        (kind === undefined ? isScoring(spec) : spec.kind === kind) &&
        (level === undefined || highestRank(spec, rank) >= rank(level)) &&
        (category === undefined || spec.categories.includes(category)) &&
        (matrix === undefined || spec.matrix === matrix) &&
        (domain === undefined || linesOf(spec).some((line) => line.includes(domain))),
    )
  // A count is looked at again for every way in which its condition can hold.
  let compared = 0
  const matched = new Map<object, readonly IndicatorSpec[]>()
  return {
    indicators: new Map(policy.indicators.map((spec) => [spec.code, spec])),
    rank,
    ages: (spec) => ages.get(spec) ?? ageSet(spec.age),
    matching: (count) => {
      const found = matched.get(count) ?? match(count)
      matched.set(count, found)
      return found
    },
    mayCompare: () => ++compared <= COMPARISONS_MAX,
    topDomains: (specs) => new Set(specs.flatMap((spec) => linesOf(spec).map((line) => line.at(-1) ?? ''))),
  }
}

/** Every condition of a policy with its place. A new section that has conditions is named here, for all checks of them. */
export function conditionsOf(policy: PolicyDocument): readonly { when: Condition; path: Path }[] {
  const { rules, routing, levels, requirements = [], transitions = [], oversight } = policy
  const optional = (when: Condition | undefined, path: Path) => (when ? [{ when, path }] : [])
  return [
    ...rules.map(({ when }, i) => ({ when, path: ['rules', i, 'when'] })),
    ...routing.flatMap(({ when }, i) => optional(when, ['routing', i, 'when'])),
    ...levels.flatMap(({ splits = [] }, l) =>
      splits.flatMap(({ when }, s) => optional(when, ['levels', l, 'splits', s, 'when'])),
    ),
    ...requirements.flatMap(({ when }, i) => optional(when, ['requirements', i, 'when'])),
    ...transitions.flatMap(({ when }, i) => optional(when, ['transitions', i, 'when'])),
    ...optional(oversight.secondScreening.when, ['oversight', 'secondScreening', 'when']),
    ...optional(oversight.signOff.when, ['oversight', 'signOff', 'when']),
  ]
}

/** The highest level that an indicator can have: its own, or that of a grade or a step. */
export function highestRank(spec: IndicatorSpec, rank: (level: string) => number): number {
  return Math.max(...ownColumns(spec).map(rank))
}
