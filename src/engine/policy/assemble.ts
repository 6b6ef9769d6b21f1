/** A checked document → the compiled policy: codes become positions, conditions become tests. */
import { conjuncts, leaves } from '../conditions/describe.ts'
import { compileCondition, type Names } from '../conditions/evaluate.ts'
import type { Condition } from '../conditions/shape.ts'
import { contentHash } from '../hash.ts'
import { COMMON_SCALE, OCCURRENCES, RESPONSE_TYPES } from '../vocabulary.ts'
import type {
  CompiledCluster,
  CompiledIndicator,
  CompiledRoute,
  CompiledRule,
  CompiledTrigger,
  Policy,
} from './policy.ts'
import type { ClusterSpec, PolicyDocument, RuleSpec } from './shape.ts'
import type { StatutoryPack } from './statutory.ts'

/** Puts a checked document and its pack together. The hash is worked out unless the caller knows it or has no use for it. */
export function assemble(document: PolicyDocument, pack: StatutoryPack, hash = contentHash(document)): Policy {
  const rankOf = new Map(document.levels.map((level, rank) => [level.code, rank]))
  const indicators = document.indicators.map(
    (spec, index): CompiledIndicator => ({
      index,
      spec,
      rank: rankOf.get(spec.level) ?? 0,
      gradeRanks: gradeRanks(spec, rankOf),
      scores: spec.kind !== 'protective' && spec.kind !== 'expected',
    }),
  )
  const indexOf = new Map(indicators.map(({ spec, index }) => [spec.code, index]))
  const names = namesOf(document, indicators, rankOf)
  return {
    id: document.document.id,
    version: document.document.version,
    hash,
    statutory: { id: pack.document.id, version: pack.document.version, hash: contentHash(pack) },
    document,
    pack,
    levels: document.levels,
    rankOf,
    indicators,
    indexOf,
    topDomains: names.topDomains,
    triggers: triggersOf(document, pack),
    rules: document.rules.map((spec) => compileRule(spec, names, indicators)),
    clusters: document.clusters.map((spec) => compileCluster(spec, names)),
    routes: document.levels.map(({ code }) => compileRoutes(document, code, names)),
    responses: new Map(document.responses.map((response) => [response.code, response])),
    responseRank: new Map(
      document.responses.map(({ code, type }, index) => [code, RESPONSE_TYPES.indexOf(type) * 1000 + index]),
    ),
    urgencyRank: new Map(document.urgency.bands.map(({ code }, rank) => [code, rank])),
    provenance: provenanceOf(document),
  }
}

function compileRule(spec: RuleSpec, names: Names, indicators: readonly CompiledIndicator[]): CompiledRule {
  return {
    spec,
    test: compileCondition(spec.when, names),
    parts: conjuncts(spec.when).map((condition) => ({ condition, test: compileCondition(condition, names) })),
    rank: spec.then.atLeast === undefined ? -1 : names.rank(spec.then.atLeast),
    protective: indices(names, spec.unless?.protective),
    looksAt: looksAt(spec.when, names, indicators),
  }
}

function compileCluster(spec: ClusterSpec, names: Names): CompiledCluster {
  return {
    spec,
    matches: selectAny(names, spec.categories),
    ofRank: names.rank(spec.ofLevel),
    rank: names.rank(spec.atLeast),
    protective: indices(names, spec.unless?.protective),
  }
}

function compileRoutes(document: PolicyDocument, level: string, names: Names): CompiledRoute[] {
  return document.routing
    .filter((route) => route.level === level)
    .map((spec) => ({ spec, test: spec.when ? compileCondition(spec.when, names) : null }))
}

function indices(names: Names, codes: readonly string[] = []): number[] {
  return codes.map((code) => names.indicator(code))
}

function gradeRanks(spec: PolicyDocument['indicators'][number], rankOf: ReadonlyMap<string, number>): number[] | null {
  if (!spec.grades) return null
  let rank = rankOf.get(spec.level) ?? 0
  return OCCURRENCES.map((occurrence) => {
    const level = spec.grades?.[occurrence]
    if (level !== undefined) rank = rankOf.get(level) ?? rank
    return rank
  })
}

function namesOf(
  document: PolicyDocument,
  indicators: readonly CompiledIndicator[],
  rankOf: ReadonlyMap<string, number>,
): Names {
  const parentOf = new Map(document.domains.map(({ code, parent }) => [code, parent]))
  const ancestry = (code: string): string[] => {
    const line = [code]
    for (let parent = parentOf.get(code); parent !== undefined && !line.includes(parent); parent = parentOf.get(parent))
      line.push(parent)
    return line
  }
  const lines = indicators.map(({ spec }) => spec.domains.map(ancestry))
  const selected = new Map<string, Uint8Array>()
  const top = [...new Set(document.domains.map(({ code }) => ancestry(code).at(-1)))]
  const indexOf = new Map(indicators.map(({ spec, index }) => [spec.code, index]))
  return {
    indicator: (code) => indexOf.get(code) as number,
    rank: (level) => rankOf.get(level) as number,
    topDomains: lines.map((of) => [...new Set(of.map((line) => top.indexOf(line.at(-1))))]),
    select: ({ kind, domain, category }) => {
      const key = `${kind} ${domain} ${category}`
      const known = selected.get(key)
      if (known) return known
      const flags = Uint8Array.from(indicators, ({ spec, scores, index }) =>
        (kind === undefined ? scores : spec.kind === kind) &&
        (domain === undefined || lines[index]?.some((line) => line.includes(domain))) &&
        (category === undefined || spec.categories.includes(category))
          ? 1
          : 0,
      )
      selected.set(key, flags)
      return flags
    },
  }
}

/** The indicators that each leaf of a condition looks at. */
function looksAt(
  condition: Condition,
  names: Names,
  indicators: readonly CompiledIndicator[],
): CompiledRule['looksAt'] {
  const only = (wanted: (indicator: CompiledIndicator) => boolean): Uint8Array =>
    Uint8Array.from(indicators, (indicator) => (wanted(indicator) ? 1 : 0))
  return leaves(condition).flatMap(({ leaf }) => {
    if ('present' in leaf) return [{ matches: only(({ spec }) => spec.code === leaf.present), rank: 0 }]
    if ('measure' in leaf) return [{ matches: only(({ spec }) => spec.measure?.name === leaf.measure), rank: 0 }]
    if ('count' in leaf)
      return [
        { matches: names.select(leaf.count), rank: leaf.count.level === undefined ? 0 : names.rank(leaf.count.level) },
      ]
    return []
  })
}

function selectAny(names: Names, categories: PolicyDocument['clusters'][number]['categories']): Uint8Array {
  if (!categories) return names.select({})
  const lists = categories.map((category) => names.select({ category }))
  return Uint8Array.from(lists[0] ?? [], (_, i) => (lists.some((list) => list[i] === 1) ? 1 : 0))
}

function triggersOf(document: PolicyDocument, pack: StatutoryPack): CompiledTrigger[] {
  return pack.triggers.map((spec) => ({
    spec,
    rank: document.levels.findIndex(({ common }) => COMMON_SCALE.indexOf(common) >= COMMON_SCALE.indexOf(spec.atLeast)),
    indicators: document.indicators.flatMap(({ triggers }, index) => (triggers.includes(spec.code) ? [index] : [])),
    // The first type is what the pack asks for first: a strategy discussion comes before immediate protection where both would do.
    response:
      spec.responses.flatMap((type) => document.responses.filter((response) => response.type === type))[0]?.code ?? '',
  }))
}

function provenanceOf(document: PolicyDocument): Map<string, string> {
  const own = `${document.document.id}@${document.document.version}`
  const codes = [
    ...document.indicators.map(({ code }) => code),
    ...document.rules.map(({ id }) => id),
    ...document.clusters.map(({ id }) => id),
  ]
  return new Map(codes.map((code) => [code, document.provenance[code] ?? own]))
}
