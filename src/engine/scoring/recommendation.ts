/** What the policy says of one child in one referral: the shape in which it is stored, served and replayed. */
import { z } from 'zod'
import { Instant } from '../text.ts'
import {
  CLOCK_STARTS,
  CONSENT_RULES,
  EVIDENCE_KINDS,
  OCCURRENCES,
  QUALITY_FEATURES,
  RESPONSE_TYPES,
  TRENDS,
} from '../vocabulary.ts'
import { ConsentEffectRef, LevelPractice, MatrixRef } from './practice-refs.ts'
import { CitationRef, LevelRef, ServiceRef } from './refs.ts'

export const OUTCOMES = ['recommended', 'redirected', 'withheld'] as const
export const REASON_KINDS = ['statutory', 'absolute', 'alone', 'rule', 'cluster', 'points', 'expected'] as const

export const EvidenceRef = z
  .object({
    kind: z.enum(EVIDENCE_KINDS).nullable(),
    source: z.string(),
    occurrence: z.enum(OCCURRENCES).nullable(),
    monthsAgo: z.int().nullable(),
    durationMonths: z.int().optional(),
    trend: z.enum(TRENDS).optional(),
    text: z.string(),
  })
  .meta({ id: 'ReasonEvidence' })

export const FindingRef = z
  .object({
    indicator: z.string(),
    text: z.string().describe('The policy’s own words.'),
    level: z.string(),
    matrix: MatrixRef.optional().describe('Where the indicator stands in a matrix of its own.'),
    state: z.enum(['present', 'possible']),
    subjects: z.array(z.enum(['child', 'household', 'context', 'measurement'])),
    citation: CitationRef,
    evidence: z.array(EvidenceRef),
  })
  .meta({ id: 'ReasonFinding' })

export const Reason = z
  .object({
    id: z.string(),
    kind: z.enum(REASON_KINDS),
    level: LevelRef.nullable().describe(
      'The level it places the child at; null where it sets urgency, response or review alone.',
    ),
    decisive: z.boolean().describe('Whether it places the child at the level of the recommendation.'),
    because: z.string(),
    citation: CitationRef,
    findings: z.array(FindingRef),
  })
  .meta({ id: 'Reason' })

export const NotMet = z
  .object({
    id: z.string(),
    kind: z.enum(REASON_KINDS),
    level: LevelRef.nullable(),
    value: z.enum(['no', 'maybe', 'withheld_by_protective_factors']),
    because: z.string(),
    missing: z.array(z.string()).describe('What would have to be found, in words.'),
    citation: CitationRef,
  })
  .meta({ id: 'ConsideredRule' })

export const ResponseRef = z
  .object({
    code: z.string(),
    label: z.string(),
    type: z.enum(RESPONSE_TYPES),
    legalBasis: z.string(),
    lead: z.string(),
    clocks: z.array(
      z
        .object({ label: z.string(), from: z.enum(CLOCK_STARTS), dueAt: Instant.nullable(), isStatutory: z.boolean() })
        .meta({ id: 'ResponseClock' }),
    ),
    consent: z
      .object({
        rule: z.enum(CONSENT_RULES),
        overrideGrounds: z.string().nullable(),
        ifMissing: z.string().nullable(),
        now: ConsentEffectRef.optional(),
      })
      .meta({ id: 'ConsentRule' }),
    nextSteps: z.array(z.string()),
    services: z.array(ServiceRef).optional(),
    feedback: z.string().optional().describe('What the referrer is told.'),
    because: z.array(z.string()).describe('Why this response: the route, and the rules that ask for it.'),
    isConditional: z.boolean().describe('Only if what is uncertain is confirmed.'),
  })
  .meta({ id: 'RecommendedResponse' })

export const UrgencyRef = z
  .object({
    code: z.string(),
    label: z.string(),
    hours: z.int(),
    clock: z.enum(['working', 'calendar']),
    dueAt: Instant,
    because: z.array(z.string()),
  })
  .meta({ id: 'RecommendedUrgency' })

export const QuestionRef = z
  .object({
    id: z.string(),
    ask: z.string(),
    because: z.string(),
    couldRaiseTo: LevelRef.nullable(),
    effect: z.int().describe('How many levels the answer could raise the recommendation.'),
  })
  .meta({ id: 'Question' })

export const QualityResult = z
  .object({
    score: z.int(),
    outOf: z.int(),
    features: z.array(
      z
        .object({ feature: z.enum(QUALITY_FEATURES), met: z.boolean(), weight: z.int(), advice: z.string() })
        .meta({ id: 'QualityFeature' }),
    ),
  })
  .meta({ id: 'ReferralQuality' })

export const ALERTS = [
  'immediate_danger',
  'same_concern_within_3_months',
  'referrals_in_12_months',
  'under_one',
  'unborn',
  'age_unknown',
  'contradictory_findings',
  'finding_out_of_age',
  'unmapped_concern',
  'unknown_indicator',
  'gate_open',
  'danger_withdrawn',
  'may_be_higher',
  'may_be_more_urgent',
  'monitoring_is_no_plan',
  'referrer_suggests_higher',
] as const
export const Alert = z.object({ code: z.enum(ALERTS), text: z.string() }).meta({ id: 'Alert' })

export const GateRef = z
  .object({
    id: z.string(),
    question: z.string(),
    answer: z.enum(['yes', 'no', 'unknown', 'not_asked']),
    outcome: z.string(),
    because: z.string(),
    citation: CitationRef,
  })
  .meta({ id: 'GateResult' })

export const Pins = z
  .object({
    policy: z.string(),
    policyVersion: z.string(),
    policyHash: z.string(),
    statutory: z.string(),
    statutoryVersion: z.string(),
    statutoryHash: z.string(),
    engine: z.string().describe('Version of the scoring semantics.'),
    calendarHash: z.string(),
    snapshotHash: z.string(),
  })
  .meta({ id: 'Pins' })

export const Recommendation = z
  .object({
    child: z.string(),
    outcome: z.enum(OUTCOMES),
    level: LevelRef.nullable().describe('Null when withheld.'),
    low: LevelRef.nullable().describe('With every unknown taken as absent.'),
    high: LevelRef.nullable().describe('With every unknown taken as present.'),
    floor: LevelRef.nullable().describe(
      'What absolute indicators and statutory triggers place the child at; nothing lowers it.',
    ),
    earlierFloor: LevelRef.nullable().describe(
      'The floor of an earlier version of the referral, where this one has none as high.',
    ),
    provisional: z.boolean(),
    withheldBecause: z.array(z.string()),
    responses: z.array(ResponseRef),
    alternatives: z.array(ResponseRef),
    urgency: UrgencyRef,
    reasons: z.array(Reason),
    notMet: z.array(NotMet),
    restsOn: z.array(z.string()).describe('Indicators without any one of which the level would be lower.'),
    questions: z.array(QuestionRef),
    gates: z.array(GateRef),
    reviews: z.array(z.string()),
    alerts: z.array(Alert),
    services: z.array(ServiceRef),
    quality: QualityResult,
    points: z.object({ low: z.int(), high: z.int() }).meta({ id: 'Points' }).nullable(),
    categories: z.array(z.string()),
    practice: LevelPractice.optional().describe(
      'What the document says of practice at this level, where it says anything.',
    ),
    pins: Pins,
  })
  .meta({ id: 'RecommendationContent' })

export type Recommendation = z.output<typeof Recommendation>
export type Reason = z.output<typeof Reason>
export type NotMet = z.output<typeof NotMet>
export type ResponseRef = z.output<typeof ResponseRef>
export type QuestionRef = z.output<typeof QuestionRef>
export type Alert = z.output<typeof Alert>
