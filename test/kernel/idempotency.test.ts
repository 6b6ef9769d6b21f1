import { randomUUID } from 'node:crypto'
import t from 'tap'
import { judged, recommended } from '../support/flow.ts'
import { acceptance, levelFour, levelThree, levelTwo, low } from '../support/referrals.ts'
import { revokeRole } from '../support/roles.ts'
import { onBoth } from '../support/surfaces.ts'
import { openWorld } from '../support/world.ts'

const world = await openWorld(t)
const AT_ONCE = 50

onBoth(t, world, 'a write without an Idempotency-Key is refused and stores nothing', async (t, la) => {
  const [recommendation] = await recommended(la.on, low())
  const before = await world.counts()
  for (const [operation, request] of [
    ['receiveReferral', { body: low() }],
    ['recommendReferral', { params: { referralId: recommendation.referralId } }],
    [
      'reviseReferral',
      { params: { referralId: recommendation.referralId }, body: { basedOn: 1, reason: 'News', content: low() } },
    ],
    ['recordDecision', { params: { recommendationId: recommendation.id }, body: acceptance(recommendation) }],
  ] as const) {
    const refused = await la.on('supervisor', operation, { ...request, key: null })
    t.match(refused, { status: 400, code: 'idempotency_key_required', data: null }, operation)
  }
  t.strictSame(await world.counts(), before)
})

onBoth(t, world, 'a key is 1 to 255 visible ASCII characters', async (t, la) => {
  for (const key of ['a b', 'é', 'x'.repeat(256), ''])
    t.match(
      await la.on('referrer', 'receiveReferral', { body: low(), key }),
      { status: 400, code: key === '' ? /idempotency_key_(required|invalid)/ : 'idempotency_key_invalid' },
      `${key.length} characters`,
    )
  t.equal((await la.on('referrer', 'receiveReferral', { body: low(), key: '~'.repeat(255) })).status, 201)
})

onBoth(t, world, 'the same key and request is answered the same, and acts once', async (t, la) => {
  const key = randomUUID()
  const first = await la.on('referrer', 'receiveReferral', { body: low(), key })
  const before = await world.counts()
  world.clock.now += 3600_000
  const again = await la.on('referrer', 'receiveReferral', { body: low(), key })
  t.equal(again.status, first.status)
  t.equal(again.text, first.text, 'byte for byte')
  if (la.surface === 'REST') {
    t.equal(first.headers['idempotent-replayed'], 'false')
    t.equal(again.headers['idempotent-replayed'], 'true')
  }
  t.strictSame(await world.counts(), before)
})

t.test('it does not matter in which order the properties come, nor by which surface the request', async (t) => {
  const la = await world.authority()
  const key = randomUUID()
  const first = await la.call('REST', 'referrer', 'receiveReferral', { body: low(), key })
  const turned = Object.fromEntries(Object.entries(low()).reverse())
  const again = await la.call('REST', 'referrer', 'receiveReferral', { body: turned, key })
  t.equal(again.text, first.text)
  const overGraphql = await la.call('GraphQL', 'referrer', 'receiveReferral', { body: low(), key })
  t.equal(overGraphql.data.referral.id, first.data.referral.id)
})

onBoth(t, world, 'the same key with another request is refused', async (t, la) => {
  const key = randomUUID()
  const id = (await la.on('screener', 'receiveReferral', { body: low(), key })).data.referral.id
  const before = await world.counts()
  const other = [
    await la.on('screener', 'receiveReferral', { body: levelTwo(), key }),
    await la.on('screener', 'recommendReferral', { params: { referralId: id }, key }),
  ]
  for (const refused of other) t.match(refused, { status: 422, code: 'idempotency_mismatch', data: null })
  t.strictSame(await world.counts(), before)
})

onBoth(t, world, 'a refused request leaves its key unused', async (t, la) => {
  const key = randomUUID()
  const wrong = await la.on('referrer', 'receiveReferral', { body: low({ suggestedLevel: 'L9' }), key })
  t.equal(wrong.status, 422)
  t.equal((await la.on('referrer', 'receiveReferral', { body: low(), key })).status, 201)
})

onBoth(t, world, 'keys of different accounts have nothing to do with each other', async (t, la) => {
  const key = randomUUID()
  const ids = new Set<string>()
  for (const who of ['referrer', 'otherReferrer', 'system'] as const)
    ids.add((await la.on(who, 'receiveReferral', { body: low(), key })).data.referral.id)
  t.equal(ids.size, 3)
})

onBoth(t, world, 'a role taken away is taken away for repeated requests too', async (t, la) => {
  const key = randomUUID()
  t.equal((await la.on('referrer', 'receiveReferral', { body: low(), key })).status, 201)
  await revokeRole(world, la.accounts.referrer.id, 'referrer')
  const again = await la.on('referrer', 'receiveReferral', { body: low(), key })
  t.match(again, { status: 403, code: 'forbidden', data: null })
})

onBoth(t, world, `${AT_ONCE} equal requests at once act once and are answered alike`, async (t, la) => {
  const key = randomUUID()
  const [before = 0] = await referrals(la.id)
  const answers = await Promise.all(
    Array.from({ length: AT_ONCE }, () => la.on('referrer', 'receiveReferral', { body: levelThree(), key })),
  )
  t.strictSame(new Set(answers.map(({ status }) => status)), new Set([201]))
  t.equal(new Set(answers.map(({ text }) => text)).size, 1)
  t.strictSame(await referrals(la.id), [before + 1])
  if (la.surface === 'REST')
    t.equal(answers.filter(({ headers }) => headers['idempotent-replayed'] === 'false').length, 1)
})

/** The accounts and the policy. */
const BEFORE = 2

onBoth(t, world, 'fifty different requests at once all act, and the log has no gap', async (t, la) => {
  const answers = await Promise.all(
    Array.from({ length: AT_ONCE }, () => la.on('referrer', 'receiveReferral', { body: low() })),
  )
  t.strictSame(new Set(answers.map(({ status }) => status)), new Set([201]))
  const positions = answers.map(({ data }) => data.audit.position).sort((a, b) => a - b)
  t.strictSame(
    positions,
    Array.from({ length: AT_ONCE }, (_, i) => i + BEFORE),
  )
  t.match((await la.on('auditor', 'auditVerification')).data, { isIntact: true, entries: AT_ONCE + BEFORE })
})

onBoth(t, world, 'two people deciding at once: one decision, and one is told', async (t, la) => {
  for (let round = 0; round < 5; round++) {
    const [recommendation] = await recommended(la.on, levelFour())
    for (const who of ['screener', 'secondScreener'] as const) await judged(la.on, who, recommendation)
    const decide = (who: 'screener' | 'secondScreener') =>
      la.on(who, 'recordDecision', {
        params: { recommendationId: recommendation.id },
        body: acceptance(recommendation, { rationale: `Decided by the ${who}` }),
      })
    const both = await Promise.all([decide('screener'), decide('secondScreener')])
    t.strictSame(both.map(({ status }) => status).sort(), [201, 409])
    t.match(
      both.find(({ status }) => status === 409),
      { code: 'already_decided' },
    )
    const { data } = await la.on('auditor', 'decisions', { params: { referral: recommendation.referralId } })
    t.equal(data.edges.length, 1)
  }
})

onBoth(t, world, 'a decision and a revision at once: never a decision on what it had not seen', async (t, la) => {
  for (let round = 0; round < 5; round++) {
    const [recommendation] = await recommended(la.on, low())
    const params = { referralId: recommendation.referralId }
    await judged(la.on, 'screener', recommendation)
    const [decision, revision] = await Promise.all([
      la.on('screener', 'recordDecision', {
        params: { recommendationId: recommendation.id },
        body: acceptance(recommendation),
      }),
      la.on('referrer', 'reviseReferral', { params, body: { basedOn: 1, reason: 'News', content: levelFour() } }),
    ])
    t.equal(revision.status, 201)
    t.ok(decision.status === 201 || decision.code === 'stale_recommendation', decision.code ?? '201')
    if (decision.status === 201) t.ok(decision.data.audit.position < revision.data.audit.position, 'decided before it')
  }
})

async function referrals(authorityId: string): Promise<number[]> {
  const rows = await world.sql('select count(*)::int as n from referrals where authority_id = $1', [authorityId])
  return rows.map(({ n }) => Number(n))
}
