import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import t, { type Test } from 'tap'
import { carryOut, type Send, type Story } from '../../examples/escalations/tell.ts'
import { moveUpOverdue } from '../../src/features/escalations/task.ts'
import { noticingOverdue } from '../../src/features/queue/overdue.ts'
import { challenge, closedBelow, type Ground, ground, raised } from '../support/escalating.ts'
import { decided, received, recommendedFor } from '../support/flow.ts'
import { levelThree, siblings } from '../support/referrals.ts'
import { runnerOf } from '../support/rehearsing.ts'
import { type Json, type Request, type Surface, surfacesOf } from '../support/surfaces.ts'
import { type Account, type AccountName, openWorld, START } from '../support/world.ts'

const world = await openWorld(t)
const without = await world.authority(null)

const grounds = new Map<Surface, Ground>()

/** The authority in which the claims of a surface are made; an own one costs more than the claim. */
async function sharedGround(surface: Surface): Promise<Ground> {
  const la = grounds.get(surface) ?? (await ground(world, surface))
  grounds.set(surface, la)
  return la
}

/** A claim over each surface, from the same morning. */
function onBoth(claim: string, run: (t: Test, la: Ground) => Promise<void>, surfaces = surfacesOf(claim)): void {
  for (const surface of surfaces) {
    t.test(`${claim} (${surface})`, async (t) => {
      world.clock.now = START
      await run(t, await sharedGround(surface))
    })
  }
}

const at = (id: string, body: object): Request => ({ params: { escalationId: id }, body })
const answer = (stage: number, more: object = {}) => ({
  ...{ stage, as: 'Manager', outcome: 'upheld', reasons: 'We have looked again; help is in place.', ...more },
})

onBoth('a challenge goes up the ladder until the decision is changed', async (t, la) => {
  const { referral, recommendation, decision } = await closedBelow(la)
  world.clock.now += 60_000
  const made = await raised(la, referral)
  t.match(made, {
    ...{ state: 'open', stage: 1, office: 'Team Manager', child: 'a', urgent: false, outcome: null, newDecision: null },
    decision: { id: decision.id, state: 'complete' },
    challenger: { name: 'Morag Finch', agency: 'Hillside Primary School' },
    dueAt: '2026-11-25T17:00:00.000Z',
    immediateRisk: /999.*strategy discussion/i,
    ladder: [
      { stage: 1, role: 'Team Manager', within: '1 working day' },
      { stage: 2, role: 'Head of Service', within: '2 working days, or 24 hours where it cannot wait' },
      { stage: 3, role: 'Assistant Director' },
      { stage: 4, role: 'Director of Children’s Services'.replace('’', "'") },
    ],
  })
  const act = (who: Parameters<typeof la.on>[0], name: string, body: object) => la.on(who, name, at(made.id, body))

  t.match(await act('referrer', 'closeEscalation', { stage: 1, accepted: true, notes: 'Yes.' }), {
    code: 'not_answered',
  })
  t.match(await act('referrer', 'moveEscalationUp', { stage: 1, reasons: 'Quick.' }), { code: 'not_answered' })
  // At the first stage those concerned talk to each other, the decider among them.
  t.match((await act('screener', 'answerEscalation', answer(1, { as: 'Social worker' }))).data.escalation, {
    state: 'answered',
    steps: [{ kind: 'entered' }, { kind: 'answered', as: 'Social worker', by: { displayName: 'The screener' } }],
  })
  t.match(await act(la.head, 'answerEscalation', answer(1)), { status: 409, code: 'already_answered' })
  const refused = await act('referrer', 'closeEscalation', { stage: 1, accepted: false, notes: 'No.' })
  t.match(refused, { status: 422, code: 'unprocessable', errors: [{ pointer: '/accepted', code: 'stage_above' }] })
  world.clock.now += 3_600_000
  const up = await act('referrer', 'moveEscalationUp', { stage: 1, reasons: 'Nobody has asked her.' })
  t.match(up.data.escalation, { state: 'open', stage: 2, office: 'Head of Service', dueAt: '2026-11-26T17:00:00.000Z' })

  t.match(await act('screener', 'answerEscalation', answer(2)), { status: 403, code: 'forbidden' }, 'no supervisor')
  t.match(await act('robot', 'answerEscalation', answer(2)), { status: 403, code: 'forbidden' }, 'no person')
  const signed = await act('supervisor', 'answerEscalation', answer(2))
  t.match(signed, { status: 403, code: 'own_decision' }, 'whoever signed it does not answer for it twice')
  t.match(await act(la.head, 'answerEscalation', answer(1)), { status: 409, code: 'stage_conflict' })
  t.match(await act(la.head, 'answerEscalation', answer(2, { as: 'Head of Service' })), { status: 201 })
  await act('referrer', 'moveEscalationUp', { stage: 2, reasons: 'He is still at home.' })

  t.match(
    await act(la.head, 'answerEscalation', answer(3)),
    { status: 403, code: 'own_decision' },
    'not the same again',
  )
  const changed = { as: 'Assistant Director', outcome: 'changed', reasons: 'You were right.' }
  const missing = await act(la.director, 'answerEscalation', answer(3, changed))
  t.match(missing, { code: 'unprocessable', errors: [{ pointer: '/newDecision', code: 'missing_property' }] })
  const name = (newDecision: string) => act(la.director, 'answerEscalation', answer(3, { ...changed, newDecision }))
  t.match(await name(decision.id), { status: 422, code: 'not_superseding' }, 'the contested one')
  t.match(await name(randomUUID()), { status: 404, code: 'not_found' })
  const same = { level: 'L2', response: 'early-help-assessment', overrideReason: 'professional-judgement' }
  world.clock.now += 1000
  const again = await decided(la.on, recommendation, { ...same, supersedes: decision.id }, la.head)
  t.match(await name(again.id), { status: 422, code: 'not_superseding' }, 'the same once more')
  const better = await decided(la.on, recommendation, { supersedes: again.id }, la.director)
  const answered = await name(better.id)
  t.match(answered.data.escalation.steps.at(-1), {
    ...{ kind: 'answered', stage: 3, as: 'Assistant Director', outcome: 'changed' },
    newDecision: { id: better.id, state: 'complete' },
  })
  const closed = await act('referrer', 'closeEscalation', { stage: 3, accepted: true, notes: 'Thank you.' })
  t.match(closed.data.escalation, {
    ...{ state: 'closed', stage: 3, outcome: 'changed', newDecision: { id: better.id, state: 'complete' } },
    decision: { id: decision.id, state: 'superseded' },
  })
  for (const [operation, body] of [
    ['answerEscalation', answer(3)],
    ['moveEscalationUp', { stage: 3, reasons: 'More.' }],
    ['skipEscalation', { stage: 3, to: 4, reasons: 'More.' }],
    ['closeEscalation', { stage: 3, accepted: true, notes: 'Twice.' }],
    ['withdrawEscalation', { reasons: 'More.' }],
  ] as const)
    t.match(await act(operation === 'answerEscalation' ? la.head : 'referrer', operation, body), {
      status: 409,
      code: 'escalation_closed',
    })
  const { body } = await la.rest('auditor', 'GET', '/v1/audit/verification')
  t.equal(body.isIntact, true, 'the log vouches for every step')
})

onBoth('a referrer challenges what is theirs, and learns of nothing else', async (t, la) => {
  const { referral, recommendation, decision } = await closedBelow(la)
  const raise = (who: Parameters<typeof la.on>[0], referralId: string, more: object = {}) =>
    la.on(who, 'raiseEscalation', { params: { referralId }, body: challenge(more) })
  const [foreign, missing] = [await raise('otherReferrer', referral), await raise('otherReferrer', randomUUID())]
  t.match(foreign, { status: 404, code: 'not_found' })
  t.equal(stripped(foreign), stripped(missing), 'the same bytes')
  const elsewhere = await closedBelow(la)
  t.match(
    await raise('referrer', referral, { decision: elsewhere.decision.id }),
    { code: 'not_found' },
    'another referral’s',
  )
  t.match(await raise('referrer', referral, { child: 'z' }), { errors: [{ pointer: '/child', code: 'unknown_child' }] })
  const aside = await raise('referrer', referral, { about: 'delay', decision: decision.id })
  t.match(aside, { errors: [{ pointer: '/decision', code: 'not_about_decision' }] })
  for (const who of ['auditor', 'author', 'administrator'] as const)
    t.match(await raise(who, referral), { status: 403, code: 'forbidden' }, who)

  const better = await decided(
    la.on,
    recommendation,
    { supersedes: decision.id, level: 'L4', response: 'strategy-discussion' },
    la.head,
  )
  t.equal(better.state, 'awaiting_sign_off')
  t.match(
    await raise('referrer', referral, { decision: better.id }),
    { code: 'not_found' },
    'not complete, so not there',
  )
  const own = await raised(la, referral)
  t.equal(own.decision.id, decision.id, 'the last complete one')
  const theirs = await raised(la, referral, { decision: better.id }, 'screener')
  t.match(theirs, { decision: { id: better.id }, challenger: { agency: null } })
  const onBehalf = await raised(la, referral, { about: 'no_outcome_told', ground: 'not_told' }, 'system')

  const listed = async (who: 'referrer' | 'otherReferrer' | 'panel' | 'auditor') =>
    (await la.on(who, 'escalations', { params: { referral } })).data.edges.map(({ node }: Json) => node.id)
  t.strictSame(await listed('referrer'), [own.id])
  t.strictSame(await listed('otherReferrer'), [])
  t.strictSame((await listed('auditor')).sort(), [own.id, theirs.id, onBehalf.id].sort())
  const read = (id: string) => la.on('referrer', 'escalation', { params: { escalationId: id } })
  t.equal((await read(own.id)).data.id, own.id)
  t.equal(stripped(await read(theirs.id)), stripped(await read(randomUUID())))
  const moved = await la.on('referrer', 'skipEscalation', at(theirs.id, { stage: 1, to: 2, reasons: 'Mine?' }))
  t.match(moved, { status: 404, code: 'not_found' })

  const query = `query($id: ID!) { referral(referralId: $id) { escalations { id } } }`
  const asked = async (who: 'referrer' | 'panel') =>
    (await la.graphql(who, query, { id: referral })).body.data.referral.escalations.map(({ id }: Json) => id)
  t.strictSame(await asked('referrer'), [own.id], 'nor through the referral')
  t.equal((await asked('panel')).length, 3)
  const ofDecision = 'query($id: ID!) { decision(decisionId: $id) { escalations { id } } }'
  const { body } = await la.graphql('panel', ofDecision, { id: better.id })
  t.strictSame(body.data.decision.escalations, [{ id: theirs.id }])
})

function stripped({ status, text }: { status: number; text: string }): string {
  return JSON.stringify({ status, text: text.replaceAll(/"traceId":"[^"]*"/g, '') })
}

// The service does this by itself; no surface has a part in it.
onBoth(
  'what nobody answers in time goes up by itself, once, and at the top it is marked',
  async (t, la) => {
    const { referral } = await closedBelow(la)
    const { id } = await raised(la, referral)
    const answered = await raised(la, referral)
    await la.on('supervisor', 'answerEscalation', at(answered.id, answer(1)))
    const read = async (one = id) => (await la.on('referrer', 'escalation', { params: { escalationId: one } })).data
    const step = () => moveUpOverdue.step(taskContext(), la.id)
    const until = (instant: string) => {
      world.clock.now = Date.parse(instant)
    }
    until('2026-11-25T16:59:59.999Z')
    t.equal((await read()).state, 'at_risk', 'less than a quarter of the time is left')
    t.equal(await step(), false, 'not before its time')
    until('2026-11-25T17:00:00.000Z')
    t.match(await read(), { state: 'overdue', stage: 1 })
    const steps = await Promise.all([step(), step(), step()])
    t.ok(steps.includes(true))
    while (await step());
    t.match(await read(), {
      ...{ state: 'open', stage: 2, office: 'Head of Service', dueAt: '2026-11-30T17:00:00.000Z' },
      steps: [{ kind: 'entered' }, { kind: 'moved_up', by: null, reasons: null }],
    })
    for (const due of ['2026-11-30T17:00:00.000Z', '2026-12-04T17:00:00.000Z', '2026-12-14T17:00:00.000Z']) {
      until(due)
      while (await step());
    }
    const last = await read()
    t.match(last, { state: 'overdue', stage: 4, office: "Director of Children's Services" })
    t.strictSame(
      last.steps.map(({ kind, stage }: Json) => `${kind} ${stage}`),
      ['entered 1', 'moved_up 2', 'moved_up 3', 'moved_up 4', 'overdue 4'],
      'it stays at the top, marked once',
    )
    t.match(await read(answered.id), { state: 'answered', stage: 1 }, 'what was answered waits for the challenger')
    const { rows } = await world.database.pool.query(
      `select event from audit_entries where convert_from(body, 'utf8')::jsonb #>> '{facts,escalation}' = $1 order by position`,
      [id],
    )
    t.strictSame(
      rows.map(({ event }) => event),
      ['escalation.raised', ...Array(3).fill('escalation.moved_up'), 'escalation.overdue'],
    )
    t.match(await la.on('referrer', 'moveEscalationUp', at(id, { stage: 4, reasons: 'Up.' })), { code: 'last_stage' })
    t.match(await la.on(la.director, 'answerEscalation', at(id, answer(4))), { status: 201 }, 'late, but answered')
  },
  ['REST'],
)

function taskContext() {
  const { database, now, newId } = runnerOf(world)
  return {
    ...{ database, now, newId, signal: new AbortController().signal },
    onFailure: (error: unknown) => t.fail(String(error)),
  }
}

onBoth('a challenge waits in the queue for whoever may answer it', async (t, la) => {
  const { referral } = await closedBelow(la)
  const acknowledged = { kind: 'acknowledged', happenedAt: new Date(START).toISOString() }
  await la.on('system', 'recordMilestone', { params: { referralId: referral }, body: acknowledged })
  const rows = async (who: Account | AccountName, params: object = {}): Promise<Json[]> => {
    const { data } = await la.on(who, 'queue', { params: { first: 100, ...params } })
    return data.edges.map(({ node }: Json) => node)
  }
  const row = async (who: Account | AccountName = 'supervisor') => (await rows(who, { referral }))[0]
  const step = async (referralId = referral): Promise<Json[]> => {
    const { data } = await la.on('panel', 'clocks', { params: { referralId } })
    return data.clocks.filter(({ name }: Json) => name === 'escalation_step')
  }
  const mine = async () => {
    const who = { screener: 'screener', supervisor: 'supervisor', robot: 'robot', head: la.head } as const
    const found = Object.entries(who).map(async ([name, account]) => [name, (await row(account)).mine] as const)
    return Object.fromEntries(await Promise.all(found))
  }
  t.equal(await row(), undefined, 'nothing is left to be done')
  world.clock.now += 60_000
  const made = await raised(la, referral)
  const first = {
    ...{ name: 'escalation_step', code: '1', label: 'Answer the challenge: Team Manager', child: 'a' },
    ...{ escalationId: made.id, startedAt: made.raisedAt, dueAt: made.dueAt, metAt: null, state: 'running' },
  }
  t.match(await row(), {
    ...{ steps: ['answer_escalation'], clock: first },
    by: { roles: ['screener', 'supervisor'], qualification: null },
  })
  t.match(await step(), [first])
  const atFirst = { screener: true, supervisor: true, robot: false, head: true }
  t.strictSame(await mine(), atFirst, 'those concerned talk to each other')
  t.strictSame(
    (await rows('supervisor', { what: 'answer_escalation', mine: true, state: 'running', referral })).length,
    1,
  )
  const { counts } = (await la.on('supervisor', 'queueCounts')).data
  t.ok(counts.some((count: Json) => count.step === 'answer_escalation' && count.children > 0))
  for (const instant of ['2026-11-25T09:00:00.000Z', '2026-11-25T14:00:00.000Z', '2026-11-25T17:00:00.001Z']) {
    world.clock.now = Date.parse(instant)
    const { data } = await la.on('referrer', 'escalation', { params: { escalationId: made.id } })
    const [{ state }] = (await step()) as [Json]
    t.equal(state === 'running' ? 'open' : state, data.state, 'the queue and the challenge say the same')
  }
  t.equal((await row()).clock.state, 'overdue')

  const task = taskContext()
  const looking = noticingOverdue()
  while (await looking.step(task, la.id));
  while (await moveUpOverdue.step(task, la.id));
  const { rows: told } = await world.database.pool.query(
    `select event from audit_entries where convert_from(body, 'utf8')::jsonb #>> '{facts,referral}' = $1
      and event in ('clock.overdue', 'escalation.moved_up')`,
    [referral],
  )
  t.strictSame(told, [{ event: 'escalation.moved_up' }], 'that nobody answered is told once')
  t.match(await row(), { clock: { code: '2', state: 'running' }, by: { roles: ['supervisor'] } })
  const above = { screener: false, supervisor: false, robot: false, head: true }
  t.strictSame(await mine(), above, 'nobody who signed what is challenged')

  await la.on('referrer', 'skipEscalation', at(made.id, { stage: 2, to: 3, reasons: 'He comes home tonight.' }))
  t.equal((await rows('supervisor'))[0]?.referralId, referral, 'what cannot wait comes first')
  world.clock.now += 60_000
  await la.on(la.head, 'answerEscalation', at(made.id, answer(3)))
  t.equal(await row(), undefined, 'the challenger has the next word')
  const metAt = new Date(world.clock.now).toISOString()
  t.match(await step(), [{ code: '3', state: 'met', metAt }])
  await la.on('referrer', 'closeEscalation', at(made.id, { stage: 3, accepted: true, notes: 'Good.' }))
  t.strictSame(await step(), [], 'at its end it has no clock')

  const both = await received(la.on, siblings())
  const ofAll = await raised(la, both, { about: 'delay', ground: 'too_slow' })
  const children = await rows('screener', { referral: both })
  t.equal(children.length, 2)
  for (const { steps } of children) t.strictSame(steps, ['recommend', 'answer_escalation', 'acknowledge'])
  t.match(await step(both), [{ child: null, escalationId: ofAll.id }], 'told once for the referral')
})

onBoth(
  'what cannot wait skips ahead, and has the shorter times from then on',
  async (t, la) => {
    const { referral } = await closedBelow(la)
    world.clock.now = Date.parse('2026-12-24T20:00:00.000Z')
    const made = await raised(la, referral, { urgent: true })
    t.equal(made.dueAt, '2026-12-30T17:00:00.000Z', 'a stage without shorter times has its working days')
    const skip = (body: object) => la.on('referrer', 'skipEscalation', at(made.id, body))
    const wrong = await skip({ stage: 1, to: 1, reasons: 'Now.' })
    t.match(wrong, { code: 'unprocessable', errors: [{ pointer: '/to', code: 'unknown_stage' }] })
    t.match(await skip({ stage: 1, to: 5, reasons: 'Now.' }), { code: 'unprocessable' })
    const third = (await skip({ stage: 1, to: 3, reasons: 'He comes home tonight.' })).data.escalation
    t.match(
      third,
      { stage: 3, urgent: true, dueAt: '2026-12-25T08:00:00.000Z' },
      'twelve hours, over the night of Christmas',
    )
    t.match(third.steps.at(-1), {
      kind: 'skipped',
      reasons: 'He comes home tonight.',
      by: { displayName: 'The referrer' },
    })
    t.match(await skip({ stage: 1, to: 4, reasons: 'Again.' }), { status: 409, code: 'stage_conflict' })
    const calm = await raised(la, referral)
    const later = await la.on('referrer', 'skipEscalation', at(calm.id, { stage: 1, to: 2, reasons: 'It got worse.' }))
    t.match(later.data.escalation, { urgent: true, dueAt: '2026-12-25T20:00:00.000Z' }, 'skipping makes it urgent')
    await skip({ stage: 3, to: 4, reasons: 'Nobody is there.' })
    t.match(await skip({ stage: 4, to: 5, reasons: 'Higher.' }), { status: 409, code: 'last_stage' })
  },
  ['GraphQL'],
)

onBoth(
  'it ends by the challenger, or by what they said; nobody answers or drops it for them',
  async (t, la) => {
    const { referral } = await closedBelow(la)
    const end = (who: Parameters<typeof la.on>[0], id: string, name: string, body: object) =>
      la.on(who, name, at(id, body))
    const own = await raised(la, referral, {}, la.head)
    t.match(await end(la.head, own.id, 'answerEscalation', answer(1)), { status: 403, code: 'own_challenge' })
    t.match(await end(la.director, own.id, 'withdrawEscalation', { reasons: 'Enough.' }), {
      status: 403,
      code: 'forbidden',
    })
    const withdrawn = await end(la.head, own.id, 'withdrawEscalation', { reasons: 'He has been seen.' })
    t.match(withdrawn.data.escalation, { state: 'closed', outcome: 'withdrawn', newDecision: null })

    const made = await raised(la, referral)
    const extra = await end(la.director, made.id, 'answerEscalation', answer(1, { newDecision: randomUUID() }))
    t.match(extra, { errors: [{ pointer: '/newDecision', code: 'unexpected_property' }] })
    await end(la.director, made.id, 'answerEscalation', answer(1, { outcome: 'compromise', reasons: 'A visit first.' }))
    const said = { stage: 1, accepted: true, notes: 'She said so by telephone.' }
    for (const who of [la.director, 'screener', 'panel', 'system'] as const)
      t.match(await end(who, made.id, 'closeEscalation', said), { status: 403, code: 'forbidden' })
    const closed = await end(la.head, made.id, 'closeEscalation', said)
    t.match(closed.data.escalation, { state: 'closed', outcome: 'compromise', newDecision: null })

    const top = await raised(la, referral)
    await end('referrer', top.id, 'skipEscalation', { stage: 1, to: 4, reasons: 'At once.' })
    await end(la.director, top.id, 'answerEscalation', answer(4))
    const disagreed = await end(la.head, top.id, 'closeEscalation', {
      stage: 4,
      accepted: false,
      notes: 'She does not agree.',
    })
    t.match(disagreed.data.escalation, { state: 'closed', outcome: 'upheld' }, 'above the last stage there is none')
    t.match(disagreed.data.escalation.steps.at(-1), { kind: 'closed', accepted: false })
  },
  ['REST'],
)

onBoth(
  'challenges are found by state, stage, agency, referral, time and whether they were overdue',
  async (t, { surface }) => {
    const la = await ground(world, surface)
    const first = await closedBelow(la)
    const second = { referral: await received(la.on, siblings()) }
    const a = await raised(la, first.referral)
    world.clock.now += 60_000
    const b = await raised(la, second.referral, { about: 'delay', ground: 'too_slow' })
    t.match(b, { child: null, decision: null }, 'about all children of the referral')
    world.clock.now += 60_000
    const c = await raised(la, second.referral, {
      child: 'older',
      challenger: { name: 'A', role: 'GP', agency: 'Dunes' },
    })
    t.match(c, { child: 'older', decision: null }, 'no decision about that child is complete')
    await la.on('referrer', 'withdrawEscalation', at(a.id, { reasons: 'Settled.' }))
    await la.on('referrer', 'skipEscalation', at(b.id, { stage: 1, to: 4, reasons: 'At once.' }))
    const find = async (params: object) =>
      (await la.on('supervisor', 'escalations', { params: { ...params } })).data.edges.map(({ node }: Json) => node.id)
    t.strictSame(await find({}), [c.id, b.id, a.id], 'newest first')
    t.strictSame(await find({ state: 'closed' }), [a.id])
    t.strictSame(await find({ state: 'open' }), [c.id, b.id])
    t.strictSame(await find({ stage: 4 }), [b.id])
    t.strictSame(await find({ referral: second.referral }), [c.id, b.id])
    t.strictSame(await find({ agency: 'Dunes' }), [c.id])
    t.strictSame(await find({ from: b.raisedAt }), [c.id, b.id])
    t.strictSame(await find({ to: b.raisedAt }), [a.id])
    t.strictSame(await find({ state: 'open', stage: 1, agency: 'Dunes' }), [c.id])
    t.strictSame(await find({ overdue: true }), [])
    world.clock.now = Date.parse('2026-11-24T13:15:00.000Z')
    t.strictSame(await find({ state: 'at_risk' }), [b.id], 'less than an hour is left of four')
    world.clock.now = Date.parse('2026-11-25T17:00:00.000Z')
    t.strictSame(await find({ overdue: true }), [c.id, b.id])
    t.strictSame(await find({ overdue: false, state: 'closed' }), [a.id])
    const page = (await la.on('supervisor', 'escalations', { params: { first: 2 } })).data
    t.equal(page.pageInfo.hasNextPage, true)
    t.strictSame(await find({ first: 2, after: page.pageInfo.endCursor }), [a.id])
  },
)

onBoth(
  'before there is a decision the ladder is that of the policy; a blind screening is not disturbed',
  async (t, la) => {
    const referral = await received(la.on, levelThree())
    const early = await raised(la, referral, { about: 'no_outcome_told', ground: 'not_told' })
    t.match(early, { child: 'a', decision: null, policy: 'northmoor', stage: 1 })
    const [recommendation] = await recommendedFor(la.on, referral)
    const closing = { noHelpReason: 'Nothing besides what every family has.' }
    const spoken = { on: '2026-11-24', with: 'The teacher', summary: 'Nothing new.' }
    const none = { level: 'L1', response: 'universal-services', overrideReason: 'professional-judgement' }
    const decision = await decided(
      la.on,
      recommendation,
      { ...none, closing: { ...closing, referrerSpokenTo: spoken } },
      'screener',
    )
    t.equal(decision.state, 'awaiting_second_screening')
    const raise = (who: 'screener' | 'secondScreener') =>
      la.on(who, 'raiseEscalation', { params: { referralId: referral }, body: challenge({ decision: decision.id }) })
    t.match(await raise('secondScreener'), { status: 409, code: 'own_judgement_first' })
    t.match(await raise('screener'), { status: 409, code: 'decision_state' })
    const received2 = await without.call(la.surface, 'referrer', 'receiveReferral', { body: levelThree() })
    const params = { referralId: received2.data.referral.id }
    const refused = await without.call(la.surface, 'referrer', 'raiseEscalation', { params, body: challenge() })
    t.match(refused, { status: 422, code: 'no_policy_in_force' })
  },
)

t.test('the founding examples are carried through to the decision that should have been', async (t) => {
  world.clock.now = START
  const la = await ground(world, 'REST', 'northmoor/2026-04')
  const people: Record<string, Account> = {
    ...la.accounts,
    integration: la.accounts.system,
    head: la.head,
    director: la.director,
  }
  const send: Send = async (who, method, path, body) => {
    world.clock.now += 60_000
    const reply = await la.rest(people[who] ?? null, method, path, body)
    if (reply.status >= 400) throw new Error(`${who} ${path}: ${reply.text}`)
    return reply.body
  }
  for (const name of ['01-tobiah', '02-kofi']) {
    const told: string[] = []
    const story: Story = JSON.parse(example(`escalations/${name}.json`))
    const referral = JSON.parse(example(`referrals/${story.referral}`))
    const kept = await carryOut(story, referral, { send, tell: (line) => told.push(line) })
    t.equal(told.length, story.steps.length, story.title)
    const { data } = await la.on('auditor', 'decision', { params: { decisionId: kept['better'] } })
    t.match(data, { supersedes: kept['decision'], departure: 'none', state: 'complete' })
  }
})

const example = (file: string): string => readFileSync(new URL(`../../examples/${file}`, import.meta.url), 'utf8')
