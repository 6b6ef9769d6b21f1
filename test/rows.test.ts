// The rows of bad inputs and races are all told, by files that are there and end with their check; and what is answered otherwise
// than written is documented with its reason.
import { readFileSync } from 'node:fs'
import t from 'tap'
import { FILES } from './support/rows.ts'
import { DEVIATIONS, ONE_SURFACE } from './support/rows-otherwise.ts'

const read = (file: string): string => readFileSync(new URL(`../${file}`, import.meta.url), 'utf8')

t.test('each row stands in a file', async (t) => {
  const numbers = new Set(Object.values(FILES).flatMap((rows) => Object.keys(rows).map(Number)))
  t.strictSame(
    [...numbers].sort((a, b) => a - b),
    Array.from({ length: 96 }, (_, i) => i + 1),
  )
})

t.test('each file names itself, and checks at its end that it told its rows', async (t) => {
  for (const file of Object.keys(FILES)) {
    const text = read(file)
    t.match(text, `'${file}'`, file)
    t.match(text, /\nrows\.end\(\)\n/, file)
  }
})

t.test('what is answered otherwise than written is documented, with the same words', async (t) => {
  const lines = read('docs/threat-model.md').split('\n')
  const told = (heading: string) => {
    const from = lines.indexOf(heading)
    const rows = lines.slice(from).flatMap((line, i) => (line.startsWith('## ') && i > 0 ? [i] : []))
    const section = lines.slice(from, rows[0] === undefined ? undefined : from + rows[0])
    return section.filter((line) => /^\| \d+ \|/.test(line)).map((line) => line.split('|').map((cell) => cell.trim()))
  }
  const reasons = (cells: string[][]) => Object.fromEntries(cells.map((cell) => [cell[1], cell.at(-2)]))
  t.strictSame(reasons(told('## Answered otherwise than written')), { ...DEVIATIONS })
  t.strictSame(reasons(told('## On one surface only')), { ...ONE_SURFACE })
})
