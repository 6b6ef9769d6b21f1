/**
 * What is known of one child, in the form that conditions read. Filled by scoring/state.ts. One such state serves child
 * after child: what was found is undone by walking over it, so that a large policy costs no more than a small one.
 */
import type { SnapshotFinding } from '../referral/snapshot.ts'
import type { ConsentState, EvidenceKind, Occurrence, Trend } from '../vocabulary.ts'
import { type CategorySet, categoriesIn, NO_CATEGORIES } from './categories.ts'
import { addCounting, NOTHING_KNOWN } from './evidence.ts'
import type { Frame } from './frame.ts'
import { type Kleene, NO, YES } from './kleene.ts'
import { repeated } from './pieces.ts'

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

/** What was said of an indicator, as bits. */
export const PRESENT = 1
export const ABSENT = 2
export const MEASURED = 4
export const POSSIBLE = 8

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
  /** Whether something was said to be both present and absent. */
  isContradictory = false
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
  assessments: readonly AssessmentResult[] = []
  /** Ranks of the level that everything but the rules that ask for it reaches, at least and at most; −1 where nothing does. */
  reachedLow = -1
  reachedHigh = -1
  /** Categories of concern of the scoring indicators that are surely there, and of those that are possible as well. */
  concerns: CategorySet = 0
  possibleConcerns: CategorySet = 0
  /** Bits of TRAITS that some indicator found has, and how many are surely found. */
  traits = 0
  sure = 0
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
    this.assessments = []
    this.reachedLow = this.reachedHigh = -1
    this.measures = NO_MEASURES
    this.concerns = this.possibleConcerns = this.traits = this.sure = 0
    this.isContradictory = false
  }

  /** Notes what was said of an indicator. */
  mention(index: number, bit: number): void {
    const before = this.said[index] ?? 0
    if (before === 0) this.mentioned[this.mentionedSize++] = index
    this.said[index] = before | bit
    if (((before | bit) & (PRESENT | ABSENT)) === (PRESENT | ABSENT)) this.isContradictory = true
  }

  /** Makes another value of what was found; `follow` has to come after. Ranks stay as they are. */
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
    this.follow()
  }

  /** Works out what follows from the indicators found, all but the grades of what is graded. */
  follow(): void {
    const { found, order, size, frame } = this
    let sure = 0
    let traits = 0
    let concerns = NO_CATEGORIES
    let possible = NO_CATEGORIES
    for (let i = 0; i < size; i++) {
      const index = order[i] ?? 0
      const about = frame.concerns[index] ?? NO_CATEGORIES
      traits |= frame.traits[index] ?? 0
      possible |= about
      if (found[index] !== YES) continue
      concerns |= about
      sure++
    }
    this.sure = sure
    this.traits = traits
    this.concerns = concerns
    this.possibleConcerns = possible
  }

  /** Of two answers to one question the more worrying counts. */
  answer(fact: number, value: Kleene): void {
    const before = this.facts[fact] ?? NO
    if (value <= before) return
    if (before === NO) this.answered[this.answeredSize++] = fact
    this.facts[fact] = value
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
    if (this.frame.repetition !== null) pieces.push(...repeated(pieces, this.frame.repetition))
    return pieces
  }
}

/** Where an indicator stands, or would stand, among those that are in order. */
function placeIn(order: Int32Array, size: number, index: number): number {
  let at = 0
  while (at < size && (order[at] ?? 0) < index) at++
  return at
}
