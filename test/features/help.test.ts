// Help below the threshold: what is arranged, what comes of it, and for whom nothing has come about.
import t from 'tap'
import { completed, decided, judged, recommended } from '../support/flow.ts'
import { acceptance, levelFour, levelTwo, low } from '../support/referrals.ts'
import { type Call, type Json, onBoth } from '../support/surfaces.ts'
import { openWorld, START } from '../support/world.ts'

const world = await openWorld(t)
const DAY = 86_400_000
const on = (days: number) => {
  world.clock.now = START + days * DAY
}
t.beforeEach(() => on(0))

/** Followed up a week after the decision, unless told otherwise. */
const hub = (more: object = {}) => ({
  help: 'A place in the family hub',
  service: 'family-hub',
  heldBy: 'Hub lead',
  status: 'offered',
  consent: 'given',
  followUpOn: '2026-12-01',
  ...more,
})

const arrange = (call: Call, decision: Json, body: object) =>
  call('screener', 'arrangeHelp', { params: { decisionId: decision.id }, body })
const update = (call: Call, help: Json, body: object) =>
  call('screener', 'updateHelp', { params: { helpId: help.id }, body })
const nodes = async (call: Call, operation: string, params: object = {}): Promise<Json[]> =>
  (await call('supervisor', operation, { params: { ...params } })).data.edges.map(({ node }: Json) => node)
const unsecured = async (call: Call, params: object = {}) =>
  (await nodes(call, 'nothingSecured', params)).map(({ decisionId }) => decisionId)

onBoth(t, world, 'help is added to a decision, followed up on its day, and its course is kept', async (t, la) => {
  const [recommendation] = await recommended(la.on, levelTwo())
  const decision = await completed(la.on, recommendation, { closing: { help: [hub()] } })
  t.match(await arrange(la.on, decision, hub({ help: 'School will monitor' })), {
    status: 422,
    code: 'monitoring_is_no_plan',
  })
  t.match(await arrange(la.on, decision, hub({ service: 'no-such' })), {
    status: 422,
    errors: [{ pointer: '/service' }],
  })
  t.match(await arrange(la.on, decision, hub({ followUpOn: undefined })), {
    status: 422,
    errors: [{ pointer: '/followUpOn' }],
  })
  const added = hub({
    help: 'A debt adviser',
    service: 'money-advice',
    heldBy: 'Money advice',
    followUpOn: '2026-12-03',
  })
  const { help } = (await arrange(la.on, decision, added)).data
  t.match(help, {
    number: 2,
    status: 'offered',
    followUp: 'planned',
    arrangedBy: { displayName: 'The screener' },
    updates: [],
  })
  t.same(await nodes(la.on, 'helpFollowUps'), [], 'nothing is due yet')
  const ahead = await nodes(la.on, 'helpFollowUps', { to: '2026-12-31' })
  t.same(
    ahead.map(({ number }) => number),
    [1, 2],
    'the earliest day first',
  )
  t.same((await nodes(la.on, 'helpFollowUps', { to: '2026-12-31', service: 'money-advice' })).length, 1)
  t.same((await nodes(la.on, 'helpFollowUps', { to: '2026-12-31', heldBy: 'Hub lead', from: '2026-12-02' })).length, 0)
  on(9)
  const dueNow = await nodes(la.on, 'helpFollowUps')
  t.match(dueNow, [
    { number: 1, followUp: 'overdue' },
    { number: 2, followUp: 'due' },
  ])
  t.match(await update(la.on, help, { status: 'offered', notes: 'Rang twice.' }), {
    status: 422,
    errors: [{ pointer: '/followUpOn' }],
  })
  t.match(
    await update(la.on, help, { status: 'secured', notes: 'Rang.', followUpOn: '2026-12-01' }),
    { status: 422 },
    'a day gone by',
  )
  await update(la.on, help, { status: 'offered', notes: 'Rang twice.', followUpOn: '2026-12-10' })
  const secured = await update(la.on, help, { status: 'secured', notes: 'First meeting held.' })
  t.match(secured.data.help, {
    status: 'secured',
    followUpOn: null,
    followUp: 'none',
    updates: [{ number: 1, notes: 'Rang twice.' }, { number: 2 }],
  })
  await update(la.on, dueNow[0], { status: 'declined', notes: 'They have family near.', followUpOn: '2026-12-20' })
  t.same(
    await nodes(la.on, 'helpFollowUps', { to: '2027-12-31' }),
    [],
    'what is declined or secured for good is not looked at',
  )
  const listed = (await la.on('panel', 'decisionHelp', { params: { decisionId: decision.id } })).data.help
  t.same(
    listed.map(({ status }: Json) => status),
    ['declined', 'secured'],
  )
  t.same((await la.on('auditor', 'help', { params: { helpId: help.id } })).data.number, 2)
  t.match((await la.on('auditor', 'auditVerification', {})).data, { isIntact: true })
})

onBoth(
  t,
  world,
  'children for whom nothing has come about are listed until it has, or the family said no and why',
  async (t, la) => {
    const decide = async (help: object[]) => {
      const [recommendation] = await recommended(la.on, levelTwo())
      return await completed(la.on, recommendation, { closing: { help } })
    }
    const [nothing, offered, secured, declined] = [
      await decide([]),
      await decide([hub()]),
      await decide([hub({ status: 'secured' })]),
      await decide([hub({ status: 'declined', followUpOn: undefined })]),
    ]
    const [protecting] = await recommended(la.on, levelFour())
    await completed(la.on, protecting)
    on(13.9)
    t.same(await unsecured(la.on), [], 'not before two weeks')
    on(14)
    t.same(
      (await unsecured(la.on)).sort(),
      [nothing.id, offered.id, declined.id].sort(),
      'declined without a reason as well',
    )
    t.same(await unsecured(la.on, { days: 15 }), [])
    const rows = await nodes(la.on, 'nothingSecured')
    t.match(
      rows.find(({ decisionId }) => decisionId === offered.id),
      { offered: 1, days: 14, child: 'a', noHelpReason: null },
    )
    const helpIn = async ({ id: decisionId }: Json) =>
      (await la.on('screener', 'decisionHelp', { params: { decisionId } })).data.help[0]
    await update(la.on, await helpIn(offered), { status: 'secured', notes: 'They go on Tuesdays.' })
    await update(la.on, await helpIn(declined), { status: 'declined', notes: 'They have family near.' })
    await update(la.on, await helpIn(secured), {
      status: 'offered',
      notes: 'The place was lost.',
      followUpOn: '2026-12-20',
    })
    t.same((await unsecured(la.on)).sort(), [nothing.id, secured.id].sort(), 'and what was lost again comes back')
    await arrange(la.on, nothing, hub({ status: 'secured', followUpOn: '2026-12-20' }))
    t.same(await unsecured(la.on), [secured.id])
  },
)

onBoth(
  t,
  world,
  'no further action is not decided without help or an explicit reason, and the reason is listed',
  async (t, la) => {
    const [recommendation] = await recommended(la.on, low())
    await judged(la.on, 'supervisor', recommendation)
    const spoken = { referrerSpokenTo: { on: '2026-11-24', with: 'The class teacher', summary: 'Nothing new.' } }
    const tried = (closing: object) =>
      la.on('supervisor', 'recordDecision', {
        params: { recommendationId: recommendation.id },
        body: acceptance(recommendation, { closing }),
      })
    t.match(await tried(spoken), {
      status: 422,
      code: 'closing_checks_required',
      errors: [{ pointer: '/closing/help' }],
    })
    const refused = hub({ status: 'declined', followUpOn: undefined })
    t.match(await tried({ ...spoken, help: [refused] }), { status: 422, code: 'closing_checks_required' })
    const noHelpReason = 'The family has what every family has, and asks for nothing.'
    const decision = await completed(la.on, recommendation, { closing: { ...spoken, noHelpReason } })
    on(20)
    t.match(await nodes(la.on, 'nothingSecured', { explained: true }), [{ decisionId: decision.id, noHelpReason }])
    t.same(await unsecured(la.on, { explained: false }), [])
    t.same(await unsecured(la.on, { agency: 'Another school' }), [])
  },
)

t.test('help is added only to a decision that stands, is complete, and is one below the threshold', async (t) => {
  const la = await world.authority()
  const call: Call = (...args) => la.call('REST', ...args)
  const [above] = await recommended(call, levelFour())
  t.match(await arrange(call, await completed(call, above), hub()), { status: 409, code: 'decision_state' })
  const [below] = await recommended(call, levelTwo())
  const waiting = await decided(call, below, {}, 'screener')
  t.match(await call('supervisor', 'arrangeHelp', { params: { decisionId: waiting.id }, body: hub() }), {
    status: 409,
    code: 'decision_state',
  })
  for (const who of ['referrer', 'system', 'panel', 'auditor'] as const)
    t.match(await call(who, 'arrangeHelp', { params: { decisionId: waiting.id }, body: hub() }), { status: 403 }, who)
  t.match(await call('referrer', 'nothingSecured', {}), { status: 403 })
  const made = await completed(call, below, { supersedes: waiting.id, closing: { help: [hub()] } })
  const query = `{ decision(decisionId: "${made.id}") { help { number status followUp } } }`
  const { body } = await la.graphql('auditor', query)
  t.same(body.data.decision.help, [{ number: 1, status: 'offered', followUp: 'planned' }])
})

t.test('lists come in pages that leave nothing out', async (t) => {
  const la = await world.authority()
  const call: Call = (...args) => la.call('REST', ...args)
  for (let i = 0; i < 3; i++) {
    const [recommendation] = await recommended(call, levelTwo())
    await completed(call, recommendation, { closing: { help: [hub()] } })
  }
  on(20)
  for (const operation of ['helpFollowUps', 'nothingSecured', 'lettersDue']) {
    const seen: string[] = []
    let after: string | undefined
    do {
      const { data } = await call('screener', operation, { params: { first: 1, after } })
      seen.push(...data.edges.map(({ cursor }: Json) => cursor))
      after = data.pageInfo.hasNextPage ? data.pageInfo.endCursor : undefined
    } while (after !== undefined)
    t.equal(new Set(seen).size, 3, operation)
    t.equal(seen.length, 3, operation)
  }
})
