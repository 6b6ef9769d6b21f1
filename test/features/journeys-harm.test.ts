// Journeys of children in danger, told from the first request to what people see at the end.
import t from 'tap'
import { moveUpOverdue } from '../../src/features/escalations/task.ts'
import { acknowledgeReferrals } from '../../src/features/letters/task.ts'
import { noticingOverdue } from '../../src/features/queue/overdue.ts'
import { closedBelow, ground, raised } from '../support/escalating.ts'
import { decided, judged, received, recommended, recommendedFor } from '../support/flow.ts'
import { flat, journeyOf } from '../support/journey.ts'
import { closed, levelFour, levelThree } from '../support/referrals.ts'
import { onBoth, surfacesOf } from '../support/surfaces.ts'
import { openWorld, START } from '../support/world.ts'

const world = await openWorld(t)
t.beforeEach(() => {
  world.clock.now = START
})

onBoth(t, world, 'an urgent case at night is seen at once, and signed when the office opens', async (t, la) => {
  const { shows, does, list, queue, clock, told, facts, goesOn, until, end } = journeyOf(t, world, la)
  until('2026-12-24T23:29:00.000Z')
  await recommended(la.on, levelThree())
  until('2026-12-24T23:30:00.000Z')
  const referralId = await received(la.on, levelFour({ immediateDanger: true }))
  const alarmed = { referralId, urgency: null, hidden: null, alarms: [{ code: 'immediate_danger' }] }
  shows((await queue('officer', {}))[0], alarmed, 'first in the queue before it is scored')
  const [recommendation] = await recommendedFor(la.on, referralId)
  shows(await queue('officer', {}), [
    {
      ...{ referralId, steps: ['judge', 'acknowledge'], urgency: { code: 'immediate' }, level: null },
      ...{ hidden: 'own_judgement_first', alarms: [{ code: 'immediate_danger' }, { code: 'immediate_protection' }] },
      clock: { name: 'urgency', state: 'at_risk', dueAt: '2026-12-25T00:30:00.000Z' },
    },
    { urgency: { code: 'same-day' }, clock: { name: 'urgency', dueAt: '2026-12-25T05:29:00.000Z' } },
  ])
  const params = { recommendationId: recommendation.id }
  const blind = await la.on('screener', 'recommendation', { params })
  shows(blind, { status: 409, code: 'own_judgement_first', text: /Act now; do not wait.*Ring 999/s })
  const nextWorkingDay = '2026-12-30T17:00:00.000Z'
  shows(await clock(referralId, 'decision'), { dueAt: nextWorkingDay }, 'offices are closed until the 29th')
  const seen = { name: 'response', code: 'immediate-protection', state: 'running', dueAt: '2026-12-25T01:30:00.000Z' }
  const { clocks } = await does('screener', 'clocks', { params: { referralId } })
  shows(clocks.at(-1), seen, 'protection is not hidden, and waits for no office')

  const noticing = noticingOverdue()
  for (const minute of ['00:31', '00:33', '00:35']) {
    until(`2026-12-25T${minute}:00.000Z`)
    await goesOn(noticing)
  }
  const overdue = { referral: referralId, child: 'a', clock: 'urgency', code: 'immediate' }
  t.strictSame(await facts('clock.overdue'), [{ ...overdue, dueAt: '2026-12-25T00:30:00.000Z' }], 'told once')
  until('2026-12-25T00:40:00.000Z')
  const decision = await decided(la.on, recommendation, {}, 'screener')
  shows(decision, {
    ...{ state: 'awaiting_sign_off', response: 'immediate-protection', completedAt: null },
    ...{ secondScreeningBecause: [], signOffBecause: ['response', 'not_a_supervisor'] },
  })
  until('2026-12-25T01:20:00.000Z')
  const visit = { kind: 'seen', child: 'a', happenedAt: '2026-12-25T01:10:00.000Z' }
  await does('screener', 'recordMilestone', { params: { referralId }, body: visit })
  shows(await clock(referralId, 'response', 'immediate-protection'), { state: 'met', metAt: visit.happenedAt })
  shows(await clock(referralId, 'sign_off'), { state: 'running', dueAt: nextWorkingDay })

  until('2026-12-29T09:30:00.000Z')
  shows((await queue('supervisor', { what: 'sign_off', mine: true }))[0], {
    referralId,
    steps: ['sign_off', 'acknowledge'],
  })
  t.strictSame(await list('screener', 'lettersDue', { kind: 'feedback' }), [])
  const signing = { params: { decisionId: decision.id }, body: { notes: 'I rang the duty worker and read it all.' } }
  shows(await la.on('screener', 'signOffDecision', signing), { status: 403, code: 'forbidden' })
  shows((await does('supervisor', 'signOffDecision', signing)).decision, { state: 'complete' })
  for (const name of ['decision', 'sign_off']) shows(await clock(referralId, name), { state: 'met' }, name)
  shows(await clock(referralId, 'urgency', 'immediate'), { state: 'met_late' }, 'the hour was not kept, and it says so')
  const { letter } = await does('supervisor', 'sendLetter', { params: { referralId }, body: { kind: 'feedback' } })
  shows(flat(letter.text), /Decided: Immediate protection\./)
  t.strictSame(await queue('screener', { referral: referralId }), [])
  shows(await clock(referralId, 'acknowledgement'), { state: 'met' }, 'by being told what was decided')
  t.strictSame(await told(referralId), [
    ...['referral.received', 'recommendation.made', 'clock.overdue', 'milestone.recorded', 'decision.completed'],
    'letter.sent',
  ])
  await end()
})

onBoth(t, world, 'an override downwards is stopped, and goes through the right hands', async (t, la) => {
  const { shows, does, list, queue, told, facts, goesOn, end } = journeyOf(t, world, la)
  const [recommendation] = await recommended(la.on, levelFour())
  const { referralId } = recommendation
  await goesOn(acknowledgeReferrals)
  for (const who of ['officer', 'screener', 'supervisor'] as const)
    await judged(la.on, who, recommendation, { level: who === 'supervisor' ? 'L2' : 'L4' })
  const film = 'He was telling what he had seen in a film.'
  const less = { level: 'L2', response: 'information-advice', rationale: film, closing: closed() }
  const reason = { overrideReason: 'finding-misread' }
  const statutoryReason = 'The strategy discussion was held this morning with police and health; no enquiries.'
  const attempt = (who: 'officer' | 'screener' | 'supervisor', more: object) =>
    la.on(who, 'recordDecision', { params: { recommendationId: recommendation.id }, body: { ...less, ...more } })
  shows(await attempt('officer', { ...reason, statutoryReason }), { status: 403, code: 'qualification_required' })
  shows(await attempt('supervisor', { statutoryReason }), { status: 422, code: 'override_reason_required' })
  shows(await attempt('screener', { ...reason, statutoryReason }), { status: 403, code: 'forbidden' })
  shows(await attempt('supervisor', reason), { status: 422, code: 'statutory_reason_required' })
  t.strictSame(await list('auditor', 'decisions'), [], 'nothing of it was stored')

  const made = await attempt('supervisor', { ...reason, statutoryReason })
  const { decision } = made.data
  const params = { decisionId: decision.id }
  shows(decision, {
    ...{ state: 'awaiting_second_screening', departure: 'lowered', belowFloor: true, statutoryReason },
    ...{ secondScreeningBecause: ['response'], signOffBecause: ['lowered', 'below_floor'], completedAt: null },
  })
  shows(await la.on('supervisor', 'pickUpSecondScreening', { params }), { status: 403, code: 'own_decision' })
  shows(await la.on('screener', 'pickUpSecondScreening', { params }), { status: 409, code: 'not_blind' })
  shows(await queue('secondScreener', { mine: true }), [{ referralId, steps: ['second_screening'], level: null }])
  shows(await la.on('secondScreener', 'decision', { params }), { status: 409, code: 'own_judgement_first' })
  await does('secondScreener', 'pickUpSecondScreening', { params })
  const { level, response } = less
  const body = { level, response, indicators: [], reasons: 'The police have seen the film, and the boy is well.' }
  shows((await does('secondScreener', 'judgeSecond', { params, body })).decision, { state: 'awaiting_sign_off' })

  const untold = async () => [await list('screener', 'lettersDue'), await facts('panel.notified')]
  t.strictSame(await untold(), [[], []], 'neither the referrer nor the panel is told of what is not complete')
  const send = { params: { referralId }, body: { kind: 'feedback' } }
  shows(await la.on('screener', 'sendLetter', send), { status: 409, code: 'nothing_to_tell' })
  const sign = { params, body: { notes: 'I was at the discussion.' } }
  shows(await la.on('supervisor', 'signOffDecision', sign), { status: 403, code: 'own_decision' })
  shows(await la.on('secondScreener', 'signOffDecision', sign), { status: 403, code: 'forbidden' })
  shows(await la.on('robot', 'signOffDecision', sign), { status: 403 })
  shows((await does('secondSupervisor', 'signOffDecision', sign)).decision, { state: 'complete' })

  shows(await facts('panel.notified'), [{ decision: decision.id, child: 'a' }])
  shows(await list('panel', 'decisions', { belowFloor: true }), [{ id: decision.id, statutoryReason, rationale: film }])
  const { letter } = await does('screener', 'sendLetter', send)
  shows(
    flat(letter.text),
    /Decided: Information and advice\. .* 1\. Practitioners concerned, by telephone, within 1 working day/,
  )
  t.notMatch(flat(letter.text), /film|strategy discussion was held/, 'what others said in confidence stays here')
  t.equal((await list('referrer', 'letters', { kind: 'feedback' }))[0].text, letter.text)
  t.strictSame(await queue('screener', {}), [])
  t.strictSame(await told(referralId), [
    ...['referral.received', 'recommendation.made', 'letter.sent', 'decision.completed', 'panel.notified'],
    'letter.sent',
  ])
  await end()
})

const escalated = 'a challenge goes up to the Assistant Director, who changes the decision'
for (const surface of surfacesOf(escalated))
  t.test(`${escalated} (${surface})`, async (t) => {
    const la = await ground(world, surface)
    const { shows, does, list, queue, clock, told, goesOn, until, end } = journeyOf(t, world, la)
    const { referral, recommendation, decision } = await closedBelow(la)
    const params = { referralId: referral }
    const first = (await does('screener', 'sendLetter', { params, body: { kind: 'feedback' } })).letter
    shows(
      flat(first.text),
      /Decided: Early help assessment\. .* 3\. Assistant Director, within 3 working days, or within 12 hours/,
    )
    const { id: escalationId } = await raised(la, referral)
    const shown = async () => await does('referrer', 'escalation', { params: { escalationId } })
    shows(await shown(), { state: 'open', office: 'Team Manager', dueAt: '2026-11-25T17:00:00.000Z' })

    until('2026-11-25T17:00:00.000Z')
    shows(await list('supervisor', 'escalations', { overdue: true }), [{ id: escalationId, state: 'overdue' }])
    await goesOn(moveUpOverdue)
    shows(await shown(), { state: 'open', office: 'Head of Service', steps: [{}, { kind: 'moved_up', by: null }] })
    const act = (who: Parameters<typeof la.on>[0], operation: string, body: object) =>
      does(who, operation, { params: { escalationId }, body })
    until('2026-11-26T18:00:00.000Z')
    const skip = { stage: 2, to: 3, reasons: 'His mother has rung: she is afraid of tonight.' }
    shows((await act('referrer', 'skipEscalation', skip)).escalation, {
      ...{ office: 'Assistant Director', urgent: true, dueAt: '2026-11-27T06:00:00.000Z' },
    })
    until('2026-11-26T20:00:00.000Z')
    const replaced = { supersedes: decision.id, rationale: 'Somebody has to see him, and tonight.' }
    const better = await decided(la.on, recommendation, replaced, la.director)
    shows(better, { state: 'complete', level: 'L3', response: 'section-17-assessment', supersedes: decision.id })
    const outcome = { stage: 3, as: 'Assistant Director', outcome: 'changed', newDecision: better.id }
    await act(la.director, 'answerEscalation', { ...outcome, reasons: 'You were right. We see him tonight.' })
    shows(await list('referrer', 'escalations'), [
      {
        state: 'answered',
        steps: [{}, {}, {}, { as: 'Assistant Director', outcome: 'changed', newDecision: { id: better.id } }],
      },
    ])

    shows(await list('screener', 'lettersDue', { kind: 'feedback' }), [{ decisions: [better.id] }])
    const { letter } = await does('screener', 'sendLetter', { params, body: { kind: 'feedback' } })
    shows(flat(letter.text), /takes the place of what we told you on 24 November 2026\. Decided: Child in need/)
    await act('referrer', 'closeEscalation', { stage: 3, accepted: true, notes: 'Thank you.' })
    shows(await shown(), {
      ...{ state: 'closed', outcome: 'changed', decision: { id: decision.id, state: 'superseded' } },
      newDecision: { id: better.id, state: 'complete' },
    })
    shows(await clock(referral, 'statutory', 'assessment'), { state: 'running' })
    t.strictSame(await queue('screener', {}), [])
    t.strictSame(await told(referral), [
      ...['referral.received', 'recommendation.made', 'decision.completed', 'letter.sent', 'escalation.raised'],
      ...['escalation.moved_up', 'escalation.skipped', 'decision.completed', 'escalation.answered', 'letter.sent'],
      'escalation.closed',
    ])
    await end()
  })
