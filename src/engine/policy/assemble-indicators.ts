/** Indicators of a checked document, ready to be found. */
import { ageBounds } from '../conditions/age.ts'
import { categorySet, NO_CATEGORIES } from '../conditions/categories.ts'
import type { Frame } from '../conditions/state.ts'
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
    concerns: scores ? categorySet(spec.categories) : NO_CATEGORIES,
    points: spec.points ?? 0,
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

/** What the state of a child has to know of the policy. */
export function frameOf(document: PolicyDocument, indicators: readonly CompiledIndicator[]): Frame {
  const facts = ['immediate_danger', ...document.facts.map(({ code }) => code), ...document.gates.map(({ id }) => id)]
  return {
    ranks: Int8Array.from(indicators, ({ rank }) => rank),
    counting: indicators.map(({ counting }) => counting),
    outside: Uint8Array.from(indicators, ({ spec }) => (spec.setting === 'outside_family' ? 1 : 0)),
    factAt: new Map([...new Set(facts)].map((code, place) => [code, place])),
    repetition: document.repetition ?? null,
  }
}
