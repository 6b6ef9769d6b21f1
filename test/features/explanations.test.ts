// Explanations over both surfaces: for whom, in what form, of what, and what is refused.
import t from 'tap'
import { recommended } from '../support/flow.ts'
import {
  child,
  levelFour,
  levelTwo,
  low,
  type ReferralBody,
  referral,
  siblings,
  withChild,
  withheld,
} from '../support/referrals.ts'
import { type Call, type Json, onBoth } from '../support/surfaces.ts'
import { openWorld } from '../support/world.ts'

const world = await openWorld(t)
const DAY = 24 * 3600_000

onBoth(t, world, 'a stored recommendation is explained from what it was made with', async (t, la) => {
  const [made] = await recommended(la.on, levelTwo())
  const before = await world.counts()
  const { status, data } = await la.on('system', 'recommendationExplanation', {
    params: { recommendationId: made.id },
  })
  t.equal(status, 200)
  t.match(data, { audience: 'screener', child: 'a', explanation: { child: 'a' } })
  t.strictSame(data.explanation.recommendation, made.content, 'the recommendation as it is stored')
  const cluster = data.explanation.considered.find(({ id }: Json) => id === 'E-01')
  t.match(cluster, { value: 'yes', citation: { paragraph: 'E.1', page: 62 } })
  t.match(cluster.conditions[0].read[0], { answer: 'found', evidence: [{ source: 'Class teacher' }] })
  t.ok(data.explanation.wouldRaise.sets.length > 0)
  t.ok(data.sections.some(({ heading }: Json) => heading === 'What would change it'))
  t.strictSame(await world.counts(), before, 'and nothing is stored')
})

onBoth(t, world, 'each role has the readers that are its own', async (t, la) => {
  const [{ id }] = await recommended(la.on, levelTwo())
  const stored = (who: Parameters<typeof la.on>[0], audience?: string) =>
    la.on(who, 'recommendationExplanation', { params: { recommendationId: id, audience } })
  const scored = (who: Parameters<typeof la.on>[0], audience?: string) =>
    la.on(who, 'scoreExplanation', { params: { audience }, body: levelTwo() })
  for (const audience of ['screener', 'referrer', 'panel'])
    t.match((await stored('system', audience)).data, { audience, explanation: audience === 'screener' ? {} : null })
  t.match(
    (await stored('panel')).data,
    { audience: 'panel', explanation: null },
    'the fullest that is for a panel member',
  )
  t.match(await stored('panel', 'screener'), { status: 403, code: 'forbidden' })
  for (const who of ['referrer', 'auditor', 'author', 'administrator'] as const)
    t.match(await stored(who, 'referrer'), { status: 403, code: 'forbidden' }, `${who} reads no stored one`)
  t.match((await scored('referrer')).data, { explanations: [{ audience: 'referrer', explanation: null }] })
  for (const audience of ['screener', 'panel'])
    t.match(await scored('referrer', audience), { status: 403, code: 'forbidden' })
  t.match(await scored('administrator', 'referrer'), { status: 403, code: 'forbidden' })
  t.match(await scored('screener', 'nobody'), { status: 400, code: 'invalid_input' })
  const elsewhere = await world.authority()
  const other = await elsewhere.call(la.surface, 'system', 'recommendationExplanation', {
    params: { recommendationId: id },
  })
  t.match(other, { status: 404, code: 'not_found' }, 'and not another authority’s')
})

onBoth(t, world, 'a score is explained child by child, or for one of them, and nothing is stored', async (t, la) => {
  const before = await world.counts()
  const both = await la.on('screener', 'scoreExplanation', { body: siblings() })
  t.strictSame(
    both.data.explanations.map((one: Json) => one.child),
    ['older', 'younger'],
  )
  const one = await la.on('screener', 'scoreExplanation', { params: { child: 'younger' }, body: siblings() })
  t.strictSame(
    one.data.explanations.map((told: Json) => told.child),
    ['younger'],
  )
  t.match(await la.on('screener', 'scoreExplanation', { params: { child: 'nobody' }, body: siblings() }), {
    status: 400,
    code: 'invalid_input',
    errors: [{ in: 'query', pointer: '/child' }],
  })
  t.match(await la.on('screener', 'scoreExplanation', { body: referral([child(['NO-99'])]) }), {
    status: 422,
    code: 'unknown_indicator',
  })
  t.strictSame(await world.counts(), before)
})

onBoth(t, world, 'the referrer is told of what the referrer gave, and of nothing else', async (t, la) => {
  const identified = (content: ReferralBody, value: string): ReferralBody =>
    withChild(content, { identifiers: [{ scheme: 'nhs', value }] })
  const number = '999 000 7777'
  await recommended(la.on, identified(referral([child(['NEG-01'])]), number))
  world.clock.now += 30 * DAY
  const sent = identified(referral([child(['NEG-01'])]), number)
  const [first] = await recommended(la.on, sent)
  t.equal(first.content.level.code, 'L3', 'with the history that the authority holds')
  const params = { referralId: first.referralId }
  const added = identified(referral([child(['NEG-01', 'PHY-06']), child(['EXP-03'], { id: 'b' })]), number)
  const body = { basedOn: 1, reason: 'The police told us.', content: added }
  t.equal((await la.on('screener', 'reviseReferral', { params, body })).status, 201)
  const made = (await la.on('system', 'recommendReferral', { params })).data.recommendations
  const of = (name: string) => made.find((one: Json) => one.child === name)
  t.equal(of('a').content.level.code, 'L4', 'with what the screener added')
  const { data } = await la.on('system', 'recommendationExplanation', {
    params: { recommendationId: of('a').id, audience: 'referrer' },
  })
  const text = JSON.stringify(data)
  t.match(text, /places the child at “Early Help”/, 'the level of what the referrer said')
  t.notMatch(text, /hits or hurts|comes back within|Child Protection|Child in Need”\./)
  const unknown = await la.on('system', 'recommendationExplanation', {
    params: { recommendationId: of('b').id, audience: 'referrer' },
  })
  t.match(unknown, { status: 404, code: 'not_found' }, 'a child of whom the referrer said nothing')
})

onBoth(t, world, 'what cannot be computed again is not explained', async (t, la) => {
  const [made] = await recommended(la.on, low())
  const explained = () => la.on('system', 'recommendationExplanation', { params: { recommendationId: made.id } })
  t.equal((await explained()).status, 200)
  const change = async (set: string) => {
    await world.sql('alter table recommendations disable trigger user')
    await world.sql(`update recommendations set ${set} where id = $1`, [made.id])
    await world.sql('alter table recommendations enable trigger user')
  }
  await change(`snapshot = replace(snapshot, '"immediateDanger":false', '"immediateDanger":true')`)
  t.match(await explained(), { status: 409, code: 'not_replayable' }, 'other inputs')
  await change(`snapshot = replace(snapshot, '"immediateDanger":true', '"immediateDanger":false')`)
  t.equal((await explained()).status, 200)
  await change(`engine_semantics = '0'`)
  t.match(await explained(), { status: 409, code: 'not_replayable' }, 'another meaning of scoring')
  await change(`engine_semantics = '1', content = replace(content, '"provisional":false', '"provisional":true')`)
  t.match(await explained(), { status: 500, code: 'integrity_violation' }, 'another content')
})

t.test('Accept and format choose among JSON, text and a page', async (t) => {
  const la = await world.authority()
  const on: Call = (...args) => la.call('REST', ...args)
  const [{ id }] = await recommended(on, withheld())
  const path = `/v1/recommendations/${id}/explanation`
  const rows: [string, string | null, string][] = [
    ['', null, 'application/json'],
    ['', '*/*', 'application/json'],
    ['', 'application/json', 'application/json'],
    ['', 'text/plain', 'text/plain'],
    ['', 'text/html,application/xhtml+xml,*/*;q=0.8', 'text/html'],
    ['', 'text/html;q=0.3, text/plain;q=0.7', 'text/plain'],
    ['', 'text/*', 'text/plain'],
    ['', 'text/html;q=0, */*', 'application/json'],
    ['', 'image/png', 'application/json'],
    ['', 'text/html;q=many', 'application/json'],
    ['?format=html', 'application/json', 'text/html'],
    ['?format=text', null, 'text/plain'],
    ['?format=json&audience=panel', 'text/html', 'application/json'],
  ]
  for (const [query, accept, type] of rows) {
    const { status, headers } = await la.rest('system', 'GET', path + query, undefined, { accept })
    t.equal(status, 200)
    t.equal(headers['content-type'], `${type}; charset=utf-8`, `${query} ${accept}`)
    t.match(headers, { 'cache-control': 'no-store', vary: 'accept' })
  }
  const refused = await la.rest('system', 'GET', `${path}?format=pdf`)
  t.match(refused, { status: 400, body: { code: 'invalid_input', errors: [{ pointer: '/format' }] } })
  const elsewhere = await la.rest('system', 'GET', `/v1/recommendations/${id}?format=html`)
  t.match(
    elsewhere,
    { status: 400, body: { errors: [{ pointer: '/format', code: 'unknown_property' }] } },
    'not of every operation',
  )
  const [{ id: other }] = await recommended(on, levelFour())
  const page = await la.rest('system', 'GET', `/v1/recommendations/${other}/explanation?format=html`)
  t.match(page.headers['content-security-policy'], /^default-src 'none'; style-src 'unsafe-inline'/)
  t.match(page.text, /^<!DOCTYPE html>/)
  t.match(page.text, /paragraph C7\.6, page 28/)
  const denied = await la.rest('referrer', 'GET', `${path}?format=html`)
  t.match(denied, { status: 403, body: { code: 'forbidden' } }, 'a refusal is a problem in any form')
})

t.test('GraphQL gives the same text and page beside the data', async (t) => {
  const la = await world.authority()
  const [{ id }] = await recommended((...args) => la.call('REST', ...args), levelFour())
  const query =
    'query($id: ID!) { recommendationExplanation(recommendationId: $id, audience: panel) { title text html } }'
  const { body } = await la.graphql('system', query, { id })
  const path = `/v1/recommendations/${id}/explanation?audience=panel&format=`
  t.equal(body.data.recommendationExplanation.text, (await la.rest('system', 'GET', `${path}text`)).text)
  t.equal(body.data.recommendationExplanation.html, (await la.rest('system', 'GET', `${path}html`)).text)
})
