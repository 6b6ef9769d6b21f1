/** Pieces of evidence as JSON in bytes. What is a word of the vocabulary or a number of months is made into bytes once. */
import type { SnapshotEvidence } from '../referral/snapshot.ts'
import { EVIDENCE_KINDS, OCCURRENCES } from '../vocabulary.ts'
import { encoded, type JsonBytes } from './json-bytes.ts'

const KINDS = [null, ...EVIDENCE_KINDS]
const openings = KINDS.map(opening)

/** What happened that long ago or longer is written anew every time. */
const MONTHS_KEPT = 120
const OFTEN = [null, ...OCCURRENCES]
/** By occurrence, then months; the last is for months that nobody states. */
const middles = OFTEN.map((occurrence) =>
  [...Array(MONTHS_KEPT).keys(), null].map((monthsAgo) => middle({ occurrence, monthsAgo })),
)

/** Writes a piece with a comma after it. */
export function addPiece(into: JsonBytes, piece: SnapshotEvidence): void {
  into.add(openings[placeIn(KINDS, piece.kind)] ?? opening(piece.kind))
  into.text(piece.source)
  into.add(keptMiddle(piece) ?? middle(piece))
  into.text(piece.text)
  into.endText()
  into.endMember()
}

function keptMiddle({ occurrence, monthsAgo, durationMonths, trend }: SnapshotEvidence): Uint8Array | undefined {
  if (durationMonths !== undefined || trend !== undefined || monthsAgo === MONTHS_KEPT) return undefined
  return middles[placeIn(OFTEN, occurrence)]?.[monthsAgo ?? MONTHS_KEPT]
}

/** A loop, since a word that comes fresh from JSON has no hash yet, and a few comparisons cost less than making it. */
function placeIn<T>(words: readonly T[], word: T): number {
  for (let at = 0; at < words.length; at++) if (words[at] === word) return at
  return -1
}

/** Up to the source. */
function opening(kind: SnapshotEvidence['kind']): Uint8Array {
  return encoded(`${JSON.stringify({ kind }).slice(0, -1)},"source":"`)
}

/** Between source and text. */
function middle({
  occurrence,
  monthsAgo,
  durationMonths,
  trend,
}: Pick<SnapshotEvidence, 'occurrence' | 'monthsAgo' | 'durationMonths' | 'trend'>): Uint8Array {
  const said = JSON.stringify({ occurrence, monthsAgo, durationMonths, trend })
  return encoded(`",${said.slice(1, -1)},"text":"`)
}
