/**
 * What is known of one child, in the form that conditions read. Filled by scoring/state.ts. One such state serves child
 * after child: what was found is undone by walking over it, so that a large policy costs no more than a small one.
 */
import type { SnapshotFinding } from '../referral/snapshot.ts'
import type { ConsentState, EvidenceKind, Occurrence } from '../vocabulary.ts'
import { type CategorySet, categoriesIn } from './categories.ts'
import { type Kleene, MAYBE, NO, YES } from './kleene.ts'

/** One piece of evidence of a present finding; a finding without any has one piece of which nothing is known. */
export interface EvidencePiece {
  readonly kind: EvidenceKind | null
  readonly occurrence: Occurrence | null
  readonly monthsAgo: number | null
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

/** What a policy says of its indicators and facts, as far as a state needs it. */
export interface Frame {
  /** Rank of each indicator's own level. */
  readonly ranks: Int8Array
  /** Kinds of evidence that count for each indicator; null where all do. */
  readonly counting: readonly (readonly EvidenceKind[] | null)[]
  /** 1 for each indicator of harm, or of protection, outside the family. */
  readonly outside: Uint8Array
  /** Position of each fact and gate of the policy. */
  readonly factAt: ReadonlyMap<string, number>
}

/** What was said of an indicator, as bits. */
export const PRESENT = 1
export const ABSENT = 2
export const MEASURED = 4
export const POSSIBLE = 8

const NOTHING_KNOWN: EvidencePiece = { kind: null, occurrence: null, monthsAgo: null }
const NO_MEASURES: ReadonlyMap<string, readonly number[]> = new Map()
const UNBORN: AgeInMonths = { low: -1, high: -1 }
/** Up to so many findings, putting each in its place is quicker than sorting. */
const FEW = 48

export class ChildState {
  /** For each indicator of the policy: found present (2), possibly (1), or not (0). */
  readonly found: Uint8Array
  /** Rank of the level that each indicator has at least, and at most, when it is found. */
  readonly rankLow: Int8Array
  readonly rankHigh: Int8Array
  /** The first `size` are the indicators with found ≥ 1, in the policy's order. */
  readonly order: Int32Array
  size = 0
  /** Bits of PRESENT, ABSENT, MEASURED and POSSIBLE for each indicator. */
  readonly said: Uint8Array
  /** The first `mentionedSize` are the indicators of which anything was said: all that has to be undone. */
  readonly mentioned: Int32Array
  mentionedSize = 0
  /** The findings of the child, and by indicator the first that was taken in and for each the next of the same indicator. */
  findings: readonly SnapshotFinding[] = []
  readonly first: Int32Array
  next = new Int32Array(64)
  /** Answers to facts and gates by their position; the first `answeredSize` of `answered` are those that are not no. */
  readonly facts: Uint8Array
  readonly answered: Int32Array
  answeredSize = 0
  age: AgeInMonths = UNBORN
  consent: ConsentState = 'unknown'
  measures = NO_MEASURES
  history: readonly EarlierReferral[] = []
  /** Categories of concern of the scoring indicators that are surely there, and of those that are possible as well. */
  concerns: CategorySet = 0
  possibleConcerns: CategorySet = 0
  readonly frame: Frame

  constructor(frame: Frame) {
    const size = frame.ranks.length
    this.frame = frame
    this.found = new Uint8Array(size)
    this.said = new Uint8Array(size)
    this.rankLow = Int8Array.from(frame.ranks)
    this.rankHigh = Int8Array.from(frame.ranks)
    this.order = new Int32Array(size)
    this.mentioned = new Int32Array(size)
    this.first = new Int32Array(size).fill(-1)
    this.facts = new Uint8Array(frame.factAt.size)
    this.answered = new Int32Array(frame.factAt.size)
  }

  /** Forgets the child, in as many steps as things were said of it. Keeps nothing of the referral alive. */
  clear(): void {
    const { found, said, rankLow, rankHigh, first, mentioned, facts, answered, frame } = this
    for (let i = 0; i < this.mentionedSize; i++) {
      const index = mentioned[i] ?? 0
      found[index] = NO
      said[index] = 0
      first[index] = -1
      rankLow[index] = rankHigh[index] = frame.ranks[index] ?? 0
    }
    for (let i = 0; i < this.answeredSize; i++) facts[answered[i] ?? 0] = NO
    this.size = this.mentionedSize = this.answeredSize = 0
    this.findings = []
    this.history = []
    this.measures = NO_MEASURES
    this.concerns = this.possibleConcerns = 0
  }

  /** Notes what was said of an indicator. */
  mention(index: number, bit: number): void {
    const before = this.said[index] ?? 0
    if (before === 0) this.mentioned[this.mentionedSize++] = index
    this.said[index] = before | bit
  }

  /** Makes another value of what was found, as if it had been so from the start. Ranks and categories stay as they are. */
  change(index: number, value: Kleene): void {
    const { found, order } = this
    const before = found[index]
    if (before === undefined || before === value) return
    found[index] = value
    if (before !== NO && value !== NO) return
    const at = placeIn(order, this.size, index)
    if (value === NO) order.copyWithin(at, at + 1, this.size--)
    else {
      order.copyWithin(at + 1, at, this.size++)
      order[at] = index
    }
  }

  /** Brings what was found into the policy's order. */
  arrange(): void {
    const { found, mentioned, order } = this
    let size = 0
    for (let i = 0; i < this.mentionedSize; i++) {
      const index = mentioned[i] ?? 0
      if (found[index] === NO) continue
      let at = size++
      if (this.mentionedSize <= FEW) for (; at > 0 && (order[at - 1] ?? 0) > index; at--) order[at] = order[at - 1] ?? 0
      order[at] = index
    }
    if (this.mentionedSize > FEW) order.subarray(0, size).sort()
    this.size = size
  }

  /** Of two answers to one question the more worrying counts. */
  answer(fact: number, value: Kleene): void {
    const before = this.facts[fact] ?? NO
    if (value <= before) return
    if (before === NO) this.answered[this.answeredSize++] = fact
    this.facts[fact] = value
  }

  /** The answer to a fact or gate; no where there is none. */
  fact(code: string): Kleene {
    const at = this.frame.factAt.get(code)
    return (at === undefined ? NO : (this.facts[at] ?? NO)) as Kleene
  }

  /** Indicators with found ≥ 1, in the policy's order. */
  get support(): readonly number[] {
    return Array.from(this.order.subarray(0, this.size))
  }

  /** Categories of concern that are there or possible, by the alphabet. */
  get possibleCategories(): ReadonlySet<string> {
    return new Set(categoriesIn(this.possibleConcerns))
  }

  /** What is known by evidence of an indicator that was found. */
  pieces(index: number): EvidencePiece[] {
    const counting = this.frame.counting[index] ?? null
    const pieces: EvidencePiece[] = []
    for (let at = this.first[index] ?? -1; at >= 0; at = this.next[at] ?? -1) {
      const finding = this.findings[at]
      // What is merely possible has one piece of evidence of which nothing is known: it may turn out to be of any grade.
      if (finding?.state === 'present') addCounting(pieces, finding.evidence, counting)
      else pieces.push(NOTHING_KNOWN)
    }
    if (((this.said[index] ?? 0) & MEASURED) !== 0) pieces.push(NOTHING_KNOWN)
    return pieces
  }
}

/** Where an indicator stands, or would stand, among those that are in order. */
function placeIn(order: Int32Array, size: number, index: number): number {
  let at = 0
  while (at < size && (order[at] ?? 0) < index) at++
  return at
}

/** Evidence of a kind that does not count says what is possible; without any that counts nothing is known. */
function addCounting(
  pieces: EvidencePiece[],
  evidence: readonly EvidencePiece[],
  counting: readonly EvidenceKind[] | null,
): void {
  if (!evidence.some((piece) => doesCount(piece, counting))) pieces.push(NOTHING_KNOWN)
  else for (const piece of evidence) pieces.push(doesCount(piece, counting) ? piece : { ...piece, counts: false })
}

export function doesCount({ kind }: EvidencePiece, counting: readonly EvidenceKind[] | null): boolean {
  return counting === null || (kind !== null && counting.includes(kind))
}

/** The value of a finding that is about a child of this age. */
export function findingValue({ state, evidence }: SnapshotFinding, counting: readonly EvidenceKind[] | null): Kleene {
  if (state === 'unknown') return MAYBE
  if (counting === null) return YES
  for (const piece of evidence) if (doesCount(piece, counting)) return YES
  return MAYBE
}
