/** What of a policy its cases touch: each thing that decides something, and whether any case makes it do so. */
import { conjuncts } from '../conditions/describe.ts'
import type { Condition } from '../conditions/shape.ts'
import { assemble } from '../policy/assemble.ts'
import type { Policy } from '../policy/policy.ts'
import type { PolicyDocument, RuleSpec } from '../policy/shape.ts'
import type { Snapshot } from '../referral/snapshot.ts'
import type { Recommendation } from '../scoring/recommendation.ts'
import { type Calendar, score } from '../scoring/score.ts'
import { bare } from './bare.ts'
import { foundSpecs } from './concerned.ts'
import type { Case } from './shape.ts'
import { snapshotOf } from './snapshot.ts'

export interface Coverage {
  /** In plain words: “rules that hold”. */
  readonly kind: string
  readonly of: number
  readonly covered: number
  /** Whole per cent, rounded down: 100 means all. */
  readonly percent: number
  readonly missing: readonly string[]
}

/** What one child of a case showed. */
interface Seen {
  readonly found: ReadonlySet<string>
  readonly got: Recommendation
  /** Ids of what surely holds, of the policy and of the probes put into it. */
  readonly holds: ReadonlySet<string>
  /** Ids of what surely holds when nothing withholds, and when every count is one less; worked out when asked for. */
  readonly unwithheld: () => ReadonlySet<string>
  readonly eased: () => ReadonlySet<string>
}

/** Coverage by kind, each over all things of the policy of that kind. Kinds that the policy does not have are left out. */
export function coverage(policy: Policy, cases: readonly Case[], calendar: Calendar): Coverage[] {
  const document = bare(policy.document)
  const seen = look(policy, document, cases, calendar)
  const any = (wanted: (one: Seen) => boolean): boolean => seen.some(wanted)
  const { rules, clusters, gates, routing, questions, urgency, indicators, levels } = document
  const withUnless = [...rules, ...clusters].filter(({ unless }) => unless)
  const wide = clusters.filter(({ count }) => count > 1)
  return [
    of('indicators found', indicators, ({ code }) => any(({ found }) => found.has(code))),
    of('rules that hold', rules, ({ id }) => any(({ holds }) => holds.has(id))),
    of('rules one condition short', rules, (rule) => any((one) => isShort(rule, one))),
    of('clusters that hold', clusters, ({ id }) => any(({ holds }) => holds.has(id))),
    of('clusters one finding short', wide, ({ id }) => any(({ holds, eased }) => !holds.has(id) && eased().has(id))),
    of('rises withheld by strengths', withUnless, ({ id }) =>
      any(({ holds, unwithheld }) => !holds.has(id) && unwithheld().has(id)),
    ),
    of('gates answered yes', gates, ({ id }) =>
      any(({ got }) => got.gates.some((gate) => gate.id === id && gate.answer === 'yes')),
    ),
    of(
      'routes taken',
      routing.map((route, i) => ({ code: placeOf(document, i), route, i })),
      ({ route, i }) => any((one) => one.got.low?.code === route.level && routeTaken(document, one) === i),
    ),
    of('levels reached', levels, ({ code }) => any(({ got }) => got.level?.code === code)),
    of('points on each side of a cut-off', cutoffSides(document), ({ total }) =>
      any(({ got }) => got.points?.low === total),
    ),
    of('statutory triggers', policy.pack.triggers, ({ code }) => any(({ holds }) => holds.has(code))),
    of('questions asked', questions, ({ id }) => any(({ got }) => got.questions.some((one) => one.id === id))),
    of('urgencies reached', urgency.bands, ({ code }) => any(({ got }) => got.urgency.code === code)),
  ].filter((kind) => kind.of > 0)
}

function of<T extends { code: string } | { id: string }>(
  kind: string,
  items: readonly T[],
  isCovered: (item: T) => boolean,
): Coverage {
  const missing = items.filter((item) => !isCovered(item)).map((item) => ('code' in item ? item.code : item.id))
  const covered = items.length - missing.length
  return { kind, of: items.length, covered, percent: Math.floor((covered * 100) / Math.max(items.length, 1)), missing }
}

function look(policy: Policy, document: PolicyDocument, cases: readonly Case[], calendar: Calendar): Seen[] {
  const probed = assemble(withProbes(document), policy.pack)
  const unwithheld = assemble(withoutUnless(document), policy.pack)
  const eased = assemble(withFewer(document), policy.pack)
  const idsOf = (other: Policy, snapshot: Snapshot): Set<string>[] =>
    score(other, snapshot, calendar).map(({ reasons }) => new Set(reasons.map(({ id }) => id)))
  return cases.flatMap((item) => {
    const snapshot = snapshotOf(item)
    const freely = once(() => idsOf(unwithheld, snapshot))
    const easily = once(() => idsOf(eased, snapshot))
    return score(probed, snapshot, calendar).map((got, i): Seen => {
      const child = snapshot.children[i]
      const outOfAge = got.alerts.some(({ code }) => code === 'finding_out_of_age')
      return {
        found: new Set(child && !outOfAge ? surelyFound(document, child, got) : []),
        got,
        holds: new Set(got.reasons.map(({ id }) => id)),
        unwithheld: () => freely()[i] ?? new Set(),
        eased: () => easily()[i] ?? new Set(),
      }
    })
  })
}

/** A value that is worked out when it is first asked for, and kept. */
function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}

/** Scoring indicators that a reason rests on; strengths and ordinary descriptors that are said to be present. */
function surelyFound(document: PolicyDocument, child: Snapshot['children'][number], got: Recommendation): string[] {
  const scored = got.reasons.flatMap(({ findings }) =>
    findings.filter(({ state }) => state === 'present').map(({ indicator }) => indicator),
  )
  const said = new Set(child.findings.filter(({ state }) => state === 'present').map(({ indicator }) => indicator))
  const others = foundSpecs(document, child).filter(({ kind, code }) => kind === 'protective' && said.has(code))
  return [...scored, ...others.map(({ code }) => code)]
}

// Probes: rules that do nothing, put in to see in the reasons which part of a condition holds.

const partProbe = (id: string, part: number): string => `${id}#${part}`
const routeProbe = (place: string): string => `route#${place}`

function withProbes(document: PolicyDocument): PolicyDocument {
  const probe = (id: string, when: Condition): RuleSpec => ({
    id,
    when,
    then: {},
    absolute: false,
    because: id,
    citation: { section: '-' },
  })
  return {
    ...document,
    rules: [
      ...document.rules,
      ...document.rules.flatMap(({ id, when }) => conjuncts(when).map((part, i) => probe(partProbe(id, i), part))),
      ...document.routing.flatMap(({ when }, i) => (when ? [probe(routeProbe(placeOf(document, i)), when)] : [])),
    ],
  }
}

function withoutUnless(document: PolicyDocument): PolicyDocument {
  const free = <T extends { unless?: unknown }>({ unless: _, ...rest }: T): Omit<T, 'unless'> => rest
  return { ...document, rules: document.rules.map(free), clusters: document.clusters.map(free) }
}

/** Every cluster content with one finding less, and with as many domains as those can have at the least. */
function withFewer(document: PolicyDocument): PolicyDocument {
  const clusters = document.clusters.map((cluster) => {
    const count = Math.max(cluster.count - 1, 1)
    return { ...cluster, count, acrossDomains: Math.min(cluster.acrossDomains, count) }
  })
  return { ...document, clusters }
}

/** All parts of the rule's condition hold but one. A condition of one part is short wherever it does not hold. */
function isShort({ id, when }: RuleSpec, { holds }: Seen): boolean {
  const parts = conjuncts(when)
  return !holds.has(id) && parts.filter((_, i) => !holds.has(partProbe(id, i))).length === 1
}

/** `L4.2`: the second route of L4. */
function placeOf({ routing }: PolicyDocument, index: number): string {
  const level = routing[index]?.level
  return `${level}.${routing.slice(0, index + 1).filter((route) => route.level === level).length}`
}

/** Position of the route that the low end of the range takes. */
function routeTaken(document: PolicyDocument, { got, holds }: Seen): number {
  return document.routing.findIndex(
    ({ level, when }, i) => level === got.low?.code && (!when || holds.has(routeProbe(placeOf(document, i)))),
  )
}

function cutoffSides({ points }: PolicyDocument): { code: string; total: number }[] {
  return (points?.cutoffs ?? []).flatMap((cutoff) =>
    [cutoff.points - 1, cutoff.points].map((total) => ({ code: `${total} points`, total })),
  )
}
