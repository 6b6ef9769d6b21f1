/** A compiled policy: the document, ready to score with. Immutable; made once per content hash. */

import type { Test } from '../conditions/evaluate.ts'
import type { Particulars } from '../conditions/pieces.ts'
import type { Condition } from '../conditions/shape.ts'
import type { CompiledPractice } from './assemble-practice.ts'
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
  /** Top-level domains of each indicator, as positions in the list of top-level domains. */
  readonly topDomains: readonly (readonly number[])[]
  /** Indicators with the same number, other than −1, count as one where indicators are counted. */
  readonly countsAs: readonly number[]
  readonly triggers: readonly CompiledTrigger[]
  readonly practice: CompiledPractice | null
  readonly rules: readonly CompiledRule[]
  readonly clusters: readonly CompiledCluster[]
  /** By level rank, in order. */
  readonly routes: readonly (readonly CompiledRoute[])[]
  readonly responses: ReadonlyMap<string, ResponseSpec>
  /** How serious a response is: by its type, and within a type by its place in the policy. Less is more serious. */
  readonly responseRank: ReadonlyMap<string, number>
  readonly urgencyRank: ReadonlyMap<string, number>
  /** Which document each indicator, rule and cluster comes from, as `id@version`. */
  readonly provenance: ReadonlyMap<string, string>
}

export interface CompiledIndicator {
  readonly index: number
  readonly spec: IndicatorSpec
  readonly rank: number
  /** Rank by occurrence (once, sometimes, often, persistent); null where the indicator is not graded. */
  readonly gradeRanks: readonly number[] | null
  readonly steps: readonly { readonly rank: number; readonly asked: Particulars }[]
  /** Adds to levels: risk, status and measure. */
  readonly scores: boolean
}

export interface CompiledTrigger {
  readonly spec: StatutoryPack['triggers'][number]
  readonly rank: number
  readonly indicators: readonly number[]
  readonly response: string
}

export interface CompiledRule {
  readonly spec: RuleSpec
  readonly test: Test
  /** Its condition asks for the level that everything else reaches. */
  readonly onReached: boolean
  /** The conditions that must hold one by one, for near misses. */
  readonly parts: readonly { readonly condition: Condition; readonly test: Test }[]
  /** Rank of the level it places at; −1 where it only sets urgency, response or review. */
  readonly rank: number
  readonly protective: readonly number[]
  /** What its condition looks at: for each leaf the indicators, at a rank or above. */
  readonly looksAt: readonly { readonly matches: Uint8Array; readonly rank: number }[]
}

export interface CompiledCluster {
  readonly spec: ClusterSpec
  readonly matches: Uint8Array
  readonly ofRank: number
  readonly rank: number
  readonly protective: readonly number[]
}

export interface CompiledRoute {
  readonly spec: RouteSpec
  readonly test: Test | null
}
