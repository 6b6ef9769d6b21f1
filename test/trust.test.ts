// What `npm run trust` says of what was counted.
import { resolve } from 'node:path'
import t, { Test } from 'tap'
import { countingFiles, measuredBy, shortfalls, summed } from '../scripts/trust-table.ts'
import { survived, TALLIES, type Tally } from './support/tally.ts'

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

t.test('faults count as survived where every assertion held, and none of them where one did not', async (t) => {
  const told = (isHeld: boolean): Promise<string> => {
    const inner = new Test({ name: 'faults' })
    let text = ''
    inner.on('data', (chunk: unknown) => {
      text += String(chunk)
    })
    inner.ok(true)
    inner.ok(isHeld)
    survived(inner, 3)
    return new Promise((resolve) => {
      inner.on('end', () => resolve(text))
      inner.end()
    })
  }
  const report = process.env['TRUST_TALLY']
  delete process.env['TRUST_TALLY']
  t.match(await told(true), `${TALLIES.kills}: 3 of 3`)
  t.match(await told(false), `${TALLIES.kills}: 0 of 3`)
  if (report) process.env['TRUST_TALLY'] = report
})

t.test('the files that count are found by what they call', async (t) => {
  const files = countingFiles(resolve(import.meta.dirname, '..'))
  t.ok(files.includes('test/engine/audit-vectors.test.ts'))
  t.ok(files.includes('test/faults/overload.test.ts'), 'also faults that were survived')
  t.notOk(files.includes('test/controls.test.ts'))
})

t.test('the best round of the bench is taken, and nothing where there is none', async (t) => {
  const output =
    '| round | MB |\n| ---: | ---: |\n| 1 | 600 | 0.50 | 2.00 | 2.50 | 5.00 | 2.5 |\n| 2 | 600 | 0.50 | 2.00 | 2.00 | 4.00 | 2.0 |'
  t.strictSame(measuredBy(output), { seconds: 2, ratio: 4 })
  t.equal(measuredBy('There is no bench “audit”.'), undefined)
})
