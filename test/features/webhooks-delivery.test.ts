import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import t from 'tap'
import { deliverWebhooks } from '../../src/features/webhooks/deliver.ts'
import { RETRY_DELAYS_MS } from '../../src/features/webhooks/rules.ts'
import { STRICT_SETTINGS } from '../../src/kernel/settings.ts'
import { received, recommendedFor } from '../support/flow.ts'
import { contextOf, deliver, failing, openReceiver, type Receiver, verified } from '../support/receiver.ts'
import { levelThree, low } from '../support/referrals.ts'
import type { Call, Json } from '../support/surfaces.ts'
import { openWorld, TEST_SETTINGS } from '../support/world.ts'

// Deliveries to a real server on this machine, by the task as the service carries it out, on the clock of the test.

const world = await openWorld(t)
const la = await world.authority()
const on: Call = (who, operation, request) => la.call('REST', who, operation, request)
const MINUTE = 60_000
const HOUR = 60 * MINUTE
/** Longer than any delay with its jitter. */
const later = (ms: number): void => {
  world.clock.now += Math.ceil(ms * 1.25)
}

interface Scene {
  readonly receiver: Receiver
  readonly webhook: Json
  readonly secret: string
  list(operation: string, params?: object): Promise<Json[]>
}

async function scene(t: Parameters<typeof openReceiver>[0], body: object = {}): Promise<Scene> {
  const receiver = await openReceiver(t)
  const { data, text } = await on('administrator', 'addWebhook', {
    body: { url: receiver.url, description: 'Case management', ...body },
  })
  if (!data) throw new Error(text)
  const params = { webhookId: data.webhook.id }
  t.teardown(async () => void (await on('administrator', 'removeWebhook', { params })))
  const list: Scene['list'] = async (operation, params = {}) => {
    const listed = await on('auditor', operation, { params: { webhookId: data.webhook.id, ...params } })
    return listed.data.edges.map(({ node }: Json) => node)
  }
  return { receiver, webhook: data.webhook, secret: data.secret, list }
}

const typesOf = ({ received }: Receiver): string[] => received.map(({ event }) => event.type)
const idsOf = ({ received }: Receiver): unknown[] => received.map(({ headers }) => headers['webhook-id'])

t.test('an event arrives signed, as a CloudEvent of ids and codes, and is told once', async (t) => {
  const { receiver, secret, list, webhook } = await scene(t)
  const referralId = await received(on, levelThree({ reason: 'Bruises on both arms' }))
  await recommendedFor(on, referralId)
  await deliver(world, la.id)
  await deliver(world, la.id)
  t.strictSame(typesOf(receiver), ['threshold.referral.received.v1', 'threshold.recommendation.made.v1'])
  const [first] = receiver.received
  const event = verified(first!, secret, world.clock.now)
  const { id: _, dataschema: __, ...rest } = event
  t.match(rest, {
    specversion: '1.0',
    source: `urn:threshold:authority:${la.code}`,
    type: 'threshold.referral.received.v1',
    subject: `referrals/${referralId}`,
    time: new Date(world.clock.now).toISOString(),
    data: { referral: referralId, sourceCode: /.+/, immediateDanger: false, children: 1 },
  })
  t.equal(first!.headers['webhook-id'], event.id)
  t.match(first!.headers['content-type'], 'application/cloudevents+json')
  const shape = new Ajv2020({ strict: false, validateFormats: false }).compile(
    JSON.parse(readFileSync(new URL('../../schema/event.schema.json', import.meta.url), 'utf8')),
  )
  for (const { event, body } of receiver.received) {
    t.ok(shape(event), 'it has the published shape')
    t.notMatch(body, /Bruises|Hillside|name/, 'and no words')
  }
  for (const wrong of [
    { ...first!, body: `${first!.body} ` },
    { ...first!, headers: { ...first!.headers, 'webhook-id': 'x' } },
  ])
    t.throws(() => verified(wrong, secret, world.clock.now), /signature/)
  t.match(await list('webhookDeliveries', { referral: referralId }), [
    { event: 'recommendation.made', state: 'delivered', tries: 1 },
    { event: 'referral.received', state: 'delivered', tries: 1, dueAt: null },
  ])
  t.match(await list('webhookAttempts'), [{ outcome: 'delivered', status: 204, error: null, number: 1 }, {}])
  const fetched = await on('system', 'events', { params: { after: String(webhook.fromPosition) } })
  t.strictSame(
    fetched.data.edges.map(({ node }: Json) => node),
    receiver.received.map(({ event }) => event),
    'whoever fetches events gets the same',
  )
})

t.test('only the wanted events go out, and none that is within, or of before, or of another authority', async (t) => {
  const { receiver } = await scene(t, { events: ['referral.revised'] })
  const other = await world.authority()
  const neighbour = await openReceiver(t)
  const added = { url: neighbour.url, description: 'Of a neighbour' }
  t.match(await other.call('REST', 'administrator', 'addWebhook', { body: added }), { status: 201 })
  const referralId = await received(on, low())
  const body = { basedOn: 1, reason: 'Spoke to the school', content: low() }
  await on('referrer', 'reviseReferral', { params: { referralId }, body })
  await deliver(world, la.id)
  await deliver(world, other.id)
  t.strictSame(typesOf(receiver), ['threshold.referral.revised.v1'])
  t.strictSame(neighbour.received, [], 'the neighbour hears nothing of it')
  const late = await scene(t)
  await deliver(world, la.id)
  t.strictSame(late.receiver.received, [], 'a new one is not told of the past, nor that it was added')
})

t.test('while one event of a referral fails its later ones wait, and other referrals go on', async (t) => {
  const { receiver, list } = await scene(t)
  const stuck = await received(on, levelThree())
  receiver.answer = failing(500, `referrals/${stuck}`)
  await recommendedFor(on, stuck)
  const other = await received(on, low())
  await recommendedFor(on, other)
  await deliver(world, la.id)
  t.strictSame(
    receiver.received.map(({ event }) => [event.subject, event.type]).sort(),
    [
      [`referrals/${stuck}`, 'threshold.referral.received.v1'],
      [`referrals/${other}`, 'threshold.recommendation.made.v1'],
      [`referrals/${other}`, 'threshold.referral.received.v1'],
    ].sort(),
  )
  t.match(await list('webhookDeliveries', { referral: stuck }), [
    { event: 'recommendation.made', state: 'waiting', tries: 0 },
    { event: 'referral.received', state: 'failing', tries: 1 },
  ])
  receiver.received.length = 0
  receiver.answer = failing(204)
  later(5000)
  await deliver(world, la.id)
  t.strictSame(typesOf(receiver), ['threshold.referral.received.v1', 'threshold.recommendation.made.v1'], 'in order')
})

t.test(
  'what fails is tried ten times under one id, then parked; the subject goes on, and it can be replayed',
  async (t) => {
    const { receiver, webhook, list } = await scene(t, { events: ['referral.received', 'recommendation.made'] })
    const referralId = await received(on, levelThree())
    await recommendedFor(on, referralId)
    receiver.answer = ({ event }, response) =>
      void response.writeHead(event.type.includes('received') ? 503 : 204).end()
    const params = { webhookId: webhook.id }
    for (const delay of [...RETRY_DELAYS_MS, 0]) {
      await deliver(world, la.id)
      if (delay > 0) t.equal(await deliver(world, la.id), 0, 'not before its time')
      later(delay)
    }
    await deliver(world, la.id)
    const ids = idsOf(receiver)
    t.equal(ids.length, 11)
    t.equal(new Set(ids.slice(0, 10)).size, 1, 'ten times the same message')
    t.match(typesOf(receiver).at(-1), 'recommendation.made', 'then the next of the referral')
    const attempts = await list('webhookAttempts', { position: webhook.fromPosition + 1 })
    t.match(attempts[0], { number: 10, outcome: 'parked', status: 503, error: 'status', retryAt: null })
    t.match(attempts[9], { number: 1, outcome: 'failed' })
    for (const [i, { attemptedAt, retryAt }] of attempts.slice(1).reverse().entries()) {
      const ratio = (Date.parse(retryAt) - Date.parse(attemptedAt)) / RETRY_DELAYS_MS[i]!
      t.ok(ratio >= 1 && ratio <= 1.2, `attempt ${i + 1} waits ${ratio} times its delay`)
    }
    const backlog = async () => (await on('auditor', 'webhookBacklog', {})).data.webhooks
    t.match(await backlog(), [{ webhookId: webhook.id, waiting: 0, failing: 0, parked: 1, oldestAt: null }])
    t.match(await list('webhookDeliveries', { state: 'parked' }), [{ event: 'referral.received', tries: 10 }])

    receiver.answer = failing(204)
    const replay = await on('administrator', 'replayWebhook', { params, body: { state: 'parked' } })
    t.match(replay.data, { replayed: 1 })
    t.match(await backlog(), [{ waiting: 1, parked: 0 }])
    await deliver(world, la.id)
    t.equal(idsOf(receiver).at(-1), ids[0], 'under its old id')
    t.match(await backlog(), [{ waiting: 0, failing: 0, parked: 0 }])
    const all = await on('administrator', 'replayWebhook', { params, body: { from: webhook.fromPosition + 1 } })
    t.match(all.data, { replayed: 2 })
    await deliver(world, la.id)
    t.strictSame(typesOf(receiver).slice(-2), ['threshold.referral.received.v1', 'threshold.recommendation.made.v1'])
  },
)

t.test('for a day after a rotation there are two signatures, and then one', async (t) => {
  const { receiver, webhook, secret } = await scene(t)
  const params = { webhookId: webhook.id }
  const rotated = await on('administrator', 'rotateWebhookSecret', { params })
  const next = rotated.data.secret
  t.not(next, secret)
  t.equal(Date.parse(rotated.data.formerValidUntil), world.clock.now + 24 * HOUR)
  world.clock.now += 24 * HOUR - 1
  await received(on, low())
  await deliver(world, la.id)
  for (const one of [secret, next]) t.ok(verified(receiver.received[0]!, one, world.clock.now))
  world.clock.now += 1
  await received(on, low())
  await deliver(world, la.id)
  t.ok(verified(receiver.received[1]!, next, world.clock.now))
  t.throws(() => verified(receiver.received[1]!, secret, world.clock.now), /signature/)
})

t.test('a receiver that says it is gone is paused; what waits is sent when it is resumed', async (t) => {
  const { receiver, webhook } = await scene(t)
  const params = { webhookId: webhook.id }
  receiver.answer = failing(410)
  await received(on, low())
  await deliver(world, la.id)
  t.match((await on('system', 'webhook', { params })).data, { state: 'paused' })
  const [entry] = (await on('auditor', 'auditEntries', { params: { event: 'webhook.paused' } })).data.edges
  t.match(entry.node, { actorId: null })
  await received(on, low())
  later(HOUR)
  await deliver(world, la.id)
  t.equal(receiver.received.length, 1, 'nothing is sent meanwhile')
  t.match((await on('auditor', 'webhookBacklog', {})).data.webhooks, [{ state: 'paused', waiting: 1, failing: 1 }])
  receiver.answer = failing(204)
  await on('administrator', 'resumeWebhook', { params })
  await deliver(world, la.id)
  t.equal(receiver.received.length, 3)
  t.match((await on('auditor', 'auditVerification', {})).data, { isIntact: true, faults: [] })
})

t.test('what is no delivery is named, and nothing is sent to where it may not go', async (t) => {
  const { receiver, list } = await scene(t)
  const elsewhere = await openReceiver(t)
  await received(on, low())
  const errors = async (settings = TEST_SETTINGS) => {
    await deliver(world, la.id, { settings })
    const [attempt] = await list('webhookAttempts')
    later(24 * HOUR)
    return attempt
  }
  receiver.answer = (_, response) => void response.writeHead(307, { location: elsewhere.url }).end()
  t.match(await errors(), { error: 'redirect', status: 307 })
  t.strictSame(elsewhere.received, [], 'a redirect is not followed')
  receiver.received.length = 0
  const strict = { outbound: { ...STRICT_SETTINGS.outbound, allowsHttp: true } }
  t.match(await errors(strict), { error: 'target_refused', status: null })
  t.strictSame(receiver.received, [], 'the address is looked at again at each delivery')
  receiver.answer = () => {}
  const impatient = { outbound: { ...TEST_SETTINGS.outbound, timeoutMs: 50 } }
  t.match(await errors(impatient), { error: 'timeout', status: null, outcome: 'failed' })
  receiver.answer = (_, response) => void response.destroy()
  t.match(await errors(), { error: 'unreachable', status: null })
})

t.test('a receiver that does not answer at all rests for a minute, with all that goes to it', async (t) => {
  const { receiver } = await scene(t)
  receiver.answer = (_, response) => void response.destroy()
  await received(on, low())
  await deliver(world, la.id)
  receiver.answer = failing(204)
  await received(on, low())
  world.clock.now += MINUTE - 1
  await deliver(world, la.id)
  t.equal(receiver.received.length, 1)
  world.clock.now += 1
  await deliver(world, la.id)
  t.equal(receiver.received.length, 3)
})

t.test('a name is looked at where it leads when it is connected to', async (t) => {
  const { receiver, webhook, list } = await scene(t)
  // Taken at adding, as a name that led elsewhere then would have been.
  const url = receiver.url.replace('127.0.0.1', 'localhost')
  await world.sql('alter table webhooks disable trigger append_only')
  await world.sql('update webhooks set url = $1 where id = $2', [url, webhook.id])
  await world.sql('alter table webhooks enable trigger append_only')
  await received(on, low())
  const outbound = { ...TEST_SETTINGS.outbound, allow: ['10.0.0.0/8'] }
  await deliver(world, la.id, { settings: { outbound } })
  t.match(await list('webhookAttempts'), [{ error: 'target_refused' }])
  t.strictSame(receiver.received, [])
  later(MINUTE)
  await deliver(world, la.id, { settings: { outbound: { ...outbound, allow: ['localhost'] } } })
  t.equal(receiver.received.length, 1, 'where the operator allows the name it goes where that leads')
})

t.test('a process that ends between sending and recording has it sent again, under the same id', async (t) => {
  const { receiver } = await scene(t)
  await received(on, low())
  const stopping = new AbortController()
  const [arrived] = [once(stopping.signal, 'abort')]
  receiver.answer = () => stopping.abort()
  await deliverWebhooks.step(contextOf(world, { signal: stopping.signal }), la.id)
  await arrived
  t.equal(receiver.received.length, 1, 'it arrived, and nobody knows')
  receiver.answer = failing(204)
  await deliver(world, la.id)
  t.equal(receiver.received.length, 1, 'while the lease runs nobody else sends it')
  world.clock.now += MINUTE
  await deliver(world, la.id)
  t.equal(receiver.received.length, 2)
  t.equal(new Set(idsOf(receiver)).size, 1)
})

t.test('two processes at once send each event once', async (t) => {
  const { receiver } = await scene(t)
  for (let i = 0; i < 6; i++) await received(on, low())
  await Promise.all([deliver(world, la.id), deliver(world, la.id), deliver(world, la.id)])
  await deliver(world, la.id)
  t.equal(receiver.received.length, 6)
  t.equal(new Set(idsOf(receiver)).size, 6)
})
