// What the referrer and the family are told, by when, and whether it came.
import t from 'tap'
import { acknowledgeReferrals } from '../../src/features/letters/task.ts'
import { completed, decided, received, recommended, recommendedFor } from '../support/flow.ts'
import { child, levelFour, levelTwo, referral } from '../support/referrals.ts'
import { type Call, type Json, onBoth } from '../support/surfaces.ts'
import { openWorld, START } from '../support/world.ts'

const world = await openWorld(t)
const HOUR = 3_600_000
const at = (hours: number) => {
  world.clock.now = START + hours * HOUR
}
t.beforeEach(() => at(0))

const REFERRER = {
  agency: 'Hillside Primary School',
  role: 'Designated safeguarding lead',
  sourceCode: '2A',
  name: 'Robin Thrush',
}
const named = child(['SEN-01', 'FAM-01'], { name: { given: 'Ash', family: 'Fern' } })
const early = () => levelTwo({ referrer: REFERRER, children: [named] })

const preview = async (on: Call, referralId: string, more: object = { kind: 'feedback' }) =>
  await on('screener', 'letterPreview', { params: { referralId, ...more } })
const send = async (on: Call, referralId: string, body: object = { kind: 'feedback' }) =>
  await on('screener', 'sendLetter', { params: { referralId }, body })
const due = async (on: Call, params: object = {}): Promise<Json[]> =>
  (await on('screener', 'lettersDue', { params: { ...params } })).data.edges.map(({ node }: Json) => node)
const flat = (text: string): string => text.replaceAll(/\s+/g, ' ')

/** Everything that the service does by itself, until nothing is waiting. */
async function acknowledged(authorityId: string): Promise<void> {
  const now = () => new Date(world.clock.now).toISOString()
  let made = 0
  const newId = () =>
    `00000000-0000-7000-8000-${String(START + made++)
      .padStart(12, '0')
      .slice(-12)}`
  const onFailure = (error: unknown) => {
    throw error
  }
  const signal = new AbortController().signal
  while (await acknowledgeReferrals.step({ database: world.database, now, newId, signal, onFailure }, authorityId));
}

onBoth(t, world, 'a referral is acknowledged by the service itself, once, in time', async (t, { on, id }) => {
  const referralId = await received(on, early())
  t.match(await due(on), [{ referralId, kind: 'acknowledgement', decisions: [], isOverdue: false }])
  t.equal((await due(on))[0].dueAt, '2026-11-25T17:00:00.000Z')
  const overdue = async (yes: boolean) => (await due(on, { overdue: yes })).map(({ kind }) => kind)
  at(30.9)
  t.same([await overdue(true), await overdue(false)], [[], ['acknowledgement']], 'in time up to five o’clock')
  at(31.1)
  t.same([await overdue(true), await overdue(false)], [['acknowledgement'], []], 'and then overdue')
  at(15 * 24)
  await acknowledged(id)
  t.equal((await due(on)).length, 1, 'weeks later it is no longer acknowledged by itself, and is still owed')
  at(1)
  await acknowledged(id)
  await acknowledged(id)
  t.same(await due(on), [], 'nothing is owed any more')
  const { data } = await on('referrer', 'letters', {})
  t.equal(data.edges.length, 1)
  const { node } = data.edges[0]
  t.match(node, { referralId, kind: 'acknowledgement', state: 'sent', writtenBy: null, policy: 'northmoor' })
  t.match(node.text, /by 17:00 on 25 November 2026/)
  t.match(flat(node.text), /1\. Practitioners concerned, by telephone, within 1 working day/)
  t.match(await send(on, referralId, { kind: 'acknowledgement' }), { status: 409, code: 'nothing_to_tell' })
})

onBoth(
  t,
  world,
  'feedback is owed from completion, says why and where else there is help, and is sent once',
  async (t, la) => {
    const { on } = la
    const [recommendation] = await recommended(on, early())
    const { referralId } = recommendation
    t.match(await preview(on, referralId), { status: 409, code: 'nothing_to_tell' }, 'nothing is decided')
    const help = [
      {
        help: 'A place in the family hub',
        heldBy: 'Hub lead',
        status: 'secured',
        consent: 'given',
        followUpOn: '2026-12-08',
      },
      {
        help: 'A debt adviser',
        heldBy: 'Money advice',
        status: 'offered',
        consent: 'not_asked',
        followUpOn: '2026-12-08',
      },
    ]
    const decision = await completed(on, recommendation, { closing: { help }, rationale: 'Internal words of mine.' })
    const [owed] = await due(on, { kind: 'feedback' })
    t.match(owed, {
      referralId,
      decisions: [decision.id],
      children: ['a'],
      since: decision.completedAt,
      isOverdue: false,
    })
    const shown = await preview(on, referralId)
    t.match(shown.data, {
      kind: 'feedback',
      decisions: [decision.id],
      to: 'Robin Thrush, Designated safeguarding lead, Hillside Primary School',
    })
    const { data } = await send(on, referralId)
    const { letter } = data
    t.equal(letter.text, shown.data.text, 'what was previewed is what was sent')
    for (const said of [
      'Ash Fern',
      'Early help assessment',
      'A place in the family hub (Hub lead)',
      'Early Help Advice Line',
    ])
      t.ok(flat(letter.text).includes(said), said)
    const { because } = recommendation.content.reasons[0]
    t.ok(flat(letter.text).includes(flat(because)), 'the document’s reason')
    for (const stage of ['Practitioners concerned', 'Heads of service', 'independent scrutineer'])
      t.ok(flat(letter.text).includes(stage), `below the threshold the ladder is named: ${stage}`)
    t.notMatch(
      letter.text,
      /Internal words|debt adviser/,
      'neither the rationale nor what the family was not asked about',
    )
    const advice = recommendation.content.quality.features.find(({ met }: Json) => !met).advice
    t.ok(flat(letter.text).includes(flat(advice)), 'advice on the referral')
    t.same(await due(on), [])
    t.match(await send(on, referralId), { status: 409, code: 'nothing_to_tell' })
  },
)

onBoth(t, world, 'a letter is sent, fails, goes out again, and its reader confirms it', async (t, { on }) => {
  const [recommendation] = await recommended(on, early())
  await completed(on, recommendation)
  const { letter } = (await send(on, recommendation.referralId)).data
  const letterId = letter.id
  const record = (body: object) => on('system', 'recordDelivery', { params: { letterId }, body })
  t.equal(letter.state, 'sent')
  t.match(await record({ means: 'post', outcome: 'failed' }), { status: 422, errors: [{ pointer: '/reason' }] })
  t.match(await record({ means: 'post', outcome: 'sent', reason: 'x' }), { status: 422 })
  for (const when of ['2026-11-24T09:00:00Z', '2026-11-25T09:00:00Z'])
    t.match(await record({ means: 'post', outcome: 'sent', at: when }), { status: 422, errors: [{ pointer: '/at' }] })
  t.match((await record({ means: 'post', outcome: 'failed', reason: 'Unknown at the address.' })).data.letter, {
    state: 'failed',
  })
  const overdue = async () => (await on('screener', 'letters', { params: { overdue: true } })).data.edges.length
  t.equal(await overdue(), 0)
  at(32)
  t.equal(await overdue(), 1, 'its time has run out')
  t.match((await record({ means: 'secure_email', outcome: 'delivered' })).data.letter, {
    state: 'delivered',
    isOverdue: false,
  })
  t.equal(await overdue(), 0)
  t.match(await on('otherReferrer', 'confirmLetter', { params: { letterId } }), { status: 404, code: 'not_found' })
  t.match(await on('supervisor', 'confirmLetter', { params: { letterId } }), { status: 404 }, 'nor for them, by staff')
  const confirmed = await on('referrer', 'confirmLetter', { params: { letterId } })
  t.match(confirmed.data.letter, { state: 'received', receipt: { by: { displayName: 'The referrer' } } })
  t.equal(confirmed.data.letter.deliveries.length, 2)
  t.match(await on('referrer', 'confirmLetter', { params: { letterId } }), { status: 409, code: 'already_confirmed' })
  const listed = await on('screener', 'letters', { params: { state: 'received', referral: recommendation.referralId } })
  t.match(listed.data.edges, [{ node: { id: letterId } }])
  t.same((await on('screener', 'letters', { params: { state: 'failed' } })).data.edges, [])
  t.match((await on('auditor', 'auditVerification', {})).data, { isIntact: true })
})

onBoth(t, world, 'what is not complete is not told, and what replaces a decision is told anew', async (t, { on }) => {
  const [recommendation] = await recommended(on, levelFour({ referrer: REFERRER }))
  const { referralId } = recommendation
  const waiting = await decided(on, recommendation, {}, 'screener')
  t.not(waiting.state, 'complete')
  t.same(
    (await due(on)).map(({ kind }) => kind),
    ['acknowledgement'],
    'the decision is not owed yet',
  )
  t.match(await preview(on, referralId), { code: 'nothing_to_tell' })
  const again = await completed(on, recommendation, { supersedes: waiting.id })
  t.match((await send(on, referralId)).data.letter, { decisions: [again.id] })
  const third = await completed(on, recommendation, { supersedes: again.id, rationale: 'Seen again.' })
  t.match(await due(on), [{ kind: 'feedback', decisions: [third.id] }])
  const replaced = /takes the place of what we told you on 24 November 2026/
  t.match((await send(on, referralId)).data.letter, { decisions: [third.id], text: replaced })
  const family = { kind: 'family_feedback', child: 'a', tellingIsSafe: 'She is with her aunt.' }
  t.notMatch((await send(on, referralId, family)).data.letter.text, replaced, 'the family had not been told')
})

onBoth(
  t,
  world,
  'the referrer hears of the children whom they named, from what they said, and of nothing else',
  async (t, la) => {
    const { on } = la
    const two = referral([named, child(['SEN-01', 'FAM-01'], { id: 'b' })], { referrer: REFERRER })
    const referralId = await received(on, two)
    const other = child(['PHY-06'], { id: 'cousin', name: { given: 'Zinnia' } })
    const more = {
      ...two,
      children: [...two.children, other],
      otherViews: [{ agency: 'Police', role: 'Constable', view: 'A man is known to us.' }],
    }
    const body = { basedOn: 1, reason: 'From the police.', content: more }
    t.equal((await on('screener', 'reviseReferral', { params: { referralId }, body })).status, 201)
    const recommendations = await recommendedFor(on, referralId)
    for (const one of recommendations) await completed(on, one)
    t.match(await due(on), [{ kind: 'feedback', children: ['a', 'b'] }])
    const { letter } = (await send(on, referralId)).data
    t.same(letter.children, ['a', 'b'], 'one letter with a part for each')
    t.match(flat(letter.text), /Ash Fern .*The child whom you call “b”/)
    t.notMatch(letter.text, /Zinnia|cousin|police|man is known/i)
    const theirs = await on('referrer', 'letter', { params: { letterId: letter.id } })
    t.equal(theirs.data.text, letter.text)
    t.match(await on('otherReferrer', 'letter', { params: { letterId: letter.id } }), {
      status: 404,
      code: 'not_found',
    })
    const family = await send(on, referralId, { kind: 'family_feedback', child: 'b' })
    t.match(await on('referrer', 'letter', { params: { letterId: family.data.letter.id } }), { status: 404 })
    const read = await on('referrer', 'letters', {})
    t.same(
      read.data.edges.map(({ node }: Json) => node.kind),
      ['feedback'],
      'and not what the family was told',
    )
  },
)

onBoth(
  t,
  world,
  'a family is told of one child, without who referred or what was said, and not what endangers',
  async (t, la) => {
    const { on } = la
    const [older, younger] = [
      child(['PHY-06'], { id: 'older' }),
      child(['SEN-01', 'FAM-01'], { id: 'younger', name: { given: 'Bay' } }),
    ]
    const recommendations = await recommended(on, referral([older, younger], { referrer: REFERRER }))
    const { referralId } = recommendations[0]
    for (const one of recommendations) await completed(on, one)
    const family = { kind: 'family_feedback' }
    t.match(await preview(on, referralId, family), { status: 400, errors: [{ pointer: '/child' }] })
    t.match(await preview(on, referralId, { kind: 'feedback', child: 'older' }), { status: 400 })
    const { letter } = (await send(on, referralId, { ...family, child: 'younger' })).data
    t.match(letter, { to: 'The parents or carers of Bay', children: ['younger'], kind: 'family_feedback' })
    const text = flat(letter.text)
    for (const secret of ['Robin', 'Thrush', 'Hillside', 'Designated safeguarding lead', 'Seen:', 'older'])
      t.notOk(text.includes(secret), secret)
    for (const { because } of recommendations.flatMap(({ content }) => content.reasons))
      t.notOk(text.includes(flat(because)), because)
    t.match(text, /Early help assessment.*Practitioners concerned/)
    const delicate = { ...family, child: 'older' }
    t.match(await send(on, referralId, delicate), { status: 422, errors: [{ pointer: '/tellingIsSafe' }] })
    const safe = await send(on, referralId, { ...delicate, tellingIsSafe: 'The child is with her aunt; police agree.' })
    t.notMatch(safe.data.letter.text, /aunt|police agree/i)
    t.match(await send(on, referralId, { ...family, child: 'younger' }), { code: 'nothing_to_tell' })
  },
)

t.test('a letter is also had as text and as a page, and as a field of its referral', async (t) => {
  const la = await world.authority()
  const on: Call = (...args) => la.call('REST', ...args)
  const [recommendation] = await recommended(on, early())
  await completed(on, recommendation)
  const { referralId } = recommendation
  const path = `/v1/referrals/${referralId}/letter-preview?kind=feedback`
  const page = await la.rest('screener', 'GET', `${path}&format=html`)
  t.match([page.headers['content-type'], page.headers['content-security-policy']], [/text\/html/, /default-src 'none'/])
  t.match(page.text, /^<!DOCTYPE html>[\s\S]*Ash Fern/)
  t.match((await la.rest('screener', 'GET', `${path}&format=text`)).text, /^What was decided on your referral/)
  await send(on, referralId)
  const query = `{ referral(referralId: "${referralId}") { letters { kind state to } } }`
  const { body } = await la.graphql('referrer', query)
  t.match(body.data.referral.letters, [{ kind: 'feedback', state: 'sent' }])
})

t.test('who may not: only a person tells what was decided, and altered words are not shown', async (t) => {
  const la = await world.authority()
  const on: Call = (...args) => la.call('REST', ...args)
  const [recommendation] = await recommended(on, early())
  const { referralId } = recommendation
  await completed(on, recommendation)
  const asked = { params: { referralId }, body: { kind: 'feedback' } }
  for (const who of ['referrer', 'system', 'panel', 'robot', 'auditor'] as const)
    t.match(await on(who, 'sendLetter', asked), { status: 403 }, who)
  t.match(await on('referrer', 'lettersDue', {}), { status: 403 })
  const { letter } = (await send(on, referralId)).data
  await world.sql('alter table letters disable trigger append_only')
  await world.sql(`update letters set text = text || ' Ring me.' where id = $1`, [letter.id])
  await world.sql('alter table letters enable trigger append_only')
  t.match(await on('referrer', 'letter', { params: { letterId: letter.id } }), {
    status: 500,
    code: 'integrity_violation',
  })
  t.match((await on('auditor', 'auditVerification', {})).data, {
    isIntact: false,
    faults: [{ table: 'letters', id: letter.id }],
  })
})
