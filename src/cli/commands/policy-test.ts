/** `threshold policy test FILE…`: how much of a policy its cases hold to what the document says. */
import { existsSync, writeFileSync } from 'node:fs'
import { relative } from 'node:path'
import {
  type Calendar,
  type CasesFile,
  caseText,
  coverage,
  digestOf,
  type Measured,
  measure,
  type Policy,
  type Problem,
  readCases,
  suggestFor,
} from '../../engine/index.ts'
import { fileText, isError, loadPolicy, readCalendar } from '../../features/policies/files.ts'

export interface TestOptions {
  readonly json?: boolean
  /** False with `--no-mutants`: coverage alone. */
  readonly mutants?: boolean
  /** Store what came out beside the policy, for a check that only compares hashes. */
  readonly write?: boolean
}

/** What is known of one policy file after the test. */
interface Tested {
  readonly file: string
  readonly problems: readonly string[]
  readonly coverage: ReturnType<typeof coverage>
  readonly mutants: { readonly counts: Record<string, number>; readonly stale: readonly string[] } | null
  readonly survivors: readonly { readonly mutant: string; readonly suggestion: string | null }[]
}

/** Exit status: 0 all is covered and no mutant survives, 1 something is not, 2 a file cannot be read. */
export function policyTest(files: readonly string[], options: TestOptions, print: (line: string) => void): 0 | 1 | 2 {
  const missing = files.find((file) => !existsSync(file))
  if (missing !== undefined) {
    print(`${missing}: cannot be read`)
    return 2
  }
  const tested = files.filter((name) => !/\.cases\.ya?ml$/.test(name)).map((file) => testFile(file, options))
  if (options.json) print(JSON.stringify(tested, null, 2))
  else for (const one of tested) report(one, print)
  return tested.every(isWhole) ? 0 : 1
}

function testFile(file: string, options: TestOptions): Tested {
  const calendar = readCalendar()
  const shown = relative(process.cwd(), file)
  const nothing = { file: shown, coverage: [], mutants: null, survivors: [] }
  const { policy, problems, cases } = loadPolicy(file, calendar)
  const failing = cases.filter(({ failures }) => failures.length > 0)
  const wrong = [...problems.filter(isError).map(words), ...failing.map(({ id }) => `the case ${id} fails`)]
  if (!policy || wrong.length > 0) return { ...nothing, problems: wrong }
  const path = file.replace(/\.ya?ml$/, '.cases.yaml')
  const read = existsSync(path) ? readCases(policy, fileText(path)).cases : undefined
  if (!read) return { ...nothing, problems: [`there are no cases: ${relative(process.cwd(), path)}`] }
  const whole = { ...nothing, problems: [], coverage: coverage(policy, read.cases, calendar) }
  return options.mutants === false ? whole : { ...whole, ...tryMutants(file, { policy, read, calendar }, options) }
}

function tryMutants(
  file: string,
  { policy, read, calendar }: { policy: Policy; read: CasesFile; calendar: Calendar },
  { write }: TestOptions,
): Pick<Tested, 'mutants' | 'survivors'> {
  const measured = measure(policy, read, calendar)
  if (write) {
    const digest = digestOf(policy, read, measured)
    writeFileSync(file.replace(/\.ya?ml$/, '.mutation.json'), `${JSON.stringify(digest, null, 2)}\n`)
  }
  const survivors = measured.fates
    .filter(({ fate }) => fate === 'survived')
    .map(({ mutant }) => {
      const suggestion = suggestFor(policy, mutant, calendar)
      return { mutant: mutant.id, suggestion: suggestion ? caseText(suggestion) : null }
    })
  return { mutants: { counts: countsOf(measured), stale: measured.stale }, survivors }
}

function countsOf({ fates }: Measured): Record<string, number> {
  const counts: Record<string, number> = { noticed: 0, refused: 0, equivalent: 0, explained: 0, survived: 0 }
  for (const { fate } of fates) counts[fate] = (counts[fate] ?? 0) + 1
  return counts
}

function isWhole({ problems, coverage: kinds, mutants, survivors }: Tested): boolean {
  const isCovered = kinds.every(({ missing }) => missing.length === 0)
  return problems.length === 0 && isCovered && survivors.length === 0 && (mutants?.stale.length ?? 0) === 0
}

function report({ file, problems, coverage: kinds, mutants, survivors }: Tested, print: (line: string) => void): void {
  print(file)
  for (const problem of problems) print(`  ${problem}`)
  for (const { kind, covered, of, percent, missing } of kinds) {
    print(`  ${String(percent).padStart(3)} % ${kind}: ${covered} of ${of}`)
    if (missing.length > 0) print(`        not yet: ${missing.join(', ')}`)
  }
  if (!mutants) return
  const { noticed, refused, equivalent, explained, survived } = mutants.counts
  print(
    `  mutants: ${noticed} noticed by a case, ${refused} refused by the check, ${equivalent} mean the same, ${explained} explained, ${survived} survive`,
  )
  for (const id of mutants.stale) print(`  explained, though it does not survive: ${id}`)
  for (const { mutant, suggestion } of survivors) {
    print(`  survives: ${mutant}`)
    print(suggestion ?? '        no referral was found on which it matters')
  }
}

function words({ code, message }: Problem): string {
  return `${code}: ${message}`
}
