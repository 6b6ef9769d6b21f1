import t from 'tap'
import { child, levelTwo, low, referral, siblings, withChild } from '../support/referrals.ts'
import { type Json, onBoth } from '../support/surfaces.ts'
import { type Authority, openWorld } from '../support/world.ts'

const world = await openWorld(t)

onBoth(t, world, 'a referral is acknowledged at once, with reference, due time and receipt', async (t, la) => {
  const { status, data } = await la.on('referrer', 'receiveReferral', { body: low() })
  t.equal(status, 201)
  t.match(data.referral.reference, /^[2-9B-Z]{5}-[2-9B-Z]{5}$/)
  t.match(data.acknowledgement, data.referral.reference)
  t.match(data.acknowledgement, '999')
  t.equal(data.referral.receivedAt, '2026-11-24T10:00:00.000Z')
  t.match(data.decisionDueAt, /^2026-11-25T/, 'one working day later')
  const [entry] = (await la.rest('auditor', 'GET', '/v1/audit/entries?first=1')).body.edges
  t.match(entry.node, { position: data.audit.position, leafHash: data.audit.leafHash, event: 'referral.received' })
  t.notMatch(entry.node.body, /Hillside|worried|2018/, 'the log holds ids and codes alone')
  const shown = await la.on('screener', 'referral', { params: { referralId: data.referral.id } })
  t.strictSame(shown.data, data.referral, 'and stands as it was acknowledged')
})

t.test('a referral is taken though no policy is in force, and cannot be scored until one is', async (t) => {
  const la = await world.authority(null)
  const received = await la.rest('referrer', 'POST', '/v1/referrals', low())
  t.equal(received.status, 201)
  const path = `/v1/referrals/${received.body.referral.id}/recommendations`
  const refused = await la.rest('screener', 'POST', path)
  t.match(refused, { status: 422, body: { code: 'no_policy_in_force' } })
  await la.publish('northmoor/2026-04')
  t.equal((await la.rest('screener', 'POST', path)).status, 201)
})

onBoth(t, world, 'the list is newest first, and filters by time, agency and source', async (t, la) => {
  const agencies = ['Police', 'School', 'Police']
  const ids: string[] = []
  for (const [i, agency] of agencies.entries()) {
    world.clock.now += 60_000
    const referrer = { agency, role: 'Officer', sourceCode: i === 2 ? '6' : '2A' }
    const { data } = await la.on('referrer', 'receiveReferral', { body: low({ referrer }) })
    ids.unshift(data.referral.id)
  }
  const [newest, middle, oldest] = ids
  const at = async (id?: string) =>
    (await la.on('screener', 'referral', { params: { referralId: id } })).data.receivedAt
  const list = async (params: object) => {
    const { data } = await la.on('screener', 'referrals', { params: { ...params } })
    return data.edges.map(({ node }: Json) => node.id)
  }
  t.strictSame(await list({}), ids)
  t.strictSame(await list({ agency: 'Police' }), [newest, oldest])
  t.strictSame(await list({ agency: 'Police', sourceCode: '6' }), [newest])
  t.strictSame(await list({ from: await at(middle) }), [newest, middle], '“from” includes its instant')
  t.strictSame(await list({ to: await at(middle) }), [oldest], '“to” leaves its instant out')
  t.strictSame(await list({ agency: 'Nobody' }), [])
})

onBoth(t, world, 'pages hold every item once, in order, while new ones come in at the same instant', async (t, la) => {
  const receive = async () => (await la.on('referrer', 'receiveReferral', { body: low() })).data.referral.id
  const before: string[] = []
  for (let i = 0; i < 7; i++) before.push(await receive())
  const seen: string[] = []
  let after: string | undefined
  for (let page = 0; page < 20; page++) {
    const { data } = await la.on('screener', 'referrals', { params: { first: 2, after } })
    seen.push(...data.edges.map(({ node }: Json) => node.id))
    if (!data.pageInfo.hasNextPage) break
    after = data.pageInfo.endCursor
    await receive()
  }
  const whole = await la.on('screener', 'referrals', { params: { first: 100 } })
  const order: string[] = whole.data.edges.map(({ node }: Json) => node.id)
  t.equal(new Set(seen).size, seen.length, 'none twice')
  t.strictSame(seen.filter((id) => before.includes(id)).sort(), [...before].sort(), 'all that were there')
  t.strictSame(
    seen,
    order.filter((id) => seen.includes(id)),
    'in the order of the list',
  )
})

t.test('the header link leads through all pages', async (t) => {
  const la = await world.authority()
  for (let i = 0; i < 3; i++) await la.rest('referrer', 'POST', '/v1/referrals', low())
  let url: string | undefined = '/v1/referrals?first=2'
  const sizes: number[] = []
  while (url) {
    const { body, headers } = await la.rest('screener', 'GET', url)
    sizes.push(body.edges.length)
    url = /^<([^>]+)>; rel="next"$/.exec(String(headers['link'] ?? ''))?.[1]
  }
  t.strictSame(sizes, [2, 1])
})

onBoth(t, world, 'a referrer sees the own referrals only; another one’s does not exist', async (t, la) => {
  const mine = (await la.on('referrer', 'receiveReferral', { body: low() })).data.referral.id
  const theirs = (await la.on('otherReferrer', 'receiveReferral', { body: low() })).data.referral.id
  const { data } = await la.on('referrer', 'referrals')
  t.strictSame(
    data.edges.map(({ node }: Json) => node.id),
    [mine],
  )
  for (const operation of ['referral', 'referralRevisions'])
    t.match(await la.on('referrer', operation, { params: { referralId: theirs } }), { status: 404, code: 'not_found' })
  const body = { basedOn: 1, reason: 'Meddling', content: low() }
  const revised = await la.on('referrer', 'reviseReferral', { params: { referralId: theirs }, body })
  t.match(revised, { status: 404, code: 'not_found' })
  t.equal((await la.on('screener', 'referrals')).data.edges.length, 2, 'a screener sees both')
})

onBoth(t, world, 'a revision follows the one it names, and every earlier one stays as it was', async (t, la) => {
  const { referral: first } = (await la.on('referrer', 'receiveReferral', { body: low() })).data
  const params = { referralId: first.id }
  const revise = (basedOn: number, content = levelTwo()) =>
    la.on('referrer', 'reviseReferral', { params, body: { basedOn, reason: 'He told us more.', content } })
  world.clock.now += 60_000
  const second = await revise(1)
  t.match(second, { status: 201, data: { referral: { revision: 2, changeReason: 'He told us more.' } } })
  t.equal(second.data.referral.receivedAt, first.receivedAt, 'it was received when it was received')
  t.equal(second.data.referral.reference, first.reference)
  for (const stale of [1, 3, 99]) t.match(await revise(stale), { status: 409, code: 'revision_conflict' })
  t.match(await revise(0), { status: 400, code: 'invalid_input', errors: [{ pointer: '/basedOn' }] })
  const { revisions } = (await la.on('screener', 'referralRevisions', { params })).data
  t.strictSame(revisions, [first, second.data.referral])
  t.strictSame((await la.on('screener', 'referral', { params })).data, second.data.referral)
})

onBoth(t, world, 'a revision adds children and cannot leave one out', async (t, la) => {
  const { referral: first } = (await la.on('referrer', 'receiveReferral', { body: siblings() })).data
  const revise = (content: unknown) =>
    la.on('screener', 'reviseReferral', {
      params: { referralId: first.id },
      body: { basedOn: 1, reason: 'One child too many?', content },
    })
  const fewer = await revise(referral(siblings().children.slice(0, 1)))
  t.match(fewer, { status: 422, code: 'unprocessable', errors: [{ code: 'child_left_out', detail: /younger/ }] })
  const renamed = await revise(withChild(siblings(), { id: 'someone-else' }))
  t.match(renamed, { status: 422, errors: [{ code: 'child_left_out', detail: /older/ }] })
  const more = await revise(referral([...siblings().children, child(['EXP-03'], { id: 'third' })]))
  t.equal(more.status, 201)
  t.equal(more.data.referral.children.length, 3)
})

t.test('two who revise at once on the same revision: one wins, the other is told', async (t) => {
  const la = await world.authority()
  const { id } = (await la.rest('referrer', 'POST', '/v1/referrals', low())).body.referral
  const revise = (who: 'screener' | 'supervisor') =>
    la.rest(who, 'POST', `/v1/referrals/${id}/revisions`, { basedOn: 1, reason: 'News', content: levelTwo() })
  const both = await Promise.all([revise('screener'), revise('supervisor')])
  t.strictSame(both.map(({ status }) => status).sort(), [201, 409])
  t.equal(await revisionsOf(la, id), 2)
})

async function revisionsOf(la: Authority, id: string): Promise<number> {
  return (await la.rest('screener', 'GET', `/v1/referrals/${id}/revisions`)).body.revisions.length
}
