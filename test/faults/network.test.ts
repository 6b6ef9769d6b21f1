// Rows 100 and 101: what is between the service and its database cuts, delays, slices, resets and hangs.
import t from 'tap'
import { postgresCopy, postgresUrl } from '../support/database.ts'
import { openHistory, REFERRAL } from './history.ts'
import { rounds, WRITERS } from './plan.ts'
import { openProxy, type Weather } from './proxy.ts'
import { reckon } from './reckoning.ts'
import { openService } from './service.ts'

const ROUNDS = rounds({ short: 1, long: 8 })
const BETWEEN = 16

const BAD: Readonly<Record<string, Weather>> = {
  'answers to commits are cut off': { cutCommitEvery: 9 },
  'answers come byte by byte': { slice: true },
  'everything comes late': { delayMs: 15 },
  'connections are reset': { resetEvery: 400 },
}

t.test('a bad network costs requests, never a record', { skip: !postgresUrl() && 'needs a server' }, async (t) => {
  const database = await postgresCopy(t, postgresUrl()!)
  const proxy = await openProxy(t, database)
  const service = await openService(t, { database, through: proxy.url })
  const history = openHistory(service, await service.token('supervisor'))
  await service.start()
  const stop = history.write(t, WRITERS)
  let faults = 0
  for (let round = 0; round < ROUNDS; round++) {
    for (const weather of Object.values(BAD)) {
      proxy.set(weather)
      await history.more(BETWEEN)
      faults += 1
    }
    proxy.set({ hang: true })
    const { attempts } = await history.once({
      operation: 'receiveReferral',
      surface: round % 2 === 0 ? 'GraphQL' : 'REST',
      params: {},
      body: REFERRAL,
    })
    t.not(attempts[0], 'ok', 'a database that hangs is a 503')
    t.equal((await fetch(`${service.url}/health/live`)).status, 200)
    t.equal((await fetch(`${service.url}/health/ready`)).status, 503)
    faults += 1
    const before = proxy.connections()
    proxy.set({})
    await history.more(BETWEEN)
    t.ok(proxy.connections() > before, 'connections that hung are not used again')
  }
  t.ok(proxy.broken() > 0)
  await stop()
  const { unknown } = await reckon(t, { history, service, faults, broken: proxy.broken() })
  t.ok(unknown > 0, 'commits were cut off whose answer nobody heard')
  t.equal(await service.stop(), 0)
})
