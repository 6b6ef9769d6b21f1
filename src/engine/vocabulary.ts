/**
 * The fixed words of the field that policies, referrals and recommendations share.
 * A policy brings its own levels, domains, indicators and responses; these lists are what they are made of.
 * Values are spelt the same in YAML, JSON, GraphQL and SQL.
 */

/** The scale on which documents with different levels are compared (lowest first). Never used to decide a legal basis. */
export const COMMON_SCALE = ['universal', 'early_help', 'child_in_need', 'child_protection'] as const
export type CommonBand = (typeof COMMON_SCALE)[number]

/** What an indicator is. `expected` is a descriptor of ordinary development: it never adds to a level. */
export const INDICATOR_KINDS = ['risk', 'status', 'measure', 'protective', 'expected'] as const

/** Categories of concern: one vocabulary for every authority, so that history and exports compare. */
export const CATEGORIES = [
  'neglect',
  'physical_abuse',
  'sexual_abuse',
  'emotional_abuse',
  'domestic_abuse',
  'parental_mental_health',
  'parental_substance_misuse',
  'learning_disability_send',
  'young_carer',
  'sexual_exploitation',
  'criminal_exploitation',
  'missing',
  'online_harm',
  'radicalisation',
  'fgm',
  'forced_marriage_hba',
  'self_harm',
  'housing_poverty',
  'school_attendance',
  'pre_birth',
  'harm_outside_family',
  'child_health',
  'child_behaviour',
  'family_support',
  'other',
] as const
export type Category = (typeof CATEGORIES)[number]

/** What a finding says of an indicator. Not mentioned at all is a fourth thing, and none of these. */
export const FINDING_STATES = ['present', 'absent', 'unknown'] as const
export type FindingState = (typeof FINDING_STATES)[number]

/** Where evidence comes from (fact and opinion are told apart: founding guidance on good referrals). */
export const EVIDENCE_KINDS = ['fact', 'observation', 'disclosure', 'allegation', 'professional_opinion'] as const
export type EvidenceKind = (typeof EVIDENCE_KINDS)[number]

/** How often, least first: the gradation that neglect matrices use. */
export const OCCURRENCES = ['once', 'sometimes', 'often', 'persistent'] as const
export type Occurrence = (typeof OCCURRENCES)[number]

/** Which way it is going, least worrying first. */
export const TRENDS = ['improving', 'steady', 'worsening'] as const
export type Trend = (typeof TRENDS)[number]

/** Whom or what a domain describes. */
export const DOMAIN_SUBJECTS = ['child', 'parents', 'household', 'context', 'unborn'] as const

/** Where harm arises: protection inside the family says nothing of harm outside it. */
export const SETTINGS = ['family', 'outside_family'] as const

/** What kind of thing a response is, whatever an authority calls it; most serious first. */
export const RESPONSE_TYPES = [
  'immediate_protection',
  'strategy_discussion',
  'section_17_assessment',
  'family_help',
  'early_help_assessment',
  'specialist_referral',
  'universal_services',
  'information_advice',
  'no_further_action_signposting',
  'redirect',
  'human_review',
] as const

/** Responses that protect a child now: nothing holds them up, and nothing is told lightly of them. */
export const PROTECTIVE_TYPES: readonly string[] = [
  'immediate_protection',
  'strategy_discussion',
] satisfies (typeof RESPONSE_TYPES)[number][]

/** Whose agreement a response needs. */
export const CONSENT_RULES = ['required', 'sought_unless_risk', 'inform_unless_risk', 'not_required'] as const

/** What the referral says of consent, taken as a whole. */
export const CONSENT_STATES = ['obtained', 'refused', 'not_sought', 'unknown'] as const
export type ConsentState = (typeof CONSENT_STATES)[number]

/** What is done where a response needs consent and there is none. */
export const CONSENT_EFFECTS = ['return_to_referrer', 'proceed', 'hold_and_ask'] as const

/** What an assessment is that a policy asks for or that feeds its rules. */
export const ASSESSMENT_KINDS = ['early_help_assessment', 'chronology', 'specialist_tool', 'other'] as const

/** The event from which a clock runs. Local documents differ, so it is stated with every clock. */
export const CLOCK_STARTS = ['referral_received', 'decision_made', 'strategy_discussion', 'conference'] as const

/** Operators of a measure; both `below` and `above` leave the number itself out. */
export const OPERATORS = ['below', 'atMost', 'atLeast', 'above'] as const
export type Operator = (typeof OPERATORS)[number]

/** The nine features of a good referral (Ofsted, 'Early help: whose responsibility?'). */
export const QUALITY_FEATURES = [
  'timely',
  'concern_and_rationale',
  'threshold_reference',
  'impact_on_each_child',
  'discussed_and_consent',
  'history_and_earlier_help',
  'strengths_and_risks',
  'other_professionals',
  'language_and_interpreter',
] as const
export type QualityFeature = (typeof QUALITY_FEATURES)[number]

/** DfE CIN census referral sources. */
export const SOURCE_CODES = [
  '1A',
  '1B',
  '1C',
  '1D',
  '2A',
  '2B',
  '3A',
  '3B',
  '3C',
  '3D',
  '3E',
  '3F',
  '4',
  '5A',
  '5B',
  '5C',
  '5D',
  '6',
  '7',
  '8',
  '9',
  '10',
] as const

/** Qualifications that a person may hold. A qualification is a fact of the person, not a role. */
export const QUALIFICATIONS = ['social_work'] as const
