/** A value read from a file → its typed form, or every problem with its shape, each at its place. */
import type { z } from 'zod'
import { type Path, type Problem, pointer, suggestion } from '../problem.ts'
import { problemAt, type ReadFile } from './read.ts'

export function checkShape<T extends z.ZodType>(
  read: ReadFile,
  shape: T,
): { value?: z.output<T>; problems: Problem[] } {
  const result = shape.safeParse(read.value)
  if (result.success) return { value: result.data, problems: [] }
  return { problems: result.error.issues.flatMap((issue) => problemsOf(read, issue, [])) }
}

function problemsOf(read: ReadFile, issue: z.core.$ZodIssue, above: Path): Problem[] {
  const path = [...above, ...issue.path] as Path
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      code: 'unknown-property',
      severity: 'error' as const,
      message: `There is no property “${key}” here.${suggestion(key, COMMON_KEYS)}`,
      ...read.locateKey(path, key),
      pointer: pointer([...path, key]),
    }))
  }
  if (issue.code === 'invalid_union') {
    const best = bestBranch(issue.errors)
    if (best.length > 0) return best.flatMap((inner) => problemsOf(read, inner, path))
    return [problemAt(read, path, { code: 'shape', message: 'This is none of the forms allowed here.' })]
  }
  const missing = issue.code === 'invalid_type' && issue.message.includes('received undefined')
  const message = missing
    ? `“${String(path.at(-1))}” is missing.`
    : `${issue.message.replace('Invalid input: ', 'Expected ').replace('Expected expected', 'Expected')}.`
  return [problemAt(read, path, { code: missing ? 'missing-property' : 'shape', message })]
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

/** zod does not say which properties it would have taken, so suggestions come from the words of the format. */
const COMMON_KEYS = [
  'code',
  'id',
  'kind',
  'level',
  'domains',
  'categories',
  'text',
  'definition',
  'citation',
  'age',
  'grades',
  'measure',
  'evidence',
  'alone',
  'absolute',
  'triggers',
  'urgency',
  'setting',
  'points',
  'when',
  'then',
  'because',
  'unless',
  'atLeast',
  'count',
  'ofLevel',
  'acrossDomains',
  'responses',
  'response',
  'alternatives',
  'label',
  'type',
  'legalBasis',
  'lead',
  'clock',
  'statutoryClock',
  'consent',
  'nextSteps',
  'present',
  'absent',
  'unknown',
  'expect',
  'indicators',
  'rules',
  'clusters',
  'routing',
  'oversight',
  'services',
  'questions',
  'quality',
  'document',
]
