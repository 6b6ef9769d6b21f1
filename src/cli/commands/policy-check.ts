/** `threshold policy check FILE…`: every problem with its place, and every case that does not come out as agreed. */
import { readFileSync } from 'node:fs'
import { type Problem, StatutoryPack } from '../../engine/index.ts'
import { checkPack as packProblems } from '../../engine/policy/check-pack.ts'
import { checkShape } from '../../engine/policy/check-shape.ts'
import { readYaml } from '../../engine/policy/read.ts'
import { fileText, isError, type LoadedPolicy, loadPolicy } from '../../features/policies/files.ts'
import { VERSION } from '../../version.ts'
import { sarif } from '../sarif.ts'

export interface CheckOptions {
  readonly json?: boolean
  readonly sarif?: boolean
  /** Warnings count as errors do. */
  readonly strict?: boolean
}

/** Exit status: 0 all is well, 1 a policy has errors (strictly: or warnings) or a case fails, 2 a file cannot be read. */
export function policyCheck(files: readonly string[], options: CheckOptions, print: (line: string) => void): 0 | 1 | 2 {
  const checked: { file: string; result: LoadedPolicy }[] = []
  for (const file of files.filter((name) => !/\.cases\.ya?ml$/.test(name))) {
    try {
      checked.push({ file, result: isStatutory(file) ? checkPack(file) : loadPolicy(file) })
    } catch (error) {
      // Whatever the system says of a file (not there, a folder, not ours to read) has a code; a defect has none.
      if ((error as NodeJS.ErrnoException).code === undefined) throw error
      print(`${file}: cannot be read`)
      return 2
    }
  }
  if (options.sarif) {
    const problems = checked.flatMap(({ file, result }) => [
      ...result.problems,
      ...result.cases.flatMap((item) => failure(file, item)),
    ])
    print(JSON.stringify(sarif(problems, VERSION), null, 2))
  } else if (options.json) {
    const results = checked.map(({ file, result: { problems, cases, policy } }) => ({
      file,
      problems,
      cases,
      hash: policy?.hash ?? null,
    }))
    print(JSON.stringify(results, null, 2))
  } else for (const { file, result } of checked) report(file, result, print)
  const isWarned = options.strict === true && checked.some(({ result }) => result.problems.length > 0)
  return isWarned || checked.some(({ result }) => failed(result)) ? 1 : 0
}

/** A case that fails, as a problem of the policy: one of the two does not say what the document means. */
function failure(file: string, { id, failures }: LoadedPolicy['cases'][number]): Problem[] {
  if (failures.length === 0) return []
  const message = `The case ${id} does not come out as agreed: ${failures.join('; ')}.`
  return [{ code: 'case-fails', severity: 'error', message, file, line: 1, column: 1, pointer: '' }]
}

function failed({ problems, cases }: LoadedPolicy): boolean {
  return problems.some(isError) || cases.some(({ failures }) => failures.length > 0)
}

function isStatutory(file: string): boolean {
  return /^format:\s*threshold\.statutory/m.test(readFileSync(file, 'utf8'))
}

function checkPack(file: string): LoadedPolicy {
  const { read, problems } = readYaml(fileText(file).file, fileText(file).text)
  if (!read) return { problems, cases: [] }
  const { value, problems: found } = checkShape(read, StatutoryPack)
  return { problems: value ? packProblems(read, value) : found, cases: [] }
}

function report(file: string, { policy, problems, cases }: LoadedPolicy, print: (line: string) => void): void {
  for (const problem of problems) print(line(problem))
  const failing = cases.filter(({ failures }) => failures.length > 0)
  for (const { id, title, failures } of failing) {
    print(`${file}: case ${id} “${title}”`)
    for (const failure of failures) print(`    ${failure}`)
  }
  const errors = problems.filter(isError).length
  const facts = policy
    ? `${policy.indicators.length} indicators, ${policy.levels.length} levels`
    : errors === 0
      ? 'statutory pack'
      : 'not usable'
  print(
    `${file}: ${facts}, ${errors} errors, ${problems.length - errors} warnings, cases ${cases.length - failing.length} of ${cases.length} as agreed`,
  )
}

function line({ file, line: row, column, severity, code, message }: Problem): string {
  return `${file}:${row}:${column} ${severity} ${code}: ${message}`
}
