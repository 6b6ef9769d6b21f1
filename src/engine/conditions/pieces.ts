/** What one piece of evidence says of a grade, a step or a condition. What it does not say leaves the answer a maybe. */
import { type EvidenceKind, OCCURRENCES, type Occurrence, TRENDS, type Trend } from '../vocabulary.ts'
import { and, type Kleene, MAYBE, NO, YES } from './kleene.ts'
import type { EvidencePiece } from './state.ts'

/** What is asked of a piece; what is left out is not asked. */
export interface Particulars {
  /** At least this often. */
  readonly occurrence?: Occurrence | undefined
  /** One of these kinds. */
  readonly evidence?: readonly EvidenceKind[] | undefined
  /** Less than so many completed months ago. */
  readonly withinMonths?: number | undefined
  /** For at least so many completed months. */
  readonly durationMonths?: number | undefined
  /** This or worse. */
  readonly trend?: Trend | undefined
}

export function pieceValue(asked: Particulars, piece: EvidencePiece): Kleene {
  const { occurrence, evidence, withinMonths, durationMonths, trend } = asked
  return and([
    part(occurrence, piece.occurrence, (wanted, is) => OCCURRENCES.indexOf(is) >= OCCURRENCES.indexOf(wanted)),
    part(evidence, piece.kind, (wanted, is) => wanted.includes(is)),
    part(withinMonths, piece.monthsAgo, (wanted, is) => is < wanted),
    part(durationMonths, piece.durationMonths, (wanted, is) => is >= wanted),
    part(trend, piece.trend, (wanted, is) => TRENDS.indexOf(is) >= TRENDS.indexOf(wanted)),
    piece.counts === false ? MAYBE : YES,
  ])
}

function part<W, I>(wanted: W | undefined, is: I | null | undefined, holds: (wanted: W, is: I) => boolean): Kleene {
  if (wanted === undefined) return YES
  if (is === null || is === undefined) return MAYBE
  return holds(wanted, is) ? YES : NO
}

/** So many dated pieces, each said to have happened once, count as this often. */
export interface Repetition {
  readonly withinMonths: number
  readonly sometimes?: number | undefined
  readonly often?: number | undefined
  readonly persistent?: number | undefined
}

/**
 * What repetition adds to the evidence of one indicator. Pieces of different months are surely different occasions; those of
 * one month, or without a date, may be.
 */
export function repeated(pieces: readonly EvidencePiece[], repetition: Repetition): EvidencePiece[] {
  // The same piece sent twice is one piece.
  const distinct = [...new Map(pieces.map((piece) => [written(piece), piece])).values()]
  const once = distinct.filter(
    ({ occurrence, monthsAgo }) => occurrence === 'once' && (monthsAgo ?? 0) < repetition.withinMonths,
  )
  const dated = once.filter(({ monthsAgo, counts }) => monthsAgo !== null && counts !== false)
  const months = new Set(dated.map(({ monthsAgo }) => monthsAgo))
  const sure = oftenness(months.size, repetition)
  const possible = oftenness(once.length, repetition)
  const kinds = new Set(dated.map(({ kind }) => kind))
  const piece = {
    kind: kinds.size === 1 ? ([...kinds][0] ?? null) : null,
    monthsAgo: months.size === 0 ? null : Math.min(...dated.map(({ monthsAgo }) => monthsAgo ?? 0)),
  }
  return [
    ...(sure ? [{ ...piece, occurrence: sure }] : []),
    ...(possible && possible !== sure ? [{ kind: null, monthsAgo: null, occurrence: possible, counts: false }] : []),
  ]
}

/** All that a piece says, in one order; text that has no canonical form as well. */
function written(piece: EvidencePiece): string {
  return JSON.stringify(piece, Object.keys(piece).sort())
}

function oftenness(count: number, repetition: Repetition): Occurrence | null {
  const grades = (['persistent', 'often', 'sometimes'] as const).filter(
    (grade) => count >= (repetition[grade] ?? Number.MAX_SAFE_INTEGER),
  )
  return grades[0] ?? null
}
