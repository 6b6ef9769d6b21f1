/** Runs the worked examples of a policy: each comes out as the authority agreed, or says where it does not. */

import { BUILT_IN_FACTS } from '../policy/check-references.ts'
import { checkShape } from '../policy/check-shape.ts'
import type { FileText } from '../policy/compile.ts'
import type { Policy } from '../policy/policy.ts'
import { problemAt, readYaml } from '../policy/read.ts'
import { type Problem, suggestion } from '../problem.ts'
import { type Calendar, score } from '../scoring/score.ts'
import { expectationProblems } from './check.ts'
import { compare } from './compare.ts'
import { type Case, CasesFile, type Expectation } from './shape.ts'
import { snapshotOf } from './snapshot.ts'

export interface CaseResult {
  readonly id: string
  readonly title: string
  /** What came out otherwise than agreed; empty where the case passes. */
  readonly failures: readonly string[]
}

/** Every case of a file, run; and what is wrong with the file itself. */
export function runCases(
  policy: Policy,
  file: FileText,
  calendar: Calendar,
): { results: CaseResult[]; problems: Problem[] } {
  const { cases, problems } = readCases(policy, file)
  return { results: (cases?.cases ?? []).map((item) => runCase(policy, item, calendar)), problems }
}

/** The cases of a policy as data. There are none where the file is not usable or belongs to another policy. */
export function readCases(policy: Policy, file: FileText): { cases?: CasesFile; problems: Problem[] } {
  const { read, problems } = readYaml(file.file, file.text)
  if (!read) return { problems }
  const shaped = checkShape(read, CasesFile)
  if (!shaped.value) return { problems: shaped.problems }
  const name = `${policy.id}@${policy.version}`
  if (shaped.value.policy !== name) {
    const message = `These cases are for ${shaped.value.policy}, not for ${name}.`
    return { problems: [problemAt(read, ['policy'], { code: 'document-mismatch', message })] }
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
  const expectations = expectationProblems(policy, shaped.value.cases, read)
  return { cases: shaped.value, problems: [...codes, ...twice, ...expectations] }
}

function runCase(policy: Policy, item: Case, calendar: Calendar): CaseResult {
  const recommendations = score(policy, snapshotOf(item), calendar)
  const children = recommendations.map(({ child }) => child)
  const failures = expectationsOf(item, children).flatMap(({ child, expected }) => {
    const got = recommendations.find((one) => one.child === child)
    const name = children.length > 1 ? `${child}: ` : ''
    return got ? compare(expected, got, policy).map((failure) => `${name}${failure}`) : [`there is no child ${child}`]
  })
  return { id: item.id, title: item.title, failures }
}

/** What a case expects of which child: of every look-alike, of the one named, or of the first. */
export function expectationsOf(item: Case, children: readonly string[]): { child: string; expected: Expectation }[] {
  if (Array.isArray(item.expect)) return item.expect.map((expected) => ({ child: expected.child, expected }))
  const expected = item.expect
  if (item.each) return children.map((child) => ({ child, expected }))
  return [{ child: expected.child ?? children[0] ?? '', expected }]
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
      children.flatMap(({ assessments = [] }) => assessments.map(({ assessment }) => assessment)),
      (policy.document.assessments ?? []).map(({ code }) => code),
      'assessment',
    ),
    ...unknown(
      facts.map(({ code }) => code),
      answers,
      'gate or fact',
    ),
  ]
}
