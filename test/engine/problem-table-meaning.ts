/** More of the table of problems: what can never happen, contradicts, is asked of the wrong thing, or says nothing. */
import type { Row } from './problem-table.ts'

const R1 =
  '  - { code: R1, kind: risk, level: E, domains: [CH.HE], categories: [neglect], text: Unwashed., citation: { section: "2" } }'
const K3 = '    when: { all: [{ fact: not_seen }, { present: R3 }] }\n    then: { response: STRATEGY, urgency: now }'
const when = (condition: string): Pick<Row, 'from' | 'to'> => ({
  from: 'when: { all: [{ fact: not_seen }, { present: R3 }] }',
  to: `when: ${condition}~`,
})
const points = (cutoffs: string): Pick<Row, 'from' | 'to' | 'also'> => ({
  from: 'gates:',
  to: `points:\n  cutoffs: ${cutoffs}\n  because: b\n  citation: { section: "9" }\ngates:`,
  also: ['kind: status, level: E,', 'kind: status, points: 1, level: E,'],
})

const IMPOSSIBLE: readonly Row[] = [
  '{ atLeast: { n: 3, of: [{ fact: not_seen }, { present: R3 }] } }',
  '{ all: [{ age: { toMonths: 1 } }, { age: { fromMonths: 9 } }] }',
  '{ all: [{ age: { unborn: true } }, { not: { age: { unborn: true } } }] }',
  '{ all: [{ present: B1 }, { age: { fromMonths: 60 } }] }',
  '{ all: [{ fact: not_seen }, { not: { fact: not_seen } }] }',
  '{ all: [{ consent: refused }, { consent: obtained }] }',
  '{ present: V1, evidence: [allegation] }',
  '{ measure: attendance, is: below, value: 0 }',
  '{ count: { atLeast: 6, level: P } }',
  '{ count: { atLeast: 2, acrossDomains: 4 } }',
  '{ count: { atLeast: 1, category: fgm } }',
  '{ any: [{ all: [{ consent: refused }, { not: { consent: refused } }] }, { count: { atLeast: 1, category: fgm } }] }',
  '{ not: { any: [{ fact: not_seen }, { not: { fact: not_seen } }] } }',
].map((condition) => ({ code: 'condition-impossible', ...when(condition) }))

const CONDITIONS: readonly Row[] = [
  ...IMPOSSIBLE,
  {
    code: 'condition-impossible',
    from: '{ level: N, when: { present: R3 },',
    to: '{ level: N, when: { count: { atLeast: 9, domain: EN } },~',
  },
  { code: 'part-impossible', ...when('{ any: [{ present: R3 }, { measure: attendance, is: below, value: 0 }] }') },
  {
    code: 'measure-contradicts',
    ...when('{ all: [{ measure: attendance, is: below, value: 3 }, { measure: attendance, is: above, value: 5 }] }'),
  },
  { code: 'repeated-condition', ...when('{ any: [{ present: R3 }, { present: R3 }] }') },
  {
    code: 'absolute-without-level',
    from: 'then: { atLeast: P }\n    absolute: true',
    to: 'then: { review: Look. }\n    absolute: true~',
  },
  {
    code: 'consent-withholds',
    from: 'when: { all: [{ present: R4 }, { present: S1 }] }',
    to: 'when: { all: [{ present: R4 }, { consent: obtained }] }~',
  },
  {
    code: 'consent-withholds',
    from: '{ level: P, responses: [STRATEGY],',
    to: '{ level: P, when: { not: { consent: refused } }, responses: [STRATEGY], because: b, citation: { section: "9" } }~\n  - { level: P, responses: [ASSESS],',
  },
  {
    code: 'fact-both-ways',
    ...when('{ all: [{ fact: not_seen }, { present: R3 }] }'),
    also: ['when: { history: { referralsAtLeast: 2, withinMonths: 12 } }', 'when: { not: { fact: not_seen } }'],
  },
]

const PAIRS: readonly Row[] = [
  {
    code: 'rule-contradicts',
    from: K3,
    to: '    when: { all: [{ present: S1 }, { all: [{ present: R4 }] }] }\n    then: { atLeast: N }',
    also: ['then: { atLeast: P }\n    absolute', 'then: { atLeast: P }~\n    absolute'],
  },
  {
    code: 'rule-contradicts',
    from: K3,
    to: '    when: { all: [{ present: S1 }, { present: R4 }] }\n    then: { atLeast: P }\n    unless: { protective: [PR1], atLeast: 1 }',
    also: ['then: { atLeast: P }\n    absolute', 'then: { atLeast: P }~\n    absolute'],
  },
  {
    code: 'rule-shadowed',
    from: `  - id: K3\n${K3}`,
    to: '  - id: K3~\n    when: { all: [{ present: S1 }, { fact: not_seen }, { present: R4, occurrence: often }] }\n    then: { atLeast: N }',
  },
  { code: 'cluster-impossible', from: '{ id: C3, count: 2, ofLevel: N,', to: '{ id: C3, count: 20, ofLevel: N,~' },
  {
    code: 'cluster-shadowed',
    from: '  - { id: C3,',
    to: '  - { id: C4, count: 3, ofLevel: N, atLeast: N, because: b, citation: { section: "33" } }~\n  - { id: C3,',
  },
  {
    code: 'unless-counted-twice',
    from: 'unless: { protective: [PR1, PR2], atLeast: 2 }',
    to: 'unless: { protective: [PR1, PR1], atLeast: 1 }~',
  },
  {
    code: 'unless-never',
    from: 'unless: { protective: [PR1, PR2], atLeast: 2 }',
    to: 'unless: { protective: [PR1, PR2], atLeast: 3 }~',
  },
  {
    code: 'unless-never',
    from: 'unless: { protective: [PR1, PR2], atLeast: 2 }',
    to: 'unless: { protective: [PR1, PR2], atLeast: 2 }~',
    also: ['text: Nursery.,', 'text: School club., age: { fromMonths: 60 },'],
  },
  {
    code: 'unreachable-route',
    from: '  - { level: N, responses: [ASSESS], alternatives: [EARLY],',
    to: '  - { level: N, when: { all: [{ present: R4 }, { present: R3 }] }, responses: [ASSESS], because: b }~\n  - { level: N, responses: [ASSESS], alternatives: [EARLY],',
  },
  { code: 'route-lowers', from: 'responses: [ASSESS, EARLY], alternatives: [STRATEGY]', to: 'responses: [EARLY]~' },
  {
    code: 'route-too-light',
    from: '{ level: N, responses: [ASSESS], alternatives: [EARLY]',
    to: '{ level: N, responses: [ADVICE], alternatives: [ASSESS]~',
  },
]

const REACH: readonly Row[] = [
  {
    code: 'unreachable-level',
    from: 'levels:\n  - { code: U',
    to: 'levels:\n  - { code: U~',
    also: ['  - { code: X1, kind: expected, level: U, domains: [CH], text: Plays., citation: { section: "1" } }\n', ''],
  },
  { code: 'cutoff-unreachable', ...points('[{ points: 2, level: N }]~') },
  {
    code: 'unreachable-response',
    from: '  - code: REVIEW',
    to: '  - code: SPARE~\n    label: S\n    type: specialist_referral\n    legalBasis: s10\n    lead: L\n    statutoryClock: decision\n    consent: { rule: required }\n    nextSteps: [Go]\n  - code: REVIEW',
  },
  {
    code: 'never-used',
    from: '  - { code: not_seen,',
    to: '  - { code: unasked, question: Is it dark?, citation: { section: "9" } }~\n  - { code: not_seen,',
  },
  {
    code: 'never-used',
    from: 'measures:\n',
    to: 'measures:\n  - { name: absences, label: Days missed, unit: days }~\n',
  },
  { code: 'never-used', from: 'domains:\n', to: 'domains:\n  - { code: ZZ, label: Spare, subject: context }~\n' },
  {
    code: 'never-used',
    from: '    - { code: later,',
    to: '    - { code: spare, label: Spare, hours: 20, clock: working }~\n    - { code: later,',
  },
  {
    code: 'question-never-asked',
    from: 'about: { categories: [neglect] }, informs',
    to: 'about: { categories: [fgm] }~, informs',
  },
]

const AGES: readonly Row[] = [
  {
    code: 'age-beyond-childhood',
    from: '    age: { unborn: true, toMonths: 11 }',
    to: '    age: { fromMonths: 216 }~',
  },
  {
    code: 'age-differs-from-text',
    from: '    age: { unborn: true, toMonths: 11 }',
    to: '    age: { unborn: true, toMonths: 11 }~',
    also: ['text: Baby not fed.', 'text: A child under two is not fed.'],
  },
  {
    code: 'age-excludes-unborn',
    from: 'label: Surroundings, subject: context }',
    to: 'label: Surroundings, subject: context }\n  - { code: UN, label: Unborn, subject: unborn }~',
    also: [R1, R1.replace('domains: [CH.HE]', 'domains: [UN], age: { toMonths: 1 }')],
  },
  {
    code: 'age-bands',
    from: R1,
    to: R1.replace('text: Unwashed.', 'text: Hungry., age: { toMonths: 11 }'),
    also: [
      'text: Hungry., citation: { section: "3" } }',
      'text: Hungry., age: { fromMonths: 13 }, citation: { section: "3" } }~',
    ],
  },
  {
    code: 'trigger-narrowed',
    from: '    triggers: [disclosure]',
    to: '    triggers: [disclosure]\n    age: { fromMonths: 250 }~',
  },
  {
    code: 'measure-order',
    from: '  - { code: S1,',
    to: '  - { code: M2, kind: measure, level: N, domains: [CH], text: Often away., citation: { section: "10" }, measure: { name: attendance, is: below, value: 90 } }\n  - { code: S1,',
    also: ['is: below, value: 80 }', 'is: below, value: 80 }~'],
  },
]

const CLOCKS: readonly Row[] = [
  {
    code: 'clock-ambiguous',
    from: 'hours: 1, from: referral_received }',
    to: 'hours: 1, workingDays: 1, from: referral_received }~',
  },
  {
    code: 'protection-delayed',
    from: 'hours: 1, from: referral_received }',
    to: 'hours: 25, from: referral_received }~',
  },
  { code: 'protection-delayed', from: 'hours: 1, from: referral_received }', to: 'hours: 1, from: decision_made }~' },
  {
    code: 'protection-delayed',
    from: 'hours: 1, from: referral_received }',
    to: 'workingDays: 1, from: referral_received }~',
  },
  {
    code: 'protection-delayed',
    from: '    urgency: now\n    nextSteps: [Go]',
    to: '    urgency: soon~\n    nextSteps: [Go]',
  },
  {
    code: 'protection-delayed',
    from: '- code: PROTECT',
    to: '- code: PROTECT~',
    also: ['    urgency: now\n    nextSteps', '    nextSteps'],
  },
  { code: 'protection-slow', from: '{ label: One day, workingDays: 1,', to: '{ label: Four days, workingDays: 4,~' },
  {
    code: 'protection-slow',
    from: '- code: STRATEGY',
    to: '- code: STRATEGY~',
    also: ['    urgency: soon\n    nextSteps', '    nextSteps'],
  },
  {
    code: 'clock-wrong-response',
    from: 'clock: { label: Ten days, workingDays: 10, from: decision_made }',
    to: 'statutoryClock: assessment~',
  },
  { code: 'weakens-statutory-clock', from: 'statutoryClock: assessment', to: 'statutoryClock: decision~' },
  {
    code: 'weakens-statutory-clock',
    from: 'statutoryClock: assessment',
    to: 'clock: { label: Later, workingDays: 10, from: conference }~',
  },
  {
    code: 'consent-delays-protection',
    from: 'consent: { rule: inform_unless_risk }',
    to: 'consent: { rule: inform_unless_risk, ifMissing: hold_and_ask }~',
  },
  {
    code: 'consent-delays-protection',
    from: 'consent: { rule: not_required }\n    nextSteps: [Read]',
    to: 'consent: { rule: required }~\n    nextSteps: [Read]',
  },
  {
    code: 'consent-delays-protection',
    from: '{ level: P, responses: [STRATEGY],',
    to: '{ level: P, responses: [ASSESS],~',
    also: ['consent: { rule: sought_unless_risk }', 'consent: { rule: required }'],
  },
]

const SAFEGUARDS: readonly Row[] = [
  {
    code: 'reserved-code',
    from: '  - { code: not_seen,',
    to: '  - { code: immediate_danger, question: Is it dark? }~\n  - { code: not_seen,',
  },
  { code: 'reserved-code', from: '  - id: open_case', to: '  - id: immediate_danger~' },
  { code: 'duplicate-code', from: '  - id: open_case', to: '  - id: not_seen~' },
  { code: 'duplicate-code', pack: true, from: 'code: assessment', to: 'code: decision~' },
  { code: 'pack-incomplete', pack: true, from: 'code: immediate-danger', to: 'code: danger~' },
  { code: 'pack-incomplete', pack: true, from: 'code: decision', to: 'code: decide~' },
  { code: 'gate-swallows', from: 'response: REDIRECT', to: 'response: ADVICE~' },
  { code: 'sign-off-missing', from: 'signOff: { responses: [STRATEGY]', to: 'signOff: { responses: [EARLY]~' },
  {
    code: 'second-screening-missing',
    from: 'secondScreening: { responses: [STRATEGY], randomPercent: 5 }',
    to: 'secondScreening: { responses: [], randomPercent: 0 }~',
  },
]

const WORDS: readonly Row[] = [
  { code: 'hidden-character', from: 'text: Unwashed.', to: 'text: "Un\\u200bwashed."~' },
  { code: 'hidden-character', from: 'text: Unwashed.', to: 'text: "Un\\ud800washed."~' },
  { code: 'hidden-character', from: 'text: Unwashed.', to: 'text: "Un\\0washed."~' },
  { code: 'hidden-character', pack: true, from: 'label: Disclosure', to: 'label: "Dis\\ud800closure"~' },
  { code: 'blank-text', from: 'text: Unwashed.', to: 'text: " "~' },
  {
    code: 'protected-characteristic',
    from: 'question: Has nobody seen the child?',
    to: 'question: Is the family religious?~',
  },
  {
    code: 'protected-characteristic',
    from: 'question: Is the case open?',
    to: 'question: Are the parents immigrants?~',
  },
  { code: 'protected-characteristic', from: 'label: Attendance,', to: 'label: Years since the visa ran out,~' },
  {
    code: 'protected-characteristic',
    from: '  - { code: not_seen,',
    to: '  - { code: home-language, question: Is it so?, citation: { section: "9" } }~\n  - { code: not_seen,',
  },
  { code: 'protected-words', from: 'text: Unwashed.', to: 'text: The family is Roma.~' },
  { code: 'protected-words', from: 'ask: Since when?,', to: 'ask: What is their ethnicity?,~' },
  {
    code: 'citation-missing',
    from: ', because: Early help., citation: { section: "53" } }',
    to: ', because: Early help. }~',
  },
  {
    code: 'near-duplicate',
    from: 'text: Unwashed.',
    to: 'text: Hungry.',
    also: ['text: Hungry., citation: { section: "3" } }', 'text: Hungry., citation: { section: "3" } }~'],
  },
  {
    code: 'near-duplicate',
    from: 'text: Unwashed.',
    to: 'text: The child often comes to school dirty and badly dressed.',
    also: [
      'text: Hungry., citation: { section: "3" } }',
      'text: "Often comes to the school dirty, badly dressed, child.", citation: { section: "3" } }~',
    ],
  },
  {
    code: 'repeated-entry',
    from: 'categories: [neglect], text: Unwashed.',
    to: 'categories: [neglect, neglect], text: Unwashed.~',
  },
  { code: 'says-nothing', from: 'because: Young.', to: 'because: K1~' },
  { code: 'document-dates', from: 'approved: 2026-01-01', to: 'approved: 2026-01-02~' },
  { code: 'document-dates', from: 'reviewDue: 2027-01-01', to: 'reviewDue: 2026-01-01~' },
]

export const MEANING: readonly Row[] = [...CONDITIONS, ...PAIRS, ...REACH, ...AGES, ...CLOCKS, ...SAFEGUARDS, ...WORDS]
