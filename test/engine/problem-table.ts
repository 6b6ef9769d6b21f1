/**
 * One fixture, at least, for each problem that the policy check knows. `from` is replaced by `to` in the small policy;
 * the problem has to stand at the line where `~` was written, which is taken out again.
 */
import { MEANING } from './problem-table-meaning.ts'
import { PRACTICE } from './problem-table-practice.ts'

export interface Row {
  readonly code: string
  readonly from: string
  readonly to: string
  /** The file that is edited; the policy where left out. */
  readonly pack?: true
  /** A second edit that the first needs to be about one thing only. */
  readonly also?: readonly [string, string]
}

const citation = 'citation: { section: "99" }'
/** An indicator in the place of R1, on one line. */
const r1 = (more: string): Pick<Row, 'from' | 'to'> => ({
  from: '  - { code: R1, kind: risk, level: E, domains: [CH.HE], categories: [neglect], text: Unwashed., citation: { section: "2" } }',
  to: `  - { code: R1, domains: [CH.HE], text: Unwashed., ${citation}, ${more} }~`,
})
const x1 = (more: string): Pick<Row, 'from' | 'to'> => ({
  from: '  - { code: X1, kind: expected, level: U, domains: [CH], text: Plays., citation: { section: "1" } }',
  to: `  - { code: X1, domains: [CH], text: Plays., ${citation}, ${more} }~`,
})
const when = (condition: string): Pick<Row, 'from' | 'to'> => ({
  from: 'when: { all: [{ fact: not_seen }, { present: R3 }] }',
  to: `when: ${condition}~`,
})

const SHAPE: readonly Row[] = [
  { code: 'unknown-property', from: '    setting: outside_family', to: '    seting: outside_family~' },
  {
    code: 'missing-property',
    from: 'label: Universal, description: d, common: universal }',
    to: 'label: Universal, common: universal }~',
  },
  { code: 'shape', from: 'kind: status', to: 'kind: statuses~' },
  { code: 'shape', ...when('{ presence: R3 }') },
  { code: 'shape', from: 'weight: 3', to: 'weight: 21~' },
  { code: 'shape', pack: true, from: 'atLeast: child_protection', to: 'atLeast: protection~' },
  { code: 'duplicate-key', from: '    legalBasis: s46', to: '    legalBasis: s46\n    legalBasis: s47~' },
  { code: 'yaml', from: '    legalBasis: s46', to: '    legalBasis: a: b~' },
  { code: 'yaml-anchor', from: '    legalBasis: s46', to: '    legalBasis: &x s46~' },
  { code: 'yaml-alias', from: '    legalBasis: s46', to: '    legalBasis: *x~' },
  { code: 'yaml-merge', from: '    legalBasis: s46', to: '    <<: { legalBasis: s46 }~' },
  { code: 'yaml-tag', from: '    legalBasis: s46', to: '    legalBasis: !mine s46~' },
  { code: 'forbidden-key', from: '    legalBasis: s46', to: '    __proto__: s46~' },
  { code: 'document-mismatch', from: 'statutory: test-pack@1', to: 'statutory: test-pack@2~' },
]

const REFERENCES: readonly Row[] = [
  { code: 'unknown-code', ...r1('kind: risk, level: EE') },
  { code: 'unknown-code', ...when('{ present: R99 }') },
  { code: 'unknown-code', ...when('{ all: [{ fact: unheard }] }') },
  { code: 'unknown-code', ...when('{ measure: absences, is: above, value: 3 }') },
  { code: 'unknown-code', ...when('{ count: { atLeast: 1, domain: ZZ } }') },
  { code: 'unknown-code', from: 'subject: child, parent: CH }', to: 'subject: child, parent: CC }~' },
  { code: 'unknown-code', from: 'informs: [A1]', to: 'informs: [A9]~' },
  { code: 'unknown-code', from: 'levels: [E, N]', to: 'levels: [E, M]~' },
  { code: 'unknown-code', from: 'statutoryClock: assessment', to: 'statutoryClock: assesment~' },
  { code: 'unknown-code', from: 'triggers: [disclosure]', to: 'triggers: [disclosures]~' },
  {
    code: 'unknown-code',
    from: 'secondScreening: { responses: [STRATEGY]',
    to: 'secondScreening: { responses: [MEETING]~',
  },
  { code: 'duplicate-code', from: '  - { code: R2,', to: '  - { code: R1,~' },
  {
    code: 'domain-cycle',
    from: 'label: Parents, subject: parents }',
    to: 'label: Parents, subject: parents, parent: PA }~',
  },
  {
    code: 'domain-cycle',
    from: 'label: Child, subject: child }',
    to: 'label: Child, subject: child, parent: CH.HE }~',
  },
  { code: 'duplicate-code', from: '  - { id: C1,', to: '  - { id: K1,~' },
  { code: 'duplicate-code', from: '  - { id: Q2,', to: '  - { id: Q1,~' },
]

const INDICATORS: readonly Row[] = [
  { code: 'measure-mismatch', ...r1('kind: measure, level: E') },
  { code: 'measure-mismatch', ...r1('kind: risk, level: E, measure: { name: attendance, is: below, value: 1 }') },
  { code: 'absolute-narrowed', ...r1('kind: risk, level: E, absolute: true, evidence: [fact]') },
  { code: 'kind-cannot-raise', ...x1('kind: expected, level: U, alone: true') },
  { code: 'kind-cannot-raise', ...x1('kind: protective, level: U, urgency: now') },
  { code: 'kind-cannot-raise', ...x1('kind: protective, level: U, absolute: true') },
  { code: 'kind-level', ...x1('kind: protective, level: E') },
  { code: 'grade-start', ...r1('kind: risk, level: E, grades: { once: N, often: P }') },
  { code: 'grade-order', ...r1('kind: risk, level: N, grades: { once: N, often: E }') },
  { code: 'age-empty', ...r1('kind: risk, level: E, age: { unborn: false }') },
  { code: 'age-order', ...r1('kind: risk, level: E, age: { fromMonths: 12, toMonths: 11 }') },
  { code: 'trigger-not-absolute', ...r1('kind: risk, level: P, alone: true, triggers: [disclosure]') },
  { code: 'below-statutory-floor', ...r1('kind: risk, level: N, absolute: true, triggers: [disclosure]') },
  { code: 'trigger-not-covered', from: 'indicators:', to: 'indicators:', also: ['    triggers: [disclosure]\n', ''] },
]

const RULES: readonly Row[] = [
  { code: 'rule-without-effect', from: 'then: { review: Read everything again. }', to: 'then: {}~' },
  {
    code: 'absolute-withheld',
    from: '    absolute: true\n    because: Fixed.',
    to: '    absolute: true\n    unless: { protective: [PR1], atLeast: 1 }~\n    because: Fixed.',
  },
  { code: 'not-monotone', ...when('{ not: { present: R3 } }') },
  { code: 'not-monotone', ...when('{ not: { not: { present: R3 } } }') },
  {
    code: 'not-monotone',
    ...when(
      '{ all: [{ fact: not_seen }, { not: { any: [{ age: { toMonths: 1 } }, { history: { referralsAtLeast: 1, withinMonths: 1 } }] } }] }',
    ),
  },
  { code: 'not-monotone', ...when('{ not: { measure: attendance, is: below, value: 3 } }') },
  { code: 'not-monotone', ...when('{ not: { count: { atLeast: 1 } } }') },
  { code: 'not-monotone', ...when('{ not: { fact: immediate_danger } }') },
  { code: 'not-monotone', ...when('{ present: PR1 }') },
  { code: 'not-monotone', ...when('{ present: X1 }') },
  { code: 'not-monotone', ...when('{ count: { atLeast: 1, kind: protective } }') },
  { code: 'not-monotone', from: '{ level: N, when: { present: R3 },', to: '{ level: N, when: { present: PR1 },~' },
  {
    code: 'unless-not-protective',
    from: 'unless: { protective: [PR1, PR2], atLeast: 2 }',
    to: 'unless: { protective: [PR1, R1], atLeast: 2 }~',
  },
  { code: 'unplaced-indicator', ...r1('kind: risk, level: U') },
  {
    code: 'unplaced-indicator',
    from: '  - { code: R1,',
    to: '  - { code: R1,~',
    also: ['count: 1, ofLevel: E, atLeast: E,', 'count: 1, ofLevel: E, acrossDomains: 2, atLeast: E,'],
  },
  { code: 'points-unused', ...r1('kind: risk, level: E, points: 3') },
  {
    code: 'points-unused',
    from: 'gates:',
    to: `points:\n  cutoffs: [{ points: 3, level: N }]~\n  because: b\n  ${citation}\ngates:`,
  },
  {
    code: 'cutoff-order',
    from: 'gates:',
    to: `points:\n  cutoffs:\n    - { points: 3, level: N }\n    - { points: 3, level: P }~\n  because: b\n  ${citation}\ngates:`,
    also: ['kind: status, level: E,', 'kind: status, points: 1, level: E,'],
  },
  {
    code: 'cutoff-order',
    from: 'gates:',
    to: `points:\n  cutoffs:\n    - { points: 3, level: N }\n    - { points: 4, level: N }~\n  because: b\n  ${citation}\ngates:`,
    also: ['kind: status, level: E,', 'kind: status, points: 1, level: E,'],
  },
]

const RESPONSES: readonly Row[] = [
  {
    code: 'response-without-clock',
    from: '  - code: ASSESS',
    to: '  - code: ASSESS~',
    also: ['    statutoryClock: assessment\n', ''],
  },
  {
    code: 'clock-empty',
    from: 'clock: { label: One day, workingDays: 1, from: referral_received }',
    to: 'clock: { label: One day, from: referral_received }~',
  },
  {
    code: 'consent-delays-protection',
    from: 'consent: { rule: inform_unless_risk }',
    to: 'consent: { rule: sought_unless_risk }~',
  },
  {
    code: 'consent-delays-protection',
    from: '    consent: { rule: not_required }\n    urgency: now',
    to: '    consent: { rule: required }~\n    urgency: now',
  },
  {
    code: 'level-order',
    from: '{ code: E, label: Early help, description: d, common: early_help }',
    to: '{ code: E, label: Early help, description: d, common: child_protection }~',
    also: ['child_protection }~', 'child_protection }'],
  },
  {
    code: 'level-missing',
    from: 'levels:\n  - { code: U',
    to: 'levels:\n  - { code: U~',
    also: ['description: d, common: child_protection', 'description: d, common: child_in_need'],
  },
  { code: 'urgency-default', from: '  default: later', to: '  default: now~' },
  {
    code: 'level-without-response',
    from: '{ code: P, label: Protection',
    to: '{ code: P, label: Protection~',
    also: ['{ level: P, responses', '{ level: P, when: { present: A1 }, responses'],
  },
  {
    code: 'unreachable-route',
    from: '  - { level: N, responses: [ASSESS], alternatives: [EARLY],',
    to: '  - { level: N, responses: [ASSESS], because: In need. }\n  - { level: N, when: { present: R4 }, responses: [EARLY],~',
  },
  {
    code: 'weakens-statutory-clock',
    from: 'clock: { label: One day, workingDays: 1,',
    to: 'clock: { label: One day, workingDays: 46,~',
  },
  {
    code: 'weakens-statutory-clock',
    from: 'clock: { label: One day, workingDays: 1, from: referral_received }',
    to: 'clock: { label: One day, workingDays: 45, from: decision_made }~',
  },
  {
    code: 'weakens-statutory-clock',
    from: 'role: Manager, withinWorkingDays: 1 }',
    to: 'role: Manager, withinWorkingDays: 2 }~',
  },
  {
    code: 'response-missing',
    from: 'responses:\n  - code: PROTECT',
    to: 'responses:\n  - code: PROTECT~',
    also: ['type: human_review', 'type: redirect'],
  },
  {
    code: 'response-missing',
    from: 'responses:\n  - code: PROTECT',
    to: 'responses:\n  - code: PROTECT~',
    also: ['type: immediate_protection', 'type: section_17_assessment'],
  },
  {
    code: 'cluster-too-low',
    from: '{ id: C1, count: 1, ofLevel: E, atLeast: E,',
    to: '{ id: C1, count: 1, ofLevel: N, atLeast: U,~',
  },
  {
    code: 'route-too-low',
    from: '{ level: P, responses: [STRATEGY],',
    to: '{ level: P, responses: [ADVICE],~',
  },
  {
    code: 'urgency-order',
    from: '{ code: now, label: Now, hours: 1, clock: calendar }',
    to: '{ code: now, label: Now, hours: 90, clock: calendar }~',
  },
  {
    code: 'quality-feature-missing',
    from: 'quality:\n  - { feature: timely',
    to: 'quality:\n  - { feature: timely~',
    also: ['  - { feature: other_professionals, weight: 1, advice: a }\n', ''],
  },
]

export const ROWS: readonly Row[] = [
  ...SHAPE,
  ...REFERENCES,
  ...INDICATORS,
  ...RULES,
  ...RESPONSES,
  ...MEANING,
  ...PRACTICE,
]
/** Codes whose fixtures need more than one file, or a very large one: see yaml, resolve and policy-check-files. */
export const ELSEWHERE: readonly string[] = [
  'file-too-large',
  'yaml-directive',
  'overlay-weakens-absolute',
  'missing-section',
  'statutory-clock-missing',
  'document-not-found',
  'cases-missing',
  'case-expects-nothing',
  'overlay-lowers-level',
  'overlay-weakens-oversight',
  'overlay-rewords-absolute',
]
