// What `npm run trust` says of what was counted.
import { resolve } from 'node:path'
import t from 'tap'
import { countingFiles, measuredBy, shortfalls, summed } from '../scripts/trust-table.ts'
import { TALLIES, type Tally } from './support/tally.ts'

const line = (name: Tally, held: number, of: number): string => JSON.stringify({ name, held, of })
const everything = (Object.keys(TALLIES) as Tally[]).map((name) => line(name, 2, 2))

t.test('rows of several files add up, in the order of the list', async (t) => {
  const rows = summed([...everything, line('vectors', 3, 3), ''])
  t.strictSame(
    rows.map(({ name }) => name),
    Object.values(TALLIES),
  )
  t.match(rows[0], { held: 5, of: 5, counts: 2 })
  t.strictSame(shortfalls(rows), [])
})

t.test('one that did not hold, and a row that nobody counted, are named', async (t) => {
  t.strictSame(shortfalls(summed([...everything, line('lost', 6, 7)])), [`${TALLIES.lost}: 1 of 9 did not hold`])
  t.strictSame(shortfalls(summed(everything.slice(1))), [`${TALLIES.vectors}: nothing was counted`])
  t.strictSame(
    shortfalls(summed([...everything.slice(1), line('vectors', 0, 0)])).length,
    1,
    'none of none is no count',
  )
  t.strictSame(
    shortfalls(summed([...everything, JSON.stringify({ name: 'vectors', held: 195, of: 196, excepted: 1 })])),
    [],
    'what is excepted is known',
  )
  t.throws(() => summed(['{"name":"other","held":1,"of":1}']), /no tally other/)
})

t.test('the files that count are found by what they call', async (t) => {
  const files = countingFiles(resolve(import.meta.dirname, '..'))
  t.ok(files.includes('test/engine/audit-vectors.test.ts'))
  t.notOk(files.includes('test/trust.test.ts'))
})

t.test('the best round of the bench is taken, and nothing where there is none', async (t) => {
  const output =
    '| round | MB |\n| ---: | ---: |\n| 1 | 600 | 0.50 | 2.00 | 2.50 | 5.00 | 2.5 |\n| 2 | 600 | 0.50 | 2.00 | 2.00 | 4.00 | 2.0 |'
  t.strictSame(measuredBy(output), { seconds: 2, ratio: 4 })
  t.equal(measuredBy('There is no bench “audit”.'), undefined)
})
