import t from 'tap'
import { decided, judged, received, recommended, recommendedFor } from '../support/flow.ts'
import { acceptance, levelFour, levelThree, levelTwo, low, siblings, withheld } from '../support/referrals.ts'
import { type Call, type Json, onBoth } from '../support/surfaces.ts'
import { type AccountName, openWorld } from '../support/world.ts'

const world = await openWorld(t)
const rationale = 'In my own words.'

/** Who decides what on which recommendation, and what is answered. */
const decide = async (on: Call, who: AccountName, recommendation: Json, body: object) => {
  if (['screener', 'supervisor'].includes(who)) await judged(on, who, recommendation)
  return await on(who, 'recordDecision', { params: { recommendationId: recommendation.id }, body })
}

onBoth(
  t,
  world,
  'accepting takes one step, and is kept with who decided, when, and under which policy',
  async (t, la) => {
    const [recommendation] = await recommended(la.on, levelThree())
    world.clock.now += 1000
    const { status, data } = await decide(la.on, 'screener', recommendation, acceptance(recommendation))
    t.equal(status, 201)
    t.match(data.decision, {
      recommendationId: recommendation.id,
      referralId: recommendation.referralId,
      child: 'a',
      revision: 1,
      sequence: 1,
      level: 'L3',
      commonBand: 'child_in_need',
      response: 'section-17-assessment',
      recommendedLevel: 'L3',
      recommendedResponse: 'section-17-assessment',
      departure: 'none',
      decidedBy: {
        accountId: la.accounts.screener.id,
        displayName: 'The screener',
        role: 'screener',
        qualification: 'social_work',
      },
      decidedAt: new Date(world.clock.now).toISOString(),
      policy: 'northmoor',
      policyVersion: '2026-04',
      agency: 'Hillside Primary School',
      supersedes: null,
      supersededBy: null,
    })
    const entry = (await la.rest('auditor', 'GET', '/v1/audit/entries?first=1')).body.edges[0].node
    t.match(entry, { ...data.audit, event: 'decision.recorded', actorId: la.accounts.screener.id })
    t.notMatch(entry.body, /agree/, 'the log holds no rationale')
    const read = await la.on('panel', 'decision', { params: { decisionId: data.decision.id } })
    t.strictSame(read.data, data.decision)
  },
)

onBoth(t, world, 'raising needs a rationale and nothing else', async (t, la) => {
  for (const [level, response] of [
    ['L4', 'strategy-discussion'],
    ['L3', 'section-17-assessment'],
    ['L2', 'family-help'],
  ]) {
    const [recommendation] = await recommended(la.on, levelTwo())
    const { status, data } = await decide(la.on, 'screener', recommendation, { level, response, rationale })
    t.match(
      { status, departure: data?.decision.departure },
      { status: 201, departure: 'raised' },
      `${level} ${response}`,
    )
  }
})

onBoth(t, world, 'a rationale is always needed, in words', async (t, la) => {
  const [recommendation] = await recommended(la.on, low())
  for (const empty of ['', '   ', '\n\t']) {
    const refused = await decide(la.on, 'supervisor', recommendation, acceptance(recommendation, { rationale: empty }))
    t.match(refused, { status: 400, code: 'invalid_input', errors: [{ pointer: '/rationale' }] })
  }
})

onBoth(
  t,
  world,
  'lowering needs a coded reason, and a second qualified person before it is complete',
  async (t, la) => {
    const [recommendation] = await recommended(la.on, levelThree())
    const lower = { level: 'L2', response: 'early-help-assessment', rationale }
    const reason = { overrideReason: 'seen-and-heard' }
    const table: [AccountName, object, number, string][] = [
      ['screener', lower, 422, 'override_reason_required'],
      ['supervisor', lower, 422, 'override_reason_required'],
      ['supervisor', { ...lower, overrideReason: 'no-such-reason' }, 422, 'unprocessable'],
    ]
    for (const [who, body, status, code] of table)
      t.match(await decide(la.on, who, recommendation, body), { status, code, data: null }, `${who}: ${code}`)
    const { status, data } = await decide(la.on, 'supervisor', recommendation, { ...lower, ...reason })
    t.match({ status, decision: data?.decision }, { status: 201, decision: { departure: 'lowered', ...reason } })
    t.match(data.decision, { signOffBecause: ['lowered'], completedAt: null }, 'somebody else has to sign it')
  },
)

onBoth(t, world, 'going below a floor needs a statutory reason besides', async (t, la) => {
  for (const below of [
    { level: 'L3', response: 'section-17-assessment' },
    { level: 'L4', response: 'section-17-assessment' },
  ]) {
    const [recommendation] = await recommended(la.on, levelFour())
    const body = { ...below, rationale, overrideReason: 'finding-misread' }
    const name = `${below.level} ${below.response}`
    const refused = await decide(la.on, 'supervisor', recommendation, body)
    t.match(
      refused,
      { status: 422, code: 'statutory_reason_required', errors: [{ pointer: '/statutoryReason' }] },
      name,
    )
    const statutoryReason = 'The strategy discussion was held this morning; section 47 enquiries are not needed.'
    t.match(await decide(la.on, 'screener', recommendation, { ...body, statutoryReason }), { status: 403 }, name)
    const done = await decide(la.on, 'supervisor', recommendation, { ...body, statutoryReason })
    t.match(
      { status: done.status, decision: done.data?.decision },
      { status: 201, decision: { statutoryReason } },
      name,
    )
  }
})

onBoth(t, world, 'a response less serious at the same level needs a reason and a signature', async (t, la) => {
  const [recommendation] = await recommended(la.on, levelThree())
  const body = { level: 'L3', response: 'family-help', rationale }
  t.match(await decide(la.on, 'screener', recommendation, body), { status: 422, code: 'override_reason_required' })
  const reasoned = { ...body, overrideReason: 'partner-view' }
  const done = await decide(la.on, 'screener', recommendation, reasoned)
  t.match(done.data?.decision, { departure: 'other_response', signOffBecause: ['lowered', 'not_a_supervisor'] })
})

onBoth(t, world, 'after a withholding any level may be decided, with a rationale', async (t, la) => {
  const [recommendation] = await recommended(la.on, withheld())
  const body = { level: 'L2', response: 'early-help-assessment', rationale }
  const { data } = await decide(la.on, 'screener', recommendation, body)
  t.match(data.decision, {
    recommendedLevel: null,
    recommendedResponse: 'human-review',
    departure: 'after_withholding',
  })
})

onBoth(t, world, 'only a qualified person decides', async (t, la) => {
  const [recommendation] = await recommended(la.on, low())
  const table: [AccountName, string][] = [
    ['officer', 'qualification_required'],
    ['robot', 'qualification_required'],
    ['system', 'forbidden'],
    ['referrer', 'forbidden'],
    ['panel', 'forbidden'],
    ['auditor', 'forbidden'],
    ['author', 'forbidden'],
    ['approver', 'forbidden'],
    ['administrator', 'forbidden'],
  ]
  for (const [who, code] of table) {
    const refused = await decide(la.on, who, recommendation, acceptance(recommendation))
    t.match(refused, { status: 403, code, data: null }, who)
  }
  t.strictSame((await la.on('auditor', 'decisions')).data.edges, [])
})

onBoth(t, world, 'a level or response that the policy lacks is refused, with what it has', async (t, la) => {
  const [recommendation] = await recommended(la.on, low())
  const refused = await decide(la.on, 'supervisor', recommendation, { level: 'L9', response: 'nothing', rationale })
  t.match(refused, {
    status: 422,
    code: 'unprocessable',
    errors: [
      { pointer: '/level', detail: /L1, L2, L3, L4/ },
      { pointer: '/response', detail: /universal-services/ },
    ],
  })
})

onBoth(t, world, 'nobody decides on what newer information or a newer recommendation has overtaken', async (t, la) => {
  const id = await received(la.on, low())
  const [first] = await recommendedFor(la.on, id)
  world.clock.now += 1000
  const [second] = await recommendedFor(la.on, id)
  const stale = { status: 409, code: 'stale_recommendation' }
  t.match(await decide(la.on, 'supervisor', first, acceptance(first)), stale, 'a newer recommendation')
  const revision = { basedOn: 1, reason: 'He told us.', content: levelFour() }
  await la.on('referrer', 'reviseReferral', { params: { referralId: id }, body: revision })
  t.match(await decide(la.on, 'supervisor', second, acceptance(second)), stale, 'a newer revision')
  world.clock.now += 1000
  const [third] = await recommendedFor(la.on, id)
  t.equal((await decide(la.on, 'supervisor', third, acceptance(third))).status, 201)
})

onBoth(t, world, 'a decision is replaced only by one that names it, and both stay', async (t, la) => {
  const [recommendation, sibling] = await recommended(la.on, siblings())
  const first = await decided(la.on, recommendation)
  const other = await decided(la.on, sibling)
  const again = (more: object) => decide(la.on, 'supervisor', recommendation, acceptance(recommendation, { ...more }))
  const refusal = { status: 409, code: 'already_decided' }
  t.match(await again({}), refusal, 'without naming any')
  t.match(await again({ supersedes: other.id }), refusal, 'naming a sibling’s')
  t.match(await again({ supersedes: recommendation.id }), refusal, 'naming none at all')
  world.clock.now += 1000
  const second = (await again({ supersedes: first.id, rationale: 'Seen today.' })).data.decision
  t.match(second, { sequence: 2, supersedes: first.id, supersededBy: null })
  t.match(await again({ supersedes: first.id }), refusal, 'naming one replaced already')
  const read = async (id: string) => (await la.on('auditor', 'decision', { params: { decisionId: id } })).data
  const { states: _, ...rest } = first
  t.match(await read(first.id), { ...rest, supersededBy: second.id, state: 'superseded' }, 'the first is as it was')
  t.equal((await read(second.id)).rationale, 'Seen today.')
})

onBoth(t, world, 'the case of a supersedes id does not matter, as that of no id does', async (t, la) => {
  const [recommendation] = await recommended(la.on, low())
  const first = await decided(la.on, recommendation)
  const body = acceptance(recommendation, { supersedes: first.id.toUpperCase() })
  t.equal((await decide(la.on, 'supervisor', recommendation, body)).status, 201)
})

onBoth(t, world, 'a first decision cannot claim to replace one', async (t, la) => {
  const [recommendation] = await recommended(la.on, low())
  const body = acceptance(recommendation, { supersedes: recommendation.id })
  t.match(await decide(la.on, 'supervisor', recommendation, body), { status: 409, code: 'already_decided' })
})
