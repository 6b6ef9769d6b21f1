/** zod's findings → the places and codes that a refusal names. */
import type { z } from 'zod'
import { pointer } from '../engine/problem.ts'
import type { Wrong } from './errors.ts'

/** At most this many are named; a body with more is wrong altogether. */
const WRONGS_MAX = 50

/** Everything wrong with a value, each at its pointer within `part`. No submitted value is repeated. */
export function wrongsOf(error: z.ZodError, part: Wrong['in']): Wrong[] {
  return [...error.issues]
    .sort((a, b) => Number(isTooMany(b)) - Number(isTooMany(a)))
    .flatMap((issue) => wrongs(issue, part, []))
    .slice(0, WRONGS_MAX)
}

/** Of a list that is too long this is said first: what is wrong with its items could fill the answer. */
function isTooMany(issue: z.core.$ZodIssue): boolean {
  return issue.code === 'too_big' && issue.origin === 'array'
}

function wrongs(issue: z.core.$ZodIssue, part: Wrong['in'], above: readonly PropertyKey[]): Wrong[] {
  const path = [...above, ...issue.path] as (string | number)[]
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      in: part,
      pointer: pointer([...path, key]),
      code: 'unknown_property',
      detail: 'There is no such property here.',
    }))
  }
  if (issue.code === 'invalid_union') {
    const branch = [...issue.errors].sort((a, b) => a.length - b.length)[0] ?? []
    return branch.flatMap((inner) => wrongs(inner, part, path))
  }
  return [{ in: part, pointer: pointer(path), code: codeOf(issue), detail: sentence(issue.message) }]
}

function codeOf(issue: z.core.$ZodIssue): string {
  const own = issue.code === 'custom' ? (issue.params as { code?: string } | undefined)?.code : undefined
  if (own) return own
  if (isTooMany(issue)) return 'too_many_items'
  if (issue.code === 'invalid_type')
    return issue.message.includes('received undefined') ? 'missing_property' : 'wrong_type'
  return issue.code
}

function sentence(message: string): string {
  const text = message.replace(/^Invalid input: /, '').replace(/, received undefined$/, '; it is missing')
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
}
