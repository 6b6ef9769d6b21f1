// Earlier referrals speak; children are matched by people; two agencies that refer one child are both heard.
import t from 'tap'
import { decided, received, recommendedFor } from '../support/flow.ts'
import { child, levelTwo, referral } from '../support/referrals.ts'
import { type Call, type Json, onBoth } from '../support/surfaces.ts'
import { openWorld } from '../support/world.ts'

const world = await openWorld(t)
const DAY = 24 * 3_600_000
const NHS = { identifiers: [{ scheme: 'nhs', value: '9434765919' }] }
const ada = (more: object = {}) =>
  referral([child(['SEN-01', 'FAM-01'], { name: { given: 'Ada', family: 'Fern' }, ...more })], {
    household: { address: '12 Mill Lane, Northmoor, NM1 4QX' },
  })
const history = async (on: Call, referralId: string): Promise<Json> =>
  (await on('screener', 'referralHistory', { params: { referralId } })).data.children[0]
const matches = async (on: Call, referralId: string): Promise<Json[]> =>
  (await on('screener', 'childMatches', { params: { referralId, child: 'a' } })).data.candidates

onBoth(
  t,
  world,
  'a child with the same identifier is known again, and a third contact asks for a second look',
  async (t, la) => {
    const earlier: string[] = []
    for (const days of [0, 90, 45]) {
      world.clock.now += days * DAY
      const id = await received(la.on, ada(NHS))
      await recommendedFor(la.on, id)
      earlier.push(id)
    }
    world.clock.now += 20 * DAY
    const id = await received(la.on, ada(NHS))
    const [recommendation] = await recommendedFor(la.on, id)
    const found = await history(la.on, id)
    t.match(found, {
      pattern: { contacts: 4, contactsIn12Months: 4, gapsInDays: [90, 45, 20], gapsShorten: true },
      reviewRequired: true,
    })
    t.strictSame(
      found.contacts.map((one: Json) => one.referralId),
      [...earlier].reverse(),
    )
    t.ok(found.alerts.some(({ code }: Json) => code === 'same_concern_within_3_months'))
    t.ok(found.alerts.some(({ code }: Json) => code === 'gaps_shorten'))
    const less = { level: 'L2', response: 'early-help-assessment', overrideReason: 'already-helped' }
    const decision = await decided(la.on, recommendation, less)
    t.ok(decision.secondScreeningBecause.includes('history'), 'nobody ends it alone')
  },
)

onBoth(
  t,
  world,
  'what only sounds alike is proposed, and a person says whether it is the same child',
  async (t, la) => {
    const first = await received(la.on, ada())
    await recommendedFor(la.on, first)
    world.clock.now += 10 * DAY
    const second = await received(la.on, ada({ name: { given: 'Ada', family: 'Phern' } }))
    t.match(await matches(la.on, second), [{ referralId: first, standing: 'proposed', verdict: null, isJoined: false }])
    t.equal((await history(la.on, second)).pattern.contacts, 1, 'not joined before somebody says so')
    const judge = (who: Parameters<Call>[0], verdict: string) =>
      la.on(who, 'judgeChildMatch', {
        params: { referralId: second, child: 'a' },
        body: { otherReferral: first, otherChild: 'a', verdict, reason: 'I asked the school.' },
      })
    t.match(await judge('robot', 'same'), { status: 403, code: 'forbidden' })
    t.match(await judge('referrer', 'same'), { status: 403, code: 'forbidden' })
    t.match(await judge('officer', 'same'), { status: 201, data: { match: { verdict: 'same', isStanding: true } } })
    t.match(await matches(la.on, second), [{ verdict: 'same', isJoined: true }])
    t.equal((await history(la.on, second)).pattern.contacts, 2)
    const [again] = await recommendedFor(la.on, second)
    t.ok(
      again.content.alerts.some(({ code }: Json) => code === 'referrals_in_12_months'),
      'the next recommendation knows of it',
    )
    t.equal((await judge('screener', 'different')).status, 201)
    t.equal((await history(la.on, second)).pattern.contacts, 1, 'the latest word counts')
    const params = { referralId: second, child: 'a' }
    const said = (await la.on('screener', 'childMatchVerdicts', { params })).data.edges
    t.strictSame(
      said.map(({ node }: Json) => [node.verdict, node.isStanding]),
      [
        ['different', true],
        ['same', false],
      ],
    )
  },
)

onBoth(t, world, 'twins are two children, and siblings are a household', async (t, la) => {
  const first = await received(la.on, ada())
  const twin = await received(la.on, ada({ name: { given: 'Ben', family: 'Fern' } }))
  t.strictSame(await matches(la.on, twin), [])
  const found = await history(la.on, twin)
  t.equal(found.pattern.contacts, 1)
  t.match(found.householdContacts, [{ referralId: first }])
})

onBoth(t, world, 'two agencies that refer one child in the same minute are both kept, and linked', async (t, la) => {
  const send = (who: 'referrer' | 'otherReferrer') => la.on(who, 'receiveReferral', { body: ada(NHS) })
  const both = await Promise.all([send('referrer'), send('otherReferrer')])
  const ids = both.map(({ data }) => data.referral.id).sort()
  t.equal(new Set(ids).size, 2)
  for (const referralId of ids) {
    const { data } = await la.on('screener', 'referralLinks', { params: { referral: referralId } })
    const duplicate = data.edges.map(({ node }: Json) => node).find(({ kind }: Json) => kind === 'possible_duplicate')
    t.strictSame([...duplicate.referrals].sort(), ids)
    t.equal(duplicate.state, referralId === ids[0] ? 'open' : 'confirmed', 'on both')
    const params = { linkId: duplicate.id }
    if (referralId !== ids[0]) continue
    const body = { verdict: 'confirmed', reason: 'Both saw the same evening.' }
    t.match(await la.on('panel', 'judgeReferralLink', { params, body }), { status: 403 })
    t.match(await la.on('screener', 'judgeReferralLink', { params, body }), {
      status: 201,
      data: { link: { state: 'confirmed' } },
    })
  }
  for (const who of ['referrer', 'otherReferrer'] as const) {
    t.match(await la.on(who, 'referralLinks'), { status: 403 })
    t.match(await la.on(who, 'referralHistory', { params: { referralId: ids[0] } }), { status: 403 })
    t.equal((await la.on(who, 'referrals')).data.edges.length, 1, 'and sees its own alone')
  }
})

t.test('GraphQL shows the history with each recommendation', async (t) => {
  const la = await world.authority()
  const on: Call = (...args) => la.call('REST', ...args)
  const id = await received(on, levelTwo())
  await recommendedFor(on, id)
  const query = `{ referral(referralId: "${id}") { children { recommendations { history { reviewRequired pattern { contacts } } } } } }`
  const { body } = await la.graphql('screener', query)
  t.match(body.data.referral.children[0].recommendations[0].history, {
    reviewRequired: false,
    pattern: { contacts: 1 },
  })
})
