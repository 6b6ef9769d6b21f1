// What is given up rather than carried out late, and what is tried again.
import { randomUUID } from 'node:crypto'
import t from 'tap'
import { z } from 'zod'
import { sql } from '../../src/db/drizzle.ts'
import { findActor } from '../../src/features/identity/queries.ts'
import { receiveReferral } from '../../src/features/referrals/operations.ts'
import { type Caller, execute } from '../../src/kernel/execute.ts'
import { defineOperation } from '../../src/kernel/operation.ts'
import { refusalOf } from '../../src/kernel/problem.ts'
import { low } from '../support/referrals.ts'
import { openWorld } from '../support/world.ts'

t.test('late and again', async (t) => {
  const world = await openWorld(t)
  const la = await world.authority()
  const { database } = world
  const actor = await findActor(database, { id: la.id, code: la.code, name: '' }, la.accounts.referrer.subject)
  if (typeof actor === 'string') throw new Error(actor)
  const caller = (more: Partial<Caller> = {}): Caller => ({
    database,
    actor,
    now: new Date(world.clock.now).toISOString(),
    newId: () => randomUUID(),
    idempotencyKey: randomUUID(),
    ...more,
  })

  await t.test('a request whose time is over before its commit leaves nothing', async (t) => {
    const input = { params: {}, body: low() }
    const before = await world.counts()
    const late = caller({ isLate: () => true })
    await t.rejects(execute(receiveReferral, late, input), { code: 'unavailable', recorded: false })
    t.strictSame(await world.counts(), before)
    const { output } = await execute(receiveReferral, { ...late, isLate: () => false }, input)
    t.notSame(await world.counts(), before)
    const again = await execute(receiveReferral, late, input)
    t.strictSame(again, { output, replayed: true }, 'what was recorded in time is told at any time')
  })

  await t.test('what the database could not serialize is tried three times, then it is unavailable', async (t) => {
    for (const [failures, sqlstate] of [
      [2, '40001'],
      [3, '40001'],
      [3, '40P01'],
    ] as const) {
      let tries = 0
      const failing = defineOperation({
        name: 'failing',
        kind: 'query',
        summary: '',
        allow: ['referrer'],
        route: 'GET /v1/failing',
        params: {},
        output: z.object({}),
        async run({ tx }) {
          tries += 1
          if (tries <= failures)
            await tx.execute(sql.raw(`do $$ begin raise exception using errcode = '${sqlstate}'; end $$`))
          return {}
        },
      })
      const done = execute(failing, caller(), { params: {} })
      if (failures < 3) t.match(await done, { output: {} })
      else t.match(refusalOf(await done.catch((error: unknown) => error)), { code: 'unavailable', recorded: false })
      t.equal(tries, 3)
    }
  })
})
