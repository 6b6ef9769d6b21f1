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
  canonical,
  compile,
  type FileText,
  type PolicyFiles,
  type Problem,
  runCases,
  sha256,
} from '../../engine/index.ts'
import { Refusal } from '../../kernel/errors.ts'

export const POLICIES_ROOT = fileURLToPath(new URL('../../../policies/', import.meta.url))

export function fileText(file: string): FileText {
  const text = readFileSync(file, 'utf8')
  const shown = relative(process.cwd(), file)
  return { file: shown.startsWith('..') ? file : shown, text }
}

export interface LoadedPolicy extends Compiled {
  readonly cases: readonly CaseResult[]
  /** The texts that were read; absent where a file that the policy names is not there. */
  readonly texts?: PolicyTexts
}

/** The files of a policy as they were written, byte for byte; what it does not have is null. */
export interface PolicyTexts {
  readonly policy: string
  /** The policy that it extends. */
  readonly base: string | null
  readonly cases: string | null
}

/** The files of a policy as they are stored: canonical JSON, and the hash by which they are told from others. */
export function storedFiles({ policy, base, cases }: PolicyTexts): { files: string; filesHash: string } {
  const files = canonical({ policy, base, cases })
  return { files, filesHash: sha256(files) }
}

/**
 * The files as they were given.
 * @throws Refusal integrity_violation when what is stored is not what was recorded: it is then not shown at all.
 */
export function filesOf({ files, filesHash }: { files: string; filesHash: string }): PolicyTexts {
  if (sha256(files) === filesHash) return JSON.parse(files) as PolicyTexts
  throw new Refusal('integrity_violation', 'The files of this policy are not those that were given.')
}

/** Compiles a policy file with what it names, and runs its cases. */
export function loadPolicy(file: string, calendar: Calendar = readCalendar()): LoadedPolicy {
  return load(file, calendar)
}

/** The same without its cases, for whoever wants to score with a policy and not to judge it. */
export function compilePolicy(file: string): LoadedPolicy {
  return load(file, null)
}

function load(file: string, calendar: Calendar | null): LoadedPolicy {
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
  const casesFile = file.replace(/\.ya?ml$/, '.cases.yaml')
  return checkFiles(
    {
      policy,
      base: base === undefined ? undefined : fileText(base),
      statutory: fileText(statutory),
      cases: existsSync(casesFile) ? fileText(casesFile) : undefined,
    },
    calendar,
  )
}

/** Compiles the files of a policy, and runs its cases where it has some and there is no error. */
function checkFiles(
  files: PolicyFiles & { readonly cases: FileText | undefined },
  calendar: Calendar | null,
): LoadedPolicy {
  const compiled = compile(files)
  const texts = { policy: files.policy.text, base: files.base?.text ?? null, cases: files.cases?.text ?? null }
  if (!files.cases) {
    const problems = [...compiled.problems, withoutCases(files.policy.file)]
    return { ...compiled, problems, cases: [], texts }
  }
  if (!compiled.policy || !calendar) return { ...compiled, cases: [], texts }
  const { results, problems } = runCases(compiled.policy, files.cases, calendar)
  return { ...compiled, problems: [...compiled.problems, ...problems], cases: results, texts }
}

function withoutCases(file: string): Problem {
  const message = 'No case file stands beside this policy. Write cases: they say what its authors mean by it.'
  return { code: 'cases-missing', severity: 'warning', message, file, ...TOP, pointer: '' }
}

/**
 * The same for texts that came over the API. The statutory pack is the one of this product that the policy names; the base
 * has to be given with it.
 */
export function checkTexts(texts: PolicyTexts, calendar: Calendar = readCalendar()): LoadedPolicy {
  const named = namedDocuments(texts.policy)
  const given = (file: string, text: string | null): FileText | undefined =>
    text === null ? undefined : { file, text }
  const missing = (property: string, message: string): LoadedPolicy => ({
    problems: [
      {
        code: 'document-not-found',
        severity: 'error',
        message,
        file: 'policy.yaml',
        ...TOP,
        pointer: `/document/${property}`,
      },
    ],
    cases: [],
  })
  const statutory = shippedPack(named.statutory)
  if (!statutory)
    return missing('statutory', `“statutory” names ${named.statutory ?? 'nothing'}, and this service has no such pack.`)
  if (named.extends !== undefined && texts.base === null)
    return missing('extends', `“extends” names ${named.extends}: give the text of that policy as the base.`)
  return checkFiles(
    {
      policy: { file: 'policy.yaml', text: texts.policy },
      base: given('base.yaml', texts.base),
      statutory: fileText(statutory),
      cases: given('cases.yaml', texts.cases),
    },
    calendar,
  )
}

const TOP = { line: 1, column: 1 } as const

/** What the file says of itself and of what it stands on; the compiler reports whatever else is wrong with it. */
export function namedDocuments(
  text: string,
): Readonly<Record<'id' | 'version' | 'statutory' | 'extends', string | undefined>> {
  let document: Record<string, unknown> = {}
  try {
    document =
      (parse(headOf(text), { maxAliasCount: 0, logLevel: 'error' }) as { document?: Record<string, unknown> } | null)
        ?.document ?? {}
  } catch {
    // The compiler reads the file again and says what is wrong with it, and where.
  }
  const named = (property: string): string | undefined =>
    typeof document[property] === 'string' ? document[property] : undefined
  return {
    id: named('id'),
    version: named('version'),
    statutory: named('statutory') ?? defaultPack(text),
    extends: named('extends'),
  }
}

/** The part `document:` of a file that is laid out in lines, which is quickly read; otherwise the whole text. */
function headOf(text: string): string {
  return /^document:[ \t]*(?:#.*)?\r?\n(?:(?:[ \t#].*)?\r?\n)+/m.exec(text)?.[0] ?? text
}

/** A file that cannot be read still needs a pack to be compiled against, so that its own problems are the ones reported. */
function defaultPack(text: string): string | undefined {
  return /^\s*statutory:\s*([a-z0-9@.-]+)/m.exec(text)?.[1] ?? 'working-together-2023@1'
}

/** The file of a statutory pack of this product. */
function shippedPack(ref: string | undefined): string | undefined {
  return findDocument(join(POLICIES_ROOT, 'statutory'), ref)
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

const CALENDARS = join(POLICIES_ROOT, 'calendars')
let calendar: Calendar | undefined

/** The working calendar that the product ships; read once. */
export function readCalendar(): Calendar {
  calendar ??= calendarIn(join(CALENDARS, 'england-and-wales.json'))
  return calendar
}

/** The calendar that a recommendation was made with, be it an earlier one; undefined where its file is not kept. */
export function calendarWithHash(hash: string, folder: string = CALENDARS): Calendar | undefined {
  if (readCalendar().hash === hash) return calendar
  return readdirSync(folder)
    .map((name) => calendarIn(join(folder, name)))
    .find((kept) => kept.hash === hash)
}

function calendarIn(file: string): Calendar {
  return calendarOf(CalendarFile.parse(JSON.parse(readFileSync(file, 'utf8'))))
}

export function isError(problem: Problem): boolean {
  return problem.severity === 'error'
}
