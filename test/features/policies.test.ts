import t from 'tap'
import { decided, recommended } from '../support/flow.ts'
import { low } from '../support/referrals.ts'
import { type Json, onBoth } from '../support/surfaces.ts'
import { openWorld } from '../support/world.ts'

const world = await openWorld(t)

onBoth(t, world, 'versions are listed newest first, filtered by document, and read whole', async (t, la) => {
  for (const file of ['saltmere/2026-01', 'oakhaven/2026-02']) {
    world.clock.now += 60_000
    await la.publish(file)
  }
  const list = async (params: object) =>
    (await la.on('administrator', 'policies', { params: { ...params } })).data.edges.map(
      ({ node }: Json) => node.policy,
    )
  t.strictSame(await list({}), ['oakhaven', 'saltmere', 'northmoor'])
  t.strictSame(await list({ policy: 'saltmere' }), ['saltmere'])
  t.strictSame(await list({ policy: 'nosuch' }), [])
  const { pageInfo } = (await la.on('author', 'policies', { params: { first: 2 } })).data
  t.strictSame(await list({ first: 2, after: pageInfo.endCursor }), ['northmoor'])
  const { data } = await la.on('author', 'policyVersion', { params: { policy: 'northmoor', version: '2026-04' } })
  t.match(data, {
    title: /Meeting Need/,
    effectiveFrom: '2026-04-01',
    contentHash: /^[0-9a-f]{64}$/,
    statutory: 'working-together-2023',
    levels: [
      { code: 'L1', common: 'universal' },
      { code: 'L2' },
      { code: 'L3' },
      { code: 'L4', common: 'child_protection' },
    ],
  })
  t.ok(data.document.indicators.some(({ code }: Json) => code === 'PHY-06'))
})

onBoth(t, world, 'what there is no version of is not found', async (t, la) => {
  for (const params of [
    { policy: 'northmoor', version: '2026-05' },
    { policy: 'nosuch', version: '2026-04' },
    { policy: 'NORTHMOOR', version: '2026-04' },
  ])
    t.match(await la.on('screener', 'policyVersion', { params }), { status: 404, code: 'not_found' })
})

onBoth(t, world, 'the version in force on a date is the one that took effect last', async (t, la) => {
  await la.publish('oakhaven/2026-02')
  await la.publish('saltmere/2026-01')
  const on = async (date?: string) => {
    const { data, code } = await la.on('screener', 'policyInForce', { params: { on: date } })
    return data?.policy ?? code
  }
  t.equal(await on('2026-01-04'), 'no_policy_in_force', 'before the first')
  t.equal(await on('2026-01-05'), 'saltmere', 'on its first day')
  t.equal(await on('2026-02-01'), 'saltmere', 'on its last')
  t.equal(await on('2026-02-02'), 'oakhaven')
  t.equal(await on('2026-03-31'), 'oakhaven')
  t.equal(await on('2026-04-01'), 'northmoor')
  t.equal(await on(), 'northmoor', 'today')
})

onBoth(t, world, '“today” is the day in London', async (t, la) => {
  const before = world.clock.now
  const today = async () => (await la.on('screener', 'policyInForce')).code
  world.clock.now = Date.parse('2026-03-31T22:59:59.000Z')
  t.equal(await today(), 'no_policy_in_force', '23:59:59 in London, in summer time')
  world.clock.now = Date.parse('2026-03-31T23:00:00.000Z')
  t.equal(await today(), null, 'midnight in London')
  world.clock.now = before
})

onBoth(t, world, 'a decision stands under the policy that it was recommended by', async (t, la) => {
  const [recommendation] = await recommended(la.on, low())
  world.clock.now += 60_000
  await la.publish('saltmere/2026-01')
  const decision = await decided(la.on, recommendation)
  t.match(decision, { policy: 'northmoor', policyVersion: '2026-04' })
  const { data } = await la.on('auditor', 'replayRecommendation', { params: { recommendationId: recommendation.id } })
  t.equal(data.identical, true)
})

onBoth(t, world, 'publishing the same again changes nothing', async (t, la) => {
  const before = await world.counts()
  await la.publish('northmoor/2026-04')
  t.strictSame(await world.counts(), before)
  t.match((await la.on('auditor', 'auditVerification')).data, { isIntact: true, entries: 2 })
})
