/** Every text of a file can be read, stored and hashed: none is blank, and none has a character that is not seen. */
import type { Path, Problem } from '../problem.ts'
import { problemAt, type ReadFile } from './read.ts'

// Control characters but line feed, carriage return and tab; marks that are not seen or turn text round; halves of pairs.
const HIDDEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufffd\u{e0000}-\u{e007f}]/u

export function checkText(read: ReadFile): Problem[] {
  return problemsIn(read, read.value, [])
}

function problemsIn(read: ReadFile, value: unknown, path: Path): Problem[] {
  if (typeof value === 'string') {
    const problem = problemOf(value)
    return problem ? [problemAt(read, path, problem)] : []
  }
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, part]) =>
    problemsIn(read, part, [...path, Array.isArray(value) ? Number(key) : key]),
  )
}

function problemOf(text: string): { code: string; message: string } | null {
  if (!text.isWellFormed() || HIDDEN.test(text))
    return {
      code: 'hidden-character',
      message: 'This text has a character that is not seen, or is none. Write it again.',
    }
  if (text.trim() === '')
    return { code: 'blank-text', message: 'This text is blank. Write something, or take the property out.' }
  return null
}
