import { randomUUID } from 'node:crypto'
import t from 'tap'
import { furnished } from '../access/ground.ts'
import { recommended } from '../support/flow.ts'
import { acceptance, levelThree, low } from '../support/referrals.ts'
import { surfacesOf } from '../support/surfaces.ts'
import { type Authority, openWorld } from '../support/world.ts'

// What is asked by an id of another authority is in test/access; here is what is asked without one.

const world = await openWorld(t)

const own = await furnished(world)
const other = await furnished(world)

for (const surface of surfacesOf('isolation')) {
  t.test(`lists hold nothing of another authority (${surface})`, async (t) => {
    for (const [operation, who] of [
      ['referrals', 'screener'],
      ['decisions', 'auditor'],
      ['escalations', 'auditor'],
      ['queue', 'screener'],
      ['letters', 'screener'],
      ['lettersDue', 'screener'],
      ['policies', 'screener'],
      ['auditEntries', 'auditor'],
      ['policyDrafts', 'auditor'],
      ['policySubmissions', 'auditor'],
      ['webhooks', 'auditor'],
      ['restrictions', 'supervisor'],
      ['breakGlassGrants', 'supervisor'],
      ['conflicts', 'administrator'],
      ['sharingDecisions', 'supervisor'],
      ['sharingMarks', 'supervisor'],
      ['events', 'auditor'],
    ] as const) {
      const { data, text } = await own.la.call(surface, who, operation, {})
      t.ok(data.edges.length > 0, operation)
      for (const id of [...Object.values(other.ids), other.la.id, other.la.code]) t.notMatch(text, id, operation)
    }
  })

  t.test(`a cursor of another authority leads to nothing of theirs (${surface})`, async (t) => {
    const { data } = await other.la.call(surface, 'screener', 'referrals', {})
    const page = await own.la.call(surface, 'screener', 'referrals', { params: { after: data.pageInfo.endCursor } })
    t.notMatch(page.text, other.ids.referral)
  })

  t.test(`a policy is the own one, by name, by date and by hash (${surface})`, async (t) => {
    const la = await world.authority('saltmere/2026-01')
    const params = { policy: 'northmoor', version: '2026-04' }
    t.match(await la.call(surface, 'screener', 'policyVersion', { params }), { status: 404, code: 'not_found' })
    const scored = await la.call(surface, 'screener', 'scoreReferral', { params, body: low() })
    t.match(scored, { status: 404, code: 'not_found' })
    const inForce = await la.call(surface, 'screener', 'policyInForce', {})
    t.match(inForce.data, { policy: 'saltmere' })
  })

  t.test(`a token works for its own authority alone (${surface})`, async (t) => {
    const strangers = [
      await own.la.token(other.la.accounts.screener.subject),
      await other.la.token(own.la.accounts.screener.subject),
      await own.la.token(randomUUID()),
    ]
    for (const token of strangers) {
      const account = { id: '', subject: '', token }
      const request = { params: { referralId: own.ids.referral } }
      t.match(await own.la.call(surface, account, 'referral', request), { status: 401, code: 'unauthenticated' })
    }
  })
}

t.test('another authority’s Idempotency-Key is not known here', async (t) => {
  const key = randomUUID()
  const bodies = [low(), levelThree()]
  for (const [i, la] of [own.la, other.la].entries()) {
    const { status, headers } = await la.rest('referrer', 'POST', '/v1/referrals', bodies[i], {
      'idempotency-key': key,
    })
    t.match({ status, replayed: headers['idempotent-replayed'] }, { status: 201, replayed: 'false' })
  }
})

t.test('the audit verification of one says nothing of the other', async (t) => {
  const verify = async (la: Authority) => (await la.rest('auditor', 'GET', '/v1/audit/verification')).body
  const before = await verify(own.la)
  const [recommendation] = await recommended((...args) => other.la.call('REST', ...args), low())
  await other.la.rest(
    'supervisor',
    'POST',
    `/v1/recommendations/${recommendation.id}/decision`,
    acceptance(recommendation),
  )
  t.strictSame(await verify(own.la), before)
  t.equal(before.isIntact, true)
})
