/** The reviewed files of who may do what: one line for each table or operation, compared with what was found. */
import { readFileSync, writeFileSync } from 'node:fs'
import type { Test } from 'tap'

const pathOf = (name: string): string => new URL(`${name}.json`, import.meta.url).pathname

export function expected<T>(name: string): Record<string, T> {
  return JSON.parse(readFileSync(pathOf(name), 'utf8'))
}

/**
 * Every line that was found has to be in the file and every line of the file found. What does not fit is printed as the
 * line to review; `ACCESS=write` writes the file anew, for `git diff` to show.
 */
export function compare<T>(t: Test, name: string, found: Readonly<Record<string, T>>): void {
  const sorted = Object.entries(found).sort(([a], [b]) => (a < b ? -1 : 1))
  const lines = sorted.map(([key, value]) => `  ${JSON.stringify(key)}: ${spaced(value)}`)
  if (process.env['ACCESS'] === 'write') writeFileSync(pathOf(name), `{\n${lines.join(',\n')}\n}\n`)
  const reviewed = expected<T>(name)
  for (const [i, [key, value]] of sorted.entries())
    t.strictSame(value, reviewed[key], `${key} is as reviewed in test/access/${name}.json; found ${lines[i]?.trim()}`)
  t.strictSame(
    Object.keys(reviewed).filter((key) => !(key in found)),
    [],
    'nothing is expected that is not there any more',
  )
}

/** JSON on one line, with the spaces that the formatter puts there. */
function spaced(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(spaced).join(', ')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const inner = Object.entries(value).map(([key, one]) => `${JSON.stringify(key)}: ${spaced(one)}`)
  return inner.length === 0 ? '{}' : `{ ${inner.join(', ')} }`
}
