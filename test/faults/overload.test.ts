// Rows 102, 103 and 108: every connection is taken, two transactions wait for each other, the clock jumps.
import pg from 'pg'
import t from 'tap'
import { z } from 'zod'
import { sql } from '../../src/db/drizzle.ts'
import { findActor } from '../../src/features/identity/queries.ts'
import { execute } from '../../src/kernel/execute.ts'
import { defineOperation } from '../../src/kernel/operation.ts'
import { postgresUrl } from '../support/database.ts'
import { decided, received, recommendedFor } from '../support/flow.ts'
import { low } from '../support/referrals.ts'
import { type Answer, type Call, SURFACES } from '../support/surfaces.ts'
import { survived } from '../support/tally.ts'
import { openWorld } from '../support/world.ts'

/** More than can wait. */
const REPORTS = 300
const HOUR_MS = 3_600_000

t.test('too much at once', { skip: !postgresUrl() && 'PGlite has one connection' }, async (t) => {
  const world = await openWorld(t)
  const la = await world.authority()

  await t.test('reports that take every place they may leave room for referrals and decisions', async (t) => {
    const client = new pg.Client({ connectionString: world.database.pool.options.connectionString })
    await client.connect()
    t.teardown(() => client.end())
    await client.query('begin; lock table webhooks in access exclusive mode')
    let tellFirst: (answer: Answer) => void
    const refused = new Promise<Answer>((resolve) => {
      tellFirst = resolve
    })
    const reports = Array.from({ length: REPORTS }, async (_, lane) => {
      const answer = await la.call(SURFACES[lane % 2]!, 'administrator', 'webhooks')
      if (answer.status === 503) tellFirst(answer)
      return answer
    })
    t.match(await refused, { code: 'unavailable', body: {}, headers: { 'retry-after': /^\d+$/ } })
    for (const surface of SURFACES) {
      const on: Call = (who, operation, request) => la.call(surface, who, operation, request)
      const [recommendation] = await recommendedFor(on, await received(on, low()))
      t.ok((await decided(on, recommendation)).id, `received and decided over ${surface}`)
    }
    await client.query('commit')
    const answers = await Promise.all(reports)
    const told = answers.filter(({ status }) => status === 503)
    t.ok(told.length > 0, `${told.length} of ${REPORTS} were told to come again`)
    for (const { headers, code } of told)
      t.match({ headers, code }, { headers: { 'retry-after': /^\d+$/ }, code: 'unavailable' })
    t.strictSame(new Set(answers.map(({ status }) => status)), new Set([200, 503]))
    t.equal((await la.call('REST', 'administrator', 'webhooks')).status, 200)
    survived(t, 1)
  })

  await t.test('of two that wait for each other one is tried again, and both are done', async (t) => {
    const actor = await findActor(world.database, { id: la.id, code: la.code, name: '' }, la.accounts.screener.subject)
    if (typeof actor === 'string') throw new Error(actor)
    const caller = { database: world.database, actor, now: '', newId: () => '', idempotencyKey: undefined }
    let tries = 0
    let held = 0
    let meet: () => void
    const met = new Promise<void>((resolve) => {
      meet = resolve
    })
    const locking = (first: number, second: number) =>
      defineOperation({
        name: 'locking',
        kind: 'query',
        summary: '',
        allow: ['screener'],
        route: 'GET /v1/locking',
        params: {},
        output: z.object({}),
        async run({ tx }) {
          tries += 1
          await tx.execute(sql`select pg_advisory_xact_lock(${first})`)
          held += 1
          if (held === 2) meet()
          await met
          await tx.execute(sql`select pg_advisory_xact_lock(${second})`)
          return {}
        },
      })
    const run = (first: number, second: number) => execute(locking(first, second), caller, { params: {} })
    t.match(await Promise.all([run(1, 2), run(2, 1)]), [{ output: {} }, { output: {} }])
    t.equal(tries, 3)
    survived(t, 1)
  })

  await t.test('a clock that jumps leaves the order of the log as it is', async (t) => {
    const mine = await world.authority()
    const positions: number[] = []
    const ids: string[] = []
    for (const jump of [0, -HOUR_MS, 25 * HOUR_MS, -48 * HOUR_MS, 0]) {
      world.clock.now += jump
      const { data } = await mine.call('REST', 'referrer', 'receiveReferral', { body: low() })
      positions.push(data.audit.position)
      ids.push(data.referral.id)
    }
    const [first = 0] = positions
    t.strictSame(
      positions,
      positions.map((_, at) => first + at),
    )
    t.strictSame(ids, [...ids].sort(), 'what is made later sorts later, whatever the clock says')
    const { data } = await mine.call('REST', 'auditor', 'auditVerification')
    t.match(data, { faults: [] })
    survived(t, 3)
  })
})
