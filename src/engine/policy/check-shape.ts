/** A value read from a file → its typed form, or every problem with its shape, each at its place. */
import type { z } from 'zod'
import { type Path, type Problem, pointer, suggestion } from '../problem.ts'
import { problemAt, type ReadFile } from './read.ts'
import { formsAt, keysOf, schemaAt, takes } from './schema-words.ts'

export function checkShape<T extends z.ZodType>(
  read: ReadFile,
  shape: T,
): { value?: z.output<T>; problems: Problem[] } {
  const result = shape.safeParse(read.value)
  if (result.success) return { value: result.data, problems: [] }
  return { problems: result.error.issues.flatMap((issue) => problemsOf({ read, shape }, issue, [])) }
}

interface Asked {
  readonly read: ReadFile
  readonly shape: z.ZodType
}

function problemsOf({ read, shape }: Asked, issue: z.core.$ZodIssue, above: Path): Problem[] {
  const path = [...above, ...issue.path] as Path
  const here = schemaAt(shape, path, read.value)
  const found = valueAt(read.value, path)
  if (issue.code === 'unrecognized_keys') {
    const known = keysOf(here)
    return issue.keys.map((key) => ({
      code: 'unknown-property',
      severity: 'error' as const,
      message: `There is no property “${key}” here.${suggestion(key, known) || (known.length > 0 ? ` It takes ${known.join(', ')}.` : '')}`,
      ...read.locateKey(path, key),
      pointer: pointer([...path, key]),
    }))
  }
  if (issue.code === 'invalid_union') {
    const forms = formsAt(shape, path, read.value)
    const keys = typeof found === 'object' && found !== null ? Object.keys(found) : []
    if (forms.length > 0 && found !== undefined && !keys.some((key) => forms.includes(key)))
      return [problemAt(read, path, { code: 'shape', message: formsMessage(forms, keys, found) })]
    const best = bestBranch(issue.errors)
    if (best.length > 0) return best.flatMap((inner) => problemsOf({ read, shape }, inner, path))
    return [problemAt(read, path, { code: 'shape', message: 'This is none of the forms allowed here.' })]
  }
  // The name of a property is a value too: a code that names an entry.
  if (issue.code === 'invalid_key' || issue.code === 'invalid_element')
    return [
      problemAt(read, path, {
        code: 'shape',
        message: `“${String(path.at(-1))}” cannot stand here as a name: it takes the names that the format gives.`,
      }),
    ]
  const last = path.at(-1)
  const name = last === undefined ? 'The file' : typeof last === 'string' ? `“${last}”` : 'This entry'
  if (found === undefined)
    return [
      problemAt(read, path, {
        code: 'missing-property',
        message: `${name} is missing: it takes ${takes(here)}.`,
      }),
    ]
  return [
    problemAt(read, path, { code: 'shape', message: `${name} takes ${takes(here, found)}, not ${shown(found)}.` }),
  ]
}

function formsMessage(forms: readonly string[], keys: readonly string[], found: unknown): string {
  const written = keys[0] ?? (typeof found === 'string' ? found : '')
  return `What stands here begins with one of ${forms.join(', ')}, not with ${keys[0] ?? shown(found)}.${suggestion(written, forms)}`
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((at, part) => {
    const isOwn = typeof at === 'object' && at !== null && Object.hasOwn(at, part)
    return isOwn ? (at as Record<string | number, unknown>)[part] : undefined
  }, value)
}

const SHOWN_MAX = 40

/** What was found, short enough for a line. */
function shown(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : `a list of ${value.length}`
  if (value === null) return 'nothing'
  if (typeof value === 'object') return 'an object'
  if (value === '') return 'an empty text'
  if (typeof value !== 'string') return String(value)
  return value.length > SHOWN_MAX ? `a text of ${value.length} characters` : `“${value}”`
}

/** Of the forms of a union, the one that came furthest: its problems are what the author meant to write. */
function bestBranch(branches: readonly (readonly z.core.$ZodIssue[])[]): readonly z.core.$ZodIssue[] {
  const cost = (issues: readonly z.core.$ZodIssue[]): number =>
    issues.reduce((sum, issue) => sum + (issue.path.length === 0 ? 10 : 1) + (missingKey(issue) ? 5 : 0), 0)
  return [...branches].sort((a, b) => cost(a) - cost(b))[0] ?? []
}

function missingKey(issue: z.core.$ZodIssue): boolean {
  return issue.code === 'invalid_type' && issue.path.length === 1 && issue.message.includes('received undefined')
}
