/** A compiled policy: the document, ready to score with. Immutable; made once per content hash. */

import type { AgeBounds } from '../conditions/age.ts'
import type { CategorySet } from '../conditions/categories.ts'
import type { CountsAs } from '../conditions/count.ts'
import type { Test } from '../conditions/evaluate.ts'
import type { Frame } from '../conditions/frame.ts'
import type { Particulars } from '../conditions/pieces.ts'
import type { Condition } from '../conditions/shape.ts'
import type { EvidenceKind } from '../vocabulary.ts'
import type { CompiledPractice } from './assemble-practice.ts'
import type { Dictionary } from './dictionary.ts'
import type { Reach } from './reach.ts'
import type {
  ClusterSpec,
  IndicatorSpec,
  LevelSpec,
  PolicyDocument,
  ResponseSpec,
  RouteSpec,
  RuleSpec,
} from './shape.ts'
import type { StatutoryPack } from './statutory.ts'

export interface Policy {
  readonly id: string
  readonly version: string
  /** SHA-256 of the canonical JSON of the resolved document. */
  readonly hash: string
  readonly statutory: { readonly id: string; readonly version: string; readonly hash: string }
  readonly document: PolicyDocument
  readonly pack: StatutoryPack
  readonly levels: readonly LevelSpec[]
  readonly rankOf: ReadonlyMap<string, number>
  readonly indicators: readonly CompiledIndicator[]
  readonly indexOf: ReadonlyMap<string, number>
  readonly dictionary: Dictionary
  readonly frame: Frame
  /** Position of `immediate_danger` among the facts. */
  readonly dangerFact: number
  /** Indicators of each measure. */
  readonly measured: ReadonlyMap<string, readonly CompiledIndicator[]>
  /** By what rules and clusters look at; and by two things that they need to hold, where they need two. */
  readonly reach: { readonly looked: Reach; readonly needed: Reach; readonly neededToo: Reach }
  readonly places: Places
  /** Top-level domains of each indicator, as positions in the list of top-level domains. */
  readonly topDomains: readonly (readonly number[])[]
  readonly countsAs: CountsAs
  /** Whether some rule asks for the level that everything else reaches. */
  readonly asksReached: boolean
  readonly triggers: readonly CompiledTrigger[]
  readonly rules: readonly CompiledRule[]
  readonly clusters: readonly CompiledCluster[]
  /** Rules, then clusters. */
  readonly rises: readonly CompiledRise[]
  /** Cut-offs of points, in the policy's order. */
  readonly cutoffs: readonly { readonly points: number; readonly rank: number }[]
  /** By level rank, in order. */
  readonly routes: readonly (readonly CompiledRoute[])[]
  readonly responses: ReadonlyMap<string, ResponseSpec>
  /** How serious a response is: by its type, and within a type by its place in the policy. Less is more serious. */
  readonly responseRank: ReadonlyMap<string, number>
  /** Responses in the order in which they are recommended: protection, review by a person, then the rest by type. */
  readonly answers: readonly ResponseSpec[]
  /** Position of the response that is review by a person; −1 where there is none. */
  readonly review: number
  readonly gates: readonly CompiledGate[]
  readonly urgencyRank: ReadonlyMap<string, number>
  readonly questions: readonly CompiledQuestion[]
  readonly practice: CompiledPractice | null
  /** Positions in `answers` of what the document forbids, by level rank; empty where it forbids nothing. */
  readonly forbidden: readonly ReadonlySet<number>[]
  /** Which document each indicator, rule and cluster comes from, as `id@version`. */
  readonly provenance: ReadonlyMap<string, string>
}

/**
 * Everything that can place a child, numbered in the policy's order: triggers, then indicators by themselves, rules,
 * clusters and cut-offs. Each property is the number of the first of its kind.
 */
export interface Places {
  readonly indicators: number
  readonly rules: number
  readonly clusters: number
  readonly cutoffs: number
  readonly count: number
  readonly ids: readonly string[]
}

export interface CompiledIndicator {
  readonly index: number
  readonly spec: IndicatorSpec
  readonly rank: number
  /** Rank by occurrence (once, sometimes, often, persistent); null where the indicator is not graded. */
  readonly gradeRanks: readonly number[] | null
  /** Ranks to which one piece of evidence may raise it; null where nothing does. */
  readonly steps: readonly { readonly rank: number; readonly asked: Particulars }[] | null
  /** Columns of its matrix that ask for a response, lowest first; null where none does. */
  readonly columns: readonly { readonly rank: number; readonly answer: number; readonly because: string }[] | null
  /** Adds to levels: risk, status and measure. */
  readonly scores: boolean
  readonly age: AgeBounds | null
  /** Kinds of evidence that count; null where all do. */
  readonly counting: readonly EvidenceKind[] | null
  readonly isAbsolute: boolean
  readonly isProtective: boolean
  /** How it places a child by itself; null where it does not. */
  readonly placing: 'absolute' | 'alone' | 'expected' | null
  readonly points: number
  /** Name of the measure that it speaks of; null where it does not. */
  readonly measure: string | null
  /** Positions of the triggers that it expresses. */
  readonly triggers: readonly number[]
}

export interface CompiledTrigger {
  readonly spec: StatutoryPack['triggers'][number]
  /** Also pulled by the referrer's own answer. */
  readonly isImmediateDanger: boolean
  readonly rank: number
  readonly indicators: readonly number[]
  /** Code of the response that it asks for, and its position in `answers`. */
  readonly response: string
  readonly answer: number
}

/** What rules and clusters have in common: they lift a child when what they look at holds, unless something withholds it. */
export interface CompiledRise {
  readonly test: Test
  /** Rank of the level it places at; −1 where it only sets urgency, response or review. */
  readonly rank: number
  /** For each indicator the least rank at which it is looked at; NOWHERE of `reach.ts` where it is not. */
  readonly looksAt: Int8Array
  readonly protective: readonly number[]
  /** How many of the protective factors withhold it; null where nothing does. */
  readonly withheldBy: number | null
  /** Nothing lowers what it places. */
  readonly isFloor: boolean
  /** It asks for the level that everything else reaches. */
  readonly onReached: boolean
  /** Asks whether earlier referrals were about the same concern, which whatever is found may change. */
  readonly asksOfConcern: boolean
}

export interface CompiledRule extends CompiledRise {
  readonly spec: RuleSpec
  /** The response that it asks for; −1 where it asks for none. */
  readonly answer: number
  /** The conditions that must hold one by one, for near misses. */
  readonly parts: readonly { readonly condition: Condition; readonly test: Test }[]
}

export interface CompiledCluster extends CompiledRise {
  readonly spec: ClusterSpec
}

export interface CompiledQuestion {
  readonly spec: PolicyDocument['questions'][number]
  /** Indicators that an answer would establish. */
  readonly informs: readonly number[]
  readonly about: { readonly categories: CategorySet; readonly indicators: readonly number[] }
}

export interface CompiledGate {
  readonly spec: PolicyDocument['gates'][number]
  readonly fact: number
  readonly answer: number
}

export interface CompiledRoute {
  readonly spec: RouteSpec
  readonly responses: readonly number[]
  readonly alternatives: readonly number[]
  readonly test: Test | null
}
