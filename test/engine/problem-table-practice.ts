/** More of the table of problems: what the sections on practice, matrices and steps may not say. */
import type { Row } from './problem-table.ts'

const because = 'because: b, citation: { section: "9" }'
/** A section before `urgency`. */
const section = (text: string): Pick<Row, 'from' | 'to'> => ({
  from: 'urgency:\n  default',
  to: `${text}\nurgency:\n  default`,
})
const raisedBy = (steps: string): Pick<Row, 'from' | 'to'> => ({
  from: 'text: Hungry., citation: { section: "3" } }',
  to: `text: Hungry., citation: { section: "3" }, raisedBy: [${steps}] }~`,
})
const splits = (list: string): Pick<Row, 'from' | 'to'> => ({
  from: 'label: Protection, description: d, common: child_protection }',
  to: `label: Protection, description: d, common: child_protection, splits: [${list}] }~`,
})
const matrix = (columns: string): Pick<Row, 'from' | 'to'> =>
  section(`matrices: [{ id: MX, title: M, citation: { section: "9" }, columns: [${columns}] }]~`)
const column = (code: string, level: string, more = ''): string => `{ code: ${code}, label: c, level: ${level}${more} }`
const letter = (body: string): Pick<Row, 'from' | 'to'> =>
  section(`letters: { acknowledgement: { subject: s, body: ${body} } }`)
const TOOL = 'assessments: [{ code: T1, label: T, kind: specialist_tool }]\n'

export const PRACTICE: readonly Row[] = [
  { code: 'split-without-default', ...splits('{ code: S9, label: a }, { code: S8, label: b }') },
  {
    code: 'split-without-default',
    ...splits('{ code: S9, label: a, when: { fact: not_seen } }, { code: S8, label: b, when: { fact: not_seen } }'),
  },
  { code: 'duplicate-code', ...splits('{ code: S9, label: a, when: { fact: not_seen } }, { code: S9, label: b }') },
  { code: 'reached-outside-rules', ...splits('{ code: S9, label: a, when: { reached: E } }, { code: S8, label: b }') },
  { code: 'duplicate-code', ...matrix(`${column('E', 'E')}, ${column('X2', 'N')}`) },
  { code: 'column-order', ...matrix(`${column('X1', 'N')}, ${column('X2', 'E')}`) },
  { code: 'unknown-code', ...matrix(`${column('X1', 'N')}, ${column('X2', 'NN')}`) },
  { code: 'unknown-code', ...matrix(`${column('X1', 'N')}, ${column('X2', 'P', ', response: ST')}`) },
  { code: 'never-used', ...matrix(`${column('X1', 'N')}, ${column('X2', 'P')}`) },
  { code: 'never-used', ...section(`${TOOL.trim()}~`) },
  { code: 'requirement-empty', ...section(`${TOOL}requirements: [{ id: RQ, needs: [T1], ${because} }]~`) },
  { code: 'unknown-code', ...section(`${TOOL}requirements: [{ id: RQ, levels: [N], needs: [T2], ${because} }]~`) },
  {
    code: 'result-order',
    ...section(
      'assessments: [{ code: T1, label: T, kind: other, results: [{ value: 2, label: a }, { value: 1, label: b }] }]~',
    ),
  },
  {
    code: 'transition-empty',
    ...section(`transitions: [{ id: T1, from: N, to: N, criteria: [c], approver: a, ${because} }]~`),
  },
  { code: 'forbidden-empty', ...section(`forbidden: [{ id: F1, response: EARLY, ${because} }]~`) },
  {
    code: 'forbidden-protection',
    ...section(`forbidden: [{ id: F1, response: STRATEGY, atLevels: [U], ${because} }]~`),
  },
  {
    code: 'forbidden-combination',
    from: '  - { level: E, responses: [EARLY], because',
    to: '  - { level: E, responses: [EARLY],~ because',
    also: [
      'urgency:\n  default',
      `forbidden: [{ id: F1, response: EARLY, atLevels: [E], ${because} }]\nurgency:\n  default`,
    ],
  },
  {
    code: 'overdue-order',
    from: '{ code: soon, label: Soon, hours: 8, clock: working }',
    to: '{ code: soon, label: Soon, hours: 8, clock: working, overdueBecomes: later }~',
  },
  {
    code: 'duplicate-stage',
    from: 'escalation: [{ stage: 1, role: Manager, withinWorkingDays: 1 }]',
    to: 'escalation: [{ stage: 2, role: Head, withinWorkingDays: 1 }, { stage: 1, role: Manager, withinWorkingDays: 1 }, { stage: 2, role: Director, withinWorkingDays: 1 }]~',
  },
  { code: 'office-hours', ...section('officeHours: { opens: "17:00", closes: "09:00" }~') },
  { code: 'letter-unknown-place', ...letter('["{{reference}} {{escalation}}", "{{level}}"~]') },
  { code: 'letter-unknown-place', ...letter('["{{reference}} {{escalation}} {{date"~]') },
  { code: 'letter-missing-place', ...letter('["{{reference}}"]~') },
  {
    code: 'letter-place-hidden',
    ...section(
      'letters: { family: { subject: s, opening: [o], child: ["{{decision}} {{support}}"~], closing: ["{{escalation}}"] } }',
    ),
  },
  { code: 'repetition-order', ...section('repetition: { withinMonths: 12, sometimes: 4, often: 2 }~') },
  { code: 'repetition-order', ...section('repetition: { withinMonths: 12 }~') },
  { code: 'step-empty', ...raisedBy('{ level: N }') },
  { code: 'step-lowers', ...raisedBy('{ level: E, durationMonths: 3 }') },
  {
    code: 'kind-cannot-raise',
    from: 'text: Grandmother., citation: { section: "12" } }',
    to: 'text: Grandmother., citation: { section: "12" }, raisedBy: [{ level: N, durationMonths: 3 }] }~',
  },
  {
    code: 'reached-outside-rules',
    from: '  - { level: N, when: { present: R3 },',
    to: '  - { level: N, when: { reached: N },~',
  },
  {
    code: 'absolute-on-reached',
    from: 'when: { all: [{ present: R4 }, { present: S1 }] }\n    then: { atLeast: P }\n    absolute: true',
    to: 'when: { all: [{ reached: N }, { present: S1 }] }\n    then: { atLeast: P }\n    absolute: true~',
  },
  {
    code: 'consent-delays-protection',
    from: 'consent: { rule: not_required }\n    urgency: now',
    to: 'consent: { rule: not_required, holdWorkingDays: 1 }~\n    urgency: now',
  },
  {
    code: 'not-monotone',
    from: 'when: { all: [{ fact: not_seen }, { present: R3 }] }',
    to: 'when: { not: { reached: N } }~',
  },
]
