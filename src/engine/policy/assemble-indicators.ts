/** Indicators of a checked document, ready to be found. */
import { ageBounds } from '../conditions/age.ts'
import { categorySet, NO_CATEGORIES } from '../conditions/categories.ts'
import { type Frame, TRAITS } from '../conditions/frame.ts'
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
    points: spec.points ?? 0,
    measure: spec.measure?.name ?? null,
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

/** Facts and gates, each once; a state has their answers in this order. */
export function factsOf({ facts, gates }: PolicyDocument): string[] {
  return [...new Set(['immediate_danger', ...facts.map(({ code }) => code), ...gates.map(({ id }) => id)])]
}

/** What the state of a child has to know of the policy. */
export function frameOf(document: PolicyDocument, indicators: readonly CompiledIndicator[]): Frame {
  return {
    ranks: Int8Array.from(indicators, ({ rank }) => rank),
    counting: indicators.map(({ counting }) => counting),
    traits: Uint8Array.from(indicators, traitsOf),
    concerns: Int32Array.from(indicators, ({ spec, scores }) =>
      scores ? categorySet(spec.categories) : NO_CATEGORIES,
    ),
    factAt: new Map(factsOf(document).map((code, place) => [code, place])),
  }
}

function traitsOf({ placing, triggers, points, gradeRanks, spec }: CompiledIndicator): number {
  return (
    (placing === null ? 0 : TRAITS[placing]) |
    (triggers.length > 0 ? TRAITS.trigger : 0) |
    (points > 0 ? TRAITS.points : 0) |
    (gradeRanks === null ? 0 : TRAITS.graded) |
    (spec.setting === 'outside_family' ? TRAITS.outside : 0)
  )
}
