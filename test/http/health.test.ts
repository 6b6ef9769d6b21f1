// Readiness can be asked by anybody: however many ask, the database is asked once, and nobody waits for them.
import { setTimeout } from 'node:timers/promises'
import t from 'tap'
import { postgresUrl } from '../support/database.ts'
import { openWorld, type World } from '../support/world.ts'

const ready = async (world: World): Promise<number> => (await world.app.inject('/health/ready')).statusCode

/** How many connections were taken meanwhile. */
async function taken(world: World, work: () => Promise<unknown>): Promise<number> {
  let count = 0
  const counted = () => {
    count++
  }
  world.database.pool.on('acquire', counted)
  await work()
  world.database.pool.off('acquire', counted)
  return count
}

t.test('two hundred who ask at once ask the database once, and so do those who ask shortly after', async (t) => {
  const world = await openWorld(t)
  const once = await taken(world, () => ready(world))
  t.ok(once > 0, 'the database is asked')
  await setTimeout(1100)
  const crowd = () => Promise.all(Array.from({ length: 200 }, () => ready(world)))
  const crowded = await taken(world, async () => {
    t.strictSame(new Set(await crowd()), new Set([200]))
    t.strictSame(new Set(await crowd()), new Set([200]))
  })
  t.ok(crowded <= 2 * once, `${crowded} connections for 400, ${once} for one`)
  t.equal(await taken(world, () => ready(world)), 0, 'the answer is kept')
  await setTimeout(1100)
  t.equal(await taken(world, () => ready(world)), once, 'for a second')
})

t.test('two seconds after the database has gone it is not ready, though many keep asking', async (t) => {
  const world = await openWorld(t)
  t.equal(await ready(world), 200)
  await world.database.close()
  const start = performance.now()
  while ((await ready(world)) === 200 && performance.now() - start < 2000) await setTimeout(10)
  t.equal(await ready(world), 503)
})

t.test(
  'it is ready while reports have all the places that they can have',
  { skip: postgresUrl() ? false : 'needs a server' },
  async (t) => {
    const world = await openWorld(t)
    const la = await world.authority(null)
    let end = () => {}
    const ended = new Promise<void>((resolve) => {
      end = resolve
    })
    const reports = Array.from({ length: 20 }, () => world.database.withTenant(la.id, () => ended))
    await setTimeout(200)
    t.equal(await ready(world), 200)
    end()
    await Promise.all(reports)
  },
)
