/** Ranks and positions of the compiled policy → the words that a recommendation cites. */
import { type Kleene, YES } from '../conditions/kleene.ts'
import type { ChildState } from '../conditions/state.ts'
import { ownColumns } from '../policy/assemble-indicators.ts'
import type { Citation } from '../policy/items.ts'
import type { Policy } from '../policy/policy.ts'
import type { SnapshotFinding } from '../referral/snapshot.ts'
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

/** What was said of an indicator that was found, in the order of the snapshot. */
function saidOf({ first, next, findings }: ChildState, index: number): SnapshotFinding[] {
  const said: SnapshotFinding[] = []
  for (let at = first[index] ?? -1; at >= 0; at = next[at] ?? -1) said.push(findings[at] as SnapshotFinding)
  return said
}

/** The finding behind a reason: the policy's words, and what was seen or said. */
export function findingRef(policy: Policy, state: ChildState, index: number): Reason['findings'][number] {
  const { spec } = policy.indicators[index] as Policy['indicators'][number]
  const said = saidOf(state, index)
  const measured = spec.measure && state.measures.has(spec.measure.name)
  return {
    indicator: spec.code,
    text: spec.text,
    level: policy.levels[state.rankLow[index] ?? 0]?.code ?? spec.level,
    ...matrixRef(policy, index, state.rankLow[index] ?? 0),
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
export function matrixRef(policy: Policy, index: number, rank: number): Pick<Reason['findings'][number], 'matrix'> {
  const { spec } = policy.indicators[index] as Policy['indicators'][number]
  const matrix = policy.document.matrices?.find(({ id }) => id === spec.matrix)
  if (!matrix) return {}
  const own = ownColumns(spec)
  const column = matrix.columns
    .filter(({ code, level }) => own.includes(code) && (policy.rankOf.get(level) ?? 0) <= rank)
    .at(-1)
  if (!column) return {}
  return { matrix: { id: matrix.id, title: matrix.title, column: column.code, label: column.label } }
}
