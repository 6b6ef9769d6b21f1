/** What is known of one child, in the form that conditions read. Built by scoring/state.ts; never changed afterwards. */
import type { ConsentState, EvidenceKind, Occurrence, Trend } from '../vocabulary.ts'
import type { Kleene } from './kleene.ts'

/** One piece of evidence of a present finding; a finding without any has one piece of which nothing is known. */
export interface EvidencePiece {
  readonly kind: EvidenceKind | null
  readonly occurrence: Occurrence | null
  readonly monthsAgo: number | null
  /** Completed months for which it has gone on; left out where nobody says. */
  readonly durationMonths?: number | undefined
  readonly trend?: Trend | undefined
  /** False for a kind that does not count for the indicator: what it says is possible, and no more. */
  readonly counts?: boolean
}

/** Completed months, both ends included; −1 is unborn. A range where only an estimate is known. */
export interface AgeInMonths {
  readonly low: number
  readonly high: number
}

export interface EarlierReferral {
  readonly monthsAgo: number
  readonly categories: readonly string[]
}

/** What an assessment or specialist tool came to, so far as the referral says. */
export interface AssessmentResult {
  readonly assessment: string
  readonly monthsAgo: number
  readonly version: string | null
  readonly result: number | null
  readonly byTrained: boolean | null
}

export interface ChildState {
  /** For each indicator of the policy: found present (2), possibly (1), or not (0). */
  readonly found: Uint8Array
  /** Indicators with found ≥ 1, in the policy's order. */
  readonly support: readonly number[]
  /** Rank of the level that each found indicator has at least, and at most. */
  readonly rankLow: Int8Array
  readonly rankHigh: Int8Array
  readonly evidence: ReadonlyMap<number, readonly EvidencePiece[]>
  readonly age: AgeInMonths
  readonly measures: ReadonlyMap<string, readonly number[]>
  readonly history: readonly EarlierReferral[]
  readonly assessments: readonly AssessmentResult[]
  readonly facts: ReadonlyMap<string, Kleene>
  /** Ranks of the level that everything but the rules that ask for it reaches, at least and at most. */
  readonly reached?: { readonly low: number; readonly high: number } | undefined
  readonly consent: ConsentState
  /** Categories of concern of the scoring indicators that are surely there. */
  readonly categories: ReadonlySet<string>
  /** The same of those that are possible as well. */
  readonly possibleCategories: ReadonlySet<string>
}
