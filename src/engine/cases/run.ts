/** Runs the worked examples of a policy: each comes out as the authority agreed, or says where it does not. */

import { BUILT_IN_FACTS } from '../policy/check-references.ts'
import { checkShape } from '../policy/check-shape.ts'
import type { FileText } from '../policy/compile.ts'
import type { Policy } from '../policy/policy.ts'
import { problemAt, readYaml } from '../policy/read.ts'
import { type Problem, suggestion } from '../problem.ts'
import type { Snapshot, SnapshotChild, SnapshotFinding, Subject } from '../referral/snapshot.ts'
import { type Calendar, score } from '../scoring/score.ts'
import { expectationProblems } from './check.ts'
import { compare } from './compare.ts'
import { type Case, CasesFile } from './shape.ts'

export interface CaseResult {
  readonly id: string
  readonly title: string
  /** What came out otherwise than agreed; empty where the case passes. */
  readonly failures: readonly string[]
}

/** A Tuesday morning in term: cases say nothing of clocks. */
const CASE_RECEIVED_AT = '2026-03-10T09:30:00.000Z'

export function runCases(
  policy: Policy,
  file: FileText,
  calendar: Calendar,
): { results: CaseResult[]; problems: Problem[] } {
  const { read, problems } = readYaml(file.file, file.text)
  if (!read) return { results: [], problems }
  const shaped = checkShape(read, CasesFile)
  if (!shaped.value) return { results: [], problems: shaped.problems }
  const name = `${policy.id}@${policy.version}`
  if (shaped.value.policy !== name) {
    return {
      results: [],
      problems: [
        problemAt(read, ['policy'], {
          code: 'document-mismatch',
          message: `These cases are for ${shaped.value.policy}, not for ${name}.`,
        }),
      ],
    }
  }
  const codes = shaped.value.cases.flatMap((item, i) =>
    wrongCodes(policy, item).map((message) =>
      problemAt(read, ['cases', i], { code: 'unknown-code', message: `Case ${item.id}: ${message}` }),
    ),
  )
  const ids = shaped.value.cases.map(({ id }) => id)
  const twice = ids.flatMap((id, i) =>
    ids.indexOf(id) < i
      ? [problemAt(read, ['cases', i, 'id'], { code: 'duplicate-code', message: `The case “${id}” is defined twice.` })]
      : [],
  )
  codes.push(...twice, ...expectationProblems(policy, shaped.value.cases, read))
  return { results: shaped.value.cases.map((item) => runCase(policy, item, calendar)), problems: codes }
}

function runCase(policy: Policy, item: Case, calendar: Calendar): CaseResult {
  const recommendations = score(policy, snapshotOf(item), calendar)
  const expectations = Array.isArray(item.expect) ? item.expect : [item.expect]
  const failures = expectations.flatMap((expected) => {
    const got = recommendations.find(({ child }) => expected.child === undefined || child === expected.child)
    return got
      ? compare(expected, got).map((failure) => (expected.child ? `${expected.child}: ${failure}` : failure))
      : [`there is no child ${expected.child}`]
  })
  return { id: item.id, title: item.title, failures }
}

/** A case, written in codes, as the snapshot that a referral would have given. */
export function snapshotOf(item: Case): Snapshot {
  const children = item.children ?? [{ ...item.child, id: item.child?.id ?? 'child' }]
  const household = findingsOf(item.household ?? {}, 'household')
  return {
    receivedAt: CASE_RECEIVED_AT,
    immediateDanger: item.immediateDanger ?? false,
    consent: item.consent ?? 'obtained',
    facts: Object.entries(item.facts ?? {}).map(([code, answer]) => ({ code, answer })),
    quality: [],
    suggestedLevel: null,
    monitoringOnly: false,
    ...(item.chronology ? { chronology: item.chronology } : {}),
    ages: children.map(caseAge),
    children: children.map(
      (child): SnapshotChild => ({
        id: child.id,
        age: caseAge(child),
        findings: [...findingsOf(child, 'child'), ...household],
        measurements: Object.entries(child.measures ?? {}).map(([measure, value]) => ({ measure, value })),
        unmapped: [...(child.unmapped ?? []), ...(item.household?.unmapped ?? [])],
        history: child.history ?? [],
        ...(child.assessments
          ? {
              assessments: child.assessments.map(({ assessment, monthsAgo, version, result, byTrained }) => ({
                assessment,
                monthsAgo,
                version: version ?? null,
                result: result ?? null,
                byTrained: byTrained ?? null,
              })),
            }
          : {}),
      }),
    ),
  }
}

function caseAge({
  unborn,
  ageMonths,
}: {
  unborn?: true | undefined
  ageMonths?: number | undefined
}): SnapshotChild['age'] {
  if (unborn) return { low: -1, high: -1 }
  return ageMonths === undefined ? null : { low: ageMonths, high: ageMonths }
}

type Findings = Pick<NonNullable<Case['household']>, 'present' | 'absent' | 'unknown'>

function findingsOf({ present, absent, unknown }: Findings, subject: Subject): SnapshotFinding[] {
  const plain = (indicator: string, state: SnapshotFinding['state']): SnapshotFinding => ({
    indicator,
    state,
    subject,
    evidence: [],
  })
  return [
    ...(present ?? []).flatMap((entry) =>
      typeof entry === 'string'
        ? [plain(entry, 'present')]
        : Object.entries(entry).map(([code, detail]) => ({
            ...plain(code, 'present'),
            evidence: [
              {
                kind: detail.evidence ?? null,
                occurrence: detail.occurrence ?? null,
                monthsAgo: detail.monthsAgo ?? null,
                ...(detail.durationMonths === undefined ? {} : { durationMonths: detail.durationMonths }),
                ...(detail.trend === undefined ? {} : { trend: detail.trend }),
                source: 'case',
                text: 'As the case says.',
              },
            ],
          })),
    ),
    ...(absent ?? []).map((code) => plain(code, 'absent')),
    ...(unknown ?? []).map((code) => plain(code, 'unknown')),
  ]
}

/** A misspelt code would make a case pass for the wrong reason. */
function wrongCodes(policy: Policy, item: Case): string[] {
  const { facts, children } = snapshotOf(item)
  const measures = new Set(policy.document.measures.map(({ name }) => name))
  const answers = new Set<string>([
    ...BUILT_IN_FACTS,
    ...policy.document.facts.map(({ code }) => code),
    ...policy.document.gates.map(({ id }) => id),
  ])
  const unknown = (codes: readonly string[], known: Iterable<string>, what: string): string[] => {
    const all = new Set(known)
    return codes
      .filter((code) => !all.has(code))
      .map((code) => `there is no ${what} “${code}”.${suggestion(code, all)}`)
  }
  return [
    ...unknown(
      children.flatMap(({ findings }) => findings.map(({ indicator }) => indicator)),
      policy.indexOf.keys(),
      'indicator',
    ),
    ...unknown(
      children.flatMap(({ measurements }) => measurements.map(({ measure }) => measure)),
      measures,
      'measure',
    ),
    ...unknown(
      facts.map(({ code }) => code),
      answers,
      'gate or fact',
    ),
  ]
}
