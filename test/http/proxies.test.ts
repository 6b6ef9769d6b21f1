// From which address a request came: the one that speaks to us, unless that is a proxy which the operator trusts to say.
import t from 'tap'
import type { Limits } from '../../src/http/limits.ts'
import { openWorld, type World } from '../support/world.ts'

const LIMITS: Limits = {
  ...{ human: 100, humanUrgent: 100, system: 100, systemUrgent: 100, unauthenticated: 3, viewsAnHour: 100 },
}

/** What is answered to somebody without a good token, as often as the quota is, and once more. */
async function statuses(world: World, remoteAddress: string, forwarded: (i: number) => string): Promise<number[]> {
  const answers: number[] = []
  for (let i = 0; i <= LIMITS.unauthenticated; i++) {
    const headers = { 'x-forwarded-for': forwarded(i), 'x-real-ip': forwarded(i), forwarded: `for=${forwarded(i)}` }
    answers.push((await world.app.inject({ method: 'GET', url: '/v1/me', remoteAddress, headers })).statusCode)
  }
  return answers
}

const SLOWED = [401, 401, 401, 429]
const NOT_SLOWED = [401, 401, 401, 401]

t.test('whatever a caller says of its address does nothing', async (t) => {
  const plain = await openWorld(t, { limits: LIMITS })
  t.strictSame(await statuses(plain, '198.51.100.1', (i) => `203.0.113.${i}`), SLOWED, 'no proxy is named')
  t.strictSame(await statuses(plain, '127.0.0.1', (i) => `203.0.113.${i}`), SLOWED, 'nor is this machine one')
  const proxied = await openWorld(t, { limits: LIMITS, trustedProxies: ['10.9.0.0/16', '::1'] })
  t.strictSame(await statuses(proxied, '198.51.100.1', (i) => `203.0.113.${i}`), SLOWED, 'it is not from the proxy')
  t.strictSame(await statuses(proxied, '10.9.1.1', (i) => `192.0.2.${i}, 203.0.113.9`), SLOWED, 'before it came there')
})

t.test('behind a proxy that is named one caller is not another', async (t) => {
  const world = await openWorld(t, { limits: LIMITS, trustedProxies: ['10.9.0.0/16', '::1'] })
  t.strictSame(await statuses(world, '10.9.1.1', () => '203.0.113.1'), SLOWED)
  t.strictSame(await statuses(world, '10.9.1.1', () => '203.0.113.1, 10.9.2.2'), [429, 429, 429, 429], 'by two proxies')
  t.strictSame(await statuses(world, '10.9.1.1', (i) => `203.0.113.${10 + i}`), NOT_SLOWED)
  t.strictSame(await statuses(world, '::ffff:10.9.1.1', () => '203.0.113.1'), [429, 429, 429, 429], 'in IPv6')
  t.strictSame(await statuses(world, '::1', () => '203.0.113.2'), SLOWED)
  await new Promise((resolve) => setTimeout(resolve, 50))
  t.match(world.log(), /too_many_requests/, 'the log is being watched')
  t.notMatch(world.log(), /203\.0\.113|10\.9\.|198\.51/, 'no address stands in it')
})
