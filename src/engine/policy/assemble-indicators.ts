/** Indicators of a checked document, ready to be found. */
import { ageBounds } from '../conditions/age.ts'
import { categorySet, NO_CATEGORIES } from '../conditions/categories.ts'
import { type Frame, TRAITS } from '../conditions/frame.ts'
import { OCCURRENCES } from '../vocabulary.ts'
import type { AnswerAt } from './assemble.ts'
import type { CompiledIndicator } from './policy.ts'
import type { IndicatorSpec, PolicyDocument } from './shape.ts'
import type { StatutoryPack } from './statutory.ts'

interface Around {
  /** Ranks of levels and of columns of matrices. */
  readonly rankOf: ReadonlyMap<string, number>
  readonly pack: StatutoryPack
  readonly matrices: PolicyDocument['matrices']
  readonly answerAt: AnswerAt
}

export function compileIndicator(
  spec: IndicatorSpec,
  index: number,
  { rankOf, pack, ...around }: Around,
): CompiledIndicator {
  const scores = spec.kind !== 'protective' && spec.kind !== 'expected'
  return {
    index,
    spec,
    rank: rankOf.get(spec.level) ?? 0,
    gradeRanks: gradeRanks(spec, rankOf),
    steps: spec.raisedBy?.map(({ level, ...asked }) => ({ rank: rankOf.get(level) ?? 0, asked })) ?? null,
    columns: columnsOf(spec, { rankOf, ...around }),
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

/** What the columns in which an indicator may stand ask for. */
function columnsOf(spec: IndicatorSpec, around: Omit<Around, 'pack'>): CompiledIndicator['columns'] {
  const matrix = around.matrices?.find(({ id }) => id === spec.matrix)
  const own = ownColumns(spec)
  const columns = (matrix?.columns ?? []).filter(({ code }) => own.includes(code))
  if (!columns.some(({ response }) => response !== undefined)) return null
  return columns.map(({ code, label, response }) => ({
    rank: around.rankOf.get(code) ?? 0,
    answer: around.answerAt(response),
    because: `${matrix?.title}: ${label}.`,
  }))
}

/** Codes of the levels, or columns, at which an indicator may stand. */
export function ownColumns({ level, grades, raisedBy }: IndicatorSpec): string[] {
  return [level, ...Object.values(grades ?? {}), ...(raisedBy ?? []).map((step) => step.level)]
}

/** Ranks of an indicator by occurrence, least often first; null where it is not graded. */
export function gradeRanks(
  spec: PolicyDocument['indicators'][number],
  rankOf: ReadonlyMap<string, number>,
): number[] | null {
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
    repetition: document.repetition ?? null,
  }
}

function traitsOf({ placing, triggers, points, gradeRanks, steps, spec }: CompiledIndicator): number {
  return (
    (placing === null ? 0 : TRAITS[placing]) |
    (triggers.length > 0 ? TRAITS.trigger : 0) |
    (points > 0 ? TRAITS.points : 0) |
    (gradeRanks === null && steps === null ? 0 : TRAITS.graded) |
    (spec.setting === 'outside_family' ? TRAITS.outside : 0)
  )
}
