import { randomBytes } from 'node:crypto'
import t from 'tap'
import { Id, idsInOrder } from '../src/kernel/ids.ts'

t.test('ids are in the order in which they were made, whatever the clock does', async (t) => {
  const clocks: Record<string, () => number> = {
    stands: () => 1_800_000_000_000,
    runs: Date.now,
    'goes back': (() => {
      let now = 1_800_000_000_000
      return () => now--
    })(),
  }
  for (const [what, clock] of Object.entries(clocks)) {
    const newId = idsInOrder(clock, randomBytes)
    const ids = Array.from({ length: 10_000 }, newId)
    t.same([...ids].sort(), ids, `the clock ${what}`)
    t.equal(new Set(ids).size, ids.length)
    t.ok(ids.every((id) => Id.safeParse(id).success && id[14] === '7'))
  }
})
