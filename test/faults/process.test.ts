// Rows 106, 107 and 116: the process is told to end with fifty requests in flight, is stopped for a while, cannot write its log.
import { closeSync, existsSync, openSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import t from 'tap'
import { postgresUrl } from '../support/database.ts'
import { type Intent, openHistory, REFERRAL } from './history.ts'
import { reckon } from './reckoning.ts'
import { openService, type Service } from './service.ts'

const IN_FLIGHT = 50
/** Longer than a process may be held up before it says so. */
const STOPPED_MS = 2_500
const FULL = '/dev/full'

t.test('a process that is ended, stopped or cannot log', { skip: !postgresUrl() && 'needs a server' }, async (t) => {
  // What cannot take a byte: each line of the log fails.
  const full = existsSync(FULL) ? openSync(FULL, 'w') : undefined
  const service = await openService(t, {
    settings: { LOG_LEVEL: 'info' },
    ...(full === undefined ? {} : { stdout: full }),
  })
  const history = openHistory(service, await service.token('supervisor'))
  const receive = (count: number): Promise<Intent>[] =>
    Array.from({ length: count }, (_, lane) =>
      history.once({
        operation: 'receiveReferral',
        surface: lane % 2 === 0 ? 'REST' : 'GraphQL',
        params: {},
        body: REFERRAL,
      }),
    )
  const outcomes = async (sent: Promise<Intent>[]) => (await Promise.all(sent)).map(({ attempts }) => attempts[0])

  await t.test('whose log cannot be written answers all the same', async (t) => {
    if (full === undefined) t.comment(`SKIPPED: there is no ${FULL} here`)
    await service.start()
    t.strictSame(await outcomes(receive(3)), ['ok', 'ok', 'ok'])
  })

  await t.test('that is told to end finishes what it has begun, or says that nothing was recorded', async (t) => {
    const release = await holdUp(service.database!)
    const sent = receive(IN_FLIGHT)
    await arrived(service)
    service.signal('SIGTERM')
    await closed(service)
    await release()
    const told = await outcomes(sent)
    t.equal(told.filter((outcome) => outcome === 'unknown').length, 0, 'nobody is left without an answer')
    t.ok(told.includes('ok'), `${told.filter((outcome) => outcome === 'ok').length} of ${IN_FLIGHT} were finished`)
    t.equal(await service.ended(), 0)
  })

  await t.test('that is told twice ends at once, as a failure', async (t) => {
    await service.start()
    const release = await holdUp(service.database!)
    const sent = receive(5)
    await arrived(service)
    service.signal('SIGTERM')
    await closed(service)
    service.signal('SIGTERM')
    t.equal(await service.ended(), 1)
    await release()
    t.strictSame(new Set(await outcomes(sent)), new Set(['unknown']), 'nobody is told anything')
  })

  await t.test('that was stopped refuses what waited meanwhile, and goes on', async (t) => {
    await service.start()
    t.strictSame(await outcomes(receive(2)), ['ok', 'ok'])
    service.signal('SIGSTOP')
    const sent = receive(10)
    await pause(STOPPED_MS)
    service.signal('SIGCONT')
    const told = await outcomes(sent)
    t.ok(
      told.includes('failed'),
      `${told.filter((outcome) => outcome === 'failed').length} of 10 are told to come again`,
    )
    t.notOk(told.includes('unknown'))
    let again = await outcomes(receive(2))
    // Until it has come round it goes on saying that it was held up.
    for (let tries = 0; tries < 100 && again.includes('failed'); tries++) {
      await pause(100)
      again = await outcomes(receive(2))
    }
    t.strictSame(again, ['ok', 'ok'])
  })

  await reckon(t, { history, service, faults: 4 })
  t.equal(await service.stop(), 0)
  if (full !== undefined) closeSync(full)
})

/** Keeps every referral from being stored until it is let go. */
async function holdUp(database: string): Promise<() => Promise<void>> {
  const client = new pg.Client({ connectionString: database })
  await client.connect()
  await client.query('begin; lock table referral_children in exclusive mode')
  return () => client.end()
}

/** What was sent before has been read once a later question has been answered, twice to be sure. */
async function arrived(service: Service): Promise<void> {
  for (let asked = 0; asked < 2; asked++) await (await fetch(`${service.url}/health/live`)).text()
}

async function closed(service: Service): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    const isClosed = await fetch(`${service.url}/health/live`, { headers: { connection: 'close' } }).then(
      () => false,
      () => true,
    )
    if (isClosed) return
    await pause(50)
  }
  throw new Error('The service takes connections still')
}
