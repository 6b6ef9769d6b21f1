/** What a policy says of its indicators and facts, in the form in which the state of a child is filled. */
import type { EvidenceKind } from '../vocabulary.ts'
import type { Repetition } from './pieces.ts'

/** What a policy says of its indicators and facts, as far as a state needs it. */
export interface Frame {
  /** Rank of each indicator's own level. */
  readonly ranks: Int8Array
  /** Kinds of evidence that count for each indicator; null where all do. */
  readonly counting: readonly (readonly EvidenceKind[] | null)[]
  /** Bits of TRAITS for each indicator. */
  readonly traits: Uint8Array
  /** Categories of concern of each indicator; none where it does not score. */
  readonly concerns: Int32Array
  /** Position of each fact and gate of the policy. */
  readonly factAt: ReadonlyMap<string, number>
  /** How often what is said to have happened once counts; null where the policy does not say. */
  readonly repetition: Repetition | null
}

/** What an indicator is, as bits. */
export const TRAITS = {
  absolute: 1,
  alone: 2,
  expected: 4,
  /** Expresses a statutory trigger. */
  trigger: 8,
  points: 16,
  graded: 32,
  /** Of harm, or of protection, outside the family. */
  outside: 64,
} as const
