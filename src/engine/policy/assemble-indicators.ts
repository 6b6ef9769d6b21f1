/** Indicators of a checked document, ready to be found. */
import { ageBounds } from '../conditions/age.ts'
import { categorySet, NO_CATEGORIES } from '../conditions/categories.ts'
import type { Frame } from '../conditions/state.ts'
import { OCCURRENCES } from '../vocabulary.ts'
import type { CompiledIndicator } from './policy.ts'
import type { IndicatorSpec, PolicyDocument } from './shape.ts'
import type { StatutoryPack } from './statutory.ts'

export function compileIndicator(
  spec: IndicatorSpec,
  index: number,
  { rankOf, pack }: { rankOf: ReadonlyMap<string, number>; pack: StatutoryPack },
): CompiledIndicator {
  const scores = spec.kind !== 'protective' && spec.kind !== 'expected'
  return {
    index,
    spec,
    rank: rankOf.get(spec.level) ?? 0,
    gradeRanks: gradeRanks(spec, rankOf),
    scores,
    age: spec.age ? ageBounds(spec.age) : null,
    counting: spec.evidence ?? null,
    isAbsolute: spec.absolute,
    isProtective: spec.kind === 'protective',
    placing: spec.absolute ? 'absolute' : spec.alone ? 'alone' : spec.kind === 'expected' ? 'expected' : null,
    concerns: scores ? categorySet(spec.categories) : NO_CATEGORIES,
    points: spec.points ?? 0,
    triggers: pack.triggers.flatMap(({ code }, place) => (spec.triggers.includes(code) ? [place] : [])),
  }
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

/** What the state of a child has to know of the policy. */
export function frameOf(document: PolicyDocument, indicators: readonly CompiledIndicator[]): Frame {
  const facts = ['immediate_danger', ...document.facts.map(({ code }) => code), ...document.gates.map(({ id }) => id)]
  return {
    ranks: Int8Array.from(indicators, ({ rank }) => rank),
    counting: indicators.map(({ counting }) => counting),
    outside: Uint8Array.from(indicators, ({ spec }) => (spec.setting === 'outside_family' ? 1 : 0)),
    factAt: new Map([...new Set(facts)].map((code, place) => [code, place])),
  }
}
