// Own judgement first: what is hidden, from whom, until when; and how it moved afterwards.
import t from 'tap'
import { decided, judged, received, recommended, recommendedFor } from '../support/flow.ts'
import { child, levelFour, levelThree, levelTwo, referral, siblings } from '../support/referrals.ts'
import { type Json, onBoth } from '../support/surfaces.ts'
import { openWorld } from '../support/world.ts'

const world = await openWorld(t)
const view = (more: object = {}) => ({
  child: 'a',
  level: 'L2',
  indicators: ['FAM-01'],
  reasons: 'As I see it.',
  ...more,
})

onBoth(t, world, 'a recommendation is not shown before the own judgement is written down', async (t, la) => {
  const [made] = await recommended(la.on, levelThree())
  const params = { recommendationId: made.id }
  const own = { referralId: made.referralId }
  const first = { status: 409, code: 'own_judgement_first', data: null }
  for (const who of ['screener', 'officer', 'supervisor'] as const) {
    t.match(await la.on(who, 'recommendation', { params }), first, who)
    t.match(await la.on(who, 'recommendationExplanation', { params }), first, `${who}: nor explained`)
    const listed = (await la.on(who, 'referralRecommendations', { params: own })).data.recommendations
    t.match(
      listed,
      [{ id: made.id, content: null, hidden: 'own_judgement_first', alarms: [] }],
      `${who}: listed without`,
    )
    t.notMatch(JSON.stringify(listed), /L3|PHY-04|section-17/, who)
  }
  for (const who of ['system', 'panel'] as const)
    t.match((await la.on(who, 'recommendation', { params })).data, { content: { level: { code: 'L3' } }, hidden: null })
  const body = { revision: 1, children: [view({ level: 'L2' })] }
  const { status, data } = await la.on('officer', 'judge', { params: own, body })
  t.equal(status, 201)
  t.match(data.judgements, [
    {
      child: 'a',
      revision: 1,
      purpose: 'own',
      decisionId: null,
      level: 'L2',
      commonBand: 'early_help',
      response: null,
      indicators: ['FAM-01'],
      judgedBy: { accountId: la.accounts.officer.id, qualification: null },
      judgedAt: new Date(world.clock.now).toISOString(),
    },
  ])
  t.match((await la.on('officer', 'recommendation', { params })).data, { content: { level: { code: 'L3' } } })
  t.match(await la.on('screener', 'recommendation', { params }), first, 'one person’s judgement is not another’s')
  const shown = async (who: 'screener' | 'officer') =>
    (await la.on(who, 'judgements', { params: own })).data.judgements.length
  t.strictSame([await shown('screener'), await shown('officer')], [0, 1], 'nor is it shown to them')
})

onBoth(t, world, 'immediate danger is shown at once, to everybody, whatever is hidden', async (t, la) => {
  const [made] = await recommended(la.on, levelFour({ immediateDanger: true }))
  const { data } = await la.on('officer', 'referralRecommendations', { params: { referralId: made.referralId } })
  const [{ content, alarms }] = data.recommendations
  t.equal(content, null)
  t.match(alarms, [{ code: 'immediate_danger' }, { code: 'immediate_protection', text: /Ring 999/ }])
  const refused = await la.on('officer', 'recommendation', { params: { recommendationId: made.id } })
  t.match(refused, { status: 409, code: 'own_judgement_first' })
  t.match(refused.text, /immediate danger/, 'the refusal says so as well')
})

onBoth(t, world, 'a judgement is written down once, by a person, about what is there', async (t, la) => {
  const id = await received(la.on, siblings())
  const params = { referralId: id }
  const judge = (who: Parameters<typeof la.on>[0], children: object[], revision = 1) =>
    la.on(who, 'judge', { params, body: { revision, children } })
  const older = view({ child: 'older' })
  t.match(await judge('robot', [older]), { status: 403, code: 'forbidden' })
  t.match(await judge('panel', [older]), { status: 403, code: 'forbidden' })
  t.match(await judge('screener', [older], 2), { status: 409, code: 'revision_conflict' })
  t.match(await judge('screener', [older, view({ child: 'third' })]), {
    status: 422,
    errors: [{ pointer: '/children/1/child', code: 'unknown_child' }],
  })
  t.match(await judge('screener', [older, older]), { status: 422, errors: [{ pointer: '/children/1/child' }] })
  const wrong = view({ child: 'older', level: 'L9', indicators: ['NO-1'], response: 'none' })
  t.match(await judge('screener', [wrong]), {
    status: 422,
    errors: [
      { pointer: '/children/0/level', code: 'unknown_level' },
      { pointer: '/children/0/response', code: 'unknown_response' },
      { pointer: '/children/0/indicators/0', code: 'unknown_indicator' },
    ],
  })
  t.match(await judge('screener', [view({ child: 'older', reasons: '  ' })]), { status: 400, code: 'invalid_input' })
  t.equal((await judge('screener', [older, view({ child: 'younger', level: 'L1' })])).status, 201, 'both at once')
  t.match(await judge('screener', [view({ child: 'younger', level: 'L4' })]), { status: 409, code: 'already_judged' })
  const both = await judge('supervisor', [older, view({ child: 'younger' })])
  t.strictSame(both.data.judgements.map((one: Json) => one.child).sort(), ['older', 'younger'])
})

onBoth(t, world, 'what came later is judged anew', async (t, la) => {
  const id = await received(la.on, levelTwo())
  const [first] = await recommendedFor(la.on, id)
  await judged(la.on, 'screener', first)
  const read = async (recommendation: Json) =>
    (await la.on('screener', 'recommendation', { params: { recommendationId: recommendation.id } })).status
  t.equal(await read(first), 200)
  const body = { basedOn: 1, reason: 'News', content: levelFour() }
  await la.on('referrer', 'reviseReferral', { params: { referralId: id }, body })
  const [second] = await recommendedFor(la.on, id)
  t.strictSame([await read(first), await read(second)], [200, 409])
  t.match(
    await la.on('screener', 'recordDecision', {
      params: { recommendationId: second.id },
      body: {
        level: 'L4',
        response: 'strategy-discussion',
        rationale: 'Without looking.',
      },
    }),
    { status: 409, code: 'own_judgement_first' },
  )
})

onBoth(t, world, 'nobody decides, and nobody prepares, without a judgement of their own', async (t, la) => {
  const [made] = await recommended(la.on, levelThree())
  await judged(la.on, 'officer', made)
  const params = { recommendationId: made.id }
  const what = { level: 'L3', response: 'section-17-assessment', rationale: 'Read.' }
  const first = { status: 409, code: 'own_judgement_first' }
  t.match(await la.on('supervisor', 'recordDecision', { params, body: what }), first)
  t.match(await la.on('screener', 'prepareDecision', { params, body: what }), first)
  const prepared = await la.on('officer', 'prepareDecision', { params, body: what })
  t.match(prepared, {
    status: 201,
    data: { proposal: { level: 'L3', preparedBy: { accountId: la.accounts.officer.id } } },
  })
  t.match(await la.on('officer', 'recordDecision', { params, body: what }), {
    status: 403,
    code: 'qualification_required',
  })
  t.match(await la.on('supervisor', 'decisionProposals', { params }), first)
  const proposal = prepared.data.proposal.id
  const decision = await decided(la.on, made, { proposal })
  t.match(decision, { proposalId: proposal, decidedBy: { accountId: la.accounts.supervisor.id } })
  t.match((await la.on('supervisor', 'decisionProposals', { params })).data.proposals, [{ id: proposal }])
  const [other] = await recommended(la.on, levelThree())
  await judged(la.on, 'supervisor', other)
  t.match(
    await la.on('supervisor', 'recordDecision', {
      params: { recommendationId: other.id },
      body: { ...what, proposal },
    }),
    { status: 404, code: 'not_found' },
    'what was prepared for another child',
  )
})

onBoth(
  t,
  world,
  'how the judgement moved once the recommendation was seen is kept, and can be asked for',
  async (t, la) => {
    const table = [
      ['L3', 'L3', 'section-17-assessment', 'kept'],
      ['L2', 'L3', 'section-17-assessment', 'to_recommendation'],
      ['L1', 'L2', 'early-help-assessment', 'towards_recommendation'],
      ['L3', 'L4', 'strategy-discussion', 'away_from_recommendation'],
    ] as const
    const made: Record<string, string> = {}
    for (const [own, level, response, movement] of table) {
      const [recommendation] = await recommended(la.on, levelThree())
      await judged(la.on, 'supervisor', recommendation, { level: own })
      const decision = await decided(la.on, recommendation, { level, response, overrideReason: 'partner-view' })
      t.match(decision, { ownLevel: own, recommendedLevel: 'L3', level, movement }, movement)
      made[movement] = decision.id
    }
    for (const [movement, id] of Object.entries(made)) {
      const { data } = await la.on('auditor', 'decisions', { params: { movement } })
      t.strictSame(
        data.edges.map(({ node }: Json) => node.id),
        [id],
        movement,
      )
    }
  },
)

t.test('a policy may show the recommendation at once; a decision rests on an own judgement all the same', async (t) => {
  const la = await world.authority(null)
  await la.publishChanged('northmoor/2026-04', (text) => text.replace('blindFirst: true', 'blindFirst: false'))
  const on = (...args: Parameters<typeof la.call> extends [unknown, ...infer R] ? R : never) => la.call('REST', ...args)
  const [made] = await recommended(on, referral([child(['PHY-04'])]))
  const params = { recommendationId: made.id }
  t.match((await on('officer', 'recommendation', { params })).data, {
    content: { level: { code: 'L3' } },
    hidden: null,
  })
  const body = { level: 'L3', response: 'section-17-assessment', rationale: 'Read.' }
  t.match(await on('supervisor', 'recordDecision', { params, body }), { status: 409, code: 'own_judgement_first' })
})
