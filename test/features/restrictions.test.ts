import { randomUUID } from 'node:crypto'
import t from 'tap'
import { decided, judged, received, recommended, recommendedFor } from '../support/flow.ts'
import { child, levelFour, levelThree, levelTwo, referral } from '../support/referrals.ts'
import { type Answer, type Call, type Json, onBoth } from '../support/surfaces.ts'
import { type AccountName, type Authority, openWorld } from '../support/world.ts'

const world = await openWorld(t)

type Claimed = Authority & { readonly on: Call }

/** A restriction that lets in the supervisor, and whoever else is named. */
async function restricted(la: Claimed, referralId: string, ...others: AccountName[]): Promise<Json> {
  const accounts = ['supervisor' as const, ...others].map((name) => la.accounts[name].id)
  const body = { category: 'staff_or_family', reason: 'Her aunt is a manager here.', reviewOn: '2027-01-10', accounts }
  const { data, text } = await la.on('supervisor', 'restrictReferral', { params: { referralId }, body })
  if (!data) throw new Error(`not restricted: ${text}`)
  return data.restriction
}

const broken = (la: Claimed, referralId: string, minutes = 60, who: AccountName = 'secondScreener') =>
  la.on(who, 'breakGlass', { params: { referralId }, body: { reason: 'The child is missing tonight.', minutes } })

const asked = (la: Claimed, who: AccountName, referralId: string) => la.on(who, 'referral', { params: { referralId } })

/** The answer as it went over the wire, without what tells two requests apart. */
function bytes({ status, headers, text }: Answer): string {
  const { 'x-request-id': _, date: __, ...rest } = headers as Record<string, unknown>
  return JSON.stringify({ status, rest, text: text.replaceAll(/"traceId":"[^"]*"/g, '"traceId":""') })
}

const known = { identifiers: [{ scheme: 'nhs', value: '943 476 5919' }] }
const aboutKnown = (findings: readonly string[]) => referral([child(findings, known)])

onBoth(t, world, 'a restricted referral is there for those who are let in and for whoever sent it', async (t, la) => {
  const [recommendation] = await recommended(la.on, levelThree())
  const { referralId } = recommendation
  const decision = await decided(la.on, recommendation)
  const other = await received(la.on, levelTwo())
  const restriction = await restricted(la, referralId, 'screener')
  t.match(restriction, { category: 'staff_or_family', ended: null, isReviewOverdue: false, reason: /aunt/ })
  t.equal(restriction.accounts.length, 2)

  for (const who of ['supervisor', 'screener', 'referrer'] as const)
    t.equal((await asked(la, who, referralId)).status, 200, who)
  for (const who of ['officer', 'secondScreener'] as const)
    t.match(await asked(la, who, referralId), { status: 403, code: 'restricted', data: null }, who)
  for (const who of ['panel', 'system', 'otherReferrer', 'robot'] as const) {
    const missing = await asked(la, who, randomUUID())
    t.equal(bytes(await asked(la, who, referralId)), bytes(missing), `${who}: byte for byte as what does not exist`)
  }
  const nothing = { status: 404, code: 'not_found' }
  for (const [operation, params] of [
    ['recommendation', { recommendationId: recommendation.id }],
    ['recommendationExplanation', { recommendationId: recommendation.id }],
    ['decision', { decisionId: decision.id }],
  ] as const) {
    t.match(await la.on('secondScreener', operation, { params }), nothing, operation)
    t.equal((await la.on('screener', operation, { params })).status, 200, operation)
  }
  for (const [who, count] of [
    ['secondScreener', 1],
    ['panel', 1],
    ['system', 1],
    ['screener', 2],
    ['referrer', 2],
  ] as const) {
    const { data } = await la.on(who, 'referrals')
    t.equal(data.edges.length, count, `${who} lists ${count}`)
    if (count === 1) t.equal(data.edges[0].node.id, other)
  }
  t.strictSame((await la.on('auditor', 'decisions')).data.edges, [], 'nor is the decision listed')
  const verified = await la.on('auditor', 'auditVerification')
  t.match(verified.data, { isIntact: true, faults: [] }, 'what is hidden is verified all the same')
  const entry = (await la.on('auditor', 'auditEntries', { params: { event: 'restriction.set' } })).data.edges[0].node
  t.match(entry, { actorId: la.accounts.supervisor.id })
  t.notMatch(entry.body, /aunt/, 'the log holds no reason')

  const log = async (who: AccountName) =>
    (await la.on(who, 'auditEntries', { params: { first: 100 } })).data.edges.map(({ node }: Json) => node)
  const about = (entries: Json[]) => entries.filter(({ body }) => body.includes(referralId)).map(({ event }) => event)
  const events = about(await log('supervisor'))
  t.ok(events.includes('decision.recorded') && events.includes('restriction.set'), 'the log as it is to those let in')
  t.strictSame(about(await log('auditor')), events, 'and to auditors')
  t.strictSame(about(await log('secondSupervisor')), [], 'and without it to other supervisors')
  t.ok((await log('secondSupervisor')).some(({ body }: Json) => body.includes(other)))
  const told = (await la.on('system', 'events', { params: { referral: referralId } })).data.edges
  t.ok(told.length > 0, 'systems are told that something happened')
  for (const text of [JSON.stringify(told), JSON.stringify(await log('auditor'))])
    t.notMatch(text, /section-17|staff_or_family|"?level\\?"?:/, 'and neither level nor response nor why')

  const notice = (who: AccountName, reference: string) => la.on(who, 'restrictionNotice', { params: { reference } })
  t.match((await notice('officer', restriction.reference)).data, { referralId, isOpenToCaller: false })
  t.match((await notice('screener', restriction.reference)).data, { referralId, isOpenToCaller: true })
  t.match(await notice('officer', 'ABCDE-FGHJK'), nothing)
  t.match(await notice('panel', restriction.reference), { status: 403, code: 'forbidden' })
})

onBoth(
  t,
  world,
  'a restriction names who can work on it and when it is looked at; it is changed and lifted',
  async (t, la) => {
    const referralId = await received(la.on, levelTwo())
    const account = (name: AccountName) => la.accounts[name].id
    const good = {
      category: 'adoption',
      reason: 'An adoption.',
      reviewOn: '2027-02-22',
      accounts: [account('supervisor')],
    }
    const restrict = (body: object, who: AccountName = 'supervisor') =>
      la.on(who, 'restrictReferral', { params: { referralId }, body })
    const refused: [object, string, string][] = [
      [{ reviewOn: '2026-11-24' }, '/reviewOn', 'review_day'],
      [{ reviewOn: '2027-02-23' }, '/reviewOn', 'review_day'],
      [{ accounts: [account('screener'), account('panel')] }, '/accounts', 'nobody_left'],
      [{ accounts: [account('robot')] }, '/accounts', 'nobody_left'],
      [{ accounts: [account('supervisor'), randomUUID()] }, '/accounts/1', 'unknown_account'],
    ]
    for (const [more, pointer, code] of refused)
      t.match(await restrict({ ...good, ...more }), { status: 422, errors: [{ pointer, code }] }, `${pointer} ${code}`)
    t.match(await restrict(good, 'screener'), { status: 403, code: 'forbidden' })
    t.match(await restrict(good, 'robot'), { status: 403, code: 'forbidden' }, 'a system with the role')
    const first = (await restrict(good)).data.restriction
    t.match(await restrict(good), { status: 409, code: 'already_restricted' })
    const changed = await restrict({
      ...good,
      accounts: [account('supervisor'), account('officer')],
      replaces: first.id,
    })
    t.equal((await asked(la, 'officer', referralId)).status, 200, 'a change lets in')
    world.clock.now += 90 * 24 * 3600_000
    const overdue = await la.on('auditor', 'restrictions', { params: { reviewOverdue: true } })
    world.clock.now -= 90 * 24 * 3600_000
    t.strictSame(overdue.data.edges, [], 'not yet, on the day itself')
    world.clock.now += 91 * 24 * 3600_000
    const late = await la.on('auditor', 'restrictions', { params: { reviewOverdue: true } })
    world.clock.now -= 91 * 24 * 3600_000
    t.match(late.data.edges, [{ node: { id: changed.data.restriction.id, isReviewOverdue: true } }])
    t.equal(late.data.edges.length, 1, 'what was changed is not overdue')

    const lift = (restrictionId: string) =>
      la.on('supervisor', 'liftRestriction', { params: { restrictionId }, body: { reason: 'The order is made.' } })
    t.match(await lift(first.id), { status: 409, code: 'not_restricted' })
    t.match((await lift(changed.data.restriction.id)).data.restriction.ended, { how: 'lifted', reason: /order/ })
    t.equal((await asked(la, 'panel', referralId)).status, 200, 'lifted, everybody sees it')
    const { data } = await la.on('supervisor', 'restrictions', { params: { referral: referralId, standing: false } })
    t.strictSame(
      data.edges.map(({ node }: Json) => node.ended.how),
      ['lifted', 'changed'],
    )
  },
)

onBoth(t, world, 'the glass is broken with a reason, for a while, and somebody else reviews it', async (t, la) => {
  const referralId = await received(la.on, levelTwo())
  t.match(await broken(la, referralId), { status: 409, code: 'not_restricted' })
  await restricted(la, referralId)
  t.match(await broken(la, referralId, 60, 'supervisor'), { status: 409, code: 'glass_not_needed' })
  t.match(await broken(la, randomUUID()), { status: 404, code: 'not_found' })
  t.match(await broken(la, referralId, 241), { status: 400, code: 'invalid_input' })
  t.match(await broken(la, referralId, 60, 'panel'), { status: 403, code: 'forbidden' })
  t.match(await broken(la, referralId, 60, 'robot'), { status: 403, code: 'forbidden' })
  const before = world.clock.now
  const { grant, audit } = (await broken(la, referralId)).data
  // From Tuesday 24 November at ten: until the office closes on Wednesday.
  t.match(grant, { reviewDueAt: '2026-11-25T17:00:00.000Z', isReviewOverdue: false, review: null })
  const alert = (await la.on('auditor', 'auditEntries', { params: { event: 'restriction.broken_glass' } })).data
  t.match(alert.edges[0].node, { position: audit.position, actorId: la.accounts.secondScreener.id })
  t.equal((await asked(la, 'secondScreener', referralId)).status, 200)
  t.match(await asked(la, 'officer', referralId), { code: 'restricted' }, 'for nobody else')
  world.clock.now += 60 * 60_000
  t.match(await asked(la, 'secondScreener', referralId), { code: 'restricted' }, 'and not for longer')

  const list = async (params: Record<string, unknown>) =>
    (await la.on('supervisor', 'breakGlassGrants', { params })).data.edges.length
  t.strictSame([await list({ reviewed: false }), await list({ reviewOverdue: true })], [1, 0])
  world.clock.now = Date.parse('2026-11-25T17:00:00.001Z')
  t.equal(await list({ reviewOverdue: true }), 1, 'after a working day it is overdue')
  world.clock.now = before
  const review = (who: AccountName) =>
    la.on(who, 'reviewBreakGlass', {
      params: { grantId: grant.id },
      body: { outcome: 'not_justified', note: 'It could have waited.' },
    })
  t.match(await review('screener'), { status: 403, code: 'forbidden' })
  t.equal((await asked(la, 'secondScreener', referralId)).status, 200, 'until it is reviewed')
  t.match((await review('supervisor')).data.grant, { review: { outcome: 'not_justified' } })
  t.match(await asked(la, 'secondScreener', referralId), { code: 'restricted' }, 'what was not justified ends')
  t.match(await review('supervisor'), { status: 409, code: 'already_reviewed' })
  t.strictSame([await list({ reviewed: false }), await list({ reviewed: true })], [0, 1])
})

onBoth(t, world, 'a repeated command does not tell again what its caller may not see any more', async (t, la) => {
  const [recommendation] = await recommended(la.on, levelThree())
  const { referralId } = recommendation
  const body = {
    revision: 1,
    children: [{ child: 'a', level: 'L3', indicators: ['PHY-04'], reasons: 'She fears that she will hurt him.' }],
  }
  const judge = { params: { referralId }, body, key: randomUUID() }
  t.equal((await la.on('secondScreener', 'judge', judge)).status, 201)
  const sent = { body: levelTwo(), key: randomUUID() }
  const own = (await la.on('officer', 'receiveReferral', sent)).data.referral
  t.equal((await la.on('secondScreener', 'judge', judge)).status, 201, 'again')
  await restricted(la, referralId)
  await restricted(la, own.id)
  const again = await la.on('secondScreener', 'judge', judge)
  t.match(again, { status: 404, code: 'not_found' })
  t.notMatch(again.text, /fears/)
  t.equal((await la.on('officer', 'receiveReferral', sent)).data.referral.id, own.id, 'but that it was taken')
  t.equal((await broken(la, referralId)).status, 201)
  t.equal((await la.on('secondScreener', 'judge', judge)).status, 201, 'while it is open')
})

onBoth(t, world, 'a restriction does not keep a decision below a floor from the panel', async (t, la) => {
  const [recommendation] = await recommended(la.on, levelFour())
  const { referralId } = recommendation
  await judged(la.on, 'supervisor', recommendation)
  const { id: replaces } = await restricted(la, referralId)
  const grounds = { overrideReason: 'finding-misread', statutoryReason: 'The discussion was held this morning.' }
  const body = { level: 'L3', response: 'section-17-assessment', rationale: 'After that discussion.', ...grounds }
  const lower = { params: { recommendationId: recommendation.id }, body }
  const errors = [{ code: 'panel_left_out' }]
  t.match(await la.on('supervisor', 'recordDecision', lower), {
    status: 422,
    errors: [{ pointer: '/level', ...errors[0] }],
  })
  const change = (...names: AccountName[]) => {
    const accounts = names.map((name) => la.accounts[name].id)
    const input = { category: 'other', reason: 'As before.', reviewOn: '2027-01-10', accounts, replaces: replacing }
    return la.on('supervisor', 'restrictReferral', { params: { referralId }, body: input })
  }
  let replacing = replaces
  replacing = (await change('supervisor', 'panel')).data.restriction.id
  t.equal((await la.on('supervisor', 'recordDecision', lower)).status, 201)
  t.match(await change('supervisor'), { status: 422, errors }, 'nor afterwards')
  const told = (await la.on('panel', 'decisions', { params: { belowFloor: true } })).data.edges
  t.match(told, [{ node: { referralId, belowFloor: true } }])
})

onBoth(t, world, 'whoever broke the glass has no say until somebody else found it justified', async (t, la) => {
  const referralId = await received(la.on, levelTwo())
  const { id } = await restricted(la, referralId)
  const { grant } = (await broken(la, referralId, 60, 'secondSupervisor')).data
  t.equal((await asked(la, 'secondSupervisor', referralId)).status, 200)
  const accounts = [la.accounts.secondSupervisor.id]
  const body = { category: 'other', reason: 'I look after it now.', reviewOn: '2027-01-10', accounts, replaces: id }
  const change = () => la.on('secondSupervisor', 'restrictReferral', { params: { referralId }, body })
  const lift = () =>
    la.on('secondSupervisor', 'liftRestriction', { params: { restrictionId: id }, body: { reason: 'No need.' } })
  t.match(await change(), { status: 403, code: 'forbidden' }, 'a look for an hour does not become one for good')
  t.match(await lift(), { status: 403, code: 'forbidden' })
  const review = { outcome: 'justified', note: 'Whoever was let in has left.' }
  t.equal((await la.on('supervisor', 'reviewBreakGlass', { params: { grantId: grant.id }, body: review })).status, 201)
  t.equal((await change()).status, 201, 'two people hand it on where nobody who is let in is left')
  t.match(await asked(la, 'supervisor', referralId), { status: 403, code: 'restricted' })
})

onBoth(t, world, 'what waits in a restricted referral is counted for every supervisor but kin', async (t, la) => {
  const referralId = await received(la.on, levelTwo({ immediateDanger: true }))
  const counted = async (who: AccountName) => (await la.on(who, 'queueCounts')).data
  await restricted(la, referralId)
  t.match(await counted('supervisor'), { children: 1, restricted: { children: 0, overdue: 0 } })
  const { now } = world.clock
  world.clock.now += 7 * 24 * 3600_000
  t.match(await counted('secondSupervisor'), { children: 0, restricted: { children: 1, overdue: 1 } })
  world.clock.now = now
  for (const who of ['screener', 'system', 'robot'] as const)
    t.match(await counted(who), { children: 0, restricted: null }, who)
  const conflict = { relationship: 'family', referral: referralId, account: la.accounts.secondSupervisor.id }
  t.equal((await la.on('administrator', 'declareConflict', { body: conflict })).status, 201)
  t.match(await counted('secondSupervisor'), { children: 0, restricted: { children: 0, overdue: 0 } })
  const entries = (await la.on('secondSupervisor', 'auditEntries', { params: { first: 100 } })).data.edges
  const known = entries.filter(({ node }: Json) => node.body.includes(referralId) || /^conflict/.test(node.event))
  t.strictSame(known, [], 'nor does the log tell kin')

  const last = { ...conflict, account: la.accounts.supervisor.id }
  const refused = { status: 422, errors: [{ pointer: '/account', code: 'nobody_left' }] }
  t.match(await la.on('administrator', 'declareConflict', { body: last }), refused, 'no child is hidden from all')
  const own = { relationship: 'family', referral: referralId }
  t.equal((await la.on('supervisor', 'declareConflict', { body: own })).status, 201, 'unless the last says so')
})

onBoth(t, world, 'own and family records stay shut, and what kin tell of the child is taken', async (t, la) => {
  const referralId = await received(la.on, aboutKnown(['PHY-04']))
  const restriction = await restricted(la, referralId, 'screener', 'officer')
  const declare = (who: AccountName, body: object) => la.on(who, 'declareConflict', { body })
  const kin = { relationship: 'family', child: { scheme: 'nhs', value: '9434765919' } }
  t.match(await declare('officer', { ...kin, account: la.accounts.screener.id }), { status: 403, code: 'forbidden' })
  t.match(await declare('officer', { ...kin, referral: referralId }), { status: 422, errors: [{ code: 'one_of_two' }] })
  t.match(await declare('panel', { relationship: 'self', referral: referralId }), { status: 404, code: 'not_found' })
  t.match(await declare('administrator', { ...kin, account: randomUUID() }), { status: 404, code: 'not_found' })
  const { id } = (await declare('administrator', { ...kin, account: la.accounts.screener.id })).data

  for (const [operation, request] of [
    ['referral', (params: Record<string, unknown>) => ({ params })],
    ['breakGlass', (params: Record<string, unknown>) => ({ params, body: { reason: 'I have to know.', minutes: 5 } })],
    [
      'reviseReferral',
      (params: Record<string, unknown>) => ({ params, body: { basedOn: 1, reason: 'More', content: levelTwo() } }),
    ],
  ] as const) {
    const shut = await la.on('screener', operation, request({ referralId }))
    const missing = await la.on('screener', operation, request({ referralId: randomUUID() }))
    t.equal(bytes(shut), bytes(missing), `${operation}: byte for byte as what does not exist`)
    t.equal(shut.code, 'not_found', operation)
  }
  t.equal((await asked(la, 'officer', referralId)).status, 200, 'the other who is let in')
  const notice = await la.on('screener', 'restrictionNotice', { params: { reference: restriction.reference } })
  t.match(notice, { status: 404, code: 'not_found' }, 'nor by its reference')

  const told = await la.on('screener', 'receiveReferral', {
    body: referral([child(['PHY-06'], { identifiers: [...known.identifiers, { scheme: 'upn', value: 'A1' }] })]),
  })
  t.equal(told.status, 201, 'danger that kin tell of is not turned away')
  t.match(await asked(la, 'screener', told.data.referral.id), { code: 'restricted' }, 'and is not theirs to read')
  t.equal((await asked(la, 'supervisor', told.data.referral.id)).status, 200)

  const accounts = [la.accounts.supervisor.id]
  await declare('administrator', { ...kin, account: la.accounts.supervisor.id })
  t.match(await asked(la, 'supervisor', referralId), { status: 404, code: 'not_found' })
  const listed = await la.on('supervisor', 'restrictions')
  t.strictSame(listed.data.edges, [], 'kin do not see the restriction either')
  t.notMatch((await la.on('supervisor', 'conflicts')).text, accounts[0] ?? '', 'nor what was declared of them')
  const withdraw = (who: AccountName, conflictId: string) =>
    la.on(who, 'withdrawConflict', { params: { conflictId }, body: { reason: 'A namesake.' } })
  const own = (await la.on('administrator', 'conflicts', { params: { account: accounts[0] } })).data.edges[0].node
  t.match(await withdraw('supervisor', own.id), { status: 403, code: 'own_conflict' })
  t.equal((await withdraw('administrator', own.id)).status, 201)
  t.equal((await withdraw('supervisor', id)).status, 201)
  t.match(await withdraw('supervisor', id), { status: 409, code: 'already_withdrawn' })
  t.equal((await asked(la, 'screener', referralId)).status, 200, 'a mistake is mended')
})

onBoth(t, world, 'a restricted referral still counts in the history of its child', async (t, la) => {
  const twin = await world.authority()
  const histories: Json[] = []
  for (const authority of [
    { ...la },
    { ...twin, on: ((who, name, request) => twin.call(la.surface, who, name, request)) as Call },
  ]) {
    const [earlier] = await recommended(authority.on, aboutKnown(['NEG-01', 'NEG-02']))
    if (authority.id === la.id) await restricted(la, earlier.referralId)
    world.clock.now += 7 * 24 * 3600_000
    const id = await received(authority.on, aboutKnown(['SEN-01', 'FAM-01']))
    const [recommendation] = await recommendedFor(authority.on, id)
    world.clock.now -= 7 * 24 * 3600_000
    histories.push(recommendation.content)
    const snapshot = await world.sql('select snapshot from recommendations where id = $1', [recommendation.id])
    t.equal(
      JSON.parse(String(snapshot[0]?.['snapshot'])).children[0].history.length,
      1,
      'the earlier referral is known',
    )
  }
  t.strictSame(histories[0], histories[1], 'what is recommended is the same with and without the restriction')
})

onBoth(
  t,
  world,
  'a sender who is kept out is told so, and what they know of danger is taken and linked',
  async (t, la) => {
    const body = aboutKnown(['SEN-01', 'FAM-01'])
    const { referral: first } = (await la.on('system', 'receiveReferral', { body })).data
    await restricted(la, first.id)
    t.match(await asked(la, 'system', first.id), { status: 403, code: 'restricted' })
    t.equal((await la.on('system', 'referrals')).data.edges.length, 0)
    const content = { ...aboutKnown(['PHY-06']), immediateDanger: true }
    const revision = { basedOn: 1, reason: 'He told his teacher.', content }
    const refused = await la.on('system', 'reviseReferral', { params: { referralId: first.id }, body: revision })
    t.match(refused, { status: 403, code: 'restricted', text: /Send what is new as a new referral/ })
    const { referral: second } = (await la.on('system', 'receiveReferral', { body: content })).data
    const links = (await la.on('supervisor', 'referralLinks', { params: { referral: first.id } })).data.edges
    t.match(links, [{ node: { kind: 'possible_duplicate' } }], 'it is linked with what is closed')
    t.same([...links[0].node.referrals].sort(), [first.id, second.id].sort())
    t.same((await la.on('screener', 'referralLinks')).data.edges, [], 'which those who are not let in do not see')
  },
)
