/** Random conditions within the rules of polarity: only age, consent and facts stand under a negation. */
import type { Condition, Leaf } from '../../../src/engine/conditions/shape.ts'
import {
  CATEGORIES,
  CONSENT_STATES,
  EVIDENCE_KINDS,
  OCCURRENCES,
  OPERATORS,
  TRENDS,
} from '../../../src/engine/vocabulary.ts'
import type { Draw } from './draw.ts'

/** The few categories that random policies use, so that findings and history meet. */
export const FEW_CATEGORIES = CATEGORIES.slice(0, 4)
/** Ages at which something changes, and their neighbours. */
export const AGES = [0, 1, 11, 12, 59, 60, 155, 156, 215] as const

export interface Vocabulary {
  readonly levels: readonly string[]
  readonly domains: readonly string[]
  readonly measures: readonly string[]
  /** Codes of indicators that score. */
  readonly risks: readonly string[]
  /** Facts and gates. */
  readonly facts: readonly string[]
  /** Assessments and tools; matrices. */
  readonly assessments: readonly string[]
  readonly matrices: readonly string[]
  /** Whether a condition may ask for the level that everything else reaches: only those of rules that are not absolute. */
  readonly isRule?: boolean
}

export function condition(draw: Draw, words: Vocabulary, depth = 3): Condition {
  const form = depth === 0 ? 0 : draw.upTo(9)
  if (form <= 4) return leaf(draw, words)
  if (form === 5) return { not: negatable(draw, words, depth - 1) }
  const parts = draw.many(1, 3, () => condition(draw, words, depth - 1))
  if (form <= 7) return { all: parts }
  if (form === 8) return { any: parts }
  return { atLeast: { n: draw.between(1, parts.length), of: parts } }
}

function leaf(draw: Draw, words: Vocabulary): Leaf {
  const { risks, measures, assessments } = words
  if (words.isRule && draw.chance(8)) return { reached: draw.pick(words.levels) }
  if (assessments.length > 0 && draw.chance(8)) return assessment(draw, assessments)
  switch (draw.upTo(9)) {
    case 4:
    case 5:
      return { count: count(draw, words) }
    case 6:
      return { history: history(draw) }
    case 7:
      return measures.length > 0
        ? { measure: draw.pick(measures), is: draw.pick(OPERATORS), value: draw.upTo(5) }
        : { age: ageRange(draw) }
    case 8:
      return { age: ageRange(draw) }
    case 9:
      return draw.chance(70)
        ? { fact: draw.pick([...words.facts, 'immediate_danger']) }
        : { consent: draw.pick(CONSENT_STATES) }
    default:
      return {
        present: draw.pick(risks),
        ...(draw.chance(25) && { occurrence: draw.pick(OCCURRENCES) }),
        ...(draw.chance(20) && { evidence: [draw.pick(EVIDENCE_KINDS)] }),
        ...(draw.chance(20) && { withinMonths: draw.between(1, 4) }),
        ...(draw.chance(10) && { durationMonths: draw.between(1, 4) }),
        ...(draw.chance(10) && { trend: draw.pick(TRENDS) }),
      }
  }
}

function assessment(draw: Draw, assessments: readonly string[]): Leaf {
  return {
    assessment: draw.pick(assessments),
    ...(draw.chance(50) && { resultAtLeast: draw.between(1, 4) }),
    ...(draw.chance(30) && { versions: ['2'] }),
    ...(draw.chance(30) && { withinMonths: draw.between(1, 4) }),
  }
}

function count(draw: Draw, { levels, domains, matrices }: Vocabulary): Extract<Leaf, { count: unknown }>['count'] {
  return {
    atLeast: draw.between(1, 3),
    ...(draw.chance(50) && { level: draw.pick(levels) }),
    ...(draw.chance(25) && { domain: draw.pick(domains) }),
    ...(draw.chance(30) && { category: draw.pick(FEW_CATEGORIES) }),
    ...(draw.chance(15) && { kind: draw.pick(['risk', 'status', 'measure'] as const) }),
    ...(draw.chance(20) && { acrossDomains: draw.between(1, 2) }),
    ...(matrices.length > 0 && draw.chance(20) && { matrix: draw.pick(matrices) }),
  }
}

function history(draw: Draw): Extract<Leaf, { history: unknown }>['history'] {
  return {
    referralsAtLeast: draw.between(1, 2),
    withinMonths: draw.pick([1, 3, 12]),
    ...(draw.chance(50) && { sameConcern: true }),
    ...(draw.chance(25) && { category: draw.pick(FEW_CATEGORIES) }),
  }
}

/** What may be negated, composed in every way. */
function negatable(draw: Draw, words: Vocabulary, depth: number): Condition {
  const form = depth <= 0 ? draw.upTo(2) : draw.upTo(5)
  if (form === 0 || (form === 2 && words.facts.length === 0)) return { age: ageRange(draw) }
  if (form === 1) return { consent: draw.pick(CONSENT_STATES) }
  if (form === 2) return { fact: draw.pick(words.facts) }
  const parts = draw.many(1, 2, () => negatable(draw, words, depth - 1))
  return form === 3 ? { all: parts } : form === 4 ? { any: parts } : { not: parts[0]! }
}

/** A range that holds some child. */
export function ageRange(draw: Draw): { unborn?: true; fromMonths?: number; toMonths?: number } {
  const form = draw.upTo(4)
  if (form === 0) return { unborn: true }
  const [from, to] = [draw.pick(AGES), draw.pick(AGES)].sort((a, b) => a - b)
  const unborn = draw.chance(25) && ({ unborn: true } as const)
  if (form === 1) return { ...unborn, fromMonths: from! }
  if (form === 2) return { ...unborn, toMonths: to! }
  return { ...unborn, fromMonths: from!, toMonths: to! }
}
