/** Policy files on disk: finds the base, the statutory pack and the cases that belong to a policy file. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'
import {
  type Calendar,
  CalendarFile,
  type CaseResult,
  type Compiled,
  calendarOf,
  compile,
  type FileText,
  type Problem,
  runCases,
} from '../../engine/index.ts'

export const POLICIES_ROOT = fileURLToPath(new URL('../../../policies/', import.meta.url))

export function fileText(file: string): FileText {
  const text = readFileSync(file, 'utf8')
  const shown = relative(process.cwd(), file)
  return { file: shown.startsWith('..') ? file : shown, text }
}

export interface LoadedPolicy extends Compiled {
  readonly cases: readonly CaseResult[]
}

/** Compiles a policy file with what it names, and runs its cases. */
export function loadPolicy(file: string, calendar: Calendar = readCalendar()): LoadedPolicy {
  const policy = fileText(file)
  const root = dirname(dirname(file))
  const named = namedDocuments(policy.text)
  const missing = (property: string, ref: string): LoadedPolicy => ({
    problems: [
      {
        code: 'document-not-found',
        severity: 'error',
        message: `“${property}” names ${ref}, and there is no such file under ${relative(process.cwd(), root) || '.'}.`,
        file: policy.file,
        line: 1,
        column: 1,
        pointer: `/document/${property}`,
      },
    ],
    cases: [],
  })
  const statutory = findDocument(root, named.statutory)
  if (!statutory) return missing('statutory', named.statutory ?? 'nothing')
  const base = named.extends === undefined ? undefined : findDocument(root, named.extends)
  if (named.extends !== undefined && !base) return missing('extends', named.extends)
  const compiled = compile({ policy, base: base ? fileText(base) : undefined, statutory: fileText(statutory) })
  const casesFile = file.replace(/\.ya?ml$/, '.cases.yaml')
  if (!compiled.policy || !existsSync(casesFile)) return { ...compiled, cases: [] }
  const { results, problems } = runCases(compiled.policy, fileText(casesFile), calendar)
  return { ...compiled, problems: [...compiled.problems, ...problems], cases: results }
}

/** What the file says it stands on; the compiler reports whatever else is wrong with it. */
function namedDocuments(text: string): { statutory: string | undefined; extends: string | undefined } {
  let document: Record<string, unknown> = {}
  try {
    document = (parse(text, { maxAliasCount: 0 }) as { document?: Record<string, unknown> } | null)?.document ?? {}
  } catch {
    // The compiler reads the file again and says what is wrong with it, and where.
  }
  const named = (property: string): string | undefined =>
    typeof document[property] === 'string' ? document[property] : undefined
  return { statutory: named('statutory') ?? defaultPack(text), extends: named('extends') }
}

/** A file that cannot be read still needs a pack to be compiled against, so that its own problems are the ones reported. */
function defaultPack(text: string): string | undefined {
  return /^\s*statutory:\s*([a-z0-9@.-]+)/m.exec(text)?.[1] ?? 'working-together-2023@1'
}

/** `id@version` → `<root>/<id>/<version>.yaml`, or for a statutory pack `<root>/statutory/<id>.yaml`. */
function findDocument(root: string, ref: string | undefined): string | undefined {
  const [id, version] = (ref ?? '').split('@')
  if (!id || !version || !/^[a-z0-9-]+$/.test(id) || !/^[A-Za-z0-9._-]+$/.test(version)) return undefined
  return [
    join(root, id, `${version}.yaml`),
    join(root, 'statutory', `${id}.yaml`),
    join(POLICIES_ROOT, 'statutory', `${id}.yaml`),
  ].find((path) => existsSync(path))
}

/** The file of the base that a policy extends; nothing where it extends none, or none is there. */
export function baseFile(file: string): string | undefined {
  return findDocument(dirname(dirname(file)), namedDocuments(fileText(file).text).extends)
}

/** Every policy file under a root, base documents and statutory packs left out of `policies` unless asked for. */
export function policyFiles(root: string = POLICIES_ROOT): string[] {
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.ya?ml$/.test(name) && !/\.cases\.ya?ml$/.test(name) && !name.startsWith('statutory'))
    .sort()
    .map((name) => join(root, name))
}

let calendar: Calendar | undefined

/** The working calendar that the product ships; read once. */
export function readCalendar(): Calendar {
  calendar ??= calendarOf(
    CalendarFile.parse(JSON.parse(readFileSync(join(POLICIES_ROOT, 'calendars/england-and-wales.json'), 'utf8'))),
  )
  return calendar
}

export function isError(problem: Problem): boolean {
  return problem.severity === 'error'
}
