import t from 'tap'
import { Places, type Priority } from '../../src/db/places.ts'

const none = { name: 'DatabaseUnavailable', recorded: 'no' }
/** Nobody is to wait so long here; it only ends a test that hangs. */
const LONG_MS = 60_000

/** Takes so many, each at once or not at all. */
async function taken(places: Places, priority: Priority, count: number): Promise<(() => void)[]> {
  return await Promise.all(Array.from({ length: count }, () => places.take(priority)))
}

t.test('what is ordinary leaves a fifth for what is urgent', async (t) => {
  for (const [max, ordinary] of [
    [10, 8],
    [5, 4],
    [2, 1],
    [1, 1],
  ] as const) {
    const places = new Places({ max, waitMs: 1 })
    await taken(places, 'ordinary', ordinary)
    await t.rejects(places.take('ordinary'), none, `${max}: no ordinary one more`)
    await taken(places, 'urgent', max - ordinary)
    await t.rejects(places.take('urgent'), none, `${max}: then all are taken`)
  }
})

t.test('what is urgent comes first, and those of one priority in their order', async (t) => {
  const places = new Places({ max: 1, waitMs: LONG_MS })
  const order: string[] = []
  const run = async (name: string, priority: Priority) => {
    const giveBack = await places.take(priority)
    order.push(name)
    giveBack()
  }
  const giveBack = await places.take('ordinary')
  const waiting = [run('a', 'ordinary'), run('b', 'urgent'), run('c', 'ordinary'), run('d', 'urgent')]
  giveBack()
  await Promise.all(waiting)
  t.strictSame(order, ['b', 'd', 'a', 'c'])
})

t.test('the queue has an end, and who waited in vain does not take a place later', async (t) => {
  const places = new Places({ max: 2, waitMs: 20 })
  const [giveBack] = await taken(places, 'ordinary', 1)
  const waiting = Array.from({ length: 200 }, () => places.take('ordinary').then(String, ({ message }) => message))
  await t.rejects(places.take('ordinary'), { ...none, message: /too many wait/ })
  t.strictSame(
    new Set(await Promise.all(waiting)),
    new Set(['The database is unavailable (no connection became free)']),
  )
  giveBack?.()
  await taken(places, 'ordinary', 1)
  await taken(places, 'urgent', 1)
})
