/** What a piece of evidence says, by its kind: some indicators count only some kinds. */
import type { SnapshotFinding } from '../referral/snapshot.ts'
import type { EvidenceKind } from '../vocabulary.ts'
import { type Kleene, MAYBE, YES } from './kleene.ts'
import type { EvidencePiece } from './state.ts'

export const NOTHING_KNOWN: EvidencePiece = { kind: null, occurrence: null, monthsAgo: null }

/** Evidence of a kind that does not count says what is possible; without any that counts nothing is known. */
export function addCounting(
  pieces: EvidencePiece[],
  evidence: readonly EvidencePiece[],
  counting: readonly EvidenceKind[] | null,
): void {
  if (!evidence.some((piece) => doesCount(piece, counting))) pieces.push(NOTHING_KNOWN)
  else for (const piece of evidence) pieces.push(doesCount(piece, counting) ? piece : { ...piece, counts: false })
}

function doesCount({ kind }: EvidencePiece, counting: readonly EvidenceKind[] | null): boolean {
  return counting === null || (kind !== null && counting.includes(kind))
}

/** The value of a finding that is about a child of this age. */
export function findingValue({ state, evidence }: SnapshotFinding, counting: readonly EvidenceKind[] | null): Kleene {
  if (state === 'unknown') return MAYBE
  if (counting === null) return YES
  for (const piece of evidence) if (doesCount(piece, counting)) return YES
  return MAYBE
}
