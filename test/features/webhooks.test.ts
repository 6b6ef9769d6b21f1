import t from 'tap'
import { OUTSIDE_EVENTS } from '../../src/features/webhooks/audience.ts'
import { WEBHOOKS_MAX } from '../../src/features/webhooks/rules.ts'
import { EVENTS } from '../../src/kernel/event.ts'
import { appendAudit } from '../../src/kernel/record.ts'
import { received, recommended } from '../support/flow.ts'
import { levelThree, low } from '../support/referrals.ts'
import { type Json, onBoth } from '../support/surfaces.ts'
import { type AccountName, openWorld } from '../support/world.ts'

const world = await openWorld(t)
const url = 'https://receiver.example/threshold'
const body = { url, description: 'Case management' }
const ADDED = { status: 201, data: { webhook: { state: 'active' } } }

onBoth(t, world, 'a webhook is added, read, given another secret, paused, resumed and removed', async (t, la) => {
  const { on } = la
  const added = await on('administrator', 'addWebhook', { body: { ...body, events: ['referral.received'] } })
  t.match(added, ADDED)
  const { webhook, secret } = added.data
  t.match(webhook, { ...body, events: ['referral.received'], addedAt: new Date(world.clock.now).toISOString() })
  t.match(secret, /^whsec_[A-Za-z0-9+/]{43}=$/)
  const params = { webhookId: webhook.id }
  world.clock.now += 60_000
  const rotated = await on('administrator', 'rotateWebhookSecret', { params })
  t.match(rotated.data, { secret: /^whsec_/, webhook: { secretMadeAt: new Date(world.clock.now).toISOString() } })
  t.not(rotated.data.secret, secret)
  for (const who of ['administrator', 'auditor', 'system'] satisfies AccountName[]) {
    const shown = await on(who, 'webhook', { params })
    t.strictSame(shown.data, rotated.data.webhook, `${who} reads it`)
    const listed = await on(who, 'webhooks', {})
    t.strictSame(listed.data.edges[0].node, shown.data)
    t.notMatch(shown.text + listed.text, /whsec/, 'and no secret')
  }
  const turns: [operation: string, status: number, state: string][] = [
    ['resumeWebhook', 409, 'active'],
    ['pauseWebhook', 201, 'paused'],
    ['pauseWebhook', 409, 'paused'],
    ['resumeWebhook', 201, 'active'],
    ['removeWebhook', 201, 'removed'],
    ['pauseWebhook', 409, 'removed'],
    ['resumeWebhook', 409, 'removed'],
    ['removeWebhook', 409, 'removed'],
    ['rotateWebhookSecret', 409, 'removed'],
  ]
  for (const [operation, status, state] of turns) {
    const answer = await on('administrator', operation, { params })
    t.match(answer, { status, code: status === 409 ? 'webhook_state' : null }, `${operation} of ${state}`)
    t.match((await on('system', 'webhook', { params })).data, { state })
  }
  t.match(await on('administrator', 'replayWebhook', { params, body: { from: 0 } }), { code: 'webhook_state' })
  t.strictSame((await on('auditor', 'webhooks', {})).data.edges, [], 'what was removed is not listed')
  t.equal((await on('auditor', 'webhooks', { params: { state: 'removed' } })).data.edges.length, 1, 'unless asked for')
  t.match((await on('auditor', 'auditVerification', {})).data, { isIntact: true, faults: [] })
  const [entries] = await world.sql(
    `select count(*)::int as log, count(*) filter (where exists (
       select from outbox_events o where o.authority_id = a.authority_id and o.position = a.position and o.event = a.event
     ))::int as outbox, bool_or(convert_from(body, 'UTF8') like '%whsec%') as told
     from audit_entries a where a.authority_id = $1`,
    [la.id],
  )
  t.equal(entries?.['log'], entries?.['outbox'], 'every entry of the log has its event')
  t.equal(entries?.['told'], false, 'and none the secret')
})

onBoth(t, world, 'who may not, and what cannot be, is refused, and nothing is stored', async (t, { on }) => {
  const { data } = await on('administrator', 'addWebhook', { body })
  const params = { webhookId: data.webhook.id }
  const before = await world.counts()
  const others = ['referrer', 'system', 'screener', 'supervisor', 'panel', 'author', 'approver', 'auditor'] as const
  for (const who of others) {
    t.match(await on(who, 'addWebhook', { body }), { status: 403, code: 'forbidden' }, who)
    for (const operation of ['rotateWebhookSecret', 'pauseWebhook', 'removeWebhook'])
      t.match(await on(who, operation, { params }), { code: 'forbidden' }, `${who}, ${operation}`)
    t.match(await on(who, 'replayWebhook', { params, body: { from: 0 } }), { code: 'forbidden' }, who)
    if (who === 'system' || who === 'auditor') continue
    for (const operation of ['webhooks', 'events', 'webhookBacklog'])
      t.match(await on(who, operation, {}), { code: 'forbidden' }, `${who}, ${operation}`)
    t.match(await on(who, 'webhookAttempts', { params }), { code: 'forbidden' }, who)
  }
  for (const target of [
    'http://receiver.example/',
    'https://10.0.0.1/',
    'https://169.254.169.254/latest',
    'https://[::1]/',
  ])
    t.match(
      await on('administrator', 'addWebhook', { body: { ...body, url: target } }),
      { status: 422, code: 'webhook_target_refused', errors: [{ pointer: '/url', code: 'target_refused' }] },
      target,
    )
  const wrong = [
    { ...body, description: '' },
    { ...body, url: '' },
    { ...body, events: [] },
    { ...body, events: ['decision.recorded'] },
    { ...body, events: ['referral.received', 'referral.received'] },
    { ...body, secret: 'whsec_AAAA' },
  ]
  for (const given of wrong)
    t.match(await on('administrator', 'addWebhook', { body: given }), { status: 400, data: null })
  t.match(await on('administrator', 'replayWebhook', { params, body: {} }), { status: 400, code: 'invalid_input' })
  for (const after of ['x', '-1', '1e3', 'MjAyNg'])
    t.match(await on('auditor', 'events', { params: { after } }), { status: 400 }, `after ${after}`)
  t.strictSame(await world.counts(), before)
})

t.test('there is an end to how many webhooks an authority has', async (t) => {
  const la = await world.authority(null)
  const add = () => la.call('REST', 'administrator', 'addWebhook', { body })
  for (let i = 0; i < WEBHOOKS_MAX; i++) t.match(await add(), ADDED)
  t.match(await add(), { status: 409, code: 'webhook_state' })
  const [first] = (await la.call('REST', 'administrator', 'webhooks', { params: { first: 1 } })).data.edges
  await la.call('REST', 'administrator', 'removeWebhook', { params: { webhookId: first.node.id } })
  t.match(await add(), ADDED)
})

onBoth(
  t,
  world,
  'events are fetched in pages, earliest first, each once, by kind and by referral',
  async (t, { on }) => {
    const [recommendation] = await recommended(on, levelThree())
    const other = await received(on, low())
    await on('administrator', 'addWebhook', { body })
    const fetch = async (params: Record<string, unknown> = {}) => {
      const { data } = await on('system', 'events', { params })
      return { ...data, nodes: data.edges.map(({ node }: Json) => node) }
    }
    const whole = await fetch()
    const types = ['policy.published', 'referral.received', 'recommendation.made', 'referral.received']
    t.strictSame(
      whole.nodes.map(({ type }: Json) => type),
      types.map((type) => `threshold.${type}.v1`),
      'what is within the service, as that a webhook was added, is not told',
    )
    const paged: Json[] = []
    for (let after: string | undefined; ; ) {
      const { nodes, pageInfo } = await fetch({ first: 1, after })
      paged.push(...nodes)
      after = pageInfo.endCursor
      if (!pageInfo.hasNextPage) break
    }
    t.strictSame(paged, whole.nodes)
    const subject = `referrals/${recommendation.referralId}`
    t.match((await fetch({ referral: recommendation.referralId })).nodes, [{ subject }, { subject }])
    t.match((await fetch({ event: 'referral.received' })).nodes, [{ subject }, { subject: `referrals/${other}` }])
    t.strictSame(await fetch({ after: whole.pageInfo.endCursor }), {
      edges: [],
      nodes: [],
      pageInfo: whole.pageInfo && { hasNextPage: false, endCursor: null },
    })
  },
)

t.test('text in the facts of an entry stays here, and a child is named by its key', async (t) => {
  const la = await world.authority(null)
  const now = new Date(world.clock.now).toISOString()
  const facts = { referral: 'r-1', child: 'c1', level: 'L3', note: 'Ann fell down', empty: '', count: 2, none: null }
  await world.database.withTenant(la.id, (tx) =>
    appendAudit(tx, { authorityId: la.id, accountId: null }, now, { event: 'referral.revised', facts, records: [] }),
  )
  const { data } = await la.call('REST', 'auditor', 'events', {})
  t.match(data.edges, [{ node: { subject: 'referrals/r-1/children/c1' } }])
  const { referral, child, level, count, none } = facts
  t.strictSame(data.edges[0].node.data, { referral, child, level, count, none })
})

t.test('what is not complete is not told', async (t) => {
  const within = EVENTS.filter((event) => !(OUTSIDE_EVENTS as readonly string[]).includes(event))
  for (const event of ['decision.recorded', 'decision.superseded', 'webhook.added', 'policy.drafted'] as const)
    t.ok(within.includes(event), event)
})
