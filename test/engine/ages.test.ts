/** Ages in completed months: both ends of a range belong to it, unborn is apart, an estimate may straddle. */
import t from 'tap'
import { ageBounds, ageWithin } from '../../src/engine/conditions/age.ts'
import type { AgeRange } from '../../src/engine/conditions/shape.ts'
import type { AgeInMonths } from '../../src/engine/conditions/state.ts'

const [NO, MAYBE, YES] = [0, 1, 2]
const exact = (months: number) => ({ low: months, high: months })
const ageValue = (range: AgeRange, age: AgeInMonths) => ageWithin(ageBounds(range), age)

t.test('both ends of a range belong to it', async (t) => {
  const rows: [AgeRange, number, number][] = [
    [{ fromMonths: 12, toMonths: 59 }, 11, NO],
    [{ fromMonths: 12, toMonths: 59 }, 12, YES],
    [{ fromMonths: 12, toMonths: 59 }, 59, YES],
    [{ fromMonths: 12, toMonths: 59 }, 60, NO],
    [{ toMonths: 11 }, 0, YES],
    [{ toMonths: 11 }, 12, NO],
    [{ fromMonths: 156 }, 155, NO],
    [{ fromMonths: 156 }, 300, YES],
    [{ fromMonths: 5, toMonths: 5 }, 5, YES],
    [{ fromMonths: 5, toMonths: 5 }, 6, NO],
  ]
  for (const [range, months, expected] of rows)
    t.equal(ageValue(range, exact(months)), expected, `${JSON.stringify(range)} at ${months}`)
})

t.test('an unborn child belongs only where the range says so, and a born one only where it names months', async (t) => {
  t.equal(ageValue({ unborn: true }, exact(-1)), YES)
  t.equal(ageValue({ unborn: true }, exact(0)), NO)
  t.equal(ageValue({ toMonths: 11 }, exact(-1)), NO)
  t.equal(ageValue({ unborn: true, toMonths: 11 }, exact(-1)), YES)
  t.equal(ageValue({ unborn: true, toMonths: 11 }, exact(11)), YES)
  t.equal(ageValue({ unborn: true, toMonths: 11 }, exact(12)), NO)
  t.equal(ageValue({ unborn: true, fromMonths: 3 }, exact(2)), NO)
})

t.test('an estimate that lies within is sure, one that straddles an end is possible', async (t) => {
  const range = { fromMonths: 12, toMonths: 59 }
  t.equal(ageValue(range, { low: 12, high: 59 }), YES)
  t.equal(ageValue(range, { low: 0, high: 12 }), MAYBE)
  t.equal(ageValue(range, { low: 59, high: 71 }), MAYBE)
  t.equal(ageValue(range, { low: 0, high: 215 }), MAYBE)
  t.equal(ageValue(range, { low: 60, high: 71 }), NO)
  t.equal(ageValue({ unborn: true, toMonths: 11 }, { low: -1, high: 3 }), YES)
  t.equal(ageValue({ toMonths: 11 }, { low: -1, high: 3 }), MAYBE)
  t.equal(ageValue({ unborn: true }, { low: -1, high: 3 }), MAYBE)
})

t.test('agrees with trying every month, for every range and estimate of a small world', async (t) => {
  const ends = [undefined, 0, 1, 3]
  let tried = 0
  for (const unborn of [undefined, true])
    for (const fromMonths of ends)
      for (const toMonths of ends) {
        if (!unborn && fromMonths === undefined && toMonths === undefined) continue
        if ((fromMonths ?? 0) > (toMonths ?? 9)) continue
        const isIn = (month: number): boolean =>
          month < 0
            ? unborn === true
            : (fromMonths !== undefined || toMonths !== undefined) &&
              month >= (fromMonths ?? 0) &&
              month <= (toMonths ?? 9)
        const range = {
          ...(unborn && { unborn }),
          ...(fromMonths !== undefined && { fromMonths }),
          ...(toMonths !== undefined && { toMonths }),
        }
        for (let low = -1; low <= 5; low++)
          for (let high = low; high <= 5; high++) {
            const months = Array.from({ length: high - low + 1 }, (_, i) => low + i)
            const expected = months.every(isIn) ? YES : months.some(isIn) ? MAYBE : NO
            if (ageValue(range, { low, high }) !== expected) t.fail(`${JSON.stringify(range)} at ${low} to ${high}`)
            tried += 1
          }
      }
  t.ok(tried > 500, `${tried} tried`)
})
