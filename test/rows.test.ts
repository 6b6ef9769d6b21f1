// The rows of bad inputs and races are all told: each number stands in one file, and the file is there and ends with its check.
import { readFileSync } from 'node:fs'
import t from 'tap'
import { FILES } from './support/rows.ts'

const between = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i)

t.test('each row stands in one file', async (t) => {
  const numbers = Object.values(FILES).flatMap((rows) => Object.keys(rows).map(Number))
  t.strictSame(
    numbers.sort((a, b) => a - b),
    [...between(1, 74), ...between(87, 96)],
  )
})

t.test('each file names itself, and checks at its end that it told its rows', async (t) => {
  for (const file of Object.keys(FILES)) {
    const text = readFileSync(new URL(`../${file}`, import.meta.url), 'utf8')
    t.match(text, `'${file}'`, file)
    t.match(text, /\nrows\.end\(\)\n/, file)
  }
})
