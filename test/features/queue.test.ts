import { randomBytes } from 'node:crypto'
import t from 'tap'
import { acknowledgeReferrals } from '../../src/features/letters/task.ts'
import { noticingOverdue } from '../../src/features/queue/overdue.ts'
import { idsInOrder } from '../../src/kernel/ids.ts'
import type { TaskContext } from '../../src/kernel/task.ts'
import { decided, judged, received, recommended, recommendedFor } from '../support/flow.ts'
import { levelFour, levelThree, levelTwo, low, siblings } from '../support/referrals.ts'
import { type Call, type Json, onBoth } from '../support/surfaces.ts'
import { type AccountName, openWorld, START } from '../support/world.ts'

const world = await openWorld(t)
const HOUR = 3_600_000
const iso = (time = world.clock.now): string => new Date(time).toISOString()

t.beforeEach(() => {
  world.clock.now = START
})

const rows = async (on: Call, who: AccountName, params: object = {}): Promise<Json[]> =>
  (await on(who, 'queue', { params: { first: 100, ...params } })).data.edges.map(({ node }: Json) => node)

const rowOf = async (on: Call, who: AccountName, referral: string): Promise<Json> =>
  (await rows(on, who, { referral }))[0]

const passed = (on: Call, referralId: string, kind: string, more: object = {}) =>
  on('system', 'recordMilestone', { params: { referralId }, body: { kind, happenedAt: iso(), ...more } })

/** Screened a second time where it was drawn for that, so that it is complete. */
async function finished(on: Call, decision: Json): Promise<void> {
  if (decision.state !== 'awaiting_second_screening') return
  await screened(on, decision)
}

async function screened(on: Call, { id: decisionId, level, response }: Json): Promise<Json> {
  await on('secondScreener', 'pickUpSecondScreening', { params: { decisionId } })
  const body = { level, response, indicators: [], reasons: 'What I think of it.' }
  const { data, text } = await on('secondScreener', 'judgeSecond', { params: { decisionId }, body })
  if (!data) throw new Error(`not screened: ${text}`)
  return data.decision
}

onBoth(
  t,
  world,
  'a child goes through the queue step by step, and each step is for those who may do it',
  async (t, la) => {
    const { on } = la
    const referralId = await received(on, low())
    const row = (who: AccountName) => rowOf(on, who, referralId)
    const mine = async (...people: AccountName[]) =>
      Promise.all(people.map(async (who) => [who, (await row(who)).mine]).map((one) => one)).then(Object.fromEntries)
    t.match(await row('screener'), {
      ...{ steps: ['recommend', 'acknowledge'], urgency: null, level: null, hidden: null, alarms: [] },
      ...{ by: { roles: ['system', 'screener', 'supervisor'], qualification: null }, mine: true, heldBy: null },
      clock: { name: 'acknowledgement', child: null, state: 'running', dueAt: '2026-11-25T17:00:00.000Z' },
    })
    const [recommendation] = await recommendedFor(on, referralId)
    t.match(await row('officer'), { steps: ['judge', 'acknowledge'], level: null, hidden: 'own_judgement_first' })
    t.match(await row('system'), { level: { code: 'L1' }, hidden: null, mine: false }, 'a system judges nothing')
    await passed(on, referralId, 'acknowledged')
    await judged(on, 'screener', recommendation)
    t.match(await row('screener'), {
      ...{ steps: ['decide'], level: { code: 'L1' }, hidden: null, urgency: { ranOver: false } },
      heldBy: { accountId: la.accounts.screener.id, until: null },
    })
    t.strictSame(await mine('officer', 'screener', 'robot'), { officer: false, screener: true, robot: false })

    const decision = await decided(on, recommendation, {}, 'screener')
    t.match(await row('secondScreener'), { steps: ['second_screening'], level: null, decisionId: decision.id })
    const asked = { screener: false, secondScreener: true, supervisor: true, officer: false }
    t.strictSame(await mine('screener', 'secondScreener', 'supervisor', 'officer'), asked, 'nobody screens their own')
    await on('secondScreener', 'pickUpSecondScreening', { params: { decisionId: decision.id } })
    const heldBy = { accountId: la.accounts.secondScreener.id, until: iso(world.clock.now + 15 * 60_000) }
    t.match(await row('supervisor'), { mine: false, heldBy })
    world.clock.now += 15 * 60_000
    t.match(await row('supervisor'), { mine: true, heldBy: null }, 'it frees itself')

    await screened(on, { id: decision.id, level: 'L2', response: 'family-help' })
    t.match(await row('supervisor'), { steps: ['reconcile'], by: { roles: ['supervisor'] }, mine: true })
    t.strictSame(await mine('screener', 'secondScreener'), { screener: false, secondScreener: false })
    const params = { decisionId: decision.id }
    await on('supervisor', 'reconcileDecision', { params, body: { stands: true, reasons: 'They talked it over.' } })
    t.match(await row('supervisor'), { steps: ['sign_off'], mine: true, clock: { state: 'running' } })
    await on('supervisor', 'signOffDecision', { params, body: { notes: 'I have looked at it.' } })
    t.equal(await row('supervisor'), undefined, 'nothing is left to be done')

    world.clock.now += 24 * HOUR
    const body = { basedOn: 1, reason: 'She told us more today.', content: levelFour({ immediateDanger: true }) }
    await on('referrer', 'reviseReferral', { params: { referralId }, body })
    t.match(await row('screener'), {
      ...{ steps: ['new_information', 'recommend'], revision: 2, alarms: [{ code: 'immediate_danger' }] },
      clock: { name: 'urgency', code: 'standard', startedAt: iso(), dueAt: '2026-11-26T10:15:00.000Z' },
    })
    await received(on, levelThree())
    t.equal((await rows(on, 'screener'))[0].referralId, referralId, 'what was not scored may be the most urgent')
    for (const who of ['referrer', 'auditor', 'panel'] as const)
      t.match(await on(who, 'queue', {}), { status: 403, code: 'forbidden' })
  },
)

t.test('a decision that was given back waits for whoever made it', async (t) => {
  const la = await world.authority()
  const on: Call = (...args) => la.call('GraphQL', ...args)
  const [recommendation] = await recommended(on, low())
  const decision = await decided(on, recommendation)
  await on('secondScreener', 'pickUpSecondScreening', { params: { decisionId: decision.id } })
  const body = { reasons: 'The school was not asked.' }
  await on('secondScreener', 'returnDecision', { params: { decisionId: decision.id }, body })
  t.match(await rowOf(on, 'screener', recommendation.referralId), {
    ...{ steps: ['returned', 'acknowledge'], heldBy: { accountId: la.accounts.supervisor.id, until: null } },
  })
})

onBoth(
  t,
  world,
  'the queue is in order of urgency, due time and level, and its pages hold while people work',
  async (t, la) => {
    const { on } = la
    const made: Json[] = []
    for (const body of [levelTwo(), levelTwo(), levelThree(), levelFour(), low(), levelThree()]) {
      world.clock.now += 60_000
      const recommendations = await recommended(on, body)
      made.push(...recommendations)
      await passed(on, recommendations[0].referralId, 'acknowledged')
    }
    const all = await rows(on, 'system')
    t.equal(all.length, made.length)
    const bands = ['immediate', 'same-day', 'within-day', 'standard']
    const keys = all.map(({ urgency, clock, level }) => [bands.indexOf(urgency.code), clock.dueAt, -level.rank])
    const sorted = [...keys].sort(([a, b, c], [x, y, z]) => a - x || (b < y ? -1 : b > y ? 1 : 0) || c - z)
    t.strictSame(keys, sorted)
    t.ok(new Set(keys.map(([band]) => band)).size > 1, 'there is something to put in order')

    const page = async (after?: string) => (await on('supervisor', 'queue', { params: { first: 2, after } })).data
    const seen: string[] = []
    let { edges, pageInfo } = await page()
    const [first] = edges.map(({ node }: Json) => node)
    const order = (await rows(on, 'supervisor')).map(({ referralId, child }) => `${referralId}/${child}`)
    const gone = made.find(({ referralId, child }) => `${referralId}/${child}` === order.at(-1))
    for (let at = 0; ; at++) {
      seen.push(...edges.map(({ node }: Json) => `${node.referralId}/${node.child}`))
      if (!pageInfo.hasNextPage) break
      world.clock.now += 60_000
      // Meanwhile somebody decides about a child of the first page and one of the last, and another comes in.
      if (at === 0) {
        for (const recommendation of [made.find(({ id }) => id === first.recommendationId), gone])
          await finished(on, await decided(on, recommendation))
        await received(on, levelFour({ immediateDanger: true }))
      }
      ;({ edges, pageInfo } = await page(pageInfo.endCursor))
    }
    t.strictSame(seen, order.slice(0, -1), 'nobody twice, and nobody passed over')
    for (const after of [
      'x',
      Buffer.from('2999-01-01T00:00:00.000Z|0|2026-11-24T10:00:00.000Z|0|x').toString('base64url'),
    ])
      t.match(await on('system', 'queue', { params: { after } }), { status: 400, errors: [{ code: 'invalid_cursor' }] })
  },
)

onBoth(t, world, 'filters and counts agree with the list', async (t, la) => {
  const { on } = la
  await received(on, levelThree({ referrer: { agency: 'Ward 7', role: 'Nurse', sourceCode: '3A' } }))
  const [three] = await recommended(on, levelThree())
  const [four] = await recommended(on, levelFour())
  await judged(on, 'supervisor', four)
  world.clock.now += 2 * HOUR
  const referrals = async (params: object, who: AccountName = 'supervisor') =>
    (await rows(on, who, params)).map(({ referralId }) => referralId)
  t.equal((await referrals({})).length, 3)
  t.strictSame(await referrals({ what: 'decide' }), [four.referralId])
  t.strictSame(await referrals({ what: 'judge', mine: true }), [three.referralId])
  t.strictSame(await referrals({ what: 'decide', mine: true }, 'officer'), [], 'not for the unqualified')
  t.strictSame(await referrals({ agency: 'Ward 7', what: 'recommend' }), await referrals({ agency: 'Ward 7' }))
  const { code } = four.content.urgency
  t.ok((await referrals({ urgency: code })).includes(four.referralId))
  t.strictSame(await referrals({ urgency: 'no-such-band' }), [])
  t.strictSame(await referrals({ state: 'overdue' }), [])
  world.clock.now += 72 * HOUR
  t.equal((await referrals({ state: 'overdue' })).length, 3)
  const { data } = await on('supervisor', 'queueCounts', {})
  t.equal(data.children, 3)
  t.strictSame(data.counts, [
    ...['recommend', 'judge', 'decide'].map((step) => ({ step, state: 'overdue', children: 1 })),
    { step: 'acknowledge', state: 'overdue', children: 3 },
  ])
  t.match((await on('officer', 'queueCounts', { params: { mine: true } })).data, { children: 2 })
})

onBoth(t, world, 'milestones start and stop clocks, and are put right by later ones', async (t, la) => {
  const { on } = la
  const [recommendation] = await recommended(on, levelFour())
  const { referralId } = recommendation
  const clocks = async (who: AccountName = 'panel'): Promise<Json[]> =>
    (await on(who, 'clocks', { params: { referralId } })).data.clocks
  const clock = async (name: string, code = '') =>
    (await clocks()).find((one) => one.name === name && one.code === code)
  t.ok(await clock('response', 'strategy-discussion'))
  t.notOk(
    (await clocks('screener')).some(({ name }) => name === 'response'),
    'hidden with the recommendation',
  )
  await finished(on, await decided(on, recommendation, {}, 'supervisor'))
  const state = (await rowOf(on, 'secondScreener', referralId))?.steps[0]
  t.equal(state, 'sign_off', 'a strategy discussion is signed by somebody else')
  t.match(
    await clock('response', 'strategy-discussion'),
    { state: 'waiting' },
    'nothing is decided until it is complete',
  )
  t.match(await clock('sign_off'), { state: 'running', dueAt: '2026-11-25T17:00:00.000Z' })
  t.match(await clock('statutory', 'conference'), { state: 'waiting', dueAt: null, isStatutory: true })

  world.clock.now += HOUR
  const discussion = { child: 'a', startsEnquiries: true }
  const { data, status } = await passed(on, referralId, 'strategy_discussion', discussion)
  t.match({ status, milestone: data.milestone }, { status: 201, milestone: { ...discussion, happenedAt: iso() } })
  t.match(await clock('response', 'strategy-discussion'), { state: 'met' })
  t.match(await clock('statutory', 'conference'), { state: 'running', dueAt: '2026-12-15T17:00:00.000Z' })
  const corrects = data.milestone.id
  world.clock.now += HOUR
  const right = { ...discussion, corrects, withdrawn: true }
  t.match((await passed(on, referralId, 'strategy_discussion', right)).data, {
    milestone: { corrects, withdrawn: true },
  })
  t.match(await clock('statutory', 'conference'), { state: 'waiting' }, 'it did not happen')
  t.match(await passed(on, referralId, 'strategy_discussion', right), { status: 409, code: 'revision_conflict' })
  const { data: listed } = await on('panel', 'milestones', { params: { referralId } })
  t.equal(listed.milestones[0].correctedBy, listed.milestones[1].id)

  const saturday = Date.parse('2026-11-28T10:00:00.000Z')
  world.clock.now = saturday
  const wrong: [kind: string, body: object, code: string][] = [
    ['seen', {}, 'missing_property'],
    ['seen', { child: 'nobody' }, 'unknown_child'],
    ['acknowledged', { child: 'a' }, 'not_of_this_kind'],
    ['seen', { child: 'a', startsEnquiries: true }, 'not_of_this_kind'],
    ['strategy_discussion', { child: 'a' }, 'missing_property'],
    ['response_carried_out', { child: 'a' }, 'missing_property'],
    ['response_carried_out', { child: 'a', response: 'no-such' }, 'unknown_response'],
    ['seen', { child: 'a', happenedAt: iso(saturday + 1) }, 'in_the_future'],
    ['seen', { child: 'a', happenedAt: iso(START - 1) }, 'before_receipt'],
    ['seen', { child: 'a', withdrawn: true }, 'missing_property'],
    ['conference_held', { child: 'a' }, 'not_a_working_day'],
    ['seen', { child: 'a', corrects: listed.milestones[1].id }, 'another_milestone'],
  ]
  for (const [kind, body, code] of wrong)
    t.match(await passed(on, referralId, kind, body), { status: 422, errors: [{ code }] }, `${kind}: ${code}`)
  t.match(await on('referrer', 'clocks', { params: { referralId } }), { status: 403 })
  t.equal((await on('auditor', 'auditVerification')).data.isIntact, true)
})

t.test('what was decided comes back when its clock is late', async (t) => {
  const la = await world.authority()
  const on: Call = (...args) => la.call('REST', ...args)
  const [recommendation] = await recommended(on, levelThree())
  const { referralId } = recommendation
  await finished(on, await decided(on, recommendation))
  const [waiting] = await recommended(on, levelTwo())
  const order = (await rows(on, 'screener')).map((row) => [row.referralId, row.steps])
  const expected = [
    [waiting.referralId, ['judge', 'acknowledge']],
    [referralId, ['acknowledge']],
  ]
  t.strictSame(order, expected, 'what is decided comes after what is not')
  await passed(on, referralId, 'acknowledged')
  const late = async () =>
    (await rows(on, 'screener', { what: 'carry_out', referral: referralId })).map(({ clock }) => clock)
  t.strictSame(await late(), [])
  world.clock.now = Date.parse('2027-01-20T10:00:00.000Z')
  t.match(await late(), [{ name: 'statutory', code: 'assessment', state: 'at_risk' }])
  world.clock.now = Date.parse('2027-02-01T10:00:00.000Z')
  t.match(await late(), [{ name: 'statutory', code: 'assessment', state: 'overdue' }])
  const { data: counted } = await on('screener', 'queueCounts', {})
  t.match(counted.counts.at(-1), { step: 'carry_out', state: 'overdue', children: 1 })
  t.equal(await rowOf(on, 'screener', referralId), undefined, 'it is no longer for the front door')
  await passed(on, referralId, 'assessment_completed', { child: 'a', happenedAt: '2027-01-29T17:00:00.000Z' })
  t.strictSame(await late(), [])
  const { data } = await on('screener', 'clocks', { params: { referralId } })
  t.match(
    data.clocks.find(({ name }: Json) => name === 'statutory'),
    { state: 'met' },
  )
})

t.test('a referral and its children have their clocks', async (t) => {
  const la = await world.authority()
  const on: Call = (...args) => la.call('GraphQL', ...args)
  const [{ referralId }] = await recommended(on, siblings())
  const query = `query ($id: ID!) { referral(referralId: $id) {
    clocks { name child } children { key clocks { name child state } } } }`
  const { body } = await la.graphql('screener', query, { id: referralId })
  const { clocks, children } = body.data.referral
  t.equal(clocks.filter(({ name }: Json) => name === 'acknowledgement').length, 1, 'once for the referral')
  for (const { key, clocks } of children) {
    t.ok(clocks.length >= 2 && clocks.every(({ child }: Json) => child === key))
    t.strictSame(clocks.map(({ name }: Json) => name).slice(0, 2), ['decision', 'urgency'])
  }
})

t.test('a clock that ran over is told of once, though two processes look', async (t) => {
  const la = await world.authority()
  const on: Call = (...args) => la.call('REST', ...args)
  const [recommendation] = await recommended(on, levelThree())
  const newId = idsInOrder(() => world.clock.now, randomBytes)
  const context: TaskContext = {
    ...{ database: world.database, now: () => iso(), newId, signal: new AbortController().signal },
    onFailure: (error) => t.fail(String(error)),
  }
  const both = [noticingOverdue(), noticingOverdue()]
  const look = () => Promise.all(both.map((task) => task.step(context, la.id)))
  const told = async (): Promise<Json[]> => {
    const { data } = await on('auditor', 'auditEntries', { params: { first: 100 } })
    const entries = data.edges.map(({ node }: Json) => node)
    return entries
      .filter(({ event }: Json) => event === 'clock.overdue')
      .map(({ body }: Json) => JSON.parse(body).facts)
  }
  t.strictSame(await look(), [false, false])
  t.strictSame(await told(), [], 'nothing is late yet')
  world.clock.now += 72 * HOUR
  for (let i = 0; i < 3; i++) {
    await look()
    world.clock.now += HOUR
  }
  const facts = (await told()).map(({ clock, child, referral }) => [
    clock,
    child,
    referral === recommendation.referralId,
  ])
  t.strictSame(facts.sort(), [
    ['acknowledgement', null, true],
    ['decision', 'a', true],
    ['urgency', 'a', true],
  ])
  // Another process that looks at the same instant, each after the other.
  await noticingOverdue().step(context, la.id)
  t.equal((await told()).length, 3)
  t.equal((await on('auditor', 'auditVerification')).data.isIntact, true)
})

t.test('letters to the sender and updates of help are known to the clocks', async (t) => {
  const la = await world.authority()
  const on: Call = (...args) => la.call('REST', ...args)
  const clockOf = async (referralId: string, name: string): Promise<Json[]> =>
    (await on('screener', 'clocks', { params: { referralId } })).data.clocks.filter(
      (clock: Json) => clock.name === name,
    )
  const [recommendation] = await recommended(on, levelTwo())
  const { referralId } = recommendation
  const context = { database: world.database, now: iso, newId: idsInOrder(() => world.clock.now, randomBytes) }
  const quiet = { signal: new AbortController().signal, onFailure: (error: unknown) => t.fail(String(error)) }
  t.match(await clockOf(referralId, 'acknowledgement'), [{ state: 'running', metAt: null }])
  await acknowledgeReferrals.step({ ...context, ...quiet }, la.id)
  t.match(await clockOf(referralId, 'acknowledgement'), [{ state: 'met', metAt: iso() }], 'sent by the service')
  const help = [
    { help: 'A place in the hub', heldBy: 'Hub', status: 'offered', consent: 'given', followUpOn: '2026-12-01' },
  ]
  const decision = await decided(on, recommendation, { closing: { help } })
  await finished(on, decision)
  t.equal(await rowOf(on, 'screener', referralId), undefined, 'nothing is left for the front door')
  t.match(await clockOf(referralId, 'follow_up'), [{ state: 'running', metAt: null }])
  const [arranged] = (await on('screener', 'decisionHelp', { params: { decisionId: decision.id } })).data.help
  const update = { status: 'secured', notes: 'They have a place.', followUpOn: '2027-02-01' }
  await on('screener', 'updateHelp', { params: { helpId: arranged.id }, body: update })
  t.match(await clockOf(referralId, 'follow_up'), [{ state: 'met' }, { state: 'running', metAt: null }])
  const [atOnce] = await recommended(on, levelTwo())
  await finished(on, await decided(on, atOnce, { closing: { help } }))
  t.match(
    await rowOf(on, 'screener', atOnce.referralId),
    { steps: ['acknowledge'] },
    'decided, and the sender not told',
  )
  const told = { params: { referralId: atOnce.referralId }, body: { kind: 'feedback' } }
  t.equal((await on('screener', 'sendLetter', told)).status, 201)
  t.match(await clockOf(atOnce.referralId, 'acknowledgement'), [{ state: 'met' }], 'by being told what was decided')
})
