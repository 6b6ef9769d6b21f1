/** What is wrong with a document, said so that its author can mend it. */

export interface Problem {
  /** Stable, kebab-case; part of the contract. */
  readonly code: string
  readonly severity: 'error' | 'warning'
  /** What is wrong and what to write instead, in one or two sentences. */
  readonly message: string
  readonly file: string
  /** From 1. */
  readonly line: number
  readonly column: number
  /** RFC 6901 pointer into the file. */
  readonly pointer: string
}

export type Path = readonly (string | number)[]

/** Path as an RFC 6901 JSON pointer; the whole document is the empty string. */
export function pointer(path: Path): string {
  return path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}

/** The nearest of the known words, at most a third of the letters away; none where nothing is near. */
export function nearest(word: string, known: Iterable<string>, most = 3): string[] {
  const limit = Math.max(2, Math.floor(word.length / 3))
  return [...known]
    .map((candidate) => ({ candidate, distance: editDistance(word.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ distance }) => distance <= limit)
    .sort((a, b) => a.distance - b.distance || (a.candidate < b.candidate ? -1 : 1))
    .slice(0, most)
    .map(({ candidate }) => candidate)
}

/** ` Did you mean …?`, or nothing. */
export function suggestion(word: string, known: Iterable<string>): string {
  const near = nearest(word, known)
  return near.length === 0 ? '' : ` Did you mean ${near.join(' or ')}?`
}

/** Levenshtein distance, two rows. */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const substitution = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      row.push(Math.min(substitution, (previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1))
    }
    previous = row
  }
  return previous[b.length] ?? 0
}
