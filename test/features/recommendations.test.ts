import { createHash } from 'node:crypto'
import canonicalize from 'canonicalize'
import t from 'tap'
import { recommended } from '../support/flow.ts'
import {
  child,
  levelFour,
  levelThree,
  levelTwo,
  low,
  type ReferralBody,
  referral,
  siblings,
  withheld,
} from '../support/referrals.ts'
import { type Call, type Json, onBoth } from '../support/surfaces.ts'
import { openWorld } from '../support/world.ts'

const world = await openWorld(t)
const DAY = 24 * 3600_000

onBoth(t, world, 'a score cites the document, and stores nothing', async (t, la) => {
  const before = await world.counts()
  const { status, data } = await la.on('referrer', 'scoreReferral', { body: levelFour() })
  t.equal(status, 200)
  const [{ level, responses, reasons, pins }] = data.recommendations
  t.equal(level.code, 'L4')
  t.equal(responses[0].code, 'strategy-discussion')
  const decisive = reasons.filter((reason: Json) => reason.decisive)
  t.ok(decisive.length > 0)
  for (const { citation, because } of decisive) {
    t.ok(because)
    t.ok(citation.document && citation.section, 'every decisive reason says where it stands')
  }
  const finding = decisive
    .flatMap((reason: Json) => reason.findings)
    .find((found: Json) => found.indicator === 'PHY-06')
  t.match(finding, { text: /says that a parent, carer or other adult hits/, citation: { paragraph: 'C7.6', page: 28 } })
  t.equal(finding.evidence[0].text, 'Seen: PHY-06.', 'with the evidence that met it')
  t.match(pins, { policy: 'northmoor', policyVersion: '2026-04', policyHash: /^[0-9a-f]{64}$/ })
  t.strictSame(await world.counts(), before)
})

onBoth(t, world, 'what is low, high and unmapped comes out so', async (t, la) => {
  const table: [string, ReferralBody, string | null, string][] = [
    ['expected development alone', low(), 'L1', 'universal-services'],
    ['two needs', levelTwo(), 'L2', 'early-help-assessment'],
    ['one that is enough alone', levelThree(), 'L3', 'section-17-assessment'],
    ['a disclosure', levelFour(), 'L4', 'strategy-discussion'],
    ['immediate danger', low({ immediateDanger: true }), 'L4', 'immediate-protection'],
    ['a concern in words alone', withheld(), null, 'human-review'],
    ['nothing found at all', referral([child([])]), null, 'human-review'],
  ]
  for (const [name, body, level, response] of table) {
    const [{ content }] = await recommended(la.on, body)
    t.equal(content.level?.code ?? null, level, name)
    t.equal(content.responses[0].code, response, name)
    t.equal(content.outcome, level === null ? 'withheld' : 'recommended', name)
    if (level === null) t.ok(content.withheldBecause.length > 0, `${name}: says why`)
  }
})

onBoth(t, world, 'each child has a recommendation of its own, kept with its pins', async (t, la) => {
  const [older, younger] = await recommended(la.on, siblings())
  t.match(older, { child: 'older', revision: 1, isCurrent: true, content: { level: { code: 'L4' } } })
  t.match(younger, { child: 'younger', content: { level: { code: 'L1' } } })
  const { data: receipt } = await la.on('system', 'referralRecommendations', {
    params: { referralId: older.referralId },
  })
  t.strictSame(sorted(receipt.recommendations), sorted([older, younger]))
  const read = await la.on('system', 'recommendation', { params: { recommendationId: older.id } })
  t.strictSame(read.data, older)
  const [version] = (await la.on('screener', 'policies')).data.edges
  t.equal(older.content.pins.policyHash, version.node.contentHash)
  t.equal(older.content.pins.statutoryHash, version.node.statutoryHash)
  const [row] = await world.sql('select content, content_hash from recommendations where id = $1', [older.id])
  t.equal(createHash('sha256').update(String(row?.['content'])).digest('hex'), row?.['content_hash'])
})

const sorted = (list: Json[]): Json[] => [...list].sort((a, b) => (a.id < b.id ? -1 : 1))

t.test('a child’s result is the same whether or not a sibling is in the referral', async (t) => {
  const la = await world.authority()
  const on: Call = (...args) => la.call('REST', ...args)
  const [, together] = await recommended(on, siblings())
  const alone = await recommended(on, referral(siblings().children.slice(1)))
  const { pins: _, ...left } = together.content
  const { pins: __, ...right } = alone[0].content
  t.strictSame(left, right)
})

onBoth(t, world, 'a stored recommendation is computed again to the same bytes', async (t, la) => {
  for (const body of [low(), levelFour(), withheld(), siblings()]) {
    for (const { id } of await recommended(la.on, body)) {
      const { data } = await la.on('auditor', 'replayRecommendation', { params: { recommendationId: id } })
      t.match(data, { identical: true, reason: null })
      t.equal(data.storedHash, data.recomputedHash)
    }
  }
})

t.test('what is shown over REST is what was hashed', async (t) => {
  const la = await world.authority()
  const [{ id, content }] = await recommended((...args) => la.call('REST', ...args), levelThree())
  const { body } = await la.rest('screener', 'GET', `/v1/recommendations/${id}/replay`)
  const hash = createHash('sha256')
    .update(canonicalize(content) as string)
    .digest('hex')
  t.equal(hash, body.storedHash)
})

onBoth(t, world, 'a recommendation is replaced by a newer one and by a revision, and stays', async (t, la) => {
  const [first] = await recommended(la.on, low())
  const params = { referralId: first.referralId }
  world.clock.now += 60_000
  const [second] = (await la.on('system', 'recommendReferral', { params })).data.recommendations
  const isCurrent = async (id: string) =>
    (await la.on('system', 'recommendation', { params: { recommendationId: id } })).data.isCurrent
  t.equal(await isCurrent(first.id), false)
  t.equal(await isCurrent(second.id), true)
  const body = { basedOn: 1, reason: 'He told us.', content: levelFour() }
  t.equal((await la.on('referrer', 'reviseReferral', { params, body })).status, 201)
  t.equal(await isCurrent(second.id), false, 'nothing newer was scored, but something newer was said')
  const { data } = await la.on('system', 'referralRecommendations', { params })
  t.strictSame(
    data.recommendations.map(({ id }: Json) => id),
    [second.id, first.id],
    'newest first',
  )
})

onBoth(
  t,
  world,
  'an earlier referral of the same child is found by its identifier, raises and alerts',
  async (t, la) => {
    const body = (value: string) => referral([child(['NEG-01'], { identifiers: [{ scheme: 'nhs', value }] })])
    const [first] = await recommended(la.on, body('999 000 4315'))
    t.equal(first.content.level.code, 'L2')
    world.clock.now += 30 * DAY
    const [other] = await recommended(la.on, body('999 000 1111'))
    t.equal(other.content.level.code, 'L2', 'another child is another child')
    const [again] = await recommended(la.on, body('9990004315'))
    t.equal(again.content.level.code, 'L3', 'spaces do not matter')
    t.ok(again.content.alerts.some(({ code }: Json) => code === 'same_concern_within_3_months'))
    const because = again.content.reasons.find(({ id }: Json) => id === 'R-05')
    t.match(because, { decisive: true, citation: { paragraph: 'E.14' } })
    const { data } = await la.on('auditor', 'replayRecommendation', { params: { recommendationId: again.id } })
    t.equal(data.identical, true, 'with the history it was made with')
  },
)

t.test('another authority’s referrals of the same child are not history here', async (t) => {
  const body = referral([child(['NEG-01'], { identifiers: [{ scheme: 'upn', value: 'A123' }] })])
  const [there, here] = [await world.authority(), await world.authority()]
  await recommended((...args) => there.call('REST', ...args), body)
  world.clock.now += DAY
  const [{ content }] = await recommended((...args) => here.call('REST', ...args), body)
  t.equal(content.level.code, 'L2')
  t.strictSame(content.alerts, [])
})

onBoth(t, world, 'only those who work on referrals may ask for recommendations or read them', async (t, la) => {
  const [{ id, referralId }] = await recommended(la.on, low())
  for (const who of ['referrer', 'panel', 'auditor', 'author', 'approver', 'administrator'] as const) {
    const made = await la.on(who, 'recommendReferral', { params: { referralId } })
    t.match(made, { status: 403, code: 'forbidden' }, `${who} makes none`)
  }
  for (const who of ['referrer', 'auditor', 'author', 'administrator'] as const)
    t.match(await la.on(who, 'recommendation', { params: { recommendationId: id } }), {
      status: 403,
      code: 'forbidden',
    })
  const scored = await la.on('administrator', 'scoreReferral', { body: low() })
  t.match(scored, { status: 403, code: 'forbidden' }, 'an administrator reads no case content')
})

onBoth(t, world, 'a score by a named version needs the policy and the version', async (t, la) => {
  await la.publish('saltmere/2026-01')
  const score = (params: Record<string, string>) => la.on('screener', 'scoreReferral', { params, body: low() })
  const named = await score({ policy: 'northmoor', version: '2026-04' })
  t.match(named, { status: 200, data: { recommendations: [{ pins: { policy: 'northmoor' } }] } })
  t.match(await score({ policy: 'northmoor', version: '1999-01' }), { status: 404, code: 'not_found' })
  for (const half of [{ policy: 'nosuch' }, { version: '1999-01' }])
    t.not((await score(half)).status, 200, `${Object.keys(half)} alone is not passed over`)
})
