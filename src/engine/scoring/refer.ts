/** Ranks and positions of the compiled policy → the words that a recommendation cites. */
import { type Kleene, YES } from '../conditions/kleene.ts'
import type { ChildState } from '../conditions/state.ts'
import type { Citation } from '../policy/items.ts'
import type { Policy } from '../policy/policy.ts'
import type { SnapshotChild } from '../referral/snapshot.ts'
import type { Reason } from './recommendation.ts'
import type { CitationRef, LevelRef } from './refs.ts'

export function levelRef(policy: Policy, rank: number): LevelRef | null {
  const level = policy.levels[rank]
  return level ? { code: level.code, label: level.label, rank, common: level.common } : null
}

export function citationRef(document: string, citation: Citation | undefined): CitationRef {
  return {
    document,
    section: citation?.section ?? '',
    paragraph: citation?.paragraph ?? null,
    page: citation?.page ?? null,
  }
}

/** Citation of an indicator, rule or cluster: of the document that it comes from, base or overlay. */
export function citationOf(policy: Policy, code: string, citation: Citation | undefined): CitationRef {
  return citationRef(policy.provenance.get(code) ?? `${policy.id}@${policy.version}`, citation)
}

/** The finding behind a reason: the policy's words, and what was seen or said. */
export function findingRef(
  policy: Policy,
  state: ChildState,
  child: SnapshotChild,
  index: number,
): Reason['findings'][number] {
  const { spec } = policy.indicators[index] as Policy['indicators'][number]
  const said = child.findings.filter(({ indicator, state: found }) => indicator === spec.code && found !== 'absent')
  const measured = spec.measure && state.measures.has(spec.measure.name)
  return {
    indicator: spec.code,
    text: spec.text,
    level: policy.levels[state.rankLow[index] ?? 0]?.code ?? spec.level,
    ...matrixRef(policy, state, index),
    state: (state.found[index] as Kleene) === YES ? 'present' : 'possible',
    subjects: [...new Set([...said.map(({ subject }) => subject), ...(measured ? (['measurement'] as const) : [])])],
    citation: citationOf(policy, spec.code, spec.citation),
    evidence: said.flatMap(({ evidence }) =>
      evidence.map(({ kind, source, occurrence, monthsAgo, durationMonths, trend, text }) => ({
        kind,
        source,
        occurrence,
        monthsAgo,
        ...(durationMonths === undefined ? {} : { durationMonths }),
        ...(trend === undefined ? {} : { trend }),
        text,
      })),
    ),
  }
}

/** The column of its matrix in which a found indicator stands: the worst that its level, grades and steps have reached. */
export function columnOf(policy: Policy, state: ChildState, index: number) {
  const { spec } = policy.indicators[index] as Policy['indicators'][number]
  const matrix = policy.document.matrices?.find(({ id }) => id === spec.matrix)
  if (!matrix) return undefined
  const own = [spec.level, ...Object.values(spec.grades ?? {}), ...(spec.raisedBy ?? []).map(({ level }) => level)]
  const rank = state.rankLow[index] ?? 0
  const column = matrix.columns
    .filter(({ code, level }) => own.includes(code) && (policy.rankOf.get(level) ?? 0) <= rank)
    .at(-1)
  return column && { ...column, matrix: matrix.id, title: matrix.title }
}

function matrixRef(policy: Policy, state: ChildState, index: number): Pick<Reason['findings'][number], 'matrix'> {
  const column = columnOf(policy, state, index)
  return column ? { matrix: { id: column.matrix, title: column.title, column: column.code, label: column.label } } : {}
}
