// A second person looks without knowing, differences are settled by a third, and a supervisor signs.
import t from 'tap'
import { decided, judged, recommended } from '../support/flow.ts'
import { acceptance, closed, levelFour, levelThree, levelTwo, low, siblings } from '../support/referrals.ts'
import { type Call, type Json, onBoth } from '../support/surfaces.ts'
import { type AccountName, openWorld } from '../support/world.ts'

const world = await openWorld(t)
const MINUTE = 60_000
const to = (decision: Json) => ({ params: { decisionId: decision.id } })
const asIs = { level: 'L1', response: 'universal-services', indicators: ['EXP-03'], reasons: 'Nothing beyond that.' }

/** A decision to end with universal services, which the policy has screened a second time. */
async function closedBy(on: Call, who: AccountName = 'screener'): Promise<Json> {
  const [recommendation] = await recommended(on, low())
  return await decided(on, recommendation, {}, who)
}

async function seconded(on: Call, decision: Json, more: object = {}, who: AccountName = 'secondScreener') {
  await on(who, 'pickUpSecondScreening', to(decision))
  return await on(who, 'judgeSecond', { ...to(decision), body: { ...asIs, ...more } })
}

onBoth(t, world, 'whoever screens a second time knows nothing of the first', async (t, la) => {
  const decision = await closedBy(la.on)
  t.match(decision, { state: 'awaiting_second_screening', secondScreeningBecause: ['response'], completedAt: null })
  t.match(await la.on('secondScreener', 'decision', to(decision)), { status: 409, code: 'own_judgement_first' })
  const listed = (await la.on('secondScreener', 'decisions')).data.edges[0].node
  t.match(listed, { id: decision.id, hidden: 'second_screening', level: null, response: null, rationale: null })
  t.notMatch(JSON.stringify(listed), /universal-services|agree/)
  const filtered = await la.on('secondScreener', 'decisions', { params: { level: 'L1' } })
  t.strictSame(filtered.data.edges, [], 'a filter does not tell either')
  t.match((await la.on('screener', 'decision', to(decision))).data, { level: 'L1', hidden: null }, 'its maker sees it')
  t.match((await la.on('panel', 'decision', to(decision))).data, { level: 'L1', hidden: null }, 'and the panel')
  const hidden = { status: 409, code: 'own_judgement_first' }
  const params = { recommendationId: decision.recommendationId }
  t.match(await la.on('secondScreener', 'recommendation', { params }), hidden)
  await la.on('secondScreener', 'pickUpSecondScreening', to(decision))
  t.match(await la.on('secondScreener', 'decision', to(decision)), hidden, 'nor with it in hand')
  const { status, data } = await la.on('secondScreener', 'judgeSecond', { ...to(decision), body: asIs })
  t.equal(status, 201)
  t.match(data, {
    judgement: { purpose: 'second', decisionId: decision.id, level: 'L1' },
    agreement: { level: true, levelsApart: 0, response: true },
    decision: { state: 'awaiting_sign_off', signOffBecause: ['not_a_supervisor'], level: 'L1', hidden: null },
  })
  t.equal((await la.on('secondScreener', 'recommendation', { params })).status, 200, 'now it is shown')
})

onBoth(t, world, 'agreement is on the level and on what was seen', async (t, la) => {
  const [recommendation] = await recommended(la.on, low())
  await judged(la.on, 'screener', recommendation, { indicators: ['EXP-03', 'EXP-04', 'FAM-01'] })
  const decision = await decided(la.on, recommendation, {}, 'screener')
  t.match(await la.on('auditor', 'screeningAgreement', to(decision)), { status: 409, code: 'decision_state' })
  await seconded(la.on, decision, { level: 'L2', indicators: ['FAM-01', 'SEN-01'], response: 'early-help-assessment' })
  t.strictSame((await la.on('auditor', 'screeningAgreement', to(decision))).data, {
    decisionId: decision.id,
    level: false,
    levelsApart: 1,
    response: false,
    indicators: { both: ['FAM-01'], onlyFirst: ['EXP-03', 'EXP-04'], onlySecond: ['SEN-01'], percent: 25 },
  })
})

onBoth(
  t,
  world,
  'a second screening is in one pair of hands, and frees itself after 15 idle minutes',
  async (t, la) => {
    const decision = await closedBy(la.on)
    const pick = (who: AccountName) => la.on(who, 'pickUpSecondScreening', to(decision))
    t.match(await la.on('secondScreener', 'judgeSecond', { ...to(decision), body: asIs }), { code: 'not_picked_up' })
    t.match(await la.on('secondScreener', 'releaseSecondScreening', to(decision)), { code: 'not_picked_up' })
    const held = await pick('secondScreener')
    const until = new Date(world.clock.now + 15 * MINUTE).toISOString()
    t.match(held.data, { decisionId: decision.id, heldBy: la.accounts.secondScreener.id, until })
    const other = { status: 409, code: 'picked_up_by_another' }
    t.match(await pick('supervisor'), other)
    t.match(await la.on('supervisor', 'judgeSecond', { ...to(decision), body: asIs }), other)
    world.clock.now += 14 * MINUTE
    t.equal((await pick('secondScreener')).status, 201, 'whoever has it goes on')
    world.clock.now += 14 * MINUTE
    t.match(await pick('supervisor'), other, 'for 15 minutes more')
    world.clock.now += MINUTE
    t.equal((await pick('supervisor')).status, 201, 'then it is free')
    t.match(await la.on('secondScreener', 'judgeSecond', { ...to(decision), body: asIs }), other)
    t.equal((await la.on('supervisor', 'releaseSecondScreening', to(decision))).status, 201)
    t.equal((await pick('secondScreener')).status, 201)
  },
)

onBoth(t, world, 'it is another person, qualified, who has not judged the child', async (t, la) => {
  const [recommendation] = await recommended(la.on, low())
  await judged(la.on, 'supervisor', recommendation)
  const decision = await decided(la.on, recommendation, {}, 'screener')
  const table: [AccountName, number, string][] = [
    ['screener', 403, 'own_decision'],
    ['officer', 403, 'qualification_required'],
    ['robot', 403, 'qualification_required'],
    ['supervisor', 409, 'not_blind'],
    ['panel', 403, 'forbidden'],
  ]
  for (const [who, status, code] of table)
    t.match(await la.on(who, 'pickUpSecondScreening', to(decision)), { status, code, data: null }, `${who}: ${code}`)
  const body = { ...asIs, level: 'L9' }
  await la.on('secondScreener', 'pickUpSecondScreening', to(decision))
  t.match(await la.on('secondScreener', 'judgeSecond', { ...to(decision), body }), {
    status: 422,
    errors: [{ pointer: '/level', code: 'unknown_level' }],
  })
})

onBoth(t, world, 'a difference is settled by a supervisor who had no part in it', async (t, la) => {
  const differing = { level: 'L2', response: 'early-help-assessment' }
  const decision = await closedBy(la.on)
  t.match((await seconded(la.on, decision, differing)).data.decision, { state: 'awaiting_reconciliation' })
  const settle = (who: AccountName, stands: boolean, of = decision) =>
    la.on(who, 'reconcileDecision', { ...to(of), body: { stands, reasons: 'We talked it over.' } })
  t.match(await settle('screener', true), { status: 403, code: 'forbidden' })
  t.match(await la.on('supervisor', 'signOffDecision', { ...to(decision), body: { notes: 'Yes.' } }), {
    status: 409,
    code: 'decision_state',
  })
  t.match((await settle('supervisor', true)).data.decision, {
    state: 'awaiting_sign_off',
    reconciliation: { stands: true, by: { accountId: la.accounts.supervisor.id } },
  })
  const other = await closedBy(la.on)
  await seconded(la.on, other, differing, 'supervisor')
  t.match(await settle('supervisor', true, other), { status: 403, code: 'own_decision' })
  t.match((await settle('secondSupervisor', false, other)).data.decision, {
    state: 'returned',
    returned: { stage: 'reconciliation' },
    states: [{ state: 'awaiting_second_screening' }, { state: 'awaiting_reconciliation' }, { state: 'returned' }],
  })
  const [recommendation] = (
    await la.on('panel', 'referralRecommendations', { params: { referralId: other.referralId } })
  ).data.recommendations
  const taken = await decided(
    la.on,
    recommendation,
    { ...differing, supersedes: other.id, closing: undefined },
    'screener',
  )
  t.match(
    taken,
    { state: 'awaiting_sign_off', supersedes: other.id },
    'the view that was taken over is not screened again',
  )
})

onBoth(t, world, 'a sign-off is that of a supervisor who neither decided nor screened', async (t, la) => {
  const decision = await closedBy(la.on, 'supervisor')
  await seconded(la.on, decision, {}, 'secondSupervisor')
  const done = (await la.on('auditor', 'decision', to(decision))).data
  t.match(done, { state: 'complete', signOffBecause: [] }, 'a supervisor’s own decision, screened alike, needs no more')
  const screened = await closedBy(la.on)
  await seconded(la.on, screened, {}, 'secondSupervisor')
  const sign = (who: AccountName) => la.on(who, 'signOffDecision', { ...to(screened), body: { notes: 'Read it all.' } })
  t.match(await sign('screener'), { status: 403, code: 'forbidden' })
  t.match(await sign('secondSupervisor'), { status: 403, code: 'own_decision' }, 'who screened it')
  world.clock.now += 3 * MINUTE
  t.match((await sign('supervisor')).data.decision, {
    state: 'complete',
    completedAt: new Date(world.clock.now).toISOString(),
    signOff: { by: { accountId: la.accounts.supervisor.id }, notes: 'Read it all.' },
    states: [
      { state: 'awaiting_second_screening' },
      { state: 'awaiting_sign_off' },
      { state: 'complete', until: null },
    ],
  })
  t.match(await sign('supervisor'), { status: 409, code: 'decision_state' })
  const own = await closedBy(la.on, 'supervisor')
  await seconded(la.on, own)
  t.match(await la.on('supervisor', 'signOffDecision', { ...to(own), body: { notes: 'Mine.' } }), {
    code: 'own_decision',
  })
})

onBoth(t, world, 'lowering below a floor is signed by a second person, and the panel is told', async (t, la) => {
  const [recommendation] = await recommended(la.on, levelFour())
  await judged(la.on, 'supervisor', recommendation)
  const grounds = { overrideReason: 'finding-misread', statutoryReason: 'The discussion was held this morning.' }
  const body = { level: 'L3', response: 'section-17-assessment', rationale: 'After that discussion.', ...grounds }
  const made = await la.on('supervisor', 'recordDecision', { params: { recommendationId: recommendation.id }, body })
  const { decision } = made.data
  t.match(decision, { belowFloor: true, signOffBecause: ['lowered', 'below_floor'], completedAt: null })
  if (decision.state === 'awaiting_second_screening')
    await seconded(la.on, decision, { level: 'L3', response: 'section-17-assessment' })
  t.match(await la.on('supervisor', 'signOffDecision', { ...to(decision), body: { notes: 'Mine.' } }), {
    code: 'own_decision',
  })
  const signed = await la.on('secondSupervisor', 'signOffDecision', {
    ...to(decision),
    body: { notes: 'I was there.' },
  })
  t.equal(signed.data.decision.state, 'complete')
  const { data } = await la.on('auditor', 'auditEntries', { params: { event: 'panel.notified' } })
  t.match(data.edges, [{ node: { body: new RegExp(decision.id) } }])
  const told = (await la.on('panel', 'decisions', { params: { belowFloor: true } })).data.edges
  t.strictSame(
    told.map(({ node }: Json) => node.id),
    [decision.id],
  )
})

onBoth(t, world, 'what is given back stays, and only another decision goes on', async (t, la) => {
  const [recommendation] = await recommended(la.on, levelThree())
  const decision = await decided(la.on, recommendation, {}, 'screener')
  if (decision.state === 'awaiting_second_screening')
    await seconded(la.on, decision, { level: 'L3', response: 'section-17-assessment' })
  const body = { reasons: 'Ring the school nurse first.' }
  const back = await la.on('supervisor', 'returnDecision', { ...to(decision), body })
  t.match(back.data.decision, { state: 'returned', returned: { stage: 'sign_off', ...body } })
  for (const [operation, more] of [
    ['signOffDecision', { notes: 'After all.' }],
    ['returnDecision', body],
  ] as const)
    t.match(
      await la.on('supervisor', operation, { ...to(decision), body: more }),
      { code: 'decision_state' },
      operation,
    )
  const again = await decided(la.on, recommendation, { supersedes: decision.id, rationale: 'I rang.' }, 'screener')
  t.match(again, { sequence: 2, completedAt: null })
  t.equal((await la.on('auditor', 'decision', to(decision))).data.state, 'superseded')
})

onBoth(t, world, 'what came later makes a decision stale: nobody screens or signs it', async (t, la) => {
  const [recommendation] = await recommended(la.on, levelThree())
  const decision = await decided(la.on, recommendation, {}, 'screener')
  const revision = { basedOn: 1, reason: 'News', content: levelFour() }
  await la.on('referrer', 'reviseReferral', { params: { referralId: decision.referralId }, body: revision })
  t.equal((await la.on('auditor', 'decision', to(decision))).data.isStale, true)
  if (decision.state === 'awaiting_sign_off')
    t.match(await la.on('supervisor', 'signOffDecision', { ...to(decision), body: { notes: 'Yes.' } }), {
      status: 409,
      code: 'stale_recommendation',
    })
})

onBoth(t, world, 'brothers and sisters are decided on in one act, all or none', async (t, la) => {
  const made = await recommended(la.on, siblings())
  const { referralId } = made[0]
  for (const recommendation of made) await judged(la.on, 'supervisor', recommendation)
  const each = made.map((one) => ({ recommendation: one.id, ...acceptance(one) }))
  const act = (decisions: object[]) =>
    la.on('supervisor', 'recordDecisions', { params: { referralId }, body: { decisions } })
  const before = await world.counts()
  t.match(await act([each[0], each[0]] as object[]), {
    status: 422,
    errors: [{ pointer: '/decisions/1/recommendation' }],
  })
  const spoilt = { ...each[1], closing: { noHelpReason: 'None.', help: [{ ...help, help: 'School will monitor.' }] } }
  t.match(await act([each[0] as object, spoilt]), { status: 422, code: 'monitoring_is_no_plan' })
  const { idempotency_keys: _, ...rest } = before
  t.match(await world.counts(), rest, 'nothing of it was stored')
  const { data } = await act(each)
  t.strictSame(data.decisions.map(({ child }: Json) => child).sort(), ['older', 'younger'])
})

const help = {
  help: 'A place in the parenting group',
  heldBy: 'Family hub, Ms Oak',
  status: 'offered',
  consent: 'given',
  followUpOn: '2027-01-12',
}

onBoth(t, world, 'nothing is closed before everything is looked at that has to be', async (t, la) => {
  const made = await recommended(la.on, siblings())
  const younger = made.find(({ child }) => child === 'younger') as Json
  await judged(la.on, 'supervisor', younger)
  const { closing: _, ...base } = acceptance(younger)
  const close = (more: object) =>
    la.on('supervisor', 'recordDecision', { params: { recommendationId: younger.id }, body: { ...base, ...more } })
  t.match(await close({}), {
    status: 422,
    code: 'closing_checks_required',
    errors: [{ pointer: '/closing/referrerSpokenTo' }, { pointer: '/closing/help' }],
  })
  const declined = closed({ noHelpReason: undefined, help: [{ ...help, status: 'declined', followUpOn: undefined }] })
  t.match(await close({ closing: declined }), {
    code: 'closing_checks_required',
    errors: [{ pointer: '/closing/help' }],
  })
  for (const rationale of ['She is too old for us.', 'Nearly 18, so no.', 'Closed because of his age.'])
    t.match(await close({ closing: closed(), rationale }), { status: 422, code: 'age_is_no_reason' }, rationale)
  const monitored = closed({ help: [{ ...help, help: 'School will monitor' }] })
  t.match(await close({ closing: monitored }), {
    code: 'monitoring_is_no_plan',
    errors: [{ pointer: '/closing/help/0/help' }],
  })
  const nowhere = closed({ help: [{ ...help, service: 'no-such', followUpOn: undefined }] })
  t.match(await close({ closing: nowhere }), {
    status: 422,
    errors: [{ pointer: '/closing/help/0/service' }, { pointer: '/closing/help/0/followUpOn' }],
  })
  const params = { referralId: younger.referralId }
  const task = (await la.on('officer', 'setTask', { params, body: { task: 'Ring the health visitor.' } })).data.task
  t.match(await close({ closing: closed() }), { status: 409, code: 'tasks_open', text: /Ring the health visitor/ })
  const result = { params: { taskId: task.id }, body: { outcome: 'done', result: 'She has no worry.' } }
  t.equal((await la.on('officer', 'finishTask', result)).status, 201)
  t.match(await la.on('officer', 'finishTask', result), { status: 409, code: 'already_finished' })
  t.match(await close({ closing: closed() }), { status: 409, code: 'children_not_considered', text: /older/ })
  await judged(la.on, 'screener', made.find(({ child }) => child === 'older') as Json)
  const { data } = await close({ closing: closed({ help: [help] }) })
  t.match(data.decision, { closing: { help: [{ heldBy: 'Family hub, Ms Oak' }] }, level: 'L1' })
  const open = await la.on('panel', 'tasks', { params: { ...params, open: true } })
  t.strictSame(open.data.tasks, [])
})

onBoth(t, world, 'a referrer who could not be reached is not a reason to close alone', async (t, la) => {
  const [recommendation] = await recommended(la.on, low())
  const closing = { referrerNotReached: 'Rang three times, wrote once.', noHelpReason: 'Nothing is needed.' }
  const decision = await decided(la.on, recommendation, { closing })
  t.match(decision, { signOffBecause: ['referrer_not_reached'] })
})

onBoth(t, world, 'a task is about a child that is there', async (t, la) => {
  const [recommendation] = await recommended(la.on, levelTwo())
  const params = { referralId: recommendation.referralId }
  const body = { task: 'Ring the GP.', child: 'nobody' }
  t.match(await la.on('screener', 'setTask', { params, body }), { status: 422, errors: [{ pointer: '/child' }] })
  t.match(await la.on('panel', 'setTask', { params, body }), { status: 403 })
})

t.test('a share is screened a second time whatever was decided, and says so', async (t) => {
  const la = await world.authority(null)
  const on: Call = (...args) => la.call('REST', ...args)
  await la.publishChanged('northmoor/2026-04', (text) => text.replace('randomPercent: 10', 'randomPercent: 100'))
  const [recommendation] = await recommended(on, levelTwo())
  const help = [
    { help: 'A place in the hub', heldBy: 'Hub', status: 'offered', consent: 'given', followUpOn: '2026-12-01' },
  ]
  const decision = await decided(on, recommendation, { closing: { help } })
  t.match(decision, { state: 'awaiting_second_screening', secondScreeningBecause: ['random'] })
})
