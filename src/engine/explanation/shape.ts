/** An explanation of one recommendation: everything that the policy looked at, what it read there, and what would change it. */
import { z } from 'zod'
import { EvidenceRef, Recommendation } from '../scoring/recommendation.ts'
import { CitationRef, LevelRef } from '../scoring/refs.ts'
import { EVIDENCE_KINDS, OCCURRENCES } from '../vocabulary.ts'

export const VALUES = ['no', 'maybe', 'yes'] as const

/** Who saw or said it and when. What was said stands once in an explanation, under `said`. */
export const ReadEvidence = EvidenceRef.omit({ text: true }).meta({ id: 'ReadEvidence' })

/** Something of the referral that a condition read, or looked for. */
export const ReadValue = z
  .object({
    kind: z.enum([
      'finding',
      'measurement',
      'fact',
      'history',
      'age',
      'consent',
      'assessment',
      'level',
      'immediate_danger',
    ]),
    code: z.string().nullable().describe('Code of the indicator, measure or fact.'),
    words: z.string().describe('What it is, in the policy’s words.'),
    answer: z.string().describe('What the referral says of it.'),
    subject: z.enum(['child', 'household', 'context']).nullable(),
    evidence: z.array(ReadEvidence),
    moreEvidence: z.int().describe('Pieces of evidence that are not repeated here.'),
  })
  .meta({ id: 'ReadValue' })

/** What the referral says of an indicator or a measure, with every word of its evidence. */
export const SaidValue = ReadValue.omit({ evidence: true, moreEvidence: true })
  .extend({ evidence: z.array(EvidenceRef) })
  .meta({ id: 'SaidValue' })

export const CONDITION_FORMS = [
  'all',
  'any',
  'at_least',
  'not',
  'present',
  'count',
  'measure',
  'history',
  'age',
  'fact',
  'consent',
  'assessment',
  'reached',
  'points',
  'always',
  'other',
] as const

/** One node of a tree of conditions. Nodes come in reading order, and `depth` says how deep each one stands. */
export const ConditionNode = z
  .object({
    depth: z.int().describe('0 is the condition itself; its parts follow it, one deeper.'),
    form: z.enum(CONDITION_FORMS),
    value: z.enum(VALUES),
    words: z.string(),
    read: z.array(ReadValue),
    moreRead: z.int().describe('Findings that were read and are not repeated here.'),
    missing: z.string().nullable().describe('What is wanting; null where the node is as it has to be.'),
  })
  .meta({ id: 'ConditionNode' })

export const CONSIDERED_KINDS = [
  'gate',
  'statutory',
  'absolute',
  'alone',
  'expected',
  'rule',
  'cluster',
  'points',
  'route',
] as const

/** A part of the policy with its answer for this child. */
export const Considered = z
  .object({
    id: z.string(),
    kind: z.enum(CONSIDERED_KINDS),
    value: z.enum([...VALUES, 'withheld_by_protective_factors']),
    effect: z.string().describe('What it does when it holds, in words.'),
    isTaken: z.boolean().describe('Whether it has its effect on this recommendation.'),
    level: LevelRef.nullable(),
    because: z.string(),
    citation: CitationRef,
    conditions: z.array(ConditionNode),
    protection: z
      .object({ words: z.string(), value: z.enum(VALUES), read: z.array(ReadValue) })
      .meta({ id: 'ConsideredProtection' })
      .nullable()
      .describe('What would withhold it, and whether that is so.'),
  })
  .meta({ id: 'Considered' })

/** One answer that is not known now, or one thing found that is thought away. */
export const Change = z
  .object({
    kind: z.enum(['finding', 'measurement', 'fact', 'immediate_danger']),
    code: z.string(),
    words: z.string(),
    now: z.enum(['found', 'unknown', 'not_mentioned']),
    occurrence: z.enum(OCCURRENCES).nullable(),
    evidence: z.enum(EVIDENCE_KINDS).nullable(),
    value: z.int().nullable().describe('Of a measurement.'),
  })
  .meta({ id: 'ExplanationChange' })

export const EFFECTS = ['raises_level', 'changes_response', 'lowers_level'] as const

export const ChangeSet = z
  .object({
    changes: z.array(Change),
    effect: z.enum(EFFECTS),
    level: LevelRef.nullable().describe('The low end afterwards; null where nothing places the child.'),
    responses: z.array(z.object({ code: z.string(), label: z.string() }).meta({ id: 'ResponseName' })),
  })
  .meta({ id: 'ChangeSet' })

export const Counterfactuals = z
  .object({
    sets: z.array(ChangeSet).describe('Each does what it says, and no part of it does.'),
    completeTo: z.int().describe('Every set of at most so many changes was tried.'),
    left: z.int().describe('How many possible changes were left out; the nearest were tried.'),
    leftSets: z.int().describe('How many sets that were found are not shown.'),
  })
  .meta({ id: 'Counterfactuals' })

export const Explanation = z
  .object({
    child: z.string(),
    document: z
      .object({ reference: z.string(), title: z.string(), authority: z.string(), effective: z.string() })
      .meta({ id: 'ExplainedDocument' }),
    levelWords: z.string().nullable().describe('The document’s own description of the level.'),
    escalation: z.array(z.string()).describe('Whom to ask in turn in case of disagreement.'),
    recommendation: Recommendation,
    said: z.array(SaidValue).describe('Everything that the referral says of this child’s indicators and measures.'),
    considered: z.array(Considered).describe('Every part of the policy, in the order of the document’s paragraphs.'),
    wouldRaise: Counterfactuals,
    wouldFall: Counterfactuals,
  })
  .meta({ id: 'Explanation' })

export type ReadValue = z.output<typeof ReadValue>
export type SaidValue = z.output<typeof SaidValue>
export type ConditionNode = z.output<typeof ConditionNode>
export type Considered = z.output<typeof Considered>
export type Change = z.output<typeof Change>
export type ChangeSet = z.output<typeof ChangeSet>
export type Counterfactuals = z.output<typeof Counterfactuals>
export type Explanation = z.output<typeof Explanation>
